"""Customers and set-up that are gone, although other rows name them."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.audit.faults import MISSING, Faults
from kravbro.books.tables import (
    account,
    customer,
    dunning_code,
    entry,
    number_series,
    proposal,
    sub_ledger_type,
    voucher,
    voucher_line,
    voucher_type,
)


class _Named(msgspec.Struct, frozen=True):
    """A column that names a row of another table, in a row whose number and kind say whether it was altered itself."""

    column: sa.Column[int] | sa.Column[str]
    target: sa.Column[int] | sa.Column[str]
    name: str
    rows: str
    number: sa.Column[int]


_NAMED = (
    _Named(entry.c.customer, customer.c.number, "customer", "entry", entry.c.number),
    _Named(voucher_line.c.customer, customer.c.number, "customer", "voucher", voucher_line.c.voucher),
    _Named(voucher.c.type, voucher_type.c.code, "voucher type", "voucher", voucher.c.id),
    _Named(voucher.c.series, number_series.c.code, "number series", "voucher", voucher.c.id),
    _Named(voucher_line.c.account, account.c.number, "account", "voucher", voucher_line.c.voucher),
    _Named(entry.c.sub_ledger_type, sub_ledger_type.c.code, "sub-ledger type", "entry", entry.c.number),
    _Named(proposal.c.sub_ledger_type, sub_ledger_type.c.code, "sub-ledger type", "proposal", proposal.c.number),
    _Named(proposal.c.dunning_code, dunning_code.c.code, "dunning code", "proposal", proposal.c.number),
)


def check_setup(connection: sa.Connection, faults: Faults) -> None:
    """Every customer, account, type, series and code that a row names is there, unless that row was altered itself."""
    gone: dict[str, None] = {}
    for one in _NAMED:
        used = sa.select(one.column.label("used")).distinct().subquery("used")
        missing = sa.select(used.c.used).outerjoin(one.target.table, one.target == used.c.used)
        for value in connection.execute(missing.where(used.c.used.is_not(None), one.target.is_(None))).scalars().all():
            naming = set(connection.execute(sa.select(one.number).where(one.column == value)).scalars())
            if naming - faults.rows[one.rows]:
                faults.setup.add(str(value))
                gone[f"ledger {one.name} {value}"] = None
    for thing in gone:
        faults.add(thing, MISSING)
