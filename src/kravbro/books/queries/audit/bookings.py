"""Bookings: against the lines that made them, their seals where a person made them, and what they left."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.entries import of_line
from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, MISSING, UNKNOWN, Faults
from kravbro.books.seals import BOOKING, row_seal
from kravbro.books.sql import AnyRow
from kravbro.books.tables import booking, entry, voucher, voucher_line
from kravbro.db.bulk import portions
from kravbro.db.columns import with_plain_day


def check_bookings(connection: sa.Connection, faults: Faults) -> None:
    """Every booking is what its line or its maker made it, each line has its own, and each left what it says."""
    broken = _broken(connection, faults)
    _note_doubtful(connection, faults)
    _check_posted(connection, faults)
    _check_doubled(connection, faults)
    _check_by_hand(connection, {row.number: row.off_ore for row in broken}, faults)
    if not faults.rows["booking"]:
        _check_lines(connection, faults)
    _name_broken(broken, faults)


def _accuse(faults: Faults, number: int, kind: str, item: int, ore: tuple[int, int] = (0, 0)) -> None:
    """Name a booking; `ore` is what was expected and what was found."""
    faults.rows["booking"].add(number)
    faults.rows["changed_item"].add(item)
    faults.add(f"ledger booking {number}", kind, *ore, entry=item)


def _broken(connection: sa.Connection, faults: Faults) -> list[AnyRow]:
    """Bookings that did not leave what the one before them on the same open item left, with the booking."""
    item, order = booking.c.open_item, booking.c.number
    chain = (
        sa.select(
            booking.c.number,
            booking.c.open_item,
            booking.c.amount_ore,
            booking.c.remaining_ore,
            sa.func.lag(booking.c.remaining_ore).over(partition_by=item, order_by=order).label("before_ore"),
            sa.func.lag(booking.c.number).over(partition_by=item, order_by=order).label("earlier"),
        )
        .where(booking.c.number <= faults.last["booking"])
        .subquery("chain")
    )
    expected = sa.func.coalesce(chain.c.before_ore, entry.c.amount_ore) + chain.c.amount_ore
    return list(
        connection.execute(
            sa.select(chain, (chain.c.remaining_ore - expected).label("off_ore"))
            .join(entry, entry.c.number == chain.c.open_item)
            .where(chain.c.remaining_ore != expected)
            .order_by(chain.c.open_item, chain.c.number)
        ).all()
    )


def _note_doubtful(connection: sa.Connection, faults: Faults) -> None:
    """Bookings of vouchers that were named already: what is wrong with them is wrong with those."""
    of_voucher = sa.select(booking.c.number).join(entry, entry.c.number == booking.c.entry)
    for some in portions(sorted(faults.rows["voucher"])):
        faults.rows["doubtful_booking"].update(
            connection.execute(of_voucher.where(entry.c.voucher.in_(some))).scalars()
        )


def _check_posted(connection: sa.Connection, faults: Faults) -> None:
    """What posting made says what its line says."""
    is_collectors = voucher.c.collector_key.is_not(None)
    differing = (
        sa.select(
            booking.c.number,
            booking.c.entry,
            booking.c.amount_ore,
            sa.func.coalesce(voucher_line.c.settles, booking.c.open_item).label("item"),
            sa.func.coalesce(voucher_line.c.amount_ore, 0).label("line_ore"),
            entry.c.voucher,
        )
        .outerjoin(entry, entry.c.number == booking.c.entry)
        .outerjoin(voucher, voucher.c.id == entry.c.voucher)
        .outerjoin(voucher_line, of_line)
        .where(
            booking.c.seal.is_(None),
            booking.c.number <= faults.last["booking"],
            sa.or_(
                booking.c.open_item.is_distinct_from(voucher_line.c.settles),
                booking.c.amount_ore.is_distinct_from(voucher_line.c.amount_ore),
                booking.c.booked_on.is_distinct_from(voucher.c.posted_on),
                booking.c.request_id.is_not(None),
                sa.and_(booking.c.by_collector, sa.not_(is_collectors)),
                sa.and_(sa.not_(booking.c.by_collector), is_collectors),
            ),
        )
        .order_by(booking.c.number)
    )
    for row in connection.execute(differing).all():
        if row.number in faults.rows["booking"]:
            continue
        if row.voucher in faults.rows["voucher"] or row.entry in faults.rows["entry"]:
            faults.rows["doubtful_booking"].add(row.number)
        elif row.line_ore and row.line_ore != row.amount_ore:
            _accuse(faults, row.number, AMOUNT, row.item, (row.line_ore, row.amount_ore))
        else:
            _accuse(faults, row.number, CONTENT, row.item)


def _check_doubled(connection: sa.Connection, faults: Faults) -> None:
    """Posting books a line once: where there are two, the later one was added."""
    of_posting = sa.and_(booking.c.seal.is_(None), booking.c.number <= faults.last["booking"])
    several = sa.select(booking.c.entry).where(of_posting).group_by(booking.c.entry).having(sa.func.count() > 1)
    first: dict[int, int] = {}
    columns = sa.select(booking.c.number, booking.c.entry, booking.c.open_item)
    for row in connection.execute(
        columns.where(of_posting, booking.c.entry.in_(several)).order_by(booking.c.number)
    ).all():
        is_doubtful = row.number in faults.rows["booking"] or row.number in faults.rows["doubtful_booking"]
        if not is_doubtful and first.setdefault(row.entry, row.number) != row.number:
            _accuse(faults, row.number, UNKNOWN, row.open_item)


def _check_by_hand(connection: sa.Connection, off_ore: dict[int, int], faults: Faults) -> None:
    """What a person made says what it said then. Where the seal proves what the amount was, that is told."""
    sealed = (
        sa.select(booking.c.seal, *(with_plain_day(booking.c[name]) for name in BOOKING))
        .where(booking.c.seal.is_not(None), booking.c.number <= faults.last["booking"])
        .order_by(booking.c.number)
    )
    amount, remaining = BOOKING.index("amount_ore"), BOOKING.index("remaining_ore")
    for seal, *values in connection.execute(sealed).all():
        if row_seal(values) == seal or values[0] in faults.rows["booking"]:
            continue
        number, item, found_ore = values[0], values[2], values[amount]
        off = off_ore.get(number, 0)
        with_amount, with_remaining = list(values), list(values)
        with_amount[amount] += off
        with_remaining[remaining] -= off
        if off and seal in {row_seal(with_amount), row_seal(with_remaining)}:
            _accuse(faults, number, AMOUNT, item, (found_ore + off, found_ore))
        else:
            _accuse(faults, number, CONTENT, item)


def _check_lines(connection: sa.Connection, faults: Faults) -> None:
    """Each posted line that settles an open item was booked there."""
    made = sa.and_(booking.c.entry == entry.c.number, booking.c.seal.is_(None))
    unbooked = (
        sa.select(
            voucher.c.id, voucher_line.c.line_no, voucher_line.c.amount_ore, voucher_line.c.settles, entry.c.number
        )
        .join(voucher_line, voucher_line.c.voucher == voucher.c.id)
        .join(entry, of_line)
        .outerjoin(booking, made)
        .where(
            voucher.c.state == VoucherState.POSTED.value,
            voucher_line.c.settles.is_not(None),
            entry.c.number <= faults.last["entry"],
            booking.c.number.is_(None),
        )
        .order_by(voucher.c.id, voucher_line.c.line_no)
    )
    for row in connection.execute(unbooked).all():
        if row.id not in faults.rows["voucher"] and row.number not in faults.rows["entry"]:
            faults.rows["changed_item"].add(row.settles)
            faults.add(
                f"ledger voucher {row.id} line {row.line_no} booking", MISSING, row.amount_ore, entry=row.settles
            )


def _name_broken(broken: list[AnyRow], faults: Faults) -> None:
    """Name what broke a chain, without what follows from rows that were named already."""
    named = faults.rows["booking"] | faults.rows["doubtful_booking"]
    previous = None
    for row in broken:
        follows = previous is not None and (previous.number, -previous.off_ore) == (row.earlier, row.off_ore)
        previous = row
        if row.open_item in faults.rows["entry"] or _touches(row, named):
            faults.rows["changed_item"].add(row.open_item)
        elif not follows and row.open_item not in faults.rows["changed_item"]:
            _accuse(faults, row.number, AMOUNT, row.open_item, (row.amount_ore + row.off_ore, row.amount_ore))


def _touches(row: AnyRow, named: set[int]) -> bool:
    """Whether this booking, the one before it, or one that stood or stands between them was named."""
    return any((row.earlier or 0) <= number <= row.number for number in named)
