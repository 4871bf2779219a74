"""The whole of a company's books in plain values and one order, so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.sql import booked_from, booked_on
from kravbro.core.identifiers import identity_number
from kravbro.core.parties import MARK, Protection

LEFT_OUT = {
    "written_at": "when a row was written is only ever shown; no result depends on it",
    "request_id": "it names the click that asked, not what was asked for",
    "seal": "it covers request_id too; the audit recomputes it",
}
"""Columns that two equal books may differ in, each with the reason."""

_ADDRESS = ("address", "postcode", "place", "country")
_NUMBERS = ("identity_number", "organisation_number")
_TABLES = (
    tables.setup,
    tables.account,
    tables.sub_ledger_type,
    tables.number_series,
    tables.voucher_type,
    tables.dunning_code,
    tables.dunning_routine,
    tables.setup_change,
    tables.customer,
    tables.customer_protection,
    tables.customer_relation,
    tables.voucher,
    tables.voucher_line,
    tables.entry,
    tables.booking,
    tables.letter,
    tables.proposal,
    tables.proposal_line,
    tables.offer,
    tables.offer_receipt,
    tables.offer_return,
    tables.waiting_offer,
    tables.withdrawal,
    tables.interest_flag,
    tables.claim_transaction,
    tables.claim_status,
    tables.voucher_event,
    tables.transferred_item,
    conversion,
    opening_booking,
    tables.ledger_import,
    tables.imported_customer,
    tables.imported_line,
    tables.counter,
    tables.burnt_number,
)


def dump(
    connection: sa.Connection, hidden_customers: Collection[int] = (), hidden_numbers: Collection[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Every table by name, its rows by key, and `open_items` with what remains of each (øre).

    Identity numbers are masked. A mark stands for the address of every customer that is protected here, or that is
    protected elsewhere: by customer number, or by identity or organisation number.
    """
    whole = {table.name: _rows(connection, table) for table in _TABLES}
    for row in whole[tables.imported_customer.name]:
        if identity_number.is_valid(row["source_id"]):
            row["source_id"] = identity_number.masked(row["source_id"])
    whole["customer"] = _masked(whole["customer"], set(hidden_customers), set(hidden_numbers))
    whole["open_items"] = _open_items(connection)
    return whole


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in LEFT_OUT]
    rows = connection.execute(sa.select(*columns).order_by(*table.primary_key)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _masked(
    customers: list[dict[str, Any]], hidden_customers: set[int], hidden_numbers: set[str]
) -> list[dict[str, Any]]:
    """Customers as anybody may read them. A protection covers every customer with the same number."""
    protected = [row for row in customers if row["protection"] != Protection.NONE]
    numbers = hidden_numbers | {row[name] for row in protected for name in _NUMBERS} - {""}
    shown = []
    for row in customers:
        hides = row["protection"] != Protection.NONE or row["number"] in hidden_customers
        hides = hides or any(row[name] in numbers for name in _NUMBERS)
        marks = {name: MARK for name in _ADDRESS if row[name]} if hides else {}
        shown.append(row | marks | {"identity_number": identity_number.masked(row["identity_number"])})
    return shown


def _open_items(connection: sa.Connection) -> list[dict[str, Any]]:
    entry = tables.entry.c
    remaining = entry.amount_ore + booked_on(entry.number) - booked_from(entry.number)
    rows = connection.execute(
        sa.select(
            entry.number.label("entry"),
            entry.customer,
            entry.invoice_no,
            entry.amount_ore,
            remaining.label("remaining_ore"),
        )
        .where(remaining != 0, entry.amount_ore > 0)
        .order_by(entry.number)
    ).mappings()
    return [dict(row) for row in rows]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
