"""Errors of files: one sound file from the bank, spoilt in one place each, and inspected as a case handler would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.formats import ocr_giro
from tests.errors.gallery import command, provokes

NAME = "OCR.D201126"
DAY = date(2026, 11, 20)
ROWS = {"transmission": 1, "assignment": 2, "item 1": 3, "item 2": 4, "second item 1": 5, "end": 7}


def payment(
    number: int, kid: str = "123456782", centre_id: str = "13", amount_ore: int = 125_00
) -> ocr_giro.Transaction:
    """A sound payment, of 125 kroner unless told otherwise."""
    return ocr_giro.Transaction(
        type="10",
        number=number,
        settlement_date=DAY,
        centre_id=centre_id,
        day_code="20",
        partial_settlement_number="1",
        serial_number="01464",
        sign="0",
        amount_ore=amount_ore,
        kid=kid,
        card_issuer=None,
        form_number="0000000000",
        reference="196368271",
        bank_date=date(2026, 11, 19),
        debit_account="86011117947",
    )


def file_of(*payments: ocr_giro.Transaction) -> bytes:
    """A sound file of these payments."""
    part = ocr_giro.assignment(
        agreement_id="001008566", number="0000001", account="99991042764", nets_date=DAY, transactions=payments
    )
    return ocr_giro.render([ocr_giro.Transmission("00008080", "0170031", "00010200", DAY, (part,))])


def inspect(data: bytes) -> None:
    """Inspect a file with these bytes."""
    Path(NAME).write_bytes(data)
    command("payments", "inspect", NAME)


def inspect_spoilt(row: str, column: int, text: str) -> None:
    """Inspect the sound file with `text` written over one place; columns are counted from 1, as banks do."""
    lines = file_of(payment(1), payment(2)).decode("ascii").splitlines()
    line = lines[ROWS[row] - 1]
    lines[ROWS[row] - 1] = line[: column - 1] + text + line[column - 1 + len(text) :]
    inspect("\n".join([*lines, ""]).encode("ascii"))


@provokes("formats.ocr_giro.empty")
def an_empty_file(_: Path) -> None:
    inspect(b"")


@provokes("formats.ocr_giro.byte_order_mark")
def a_file_that_an_editor_saved_anew(_: Path) -> None:
    inspect(b"\xef\xbb\xbf" + file_of(payment(1)))


@provokes("formats.ocr_giro.not_ocr_giro")
def a_letter_in_the_wrong_folder(_: Path) -> None:
    inspect(b"Dear customer")


@provokes("formats.ocr_giro.length")
def a_file_whose_third_line_lost_its_end(_: Path) -> None:
    lines = file_of(payment(1)).split(b"\n")
    inspect(b"\n".join([*lines[:2], lines[2][:-4], *lines[3:]]))


@provokes("formats.ocr_giro.record")
def a_file_whose_start_of_assignment_is_gone(_: Path) -> None:
    inspect_spoilt("assignment", 1, "NY090088")


@provokes("formats.ocr_giro.field")
def an_amount_with_a_comma(_: Path) -> None:
    inspect_spoilt("item 1", 33, "00000000000125,00")


@provokes("formats.ocr_giro.date")
def a_settlement_on_the_thirty_first_of_november(_: Path) -> None:
    inspect_spoilt("item 1", 16, "311126")


@provokes("formats.ocr_giro.bank_date")
def an_order_that_reached_the_bank_after_it_was_settled(_: Path) -> None:
    inspect_spoilt("item 2", 42, "211126")


@provokes("formats.ocr_giro.bank_date_old")
def an_order_of_another_decade(_: Path) -> None:
    inspect_spoilt("item 2", 42, "191116")


@provokes("formats.ocr_giro.sign")
def a_credit_note_of_nothing(_: Path) -> None:
    inspect(file_of(payment(1, amount_ore=0)).replace(b"014640000", b"01464-000"))


@provokes("formats.ocr_giro.settled_late")
def a_settlement_of_the_next_month(_: Path) -> None:
    data = file_of(payment(1)).replace(b"0000001201126", b"0000001201226")
    inspect(data.replace(b"201126201126201126", b"201126201226201226"))


@provokes("formats.ocr_giro.too_much")
def files_joined_until_no_database_can_add_them_up(_: Path) -> None:
    inspect(93 * file_of(payment(1, amount_ore=10**17 - 1)))


@provokes("formats.ocr_giro.transaction_number")
def a_number_that_is_left_out(_: Path) -> None:
    inspect_spoilt("item 2", 9, "0000003")


@provokes("formats.ocr_giro.free_text_type")
def a_message_with_a_payment_that_cannot_have_one(_: Path) -> None:
    lines = file_of(payment(1)).decode("ascii").splitlines()
    message = "NY091032" + "0000001" + "Takk for seg".ljust(40) + "0" * 25
    inspect("\n".join([*lines[:4], message, *lines[4:], ""]).encode("ascii"))


@provokes("formats.ocr_giro.control")
def a_sum_that_lacks_one_ore(_: Path) -> None:
    inspect_spoilt("end", 25, f"{249_99:017d}")


@provokes("formats.ocr_giro.unwritable")
def a_centre_that_is_too_wide(_: Path) -> None:
    file_of(payment(1, centre_id="130"))
