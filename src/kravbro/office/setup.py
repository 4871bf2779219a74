"""Set up the office: each command inserts what is missing, and refuses to change what is there.

Set-up decides how money was booked in the past, so a row that differs is a fault and never overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Money, Order
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import bank_account, kid
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.creditors import Creditor, KidStructure, Names, load_creditor, refuse_creditor

SHORTEST_CASE_KID = 6
"""Creditor number (3 digits), at least two digits of serial number, and the check digit."""


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
    return _add(connection, t.workflow, {"code": code}, values, act)


def add_creditor(connection: sa.Connection, creditor: Creditor, act: Act) -> bool:
    """Add a creditor; answers whether it is new. Raises DataFault `office.creditor_number`, `.account_missing`."""
    refuse_creditor(creditor)
    values: dict[str, Any] = msgspec.to_builtins(creditor)
    return _add(connection, t.creditor, {"number": values.pop("number")}, values, act)


def add_sub_ledger(  # noqa: PLR0917 - whose, which, and the two things said of it
    connection: sa.Connection, creditor: int, sub_ledger_type: str, receivable_account: str, workflow: str, act: Act
) -> bool:
    """Say what account a creditor's sub-ledger type is booked on, and which workflow its claims enter."""
    key = {"creditor": creditor, "sub_ledger_type": sub_ledger_type}
    values = {"receivable_account": receivable_account, "workflow": workflow}
    return _add(connection, t.creditor_sub_ledger, key, values, act)


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
    return _add(connection, t.creditor_allocation, key, {"order": order.value}, act)


def add_agreement(  # noqa: PLR0917
    connection: sa.Connection,
    account_number: str,
    creditor: int,
    name: str,
    structures: Sequence[KidStructure],
    act: Act,
) -> bool:
    """Add a payment agreement with its KID structures; answers whether it is new.

    The bank tells structures apart by length alone, so lengths must differ (DataFault `office.kid_lengths`). The length
    of the structure that names cases is what case KIDs are issued with, so there is at most one, and it must have room
    for a serial number (DataFault `office.kid_structure`).
    """
    account = bank_account.validate(account_number)
    _refuse_structures(account, structures)
    new = _add(connection, t.payment_agreement, {"account_number": account}, {"creditor": creditor, "name": name}, act)
    stored = set(
        connection.execute(
            sa.select(t.kid_structure.c.length).where(t.kid_structure.c.account_number == account)
        ).scalars()
    )
    given = {structure.length for structure in structures}
    if not new and stored != given:
        raise DataFault(
            "office.setup_differs",
            thing=f"payment agreement {account}",
            column="kid lengths",
            stored=sorted(stored),
            given=sorted(given),
        )
    for one in structures:
        key = {"account_number": account, "length": one.length}
        _add(connection, t.kid_structure, key, {"method": one.method, "names": one.names.value}, act)
    return new


def close_agreement(connection: sa.Connection, account_number: str, on: date, act: Act) -> None:
    """Close a payment agreement: money settled on that day or later is taken, but not placed by itself.

    Raises DataFault `office.no_such_account` if there is no such agreement.
    """
    changed = connection.execute(
        sa.update(t.payment_agreement)
        .where(t.payment_agreement.c.account_number == account_number)
        .values(closed_on=on, **written(act))
    )
    if changed.rowcount == 0:
        raise DataFault("office.no_such_account", account=account_number)


def _refuse_structures(account: str, structures: Sequence[KidStructure]) -> None:
    lengths = [structure.length for structure in structures]
    if len(set(lengths)) != len(lengths):
        raise DataFault("office.kid_lengths", account=account, lengths=", ".join(map(str, lengths)))
    for one in structures:
        shortest = SHORTEST_CASE_KID if one.names is Names.CASE else kid.SHORTEST_READ
        if one.method not in kid.METHODS or not shortest <= one.length <= kid.LONGEST:
            raise DataFault(
                "office.kid_structure",
                account=account,
                length=one.length,
                method=one.method,
                shortest=shortest,
                longest=kid.LONGEST,
            )
    if sum(one.names is Names.CASE for one in structures) > 1:
        raise DataFault("office.two_case_kids", account=account)


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
