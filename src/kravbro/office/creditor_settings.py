"""Settings of a creditor that may change: its orders of allocation, and its intermediate account. With a history.

An order counts for money that is placed from then on; what was placed keeps its place, and the reasons for it.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Money, Order
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.agreements import Changed
from kravbro.office.creditors import load_creditor
from kravbro.office.ledgerless.tables import creditor_ledgerless
from kravbro.office.posting import remake_draft
from kravbro.office.setup_history import changed, creditor_subject, reason_given
from kravbro.office.setup_values import INTERMEDIATE, allocation_item

LONGEST_ACCOUNT = 10
COSTS = "costs_account"
"""The item of the account that costs stand on from when they are registered until they are paid."""
LEDGERLESS = "ledgerless_account"
"""The item of the account that what is paid of the principal of claims without a ledger goes to."""


def set_allocation(  # noqa: PLR0917 - whose, which, the order, and who says so why
    connection: sa.Connection, creditor: int, money: Money, order: Order, because: str, act: Act
) -> Changed:
    """Say in which order a creditor covers money from one source from now on.

    Raises Stop `office.no_such_creditor`, DataFault `office.setup_reason_missing`, Skip `office.setup_unchanged`.
    """
    settings = load_creditor(connection, creditor)
    subject = creditor_subject(creditor)
    because = reason_given(because, subject)
    item = allocation_item(money.value)
    if money is Money.VOLUNTARY:
        before = settings.allocation_order.value
        statement = sa.update(t.creditor).where(t.creditor.c.number == creditor).values(allocation_order=order.value)
    else:
        own = t.creditor_allocation.c
        here = (own.creditor == creditor, own.money == money.value)
        before = connection.execute(sa.select(own.order).where(*here)).scalar() or ""
        update = sa.update(t.creditor_allocation).where(*here).values(order=order.value)
        insert = sa.insert(t.creditor_allocation).values(creditor=creditor, money=money.value, order=order.value)
        statement = update if before else insert  # type: ignore[assignment] # both take values
    items = changed(connection, subject, {item: before}, {item: order.value}, act, because)
    connection.execute(statement.values(**written(act)))
    return Changed(tuple(items))


def set_intermediate_account(connection: sa.Connection, creditor: int, account: str, because: str, act: Act) -> Changed:
    """Say which G/L account stands between a creditor's books and those of others. A draft is made anew with it.

    Raises Stop `office.no_such_creditor`, DataFault `office.intermediate_account` (empty or too long: money may be on
    its way through it), `office.house_without_books` and `office.setup_reason_missing`, Skip `office.setup_unchanged`.
    """
    settings = load_creditor(connection, creditor)
    subject = creditor_subject(creditor)
    because = reason_given(because, subject)
    account = account.strip()
    if not settings.keeps_ledger:
        raise DataFault("office.house_without_books", account=account, creditor=creditor)
    if not 0 < len(account) <= LONGEST_ACCOUNT:
        raise DataFault("office.intermediate_account", creditor=creditor, longest=LONGEST_ACCOUNT)
    before = {INTERMEDIATE: settings.intermediate_account}
    items = changed(connection, subject, before, {INTERMEDIATE: account}, act, because)
    here = t.creditor.c.number == creditor
    connection.execute(sa.update(t.creditor).where(here).values(intermediate_account=account, **written(act)))
    draft = remake_draft(connection, creditor, act)
    return Changed(tuple(items), () if draft is None else ((creditor, draft),))


def set_costs_account(connection: sa.Connection, creditor: int, account: str, because: str, act: Act) -> Changed:
    """Say which account costs stand on from when they are registered until they are paid; empty: they are booked when
    they are paid. It counts for claims on which no cost stands yet.

    Raises Stop `office.no_such_creditor`, DataFault `office.costs_account` (too long), `office.house_without_books` and
    `office.setup_reason_missing`, Skip `office.setup_unchanged`.
    """
    if len(account.strip()) > LONGEST_ACCOUNT:
        raise DataFault("office.costs_account", creditor=creditor, longest=LONGEST_ACCOUNT)
    return _set_account(connection, creditor, creditor_costs, COSTS, account, because, act)


def set_ledgerless_account(connection: sa.Connection, creditor: int, account: str, because: str, act: Act) -> Changed:
    """Say which account what is paid of the principal of claims without a ledger goes to; empty: none is registered.

    It counts for claims that are registered from then on: one that is here keeps its account.

    Raises Stop `office.no_such_creditor`, DataFault `office.ledgerless_account` (too long),
    `office.house_without_books` and `office.setup_reason_missing`, Skip `office.setup_unchanged`.
    """
    if len(account.strip()) > LONGEST_ACCOUNT:
        raise DataFault("office.ledgerless_account", creditor=creditor, longest=LONGEST_ACCOUNT)
    return _set_account(connection, creditor, creditor_ledgerless, LEDGERLESS, account, because, act)


def _set_account(  # noqa: PLR0917 - whose, which, the account, and who says so why
    connection: sa.Connection, creditor: int, table: sa.Table, item: str, account: str, because: str, act: Act
) -> Changed:
    settings = load_creditor(connection, creditor)
    subject = creditor_subject(creditor)
    because = reason_given(because, subject)
    account = account.strip()
    if not settings.keeps_ledger:
        raise DataFault("office.house_without_books", account=account, creditor=creditor)
    before = connection.execute(sa.select(table.c.account).where(table.c.creditor == creditor)).scalar()
    items = changed(connection, subject, {item: before or ""}, {item: account}, act, because)
    values = {"account": account, **written(act)}
    if before is None:
        connection.execute(sa.insert(table).values(creditor=creditor, **values))
    else:
        connection.execute(sa.update(table).where(table.c.creditor == creditor).values(**values))
    return Changed(tuple(items))
