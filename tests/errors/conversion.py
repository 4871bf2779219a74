"""Errors of conversion: items that were handed over earlier, and the cases of an older system."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kravbro.books.commands.proposals import generate_proposal, remove_line, restore_line
from kravbro.books.commands.transferred_items import mark_transferred, record_case_numbers, unmark_transferred
from kravbro.core.conversion import CaseNumber
from kravbro.formats.earlier_claims import parse
from kravbro.office.earlier.claims import import_earlier_claims
from tests.books.world import ACT, World
from tests.errors.gallery import provokes
from tests.office.builders import act, open_desk

WHY = "overført av forrige leverandør"
HEAD = "saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol\n"
LINE = "K-2071;10001;501;2026-03-02;2026-03-23;1 250,00;400,00\n"


def mark(world: World, *entries: int, case_number: str = "") -> None:
    with world.writing() as connection:
        mark_transferred(connection, dict.fromkeys(entries, case_number), WHY, ACT)


@provokes("books.case_number_too_long")
def a_case_number_that_no_case_has(folder: Path) -> None:
    world = World(folder)
    mark(world, *world.invoices(1), case_number="K" * 31)


@provokes("books.item_at_collector")
def marking_what_was_offered(folder: Path) -> None:
    world = World(folder)
    entries = world.invoices(1)
    world.offer()
    mark(world, *entries)


@provokes("books.item_in_proposal")
def marking_what_is_proposed(folder: Path) -> None:
    world = World(folder)
    entries = world.invoices(1)
    world.offer(post_directly=False)
    mark(world, *entries)


@provokes("books.item_handed_over")
def proposing_what_was_handed_over(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, "p1")
        remove_line(connection, number, entry, WHY, ACT)
    mark(world, entry)
    with world.writing() as connection:
        restore_line(connection, number, entry, ACT)


@provokes("books.not_marked")
def taking_off_a_mark_that_is_not_there(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    with world.writing() as connection:
        unmark_transferred(connection, entry, WHY, ACT)


@provokes("books.other_case_number")
def a_case_number_that_people_know_otherwise(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    mark(world, entry, case_number="K-2071")
    with world.writing() as connection:
        record_case_numbers(connection, [CaseNumber(entry, "K-2072")], WHY, ACT)


@provokes("office.earlier_claim_differs")
def an_earlier_claim_that_has_changed(folder: Path) -> None:
    (row,) = parse((HEAD + LINE).encode(), "saker.csv")
    with open_desk(folder).writing() as connection:
        import_earlier_claims(connection, 1, [row], "saker.csv", act())
        changed = msgspec.structs.replace(row, principal_ore=1_300_00)
        import_earlier_claims(connection, 1, [changed], "saker.csv", act())


@provokes("formats.earlier_claims.table")
def a_table_without_rows(_: Path) -> None:
    parse(HEAD.encode(), "saker.csv")


@provokes("formats.earlier_claims.column")
def a_table_with_a_slip_in_a_heading(_: Path) -> None:
    parse((HEAD.replace("forfall", "forfal") + LINE).encode(), "saker.csv")


@provokes("formats.earlier_claims.cell")
def a_date_as_people_write_it(_: Path) -> None:
    parse((HEAD + LINE.replace("2026-03-23", "23.03.2026")).encode(), "saker.csv")


@provokes("formats.earlier_claims.overpaid")
def a_claim_on_which_too_much_was_paid(_: Path) -> None:
    parse((HEAD + LINE.replace("400,00", "1 400,00")).encode(), "saker.csv")


@provokes("formats.earlier_claims.line_twice")
def a_claim_that_stands_twice(_: Path) -> None:
    parse((HEAD + LINE + LINE).encode(), "saker.csv")
