"""Cases: the list, one with everything about it, and claims as they were accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import GONE, ClaimState
from kravbro.core.errors import DataFault
from kravbro.core.parties import Protection
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import OWED, Account
from kravbro.office.parties.protection import hidden, protection_of_debtor


class Balances(msgspec.Struct, frozen=True):
    """What is owed, by part (øre). On a claim that its creditor gave up nothing is, but money may be owed back.

    On one that was given back nothing is owed here, either way.
    """

    principal_ore: int = 0
    interest_ore: int = 0
    fees_ore: int = 0
    costs_ore: int = 0
    written_off_ore: int = 0

    @property
    def total_ore(self) -> int:
        """Everything that is owed."""
        return self.principal_ore + self.interest_ore + self.fees_ore + self.costs_ore + self.written_off_ore

    @property
    def owed_back_ore(self) -> int:
        """What was paid or credited in the ledger beyond the principal, and is owed back to the debtor there."""
        return max(-self.principal_ore - self.written_off_ore, 0)

    def when_ended(self) -> Balances:
        """What counts of a claim that its creditor gave up: only what is owed back."""
        return Balances(principal_ore=-self.owed_back_ore)


class CaseLine(msgspec.Struct, frozen=True):
    """A case in a list."""

    number: str
    kid: str
    creditor: int
    debtor_name: str
    customer_no: int
    workflow: str
    state: str
    opened_on: date
    claims: int
    owed_ore: int


class ClaimShown(msgspec.Struct, frozen=True):
    """A claim of a case, with what it began with and what is owed now."""

    claim: int
    entry: int
    offer: int
    invoice_no: str
    invoice_kid: str
    due_date: date
    state: str
    principal_ore: int
    balances: Balances


class EventShown(msgspec.Struct, frozen=True):
    """Something that happened to a case."""

    happened_on: date
    event: str
    source: str
    target: str
    note: str
    actor: str


class CaseShown(msgspec.Struct, frozen=True):
    """A case with its debtor, claims and events.

    `overpaid_ore` was paid here beyond what was owed; `owed_back_ore` is that and what the ledger booked beyond the
    principal of a claim, whatever is still owed on others.
    Where `protection` is anything but none, a mark stands for the address.
    """

    line: CaseLine
    protection: str
    address: str
    postcode: str
    place: str
    country: str
    overpaid_ore: int
    owed_back_ore: int
    claims: tuple[ClaimShown, ...]
    events: tuple[EventShown, ...]


class AcceptedClaim(msgspec.Struct, frozen=True):
    """A claim as it was accepted: its KIDs, and everything that was claimed (øre)."""

    case_number: str
    case_kid: str
    entry: int
    invoice_no: str
    invoice_kid: str
    due_date: date
    total_ore: int


def cases(
    connection: sa.Connection, creditor: int, *, state: str | None = None, after: str = "", limit: int = 100
) -> list[CaseLine]:
    """The creditor's cases by number, after the given number, at most `limit`; with a state, only those in it."""
    where = [t.case.c.creditor == creditor, t.case.c.number > after]
    if state is not None:
        where.append(t.case.c.state == state)
    return _case_lines(connection, where, limit)


def case(connection: sa.Connection, number: str) -> CaseShown:
    """One case. Raises DataFault `office.no_such_case`."""
    lines = _case_lines(connection, [t.case.c.number == number], 1)
    if not lines:
        raise DataFault("office.no_such_case", case=number)
    debtor: Any = connection.execute(
        sa.select(t.case.c.id.label("case"), t.debtor)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(t.case.c.number == number)
    ).one()
    id_, protection = debtor.case, protection_of_debtor(connection, debtor.id)
    card = debtor._asdict()
    shown = card if protection is Protection.NONE else hidden(card)
    event = t.case_event.c
    columns = (event.happened_on, event.event, event.source, event.target, event.note, event.actor)
    events = connection.execute(sa.select(*columns).where(event.case == id_).order_by(event.event_no))
    claims, overpaid_ore = _claims(connection, id_), _overpaid(connection, id_)
    return CaseShown(
        line=lines[0],
        protection=protection.value,
        address=shown["address"],
        postcode=shown["postcode"],
        place=shown["place"],
        country=shown["country"],
        overpaid_ore=overpaid_ore,
        owed_back_ore=overpaid_ore + sum(claim.balances.owed_back_ore for claim in claims),
        claims=tuple(claims),
        events=tuple(EventShown(*row) for row in events),
    )


def _case_lines(connection: sa.Connection, where: list[sa.ColumnElement[bool]], limit: int) -> list[CaseLine]:
    chosen = connection.execute(
        sa.select(t.case, t.debtor.c.name, t.debtor.c.customer_no)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(*where)
        .order_by(t.case.c.number)
        .limit(limit)
    ).all()
    counts: dict[int, int] = {}
    owed: dict[int, int] = defaultdict(int)
    for portion in portions([row.id for row in chosen]):
        counted = sa.select(t.claim.c.case, sa.func.count()).where(t.claim.c.case.in_(portion)).group_by(t.claim.c.case)
        counts |= {row[0]: row[1] for row in connection.execute(counted)}
        for _, case_id, balances in balances_of(connection, t.claim.c.case.in_(portion)):
            owed[case_id] += balances.total_ore
    return [
        CaseLine(
            number=row.number,
            kid=row.kid,
            creditor=row.creditor,
            debtor_name=row.name,
            customer_no=row.customer_no,
            workflow=row.workflow,
            state=row.state,
            opened_on=row.opened_on,
            claims=counts.get(row.id, 0),
            owed_ore=owed.get(row.id, 0),
        )
        for row in chosen
    ]


def _claims(connection: sa.Connection, case: int) -> list[ClaimShown]:
    claim = t.claim.c
    balances = {number: one for number, _, one in balances_of(connection, claim.case == case)}
    columns = (
        claim.id, claim.entry, claim.offer, claim.invoice_no, claim.invoice_kid, claim.due_date, claim.state,
        claim.principal_ore,
    )  # fmt: skip
    found = connection.execute(sa.select(*columns).where(claim.case == case).order_by(claim.due_date, claim.id))
    return [ClaimShown(*one, balances=balances.get(one.id, Balances())) for one in found]


def balances_of(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[tuple[int, int, Balances]]:
    """Claim, case and what is owed now, of every claim that a condition selects."""
    claim, row = t.claim.c, t.journal_row.c
    sums = (
        sa.select(claim.id, claim.case, claim.state, row.account, sa.func.sum(row.amount_ore))
        .join(t.journal_row, row.claim == claim.id)
        .where(where, row.account.in_([account.value for account in OWED]))
        .group_by(claim.id, claim.case, claim.state, row.account)
        .order_by(claim.id, row.account)
    )
    for (number, case_id, state), group in groupby(connection.execute(sums), key=itemgetter(0, 1, 2)):
        balances = Balances(**{f"{account}_ore": int(amount_ore) for *_, account, amount_ore in group})
        if state in GONE:
            yield number, case_id, Balances()
        else:
            yield number, case_id, balances.when_ended() if state == ClaimState.ENDED else balances


def _overpaid(connection: sa.Connection, case: int) -> int:
    total = (
        sa.select(sa.func.sum(-t.journal_row.c.amount_ore))
        .join(t.journal, t.journal.c.number == t.journal_row.c.journal)
        .where(t.journal.c.case == case, t.journal_row.c.account == Account.OVERPAID.value)
    )
    return int(connection.execute(total).scalar() or 0)


def claims_as_accepted(connection: sa.Connection, creditor: int) -> list[AcceptedClaim]:
    """Every claim of the creditor as it was accepted, in the order of acceptance."""
    claim = t.claim.c
    total = claim.principal_ore + claim.interest_before_due_ore + claim.fees_ore + claim.interest_charged_ore
    rows = connection.execute(
        sa.select(
            t.case.c.number, t.case.c.kid, claim.entry, claim.invoice_no, claim.invoice_kid, claim.due_date, total
        )
        .join(t.case, t.case.c.id == claim.case)
        .where(claim.creditor == creditor)
        .order_by(claim.id)
    )
    return [AcceptedClaim(*row) for row in rows]
