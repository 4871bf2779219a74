"""Errors of plain files as a ledger: a folder of a test's own, spoilt as people and programs spoil them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.ledgers.files import kept, tables
from kravbro.ledgers.files.delivery import Lookups, refuse_unknown
from kravbro.ledgers.files.opening import open_folders
from kravbro.ledgers.files.rendering import Around, rendered
from kravbro.ledgers.files.setup import Setup, VoucherFormat, read_setup
from tests.errors.gallery import provokes
from tests.formats.saft_files import Customer, Ledger, invoice, render
from tests.ledgers.files.acting import (
    BANK,
    COMPANY,
    HEAD,
    INCOME,
    TODAY,
    Trial,
    invoice_row,
    paid,
    payment_row,
    settings,
)

SECTION = {
    "companies": {"1": {"name": "Nordvik kommune"}},
    "first_voucher_no": 900_001,
    "last_voucher_no": 999_999,
    "vouchers": "csv",
}


def a_trial(**changes: str) -> Trial:
    """A folder with one customer and one invoice that were read."""
    trial = Trial(Path("files"), **changes)
    trial.snapshot(invoice_row("501", "1000"))
    trial.source().items(COMPANY, [])
    return trial


def look(trial: Trial) -> None:
    """A run that looks for what has changed."""
    trial.source().changes(COMPANY, "")


def a_saft(trial: Trial, ledger: Ledger, name: str = "saft_20261120_1.xml") -> None:
    """A SAF-T file in the folder."""
    trial.put(name, render(ledger))
    look(trial)


def voucher(text: str = "Oppgjør") -> Voucher:
    """A voucher of the collector between two accounts."""
    return Voucher(1, "17", TODAY, text, (VoucherLine(1, BANK, 5_00), VoucherLine(2, INCOME, -5_00)))


@provokes("files.setup")
def a_set_up_without_what_gbat10_needs(_: Path) -> None:
    read_setup(SECTION | {"vouchers": "gbat10"})


@provokes("files.no_folder")
def a_folder_that_is_not_there(_: Path) -> None:
    open_folders("filer", settings())


@provokes("files.not_installed")
def a_folder_whose_state_was_removed(_: Path) -> None:
    trial = a_trial()
    (trial.folders.state / "system.db").unlink()
    trial.source().installation()


@provokes("files.folder")
def an_in_that_somebody_removed(_: Path) -> None:
    trial = a_trial()
    trial.incoming("").rename("borte")
    look(trial)


@provokes("files.too_large")
def a_file_of_more_than_a_megabyte(_: Path) -> None:
    trial = a_trial(more="largest_megabytes = 1")
    trial.put("poster_2026-11-21.csv", b"\n" * 1_000_001)
    look(trial)


@provokes("files.unfinished")
def a_table_that_ends_within_a_line(_: Path) -> None:
    trial = a_trial()
    trial.put("poster_2026-11-21.csv", f"{HEAD}\n{invoice_row('501', '1000')}")
    look(trial)


@provokes("files.unknown_table")
def a_table_of_something_else(_: Path) -> None:
    trial = a_trial()
    trial.put("ansatte_2026-11-21.csv", "ansatt;avdeling\nKari;100\n")
    look(trial)


@provokes("files.no_date")
def a_table_without_a_day_in_its_name(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("501", "1000"), payment_row("1", "-5", "501"), name="poster.csv")
    look(trial)


@provokes("files.older")
def a_table_of_last_week(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("501", "1000"), payment_row("1", "-5", "501"), name="poster_2026-11-13.csv")
    look(trial)


@provokes("files.same_moment")
def a_second_table_of_the_same_moment(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("501", "1000"), payment_row("1", "-5", "501"), name="andre_2026-11-20_1.csv")
    look(trial)


@provokes("files.shrunk")
def a_table_with_none_of_the_invoices_that_were_known(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("502", "1000"))
    look(trial)


@provokes("files.other_company")
def a_table_of_another_company(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(f"{invoice_row('501', '1000')};2", head=f"{HEAD};firma")
    look(trial)


@provokes("files.currency")
def a_ledger_in_swedish_kronor(_: Path) -> None:
    ledger = Ledger((Customer("10001"),), (invoice("501", "10001", 1_000_00, TODAY, TODAY),), currency="SEK")
    a_saft(Trial(Path("files")), ledger)


@provokes("files.unknown_customer")
def a_customer_without_a_name(_: Path) -> None:
    trial = a_trial()
    nameless = invoice_row("502", "5", "10002").replace("Kunde 10002", "")
    trial.snapshot(invoice_row("501", "1000"), nameless)
    look(trial)


@provokes("files.other_format")
def a_saft_after_a_table(_: Path) -> None:
    a_saft(
        a_trial(), Ledger((Customer("10001"),), (invoice("501", "10001", 1_000_00, TODAY, TODAY),)), "s_20261121.xml"
    )


@provokes("files.divided")
def a_saft_in_three_files(_: Path) -> None:
    ledger = Ledger((Customer("10001"),), (invoice("501", "10001", 1_000_00, TODAY, TODAY),))
    a_saft(Trial(Path("files")), ledger, "SAF-T Financial_974760673_20261120120000_1_3.xml")


@provokes("files.earlier_period")
def a_saft_of_last_year(_: Path) -> None:
    trial = Trial(Path("files"))
    ledger = Ledger((Customer("10001"),), (invoice("501", "10001", 1_000_00, TODAY, TODAY),))
    a_saft(trial, ledger)
    earlier = TODAY.replace(year=2025)
    before = (invoice("401", "10001", 1_00, earlier, earlier),)
    a_saft(trial, Ledger((Customer("10001"),), before, start=earlier.replace(month=1)), "saft_20261121_1.xml")


@provokes("files.no_remaining")
def a_list_of_open_items_that_says_not_what_remains(_: Path) -> None:
    trial = Trial(Path("files"), more='lists = "open"')
    trial.snapshot(invoice_row("501", "1000"))
    look(trial)


@provokes("files.unknown_voucher")
def a_payment_with_a_number_of_our_series(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("501", "1000"), payment_row("900005", "-5", "501"))
    look(trial)


@provokes("files.entry_taken")
def an_item_whose_number_is_that_of_another(_: Path) -> None:
    trial = a_trial()
    with trial.folders.engine(COMPANY).begin() as connection:
        connection.execute(sa.update(tables.item).values(line_key="another"))
    trial.snapshot(invoice_row("501", "1000"), payment_row("1", "-5", "501"))
    look(trial)


@provokes("files.unknown_invoice")
def an_approval_of_an_invoice_that_nobody_has_told_of(_: Path) -> None:
    trial = a_trial()
    trial.approve("999")
    trial.source().proposals(COMPANY)


@provokes("files.several_invoices")
def an_approval_of_a_number_that_two_customers_have(_: Path) -> None:
    trial = a_trial()
    trial.snapshot(invoice_row("501", "1000"), invoice_row("501", "7", "10002"))
    trial.approve("501")
    trial.source().proposals(COMPANY)


@provokes("files.unknown_voucher_file")
def a_receipt_for_a_file_that_nobody_wrote(_: Path) -> None:
    trial = a_trial()
    trial.receipt("bilag_2026-11-20_000009_x.txt", "posted")
    trial.source().fates(COMPANY, [])


@provokes("files.other_fate")
def a_voucher_that_was_posted_and_then_deleted(_: Path) -> None:
    trial = a_trial()
    trial.source().deliver(COMPANY, [voucher()])
    (file,) = trial.outgoing()
    trial.receipt(file.name, "posted")
    trial.receipt(file.name, "deleted")
    trial.source().fates(COMPANY, ["17"])


@provokes("files.changed_voucher")
def a_voucher_with_another_text_the_second_time(_: Path) -> None:
    trial = a_trial()
    trial.source().deliver(COMPANY, [voucher()])
    trial.source().deliver(COMPANY, [voucher("Et annet")])


@provokes("files.series_used_up")
def a_series_of_one_number(_: Path) -> None:
    trial = a_trial()
    short = msgspec.structs.replace(trial.folders.setup, last_voucher_no=900_001)
    trial.settings = trial.settings.replace("999999", str(short.last_voucher_no))
    trial.source().deliver(COMPANY, [voucher(), msgspec.structs.replace(voucher(), key="18")])


NOBODY = Lookups({}, {})


@provokes("files.no_customer")
def a_voucher_on_a_customer_that_no_file_told_of(_: Path) -> None:
    refuse_unknown(paid("17", 1, 5_00).lines, NOBODY)


@provokes("files.no_item")
def a_voucher_on_an_invoice_that_is_another_customers(_: Path) -> None:
    trial = a_trial()
    refuse_unknown(paid("17", 1, 5_00).lines, Lookups({10_001: a_customer(trial)}, {}))


def a_customer(trial: Trial) -> kept.Customer:
    """The customer of the trial."""
    with trial.folders.engine(COMPANY).connect() as connection:
        return kept.customers(connection, ["10001"])["10001"]


def as_import_file(**changes: str) -> bytes:
    """A voucher as an import file, with one line changed."""
    setup: Setup = read_setup(SECTION | {"vouchers": VoucherFormat.VISMA_IMPORT, "visma_import": {"voucher_type": 77}})
    first, second = voucher().lines
    lines = (first, msgspec.structs.replace(second, **changes))
    return rendered(msgspec.structs.replace(voucher(), lines=lines), Around(COMPANY, 900_001, {}, {}), setup)


@provokes("files.no_account")
def an_account_that_is_no_number(_: Path) -> None:
    as_import_file(account="salg")


@provokes("files.no_unit")
def a_department_in_an_import_file(_: Path) -> None:
    as_import_file(department="100")
