"""The voucher journal: every voucher with its lines, whoever registered it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import unknown_code
from kravbro.books.tables import voucher, voucher_line
from kravbro.db.bulk import portions


class LineShown(msgspec.Struct, frozen=True):
    """A voucher's line: debit positive, in øre."""

    line_no: int
    account: str
    amount_ore: int
    customer: int | None
    settles: int | None
    invoice_no: str
    reference: str
    department: str
    project: str
    text: str


class Rejection(msgspec.Struct, frozen=True):
    """Why the ledger could not take a voucher: a code with its facts, for `texts.sentences.sentence`."""

    code: str
    facts: dict[str, object]


class VoucherShown(msgspec.Struct, frozen=True):
    """A voucher in the journal: `number` comes with posting, `rejection` is why the ledger could not take it."""

    id: int
    type: str
    series: str
    number: int | None
    dated: date
    posted_on: date | None
    state: str
    text: str
    registrar: str
    debit_ore: int
    collector_key: str | None
    rejection: Rejection | None
    lines: tuple[LineShown, ...]


def voucher_journal(
    connection: sa.Connection,
    *,
    registrar: str | None = None,
    state: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[VoucherShown]:
    """Vouchers by id, after the given one; of one registrar (WS-Inf: the collector's) or in one state if asked."""
    page = sa.select(voucher).where(voucher.c.id > after)
    if registrar is not None:
        page = page.where(voucher.c.registrar == registrar)
    if state is not None:
        page = page.where(voucher.c.state == state)
    rows = connection.execute(page.order_by(voucher.c.id).limit(limit)).all()
    lines = _lines(connection, [row.id for row in rows])
    return [
        VoucherShown(
            id=row.id,
            type=row.type,
            series=row.series,
            number=row.number,
            dated=row.dated,
            posted_on=row.posted_on,
            state=row.state,
            text=row.text,
            registrar=row.registrar,
            debit_ore=row.debit_ore,
            collector_key=row.collector_key,
            rejection=rejection_of(row.id, row.rejected_because, row.collector_key),
            lines=tuple(lines.get(row.id, ())),
        )
        for row in rows
    ]


def rejection_of(number: int, because: str | None, collector_key: str | None) -> Rejection | None:
    """Why a rejected voucher was kept without lines; None for any other. Raises DataFault `books.unknown_code`."""
    if because is None:
        return None
    try:
        code, facts = msgspec.json.decode(because, type=tuple[str, dict[str, object]])
    except (msgspec.DecodeError, TypeError, ValueError):
        raise unknown_code("voucher", number, because) from None
    return Rejection(code, {"voucher": collector_key, **facts})


def _lines(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[LineShown]]:
    found: dict[int, list[LineShown]] = {}
    columns = [voucher_line.c[name] for name in LineShown.__struct_fields__]
    for some in portions(ids):
        here = sa.select(voucher_line.c.voucher, *columns).where(voucher_line.c.voucher.in_(some))
        for number, *values in connection.execute(here.order_by(voucher_line.c.voucher, voucher_line.c.line_no)):
            found.setdefault(number, []).append(LineShown(*values))
    return found
