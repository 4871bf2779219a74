"""Cases: the list, one with everything about it, and claims as they were accepted."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import ClaimState
from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import OWED, Account


class Balances(msgspec.Struct, frozen=True):
    """What is owed, by part (øre). On a claim that its creditor gave up nothing is."""

    principal_ore: int = 0
    interest_ore: int = 0
    fees_ore: int = 0
    costs_ore: int = 0
    written_off_ore: int = 0

    @property
    def total_ore(self) -> int:
        """Everything that is owed."""
        return self.principal_ore + self.interest_ore + self.fees_ore + self.costs_ore + self.written_off_ore


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
    """A case with its debtor, claims and events. `overpaid_ore` is owed back to the debtor."""

    line: CaseLine
    address: str
    postcode: str
    place: str
    overpaid_ore: int
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
    id_, address, postcode, place = connection.execute(
        sa.select(t.case.c.id, t.debtor.c.address, t.debtor.c.postcode, t.debtor.c.place)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(t.case.c.number == number)
    ).one()
    event = t.case_event.c
    columns = (event.happened_on, event.event, event.source, event.target, event.note, event.actor)
    events = connection.execute(sa.select(*columns).where(event.case == id_).order_by(event.event_no))
    return CaseShown(
        line=lines[0],
        address=address,
        postcode=postcode,
        place=place,
        overpaid_ore=_overpaid(connection, id_),
        claims=tuple(_claims(connection, id_)),
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
        sums = (
            sa.select(t.claim.c.case, sa.func.sum(t.journal_row.c.amount_ore))
            .join(t.journal_row, t.journal_row.c.claim == t.claim.c.id)
            .where(
                t.claim.c.case.in_(portion),
                t.claim.c.state != ClaimState.ENDED.value,
                t.journal_row.c.account.in_([one.value for one in OWED]),
            )
            .group_by(t.claim.c.case)
        )
        owed |= {number: int(amount_ore) for number, amount_ore in connection.execute(sums)}
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
    claim, row = t.claim.c, t.journal_row.c
    of_case = sa.select(claim.id).where(claim.case == case, claim.state != ClaimState.ENDED.value)
    sums = (
        sa.select(row.claim, row.account, sa.func.sum(row.amount_ore))
        .where(row.claim.in_(of_case), row.account.in_([account.value for account in OWED]))
        .group_by(row.claim, row.account)
    )
    balances: dict[int, dict[str, int]] = defaultdict(dict)
    for number, account, amount_ore in connection.execute(sums):
        balances[number][f"{account}_ore"] = int(amount_ore)
    columns = (
        claim.id, claim.entry, claim.offer, claim.invoice_no, claim.invoice_kid, claim.due_date, claim.state,
        claim.principal_ore,
    )  # fmt: skip
    found = connection.execute(sa.select(*columns).where(claim.case == case).order_by(claim.due_date, claim.id))
    return [ClaimShown(*one, balances=Balances(**balances[one.id])) for one in found]


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
