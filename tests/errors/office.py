"""Errors of the collection office: its set-up, intake, payments, posting, and what the ledger tells it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.allocation_orders import Money
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.office import creditors, setup
from kravbro.office import tables as t
from kravbro.office.agreements import close_agreement
from kravbro.office.case_numbers import CaseSeries
from kravbro.office.creditors import KidStructure, Names
from kravbro.office.journals import Journal, Row, write_journals
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.placing import VOLUNTARY, Known, place_unplaced
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting, include_again
from kravbro.office.queries.cases import case
from kravbro.office.streams import statuses
from tests.errors.gallery import provokes
from tests.office.builders import (
    ACCOUNT,
    CREDITOR,
    TODAY,
    Desk,
    invoice_kid,
    offer,
    open_database,
    open_desk,
    payment,
    transaction,
)

CASE, INVOICE = Names.CASE, Names.INVOICE


def journal_of(desk: Desk, source: str) -> int:
    return int(desk.rows(t.journal, t.journal.c.source == source)[0].number)


def place(desk: Desk, number: int, case_number: str = "1-000001", known: Known = VOLUNTARY) -> None:
    with desk.writing() as connection:
        place_unplaced(connection, number, case_number, desk.act, known)


def exclude(desk: Desk, source: str, because: str = "settled by hand") -> None:
    journal = journal_of(desk, source)
    with desk.writing() as connection:
        exclude_from_posting(connection, journal, because, desk.act)


def include(desk: Desk, source: str) -> None:
    journal = journal_of(desk, source)
    with desk.writing() as connection:
        include_again(connection, journal, desk.act)


def generate(desk: Desk) -> int:
    with desk.writing() as connection:
        return generate_posting(connection, 1, desk.act)


def approve(desk: Desk, number: int) -> None:
    with desk.writing() as connection:
        approve_posting(connection, 1, number, desk.act)


def add_agreement(desk: Desk, *structures: KidStructure) -> None:
    with desk.writing() as connection:
        setup.add_agreement(connection, "99991042764", 1, "Other", structures, desk.act)


def with_unplaced(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.offer(offer(1))
    desk.pay(payment(1, 500, ""))
    return desk


@provokes("office.not_opened")
def the_office_was_never_set_up(folder: Path) -> None:
    with Desk(open_database(folder)).reading() as connection:
        creditors.office_installation(connection)


@provokes("office.no_such_creditor")
def a_creditor_that_is_not_there(folder: Path) -> None:
    with open_desk(folder).reading() as connection:
        creditors.load_creditor(connection, 7)


@provokes("office.company_not_served")
def a_company_that_is_no_creditor(folder: Path) -> None:
    with open_desk(folder).reading() as connection:
        creditors.creditor_of_company(connection, "ledger-1", 7)


@provokes("office.setup_differs")
def a_creditor_is_set_up_again_with_another_account(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        setup.add_creditor(connection, msgspec.structs.replace(CREDITOR, fee_account="3901"), desk.act)


@provokes("office.creditor_number")
def a_creditor_number_with_four_digits(_: Path) -> None:
    creditors.refuse_creditor(msgspec.structs.replace(CREDITOR, number=1000))


@provokes("office.account_missing")
def a_creditor_without_an_interim_account(_: Path) -> None:
    creditors.refuse_creditor(msgspec.structs.replace(CREDITOR, interim_account=""))


@provokes("office.no_such_account")
def an_agreement_that_is_not_there_is_closed(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        close_agreement(connection, "99991042764", TODAY, "moved", desk.act)


@provokes("office.kid_structure")
def a_kid_that_is_too_short_for_a_case(folder: Path) -> None:
    add_agreement(open_desk(folder), KidStructure(5, "mod10", CASE))


@provokes("office.two_case_kids")
def two_kid_structures_for_cases(folder: Path) -> None:
    add_agreement(open_desk(folder), KidStructure(9, "mod10", CASE), KidStructure(10, "mod10", CASE))


@provokes("office.no_case_kid")
def no_agreement_has_a_kid_for_cases(folder: Path) -> None:
    open_desk(folder, structures=(KidStructure(9, "mod10", INVOICE),)).offer(offer(1))


@provokes("office.case_series_full")
def the_last_case_number_is_taken(_: Path) -> None:
    CaseSeries(1, KidStructure(6, "mod10", CASE), 100).issue()


@provokes("office.sub_ledger_missing")
def an_offer_of_a_sub_ledger_that_is_not_set_up(folder: Path) -> None:
    open_desk(folder).offer(offer(1, sub_ledger_type="VANN"))


@provokes("office.wrong_company")
def an_offer_of_another_company(folder: Path) -> None:
    open_desk(folder).offer(offer(1, company=2))


@provokes("office.offer_changed")
def an_offer_comes_back_with_other_content(folder: Path) -> None:
    desk = open_desk(folder)
    desk.offer(offer(1))
    desk.offer(offer(1, invoice_no="7"))


@provokes("office.journal_unbalanced")
def a_journal_that_does_not_balance(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        write_journals(connection, [Journal(1, None, "payment", TODAY, "payment 1", [Row("bank", None, 1)])], desk.act)


@provokes("office.unknown_account")
def a_file_for_an_account_without_agreement(folder: Path) -> None:
    open_desk(folder).pay(payment(1, 100, "", account_number="99991042764"))


@provokes("office.file_empty")
def a_file_without_payments(folder: Path) -> None:
    open_desk(folder).pay()


@provokes("office.file_repeated")
def a_file_that_was_imported_before(folder: Path) -> None:
    with_unplaced(folder).pay(payment(1, 500, ""), name="again.txt")


@provokes("office.payment_changed")
def a_known_payment_with_another_amount(folder: Path) -> None:
    with_unplaced(folder).pay(payment(1, 501, ""), name="again.txt")


@provokes("office.payments_unaccounted")
def a_payment_is_numbered_like_the_second_of_two_others(folder: Path) -> None:
    one = payment(1, 500, "")
    open_desk(folder).pay(one, one, msgspec.structs.replace(one, identity=f"{one.identity}#2"))


@provokes("office.unknown_code")
def the_state_of_a_published_status_is_no_state(folder: Path) -> None:
    desk = with_unplaced(folder)
    with desk.writing() as connection:
        connection.execute(sa.update(t.status_event).values(state="lost"))
        statuses(connection, 1, 0, 10)


@provokes("office.no_such_unplaced")
def a_payment_that_is_not_unplaced_is_placed(folder: Path) -> None:
    place(with_unplaced(folder), 7)


@provokes("office.no_such_case")
def a_case_that_is_not_there(folder: Path) -> None:
    with open_desk(folder).reading() as connection:
        case(connection, "1-000007")


@provokes("office.no_such_invoice")
def money_is_placed_on_an_invoice_that_the_case_has_not(folder: Path) -> None:
    place(with_unplaced(folder), 1, known=Known(invoice_no="20099"))


@provokes("office.choice_not_binding")
def the_debtor_names_an_invoice_for_what_was_deducted_from_wages(folder: Path) -> None:
    place(with_unplaced(folder), 1, known=Known(Money.WAGE_DEDUCTION, "20001"))


@provokes("office.already_placed")
def a_payment_is_placed_twice(folder: Path) -> None:
    desk = with_unplaced(folder)
    place(desk, 1)
    place(desk, 1)


@provokes("office.payment_reversed")
def a_reversed_payment_is_placed(folder: Path) -> None:
    desk = with_unplaced(folder)
    desk.pay(payment(2, -500, ""))
    place(desk, 1)


@provokes("office.not_placeable")
def money_that_went_back_is_placed(folder: Path) -> None:
    desk = with_unplaced(folder)
    desk.pay(payment(2, -900, ""))
    place(desk, 2)


@provokes("office.no_such_posting")
def a_posting_proposal_that_is_not_there(folder: Path) -> None:
    approve(open_desk(folder), 7)


@provokes("office.posting_stale")
def a_payment_came_after_the_proposal_was_made(folder: Path) -> None:
    desk = with_unplaced(folder)
    number = generate(desk)
    desk.pay(payment(2, 600, ""))
    approve(desk, number)


@provokes("office.posting_empty")
def everything_was_left_out_of_the_proposal(folder: Path) -> None:
    desk = with_unplaced(folder)
    number = generate(desk)
    exclude(desk, "payment 1")
    generate(desk)
    approve(desk, number)


@provokes("office.reason_missing")
def a_payment_is_left_out_without_a_reason(folder: Path) -> None:
    exclude(with_unplaced(folder), "payment 1", " ")


@provokes("office.not_postable")
def a_claim_is_left_out_of_posting(folder: Path) -> None:
    exclude(with_unplaced(folder), "claim 1")


@provokes("office.already_posted")
def a_booked_payment_is_left_out(folder: Path) -> None:
    desk = with_unplaced(folder)
    approve(desk, generate(desk))
    exclude(desk, "payment 1")


@provokes("office.already_excluded")
def a_payment_is_left_out_twice(folder: Path) -> None:
    desk = with_unplaced(folder)
    exclude(desk, "payment 1")
    exclude(desk, "payment 1")


@provokes("office.not_excluded")
def a_payment_that_was_not_left_out_is_taken_in(folder: Path) -> None:
    include(with_unplaced(folder), "payment 1")


@provokes("office.payment_excluded")
def the_placing_of_a_payment_that_is_left_out_is_taken_in(folder: Path) -> None:
    desk = with_unplaced(folder)
    place(desk, 1)
    exclude(desk, "payment 1")
    include(desk, "placing 1")


@provokes("office.no_such_claim")
def the_ledger_books_on_a_claim_that_is_not_here(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [transaction(1, 4711, -100)], desk.act)


@provokes("office.transaction_changed")
def a_known_booking_has_another_amount(folder: Path) -> None:
    desk = with_unplaced(folder)
    for amount_ore in (-100, -101):
        with desk.writing() as connection:
            accept_transactions(connection, 1, [transaction(1, 1001, amount_ore)], desk.act)


@provokes("office.no_such_voucher")
def the_ledger_answers_about_an_unknown_voucher(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.writing() as connection:
        accept_voucher_receipts(connection, 1, [VoucherReceipt(1, "other-1-1", Fate.POSTED, TODAY)], desk.act)


@provokes("office.voucher_receipt_changed")
def a_known_fate_comes_back_as_another(folder: Path) -> None:
    desk = with_unplaced(folder)
    desk.pay(payment(2, 100, invoice_kid(1), account_number=ACCOUNT))
    approve(desk, generate(desk))
    for on in (TODAY, date(2026, 11, 24)):
        with desk.writing() as connection:
            accept_voucher_receipts(connection, 1, [VoucherReceipt(1, "kontor-1-1", Fate.POSTED, on)], desk.act)
