"""Posting: a draft gets its voucher number, and everything that follows from its lines.

Each line on a customer becomes an entry, and a line that settles an open item is put on it in full. What is posted on
a claim at the collector becomes a transaction of its stream, a transfer voucher turns its proposal's lines into
offers, and the collector is told what became of its own vouchers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import number_bookings
from kravbro.books.commands.events import Happening, append_voucher_events
from kravbro.books.commands.offers import offer_proposals
from kravbro.books.meanings import Meaning, VoucherState
from kravbro.books.seals import FIRST, posted_seal
from kravbro.books.sql import booked_on, numbered_from
from kravbro.books.tables import booking, counter, entry, number_series, voucher, voucher_line, voucher_type
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.transitions import LEDGER_VOUCHER
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import portions
from kravbro.db.columns import written
from kravbro.db.counters import take


class ToPost(msgspec.Struct, frozen=True, gc=False):
    """A draft that is about to be posted."""

    id: int
    series: str
    first_number: int
    meaning: str
    collector_key: str | None
    seal: str


def post_vouchers(connection: sa.Connection, ids: Sequence[int], act: Act) -> int:
    """Post drafts in order of their ids; answers how many were posted now. Posted already is done.

    Raises DataFault `books.unknown_voucher`, and Skip `transition.not_allowed` for one that is deleted or rejected.
    """
    happenings = post_quietly(connection, ids, act)
    append_voucher_events(connection, [event for event in happenings.values() if event.collector_key], act)
    return len(happenings)


def post_quietly(connection: sa.Connection, ids: Sequence[int], act: Act) -> dict[int, Happening]:
    """Post drafts without telling the collector; answers what would be told of each voucher that was posted now.

    For a caller that numbers these events together with others; `collector_key` is empty for vouchers of ours.
    """
    drafts = _drafts(connection, sorted(set(ids)))
    numbers = _give_numbers(connection, drafts, act)
    first_booking = 0
    for some in portions([draft.id for draft in drafts]):
        _make_entries(connection, some, act)
        first = _make_bookings(connection, some, act)
        first_booking = first_booking or first
    if first_booking:
        number_bookings(connection, [booking.c.number >= first_booking], act)
    offer_proposals(connection, [draft.id for draft in drafts if draft.meaning == Meaning.TRANSFER], act)
    return {draft.id: Happening(draft.collector_key or "", Fate.POSTED, str(numbers[draft.id])) for draft in drafts}


def _drafts(connection: sa.Connection, ids: Sequence[int]) -> list[ToPost]:
    """Those of the vouchers that are still drafts."""
    wanted = (
        sa.select(
            voucher.c.id,
            voucher.c.state,
            voucher.c.series,
            number_series.c.first_number,
            voucher_type.c.meaning,
            voucher.c.collector_key,
            voucher.c.seal,
        )
        .join(voucher_type, voucher.c.type == voucher_type.c.code)
        .join(number_series, voucher.c.series == number_series.c.code)
        .order_by(voucher.c.id)
    )
    rows = [row for some in portions(ids) for row in connection.execute(wanted.where(voucher.c.id.in_(some))).all()]
    if missing := set(ids) - {row.id for row in rows}:
        raise DataFault("books.unknown_voucher", voucher=min(missing))
    drafts = []
    for row in rows:
        if row.state != VoucherState.POSTED:
            LEDGER_VOUCHER.after(row.state, "post", f"ledger voucher {row.id}")
            drafts.append(ToPost(row.id, row.series, row.first_number, row.meaning, row.collector_key, row.seal))
    return drafts


def _give_numbers(connection: sa.Connection, drafts: Sequence[ToPost], act: Act) -> dict[int, int]:
    """Voucher number by id: each series goes on without a gap, in order of the ids."""
    numbers: dict[int, int] = {}
    for series in sorted({draft.series for draft in drafts}):
        members = [draft for draft in drafts if draft.series == series]
        first = take(connection, counter, series, len(members), scope="series") + members[0].first_number - 1
        numbers |= {draft.id: number for number, draft in enumerate(members, first)}
    if numbers:
        rows = _sealed(connection, drafts, numbers, act)
        connection.execute(sa.update(voucher).where(voucher.c.id == sa.bindparam("voucher_id")), rows)
    return numbers


def _sealed(
    connection: sa.Connection, drafts: Sequence[ToPost], numbers: dict[int, int], act: Act
) -> list[dict[str, Any]]:
    """What posting writes on each voucher; its seal goes on from that of the voucher posted before it."""
    first = take(connection, counter, "posted", len(drafts))
    earlier = sa.select(voucher.c.seal).where(voucher.c.posted_sequence == first - 1)
    seal = connection.execute(earlier).scalar() or FIRST
    posted = {"state": VoucherState.POSTED.value, "posted_on": act.on}
    rows = []
    for sequence, draft in enumerate(drafts, first):
        number = numbers[draft.id]
        seal = posted_seal(seal, sequence, number, act.on, draft.seal)
        rows.append({"voucher_id": draft.id, "number": number, "posted_sequence": sequence, "seal": seal, **posted})
    return rows


def _make_entries(connection: sa.Connection, ids: Sequence[int], act: Act) -> None:
    """An entry for each line on a customer, in order of voucher and line."""
    here = sa.and_(voucher_line.c.voucher.in_(ids), voucher_line.c.customer.is_not(None))
    count = connection.execute(sa.select(sa.func.count()).select_from(voucher_line).where(here)).scalar_one()
    if not count:
        return
    line = voucher_line.c
    values = {
        "number": numbered_from(take(connection, counter, "entry", count), line.voucher, line.line_no),
        "voucher": line.voucher,
        "line_no": line.line_no,
        "customer": line.customer,
        "sub_ledger_type": line.sub_ledger_type,
        "meaning": voucher_type.c.meaning,
        "amount_ore": line.amount_ore,
        "currency": line.currency,
        "posted_on": voucher.c.posted_on,
        "invoice_no": line.invoice_no,
        "kid": line.kid,
        "invoice_date": voucher.c.dated,
        "due_date": line.due_date,
        "interest_before_due_ore": line.interest_before_due_ore,
        "exempt_from_dunning": sa.false(),
        "exempt_from_collection": sa.false(),
        "letters": sa.literal(0, sa.Integer),
        **_stamp(act),
    }
    rows = (
        sa.select(*values.values())
        .select_from(voucher_line)
        .join(voucher, line.voucher == voucher.c.id)
        .join(voucher_type, voucher.c.type == voucher_type.c.code)
        .where(here)
    )
    connection.execute(sa.insert(entry).from_select(list(values), rows, include_defaults=False))


def _make_bookings(connection: sa.Connection, ids: Sequence[int], act: Act) -> int:
    """A booking for each line that settles an open item; answers the first one's number, 0 if there is none."""
    line, item = voucher_line.c, entry.alias("item")
    here = sa.and_(line.voucher.in_(ids), line.settles.is_not(None))
    count = connection.execute(sa.select(sa.func.count()).select_from(voucher_line).where(here)).scalar_one()
    if not count:
        return 0
    first = take(connection, counter, "booking", count)
    so_far = sa.func.sum(line.amount_ore).over(partition_by=line.settles, order_by=entry.c.number, rows=(None, 0))
    values = {
        "number": numbered_from(first, entry.c.number),
        "entry": entry.c.number,
        "open_item": line.settles,
        "amount_ore": line.amount_ore,
        "remaining_ore": item.c.amount_ore + booked_on(line.settles) + so_far,
        "by_collector": sa.case((voucher.c.collector_key.is_not(None), sa.true()), else_=sa.false()),
        "booked_on": voucher.c.posted_on,
        **_stamp(act),
    }
    rows = (
        sa.select(*values.values())
        .select_from(voucher_line)
        .join(voucher, line.voucher == voucher.c.id)
        .join(entry, sa.and_(entry.c.voucher == line.voucher, entry.c.line_no == line.line_no))
        .join(item, item.c.number == line.settles)
        .where(here)
    )
    connection.execute(sa.insert(booking).from_select(list(values), rows, include_defaults=False))
    return first


def _stamp(act: Act) -> dict[str, sa.ColumnElement[object]]:
    """The columns that every written row has, as constants of a SELECT."""
    return {name: sa.literal(value, entry.c[name].type) for name, value in written(act).items()}
