"""Events in the lives of the collector's vouchers against the vouchers."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.faults import CONTENT, NOT_TOLD, Faults
from kravbro.books.sql import AnyRow
from kravbro.books.tables import voucher, voucher_event
from kravbro.core.vouchers import Fate

_FATE_OF_STATE = {
    VoucherState.POSTED: Fate.POSTED,
    VoucherState.DRAFT: Fate.DELIVERED,
    VoucherState.REJECTED: Fate.REJECTED,
    VoucherState.DELETED: Fate.DELETED,
}
_fate = sa.case({state.value: fate.value for state, fate in _FATE_OF_STATE.items()}, value=voucher.c.state)


def check_events(connection: sa.Connection, faults: Faults) -> None:
    """The collector is told what became of each of its vouchers, once, and what is told is so."""
    orphans = _check_each(connection, faults)
    _check_twice(connection, faults)
    if faults.missing["voucher_event"]:
        return
    told = sa.and_(voucher_event.c.collector_key == voucher.c.collector_key, voucher_event.c.fate == _fate)
    untold = (
        sa.select(voucher.c.id, voucher.c.debit_ore, voucher.c.collector_key, _fate.label("fate"))
        .outerjoin(voucher_event, told)
        .where(
            voucher.c.collector_key.is_not(None),
            voucher_event.c.number.is_(None),
            voucher.c.id <= faults.last["voucher"],
        )
        .order_by(voucher.c.id)
    )
    named = _keys_of(connection, faults.rows["voucher_event"])
    for row in connection.execute(untold).all():
        if row.id in faults.rows["voucher"] or row.collector_key in named:
            continue
        if orphans[row.fate]:
            orphans[row.fate] -= 1
        else:
            faults.add(f"ledger voucher {row.id}", NOT_TOLD, row.debit_ore, 0)


def _check_each(connection: sa.Connection, faults: Faults) -> Counter[str]:
    """Name events that their voucher contradicts; answers how many of each fate were told of vouchers that are none.

    Those of a voucher that was named already (its key was altered, or it is gone) follow from that.
    """
    event = voucher_event.c
    may_be = sa.or_(
        event.fate == _fate,
        sa.and_(
            event.fate == Fate.DELIVERED.value,
            voucher.c.state.in_([VoucherState.POSTED.value, VoucherState.DELETED.value]),
        ),
    )
    as_posted = sa.and_(
        event.voucher_no == sa.cast(voucher.c.number, sa.String), event.happened_on == voucher.c.posted_on
    )
    as_told = sa.case((event.fate == Fate.POSTED.value, as_posted), else_=event.voucher_no == "")
    wrong = (
        sa.select(event.number, event.collector_key, event.fate, voucher.c.id)
        .outerjoin(voucher, voucher.c.collector_key == event.collector_key)
        .where(
            event.number <= faults.last["voucher_event"],
            sa.or_(voucher.c.id.is_(None), sa.not_(may_be), sa.not_(sa.func.coalesce(as_told, sa.false()))),
        )
        .order_by(event.number)
    )
    rows = [row for row in connection.execute(wrong).all() if row.number not in faults.rows["voucher_event"]]
    explained = _explained_keys(rows, faults)
    orphans: Counter[str] = Counter()
    for row in rows:
        if row.collector_key in explained or row.id in faults.rows["voucher"]:
            continue
        if row.id is None:
            orphans[row.fate] += 1
        faults.rows["voucher_event"].add(row.number)
        faults.add(f"ledger voucher event {row.number}", CONTENT)
    return orphans


def _explained_keys(rows: list[AnyRow], faults: Faults) -> set[str]:
    """As many keys without a voucher as there are vouchers that may have had them."""
    keys = dict.fromkeys(row.collector_key for row in rows if row.id is None)
    return set([*keys][: len(faults.rows["voucher"])])


def _check_twice(connection: sa.Connection, faults: Faults) -> None:
    """A fate that is told twice: the later event was added, or the first was altered, which told of the delivery."""
    event = voucher_event.c
    twice = (
        sa.select(
            event.collector_key,
            event.fate,
            sa.func.min(event.number).label("first"),
            sa.func.max(event.number).label("last"),
        )
        .where(event.number <= faults.last["voucher_event"])
        .group_by(event.collector_key, event.fate)
        .having(sa.func.count() > 1)
    )
    for row in connection.execute(twice.order_by(sa.func.min(event.number))).all():
        if {row.first, row.last} & faults.rows["voucher_event"]:
            continue
        delivery = sa.select(event.number).where(
            event.collector_key == row.collector_key, event.fate == Fate.DELIVERED.value
        )
        was_added = row.fate != Fate.DELETED or connection.execute(delivery).first() is not None
        number = row.last if was_added else row.first
        faults.rows["voucher_event"].add(number)
        faults.add(f"ledger voucher event {number}", CONTENT)


def _keys_of(connection: sa.Connection, events: set[int]) -> set[str]:
    if not events:
        return set()
    here = sa.select(voucher_event.c.collector_key).where(voucher_event.c.number.in_(events))
    return set(connection.execute(here).scalars())
