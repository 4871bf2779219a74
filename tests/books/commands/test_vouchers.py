"""Vouchers written, posted and deleted: what is refused, what is numbered, and that asking twice is asking once."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import delete_voucher, write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.errors import DataFault, Skip
from tests.books.world import ACT, BANK, COMPANY, RECEIVABLES, SALES, TODAY, World, invoice, settlement

pytestmark = pytest.mark.rules


def voucher(*lines: DraftLine, voucher_type: str = "FAK") -> Draft:
    return Draft(voucher_type, TODAY, "A voucher", lines)


GOOD = invoice(1, 100)
TO_SALES = DraftLine(2, SALES, -100)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (voucher(), "books.no_lines"),
        (voucher(DraftLine(1, BANK, 100), DraftLine(1, SALES, -100)), "books.line_twice"),
        (voucher(DraftLine(1, BANK, 101), TO_SALES), "books.unbalanced"),
        (voucher(DraftLine(1, BANK, 2**63), DraftLine(2, SALES, -(2**63))), "money.too_large"),
        (voucher(DraftLine(1, BANK, 100, text="x" * 201), TO_SALES), "books.text_too_long"),
        (msgspec.structs.replace(GOOD, text="x" * 201), "books.text_too_long"),
        (voucher(DraftLine(1, BANK, 100), TO_SALES, voucher_type="ZZ"), "books.unknown_voucher_type"),
        (voucher(DraftLine(1, "9999", 100), TO_SALES), "books.unknown_account"),
        (voucher(DraftLine(1, RECEIVABLES, 100, 77, "KOM"), TO_SALES), "books.unknown_customer_on_line"),
        (voucher(DraftLine(1, RECEIVABLES, 100, 1, "ZZ"), TO_SALES), "books.unknown_sub_ledger_type"),
        (voucher(DraftLine(1, BANK, 100, 1, "KOM"), TO_SALES), "books.not_receivable_account"),
        (voucher(DraftLine(1, BANK, 100, 1), TO_SALES), "books.not_receivable_account"),
        (voucher(DraftLine(1, RECEIVABLES, 100, settles=1), TO_SALES), "books.sub_ledger_without_customer"),
        (voucher(DraftLine(1, RECEIVABLES, 100, 1, "KOM", 1), TO_SALES), "books.cannot_settle"),
        (voucher(DraftLine(1, RECEIVABLES, 100, 1), TO_SALES, voucher_type="OVF"), "books.transfer_with_customer"),
        (settlement("INN", 1, 100, 99), "books.not_an_open_item"),
        (settlement("INN", 2, 100, 1), "books.not_an_open_item"),
        (settlement("INN", 1, 100, 2), "books.not_an_open_item"),
        (settlement("INN", 1, 50, 3), "books.not_an_open_item"),
    ],
)
def test_what_the_ledger_cannot_take_is_refused_with_the_whole_batch(world: World, draft: Draft, code: str) -> None:
    world.invoices(1)
    world.post(settlement("INN", 1, 100, 1), settlement("TIL", 1, -50, 1))

    with pytest.raises(DataFault) as caught, world.writing() as connection:
        write_vouchers(connection, [GOOD, draft], ACT)
    assert caught.value.code == code
    assert world.column(tables.voucher.c.id) == [1, 2, 3]


def test_numbers_follow_the_ids_series_by_series_and_a_draft_has_none(world: World) -> None:
    ids = world.draft(invoice(1, 100), settlement("INK", 1, 100, None), invoice(2, 100), invoice(3, 100))
    with world.writing() as connection:
        assert post_vouchers(connection, [ids[2], ids[1], ids[0]], ACT) == 3
        rows = connection.execute(sa.select(tables.voucher.c.id, tables.voucher.c.number).order_by(tables.voucher.c.id))
        assert rows.all() == [(1, 1001), (2, 9001), (3, 1002), (4, None)]


def test_posting_gives_lines_on_customers_their_entries_and_nothing_else(world: World) -> None:
    world.post(invoice(1, 100, "F7", interest_ore=5), settlement("INN", 1, 30, None))

    with world.reading() as connection:
        first, second = connection.execute(sa.select(tables.entry).order_by(tables.entry.c.number)).all()
    assert (first.number, first.voucher, first.line_no, first.amount_ore, first.meaning) == (1, 1, 1, 100, "invoice")
    assert (first.invoice_no, first.invoice_date, first.posted_on) == ("F7", date(2025, 12, 30), TODAY)
    assert (first.interest_before_due_ore, first.actor, first.written_at) == (5, "kari", ACT.at)
    assert (second.number, second.voucher, second.line_no, second.amount_ore) == (2, 2, 2, -30)
    assert world.column(tables.booking.c.number) == []


def test_a_settling_line_is_booked_in_full_even_below_zero(world: World) -> None:
    world.invoices(1, amount_ore=100)
    world.post(settlement("INN", 1, 70, 1), settlement("INN", 1, 60, 1), settlement("TIL", 1, -25, 1))

    with world.reading() as connection:
        columns = sa.select(tables.booking.c.amount_ore, tables.booking.c.remaining_ore)
        assert connection.execute(columns.order_by(tables.booking.c.number)).all() == [(-70, 30), (-60, -30), (25, -5)]


def test_posting_twice_is_posting_once(world: World) -> None:
    ids = world.post(invoice(1, 100))
    with world.writing() as connection:
        assert post_vouchers(connection, ids + ids, ACT) == 0
    assert world.column(tables.entry.c.number) == [1]


def test_a_deleted_voucher_stays_deleted(world: World) -> None:
    draft, posted = world.draft(invoice(1, 100), invoice(1, 200))
    with world.writing() as connection:
        post_vouchers(connection, [posted], ACT)
        delete_voucher(connection, draft, ACT)
        delete_voucher(connection, draft, ACT)
    with pytest.raises(Skip, match=r"transition\.not_allowed"), world.writing() as connection:
        post_vouchers(connection, [draft], ACT)
    with pytest.raises(Skip, match=r"transition\.not_allowed"), world.writing() as connection:
        delete_voucher(connection, posted, ACT)
    assert world.column(tables.entry.c.voucher) == [posted]


@pytest.mark.parametrize(
    "command", [post_vouchers, lambda connection, ids, act: delete_voucher(connection, ids[0], act)]
)
def test_an_unknown_voucher_is_named(world: World, command: object) -> None:
    assert callable(command)
    with pytest.raises(DataFault, match=r"books\.unknown_voucher"), world.writing() as connection:
        command(connection, [4], ACT)


def test_a_known_request_answers_its_voucher_and_writes_nothing(world: World) -> None:
    asked = msgspec.structs.replace(GOOD, request_id="click-1")
    with world.writing() as connection:
        assert write_vouchers(connection, [asked, GOOD, asked], ACT) == [1, 2, 1]
        assert write_vouchers(connection, [GOOD, asked], ACT) == [3, 1]
    for batch in (
        [msgspec.structs.replace(asked, text="Other")],
        [asked, msgspec.structs.replace(asked, text="Other")],
    ):
        with pytest.raises(DataFault, match=r"books\.request_differs"), world.writing() as connection:
            write_vouchers(connection, batch, ACT)


def test_a_batch_of_more_than_one_chunk_is_numbered_without_a_gap(world: World) -> None:
    world.post(*(invoice(1 + number % 5, 100 + number, f"F{number}") for number in range(1203)))
    world.post(*(settlement("INN", 1 + number % 5, 1, number + 1) for number in range(1203)))

    assert world.column(tables.entry.c.number) == list(range(1, 2407))
    assert world.column(tables.booking.c.open_item) == list(range(1, 1204))
    assert world.ledger.audit(1) == []


def test_every_chunk_of_a_batch_reaches_the_stream_of_transactions(world: World) -> None:
    world.invoices(1)
    world.offer()
    world.ledger.record_receipts(COMPANY, [Receipt(1, 1, 1, Outcome.ACCEPTED, TODAY, "S")])
    world.post(*(settlement("INN", 1, 1, 1) for _ in range(501)), invoice(2, 100))

    assert [one.number for one in world.ledger.transactions(COMPANY, 0, 1000)] == list(range(1, 502))
