"""What people said of open items: withdrawals, and whether an item bears interest. Each row against its seal."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import CONTENT, Faults
from kravbro.books.seals import INTEREST_FLAG, WITHDRAWAL, row_seal
from kravbro.books.tables import interest_flag, offer, withdrawal
from kravbro.db.columns import with_plain_day


def check_wishes(connection: sa.Connection, faults: Faults) -> None:
    """Every row says what it said when it was written, and a withdrawal is of the claim that its offer offered."""
    for table, columns in ((withdrawal, WITHDRAWAL), (interest_flag, INTEREST_FLAG)):
        sealed = sa.select(table.c.seal, *(with_plain_day(table.c[name]) for name in columns)).order_by(table.c.number)
        entry = columns.index("entry")
        for seal, *values in connection.execute(sealed).all():
            if row_seal(values) != seal and values[0] not in faults.rows[table.name]:
                faults.rows[table.name].add(values[0])
                faults.add(f"ledger {table.name.replace('_', ' ')} {values[0]}", CONTENT, entry=values[entry])
    astray = (
        sa.select(withdrawal.c.number, withdrawal.c.entry)
        .outerjoin(offer, offer.c.number == withdrawal.c.offer)
        .where(sa.or_(offer.c.number.is_(None), offer.c.entry != withdrawal.c.entry))
        .order_by(withdrawal.c.number)
    )
    for number, item in connection.execute(astray).all():
        if number not in faults.rows["withdrawal"] and not faults.rows["offer"]:
            faults.add(f"ledger withdrawal {number}", CONTENT, entry=item)
