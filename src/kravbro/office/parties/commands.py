"""What a person decides about parties: who is the same, how addresses are protected, and which language is used.

Each decision is a row with its reason and who made it; nothing is overwritten. Who read an address is a row too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number
from kravbro.core.parties import Party, PartyKind, Protection, more_protected
from kravbro.db.bulk import insert_rows
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import Fact, How, Told, may_be_one
from kravbro.office.parties.protection import protections
from kravbro.office.parties.rows import HOLDS, IS_MEMBER, add_rows, reason

LONGEST_PLAIN = 9
"""Numbers of as many digits may be identity numbers that lost their leading zeros."""


class Card(NamedTuple):
    """A party as one creditor knows it. `number` is the valid number that tells who it is; empty where none does."""

    id: int
    creditor: int
    customer_no: int
    kind: str
    number: str


def join(connection: sa.Connection, keep: int, other: int, act: Act, *, because: str) -> None:
    """Say that two parties are the same person or business: everything of `other` belongs to `keep` from now on.

    Raises DataFault, and keeps nothing: `office.no_such_party`, `office.party_joined`, `office.party_same`,
    `office.party_kinds_differ`, `office.party_numbers_differ` (they have numbers of two people),
    `office.party_reason_missing` and `office.party_reason_too_long`.
    """
    because = reason(because)
    if keep == other:
        raise DataFault("office.party_same", party=keep)
    both = {party: cards_of(connection, living(connection, party)) for party in (keep, other)}
    if len({card.kind for cards in both.values() for card in cards}) > 1:
        raise DataFault("office.party_kinds_differ", party=keep, other=other)
    numbers = [card.number for cards in both.values() for card in cards]
    if not may_be_one([*numbers, *numbers_of(connection, keep), *numbers_of(connection, other)]):
        raise DataFault("office.party_numbers_differ", party=keep, other=other)
    add_rows(
        connection, p.party_member, [(card.id, keep, How.JOIN.value, because, act.on) for card in both[other]], act
    )
    _give_numbers(connection, numbers_of(connection, other), keep, act)
    _carry(connection, other, keep, because, act)
    _say(connection, other, Fact.JOINED_INTO, str(keep), because, act)


def split(connection: sa.Connection, creditor: int, customer_no: int, act: Act, *, because: str) -> int:
    """Say that a customer is not who the rest of its party is; answers the new party that has this card alone.

    The address stays as protected as it was. Raises DataFault, and keeps nothing: `office.no_such_customer`,
    `office.party_has_one_card`, `office.party_reason_missing` and `office.party_reason_too_long`.
    """
    because = reason(because)
    party, card = _card(connection, creditor, customer_no)
    others = [one for one in cards_of(connection, party) if one.id != card.id]
    if not others:
        raise DataFault("office.party_has_one_card", creditor=creditor, customer=customer_no, party=party)
    new = take(connection, t.counter, p.party.name)
    insert_rows(connection, p.party, ("id",), [(new,)], act)
    add_rows(connection, p.party_member, [(card.id, new, How.SPLIT.value, because, act.on)], act)
    if card.number in numbers_of(connection, party) and all(one.number != card.number for one in others):
        _give_numbers(connection, [card.number], new, act)
    _carry(connection, party, new, because, act)
    return new


def set_protection(connection: sa.Connection, party: int, level: Protection, act: Act, *, because: str) -> None:
    """Protect the addresses of a party, or lift the protection.

    Raises DataFault, and keeps nothing: `office.no_such_party`, `office.party_joined`, `office.party_fact_holds`,
    `office.party_reason_missing` and `office.party_reason_too_long`.
    """
    because = reason(because)
    if protections(connection, [living(connection, party)]).get(party, Protection.NONE) is level:
        raise DataFault("office.party_fact_holds", party=party)
    _say(connection, party, Fact.PROTECTION, level.value, because, act)


def set_language(connection: sa.Connection, party: int, language: str, act: Act, *, because: str) -> None:
    """Say in which language a party is written to, whatever the ledgers tell. Raises as `set_protection` does."""
    because = reason(because)
    if _fact(connection, living(connection, party), Fact.LANGUAGE) == language:
        raise DataFault("office.party_fact_holds", party=party)
    _say(connection, party, Fact.LANGUAGE, language, because, act)


def note_access(connection: sa.Connection, party: int, act: Act, *, because: str) -> int:
    """Write down who reads the addresses of a party, and why; answers the row's number, which opens them.

    Raises DataFault `office.no_such_party`, `office.party_joined`, `office.party_reason_missing` and
    `office.party_reason_too_long`.
    """
    because = reason(because)
    (number,) = add_rows(connection, p.party_access, [(living(connection, party), because, act.on)], act)
    return number


def living(connection: sa.Connection, party: int) -> int:
    """The party itself. Raises DataFault `office.no_such_party`, and `office.party_joined` with where it went."""
    if connection.execute(sa.select(p.party.c.id).where(p.party.c.id == party)).scalar() is None:
        raise DataFault("office.no_such_party", party=not_an_identity_number(party))
    into = _fact(connection, party, Fact.JOINED_INTO)
    if into:
        raise DataFault("office.party_joined", party=party, into=into)
    return party


def not_an_identity_number(number: int) -> str:
    """A number that nobody has here, for an error: masked where somebody may have typed an identity number instead."""
    digits = str(number)
    return digits if len(digits) < LONGEST_PLAIN else identity_number.masked(digits)


def cards_of(connection: sa.Connection, party: int) -> list[Card]:
    """The cards of a party, by number."""
    debtor = t.debtor.c
    columns = (debtor.id, debtor.creditor, debtor.customer_no, debtor.kind)
    chosen = (
        sa.select(*columns, debtor.identity_number, debtor.organisation_number)
        .join(p.party_member, p.party_member.c.debtor == debtor.id)
        .where(p.party_member.c.party == party, IS_MEMBER)
        .order_by(debtor.id)
    )
    return [_as_card(row) for row in connection.execute(chosen)]


def numbers_of(connection: sa.Connection, party: int) -> list[str]:
    """The numbers that a party is known by."""
    number = p.party_number.c
    return list(
        connection.execute(sa.select(number.digits).where(number.party == party).order_by(number.number)).scalars()
    )


def _as_card(row: Any) -> Card:
    kind = PartyKind.PERSON if row.kind == PartyKind.PERSON else PartyKind.BUSINESS
    known = Party(0, kind, "", row.identity_number, row.organisation_number)
    return Card(row.id, row.creditor, row.customer_no, row.kind, known.number)


def _card(connection: sa.Connection, creditor: int, customer_no: int) -> tuple[int, Card]:
    """A customer's party and card. Raises DataFault `office.no_such_customer`."""
    debtor = t.debtor.c
    row = connection.execute(
        sa.select(t.debtor, p.party_member.c.party)
        .select_from(t.debtor)
        .join(p.party_member, p.party_member.c.debtor == debtor.id)
        .where(debtor.creditor == creditor, debtor.customer_no == customer_no, IS_MEMBER)
    ).one_or_none()
    if row is None:
        raise DataFault("office.no_such_customer", creditor=creditor, customer=not_an_identity_number(customer_no))
    return row.party, _as_card(row)


def _fact(connection: sa.Connection, party: int, sort: Fact) -> str:
    fact = p.party_fact.c
    return (
        connection.execute(sa.select(fact.value).where(fact.party == party, fact.sort == sort.value, HOLDS)).scalar()
        or ""
    )


def _say(  # noqa: PLR0917 - what is said of whom, by whom, and why
    connection: sa.Connection, party: int, sort: Fact, value: str, because: str, act: Act
) -> None:
    add_rows(connection, p.party_fact, [(party, sort.value, value, Told.PERSON.value, because, act.on)], act)


def _give_numbers(connection: sa.Connection, digits: Collection[str], party: int, act: Act) -> None:
    """Let numbers tell of another party from now on."""
    chosen = sa.select(p.party_number.c.number, p.party_number.c.digits).where(p.party_number.c.digits.in_(digits))
    for number, one in connection.execute(chosen.order_by(p.party_number.c.number)).all():
        mark = contents.of_row((number, one, party, act.actor))
        here = sa.update(p.party_number).where(p.party_number.c.number == number)
        connection.execute(here.values(party=party, fingerprint=mark, **written(act)))


def _carry(connection: sa.Connection, here: int, there: int, because: str, act: Act) -> None:
    """No address becomes less protected, and no language is forgotten, when cards go to another party."""
    known = protections(connection, [here, there])
    before, now = known.get(there, Protection.NONE), known.get(here, Protection.NONE)
    if more_protected(before, now) is not before:
        _say(connection, there, Fact.PROTECTION, now.value, because, act)
    language = _fact(connection, here, Fact.LANGUAGE)
    if language and not _fact(connection, there, Fact.LANGUAGE):
        _say(connection, there, Fact.LANGUAGE, language, because, act)
