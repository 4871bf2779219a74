"""What is owed on every claim on a date, late-payment interest included, in one pass over the journal.

The sums are the database's; a claim whose interest is no plain sum (terms of its own, a pause, a balance that may have
been below zero, an amount that 64 bits have no room for, rates from before 1994) is worked out by the rule
itself, `kravbro.core.interest`. Both give the same øre: tests/office/test_balances.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import GONE, ClaimState, TransactionKind
from kravbro.core.interest import Change, Terms, late_interest, uncharged_ore
from kravbro.core.statute.law import Statute
from kravbro.db.bulk import among, plain_rows
from kravbro.office import tables as t
from kravbro.office.adjustments.rows import CLAIM_ENDED, LATE_INTEREST, WAIVER
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.interest_rows import claims_with_rows, terms_of_claims
from kravbro.office.journals import OWED, Account
from kravbro.office.rate_days import (
    RateDays,
    as_rows,
    last_day_with_a_rate,
    rate_days,
    same_for_all_after,
)

BEARS_INTEREST = (Account.PRINCIPAL.value, Account.WRITTEN_OFF.value)
"""Accounts that bear late-payment interest: the principal, also where the creditor's books no longer show it."""
_PAGE = 10_000


class ClaimBalance(NamedTuple):
    """What is owed on one claim on a date, in øre.

    `interest_ore` is what stands on the account: charged before the claim came or since, less what was paid of it.
    `uncharged_ore` is the late-payment interest that the rule gives up to and including the date, from the due date
    on, less what letters and people have charged of it; below zero only where people charged more than the rule gives
    by what is known now (`kravbro.core.interest.uncharged_ore`). The debtor owes `total_ore`.
    """

    claim: int
    principal_ore: int
    interest_ore: int
    fees_ore: int
    costs_ore: int
    uncharged_ore: int

    @property
    def total_ore(self) -> int:
        """Everything that is owed on the date."""
        return self.principal_ore + self.interest_ore + self.fees_ore + self.costs_ore + self.uncharged_ore


_as_balance: Callable[[Iterable[int]], ClaimBalance] = partial(tuple.__new__, ClaimBalance)


class InterestFacts(msgspec.Struct, frozen=True):
    """What decides interest on one claim: the changes of what bears it, and the terms."""

    changes: tuple[Change, ...]
    terms: Terms


def balances(
    connection: sa.Connection, on: date, statute: Statute, creditor: int | None = None
) -> Iterator[ClaimBalance]:
    """The balance of every claim (of one creditor), in order of claim, seen on `on`.

    Raises DataFault `statute.no_late_interest` or `statute.late_interest_not_confirmed` where a claim bears interest on
    a day that has no rate.
    """
    oldest = connection.execute(sa.select(sa.func.min(t.claim.c.due_date))).scalar()
    if oldest is None:
        return
    first = min(max(oldest, same_for_all_after(statute)), on)
    known = last_day_with_a_rate(statute, first, on)
    days = rate_days(statute, first, known)
    day_rows = as_rows(connection, days)
    by_itself = _no_plain_sum(connection, days)
    charged, ended, gone = _Charged(connection, on), ended_on(connection), given_back_on(connection)
    with plain_rows(connection, _sums(days, day_rows, on, creditor), _PAGE) as pages:
        for page in pages:
            rows: Iterator[ClaimBalance] = map(_as_balance, page)
            special = [row[0] for row in page if row[5] == _NO_SUM or row[0] in by_itself or known < on]
            if special or charged.up_to(page[-1][0]):
                rows = _mended(rows, _exact(connection, special, on, statute), charged)
            if ended or gone:
                rows = _without(rows, ended, gone, on)
            yield from rows


def ended_on(connection: sa.Connection, claims: Collection[int] | None = None) -> dict[int, date]:
    """The day on which the creditor gave up each claim (of these) that is ended: from then on nothing is owed on it.

    A second write-off of an ended claim ends nothing again. One that was ended when it left stays so until it is gone.
    """
    booked, claim = t.ledger_transaction.c, t.claim.c
    ending = (booked.kind == TransactionKind.WRITE_OFF_CLAIM_ENDED.value, booked.amount_ore <= 0)
    here = [*ending, sa.or_(claim.state == ClaimState.ENDED.value, _left_when_ended(claim.id))]
    if claims is not None:
        here.append(claim.id.in_(claims))
    columns = (booked.claim, claim.due_date, booked.value_on)
    found = list(connection.execute(sa.select(*columns).join(t.claim, claim.id == booked.claim).where(*here)))
    found += connection.execute(_ended_by_hand(claims)).all()
    ends: defaultdict[int, list[date]] = defaultdict(list)
    for number, due, day in found:
        ends[number].append(max(due, day))
    reopened = _reopened_on(connection, ends.keys())
    days: dict[int, date] = {}
    for number, each in ends.items():
        since = reopened.get(number, date.min)
        days[number] = min((day for day in each if day >= since), default=since)
    return days


def _ended_by_hand(claims: Collection[int] | None) -> sa.Select[Any]:
    """Claim, due date and day of what people ended, and took not back."""
    own, claim, undoing = adjustment.c, t.claim.c, adjustment.alias("undoing")
    undone = sa.exists().where(undoing.c.undoes == own.number)
    here = [own.kind == CLAIM_ENDED, own.undoes.is_(None), ~undone]
    here.append(sa.or_(claim.state == ClaimState.ENDED.value, _left_when_ended(claim.id)))
    if claims is not None:
        here.append(claim.id.in_(claims))
    return sa.select(own.claim, claim.due_date, own.dated).join(t.claim, claim.id == own.claim).where(*here)


def _left_when_ended(claim: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a claim was ended when it began to leave."""
    leaving, before = t.status_event.alias("leaving"), t.status_event.alias("before")
    same = sa.and_(before.c.claim == leaving.c.claim, before.c.version == leaving.c.version - 1)
    return (
        sa.select(leaving.c.number)
        .join(before, same)
        .where(
            leaving.c.claim == claim,
            leaving.c.state == ClaimState.LEAVING.value,
            before.c.state == ClaimState.ENDED.value,
        )
        .exists()
    )


def given_back_on(connection: sa.Connection, claims: Collection[int] | None = None) -> dict[int, date]:
    """The day on which each claim (of these) was given back: from then on nothing is owed here, either way."""
    status = t.status_event.c
    here = [status.state.in_([state.value for state in GONE])]
    if claims is not None:
        here.append(status.claim.in_(claims))
    return dict(connection.execute(sa.select(status.claim, status.happened_on).where(*here)).all())


def _reopened_on(connection: sa.Connection, claims: Collection[int]) -> dict[int, date]:
    """The day on which each claim was last taken up again: an end before it does not count any more."""
    status, other = t.status_event.c, t.status_event.alias("other")
    earlier = sa.and_(other.c.claim == status.claim, other.c.version < status.version)
    was_over = sa.exists().where(earlier, other.c.state != ClaimState.REGISTERED.value)
    taken_up = (status.state == ClaimState.REGISTERED.value, was_over)
    found: dict[int, date] = {}
    for these in among(status.claim, claims):
        days = sa.select(status.claim, sa.func.max(status.happened_on)).where(these, *taken_up)
        found |= dict(connection.execute(days.group_by(status.claim)).all())
    return found


def _without(
    rows: Iterable[ClaimBalance], ended: Mapping[int, date], gone: Mapping[int, date], on: date
) -> Iterator[ClaimBalance]:
    """The same rows, with nothing owed on claims that are over; what is owed back on an ended one still is."""
    for row in rows:
        if gone.get(row.claim, date.max) <= on:
            yield ClaimBalance(row.claim, 0, 0, 0, 0, 0)
        elif ended.get(row.claim, date.max) <= on:
            yield ClaimBalance(row.claim, min(row.principal_ore, 0), 0, 0, 0, 0)
        else:
            yield row


def _mended(
    rows: Iterable[ClaimBalance], exact: Mapping[int, tuple[int, int]], charged: _Charged
) -> Iterator[ClaimBalance]:
    """The same rows with the rule's own answer where it was asked, less what was charged of it."""
    for row in rows:
        principal_ore, late_ore = exact.get(row.claim, (row.principal_ore, row.uncharged_ore))
        costs_ore = row.costs_ore + row.principal_ore - principal_ore
        open_ore = charged.off(row.claim, late_ore)
        yield row._replace(principal_ore=principal_ore, costs_ore=costs_ore, uncharged_ore=open_ore)


def _sums(days: RateDays, day_rows: sa.FromClause, on: date, creditor: int | None) -> sa.Select[Any]:
    """The fields of a `ClaimBalance`: costs as the rest of what is owed, and interest as if none was charged.

    A row has `units` if it bears interest, and no reason if it is the opening. Where the opening is at least as large
    as all falls together, the balance was never below zero, and late interest is a sum. Where it is none, or an amount
    does not fit, `_NO_SUM` stands in its place.

    Every number is a constant of the statement, so that the database adds up each sum once, however often it is used.
    """
    row, units = t.journal_row.c, day_rows.c.units
    zero, per_ore = _constant(0), _constant(days.per_ore)
    bears = units.is_not(None)
    fits = row.amount_ore.between(_constant(-days.largest_ore), _constant(days.largest_ore))
    weight = sa.func.coalesce(_sum(sa.case((fits, row.amount_ore * (_constant(days.last_units) - units)))), zero)
    principal = sa.func.coalesce(_sum(sa.case((bears, row.amount_ore))), zero)
    interest, fees = (
        _sum(sa.case((bears, zero), (row.account == _constant(one.value), row.amount_ore), else_=zero))
        for one in (Account.INTEREST, Account.FEES)
    )
    opening_or_fall = sa.and_(bears, sa.or_(row.amount_ore < zero, row.reason == _constant("")))
    least = _sum(sa.case((~fits, _constant(_FAR_BELOW)), (opening_or_fall, row.amount_ore), else_=zero))
    half_up = sa.case((_constant(2) * (weight % per_ore) >= per_ore, _constant(1)), else_=zero)
    late = sa.case((least < zero, _constant(_NO_SUM)), else_=weight // per_ore + half_up)
    costs = _sum(row.amount_ore) - principal - interest - fees
    return (
        sa.select(row.claim, principal, interest, fees, costs, late)
        .outerjoin(day_rows, sa.and_(day_rows.c.day == row.counts_from, _is_one_of(row.account, BEARS_INTEREST)))
        .where(*rows_on(on, creditor))
        .group_by(row.claim)
        .order_by(row.claim)
    )


def rows_on(on: date, creditor: int | None = None) -> list[sa.ColumnElement[bool]]:
    """Conditions on `journal_row`: what debtors owe, counted up to and including `on` (of one creditor)."""
    row = t.journal_row.c
    here = [_is_one_of(row.account, [account.value for account in OWED]), row.counts_from <= _constant(on)]
    if creditor is not None:
        here.append(row.claim.in_(sa.select(t.claim.c.id).where(t.claim.c.creditor == creditor)))
    return here


_FAR_BELOW = -(2**53)
_NO_SUM = -1


def _constant(value: Any) -> sa.BindParameter[Any]:
    """A constant that the database sees before it plans: SQLite tests an account against one in half the time."""
    return sa.bindparam(None, value, sa.BigInteger() if isinstance(value, int) else None, literal_execute=True)


def _is_one_of(account: sa.ColumnElement[str], accounts: Sequence[str]) -> sa.ColumnElement[bool]:
    return account.in_(sa.bindparam(None, list(accounts), expanding=True, literal_execute=True))


def _sum(amount: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.sum(amount), sa.BigInteger)


def _no_plain_sum(connection: sa.Connection, days: RateDays) -> set[int]:
    """Claims with terms of their own or a pause, and those from before the table of days begins."""
    old = sa.select(t.claim.c.id).where(t.claim.c.due_date < days.first)
    return claims_with_rows(connection) | set(connection.execute(old).scalars())


class _Charged:
    """What letters and people charged in interest up to a day, and what people waived of it, claim by claim in rising
    order, read as it is asked for."""

    def __init__(self, connection: sa.Connection, on: date) -> None:
        self._rows = iter(connection.execute(_charged_until(on)))
        self._next = next(self._rows, None)

    def up_to(self, claim: int) -> bool:
        """Whether a claim up to this one, and not asked for yet, was charged."""
        return self._next is not None and self._next[0] <= claim

    def off(self, claim: int, late_ore: int) -> int:
        """What is not charged yet of the late interest of a claim; claims must be asked for in rising order."""
        while self._next is not None and self._next[0] < claim:
            self._next = next(self._rows, None)
        if self._next is None or self._next[0] != claim:
            return late_ore
        _, letters_ore, by_hand_ore, waived_ore = self._next
        return uncharged_ore(late_ore, letters_ore=letters_ore, by_hand_ore=by_hand_ore, waived_ore=waived_ore)


def _charged_until(on: date) -> sa.Select[Any]:
    """Claim, what letters charged, what people charged, and what they waived of what came after the due date."""
    letter, own, claim, zero = t.claim_letter.c, adjustment.c, t.claim.c, sa.literal(0)
    by_hand = sa.case((own.kind == LATE_INTEREST, own.amount_ore), else_=zero)
    waived = sa.case((own.kind == WAIVER, -own.amount_ore), else_=zero)
    of_interest = (own.part == Account.INTEREST.value, own.dated <= on)
    was_waived = sa.exists().where(own.claim == claim.id, own.kind == WAIVER, *of_interest)
    each = sa.union_all(
        sa.select(
            letter.claim.label("claim"), letter.interest_ore.label("letters"), zero.label("hand"), zero.label("off")
        ).where(letter.interest_ore != 0, letter.sent_on <= on),
        sa.select(own.claim, zero, by_hand, waived).where(*of_interest),
        sa.select(claim.id, zero, zero, -claim.interest_before_due_ore).where(was_waived),
    ).subquery()
    sums = (_sum(each.c[name]) for name in ("letters", "hand", "off"))
    return sa.select(each.c.claim, *sums).group_by(each.c.claim).order_by(each.c.claim)


def _exact(connection: sa.Connection, claims: Sequence[int], on: date, statute: Statute) -> dict[int, tuple[int, int]]:
    """What bears interest and the interest on it, by the rule itself."""
    exact: dict[int, tuple[int, int]] = {}
    for claim, facts in interest_facts(connection, claims).items():
        principal_ore = sum(change.amount_ore for change in facts.changes if change.counts_from <= on)
        exact[claim] = principal_ore, late_interest(facts.changes, on, statute, facts.terms).amount_ore
    return exact


def interest_facts(connection: sa.Connection, claims: Collection[int]) -> dict[int, InterestFacts]:
    """What decides interest on each claim, read from the journal and its terms."""
    row = t.journal_row.c
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for these in among(row.claim, claims):
        chosen = sa.select(row.claim, row.counts_from, row.amount_ore).where(these, row.account.in_(BEARS_INTEREST))
        for claim, counts_from, amount_ore in connection.execute(chosen):
            changes[claim].append(Change(counts_from, amount_ore))
    terms = terms_of_claims(connection, claims)
    return {claim: InterestFacts(tuple(changes[claim]), terms[claim]) for claim in claims}
