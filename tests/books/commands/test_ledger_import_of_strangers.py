"""What other programs write in a ledger's file that the format allows, and nobody may lose money by."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kravbro.books.importing.source import Why
from kravbro.bootstrap.ledger_file import read_ledger_file
from kravbro.core.errors import DataFault
from tests.books.importing_files import Books
from tests.formats.saft_files import (
    BANK,
    CHART,
    RECEIVABLES,
    SALES,
    Customer,
    Ledger,
    Line,
    Voucher,
    invoice,
    payment,
    render,
)

DAY, DUE, PAID = date(2026, 3, 2), date(2026, 3, 23), date(2026, 4, 1)
ADA = Customer("10001", "Ada Aasen")
OTHER_RECEIVABLES, PREPAID = "1510", "2900"


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def on(account: str, voucher: Voucher) -> Voucher:
    """The voucher, with another account in place of the receivables."""
    lines = tuple(replace(line, account=account) if line.account == RECEIVABLES else line for line in voucher.lines)
    return replace(voucher, lines=lines)


def test_an_invoice_on_receivables_that_no_balance_names_is_in_the_books(books: Books) -> None:
    ada = replace(ADA, closing_ore=99_00)
    ledger = Ledger((ada,), (
        on(OTHER_RECEIVABLES, invoice("501", "10001", 1_250_00, DAY, DUE)),
        on(OTHER_RECEIVABLES, payment("P1", "10001", 400_00, PAID, reference="501")),
        invoice("502", "10001", 99_00, DAY, DUE),
    ), chart=CHART | {OTHER_RECEIVABLES: ("Andre fordringer", "x", OTHER_RECEIVABLES)})  # fmt: skip
    done = books.take(ledger)

    assert (done.invoices, done.payments, done.unresolved) == (2, 1, ())
    assert books.remaining_ore() == {"501": 850_00, "502": 99_00}
    assert books.audit() == []


def test_a_line_on_a_customer_outside_receivables_is_listed(books: Books) -> None:
    prepaid = Voucher("P1", PAID, (Line(BANK, 400_00), Line(PREPAID, -400_00, "10001")))
    ada = replace(ADA, closing_ore=1_250_00)
    done = books.take(Ledger((ada,), (invoice("501", "10001", 1_250_00, DAY, DUE), prepaid)))

    assert [(one.code, one.record, one.amount_ore, one.detail, one.booked) for one in done.unresolved] == [
        (Why.NOT_RECEIVABLE, "S 2026 P1/2", -400_00, PREPAID, False)
    ]


def test_a_customer_on_every_line_of_its_invoice_is_nothing_to_tell_of(books: Books) -> None:
    lines = (
        Line(RECEIVABLES, 1_250_00, "10001", "501", due=DUE),
        Line(SALES, -1_000_00, "10001"),
        Line(PREPAID, -250_00, "10001"),
    )
    ada = replace(ADA, closing_ore=1_250_00)
    assert books.take(Ledger((ada,), (Voucher("F501", DAY, lines),))).unresolved == ()


def test_a_payment_with_the_kid_of_its_invoice_finds_it_even_if_the_check_digit_is_wrong(books: Books) -> None:
    ledger = Ledger((ADA,), (
        invoice("501", "10001", 1_250_00, DAY, DUE, "005011"),
        invoice("502", "10001", 99_00, DAY, DUE),
        payment("P1", "10001", 400_00, PAID, kid="005011"),
    ))  # fmt: skip
    done = books.take(ledger)

    assert books.remaining_ore() == {"501": 850_00, "502": 99_00}
    assert (done.derived, [one.code for one in done.unresolved]) == ((), [Why.NO_KID])
    assert books.ask("SELECT kid FROM entry WHERE invoice_no='501'") == [("",)]


def test_a_kid_of_zeros_is_none(books: Books) -> None:
    ledger = Ledger((ADA,), (
        invoice("502", "10001", 99_00, date(2026, 3, 1), DUE),
        invoice("501", "10001", 1_250_00, DAY, date(2026, 4, 23), "0000000"),
        payment("P1", "10001", 99_00, PAID, kid="0000000"),
    ))  # fmt: skip
    books.take(ledger)

    assert books.remaining_ore() == {"501": 1_250_00, "502": 0}
    assert books.ask("SELECT kid FROM entry WHERE invoice_no='501'") == [("",)], "no payment is ever its by such a KID"


def test_a_file_of_more_ore_than_can_be_added_up_is_refused() -> None:
    most = 9_999_999_999_999_999_99
    customers = tuple(Customer(str(number), closing_ore=0) for number in range(10_001, 10_011))
    owing = tuple(invoice(one.id, one.id, most, DAY, DUE) for one in customers)
    rich = tuple(replace(one, opening_ore=most) for one in customers)
    for ledger in (Ledger(customers, owing), Ledger(rich, ())):
        without_totals = re.sub(rb"<Total.*>", b"", render(ledger))
        with pytest.raises(DataFault, match=r"books\.import\.too_much"):
            read_ledger_file(without_totals, "file.xml")
