"""Who stands on one case, and whom its letters go to. Addresses that are protected are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.recipients import OnCase, recipients
from kravbro.office import tables as t
from kravbro.office.codes import known
from kravbro.office.parties import tables as p
from kravbro.office.parties.case_roles import IS_ROLE, ROLES
from kravbro.office.parties.protection import protection_of_debtor
from kravbro.office.parties.queries import language_of
from kravbro.office.parties.rows import IS_MEMBER


class PartyOnCase(msgspec.Struct, frozen=True):
    """Somebody beside the debtor: `number` ends the role, `stands_for` names who of those that owe it is held for."""

    number: int
    party: int
    customer_no: int
    name: str
    role: str
    stands_for: str
    first_day: date
    last_day: date | None
    told_by: str
    because: str
    card: int
    stands_for_card: int


class LetterTo(msgspec.Struct, frozen=True):
    """Whom a letter goes to, for whom, in which language, and how far the address is protected."""

    name: str
    owes: str
    contact: str
    language: str
    protection: str


class CaseParties(msgspec.Struct, frozen=True):
    """The debtor's party, name and language, everybody beside the debtor, and whom letters go to on a day."""

    party: int
    name: str
    language: str
    parties: tuple[PartyOnCase, ...]
    letters_to: tuple[LetterTo, ...]


def case_parties(connection: sa.Connection, number: str, on: date) -> CaseParties:
    """Who stands on a case. Raises DataFault `office.no_such_case` and `office.unknown_code`."""
    found = connection.execute(
        sa.select(t.case.c.id, t.debtor.c.id.label("card"), t.debtor.c.name)
        .join(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(t.case.c.number == number)
    ).one_or_none()
    if found is None:
        raise DataFault("office.no_such_case", case=number)
    beside = _beside(connection, found.id)
    return CaseParties(
        party=_party_of(connection, found.card),
        name=found.name,
        language=language_of(connection, found.card),
        parties=tuple(beside),
        letters_to=tuple(_letters_to(connection, found.card, found.name, beside, on)),
    )


def _beside(connection: sa.Connection, case: int) -> list[PartyOnCase]:
    """Everybody who stands, or stood, beside the debtor of a case, in the order in which it was said."""
    row, owed_by, member = p.case_party.c, t.debtor.alias("owed_by"), p.party_member.c
    columns = (
        row.number, member.party, t.debtor.c.customer_no, t.debtor.c.name, row.role,
        owed_by.c.name.label("stands_for"), row.first_day, row.last_day, row.told_by, row.because, row.debtor,
        row.stands_for.label("stands_for_card"),
    )  # fmt: skip
    chosen = (
        sa.select(*columns)
        .join(t.debtor, t.debtor.c.id == row.debtor)
        .join(owed_by, owed_by.c.id == row.stands_for)
        .join(p.party_member, member.debtor == row.debtor)
        .where(row.case == case, IS_ROLE, IS_MEMBER)
        .order_by(row.number)
    )
    rows: Sequence[Any] = connection.execute(chosen).all()
    return [PartyOnCase(*values) for values in rows]


def _letters_to(
    connection: sa.Connection, debtor: int, name: str, beside: Sequence[PartyOnCase], on: date
) -> Iterator[LetterTo]:
    names = {debtor: name, 0: ""} | {one.card: one.name for one in beside}
    roles = []
    for one in beside:
        role = known(ROLES, one.role, "case_party", one.number, "role")
        roles.append(OnCase(one.card, role, one.stands_for_card, one.first_day, one.last_day))
    for to in recipients(debtor, roles, on):
        protection = protection_of_debtor(connection, to.who).value
        language = language_of(connection, to.who)
        yield LetterTo(names[to.who], names[to.owes], names[to.contact], language, protection)


def _party_of(connection: sa.Connection, debtor: int) -> int:
    """The party that a card belongs to; 0 where the row that says so is gone."""
    chosen = sa.select(p.party_member.c.party).where(p.party_member.c.debtor == debtor, IS_MEMBER)
    return int(connection.execute(chosen).scalar() or 0)
