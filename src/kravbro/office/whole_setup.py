"""The whole of the office's set-up as one value: read, told item by item, and as the rows that it is kept in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.allocation_orders import Order
from kravbro.db.setup_rows import Row, Rows, stored_rows
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.agreements import agreement_values
from kravbro.office.creditor_settings import COSTS, LEDGERLESS
from kravbro.office.creditors import (
    MONEY_WITH_AN_ORDER,
    ORDERS,
    Agreement,
    Creditor,
    agreements,
    creditor_numbers,
    load_creditor,
)
from kravbro.office.ledgerless.tables import creditor_ledgerless
from kravbro.office.setup_history import agreement_subject, creditor_subject, workflow_subject
from kravbro.office.setup_values import allocation_item, creditor_values, sub_ledger_values, workflow_values


class Workflow(msgspec.Struct, frozen=True):
    """A workflow; one that starts after the statutory notice takes only claims that had it."""

    code: str
    name: str
    starts_after_notice: bool


class SubLedgerSetup(msgspec.Struct, frozen=True):
    """One sub-ledger type of a creditor: its receivable account, and the workflow that its claims enter."""

    type: str
    receivable_account: str
    workflow: str


class CreditorSetup(msgspec.Struct, frozen=True):
    """A creditor with its orders for other than voluntary money, its sub-ledger types, the account that costs stand on
    from when they are registered until they are paid (empty: they are booked when they are paid), and the account that
    claims without a ledger are paid to (empty: it has none).
    """

    creditor: Creditor
    orders: dict[str, Order] = {}
    sub_ledgers: tuple[SubLedgerSetup, ...] = ()
    costs_account: str = ""
    ledgerless_account: str = ""


class OfficeSetup(msgspec.Struct, frozen=True):
    """Everything that the office is set up with, by code, number and account."""

    workflows: dict[str, Workflow] = {}
    creditors: dict[int, CreditorSetup] = {}
    agreements: dict[str, Agreement] = {}


TABLES = (t.workflow, t.creditor, t.creditor_allocation, t.creditor_sub_ledger, creditor_costs, creditor_ledgerless)
"""In the order in which rows may be added: a row names rows of the tables before its own. Removed in reverse."""


def standing_office(connection: sa.Connection) -> OfficeSetup:
    """The office's set-up as it stands. Raises DataFault `office.unknown_code`."""
    flows, costs = stored_rows(connection, t.workflow).values(), stored_rows(connection, creditor_costs)
    own = stored_rows(connection, creditor_ledgerless)
    orders, sub_ledgers = stored_rows(connection, t.creditor_allocation), stored_rows(connection, t.creditor_sub_ledger)
    creditors = {
        number: CreditorSetup(
            load_creditor(connection, number),
            {row["money"]: ORDERS[row["order"]] for row in orders.values() if row["creditor"] == number},
            tuple(
                SubLedgerSetup(row["sub_ledger_type"], row["receivable_account"], row["workflow"])
                for row in sub_ledgers.values()
                if row["creditor"] == number
            ),
            costs[number,]["account"] if (number,) in costs else "",
            own[number,]["account"] if (number,) in own else "",
        )
        for number in creditor_numbers(connection)
    }
    return OfficeSetup({row["code"]: Workflow(**row) for row in flows}, creditors, agreements(connection))


def rows_of(setup: OfficeSetup) -> dict[str, Rows]:
    """The set-up as rows, but for its agreements, which have rules of their own for being written."""
    flows = (msgspec.structs.asdict(one) for one in setup.workflows.values())
    creditors = (_plain(msgspec.structs.asdict(one.creditor)) for one in setup.creditors.values())
    orders = (
        {"creditor": number, "money": money, "order": order.value}
        for number, one in setup.creditors.items()
        for money, order in one.orders.items()
    )
    sub_ledgers = (
        {
            "creditor": number,
            "sub_ledger_type": sub.type,
            "receivable_account": sub.receivable_account,
            "workflow": sub.workflow,
        }
        for number, one in setup.creditors.items()
        for sub in one.sub_ledgers
    )
    costs = (
        {"creditor": number, "account": one.costs_account}
        for number, one in setup.creditors.items()
        if one.costs_account
    )
    own = (
        {"creditor": number, "account": one.ledgerless_account}
        for number, one in setup.creditors.items()
        if one.ledgerless_account
    )
    kinds: tuple[Iterable[Row], ...] = (flows, creditors, orders, sub_ledgers, costs, own)
    return {table.name: {_key(table, row): row for row in rows} for table, rows in zip(TABLES, kinds, strict=True)}


def _plain(row: dict[str, Any]) -> Row:
    return {name: msgspec.to_builtins(value) for name, value in row.items()}


def _key(table: sa.Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def subjects(setup: OfficeSetup) -> dict[str, dict[str, str]]:
    """What each part of the set-up says, under the name that its history has."""
    told = {
        workflow_subject(code): workflow_values(one.name, one.starts_after_notice)
        for code, one in setup.workflows.items()
    }
    for number, one in setup.creditors.items():
        values = creditor_values(one.creditor)
        values |= {
            allocation_item(money): one.orders[money].value for money in MONEY_WITH_AN_ORDER if money in one.orders
        }
        for sub in one.sub_ledgers:
            values |= sub_ledger_values(sub.type, sub.receivable_account, sub.workflow)
        if one.costs_account:
            values[COSTS] = one.costs_account
        if one.ledgerless_account:
            values[LEDGERLESS] = one.ledgerless_account
        told[creditor_subject(number)] = values
    return told | {agreement_subject(account): agreement_values(one) for account, one in setup.agreements.items()}
