"""Matching by hand: credits put on open items and taken back, never more than there is."""

from __future__ import annotations

import pytest

from kravbro.books import tables
from kravbro.books.commands.matching import book
from kravbro.books.queries.open_items import open_items
from kravbro.core.errors import DataFault
from tests.books.world import ACT, World, settlement

pytestmark = pytest.mark.rules


@pytest.fixture
def matched(world: World) -> World:
    """Entry 1 is an invoice of 1000,00, entry 2 another customer's; entry 3 is a credit of 300,00 on customer 1."""
    world.invoices(1, 2)
    world.post(settlement("KRE", 1, 30_000, None))
    return world


def remaining(world: World) -> int:
    with world.reading() as connection:
        return next(item.remaining_ore for item in open_items(connection, with_settled=True) if item.entry == 1)


def test_a_credit_is_put_on_an_item_and_taken_back(matched: World) -> None:
    with matched.writing() as connection:
        assert book(connection, 3, 1, 20_000, ACT) == 1
        assert book(connection, 3, 1, 10_000, ACT) == 2
    assert remaining(matched) == 70_000
    with matched.writing() as connection:
        assert book(connection, 3, 1, -30_000, ACT) == 3
    assert remaining(matched) == 100_000
    assert matched.ledger.audit(1) == []


def test_a_click_books_once(matched: World) -> None:
    with matched.writing() as connection:
        assert book(connection, 3, 1, 10_000, ACT, request_id="c1") == 1
        assert book(connection, 3, 1, 10_000, ACT, request_id="c1") == 1
    with pytest.raises(DataFault, match=r"books\.request_differs"), matched.writing() as connection:
        book(connection, 3, 1, 10_001, ACT, request_id="c1")
    assert remaining(matched) == 90_000


@pytest.mark.parametrize(
    ("credit", "item", "amount_ore", "code"),
    [
        (3, 1, 0, "books.nothing_to_book"),
        (1, 1, 100, "books.not_a_credit"),
        (99, 1, 100, "books.not_a_credit"),
        (3, 2, 100, "books.not_an_open_item_of"),
        (3, 3, 100, "books.not_an_open_item_of"),
        (3, 1, 30_001, "books.too_little_left"),
        (3, 1, -1, "books.more_than_booked"),
    ],
)
def test_what_cannot_be_booked_is_refused(matched: World, credit: int, item: int, amount_ore: int, code: str) -> None:
    with pytest.raises(DataFault, match=code), matched.writing() as connection:
        book(connection, credit, item, amount_ore, ACT)
    assert matched.column(tables.booking.c.number) == []


def test_no_more_is_put_on_an_item_than_remains(matched: World) -> None:
    matched.post(settlement("INN", 1, 80_000, 1))
    with pytest.raises(DataFault, match=r"books\.more_than_remains"), matched.writing() as connection:
        book(connection, 3, 1, 20_001, ACT)
    with matched.writing() as connection:
        book(connection, 3, 1, 20_000, ACT)
    assert remaining(matched) == 0
