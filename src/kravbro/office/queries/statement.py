"""The account of a case on a date: every row with where it comes from, and the interest that no row has charged yet.

Rows stand in the order in which they count: a payment on its bank date, a credit note on the due date of its invoice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.allocation import reason_steps
from kravbro.core.allocation_orders import shipped_allocation_law
from kravbro.core.claims import Letter, TransactionKind
from kravbro.core.derivation import Fact, Step, step
from kravbro.core.errors import DataFault
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.interest import late_interest, uncharged_ore
from kravbro.core.statute.law import Statute
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.adjustments.rows import (
    CHARGED_REASON,
    CREDITED_REASON,
    ENDED_REASON,
    UNDONE_REASON,
    WAIVED_REASON,
    WAIVER,
    Adjustment,
    adjustments_of,
)
from kravbro.office.adjustments.rows import LATE_INTEREST as CHARGED_INTEREST
from kravbro.office.codes import known
from kravbro.office.journals import ADJUSTMENT_KINDS, OWED, Account, Kind, number_of, payment_of
from kravbro.office.letters import letters_of
from kravbro.office.queries.balances import BEARS_INTEREST, ended_on, given_back_on, interest_facts

LATE_INTEREST = "late_interest"
"""The kind and account of a line that stands in no journal: interest of the rule that no row has charged."""
GIVEN_UP = "given_up"
"""The kind of a line that stands in no journal: what an ended claim left on an account, no longer owed."""
GIVEN_BACK = "given_back"
"""The kind of a line that stands in no journal: what stood on an account when its creditor got the claim back."""

_PAID = {
    Kind.PAYMENT.value: "statement.paid",
    Kind.REVERSAL.value: "statement.reversed",
    Kind.PLACING.value: "statement.placed",
    Kind.HAND.value: "statement.paid",
    Kind.OUTSIDE.value: "statement.paid_outside",
    Kind.TAKEN_BACK.value: "statement.reversed",
    Kind.MOVE.value: "statement.moved",
    Kind.REFUND.value: "statement.refunded",
}
_KINDS = {kind.value: kind for kind in Kind}
_TRANSACTIONS = {kind.value: kind for kind in TransactionKind}
_SAID = {
    CHARGED_REASON: Kind.CHARGE,
    WAIVED_REASON: Kind.WAIVER,
    UNDONE_REASON: Kind.UNDOING,
    CREDITED_REASON: Kind.CREDIT,
    ENDED_REASON: Kind.ENDING,
}
"""The kind of line that an adjustment is shown as, by the reason of its row: also where it is booked."""


_BY_HAND = {
    WAIVED_REASON: "statement.waived",
    UNDONE_REASON: "statement.undone",
    CREDITED_REASON: "statement.credited",
    ENDED_REASON: "statement.ended",
}


class StatementLine(msgspec.Struct, frozen=True):
    """A row of a case's account, in øre. `journal` is 0 for interest that is not charged.

    Lines are in order of `counts_from`. `balance_ore` is what the case owes after the line, less what is overpaid.
    """

    journal: int
    dated: date
    counts_from: date
    kind: str
    account: str
    invoice_no: str
    amount_ore: int
    reason: str
    balance_ore: int
    explain: Step


class Totals(msgspec.Struct, frozen=True):
    """What is owed on the date by kind, in øre. Overpaid money is owed back, and is negative."""

    principal_ore: int = 0
    interest_ore: int = 0
    late_interest_ore: int = 0
    fees_ore: int = 0
    costs_ore: int = 0
    written_off_ore: int = 0
    overpaid_ore: int = 0


class Statement(msgspec.Struct, frozen=True):
    """The account of a case on a date. The lines sum to `owed_ore`, and so do the totals.

    `owed_back_ore` is in it with the opposite sign: what was overpaid, and what the ledger booked beyond the principal
    of a claim. It pays nothing else by itself, so the debtor is asked for `owed_ore` and `owed_back_ore` together.
    """

    case: str
    on: date
    lines: tuple[StatementLine, ...]
    totals: Totals
    owed_ore: int
    owed_back_ore: int


class _Claim(msgspec.Struct, frozen=True):
    id: int
    invoice_no: str
    due_date: date
    interest_before_due_ore: int


class _Paid(NamedTuple):
    """A payment or reversal: its bank date, when the money it is about was received, and its KID."""

    bank_date: date
    received_on: date
    kid: str


class _Facts(NamedTuple):
    """What explains the rows: payments by number, bookings by journal, letters by claim, and what people charged and
    waived, by act and claim."""

    payments: Mapping[int, _Paid]
    bookings: Mapping[int, Any]
    letters: Mapping[int, list[Letter]]
    by_hand: Mapping[int, list[tuple[int, Adjustment]]]


def statement(connection: sa.Connection, number: str, on: date, statute: Statute) -> Statement:
    """The account of a case seen on `on`, with interest up to and including that day.

    Raises DataFault `office.no_such_case`, `office.account_damaged` where rows that the account rests on are gone or
    unreadable, and `statute.no_late_interest` or `statute.late_interest_not_confirmed` for an interest day that has no
    rate.
    """
    case = connection.execute(sa.select(t.case.c.id).where(t.case.c.number == number)).scalar()
    if case is None:
        raise DataFault("office.no_such_case", case=number)
    claims = _claims(connection, case)
    try:
        rows = _rows(connection, case, on)
        facts = _facts(connection, rows, claims)
        unnumbered = [_line(row, claims.get(row.claim), facts, statute) for row in rows]
    except (KeyError, ValueError) as error:
        raise DataFault("office.account_damaged", case=number) from error
    ended = {claim: day for claim, day in ended_on(connection, list(claims)).items() if day <= on}
    gone = {claim: day for claim, day in given_back_on(connection, list(claims)).items() if day <= on}
    unnumbered += _given_up(rows, claims, {claim: day for claim, day in ended.items() if claim not in gone})
    unnumbered += _given_back(rows, claims, gone)
    unnumbered += _uncharged(connection, claims, facts, {*ended, *gone}, on, statute)
    lines, balance_ore = [], 0
    for line in sorted(unnumbered, key=lambda line: line.counts_from):
        balance_ore += line.amount_ore
        lines.append(msgspec.structs.replace(line, balance_ore=balance_ore))
    sums: dict[str, int] = {}
    for line in lines:
        sums[f"{line.account}_ore"] = sums.get(f"{line.account}_ore", 0) + line.amount_ore
    totals = Totals(**sums)
    return Statement(number, on, tuple(lines), totals, balance_ore, _owed_back(rows, gone) - totals.overpaid_ore)


def _claims(connection: sa.Connection, case: int) -> dict[int, _Claim]:
    columns = [t.claim.c[name] for name in _Claim.__struct_fields__]
    chosen = sa.select(*columns).where(t.claim.c.case == case).order_by(t.claim.c.due_date, t.claim.c.id)
    return {row.id: _Claim(*row) for row in connection.execute(chosen)}


def _rows(connection: sa.Connection, case: int, on: date) -> Sequence[Any]:
    journal, row = t.journal.c, t.journal_row.c
    shown = [*(account.value for account in OWED), Account.OVERPAID.value]
    columns = (
        journal.number, journal.dated, journal.kind, journal.source, row.account, row.claim, row.amount_ore, row.reason,
        row.counts_from,
    )  # fmt: skip
    return connection.execute(
        sa.select(*columns)
        .join(t.journal_row, row.journal == journal.number)
        .where(journal.case == case, row.account.in_(shown), row.counts_from <= on)
        .order_by(row.counts_from, journal.number, row.row_no)
    ).all()


def _facts(connection: sa.Connection, rows: Sequence[Any], claims: Mapping[int, _Claim]) -> _Facts:
    payments: dict[int, _Paid] = {}
    original = t.payment.alias()
    received_on = sa.func.coalesce(original.c.bank_date, t.payment.c.bank_date)
    for numbers in portions({payment_of(row.source) for row in rows if row.kind in _PAID}):
        chosen = (
            sa.select(t.payment.c.number, t.payment.c.bank_date, received_on, t.payment.c.kid)
            .outerjoin(original, original.c.number == t.payment.c.reverses)
            .where(t.payment.c.number.in_(numbers))
        )
        payments |= {number: _Paid(*values) for number, *values in connection.execute(chosen)}
    bookings: dict[int, Any] = {}
    booked = t.ledger_transaction.c
    for journals in portions({row.number for row in rows if row.kind == Kind.LEDGER}):
        told = sa.select(booked.journal, booked.kind, booked.value_on, booked.voucher_no)
        bookings |= {row.journal: row for row in connection.execute(told.where(booked.journal.in_(journals)))}
    by_hand: dict[int, list[tuple[int, Adjustment]]] = {number: [] for number in claims}
    for kept in adjustments_of(connection, claims):
        by_hand[kept.adjustment.claim].append((kept.act, kept.adjustment))
    return _Facts(payments, bookings, letters_of(connection, claims), by_hand)


def _line(row: Any, claim: _Claim | None, facts: _Facts, statute: Statute) -> StatementLine:
    return StatementLine(
        journal=row.number,
        dated=row.dated,
        counts_from=row.counts_from,
        kind=_SAID.get(row.reason, known(_KINDS, row.kind, "journal", row.number, "kind")).value,
        account=row.account,
        invoice_no=claim.invoice_no if claim else "",
        amount_ore=row.amount_ore,
        reason=row.reason,
        balance_ore=0,
        explain=_explained(row, claim, facts, statute),
    )


def _explained(row: Any, claim: _Claim | None, facts: _Facts, statute: Statute) -> Step:
    if row.kind in _PAID:
        paid = facts.payments[payment_of(row.source)]
        why = reason_steps(row.reason, paid.received_on, shipped_allocation_law())
        told: dict[str, Fact] = {"payment": payment_of(row.source), "kid": paid.kid or "–", "bank_date": paid.bank_date}
        return step(_PAID[row.kind], *why, **told, amount_ore=-row.amount_ore)
    if row.kind == Kind.TOLD:
        return step("statement.told", amount_ore=row.amount_ore)
    if row.kind == Kind.LEDGER:
        booked = facts.bookings[row.number]
        kind = known(_TRANSACTIONS, booked.kind, "ledger_transaction", row.number, "kind")
        told = {"voucher_no": booked.voucher_no, "value_on": booked.value_on}
        return step(f"statement.ledger.{kind.value}", **told, amount_ore=row.amount_ore, counts_from=row.counts_from)
    if row.kind in ADJUSTMENT_KINDS:
        return _adjusted(row, facts)
    if row.kind == Kind.ADOPTED and claim is not None:
        since = row.counts_from + timedelta(days=1)
        told = {"invoice_no": claim.invoice_no, "since": since, "amount_ore": row.amount_ore}
        return step(f"statement.adopted.{row.account}", **told)
    return _opening(row, claim, facts, statute)


def _adjusted(row: Any, facts: _Facts) -> Step:
    """What a person charged, waived, or took back."""
    act = number_of(row.source)
    told: dict[str, Fact] = {"act": act, "dated": row.counts_from, "amount_ore": row.amount_ore}
    if row.reason in _BY_HAND:
        return step(_BY_HAND[row.reason], **told)
    same = (row.account, row.amount_ore, row.counts_from)
    said = (one for number, one in facts.by_hand[row.claim] if number == act)
    charged = next((one for one in said if (one.part, one.amount_ore, one.dated) == same), None)
    if charged is None:
        raise KeyError(act)
    if charged.kind == CHARGED_INTEREST:
        return step("statement.interest_charged", **told)
    return step(f"statement.charge.{charged.kind}", **told, document=charged.document or "–")


def _opening(row: Any, claim: _Claim | None, facts: _Facts, statute: Statute) -> Step:
    """What a claim brought with it when it came."""
    if claim is None:
        return step("statement.opened", amount_ore=row.amount_ore)
    told: dict[str, Fact] = {"invoice_no": claim.invoice_no, "due": claim.due_date, "amount_ore": row.amount_ore}
    if row.account == Account.FEES:
        steps = list(_letter_steps(claim, facts.letters[claim.id], row.counts_from, statute))
        return step("statement.opened.fees", *steps, **told)
    if row.account == Account.INTEREST:
        charged = [one for one in facts.letters[claim.id] if one.interest_ore and one.sent_on == row.counts_from]
        code = "statement.opened.interest_charged" if charged else "statement.opened.interest"
        return step(code, **told, sent_on=row.counts_from)
    return step("statement.opened.principal", **told)


def _letter_steps(claim: _Claim, letters: Sequence[Letter], sent_on: date, statute: Statute) -> Iterator[Step]:
    """The letters with a fee sent on a day, each beside the most that it might cost by law."""
    for place, letter in enumerate(letters):
        if not letter.fee_ore or letter.sent_on != sent_on:
            continue
        told: dict[str, Fact] = {"letter": letter.kind.value, "sent_on": letter.sent_on, "fee_ore": letter.fee_ore}
        try:
            cap = letter_fee(Sending(letter.kind, claim.due_date, letter.sent_on), letters[:place], statute)
        except DataFault as fault:
            yield step("statement.letter_not_judged", **told, missing=fault.code)
            continue
        code = "statement.letter" if letter.fee_ore <= cap.amount_ore else "statement.letter_above"
        yield step(code, cap.derivation, **told, cap_ore=cap.amount_ore)


def _owed_back(rows: Sequence[Any], gone: Collection[int]) -> int:
    """What stands below zero on the principals of claims that are not gone, with what the books wrote off (øre)."""
    principals: Counter[int] = Counter()
    for row in rows:
        if row.claim is not None and row.claim not in gone and row.account in BEARS_INTEREST:
            principals[row.claim] += row.amount_ore
    return -sum(min(amount_ore, 0) for amount_ore in principals.values())


def _given_back(rows: Sequence[Any], claims: Mapping[int, _Claim], gone: Mapping[int, date]) -> Iterator[StatementLine]:
    """What stood on a claim when its creditor got it back, either way: it is owed there from then on."""
    left: Counter[tuple[int, str]] = Counter()
    for row in rows:
        if row.claim in gone:
            left[row.claim, row.account] += row.amount_ore
    for (claim, account), amount_ore in left.items():
        if amount_ore:
            day, invoice_no = gone[claim], claims[claim].invoice_no
            why = step("statement.given_back", amount_ore=-amount_ore, given_back_on=day)
            yield StatementLine(0, day, day, GIVEN_BACK, account, invoice_no, -amount_ore, "", 0, why)


def _given_up(rows: Sequence[Any], claims: Mapping[int, _Claim], ended: Mapping[int, date]) -> Iterator[StatementLine]:
    """What stood on a claim when its creditor gave it up: nothing more is owed on it, but money may be owed back."""
    left: Counter[tuple[int, str]] = Counter()
    principals: Counter[int] = Counter()
    for row in rows:
        if row.claim in ended:
            left[row.claim, row.account] += row.amount_ore
            principals[row.claim] += row.amount_ore if row.account in BEARS_INTEREST else 0
    for key in list(left):
        if key[1] in BEARS_INTEREST and principals[key[0]] < 0:
            del left[key]
    for (claim, account), amount_ore in left.items():
        if amount_ore:
            day, invoice_no = ended[claim], claims[claim].invoice_no
            why = step("statement.given_up", amount_ore=-amount_ore, ended_on=day)
            yield StatementLine(0, day, day, GIVEN_UP, account, invoice_no, -amount_ore, "", 0, why)


def _uncharged(  # noqa: PLR0917 - what decides it
    connection: sa.Connection,
    claims: Mapping[int, _Claim],
    facts: _Facts,
    ended: Collection[int],
    on: date,
    statute: Statute,
) -> Iterator[StatementLine]:
    """Late-payment interest that the rule gives and no letter has charged, claim by claim."""
    about = interest_facts(connection, list(claims))
    for claim in claims.values():
        if claim.id in ended:
            continue
        interest = late_interest(about[claim.id].changes, on, statute, about[claim.id].terms)
        letters_ore = sum(one.interest_ore for one in facts.letters[claim.id] if one.sent_on <= on)
        said = [one for _, one in facts.by_hand[claim.id] if one.part == Account.INTEREST and one.dated <= on]
        by_hand_ore = sum(one.amount_ore for one in said if one.kind == CHARGED_INTEREST)
        waived_ore = -sum(one.amount_ore for one in said if one.kind == WAIVER) - claim.interest_before_due_ore
        open_ore = uncharged_ore(
            interest.amount_ore, letters_ore=letters_ore, by_hand_ore=by_hand_ore, waived_ore=waived_ore
        )
        if open_ore:
            why = step("statement.late_interest", interest.derivation, charged_ore=letters_ore + by_hand_ore)
            if open_ore < 0:
                why = step("statement.interest_too_much", why, amount_ore=-open_ore)
            yield StatementLine(0, on, on, LATE_INTEREST, LATE_INTEREST, claim.invoice_no, open_ore, "", 0, why)
