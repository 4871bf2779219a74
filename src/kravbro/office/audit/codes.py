"""Codes that nobody knows: each stands in a row that was written past the program, and would stop whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any, NamedTuple, get_args

import sqlalchemy as sa

from kravbro.core.allocation_orders import Order, Part
from kravbro.core.claims import GIVEN_BACK, ClaimState, LetterKind, Outcome, ReturnReason, TransactionKind
from kravbro.core.fees.charges import ChargeKind
from kravbro.core.gate import Missing
from kravbro.core.identifiers.kid import Method
from kravbro.core.parties import PartyKind, Protection
from kravbro.core.transitions import CASE, DELIVERED_VOUCHER, POSTING, Machine
from kravbro.core.vouchers import Fate
from kravbro.db.columns import with_plain_day
from kravbro.office import tables as t
from kravbro.office.adjustments.rows import CLAIM_ENDED, CREDIT_NOTE, LATE_INTEREST, WAIVER
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.audit.numbers import voucher_name
from kravbro.office.codes import are_reasons
from kravbro.office.creditors import MONEY_WITH_AN_ORDER, Collects, Names, Overpayment
from kravbro.office.incoming import Because
from kravbro.office.journals import Account, Kind
from kravbro.office.manual.acts import ActKind
from kravbro.office.manual.choices import Field
from kravbro.office.manual.tables import manual_act, posting_choice
from kravbro.office.return_tables import claim_return


class Named(NamedTuple):
    """What a row is called: sort and key for later checks, its name for people, and the claim or entry it is about."""

    sort: str
    key: object
    thing: str
    claim: int | None = None
    entry: int | None = None


class Coded(NamedTuple):
    """A column of codes: what may stand in it, and what its rows are called."""

    column: sa.Column[str]
    codes: Collection[str]
    name: Callable[[Any], Named]
    parent: sa.Column[int] | None = None
    """The creditor's column, and the condition that leads there, where the table has none of its own."""
    joined: sa.ColumnElement[bool] | None = None


def _values(codes: type[Enum]) -> list[str]:
    return [code.value for code in codes]


def _states(machine: Machine) -> list[str]:
    return sorted({machine.initial, *(step.target for step in machine.steps)})


def _of_series(sort: str, shown: str) -> Callable[[Any], Named]:
    return lambda row: Named(sort, row.number, f"office {shown} {row.creditor}-{row.number}")


def _receipt(row: Any) -> Named:
    return Named("receipt", row.number, f"office receipt {row.creditor}-{row.number}", entry=row.entry)


def _status(row: Any) -> Named:
    return Named("status", row.number, f"office status {row.creditor}-{row.number}", claim=row.claim)


def _transaction(row: Any) -> Named:
    return Named("transaction", row.number, f"office transaction {row.creditor}-{row.number}", claim=row.claim)


def _voucher(row: Any) -> Named:
    return Named(
        "voucher",
        row.number or (row.posting, row.ordinal),
        voucher_name(row.creditor, row.posting, row.ordinal, row.number),
    )


def _row(row: Any) -> Named:
    return Named("journal", row.journal, f"office journal {row.journal} row {row.row_no}", claim=row.claim)


def _claim(row: Any) -> Named:
    return Named("claim", row.id, f"office claim {row.id}", claim=row.id)


def _debtor(row: Any) -> Named:
    return Named("debtor", row.id, f"office debtor {row.id}")


def _letters(row: Any) -> Named:
    return Named("claim", row.claim, f"office claim {row.claim} letters", claim=row.claim)


def _return(row: Any) -> Named:
    return Named("claim_return", row.number, f"office claim return {row.number}", claim=row.claim)


def _adjustment(row: Any) -> Named:
    return Named("adjustment", row.number, f"office adjustment {row.number}", claim=row.claim)


def _creditor(row: Any) -> Named:
    return Named("creditor", row.number, f"office creditor {row.number}")


def _structure(row: Any) -> Named:
    return Named("agreement", row.account_number, f"office payment agreement {row.account_number}")


def _allocation(row: Any) -> Named:
    return Named("allocation", (row.creditor, row.money), f"office creditor {row.creditor} allocation")


ADJUSTMENT_KINDS = (*_values(ChargeKind), LATE_INTEREST, WAIVER, CREDIT_NOTE, CLAIM_ENDED)
CREDITOR_CODES: tuple[tuple[str, type[Enum]], ...] = (
    ("collects", Collects),
    ("allocation_order", Order),
    ("identity_number_missing", Missing),
    ("organisation_number_missing", Missing),
    ("foreign_address", Missing),
    ("overpayment", Overpayment),
)
CODED: tuple[Coded, ...] = (
    *(Coded(t.creditor.c[name], _values(codes), _creditor, t.creditor.c.number) for name, codes in CREDITOR_CODES),
    *(
        Coded(
            t.kid_structure.c[name],
            codes,
            _structure,
            t.payment_agreement.c.holder,
            t.payment_agreement.c.account_number == t.kid_structure.c.account_number,
        )
        for name, codes in (("names", _values(Names)), ("method", get_args(Method)))
    ),
    Coded(t.creditor_allocation.c.money, tuple(MONEY_WITH_AN_ORDER), _allocation),
    Coded(t.creditor_allocation.c.order, _values(Order), _allocation),
    Coded(t.debtor.c.kind, _values(PartyKind), _debtor),
    Coded(t.debtor.c.protection, _values(Protection), _debtor),
    Coded(t.case.c.state, _states(CASE), lambda row: Named("case", row.id, f"office case {row.id}")),
    Coded(t.claim.c.state, _values(ClaimState), _claim),
    Coded(
        t.claim_letter.c.kind, _values(LetterKind), _letters, t.claim.c.creditor, t.claim.c.id == t.claim_letter.c.claim
    ),
    Coded(t.receipt.c.outcome, _values(Outcome), _receipt),
    *(
        Coded(claim_return.c[name], codes, _return, t.claim.c.creditor, t.claim.c.id == claim_return.c.claim)
        for name, codes in (("outcome", [one.value for one in GIVEN_BACK]), ("reason", _values(ReturnReason)))
    ),
    Coded(t.status_event.c.state, _values(ClaimState), _status),
    Coded(t.journal.c.kind, _values(Kind), lambda row: Named("journal", row.number, f"office journal {row.number}")),
    Coded(
        t.journal_row.c.account,
        _values(Account),
        _row,
        t.journal.c.creditor,
        t.journal.c.number == t.journal_row.c.journal,
    ),
    Coded(
        t.unplaced.c.because,
        _values(Because),
        lambda row: Named("unplaced", row.payment, f"office unplaced payment {row.payment}"),
    ),
    Coded(
        manual_act.c.kind,
        _values(ActKind),
        lambda row: Named("manual_act", row.number, f"office manual act {row.number}"),
    ),
    *(
        Coded(adjustment.c[name], codes, _adjustment, t.claim.c.creditor, t.claim.c.id == adjustment.c.claim)
        for name, codes in (("kind", ADJUSTMENT_KINDS), ("part", _values(Part)))
    ),
    Coded(
        posting_choice.c.field,
        _values(Field),
        lambda row: Named("posting_choice", row.number, f"office posting choice {row.number}"),
    ),
    Coded(t.posting.c.state, _states(POSTING), _of_series("posting", "posting")),
    Coded(t.voucher.c.state, ["draft", *_states(DELIVERED_VOUCHER)], _voucher),
    Coded(t.voucher_receipt.c.fate, _values(Fate), _of_series("voucher_receipt", "voucher receipt")),
    Coded(t.ledger_transaction.c.kind, _values(TransactionKind), _transaction),
)


def check_codes(findings: Findings) -> None:
    """Every code is one that somebody knows, and every text of reasons can be read."""
    for coded in CODED:
        table = coded.column.table
        creditor = coded.parent if coded.parent is not None else table.c.creditor
        chosen = sa.select(table).where(creditor == findings.creditor, coded.column.not_in(coded.codes))
        if coded.joined is not None:
            chosen = chosen.join(creditor.table, coded.joined)
        _name_all(findings, chosen, coded.name)
    receipt = t.receipt.c
    for column in (receipt.reasons, receipt.warnings):
        own = receipt.creditor == findings.creditor
        texts = findings.connection.execute(sa.select(column).where(own, column != "[]").distinct()).scalars()
        for text in [text for text in texts if not are_reasons(text)]:
            _name_all(findings, sa.select(t.receipt).where(own, column == text), _receipt)


def _name_all(findings: Findings, chosen: sa.Select[Any], name: Callable[[Any], Named]) -> None:
    plain = [with_plain_day(column) for column in chosen.selected_columns if column.name != "written_at"]
    for row in findings.connection.execute(chosen.with_only_columns(*plain)).all():
        one = name(row)
        if not findings.names(one.sort, one.key):
            if one.entry is None:
                findings.add(one.sort, one.key, one.thing, Fault.CODE, claim=one.claim)
            else:
                findings.add_entry(one.sort, one.key, one.thing, Fault.CODE, one.entry)
