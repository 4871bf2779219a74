"""Roles on a case that a person adds or ends: a co-debtor, a guardian, an estate, a representative, a contact.

Somebody who is no customer of the creditor gets a card of their own, under a customer number below zero.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.addresses import is_country
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.parties import Party, PartyKind, Protection, Role
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.caseload import CASE_EVENT_COLUMNS
from kravbro.office.codes import known
from kravbro.office.parties import tables as p
from kravbro.office.parties.case_roles import IS_ROLE, ROLES, Kept, Standing, roles_of_cases
from kravbro.office.parties.commands import not_an_identity_number
from kravbro.office.parties.matching import Told
from kravbro.office.parties.register import Change, Register
from kravbro.office.parties.rows import add_rows, reason

ADDED, ENDED = "party_added", "party_ended"


class Days(NamedTuple):
    """From when a role is held, and its last day (None: until further notice)."""

    first: date
    last: date | None = None


class _Case(NamedTuple):
    id: int
    creditor: int
    debtor: int
    state: str


def add_role(  # noqa: PLR0917 - who, as what, from when, and by whom
    connection: sa.Connection,
    case_number: str,
    role: Role,
    who: int | Party,
    days: Days,
    act: Act,
    *,
    stands_for: int | None = None,
    because: str,
) -> int:
    """Give somebody a role on a case; answers the number under which it can be ended.

    `who` is a customer number of the creditor, or what is known of somebody who is not its customer. `stands_for` is
    the customer number of the one among those who owe (None: the debtor). Raises DataFault, and keeps nothing:
    `office.no_such_case`, `office.no_such_customer`, `office.role_of_the_debtor`, `office.stands_for_nobody` (not one
    of those who owe), `office.role_days`, `office.role_held`, `office.party_details`, `office.party_reason_missing` and
    `office.party_reason_too_long`.
    """
    because = reason(because)
    if days.last is not None and days.last < days.first:
        raise DataFault("office.role_days", first=days.first.isoformat(), last=days.last.isoformat())
    case = _case(connection, case_number)
    kept = roles_of_cases(connection, [case.id]).get(case.id, {})
    owes = _owes(connection, case, kept, stands_for, days.first)
    card = new_card(connection, case.creditor, who, act) if isinstance(who, Party) else _card(connection, case, who)
    if card in {case.debtor, owes}:
        raise DataFault("office.role_of_the_debtor", case=case_number)
    standing = Standing(card, role, case.debtor if role is Role.CO_DEBTOR else owes)
    if standing in kept and kept[standing].holds(days.first):
        raise DataFault("office.role_held", case=case_number, role=role.value)
    said = (case.id, card, role.value, standing.stands_for, days.first, days.last, Told.PERSON.value, because, act.on)
    (number,) = add_rows(connection, p.case_party, [said], act)
    _write_event(connection, case, ADDED, role, act)
    return number


def end_role(connection: sa.Connection, case_number: str, number: int, last: date, act: Act, *, because: str) -> int:
    """Say on which day a role was held last (a day before its first takes it back); answers the number of that row.

    Raises DataFault, and keeps nothing: `office.no_such_case`, `office.no_such_role`, `office.role_ended` (it ends on
    that day or earlier), `office.party_reason_missing` and `office.party_reason_too_long`.
    """
    because = reason(because)
    case, row = _case(connection, case_number), p.case_party.c
    held: Any = connection.execute(
        sa.select(p.case_party).where(row.number == number, row.case == case.id, IS_ROLE)
    ).one_or_none()
    if held is None:
        raise DataFault("office.no_such_role", case=case_number, role=number)
    last = max(last, held.first_day - timedelta(days=1))
    if held.last_day is not None and held.last_day <= last:
        raise DataFault("office.role_ended", case=case_number, role=number, last=held.last_day.isoformat())
    role = known(ROLES, held.role, "case_party", number, "role")
    who = (case.id, held.debtor, role.value, held.stands_for, held.first_day)
    (ended,) = add_rows(connection, p.case_party, [(*who, last, Told.PERSON.value, because, act.on)], act)
    _write_event(connection, case, ENDED, role, act)
    return ended


def new_card(connection: sa.Connection, creditor: int, who: Party, act: Act) -> int:
    """A card for somebody who is no customer of the creditor. Its party is found by number, as any other's.

    Raises DataFault `office.party_details` for a card without name, or with a number or country that cannot be.
    """
    number_given = bool(who.identity_number or who.organisation_number)
    if not who.name.strip() or not is_country(who.country) or (number_given and not who.number):
        raise DataFault("office.party_details")
    card = take(connection, t.counter, "debtor")
    told = msgspec.structs.replace(
        who,
        customer_no=-card,
        identity_number=identity_number.compact(who.identity_number),
        organisation_number=organisation_number.compact(who.organisation_number),
    )
    row = card_row(card, creditor, told)
    insert_rows(connection, t.debtor, (*contents.DEBTOR, "fingerprint"), [(*row, contents.of_debtor(row))], act)
    register = Register(connection, act)
    register.load([], [told])
    register.note(Change(card, None, told))
    register.save()
    return card


def card_row(card: int, creditor: int, party: Party) -> tuple[Any, ...]:
    """A card as it is stored, in the order of `contents.DEBTOR`."""
    return (
        card, creditor, party.customer_no, party.kind.value, party.name, party.identity_number,
        party.organisation_number, party.address, party.postcode, party.place, party.country, party.protection.value,
        party.language,
    )  # fmt: skip


def person(name: str, *, kind: PartyKind = PartyKind.PERSON, **details: str) -> Party:
    """What is known of somebody who is nobody's customer; `details` are fields of `Party`."""
    protection = Protection(details.pop("protection", Protection.NONE))
    return Party(customer_no=0, kind=kind, name=name, protection=protection, **details)


def _case(connection: sa.Connection, number: str) -> _Case:
    case = t.case.c
    row = connection.execute(
        sa.select(case.id, case.creditor, case.debtor, case.state).where(case.number == number)
    ).one_or_none()
    if row is None:
        raise DataFault("office.no_such_case", case=number)
    return _Case(*row)


def _card(connection: sa.Connection, case: _Case, customer_no: int) -> int:
    debtor = t.debtor.c
    here = (debtor.creditor == case.creditor, debtor.customer_no == customer_no)
    card = connection.execute(sa.select(debtor.id).where(*here)).scalar()
    if card is None:
        shown = not_an_identity_number(customer_no)
        raise DataFault("office.no_such_customer", creditor=case.creditor, customer=shown)
    return int(card)


def _owes(connection: sa.Connection, case: _Case, kept: dict[Standing, Kept], stands_for: int | None, on: date) -> int:
    """The one among those who owe that somebody is to stand for."""
    if stands_for is None:
        return case.debtor
    card = _card(connection, case, stands_for)
    co_debtors = [one.card for one, how in kept.items() if one.role is Role.CO_DEBTOR and how.holds(on)]
    if card not in {case.debtor, *co_debtors}:
        raise DataFault("office.stands_for_nobody", customer=not_an_identity_number(stands_for))
    return card


def _write_event(connection: sa.Connection, case: _Case, event: str, role: Role, act: Act) -> None:
    """An event on the case, whose state stays as it is."""
    there = connection.execute(sa.select(sa.func.count()).where(t.case_event.c.case == case.id)).scalar_one()
    row = (case.id, there + 1, act.on, event, case.state, case.state, role.value)
    insert_rows(connection, t.case_event, CASE_EVENT_COLUMNS, [row], act)
