"""Which addresses are protected, and what stands in their place.

A protection belongs to the party, so it covers every card of the person with every creditor. A row about it that was
altered past the program protects strictly: nothing is shown because somebody changed a database.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.parties import MARK, Protection
from kravbro.db.bulk import among
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.interest_rows import stored_columns
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import Fact
from kravbro.office.parties.rows import HOLDS, IS_MEMBER

PROTECTIONS = {protection.value: protection for protection in Protection}
HIDDEN = ("address", "postcode", "place", "country")
"""What of a card a protection hides."""
_FACT = contents.PARTY_FACT
_VALUE = _FACT.index("value")


def protections(connection: sa.Connection, parties: Collection[int]) -> dict[int, Protection]:
    """The protection of each party; one that is not in the answer has none."""
    found: dict[int, Protection] = {}
    for these in among(p.party_fact.c.party, parties):
        found |= dict(_told(connection, these))
    return found


def protected_debtors(connection: sa.Connection) -> dict[int, Protection]:
    """Every card whose address is protected."""
    strict = {party: level for party, level in _told(connection) if level is not Protection.NONE}
    found: dict[int, Protection] = {}
    for these in among(p.party_member.c.party, strict):
        chosen = sa.select(p.party_member.c.debtor, p.party_member.c.party).where(these, IS_MEMBER)
        found |= {debtor: strict[party] for debtor, party in connection.execute(chosen) if party in strict}
    return found


def protection_of_debtor(connection: sa.Connection, debtor: int) -> Protection:
    """The protection of one card's address."""
    of = sa.select(p.party_member.c.party).where(p.party_member.c.debtor == debtor, IS_MEMBER)
    party = connection.execute(of).scalar()
    return protections(connection, [party]).get(party, Protection.NONE) if party else Protection.NONE


def refuse_address(connection: sa.Connection, debtor: int, *texts: str) -> None:
    """Raise DataFault `office.protected_in_text` if a text of a person holds the protected address of a card."""
    if protection_of_debtor(connection, debtor) is Protection.NONE:
        return
    own = t.debtor.c
    row = connection.execute(sa.select(own.address, own.postcode, own.place).where(own.id == debtor)).one()
    secrets = [row.address, f"{row.postcode} {row.place}"]
    for text in texts:
        if any(secret.strip() and secret.strip().casefold() in text.casefold() for secret in secrets):
            raise DataFault("office.protected_in_text")


def _told(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[tuple[int, Protection]]:
    fact = p.party_fact.c
    chosen = sa.select(*stored_columns(p.party_fact, _FACT), fact.fingerprint).where(
        fact.sort == Fact.PROTECTION.value, HOLDS, *where
    )
    return [(row.party, _level(tuple(row)[:-1], row[-1])) for row in connection.execute(chosen)]


def _level(values: tuple[Any, ...], fingerprint: str) -> Protection:
    if contents.of_row(values) != fingerprint:
        return Protection.STRICTLY_CONFIDENTIAL
    return PROTECTIONS.get(values[_VALUE], Protection.STRICTLY_CONFIDENTIAL)


def hidden(row: dict[str, Any]) -> dict[str, Any]:
    """A card with the mark in place of its address; a field that is empty stays so."""
    return row | {name: MARK for name in HIDDEN if row.get(name)}


def hidden_numbers(connection: sa.Connection) -> tuple[set[tuple[int, int]], set[str]]:
    """Whose addresses the ledgers' books must not show either: (creditor, customer number), and identity numbers."""
    debtor = t.debtor.c
    cards: set[tuple[int, int]] = set()
    parties: set[int] = set()
    for party, level in _told(connection):
        if level is not Protection.NONE:
            parties.add(party)
    for these in among(p.party_member.c.party, parties):
        chosen = (
            sa.select(debtor.creditor, debtor.customer_no, p.party_member.c.party)
            .select_from(t.debtor)
            .join(p.party_member, p.party_member.c.debtor == debtor.id)
            .where(these, IS_MEMBER)
        )
        cards |= {(row.creditor, row.customer_no) for row in connection.execute(chosen) if row.party in parties}
    digits: set[str] = set()
    for these in among(p.party_number.c.party, parties):
        chosen_numbers = sa.select(p.party_number.c.digits, p.party_number.c.party).where(these)
        digits |= {row.digits for row in connection.execute(chosen_numbers) if row.party in parties}
    return cards, digits
