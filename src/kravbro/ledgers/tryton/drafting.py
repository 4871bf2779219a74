"""Which voucher Tryton can take, and what it becomes there. Pure: decided from what was looked up.

A voucher is taken whole or rejected whole, each for itself, with the reason in words for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.ledgers.tryton.mapping import line_text
from kravbro.ledgers.tryton.values import kroner
from kravbro.ledgers.tryton.wire import Row
from kravbro.texts.sentences import sentence


class Account(msgspec.Struct, frozen=True):
    """An account that may be booked on: whether each line on it needs a customer."""

    id: int
    wants_party: bool


class Period(msgspec.Struct, frozen=True):
    """An open period."""

    id: int
    start: date
    end: date


class Claim(msgspec.Struct, frozen=True):
    """An open item: its account and customer, the invoice that it is paid on (0: none), and whether that is open."""

    account: int
    party: int
    invoice: int = 0
    payable: bool = False


class Known(msgspec.Struct, frozen=True):
    """What Tryton has of what vouchers name, looked up once for a batch."""

    company: int
    journal: int
    language: str
    accounts: Mapping[str, Account]
    periods: Sequence[Period]
    claims: Mapping[int, Claim]
    parties: frozenset[int]


class Draft(msgspec.Struct, frozen=True):
    """What is to be created in Tryton for a voucher, or the reason why it is not."""

    key: str
    values: Row | None
    because: str = ""


def drafted(voucher: Voucher, known: Known) -> Draft:
    """The voucher as a move with its lines, or the first thing that Tryton would not take."""
    period = next((one for one in known.periods if one.start <= voucher.dated <= one.end), None)
    if period is None:
        return _rejected(voucher, known, "tryton.rejected.period", dated=voucher.dated.isoformat())
    lines = []
    for line in voucher.lines:
        made = _line(line, known)
        if isinstance(made, str):
            return Draft(voucher.key, None, made)
        lines.append(made)
    head = {"company": known.company, "journal": known.journal, "period": period.id, "date": voucher.dated}
    return Draft(voucher.key, head | {"description": voucher.key, "lines": [["create", lines]]})


def _line(line: VoucherLine, known: Known) -> Row | str:
    text = line_text(line.line_no, line.text, line.department, line.project)
    if line.claim_entry is not None:
        return _of_claim(line, text, known)
    account = known.accounts.get(line.account)
    if account is None:
        return _sentence(known, "tryton.rejected.account", account=line.account)
    if account.wants_party != (line.customer_no is not None):
        return _sentence(known, "tryton.rejected.customer", account=line.account)
    values: Row = {"account": account.id, "description": text, **_sides(line.amount_ore)}
    if line.customer_no is not None:
        if line.customer_no not in known.parties:
            return _sentence(known, "tryton.rejected.no_customer", customer=line.customer_no)
        values["party"] = line.customer_no
    return values


def _of_claim(line: VoucherLine, text: str, known: Known) -> Row | str:
    """A line that settles an open item stands on that item's own account, or the two could never be reconciled.

    It is a credit also when it takes back: Tryton puts only credits on an invoice, and a negative one is allowed.
    """
    entry = line.claim_entry or 0
    claim = known.claims.get(entry)
    if claim is None:
        return _sentence(known, "tryton.rejected.no_item", entry=entry)
    if line.customer_no is not None and line.customer_no != claim.party:
        return _sentence(known, "tryton.rejected.other_customer", entry=entry, customer=line.customer_no)
    return {
        "account": claim.account,
        "party": claim.party,
        "description": text,
        "origin": f"account.move.line,{entry}",
        "debit": Decimal(0),
        "credit": kroner(-line.amount_ore),
    }


def _sides(amount_ore: int) -> Row:
    return {"debit": kroner(max(amount_ore, 0)), "credit": kroner(max(-amount_ore, 0))}


def _rejected(voucher: Voucher, known: Known, code: str, **facts: object) -> Draft:
    return Draft(voucher.key, None, _sentence(known, code, **facts))


def _sentence(known: Known, code: str, **facts: object) -> str:
    return sentence(code, facts, known.language)
