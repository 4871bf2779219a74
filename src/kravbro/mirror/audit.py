"""What the mirror finds wrong with itself, and with what the ledger has of the claims that are watched.

Numbers without rows, rows that do not bear their seals, transactions that were never numbered, and open items of which
the ledger says something that cannot be: an invoice of another amount than it had, or none at all while money is owed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.movements import Discrepancy
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import among, portions
from kravbro.db.columns import Ore, with_plain_day
from kravbro.db.counters import gaps
from kravbro.mirror import openings, rows
from kravbro.mirror.conversion_tables import conversion, transferred_item
from kravbro.mirror.cut_off import counted_before
from kravbro.mirror.doubts import in_doubt
from kravbro.mirror.observations import bookings_of
from kravbro.mirror.rows import SEALED
from kravbro.mirror.source import OpenItem, doubted
from kravbro.mirror.sql import is_held, unnumbered
from kravbro.mirror.tables import (
    booking,
    claim_transaction,
    counter,
    delivery,
    item,
    mirror,
    offer,
    offer_receipt,
    offer_return,
    to_deliver,
    voucher_event,
    waiting_offer,
    withdrawal,
)

NUMBERED = {
    "booking": booking,
    "offer": offer,
    "transaction": claim_transaction,
    "withdrawal": withdrawal,
    "voucher_event": voucher_event,
    "transferred_item": transferred_item,
    "conversion": conversion,
}
GAP, CONTENT, MISSING, NOT_NUMBERED, STATE, AMOUNT = (
    *("number_without_row", "content_differs", "row_missing", "transaction_not_numbered", "state_differs"),
    "amount_differs",
)


def audit(
    connection: sa.Connection,
    company: int,
    entries: Sequence[int],
    items: Sequence[OpenItem],
    beside: Sequence[Discrepancy] = (),
) -> list[Discrepancy]:
    """Every fault, in order of the checks; `items` is what the ledger has now of the watched `entries`, and of others
    that it wants to offer. `beside` is what the ledger itself doubts beside them."""
    checks = (_numbers, _seals, _answers, _waiting, _watched, _openings, _vouchers, _untold)
    found = [fault for check in checks for fault in check(connection, company)]
    held = list(_doubts(connection, company, items))
    known = {one.thing for one in held} | _booked(connection, company, beside)
    beside = [one for one in beside if one.thing not in known]
    return [*found, *_items(connection, company, entries, items), *held, *beside]


def _numbers(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    for name, table in NUMBERED.items():
        number, of_company = table.c.number, table.c.company == company
        for missing in gaps(connection, counter, number, name, str(company), of_company):
            yield Discrepancy(f"mirror {name} {missing}", GAP, 0, 0)


def _seals(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    for name, columns in SEALED.items():
        table = mirror.tables[name]
        key = "entry" if name == "item" else "number"
        chosen = sa.select(*(with_plain_day(table.c[one]) for one in columns), table.c.seal)
        here = chosen.where(table.c.company == company).order_by(table.c[key])
        for row in connection.execute(here, execution_options={"yield_per": 1000}):
            *values, seal = row
            if fingerprint(name, *values) != seal:
                entry = row.entry if "entry" in columns else None
                yield Discrepancy(f"mirror {name} {getattr(row, key)}", CONTENT, 0, 0, entry)


def _answers(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    """Each receipt says what it said when it was kept."""
    for table in (offer_receipt, offer_return):
        here = sa.and_(offer.c.company == table.c.company, offer.c.number == table.c.offer)
        chosen = sa.select(*(with_plain_day(one) for one in table.c), offer.c.entry).join(offer, here)
        answers = chosen.where(table.c.company == company).order_by(table.c.offer)
        for row in connection.execute(answers, execution_options={"yield_per": 1000}):
            try:
                same = fingerprint(rows.receipt(row, table.name)) == row.fingerprint
            except DataFault:
                same = False
            if not same:
                yield Discrepancy(f"mirror {table.name} {row.offer}", CONTENT, 0, 0, row.entry)


def _waiting(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    """Offers that wait are those without an answer, all of them."""
    here = (offer.c.company == company,)
    waits = sa.exists().where(waiting_offer.c.company == company, waiting_offer.c.offer == offer.c.number)
    answered = sa.or_(*(sa.exists().where(one.c.company == company, one.c.offer == offer.c.number) for one in _ANSWERS))
    astray = sa.or_(sa.and_(waits, answered), sa.not_(sa.or_(waits, answered)))
    for number, entry in connection.execute(
        sa.select(offer.c.number, offer.c.entry).where(*here, astray).order_by(offer.c.number)
    ).all():
        yield Discrepancy(f"mirror offer {number}", STATE, 0, 0, entry)


_ANSWERS = (offer_receipt, offer_return)


def _watched(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    """An item is watched as long as an offer of it waits or the collector has it: so a lost answer shows itself."""
    waits = sa.exists().where(waiting_offer.c.company == offer.c.company, waiting_offer.c.offer == offer.c.number)
    here = (offer.c.company == item.c.company, offer.c.entry == item.c.entry)
    concerns = sa.exists().where(*here, sa.or_(waits, is_held(offer.c.company, offer.c.number)))
    astray = sa.or_(sa.and_(item.c.watched, sa.not_(concerns)), sa.and_(sa.not_(item.c.watched), concerns))
    entries = sa.select(item.c.entry).where(item.c.company == company, astray).order_by(item.c.entry)
    for entry in connection.execute(entries).scalars():
        yield Discrepancy(f"mirror item {entry}", STATE, 0, 0, entry)


def _openings(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    """What counts before the cut-off of a converted claim is in its opening, and nothing else is.

    What was seen after the collector refused the case, or gave the claim back, need not be there.
    """
    rows = openings.converted(connection, company)
    booked = openings.own_bookings(connection, company, [row.entry for row in rows])
    kept = openings.kept_openings(connection, company)
    for row in rows:
        before = counted_before(booked.get(row.entry, ()), row.cut_off, row.sequence)
        there = kept.pop(row.offer, set())
        for number in sorted(there - before | (set() if row.settled else before - there)):
            yield Discrepancy(f"mirror offer {row.offer} opening booking {number}", STATE, 0, 0, row.entry)
    for number in sorted(kept):
        yield Discrepancy(f"mirror offer {number} opening", STATE, 0, 0)


def _vouchers(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    """Each voucher has come to an end, or is followed still: one of both."""
    later = voucher_event.alias("later")
    same = (later.c.company == voucher_event.c.company, later.c.voucher_key == voucher_event.c.voucher_key)
    ended = sa.exists().where(
        voucher_event.c.company == delivery.c.company,
        voucher_event.c.voucher_key == delivery.c.voucher_key,
        voucher_event.c.fate != Fate.DELIVERED.value,
        sa.not_(sa.exists().where(*same, later.c.number > voucher_event.c.number)),
    )
    followed = sa.exists().where(
        to_deliver.c.company == delivery.c.company, to_deliver.c.voucher_key == delivery.c.voucher_key
    )
    astray = sa.or_(sa.and_(ended, followed), sa.not_(sa.or_(ended, followed)))
    keys = sa.select(delivery.c.voucher_key).where(delivery.c.company == company, astray)
    for key in connection.execute(keys.order_by(delivery.c.voucher_key)).scalars():
        yield Discrepancy(f"mirror voucher {key}", STATE, 0, 0)


def _untold(connection: sa.Connection, company: int) -> Iterator[Discrepancy]:
    for made, _held in connection.execute(unnumbered(company).order_by(booking.c.number)).all():
        yield Discrepancy(f"booking:{made}", NOT_NUMBERED, 0, 0)


def _doubts(connection: sa.Connection, company: int, items: Sequence[OpenItem]) -> Iterator[Discrepancy]:
    """What is held up until a person has seen to it: items with a fault, and settlements in doubt."""
    before = bookings_of(connection, company, {one.entry for one in items if any(its.doubt for its in one.settlements)})
    for one in items:
        if one.fault is not None:
            kind = one.fault.code.rpartition(".")[2]
            yield Discrepancy(f"open item {one.entry}", kind, 0, 0, one.entry, one.fault)
            continue
        for its in in_doubt(one, before.get(one.entry, ())):
            if its.doubt is not None:
                yield doubted(its.key, its.doubt, its.amount_ore, one.entry)


def _booked(connection: sa.Connection, company: int, beside: Sequence[Discrepancy]) -> set[str]:
    """The things among them that are booked: a person has said that they are right."""
    keys = {one.thing.removeprefix("settlement "): one.thing for one in beside}
    here = sa.select(booking.c.settlement).distinct().where(booking.c.company == company)
    return {keys[key] for some in portions(keys) for key in _settlements(connection, here, some)}


def _settlements(connection: sa.Connection, here: sa.Select[str], keys: Sequence[str]) -> Iterator[str]:
    yield from connection.execute(here.where(booking.c.settlement.in_(keys))).scalars()


def _items(
    connection: sa.Connection, company: int, entries: Sequence[int], items: Sequence[OpenItem]
) -> Iterator[Discrepancy]:
    """What the ledger has now, against what was seen of it first, and last."""
    first = _amounts(connection, company, entries)
    now = {one.entry: one for one in items}
    for entry in entries:
        amount_ore, booked_ore = first[entry]
        if entry in now and now[entry].fault is None and now[entry].amount_ore != amount_ore:
            yield Discrepancy(f"open item {entry}", AMOUNT, amount_ore, now[entry].amount_ore, entry)
        elif entry not in now and amount_ore + booked_ore:
            yield Discrepancy(f"open item {entry}", MISSING, amount_ore + booked_ore, 0, entry)


def _amounts(connection: sa.Connection, company: int, entries: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The amount of each item's invoice as it was seen first, and all that was booked on it (øre)."""
    booked = sa.cast(sa.func.coalesce(sa.func.sum(booking.c.amount_ore), 0), Ore)
    here = sa.and_(booking.c.company == item.c.company, booking.c.entry == item.c.entry)
    chosen = (
        sa.select(item.c.entry, item.c.amount_ore, booked.label("booked_ore"))
        .outerjoin(booking, here)
        .where(item.c.company == company)
        .group_by(item.c.entry, item.c.amount_ore)
    )
    return {
        entry: (amount_ore, booked_ore)
        for these in among(item.c.entry, entries)
        for entry, amount_ore, booked_ore in connection.execute(chosen.where(these)).all()
    }
