"""Set up the office: each command inserts what is missing, and refuses to change what is there.

Set-up decides how money was booked in the past, so a row that differs is a fault and never overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Money, Order
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.office import agreements
from kravbro.office import tables as t
from kravbro.office.creditors import (
    Agreement,
    Creditor,
    KidStructure,
    load_creditor,
    refuse_creditor,
)
from kravbro.office.setup_history import creditor_subject, record, workflow_subject
from kravbro.office.setup_values import allocation_item, creditor_values, sub_ledger_values, workflow_values


def open_office(connection: sa.Connection, installation_id: str, act: Act) -> None:
    """Give the office its installation id, once. Raises DataFault `office.setup_differs` if it has another."""
    own = connection.execute(sa.select(t.installation.c.id)).scalar()
    if own is None:
        connection.execute(sa.insert(t.installation).values(id=installation_id, **written(act)))
    elif own != installation_id:
        raise DataFault("office.setup_differs", thing="office", column="id", stored=own, given=installation_id)


def add_workflow(connection: sa.Connection, code: str, name: str, *, starts_after_notice: bool, act: Act) -> bool:
    """Add a workflow; answers whether it is new. One that starts after the notice takes only claims that had it."""
    values = {"name": name, "starts_after_notice": starts_after_notice}
    new = _add(connection, t.workflow, {"code": code}, values, act)
    if new:
        record(connection, workflow_subject(code), {}, workflow_values(name, starts_after_notice), act)
    return new


def add_creditor(connection: sa.Connection, creditor: Creditor, act: Act) -> bool:
    """Add a creditor; answers whether it is new. Raises DataFault `office.creditor_number`, `.account_missing`."""
    refuse_creditor(creditor)
    values: dict[str, Any] = msgspec.to_builtins(creditor)
    new = _add(connection, t.creditor, {"number": values.pop("number")}, values, act)
    if new:
        record(connection, creditor_subject(creditor.number), {}, creditor_values(creditor), act)
    return new


def add_sub_ledger(  # noqa: PLR0917 - whose, which, and the two things said of it
    connection: sa.Connection, creditor: int, sub_ledger_type: str, receivable_account: str, workflow: str, act: Act
) -> bool:
    """Say what account a creditor's sub-ledger type is booked on, and which workflow its claims enter."""
    key = {"creditor": creditor, "sub_ledger_type": sub_ledger_type}
    values = {"receivable_account": receivable_account, "workflow": workflow}
    new = _add(connection, t.creditor_sub_ledger, key, values, act)
    if new:
        items = sub_ledger_values(sub_ledger_type, receivable_account, workflow)
        record(connection, creditor_subject(creditor), {}, items, act)
    return new


def add_allocation(connection: sa.Connection, creditor: int, money: Money, order: Order, act: Act) -> bool:
    """Say in which order a creditor covers money from one source; answers whether it is new.

    The order for voluntary money is the creditor's own `allocation_order`: here it can be confirmed, not changed. An
    order for wage deduction counts for money received before the law gave one. Raises Stop `office.no_such_creditor`,
    DataFault `office.setup_differs`.
    """
    voluntary = load_creditor(connection, creditor).allocation_order
    if money is Money.VOLUNTARY:
        if order is not voluntary:
            facts = {"column": "allocation_order", "stored": voluntary.value, "given": order.value}
            raise DataFault("office.setup_differs", thing=f"creditor {creditor}", **facts)
        return False
    key = {"creditor": creditor, "money": money.value}
    new = _add(connection, t.creditor_allocation, key, {"order": order.value}, act)
    if new:
        record(connection, creditor_subject(creditor), {}, {allocation_item(money.value): order.value}, act)
    return new


def add_agreement(  # noqa: PLR0917 - what the simplest agreement is
    connection: sa.Connection,
    account_number: str,
    creditor: int,
    name: str,
    structures: Sequence[KidStructure],
    act: Act,
) -> bool:
    """Add a payment agreement that stands in the books of one creditor and serves that one alone; answers whether it is
    new. Raises as `agreements.add` does.
    """
    agreement = Agreement(account_number, creditor, name, tuple(structures), (creditor,))
    return agreements.add(connection, agreement, act)


def _add(connection: sa.Connection, table: sa.Table, key: dict[str, Any], values: dict[str, Any], act: Act) -> bool:
    here = sa.and_(*(table.c[name] == value for name, value in key.items()))
    stored = connection.execute(sa.select(table).where(here)).mappings().first()
    if stored is None:
        connection.execute(sa.insert(table).values(**key, **values, **written(act)))
        return True
    for name, value in values.items():
        if stored[name] != value:
            thing = " ".join([table.name.replace("_", " "), *map(str, key.values())])
            raise DataFault("office.setup_differs", thing=thing, column=name, stored=stored[name], given=value)
    return False
