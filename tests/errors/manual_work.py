"""Errors of manual work with money: registering, taking back, moving, paying back, correcting and delivering again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from kravbro.bridge.redelivery import refuse_unless_missing
from kravbro.bridge.streams import ALL
from kravbro.cli.outbox import write_file
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.office import tables as t
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import Correction, correct
from kravbro.office.manual.redelivery import redeliver
from kravbro.office.manual.refund_files import Order, make_refund_file, refund_file_again
from kravbro.office.manual.refunds import cancel_refund
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from kravbro.office.manual.tables import refund as refund_table
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting
from tests.errors.gallery import command, provokes
from tests.office.builders import ACCOUNT, TODAY, Desk, invoice_kid, offer, open_desk, payment, transaction
from tests.office.manual.acts import BECAUSE, move, refund, register, reverse
from tests.stories.sites import copy_of
from tests.stories.worlds import World, prepared

ORDER = Order(1, ACCOUNT, "DNBANOKK", TODAY)


def two_cases(folder: Path) -> Desk:
    """A case with 1 037,50, another that 1 087,50 came in on, and 7,00 on none."""
    desk = open_desk(folder)
    desk.offer(offer(1, 1), offer(2, 2))
    desk.pay(payment(1, 108_750, invoice_kid(2)), payment(2, 700, ""))
    return desk


@provokes("office.because_missing")
def money_is_registered_without_a_reason(folder: Path) -> None:
    register(two_cases(folder), 100, why=Why(" "))


@provokes("office.text_too_long")
def the_reason_is_longer_than_its_column(folder: Path) -> None:
    register(two_cases(folder), 100, why=Why("x" * 201))


@provokes("office.request_differs")
def an_id_is_used_for_something_else(folder: Path) -> None:
    desk = two_cases(folder)
    register(desk, 100, why=Why("ringte", "kvittering 7"))
    register(desk, 200, why=Why("ringte", "kvittering 7"))


@provokes("office.amount_not_positive")
def nothing_is_registered(folder: Path) -> None:
    register(two_cases(folder), 0)


@provokes("office.received_later")
def money_is_registered_before_it_is_received(folder: Path) -> None:
    register(two_cases(folder), 100, received_on=TODAY + timedelta(1))


@provokes("office.invoice_without_case")
def an_invoice_is_named_without_its_case(folder: Path) -> None:
    register(two_cases(folder), 100, case=None, invoice_no="20001")


@provokes("office.case_of_creditor")
def the_case_is_of_another_creditor(folder: Path) -> None:
    desk = two_cases(folder)
    with desk.writing() as connection:
        values = {column.name: column for column in t.creditor.columns if column.name not in {"number", "company"}}
        another = sa.select(sa.literal(2), sa.literal(2), *values.values())
        connection.execute(sa.insert(t.creditor).from_select(["number", "company", *values], another))
    register(desk, 100, creditor=2)


@provokes("office.not_posted_unplaced")
def unplaced_money_is_left_to_the_ledger(folder: Path) -> None:
    register(two_cases(folder), 100, case=None, posted=False)


@provokes("office.not_posted_set_off")
def a_set_off_is_left_to_the_ledger(folder: Path) -> None:
    register(two_cases(folder), 100, how=How.SET_OFF, posted=False)


@provokes("office.not_posted_account")
def an_account_is_named_for_money_that_the_ledger_books(folder: Path) -> None:
    register(two_cases(folder), 100, account="1900", posted=False)


@provokes("office.not_posted_overpaid")
def more_than_is_owed_is_left_to_the_ledger(folder: Path) -> None:
    register(two_cases(folder), 103_751, posted=False)


@provokes("office.no_such_payment")
def a_payment_that_never_came_is_taken_back(folder: Path) -> None:
    reverse(two_cases(folder), 9)


@provokes("office.not_a_receipt")
def a_reversal_is_taken_back(folder: Path) -> None:
    desk = two_cases(folder)
    reverse(desk, 1)
    reverse(desk, 3)


@provokes("office.reversed_before_received")
def money_goes_back_before_it_came(folder: Path) -> None:
    reverse(two_cases(folder), 1, on=TODAY - timedelta(9))


@provokes("office.payment_refunded")
def money_that_was_paid_back_is_taken_back(folder: Path) -> None:
    desk = two_cases(folder)
    refund(desk, 1)
    reverse(desk, 1)


@provokes("office.bank_money_came")
def the_banks_money_is_called_a_mistake(folder: Path) -> None:
    reverse(two_cases(folder), 1, TakenBack.MISTAKEN)


@provokes("office.ledger_has_told")
def what_the_ledger_has_told_is_called_a_mistake(folder: Path) -> None:
    desk = two_cases(folder)
    register(desk, 13_750, posted=False)
    with desk.writing() as connection:
        accept_transactions(connection, 1, [transaction(1, 1001, -10_000)], desk.act)
    reverse(desk, 3, TakenBack.MISTAKEN)


@provokes("office.more_than_stands")
def more_is_moved_than_stands_there(folder: Path) -> None:
    move(two_cases(folder), 1, "1-000001", amount_ore=108_751)


@provokes("office.more_than_overpaid")
def more_is_paid_back_than_is_overpaid(folder: Path) -> None:
    refund(two_cases(folder), 1, amount_ore=5_001)


@provokes("office.unplaced_goes_whole")
def a_part_of_unplaced_money_is_not_paid_back(folder: Path) -> None:
    refund(two_cases(folder), 2, amount_ore=699)


@provokes("office.stands_on_several")
def a_payment_on_two_cases_is_moved_from_neither(folder: Path) -> None:
    desk = two_cases(folder)
    move(desk, 1, "1-000001", amount_ore=100)
    move(desk, 1, "1-000002")


@provokes("office.not_on_case")
def a_payment_is_moved_from_where_it_is_not(folder: Path) -> None:
    move(two_cases(folder), 1, "1-000002", source="1-000001")


@provokes("office.not_placed")
def unplaced_money_is_moved(folder: Path) -> None:
    move(two_cases(folder), 2, "1-000002")


@provokes("office.not_posted_stays")
def what_the_ledger_books_itself_is_moved(folder: Path) -> None:
    desk = two_cases(folder)
    register(desk, 100, posted=False)
    move(desk, 3, "1-000002")


@provokes("office.moves_nothing")
def money_is_moved_to_where_it_is(folder: Path) -> None:
    move(two_cases(folder), 1, "1-000002")


@provokes("office.payee_missing")
def nobody_is_paid_back(folder: Path) -> None:
    refund(two_cases(folder), 1, name="")


@provokes("office.overpaid_on_several")
def what_is_overpaid_on_two_cases_is_paid_back_from_neither(folder: Path) -> None:
    desk = two_cases(folder)
    register(desk, 103_750)
    move(desk, 1, "1-000001", amount_ore=2_000)
    refund(desk, 1)


@provokes("office.refunded_before_received")
def money_is_paid_back_before_it_came(folder: Path) -> None:
    refund(two_cases(folder), 1, on=TODAY - timedelta(1))


@provokes("office.nothing_to_refund")
def what_covers_a_debt_is_paid_back(folder: Path) -> None:
    desk = two_cases(folder)
    register(desk, 100)
    refund(desk, 3)


@provokes("office.refund_not_posted")
def what_the_books_do_not_have_is_paid_back(folder: Path) -> None:
    desk = two_cases(folder)
    with desk.writing() as connection:
        exclude_from_posting(connection, 3, "bokført for hånd", desk.act)
    refund(desk, 1)


@provokes("office.no_such_refund")
def a_refund_that_is_not_is_cancelled(folder: Path) -> None:
    cancel(two_cases(folder), 9)


def cancel(desk: Desk, number: int, why: Why = BECAUSE) -> None:
    with desk.writing() as connection:
        cancel_refund(connection, number, why, desk.act)


@provokes("office.refund_sent")
def a_refund_in_a_file_is_cancelled(folder: Path) -> None:
    desk = two_cases(folder)
    refund(desk, 1)
    make_file(desk)
    cancel(desk, 1)


@provokes("office.refund_cancelled")
def a_refund_is_cancelled_for_another_reason(folder: Path) -> None:
    desk = two_cases(folder)
    refund(desk, 1)
    cancel(desk, 1)
    cancel(desk, 1, Why("feil navn"))


def make_file(desk: Desk, order: Order = ORDER) -> None:
    with desk.writing() as connection:
        make_refund_file(connection, order, desk.act)


@provokes("office.no_refunds")
def a_file_of_no_refunds_is_made(folder: Path) -> None:
    make_file(two_cases(folder))


@provokes("office.pays_in_the_past")
def the_bank_is_to_pay_yesterday(folder: Path) -> None:
    make_file(two_cases(folder), Order(1, ACCOUNT, "DNBANOKK", TODAY - timedelta(1)))


@provokes("office.no_such_refund_file")
def a_file_that_is_not_is_written_again(folder: Path) -> None:
    with two_cases(folder).reading() as connection:
        refund_file_again(connection, 9)


@provokes("office.refund_file_differs")
def a_file_is_written_again_after_its_refund_was_changed(folder: Path) -> None:
    desk = two_cases(folder)
    refund(desk, 1)
    make_file(desk)
    with desk.writing() as connection:
        connection.execute(sa.update(refund_table).values(amount_ore=5_001))
    with desk.reading() as connection:
        refund_file_again(connection, 1)


@provokes("cli.file_there")
def the_file_to_write_holds_something_else(folder: Path) -> None:
    (folder / "refunds.xml").write_text("something else", encoding="utf-8")
    write_file(folder / "refunds.xml", b"a file for the bank")


@provokes("cli.file_unwritable")
def the_folder_to_write_into_is_not_there(folder: Path) -> None:
    write_file(folder / "no" / "refunds.xml", b"a file for the bank")


def corrected(folder: Path, line: int | None, field: Field, value: str, *, booked: bool = False) -> None:
    desk = two_cases(folder)
    with desk.writing() as connection:
        number = generate_posting(connection, 1, desk.act)
        if booked:
            approve_posting(connection, 1, number, desk.act)
    with desk.writing() as connection:
        correct(connection, Correction(1, 1, 1, line, field, value), "feil konto", desk.act)


@provokes("office.no_such_line")
def a_line_that_is_not_is_changed(folder: Path) -> None:
    corrected(folder, 99, Field.TEXT, "x")


@provokes("office.bank_line_fixed")
def the_banks_line_is_changed(folder: Path) -> None:
    corrected(folder, 1, Field.ACCOUNT, "1921")


@provokes("office.account_fixed")
def the_account_of_a_customer_is_changed(folder: Path) -> None:
    corrected(folder, 4, Field.ACCOUNT, "1511")


@provokes("office.value_missing")
def a_line_is_to_have_no_account(folder: Path) -> None:
    corrected(folder, 2, Field.ACCOUNT, "")


@provokes("office.value_no_date")
def a_voucher_is_to_have_no_date(folder: Path) -> None:
    corrected(folder, None, Field.DATED, "i morgen")


@provokes("office.value_far_off")
def a_voucher_is_dated_in_a_mistyped_year(folder: Path) -> None:
    corrected(folder, None, Field.DATED, "2062-11-16")


@provokes("office.voucher_booked")
def a_line_that_was_delivered_is_changed(folder: Path) -> None:
    corrected(folder, 2, Field.ACCOUNT, "8051", booked=True)


@provokes("cli.nothing_to_change")
def a_correction_of_nothing(_: Path) -> None:
    command("postings", "change", "1", "1", "1", "2", "--because", "x")


def approved(folder: Path, *fates: Fate) -> Desk:
    desk = two_cases(folder)
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
        told = [VoucherReceipt(number, "kontor-1-1", fate, TODAY) for number, fate in enumerate(fates, 1)]
        accept_voucher_receipts(connection, 1, told, desk.act)
    return desk


def again(desk: Desk, key: str = "kontor-1-1", why: Why = BECAUSE) -> None:
    with desk.writing() as connection:
        redeliver(connection, key, why, desk.act)


@provokes("office.unknown_voucher_key")
def a_voucher_that_is_not_is_delivered_again(folder: Path) -> None:
    again(approved(folder), "kontor-1-9")


@provokes("office.voucher_undecided")
def a_voucher_that_may_still_be_posted_is_delivered_again(folder: Path) -> None:
    again(approved(folder, Fate.DELIVERED))


@provokes("office.voucher_is_posted")
def a_posted_voucher_is_delivered_again(folder: Path) -> None:
    again(approved(folder, Fate.POSTED))


@provokes("office.voucher_replaced")
def a_voucher_is_delivered_again_twice(folder: Path) -> None:
    desk = approved(folder, Fate.REJECTED)
    again(desk)
    again(desk, why=Why("en gang til"))


def delivered(folder: Path, *, carried: bool) -> None:
    world = World(copy_of(prepared("sqlite"), folder / "site"))
    world.invoice(2, "200001", 1, 1000_00)
    world.propose(2, "first")
    for stream in ALL:
        world.carry(stream, 2)
    world.bank(2, "file", [(world.payable(2)[0].case_kid, 500_00)])
    world.post(2)
    for stream in ALL if carried else ():
        world.carry(stream, 2)
    refuse_unless_missing(world.joined(), 2, "demo-office-2-1", 1)


@provokes("bridge.voucher_not_sent")
def a_voucher_that_was_not_sent_is_called_missing(folder: Path) -> None:
    delivered(folder, carried=False)


@provokes("bridge.ledger_has_voucher")
def a_voucher_that_the_ledger_has_is_called_missing(folder: Path) -> None:
    delivered(folder, carried=True)
