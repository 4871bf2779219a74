"""Which party each card belongs to, decided while claims are taken in: loaded in one go, and saved in one go.

A card joins the party that has its number, and only on a valid number. Which party it is depends on the numbers alone,
so the order in which creditors and claims come changes nothing. What a person decided stays until the ledger tells
another number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.parties import Party, PartyKind, Protection
from kravbro.db.bulk import among, insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import tables as t
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import Fact, How, Told
from kravbro.office.parties.protection import protections
from kravbro.office.parties.rows import IS_MEMBER, add_rows


class Change(NamedTuple):
    """A card that a ledger told anew: its id, what was known (None: a new card), and what is told."""

    card: int
    before: Party | None
    told: Party


class Register:
    """The parties that one page of claims is about."""

    def __init__(self, connection: sa.Connection, act: Act) -> None:
        self._connection = connection
        self._act = act
        self._numbers_told: dict[tuple[str, str, str], str] = {}
        self._party_of: dict[int, int] = {}
        self._by_number: dict[str, int] = {}
        self._numbered: set[int] = set()
        self._members: defaultdict[int, dict[int, str]] = defaultdict(dict)
        self._protection: dict[int, Protection] = {}
        self._next_party = 0
        self._new_parties: list[tuple[int]] = []
        self._numbers: list[tuple[Any, ...]] = []
        self._memberships: list[tuple[Any, ...]] = []
        self._facts: list[tuple[Any, ...]] = []

    def load(self, known: Collection[int], told: Iterable[Party]) -> None:
        """Read what is known of cards that changed, and of the numbers that are told."""
        for numbers in portions(sorted({self._number(party) for party in told} - {""})):
            rows = sa.select(p.party_number.c.digits, p.party_number.c.party)
            for digits, party in self._connection.execute(rows.where(p.party_number.c.digits.in_(numbers))):
                self._by_number[digits] = party
        for card, party in self._memberships_of(p.party_member.c.debtor, known):
            if card in known:
                self._party_of[card] = party
        parties = {*self._party_of.values(), *self._by_number.values()}
        self._protection |= protections(self._connection, parties)
        if self._party_of:
            self._load_companions(set(self._party_of.values()))
        self._next_party = take(self._connection, t.counter, "party", 0)

    def _number(self, party: Party) -> str:
        """The number that tells who a party is, its check digits worked out once."""
        told = (party.kind, party.identity_number, party.organisation_number)
        if told not in self._numbers_told:
            self._numbers_told[told] = party.number
        return self._numbers_told[told]

    def _load_companions(self, parties: set[int]) -> None:
        """Who else belongs to the parties of cards that changed, and whether those have numbers."""
        for these in among(p.party_number.c.party, parties):
            self._numbered |= set(self._connection.execute(sa.select(p.party_number.c.party).where(these)).scalars())
        member = p.party_member.c
        columns = (t.debtor.c.kind, t.debtor.c.identity_number, t.debtor.c.organisation_number)
        for these in among(member.party, parties):
            chosen = (
                sa.select(member.party, member.debtor, *columns)
                .select_from(p.party_member)
                .join(t.debtor, t.debtor.c.id == member.debtor)
            )
            for party, card, kind, *numbers in self._connection.execute(chosen.where(these, IS_MEMBER)):
                shown = PartyKind.PERSON if kind == PartyKind.PERSON else PartyKind.BUSINESS
                self._members[party][card] = Party(0, shown, "", *numbers).number

    def _memberships_of(self, column: sa.Column[int], values: Collection[int]) -> Iterator[tuple[int, int]]:
        for these in among(column, values):
            rows = sa.select(p.party_member.c.debtor, p.party_member.c.party).where(these, IS_MEMBER)
            yield from (tuple(row) for row in self._connection.execute(rows))

    def note(self, change: Change) -> None:
        """Take note of a new card, or of what is told of a known one."""
        number = self._number(change.told)
        before = "" if change.before is None else self._number(change.before)
        if change.before is None:
            self._place_new(change.card, number)
        elif number and number != before:
            self._place_again(change.card, number)
        self._protect(change)

    def _place_new(self, card: int, number: str) -> None:
        if not number:
            self._move(card, self._open(), How.ALONE)
            return
        party = self._by_number.get(number)
        if party is None:
            party = self._open()
            self._give_number(party, number)
        self._numbered.add(party)
        self._move(card, party, How.NUMBER, number)

    def _place_again(self, card: int, number: str) -> None:
        """A card whose number is another now. Whoever was joined to it by hand comes along unless numbers forbid it."""
        here, there = self._party_of[card], self._by_number.get(number)
        if here == there:
            self._members[here][card] = number
            return
        together = here not in self._numbered and {
            known for other, known in self._members[here].items() if other != card
        } <= {"", number}
        if there is None and together:
            self._give_number(here, number)
            self._members[here][card] = number
            return
        if there is None:
            there = self._open()
            self._give_number(there, number)
        for one in sorted(self._members[here]) if together else [card]:
            self._move(one, there, How.NUMBER, number if one == card else self._members[here].get(one, ""))
        self._carry_protection(here, there)
        if together:
            self._facts.append((here, Fact.JOINED_INTO.value, str(there), Told.LEDGER.value, "", self._act.on))

    def _open(self) -> int:
        number = self._next_party + len(self._new_parties)
        self._new_parties.append((number,))
        return number

    def _give_number(self, party: int, number: str) -> None:
        self._by_number[number] = party
        self._numbered.add(party)
        self._numbers.append((number, party))

    def _move(self, card: int, party: int, how: How, number: str = "") -> None:
        if card in self._party_of:
            self._members[self._party_of[card]].pop(card, None)
        self._party_of[card] = party
        self._members[party][card] = number
        self._memberships.append((card, party, how.value, "", self._act.on))

    def _protect(self, change: Change) -> None:
        """What a ledger tells may protect an address, and never lifts a protection."""
        before = Protection.NONE if change.before is None else change.before.protection
        told, party = change.told.protection, self._party_of.get(change.card)
        if party is not None and told.rank > before.rank:
            self._raise(party, told)

    def _carry_protection(self, here: int, there: int) -> None:
        self._raise(there, self._protection.get(here, Protection.NONE))

    def _raise(self, party: int, level: Protection) -> None:
        if level.rank > self._protection.get(party, Protection.NONE).rank:
            self._protection[party] = level
            self._facts.append((party, Fact.PROTECTION.value, level.value, Told.LEDGER.value, "", self._act.on))

    def save(self) -> None:
        """Write everything that was noted."""
        if not (self._memberships or self._numbers or self._facts):
            return
        take(self._connection, t.counter, "party", len(self._new_parties))
        insert_rows(self._connection, p.party, ("id",), self._new_parties, self._act)
        for table, said in (
            (p.party_number, self._numbers),
            (p.party_member, self._memberships),
            (p.party_fact, self._facts),
        ):
            add_rows(self._connection, table, said, self._act)
