"""How customers' addresses are protected, and who stands beside them: every row against its seal."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import CONTENT, Faults
from kravbro.books.seals import PROTECTION, RELATION, row_seal
from kravbro.books.tables import customer, customer_protection, customer_relation
from kravbro.core.parties import Protection
from kravbro.db.columns import with_plain_day


def check_customers(connection: sa.Connection, faults: Faults) -> None:
    """Every row says what it said when it was written, and each customer is protected as the last row says."""
    for table, columns in ((customer_protection, PROTECTION), (customer_relation, RELATION)):
        sealed = sa.select(table.c.seal, *(with_plain_day(table.c[name]) for name in columns)).order_by(table.c.number)
        for seal, number, *rest in connection.execute(sealed, execution_options={"yield_per": 1000}):
            if row_seal((number, *rest)) != seal and number not in faults.rows[table.name]:
                faults.rows[table.name].add(number)
                faults.add(f"ledger {table.name.replace('_', ' ')} {number}", CONTENT)
    if faults.rows["customer_protection"]:
        return
    for number in connection.execute(_otherwise_protected()).scalars().all():
        if number not in faults.rows["customer"]:
            faults.rows["customer"].add(number)
            faults.add(f"ledger customer {number}", CONTENT)


def _otherwise_protected() -> sa.Select[int]:
    row, later = customer_protection.c, customer_protection.alias("later")
    last = ~sa.exists().where(later.c.customer == row.customer, later.c.number > row.number)
    return (
        sa.select(customer.c.number)
        .select_from(customer)
        .outerjoin(customer_protection, sa.and_(row.customer == customer.c.number, last))
        .where(customer.c.protection != sa.func.coalesce(row.level, Protection.NONE.value))
        .order_by(customer.c.number)
    )
