"""Codes that no program of ours wrote."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.meanings import Meaning, ProposalState, VoucherState
from kravbro.books.queries.audit.faults import CODE, Faults
from kravbro.books.tables import (
    claim_status,
    customer,
    entry,
    letter,
    offer_receipt,
    offer_return,
    proposal,
    voucher,
    voucher_event,
    voucher_type,
)
from kravbro.core.claims import ClaimState, LetterKind, Outcome
from kravbro.core.parties import PartyKind, Protection
from kravbro.core.vouchers import Fate


class _Coded(msgspec.Struct, frozen=True):
    """A column of codes: what a row of it is called, of which `key` it is, and which claim it touches."""

    column: sa.Column[str]
    codes: type[StrEnum]
    name: str
    rows: str
    key: sa.Column[Any]
    of: tuple[sa.Column[Any], ...] = ()
    claim: sa.Column[int] | None = None


_CODED = (
    _Coded(voucher_type.c.meaning, Meaning, "ledger voucher type {}", "setup", voucher_type.c.code),
    _Coded(customer.c.kind, PartyKind, "ledger customer {}", "customer", customer.c.number),
    _Coded(customer.c.protection, Protection, "ledger customer {}", "customer", customer.c.number),
    _Coded(voucher.c.state, VoucherState, "ledger voucher {}", "voucher", voucher.c.id),
    _Coded(entry.c.meaning, Meaning, "ledger entry {}", "entry", entry.c.number, claim=entry.c.number),
    _Coded(
        letter.c.kind,
        LetterKind,
        "ledger entry {1} letter {2}",
        "letter",
        letter.c.number,
        (letter.c.entry, letter.c.letter_no),
        letter.c.entry,
    ),
    _Coded(proposal.c.state, ProposalState, "ledger proposal {}", "proposal", proposal.c.number),
    _Coded(offer_receipt.c.outcome, Outcome, "ledger offer {} receipt", "receipt", offer_receipt.c.offer),
    _Coded(offer_return.c.outcome, Outcome, "ledger offer {} return", "return", offer_return.c.offer),
    _Coded(
        claim_status.c.state,
        ClaimState,
        "ledger entry {} status",
        "status",
        claim_status.c.entry,
        (),
        claim_status.c.entry,
    ),
    _Coded(voucher_event.c.fate, Fate, "ledger voucher event {}", "voucher_event", voucher_event.c.number),
)


def check_codes(connection: sa.Connection, faults: Faults) -> None:
    """Every code is one that we know. What is unreadable for a check of its own is left to that check."""
    for coded in _CODED:
        claim = sa.null() if coded.claim is None else coded.claim
        unknown: sa.Select[Any] = sa.select(coded.key, *coded.of, claim.label("claim")).where(
            coded.column.not_in([code.value for code in coded.codes])
        )
        for key, *of, touched in connection.execute(unknown.order_by(coded.key)).all():
            if coded.rows == "setup":
                faults.setup.add(key)
            elif key in faults.rows[coded.rows]:
                continue
            else:
                faults.rows[coded.rows].add(key)
            faults.add(coded.name.format(key, *of), CODE, entry=touched)
