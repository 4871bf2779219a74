"""Whatever is told and decided, in whatever order: no party is two people, and the order changes nothing.

Each example is one transaction on the same office, which is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.core.parties import Party, PartyKind
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.parties import commands
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import may_be_one
from tests.office.builders import Desk, act, party
from tests.office.people import d_number, person_number
from tests.office.two_creditors import Numbered, groups_of, with_two_creditors

WHY = "melding fra kunden"
PEOPLE = st.sampled_from(["", person_number(1), person_number(2), d_number(1), d_number(2)])
told = st.tuples(st.sampled_from([1, 2]), st.integers(1, 4), PEOPLE)
by_hand = st.tuples(st.sampled_from(["join", "split"]), st.integers(1, 9), st.integers(1, 9))
UNHURRIED = settings(max_examples=20, deadline=None)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return with_two_creditors(tmp_path_factory.mktemp("properties"))


class TakenBack(Exception):  # noqa: N818 - the end of an example, not a fault
    """Ends a transaction that nobody is to see."""


@contextmanager
def example(desk: Desk) -> Iterator[sa.Connection]:
    with suppress(TakenBack), desk.writing() as connection:
        yield connection
        raise TakenBack


def numbers_by_party(connection: sa.Connection) -> list[set[str]]:
    """The valid numbers that stand together in each party, read from the tables themselves."""
    moves = sa.select(p.party_member.c.debtor, p.party_member.c.party).order_by(p.party_member.c.number)
    latest = {row.debtor: row.party for row in connection.execute(moves)}
    found: dict[int, set[str]] = {}
    for row in connection.execute(sa.select(t.debtor)):
        card = Party(0, PartyKind(row.kind), "", row.identity_number, row.organisation_number)
        found.setdefault(latest[row.id], set()).add(card.number)
    return [numbers - {""} for numbers in found.values()]


def decide(connection: sa.Connection, what: str, first: int, second: int) -> None:
    """Join two parties, or split a customer off, if that is allowed."""
    with suppress(DataFault), connection.begin_nested():
        if what == "join":
            commands.join(connection, first, second, act(), because=WHY)
        else:
            commands.split(connection, first % 2 + 1, second % 4 + 1, act(), because=WHY)


@UNHURRIED
@given(st.lists(told | by_hand, min_size=2, max_size=14))
def test_no_party_ever_has_the_numbers_of_two_people(
    office: Desk, story: list[tuple[int | str, int, int | str]]
) -> None:
    with example(office) as connection:
        claims = Numbered()
        for what, first, second in story:
            if isinstance(what, int):
                claims.come(connection, what, party(first, identity_number=second))
            else:
                decide(connection, what, first, int(second))
            assert all(may_be_one(numbers) for numbers in numbers_by_party(connection))
        groups_of(connection)
        assert audit(connection, 1) == []


@UNHURRIED
@given(st.lists(told, min_size=1, max_size=6, unique_by=lambda one: one[:2]), st.integers(0, 2**32))
def test_the_order_in_which_creditors_tell_of_people_changes_no_party(
    office: Desk, people: list[tuple[int, int, str]], seed: int
) -> None:
    shuffled = Random(seed).sample(people, len(people))
    by_number = {number: {one[:2] for one in people if one[2] == number} for *_, number in people if number}
    alone = [{one[:2]} for one in people if not one[2]]
    expected = {frozenset(cards) for cards in [*by_number.values(), *alone]}

    for order, at_once in ((people, False), (shuffled, False), (shuffled, True)):
        with example(office) as connection:
            tell(connection, order, at_once=at_once)
            assert groups_of(connection) == expected


def tell(connection: sa.Connection, people: Iterable[tuple[int, int, str]], *, at_once: bool) -> None:
    """Claims on people come one by one, or all of a creditor's in one page."""
    pages: dict[object, list[tuple[int, Party]]] = {}
    for place, (creditor, customer, number) in enumerate(people):
        page = creditor if at_once else (place, creditor)
        pages.setdefault(page, []).append((creditor, party(customer, identity_number=number)))
    claims = Numbered()
    for together in pages.values():
        claims.come(connection, together[0][0], *(debtor for _, debtor in together))
