"""Errors of conversion: items that were handed over earlier, and the cases of an older system."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.conversions import join_claims
from kravbro.books.commands.proposals import generate_proposal, remove_line, restore_line
from kravbro.books.commands.transferred_items import mark_transferred, record_case_numbers, unmark_transferred
from kravbro.books.tables import dunning_code
from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bridge.joined import PAGE
from kravbro.core.adoption import Choice, Joining, choose, still_open
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.conversion import CaseNumber
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.formats import conversion_choices
from kravbro.formats.earlier_claims import parse
from kravbro.office.earlier.claims import import_earlier_claims
from tests.books.world import ACT, COMPANY, World
from tests.core.test_conversion import claim, item
from tests.errors.gallery import command, provokes
from tests.office.builders import act, open_desk
from tests.office.earlier.test_adoption import adopt, adoption, take_in
from tests.office.earlier.test_adoption import row as older_row

WHY = "overført av forrige leverandør"
HEAD = "saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol\n"
LINE = "K-2071;10001;501;2026-03-02;2026-03-23;1 250,00;400,00\n"


def mark(world: World, *entries: int, case_number: str = "") -> None:
    with world.writing() as connection:
        mark_transferred(connection, dict.fromkeys(entries, case_number), WHY, ACT)


@provokes("port.case_number_too_long")
def a_case_number_that_no_case_has(folder: Path) -> None:
    world = World(folder)
    mark(world, *world.invoices(1), case_number="K" * 31)


@provokes("port.item_at_collector")
def marking_what_was_offered(folder: Path) -> None:
    world = World(folder)
    entries = world.invoices(1)
    world.offer()
    mark(world, *entries)


@provokes("port.item_came_back")
def marking_what_came_back(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    world.offer()
    for number, outcome in enumerate((Outcome.ACCEPTED, Outcome.RETURNED), 1):
        world.ledger.record_receipts(COMPANY, [Receipt(number, 1, entry, outcome, ACT.on, "S-1")])
    mark(world, entry)


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


@provokes("port.not_marked")
def taking_off_a_mark_that_is_not_there(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    with world.writing() as connection:
        unmark_transferred(connection, entry, WHY, ACT)


@provokes("port.other_case_number")
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


def join(world: World, entry: int, case_number: str = "K-2071", ledger_ore: int = 100_000) -> None:
    one = Joining(entry, 7, case_number, date(2026, 2, 1), ledger_ore, 100_000, WHY)
    with world.writing() as connection:
        join_claims(connection, [one], ACT)


@provokes("port.joined_otherwise")
def joining_what_is_joined_otherwise(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    mark(world, entry)
    join(world, entry)
    join(world, entry, "K-2072")


@provokes("port.remaining_changed")
def joining_what_was_booked_on_meanwhile(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    mark(world, entry)
    join(world, entry, ledger_ore=90_000)


@provokes("books.no_collector_code")
def joining_where_no_dunning_code_leads_to_the_collector(folder: Path) -> None:
    world = World(folder)
    (entry,) = world.invoices(1)
    mark(world, entry)
    with world.writing() as connection:
        connection.execute(sa.update(dunning_code).values(to_collector=False))
    join(world, entry)


@provokes("office.adoption_changed")
def an_adoption_that_has_changed(folder: Path) -> None:
    desk = open_desk(folder)
    take_in(desk, older_row())
    adopt(desk, adoption())
    adopt(desk, adoption(because="noe annet"))


@provokes("office.adoption_differs")
def an_adoption_of_a_claim_that_is_not_there(folder: Path) -> None:
    adopt(open_desk(folder), adoption())


def chose(entry: int, case_number: str = "K1", difference_ore: int = 0) -> Choice:
    return Choice(2, entry, case_number, "", difference_ore, WHY)


@provokes("conversion.choice_unknown")
def a_choice_of_an_item_that_nothing_matches(_: Path) -> None:
    choose([item(1)], [claim(5)], [chose(9)], WHY)


@provokes("conversion.choice_of_others")
def a_choice_of_a_case_that_the_item_cannot_be(_: Path) -> None:
    choose([item(1)], [claim(5)], [chose(1, "K9")], WHY)


@provokes("conversion.choice_twice")
def a_choice_that_stands_twice(_: Path) -> None:
    choose([item(1)], [claim(5)], [chose(1), chose(1)], WHY)


@provokes("conversion.choice_difference")
def a_choice_with_another_difference_than_there_is(_: Path) -> None:
    choose([item(1, ore=90_00)], [claim(5, ore=100_00)], [chose(1, difference_ore=-9_00)], WHY)


@provokes("conversion.choice_joined")
def a_choice_of_an_item_that_has_another_case(_: Path) -> None:
    still_open([chose(1, "K2")], [Joining(1, 5, "K1", date(2026, 2, 1), 100, 100, WHY)])


CONVERT = ("claims", "convert", "--creditor", "1", "--on", "2026-11-22")


@provokes("conversion.cut_off_ahead")
def a_cut_off_that_nobody_knows_yet(_: Path) -> None:
    set_up(Demo(place_at(Path("kravbro-demo")), FixedClock(DEMO_DATE), SMALL, PAGE))
    command(*CONVERT, "--cut-off", "2026-11-23")


@provokes("conversion.reason_missing")
def a_conversion_without_a_reason(_: Path) -> None:
    set_up(Demo(place_at(Path("kravbro-demo")), FixedClock(DEMO_DATE), SMALL, PAGE))
    command(*CONVERT, "--cut-off", "2026-06-01")


PICKED = "post;saksnr;fordi\n502;K-2072;avtalt\n"


@provokes("formats.conversion_choices.table")
def choices_in_another_character_set(_: Path) -> None:
    conversion_choices.parse(PICKED.replace("avtalt", "kjøp").encode("latin-1"), "valg.csv")


@provokes("formats.conversion_choices.column")
def choices_with_an_unknown_heading(_: Path) -> None:
    conversion_choices.parse(PICKED.replace("fordi", "grunn").encode(), "valg.csv")


@provokes("formats.conversion_choices.cell")
def a_choice_without_a_reason(_: Path) -> None:
    conversion_choices.parse(PICKED.replace("avtalt", "").encode(), "valg.csv")
