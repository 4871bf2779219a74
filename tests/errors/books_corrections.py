"""Errors of what is booked on open items: corrections, and the reversal of vouchers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.reversals import Reversal, reverse_voucher
from kravbro.books.commands.setup import VoucherType, set_up_company
from kravbro.books.meanings import Meaning
from kravbro.books.queries.open_items import named_item
from tests.books.world import ACT, BANK, LOSSES, TODAY, World, company_setup, invoice, settlement
from tests.errors.gallery import provokes


def correct(
    world: World,
    meaning: Meaning = Meaning.PAYMENT,
    *,
    against: str = BANK,
    amount_ore: int | None = 100_00,
    voucher_type: str = "",
) -> None:
    """Book kr 100 on the first invoice, of kr 1000, unless told otherwise."""
    correction = Correction(1, meaning, against, TODAY, amount_ore, voucher_type=voucher_type)
    with world.writing() as connection:
        write_correction(connection, correction, ACT)


def invoiced(folder: Path) -> World:
    world = World(folder)
    world.invoices(1)
    return world


@provokes("books.correction_amount")
def an_amount_below_zero(folder: Path) -> None:
    correct(invoiced(folder), amount_ore=-100_00)


@provokes("books.nothing_remains")
def all_of_nothing(folder: Path) -> None:
    world = invoiced(folder)
    world.post(settlement("INN", 1, 100_000, 1))
    correct(world, amount_ore=None)


@provokes("books.write_off_too_large")
def more_is_written_off_than_remains(folder: Path) -> None:
    correct(invoiced(folder), Meaning.WRITE_OFF_BOOKS_ONLY, against=LOSSES, amount_ore=100_001)


@provokes("books.no_type_with_meaning")
def a_meaning_without_a_type(folder: Path) -> None:
    world = invoiced(folder)
    with world.writing() as connection:
        connection.exec_driver_sql("DELETE FROM voucher_type WHERE code = 'INN'")
    correct(world)


@provokes("books.several_types")
def two_types_with_a_meaning(folder: Path) -> None:
    world = invoiced(folder)
    setup = company_setup()
    types = (*setup.voucher_types, VoucherType("IN2", "Cash", Meaning.PAYMENT, "A"))
    with world.writing() as connection:
        set_up_company(connection, msgspec.structs.replace(setup, voucher_types=types), ACT)
    correct(world)


@provokes("books.type_means_other")
def a_type_that_means_something_else(folder: Path) -> None:
    correct(invoiced(folder), voucher_type="KRE")


@provokes("books.not_posted")
def a_draft_is_reversed(folder: Path) -> None:
    world = invoiced(folder)
    (draft,) = world.draft(settlement("INN", 1, 100_00, 1))
    with world.writing() as connection:
        reverse_voucher(connection, Reversal(draft, TODAY), ACT)


@provokes("books.not_reversible")
def an_invoice_is_reversed(folder: Path) -> None:
    world = invoiced(folder)
    with world.writing() as connection:
        reverse_voucher(connection, Reversal(1, TODAY), ACT)


@provokes("books.no_such_invoice")
def an_invoice_number_that_nobody_has(folder: Path) -> None:
    with invoiced(folder).reading() as connection:
        named_item(connection, "F77")


@provokes("books.several_items")
def an_invoice_number_that_two_items_have(folder: Path) -> None:
    world = invoiced(folder)
    world.post(invoice(2, 500_00, "F0"))
    with world.reading() as connection:
        named_item(connection, "F0")
