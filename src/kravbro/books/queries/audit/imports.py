"""What was imported of another ledger's files: against its seals, and its lines against the vouchers made of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, Faults
from kravbro.books.seals import IMPORTED_CUSTOMER, IMPORTED_LINE, LEDGER_IMPORT, row_seal
from kravbro.books.sql import total
from kravbro.books.tables import imported_customer, imported_line, ledger_import, voucher_line
from kravbro.db.columns import with_plain_day

_SEALED: tuple[tuple[sa.Table, str, Sequence[str]], ...] = (
    (ledger_import, "ledger_import", LEDGER_IMPORT),
    (imported_customer, "imported_customer", IMPORTED_CUSTOMER),
    (imported_line, "imported_line", IMPORTED_LINE),
)


def check_imports(connection: sa.Connection, faults: Faults) -> None:
    """Every import says what it said when it was made, and each of its lines is in the books with its amount."""
    for table, name, sealed in _SEALED:
        _check_seals(connection, table, name, sealed, faults)
    _check_amounts(connection, faults)


def _check_seals(connection: sa.Connection, table: sa.Table, name: str, sealed: Sequence[str], faults: Faults) -> None:
    columns = sa.select(table.c.seal, *(with_plain_day(table.c[column]) for column in sealed)).order_by(table.c.number)
    for seal, number, *rest in connection.execute(columns, execution_options={"yield_per": 1000}):
        if number <= faults.last[name] and number not in faults.rows[name] and row_seal((number, *rest)) != seal:
            faults.rows[name].add(number)
            faults.add(f"ledger {name.replace('_', ' ')} {number}", CONTENT)


def _check_amounts(connection: sa.Connection, faults: Faults) -> None:
    """What a line put on its customer is what its voucher puts there."""
    posted = (
        sa.select(voucher_line.c.voucher, voucher_line.c.customer, total(voucher_line.c.amount_ore).label("amount_ore"))
        .where(voucher_line.c.customer.is_not(None))
        .group_by(voucher_line.c.voucher, voucher_line.c.customer)
        .subquery("posted")
    )
    of_line = sa.and_(posted.c.voucher == imported_line.c.voucher, posted.c.customer == imported_line.c.customer)
    booked_ore = sa.func.coalesce(posted.c.amount_ore, 0)
    off = (
        sa.select(
            imported_line.c.number, imported_line.c.voucher, imported_line.c.amount_ore, booked_ore.label("booked")
        )
        .outerjoin(posted, of_line)
        .where(imported_line.c.amount_ore != booked_ore)
        .order_by(imported_line.c.number)
    )
    for row in connection.execute(off).all():
        if row.number not in faults.rows["imported_line"] and row.voucher not in faults.rows["voucher"]:
            faults.rows["imported_line"].add(row.number)
            faults.add(f"ledger imported line {row.number}", AMOUNT, row.booked, row.amount_ore)
