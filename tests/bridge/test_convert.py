"""Writing case numbers to the ledger: stopped after any page and given again, it comes to the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from kravbro.books.commands.transferred_items import mark_transferred
from kravbro.bridge.convert import preview, write_numbers
from kravbro.core.conversion import CaseNumber, EarlierClaim, TransferredClaim
from kravbro.core.errors import DataFault
from kravbro.ports.identity import Delivered
from tests.books.world import ACT, COMPANY, DUE, World
from tests.places import NewPlace

CUT_OFF = date(2026, 3, 1)
WHY = "liste fra forrige leverandør"


class Killed(Exception):  # noqa: N818 - it stands for a SIGKILL
    """The program ended here."""


class Dying:
    """The embedded ledger of a program that is killed after so many pages were committed."""

    def __init__(self, world: World, pages: int) -> None:
        self._world = world
        self._pages = pages

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> Sequence[TransferredClaim]:
        return self._world.ledger.transferred_claims(company, cut_off, after, limit)

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        done = self._world.ledger.record_case_numbers(company, numbers, because)
        self._pages -= 1
        if not self._pages:
            raise Killed
        return done


class Listing:
    """An older system's cases, in pages."""

    def __init__(self, claims: Sequence[EarlierClaim]) -> None:
        self._claims = claims

    def claims_to_convert(self, company: int, after: int, limit: int) -> Sequence[EarlierClaim]:
        return [claim for claim in self._claims if company == COMPANY and claim.number > after][:limit]


@pytest.fixture
def world(new_place: NewPlace) -> Iterator[World]:
    one = World(new_place.where())
    entries = one.invoices(1, 2, 3, 4, 5)
    with one.writing() as connection:
        mark_transferred(connection, dict.fromkeys(entries, ""), WHY, ACT)
    yield one
    one.close()


CASES: Any = Listing(
    [EarlierClaim(10 + place, f"K{place}", "", place + 1, f"F{place}", DUE, DUE, 100_000) for place in range(4)]
)


@pytest.mark.parametrize("pages", [1, 2, 3, 4])
def test_a_run_that_was_killed_after_a_page_is_given_again(world: World, pages: int) -> None:
    matching = preview(world.ledger, CASES, COMPANY, CUT_OFF, 2)
    assert (len(matching.matched), len(matching.missing_in_collector)) == (4, 1)
    dying: Any = Dying(world, pages)
    with pytest.raises(Killed):
        write_numbers(dying, COMPANY, matching, WHY, 1)

    again = preview(world.ledger, CASES, COMPANY, CUT_OFF, 3)
    assert write_numbers(world.ledger, COMPANY, again, WHY, 1) == Delivered(4 - pages, pages)
    shown = world.ledger.transferred_claims(COMPANY, CUT_OFF, 0, 9)
    assert [one.case_number for one in shown] == ["K0", "K1", "K2", "K3", ""]


def test_a_listing_out_of_order_is_refused(world: World) -> None:
    backwards: Any = Listing([EarlierClaim(number, "K", "", 1, "F0", DUE, DUE, 100_000) for number in (12, 11)])
    with pytest.raises(DataFault, match="rows_out_of_order"):
        preview(world.ledger, backwards, COMPANY, CUT_OFF)
