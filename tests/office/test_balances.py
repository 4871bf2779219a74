"""What every claim owes on a date, from the database in one pass: equal to counting day by day, on each database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.statute.shipped import shipped_statute
from kravbro.office import tables as t
from kravbro.office.queries import balances as module
from kravbro.office.queries.balances import ClaimBalance, balances
from kravbro.office.rate_days import rate_days
from tests.interest_oracle import LAST_DAY, RandomClaim, nearest, random_claim
from tests.office.builders import open_database
from tests.office.many_claims import Stored, open_books, store
from tests.places import NewPlace
from tests.postgresql import Server, plain_engine

STATUTE = shipped_statute()
CLAIMS_SEEN_ON = {LAST_DAY: 10_000, date(2024, 2, 29): 1_000, date(2003, 12, 31): 1_000}
"""The last day with a rate, a leap day, the last day before half-years; and how many claims are compared on each."""


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, new_place: NewPlace) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        one = open_database(new_place.where())
    else:
        server: Server = request.getfixturevalue("postgresql")
        one = plain_engine(server.database())
        t.office.create_all(one)
    yield one
    one.dispose()


def stored(claim: RandomClaim) -> Stored:
    return Stored(claim.due, claim.changes, claim.consumer, claim.agreed, claim.bears, claim.pauses, fees_ore=70_00)


def principal_on(claim: RandomClaim, on: date) -> int:
    return sum(amount_ore for counts_from, amount_ore in claim.changes if counts_from <= on)


def test_ten_thousand_random_claims_bear_what_counting_day_by_day_gives(engine: sa.Engine) -> None:
    chance = random.Random(20261123)
    claims = [random_claim(chance) for _ in range(10_000)]
    with engine.begin() as connection:
        open_books(connection)
        store(connection, map(stored, claims))
        found = {on: list(balances(connection, on, STATUTE)) for on in CLAIMS_SEEN_ON}
    for on, rows in found.items():
        count = CLAIMS_SEEN_ON[on]
        expected = [
            (number, principal_on(claim, on), 70_00, replace(claim, until=on).interest_ore)
            for number, claim in enumerate(claims[:count], 1)
            if claim.due <= on
        ]
        got = [(row.claim, row.principal_ore, row.fees_ore, row.uncharged_ore) for row in rows if row.claim <= count]
        assert sorted(set(got) ^ set(expected)) == []
        assert got == expected


def test_most_claims_are_summed_by_the_database(new_place: NewPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass over claims of the last years asks the rule itself about few of them; else it would be no set at all."""
    asked: list[int] = []
    exact = module._exact

    def counted(connection: sa.Connection, claims: list[int], on: date, statute: object) -> object:
        asked.extend(claims)
        return exact(connection, claims, on, statute)  # type: ignore[arg-type] # passed through

    monkeypatch.setattr(module, "_exact", counted)
    chance = random.Random(1)
    claims = [replace(random_claim(chance, since_1994=True), pauses=(), agreed=None, bears=True) for _ in range(1_000)]
    engine = open_database(new_place.where())
    with engine.begin() as connection:
        open_books(connection)
        store(connection, map(stored, claims))
        rows = list(balances(connection, LAST_DAY, STATUTE))
    engine.dispose()

    assert len(rows) == 1_000
    assert 0 < len(asked) < 500


def one_claim(engine: sa.Engine, claim: Stored, on: date) -> ClaimBalance:
    with engine.begin() as connection:
        open_books(connection)
        store(connection, [claim])
        (row,) = balances(connection, on, STATUTE)
    return row


def test_what_letters_charged_is_not_charged_again(engine: sa.Engine) -> None:
    claim = Stored(date(2026, 6, 1), [(date(2026, 6, 1), 10_000_00)], charged_ore=100_00)

    row = one_claim(engine, claim, date(2026, 8, 15))

    assert (row.interest_ore, row.uncharged_ore) == (100_00, 249_73 - 100_00)
    assert row.total_ore == 10_000_00 + 249_73


def test_letters_that_charged_more_than_the_rule_leave_nothing_to_charge(engine: sa.Engine) -> None:
    claim = Stored(date(2026, 6, 1), [(date(2026, 6, 1), 10_000_00)], charged_ore=300_00)

    assert one_claim(engine, claim, date(2026, 8, 15)).uncharged_ore == 0


def test_an_amount_that_sums_have_no_room_for_is_worked_out_by_the_rule(engine: sa.Engine) -> None:
    largest_ore = rate_days(STATUTE, date(2026, 6, 1), date(2026, 8, 15)).largest_ore
    principal_ore = 10**18

    row = one_claim(engine, Stored(date(2026, 6, 1), [(date(2026, 6, 1), principal_ore)]), date(2026, 8, 15))

    assert principal_ore > largest_ore
    assert row.uncharged_ore == nearest(Fraction(principal_ore * (29 * 12_00 + 46 * 12_25), 365 * 100_00))


def test_an_office_without_claims_owes_nothing(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        open_books(connection)
        assert list(balances(connection, LAST_DAY, STATUTE)) == []


def test_only_the_creditor_that_was_asked_for(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        open_books(connection)
        store(connection, [Stored(date(2026, 6, 1), [(date(2026, 6, 1), 10_000_00)])])
        assert list(balances(connection, LAST_DAY, STATUTE, creditor=2)) == []
        assert len(list(balances(connection, LAST_DAY, STATUTE, creditor=1))) == 1


def test_a_day_without_a_rate_is_refused(engine: sa.Engine) -> None:
    claim = Stored(date(2026, 6, 1), [(date(2026, 6, 1), 10_000_00)])

    with pytest.raises(DataFault, match=r"statute\.no_late_interest"):
        one_claim(engine, claim, date(2027, 1, 1))


def test_the_table_of_days_is_exact_and_as_small_as_it_can_be() -> None:
    days = rate_days(STATUTE, date(2023, 12, 31), date(2024, 1, 2))

    assert (days.units, days.per_ore) == ((0, 1, 2), 2_928)  # 12.5 % of a year of 366 days
