"""A company's set-up: its vouchers, sub-ledgers and dunning, and how the collector's vouchers are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.meanings import Meaning
from kravbro.books.setup_history import KEPT_IN, record_new
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written


class Account(msgspec.Struct, frozen=True):
    """An account of the general ledger."""

    number: str
    name: str


class SubLedgerType(msgspec.Struct, frozen=True):
    """A kind of receivables, with the account that they stand on together."""

    code: str
    name: str
    receivable_account: str


class NumberSeries(msgspec.Struct, frozen=True):
    """Voucher numbers from `first_number` on, without gaps."""

    code: str
    name: str
    first_number: int


class VoucherType(msgspec.Struct, frozen=True):
    """A type of voucher, what it means, and the series that numbers it."""

    code: str
    name: str
    meaning: Meaning
    series: str


class DunningCode(msgspec.Struct, frozen=True):
    """A dunning code; `to_collector` says that it transfers (PWS or EWS) instead of sending a letter."""

    code: str
    name: str
    to_collector: bool


class DunningRoutine(msgspec.Struct, frozen=True):
    """How many days after the due date a dunning code applies to a kind of receivables."""

    sub_ledger_type: str
    dunning_code: str
    days_after_due: int


class CollectorSetup(msgspec.Struct, frozen=True):
    """The registrar and the voucher type of the collector's vouchers, and whether they are posted at once."""

    collector_registrar: str
    collector_voucher_type: str
    post_collector_vouchers: bool


class SetupRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a company's set-up; none of a kind is none to write."""

    accounts: tuple[Account, ...] = ()
    sub_ledger_types: tuple[SubLedgerType, ...] = ()
    number_series: tuple[NumberSeries, ...] = ()
    voucher_types: tuple[VoucherType, ...] = ()
    dunning_codes: tuple[DunningCode, ...] = ()
    dunning_routines: tuple[DunningRoutine, ...] = ()


class CompanySetup(SetupRows, frozen=True, kw_only=True):
    """Everything that a company needs before its first voucher."""

    collector: CollectorSetup


def set_up_company(connection: sa.Connection, setup: CompanySetup, act: Act) -> None:
    """Write the set-up rows that are missing.

    Raises DataFault `books.setup_differs` naming the row when one is there with other content, and
    `books.not_a_collector_type` when the collector's voucher type does not mean the collector's payments.
    """
    _refuse_wrong_collector_type(setup)
    add_setup(connection, setup, act)
    _insert_missing(connection, tables.setup, (setup.collector,), act, id=1)


def add_setup(connection: sa.Connection, rows: SetupRows, act: Act) -> None:
    """Write those of the rows that are missing. Raises DataFault `books.setup_differs` as `set_up_company` does."""
    _insert_missing(connection, tables.account, rows.accounts, act)
    _insert_missing(connection, tables.sub_ledger_type, rows.sub_ledger_types, act)
    _insert_missing(connection, tables.number_series, rows.number_series, act)
    _insert_missing(connection, tables.voucher_type, rows.voucher_types, act)
    _insert_missing(connection, tables.dunning_code, rows.dunning_codes, act)
    _insert_missing(connection, tables.dunning_routine, rows.dunning_routines, act)


def _refuse_wrong_collector_type(setup: CompanySetup) -> None:
    meanings = {voucher_type.code: voucher_type.meaning for voucher_type in setup.voucher_types}
    code = setup.collector.collector_voucher_type
    if meanings.get(code) is not Meaning.COLLECTOR_PAYMENT:
        raise DataFault("books.not_a_collector_type", type=code)


def _insert_missing(
    connection: sa.Connection, table: sa.Table, rows: Sequence[msgspec.Struct], act: Act, **fixed: Any
) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    wanted = [{**fixed, **msgspec.structs.asdict(row)} for row in rows]
    known = {
        tuple(row[key] for key in keys): {name: row[name] for name in wanted[0]}
        for row in connection.execute(sa.select(table)).mappings()
    }
    missing = []
    for row in wanted:
        key = tuple(row[name] for name in keys)
        if key not in known:
            missing.append({**row, **written(act)})
        elif known[key] != row:
            raise DataFault("books.setup_differs", table=table.name, row="/".join(map(str, key)))
    if missing:
        connection.execute(sa.insert(table), missing)
        record_new(connection, KEPT_IN[table.name], missing, act)
