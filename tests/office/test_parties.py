"""One person over many creditors: joined by number alone, by hand with a reason, and never with somebody else."""

from __future__ import annotations

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.parties import Party, PartyKind, Protection
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.parties import commands, queries
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import may_be_one
from tests.office.builders import Desk, party
from tests.office.people import business_number, d_number, person_number
from tests.office.two_creditors import Numbered, groups_of, with_two_creditors
from tests.places import NewPlace

WHY = "melding fra kunden"


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return with_two_creditors(new_place.where())


class Claims:
    """Offers numbered one after another for each creditor, each page in a transaction of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.numbered = Numbered()

    def come(self, creditor: int, *debtors: Party) -> None:
        with self.desk.writing() as connection:
            self.numbered.come(connection, creditor, *debtors)


def groups(desk: Desk) -> set[frozenset[tuple[int, int]]]:
    with desk.reading() as connection:
        return groups_of(connection)


def clean(desk: Desk) -> None:
    with desk.reading() as connection:
        assert [audit(connection, creditor) for creditor in (1, 2)] == [[], []]


def test_one_person_with_two_creditors_is_one_party_by_number_and_not_by_name(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=person_number(1)), party(2, name="Kunde 1"))
    claims.come(2, party(7, name="K. Unde", identity_number=person_number(1)), party(8, name="Kunde 1"))

    assert groups(desk) == {frozenset({(1, 1), (2, 7)}), frozenset({(1, 2)}), frozenset({(2, 8)})}
    with desk.reading() as connection:
        shown = queries.party(connection, 1)
    assert shown.line.creditors == (1, 2)
    assert shown.line.cases == 2
    assert shown.line.owed_ore == sum(claim.owed_ore for claim in shown.claims) == 2 * 103_750
    assert [(claim.creditor, claim.case) for claim in shown.claims] == [(1, "1-000001"), (2, "2-000001")]
    clean(desk)


def test_a_number_that_cannot_be_joins_nobody(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number="01010112345"))
    claims.come(2, party(1, identity_number="01010112345"))

    assert groups(desk) == {frozenset({(1, 1)}), frozenset({(2, 1)})}


def test_a_number_that_is_told_later_joins_and_one_that_is_corrected_parts(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=person_number(1)))
    claims.come(2, party(7, identity_number=""))
    claims.come(2, party(7, identity_number=person_number(1)))
    assert groups(desk) == {frozenset({(1, 1), (2, 7)})}

    claims.come(2, party(7, identity_number=person_number(2)))
    assert groups(desk) == {frozenset({(1, 1)}), frozenset({(2, 7)})}

    claims.come(2, party(7, identity_number=""))
    assert groups(desk) == {frozenset({(1, 1)}), frozenset({(2, 7)})}
    clean(desk)


def test_a_d_number_and_an_identity_number_are_joined_by_hand_alone_and_stay_joined(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=d_number(1)))
    claims.come(2, party(7, identity_number=person_number(1)))
    assert len(groups(desk)) == 2

    with desk.writing() as connection:
        commands.join(connection, 2, 1, desk.act, because=WHY)
    claims.come(1, party(2, identity_number=d_number(1)), party(3, identity_number=person_number(1)))
    assert groups(desk) == {frozenset({(1, 1), (1, 2), (1, 3), (2, 7)})}
    with desk.reading() as connection:
        assert queries.party(connection, 2).line.party == 2
        with pytest.raises(DataFault) as gone:
            queries.party(connection, 1)
    assert (gone.value.code, gone.value.facts["into"]) == ("office.party_joined", "2")
    clean(desk)


def test_a_split_takes_a_join_back_with_its_number(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=d_number(1)))
    claims.come(2, party(7, identity_number=person_number(1)))
    with desk.writing() as connection:
        commands.join(connection, 1, 2, desk.act, because=WHY)
        commands.split(connection, 2, 7, desk.act, because=WHY)
    claims.come(1, party(2, identity_number=person_number(1)))

    assert groups(desk) == {frozenset({(1, 1)}), frozenset({(2, 7), (1, 2)})}
    clean(desk)


def test_a_split_customer_stays_apart_until_the_ledger_tells_another_number(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=person_number(1)), party(2, identity_number=person_number(1)))
    with desk.writing() as connection:
        commands.split(connection, 1, 2, desk.act, because="nummeret er en annens")
    claims.come(1, party(2, identity_number=person_number(1), address="Ny vei 2"))
    assert groups(desk) == {frozenset({(1, 1)}), frozenset({(1, 2)})}

    claims.come(1, party(2, identity_number=person_number(2)))
    claims.come(2, party(7, identity_number=person_number(2)), party(8, identity_number=person_number(1)))
    assert groups(desk) == {frozenset({(1, 1), (2, 8)}), frozenset({(1, 2), (2, 7)})}
    clean(desk)


def test_whoever_was_joined_by_hand_comes_along_when_a_number_is_told(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, identity_number=""), party(2, identity_number=""))
    with desk.writing() as connection:
        commands.join(connection, 1, 2, desk.act, because=WHY)
    claims.come(2, party(7, identity_number=person_number(1)))
    claims.come(1, party(2, identity_number=person_number(1)))

    assert groups(desk) == {frozenset({(1, 1), (1, 2), (2, 7)})}
    clean(desk)


@pytest.mark.parametrize(
    ("numbers", "one"),
    [
        ([], True),
        (["", ""], True),
        ([person_number(1), "", person_number(1)], True),
        ([person_number(1), d_number(1)], True),
        ([person_number(1), person_number(2)], False),
        ([d_number(1), d_number(2)], False),
        ([person_number(1), d_number(1), d_number(2)], False),
        ([business_number(1), business_number(1)], True),
        ([business_number(1), business_number(2)], False),
        ([business_number(1), person_number(1)], False),
    ],
)
def test_who_may_be_one(numbers: list[str], one: bool) -> None:
    assert may_be_one(numbers) is one


@pytest.mark.parametrize("page", [1, 2, 100])
def test_pages_of_any_size_give_the_same_parties_row_for_row(new_place: NewPlace, page: int) -> None:
    people = [
        party(1, identity_number=person_number(1)),
        party(2, identity_number=""),
        party(3, identity_number=person_number(1), protection=Protection.CONFIDENTIAL),
        party(2, identity_number=person_number(1)),
        party(4, kind=PartyKind.BUSINESS, identity_number="", organisation_number=business_number(1)),
        party(1, identity_number=person_number(2)),
        party(5, identity_number=person_number(2), protection=Protection.STRICTLY_CONFIDENTIAL),
    ]
    offices = []
    for size in (len(people), page):
        desk = with_two_creditors(new_place.where())
        claims = Claims(desk)
        for start in range(0, len(people), size):
            claims.come(1, *people[start : start + size])
        tables = (p.party, p.party_number, p.party_member, p.party_fact, t.debtor)
        offices.append([[tuple(row) for row in desk.rows(table)] for table in tables])

    assert offices[0] == offices[1]


def test_searching_finds_by_name_number_and_customer(desk: Desk) -> None:
    claims = Claims(desk)
    claims.come(1, party(1, name="Åse Ødegård", identity_number=person_number(1)), party(2, name="Per_Hansen"))
    claims.come(2, party(7, name="Å. Ødegård", identity_number=person_number(1)))

    def found(**asked: object) -> list[int]:
        with desk.reading() as connection:
            return [one.party for one in queries.parties(connection, queries.Search(**asked))]  # type: ignore[arg-type] # fields of a Search

    assert found() == [1, 2]
    assert found(name="ødegård") == found(name="ØDEGÅRD") == found(name="åse") == [1]
    assert found(name="_H") == [2]
    assert found(name="%") == []
    assert found(number=person_number(1)) == [1]
    assert found(number=person_number(2)) == []
    assert found(customer_no=7) == [1]
    assert found(customer_no=7, creditor=1) == []
    assert found(creditor=2) == [1]
    assert found(protected=True) == []
    with desk.reading() as connection:
        (line,) = queries.parties(connection, queries.Search(number=person_number(1)))
    assert line.numbers == (f"{person_number(1)[:6]}*****",)
