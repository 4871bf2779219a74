"""Errors between Kravbro and Visma Business: a trial on SQLite, spoilt as installations are."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.ledgers.visma_business.entries import key_of
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.opening import open_databases
from kravbro.ledgers.visma_business.setup import read_setup
from kravbro.ledgers.visma_business.trial.erp import BANK
from kravbro.ledgers.visma_business.trial.schema import RENAMED
from tests.errors.gallery import provokes
from tests.ledgers.visma_business.acting import ACT, COMPANY, TODAY, Trial, setup

SETTINGS = """voucher_type = 77
first_voucher_no = 1
last_voucher_no = 9
delivery = "tables"
[meanings]
11 = "invoice"
"""


def a_trial(**changes: Any) -> tuple[Trial, int]:
    """A trial with one customer and one invoice; answers it, and the invoice."""
    trial = Trial(Path(), **changes)
    trial.customer(10_001)
    return trial, trial.invoice(10_001, 1_000_00, "501")


def spoil(statement: str) -> None:
    """Change the company's database past everything."""
    _run(Path("visma/F0001.db"), statement)


def _run(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def voucher(text: str = "Oppgjør") -> Voucher:
    """A voucher of the collector between two accounts."""
    return Voucher(1, "17", TODAY, text, (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, "3000", -5_00)))


def section(**changes: Any) -> Mapping[str, Any]:
    """A set-up as a file has it."""
    known = {name: value for name, value in msgspec.to_builtins(setup()).items() if name != "without"}
    return known | changes


@provokes("visma_business.bad_address")
def an_address_with_a_password_that_is_no_url(_: Path) -> None:
    open_databases("mssql+pymssql://kravbro:hem@mel:ig@erp.example.no:port", SETTINGS, {})


@provokes("visma_business.password_in_address")
def the_password_stands_in_the_address(_: Path) -> None:
    open_databases("mssql+pymssql://kravbro:hemmelig@erp.example.no", SETTINGS, {})


@provokes("visma_business.unknown_name")
def a_name_for_a_column_that_nobody_uses(_: Path) -> None:
    a_trial(names={"entries.purringer": "NoRem"})[0].source()


@provokes("visma_business.setup")
def a_series_that_ends_before_it_begins(_: Path) -> None:
    read_setup(section(last_voucher_no=1))


@provokes("visma_business.no_database")
def a_folder_without_a_system_database(_: Path) -> None:
    trial, _invoice = a_trial()
    Path("visma/vbsys.db").unlink()
    trial.source().companies()


@provokes("visma_business.entry_number")
def an_entry_number_of_ten_digits(_: Path) -> None:
    key_of(17, 1_000_000_000)


@provokes("visma_business.missing")
def open_items_under_another_name(_: Path) -> None:
    trial, _invoice = a_trial(generation=RENAMED, names={})
    trial.source().proposals(COMPANY)


@provokes("visma_business.not_installed")
def a_company_of_ours_without_our_tables(_: Path) -> None:
    trial, _invoice = a_trial()
    _run(Path("visma/F7777.db"), 'DELETE FROM "kravbro_installation"')
    trial.source().installation()


@provokes("visma_business.older_tables")
def a_table_that_came_with_a_later_version(_: Path) -> None:
    trial, _invoice = a_trial()
    for statement in ("DROP VIEW kravbro_not_eligible", "DROP TABLE kravbro_waiting"):
        _run(Path("visma/F7777.db"), statement)
    trial.source().installation()


@provokes("visma_business.not_taken")
def a_batch_table_with_a_column_that_must_be_filled(_: Path) -> None:
    trial, _invoice = a_trial()
    spoil('ALTER TABLE "WaBnd" ADD COLUMN "Prosess" INTEGER CHECK ("Prosess" > 0) NOT NULL DEFAULT 0')
    trial.source().deliver(COMPANY, [voucher()])


@provokes("visma_business.our_tables")
def a_table_of_somebody_else_under_our_name(_: Path) -> None:
    trial, _invoice = a_trial()
    for statement in ("DROP TABLE kravbro_voucher_seen", "CREATE TABLE kravbro_voucher_seen (company TEXT)"):
        _run(Path("visma/F7777.db"), statement)
    install(trial.databases, trial.setup, "x", ACT)


@provokes("visma_business.changed_voucher")
def a_voucher_with_another_text_the_second_time(_: Path) -> None:
    trial, _invoice = a_trial()
    trial.source().deliver(COMPANY, [voucher()])
    trial.source().deliver(COMPANY, [voucher("Et annet")])


@provokes("visma_business.series_used_up")
def a_series_of_one_number(_: Path) -> None:
    trial, _invoice = a_trial(first_voucher_no=900_001, last_voucher_no=900_001)
    one = voucher()
    other = msgspec.structs.replace(one, key="18", dated=date(2026, 11, 19))
    trial.source(ACT).deliver(COMPANY, [one, other])


@provokes("visma_business.import_folder")
def a_folder_for_import_files_that_is_not_there(_: Path) -> None:
    trial, _invoice = a_trial(delivery="file", import_folder="importfiler")
    trial.source().deliver(COMPANY, [voucher()])
