"""Errors of our own ledger: its set-up, vouchers, open items, dunning proposals, and what the collector delivers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.collector_vouchers import collector_setup
from kravbro.books.commands.customers import add_customers, change_customer, exempt_open_item
from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import (
    approve_proposal,
    delete_proposal,
    generate_proposal,
    remove_customer,
    remove_line,
)
from kravbro.books.commands.setup import CollectorSetup, set_up_company
from kravbro.books.drafts import Draft, DraftLine
from kravbro.core.claims import ClaimState, Letter, LetterKind, Outcome, Receipt, Status
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.db.places import place_at
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from tests.books.world import (
    ACT,
    BANK,
    CLEARING,
    COMPANY,
    RECEIVABLES,
    SALES,
    TODAY,
    World,
    collector_voucher,
    company_setup,
    person,
    settlement,
)
from tests.errors.gallery import provokes


def write(folder: Path, *lines: DraftLine, voucher_type: str = "KOR", text: str = "Correction 7") -> None:
    """Write a draft with these lines into fresh books."""
    World(folder).draft(Draft(voucher_type, TODAY, text, lines))


def on_customer(account: str = RECEIVABLES, customer: int = 1, **more: object) -> tuple[DraftLine, DraftLine]:
    """Two lines that sum to zero: one on a customer, one against it."""
    line = msgspec.structs.replace(DraftLine(1, account, -100_00, customer, "KOM"), **more)
    return line, DraftLine(2, SALES, 100_00)


def with_credit(folder: Path) -> tuple[World, int, int]:
    """Books with an invoice of kr 1000 and an unmatched payment of kr 400, and the entries of both."""
    world = World(folder)
    (item,) = world.invoices(1)
    world.post(settlement("INN", 1, 400_00, None))
    (credit,) = world.column(tables.entry.c.number, tables.entry.c.amount_ore < 0)
    return world, credit, item


def match(world: World, credit: int, item: int, amount_ore: int, request_id: str | None = None) -> None:
    with world.writing() as connection:
        book(connection, credit, item, amount_ore, ACT, request_id=request_id)


def proposed(folder: Path) -> tuple[World, int]:
    """Books with one proposal of two invoices, and its number."""
    world = World(folder)
    world.invoices(1, 2)
    return world, propose(world, "p1")


def propose(world: World, request_id: str, sub_ledger_type: str = "KOM", dunning: str = "PWS") -> int:
    with world.writing() as connection:
        return generate_proposal(connection, sub_ledger_type, dunning, ACT, request_id)


def approve(world: World, number: int, transfer_type: str = "OVF") -> None:
    with world.writing() as connection:
        approve_proposal(connection, number, transfer_type, True, ACT)


def offered(folder: Path) -> World:
    """Books with two invoices offered to the collector: offers 1 and 2."""
    world = World(folder)
    world.invoices(1, 2)
    world.offer()
    return world


def answer(world: World, *receipts: Receipt) -> None:
    world.ledger.record_receipts(COMPANY, receipts)


def accepted(number: int, offer: int, entry: int, case_number: str = "1-000001") -> Receipt:
    return Receipt(number, offer, entry, Outcome.ACCEPTED, TODAY, case_number, "00110000014")


@provokes("books.no_database")
def a_company_file_that_is_gone(folder: Path) -> None:
    world = World(folder)
    Path(world.place.database(company_owner(COMPANY))).unlink()
    EmbeddedLedger(world.place, ACT).transactions(COMPANY, 0, 10)


@provokes("books.no_installation")
def a_ledger_that_was_never_opened(_: Path) -> None:
    place = place_at("kravbro-demo")
    place.make()
    tables.system.create_all(place.open("system"))
    EmbeddedLedger(place, ACT).identify()


@provokes("books.other_installation")
def the_database_of_another_installation(folder: Path) -> None:
    with writing(World(folder).place.open("system")) as connection:
        open_installation(connection, "nordvik-test", ACT)


@provokes("books.other_company")
def a_company_number_that_is_taken(folder: Path) -> None:
    with writing(World(folder).place.open("system")) as connection:
        add_company(connection, COMPANY, "Fossum Rør AS", "810305282", ACT)


@provokes("books.not_set_up")
def a_company_without_set_up(folder: Path) -> None:
    engine = place_at(folder).open("F0001")
    tables.company_books.create_all(engine)
    with reading(engine) as connection:
        collector_setup(connection)


@provokes("books.setup_differs")
def a_company_set_up_again_with_another_registrar(folder: Path) -> None:
    again = msgspec.structs.replace(company_setup(), collector=CollectorSetup("KARI", "INK", True))
    with World(folder).writing() as connection:
        set_up_company(connection, again, ACT)


@provokes("books.not_a_collector_type")
def a_set_up_that_sends_the_collectors_vouchers_as_invoices(folder: Path) -> None:
    wrong = msgspec.structs.replace(company_setup(), collector=CollectorSetup("WS-Inf", "FAK", True))
    with World(folder).writing() as connection:
        set_up_company(connection, wrong, ACT)


@provokes("books.customer_differs")
def a_customer_number_that_is_taken(folder: Path) -> None:
    with World(folder).writing() as connection:
        add_customers(connection, [msgspec.structs.replace(person(1), name="Nordmann, Ola")], ACT)


@provokes("books.unknown_customer")
def a_customer_that_is_changed_before_it_is_added(folder: Path) -> None:
    with World(folder).writing() as connection:
        change_customer(connection, person(77), ACT)


@provokes("books.unknown_open_item")
def an_open_item_that_is_not_there_is_exempted(folder: Path) -> None:
    with World(folder).writing() as connection:
        exempt_open_item(connection, 77, from_dunning=True, from_collection=False, act=ACT)


@provokes("books.letter_differs")
def a_notice_registered_twice_with_other_fees(folder: Path) -> None:
    world = World(folder)
    (item,) = world.invoices(1)
    world.send_letter(item, fee_ore=35_00)
    world.send_letter(item, fee_ore=70_00)


@provokes("books.letter_amounts")
def a_notice_whose_deadline_is_before_the_day_it_was_sent(folder: Path) -> None:
    world = World(folder)
    (item,) = world.invoices(1)
    letter = Letter(LetterKind.NOTICE, TODAY, TODAY - timedelta(days=14), 35_00, 0)
    with world.writing() as connection:
        send_letters(connection, [LetterSent(item, letter)], ACT)


@provokes("books.nothing_to_book")
def a_match_of_zero(folder: Path) -> None:
    match(*with_credit(folder), 0)


@provokes("books.not_a_credit")
def an_invoice_matched_as_if_it_were_a_payment(folder: Path) -> None:
    world, _, item = with_credit(folder)
    match(world, item, item, 100_00)


@provokes("books.not_an_open_item_of")
def a_payment_matched_with_the_invoice_of_another(folder: Path) -> None:
    world, credit, _ = with_credit(folder)
    (other,) = world.invoices(2)
    match(world, credit, other, 100_00)


@provokes("books.too_little_left")
def more_matched_than_the_payment_has(folder: Path) -> None:
    match(*with_credit(folder), 500_00)


@provokes("books.more_than_remains")
def more_matched_than_the_invoice_needs(folder: Path) -> None:
    world, credit, item = with_credit(folder)
    world.post(settlement("INN", 1, 900_00, item))
    match(world, credit, item, 300_00)


@provokes("books.more_than_booked")
def more_taken_back_than_was_matched(folder: Path) -> None:
    world, credit, item = with_credit(folder)
    match(world, credit, item, 250_00)
    match(world, credit, item, -300_00)


@provokes("books.request_differs")
def a_click_repeated_with_another_amount(folder: Path) -> None:
    world, credit, item = with_credit(folder)
    match(world, credit, item, 100_00, "match 12")
    match(world, credit, item, 200_00, "match 12")


@provokes("books.unknown_voucher")
def a_voucher_that_is_not_in_the_journal(folder: Path) -> None:
    with World(folder).writing() as connection:
        post_vouchers(connection, [77], ACT)


@provokes("books.no_lines")
def a_voucher_without_lines(folder: Path) -> None:
    write(folder)


@provokes("books.line_twice")
def two_lines_with_one_number(folder: Path) -> None:
    write(folder, DraftLine(1, BANK, 100_00), DraftLine(1, SALES, -100_00))


@provokes("books.unbalanced")
def a_voucher_that_lacks_a_krone(folder: Path) -> None:
    write(folder, DraftLine(1, BANK, 100_00), DraftLine(2, SALES, -99_00))


@provokes("books.text_too_long")
def a_text_that_no_column_holds(folder: Path) -> None:
    write(folder, DraftLine(1, BANK, 100_00), DraftLine(2, SALES, -100_00), text="Correction " * 60)


@provokes("books.unknown_voucher_type")
def a_voucher_type_that_is_not_set_up(folder: Path) -> None:
    write(folder, DraftLine(1, BANK, 100_00), DraftLine(2, SALES, -100_00), voucher_type="XYZ")


@provokes("books.unknown_account")
def an_account_that_is_not_in_the_chart(folder: Path) -> None:
    write(folder, DraftLine(1, "1921", 100_00), DraftLine(2, SALES, -100_00))


@provokes("books.sub_ledger_without_customer")
def a_line_that_settles_without_a_customer(folder: Path) -> None:
    write(folder, DraftLine(1, RECEIVABLES, -100_00, settles=1), DraftLine(2, SALES, 100_00))


@provokes("books.transfer_with_customer")
def a_transfer_voucher_that_moves_a_balance(folder: Path) -> None:
    write(folder, *on_customer(), voucher_type="OVF")


@provokes("books.unknown_customer_on_line")
def a_line_on_a_customer_that_is_not_there(folder: Path) -> None:
    write(folder, *on_customer(customer=77))


@provokes("books.unknown_sub_ledger_type")
def a_line_on_a_sub_ledger_type_that_is_not_set_up(folder: Path) -> None:
    write(folder, *on_customer(sub_ledger_type="HUS"))


@provokes("books.not_receivable_account")
def a_customer_booked_outside_the_receivables(folder: Path) -> None:
    write(folder, *on_customer(CLEARING))


@provokes("books.cannot_settle")
def an_invoice_that_settles_another(folder: Path) -> None:
    world = World(folder)
    (item,) = world.invoices(1)
    world.draft(settlement("FAK", 1, 100_00, item, SALES))


@provokes("books.not_an_open_item")
def a_payment_line_on_the_invoice_of_another(folder: Path) -> None:
    world = World(folder)
    (item,) = world.invoices(2)
    world.draft(settlement("INN", 1, 100_00, item))


@provokes("books.no_dunning_routine")
def a_kind_of_claims_that_has_no_routine(folder: Path) -> None:
    propose(World(folder), "p1", "BHG")


@provokes("books.code_not_to_collector")
def a_proposal_by_the_code_of_a_reminder(folder: Path) -> None:
    propose(World(folder), "p1", dunning="P1")


@provokes("books.unknown_proposal")
def a_proposal_that_is_not_there(folder: Path) -> None:
    approve(World(folder), 77)


@provokes("books.not_in_proposal")
def an_invoice_removed_that_was_never_proposed(folder: Path) -> None:
    world, number = proposed(folder)
    (later,) = world.invoices(3)
    with world.writing() as connection:
        remove_line(connection, number, later, "has asked for time", ACT)


@provokes("books.customer_not_in_proposal")
def a_customer_removed_that_was_never_proposed(folder: Path) -> None:
    world, number = proposed(folder)
    with world.writing() as connection:
        remove_customer(connection, number, 3, "has asked for time", ACT)


@provokes("books.proposal_approved")
def a_proposal_deleted_after_its_approval(folder: Path) -> None:
    world, number = proposed(folder)
    approve(world, number)
    with world.writing() as connection:
        delete_proposal(connection, number, ACT)


@provokes("books.not_a_transfer_type")
def a_proposal_approved_with_a_payment_type(folder: Path) -> None:
    world, number = proposed(folder)
    approve(world, number, "INN")


@provokes("books.proposal_empty")
def a_proposal_that_everything_was_taken_out_of(folder: Path) -> None:
    world, number = proposed(folder)
    with world.writing() as connection:
        remove_customer(connection, number, 1, "has asked for time", ACT)
        remove_customer(connection, number, 2, "is dead", ACT)
    approve(world, number)


@provokes("port.unknown_offer")
def an_answer_to_an_offer_that_was_never_made(folder: Path) -> None:
    answer(offered(folder), accepted(1, 77, 1))


@provokes("port.receipt_of_other_claim")
def an_answer_that_names_another_claim(folder: Path) -> None:
    answer(offered(folder), accepted(1, 1, 2))


@provokes("port.receipt_differs")
def an_offer_accepted_twice_with_other_case_numbers(folder: Path) -> None:
    world = offered(folder)
    answer(world, accepted(1, 1, 1))
    answer(world, accepted(2, 1, 1, "1-000009"))


@provokes("port.receipt_number_taken")
def a_receipt_number_that_comes_again_for_another_offer(folder: Path) -> None:
    world = offered(folder)
    answer(world, accepted(1, 1, 1))
    answer(world, accepted(1, 2, 2))


@provokes("port.status_differs")
def one_version_of_a_status_with_two_contents(folder: Path) -> None:
    world = offered(folder)
    shown = Status(1, 1, 1, ClaimState.REGISTERED, "1-000001", TODAY)
    world.ledger.publish_statuses(COMPANY, [shown])
    world.ledger.publish_statuses(COMPANY, [msgspec.structs.replace(shown, state=ClaimState.PAID)])


@provokes("port.voucher_differs")
def one_voucher_key_with_two_amounts(folder: Path) -> None:
    world = World(folder)
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, None, 100_00))])
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, None, 200_00))])


@provokes("books.not_a_transaction")
def a_database_that_somebody_has_edited(folder: Path) -> None:
    world = offered(folder)
    answer(world, accepted(1, 1, 1))
    world.post(settlement("INN", 1, 100_00, 1))
    (payment,) = world.column(tables.entry.c.number, tables.entry.c.amount_ore < 0)
    with world.writing() as connection:
        invoiced = sa.update(tables.entry).where(tables.entry.c.number == payment).values(meaning="invoice")
        connection.execute(invoiced)
    world.ledger.transactions(COMPANY, 0, 10)


@provokes("books.unknown_code")
def a_fate_that_somebody_has_invented(folder: Path) -> None:
    world = World(folder)
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, None, 100_00))])
    with world.writing() as connection:
        connection.execute(sa.update(tables.voucher_event).values(fate="vanished"))
    world.ledger.voucher_receipts(COMPANY, 0, 10)
