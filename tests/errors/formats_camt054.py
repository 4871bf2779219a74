"""Errors of camt.054 files: sound files from the bank, spoilt in one place each."""

from __future__ import annotations

from pathlib import Path

from kravbro.formats import camt054
from tests.errors.gallery import command, provokes
from tests.formats.camt054_faults import FAULTS
from tests.formats.camt054_files import file_of, lump, notification, payment, written

NAME = "camt054.xml"


def read(data: bytes) -> None:
    """Inspect a file with these bytes."""
    Path(NAME).write_bytes(data)
    command("payments", "inspect", NAME)


def read_faulty(fault: str) -> None:
    """Read one of the files that the tests of the format keep."""
    read(FAULTS[fault][0])


@provokes("formats.camt054.namespace")
def a_bank_statement_in_place_of_a_notification(_: Path) -> None:
    read_faulty("another message")


@provokes("formats.camt054.element")
def a_second_status(_: Path) -> None:
    read_faulty("element twice")


@provokes("formats.camt054.text")
def a_text_that_belongs_to_no_element(_: Path) -> None:
    read_faulty("text between elements")


@provokes("formats.camt054.missing")
def a_booked_entry_without_a_day(_: Path) -> None:
    read_faulty("booked without a day")


@provokes("formats.camt054.value")
def an_amount_with_three_decimals(_: Path) -> None:
    read_faulty("three decimals")


@provokes("formats.camt054.currency")
def an_account_in_euro(_: Path) -> None:
    read_faulty("currency of the entry")


@provokes("formats.camt054.account")
def an_iban_with_wrong_check_digits(_: Path) -> None:
    read_faulty("IBAN")


@provokes("formats.camt054.control")
def a_batch_that_lacks_a_payment(_: Path) -> None:
    read_faulty("batch count")


@provokes("formats.camt054.direction")
def money_out_in_a_sum_of_money_in(_: Path) -> None:
    read_faulty("direction of a transaction")


@provokes("formats.camt054.mixed")
def a_sum_of_which_one_payment_was_returned(_: Path) -> None:
    read_faulty("only some were returned")


@provokes("formats.camt054.date")
def an_order_that_came_after_it_was_booked(_: Path) -> None:
    read_faulty("accepted after it was booked")


@provokes("formats.camt054.too_much")
def more_money_than_any_database_can_add_up(_: Path) -> None:
    some = [lump(payment(amount_ore=10**18 - 1), bank_reference=str(place)) for place in range(9)]
    data = camt054.render(file_of(notification(*some, has_summary=False)))
    entry = data[data.index(b"<Ntry>") : data.index(b"</Ntry>") + len(b"</Ntry>")]
    read(data.replace(b"</Ntfctn>", entry + b"</Ntfctn>"))


@provokes("formats.camt054.unwritable")
def a_kid_with_a_letter(_: Path) -> None:
    written(lump(payment(kid="12A")))
