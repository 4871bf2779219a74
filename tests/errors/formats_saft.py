"""Errors of SAF-T files: one sound file of a ledger, spoilt in one place each, and imported as an accountant would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.errors.gallery import command, provokes
from tests.formats.saft_files import Customer, Ledger, invoice, render

NAME = "saft.xml"
SOUND = Ledger(
    (Customer("10001"),), (invoice("501", "10001", 1_250_00, date(2026, 3, 2), date(2026, 3, 23), "005018"),)
)


def import_bytes(data: bytes) -> None:
    """Import a file with these bytes into a new installation."""
    Path(NAME).write_bytes(data)
    command("ledger", "import", NAME, "--company", "1", "--dir", "site")


def import_spoilt(found: str, instead: str) -> None:
    """Import the sound file with one text replaced, at its first place."""
    text = render(SOUND).decode()
    assert found in text
    import_bytes(text.replace(found, instead, 1).encode())


@provokes("formats.saft.not_saft")
def an_invoice_in_place_of_the_ledger(_: Path) -> None:
    import_bytes(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>')


@provokes("formats.saft.namespace")
def a_danish_file(_: Path) -> None:
    danish = "urn:StandardAuditFile-Taxation-Financial:DK"
    import_bytes(render(replace(SOUND, instead={"namespace": danish})))


@provokes("formats.saft.version")
def a_file_of_a_version_to_come(_: Path) -> None:
    import_bytes(render(replace(SOUND, stated_version="2.00")))


@provokes("formats.saft.missing")
def a_voucher_without_a_date(_: Path) -> None:
    import_spoilt("<TransactionDate>2026-03-02</TransactionDate>", "")


@provokes("formats.saft.twice")
def a_voucher_with_two_numbers(_: Path) -> None:
    number = "<TransactionID>F501</TransactionID>"
    import_spoilt(number, number + number)


@provokes("formats.saft.field")
def elements_in_place_of_a_name(_: Path) -> None:
    import_spoilt("<Name>Ada Aasen</Name>", "<Name><First>Ada</First></Name>")


@provokes("formats.saft.too_long")
def a_customer_number_that_has_no_end(_: Path) -> None:
    import_spoilt("<CustomerID>10001</CustomerID>", f"<CustomerID>{'1' * 80}</CustomerID>")


@provokes("formats.saft.amount")
def an_amount_with_a_comma(_: Path) -> None:
    import_spoilt("<Amount>1250.00</Amount>", "<Amount>1250,00</Amount>")


@provokes("formats.saft.date")
def an_invoice_that_falls_due_on_the_thirtieth_of_february(_: Path) -> None:
    import_spoilt("<DueDate>2026-03-23</DueDate>", "<DueDate>2026-02-30</DueDate>")


@provokes("formats.saft.number")
def a_year_in_words(_: Path) -> None:
    import_spoilt("<PeriodYear>2026</PeriodYear>", "<PeriodYear>i fjor</PeriodYear>")


@provokes("formats.saft.customer_twice")
def two_customers_with_one_number(_: Path) -> None:
    import_bytes(render(replace(SOUND, customers=SOUND.customers * 2)))


@provokes("formats.saft.line_twice")
def one_voucher_exported_twice(_: Path) -> None:
    import_bytes(render(replace(SOUND, vouchers=SOUND.vouchers * 2)))


@provokes("formats.saft.line_amount")
def a_line_that_is_neither_debit_nor_credit(_: Path) -> None:
    import_spoilt(f"<DebitAmount>\n{' ' * 12}<Amount>1250.00</Amount>\n{' ' * 10}</DebitAmount>", "")


@provokes("formats.saft.totals")
def an_amount_that_somebody_changed(_: Path) -> None:
    import_spoilt("<Amount>1250.00</Amount>", "<Amount>9250.00</Amount>")
