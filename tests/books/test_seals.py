"""Seals: the same content is sealed alike, however it was read, and posting forms one chain."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.seals import BOOKING, HEADER, LETTER, LINE, posted_seal, voucher_seal
from kravbro.books.tables import booking, letter, voucher, voucher_line
from tests.books.world import ACT, World, settlement

CHANGES_LATER = {"state", "number", "posted_on", "posted_sequence", "seal"}


def test_everything_that_is_written_is_sealed() -> None:
    assert set(voucher.c.keys()) - {*HEADER, "written_at"} == CHANGES_LATER
    assert {*voucher_line.c.keys()} - {"voucher"} == set(LINE)
    assert {*booking.c.keys()} - {*BOOKING} == {"seal", "written_at"}
    assert {*letter.c.keys()} - {*LETTER} == {"seal", "written_at"}


def test_a_date_is_sealed_like_its_text() -> None:
    assert voucher_seal([1, date(2026, 3, 2)], [[date(2026, 1, 5), None]]) == voucher_seal(
        [1, "2026-03-02"], [["2026-01-05", None]]
    )


def test_each_part_of_a_place_in_the_chain_is_sealed() -> None:
    seals = {
        posted_seal("", 1, 1001, "2026-03-02", "a"),
        posted_seal("b", 1, 1001, "2026-03-02", "a"),
        posted_seal("", 2, 1001, "2026-03-02", "a"),
        posted_seal("", 1, 1002, "2026-03-02", "a"),
        posted_seal("", 1, 1001, "2026-03-03", "a"),
        posted_seal("", 1, 1001, "2026-03-02", "c"),
    }
    assert len(seals) == 6


def test_posting_order_is_the_order_of_the_chain(world: World) -> None:
    (later,) = world.draft(settlement("KRE", 1, 100, None))
    world.invoices(1, 2)
    with world.writing() as connection:
        post_vouchers(connection, [later], ACT)
    with world.reading() as connection:
        order = connection.execute(
            sa.select(voucher.c.id, voucher.c.posted_sequence).order_by(voucher.c.posted_sequence)
        ).all()

    assert [tuple(row) for row in order] == [(2, 1), (3, 2), (1, 3)]
    assert world.ledger.audit(1) == []
