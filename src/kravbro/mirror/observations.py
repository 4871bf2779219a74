"""Write down what was seen of open items: bookings, their numbers as transactions, and who wants a claim back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import Retry
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.mirror.doubts import without_doubts
from kravbro.mirror.forgetting import Seen
from kravbro.mirror.observing import Happened, what_happened
from kravbro.mirror.openings import keep_openings
from kravbro.mirror.rows import SEALED, SEEN_COLUMNS, sealed, seen
from kravbro.mirror.source import OpenItem
from kravbro.mirror.sql import is_held, unnumbered
from kravbro.mirror.tables import booking, claim_transaction, counter, item, offer, watch, withdrawal

TEXT, NUMBER = 200, 40
"""How much is kept of what a ledger's people wrote: of a text, and of a voucher's number."""


def version_of(connection: sa.Connection, company: int) -> int:
    """How often somebody has written down what was seen of a company; 0 before the first time."""
    return int(connection.execute(sa.select(watch.c.version).where(watch.c.company == company)).scalar() or 0)


def advance(
    connection: sa.Connection,
    company: int,
    version: int,
    act: Act,
    *,
    seen_to: str | None = None,
    compared_on: date | None = None,
) -> None:
    """Take the next version, and keep how far the look went. Raises Retry `mirror.seen_meanwhile` if somebody else was
    here since `version` was read: what they saw may be newer."""
    if version_of(connection, company) != version:
        raise Retry("mirror.seen_meanwhile", company=company)
    values = {
        "version": version + 1,
        **({} if seen_to is None else {"seen_to": seen_to}),
        **({} if compared_on is None else {"compared_on": compared_on}),
        **written(act),
    }
    if version:
        connection.execute(sa.update(watch).where(watch.c.company == company).values(**values))
    else:
        first = {"company": company, "seen_to": "", **values}
        connection.execute(sa.insert(watch).values(**first))


def observe(
    connection: sa.Connection, company: int, looked_at: Sequence[OpenItem], act: Act, *, right: str = ""
) -> None:
    """Write down what has happened to these items since they were looked at last, and number what is told of it.

    Nothing is written of items with a fault, and of settlements in doubt but the one that a person says is `right`.
    """
    items = [one for one in looked_at if one.fault is None]
    if not items:
        return
    entries = {one.entry for one in items}
    known = amounts_known(connection, company, entries)
    new = [one for one in items if one.entry not in known]
    rows = [sealed("item", company, one.entry, one.customer_no, one.amount_ore) for one in new]
    columns = (*SEALED["item"], "seal", "watched")
    insert_rows(connection, item, columns, [(*row, False) for row in rows], act)
    before = bookings_of(connection, company, entries & known.keys())
    happened = [
        (one.entry, change)
        for one in items
        for change in what_happened(
            without_doubts(as_first_seen(one, known), before.get(one.entry, ()), right),
            before.get(one.entry, ()),
            act.on,
        )
    ]
    _write(connection, company, happened, act)
    changed = sorted({entry for entry, _ in happened})
    keep_openings(connection, company, changed, act)
    number_transactions(connection, company, changed, act)
    wished = [
        one for one in items if one.wanted_back and not _was_settled(known.get(one.entry), before.get(one.entry, ()))
    ]
    _want_back(connection, company, {one.entry: one.wanted_back for one in wished}, act)


def _was_settled(amount_ore: int | None, before: Sequence[Seen]) -> bool:
    """Whether nothing remained of an item at some time since it was seen first. Ledgers take their marks off what is
    settled; when the money bounces, a mark that is not there any more is nobody's wish."""
    remaining = accumulate((one.amount_ore for one in before), initial=amount_ore or 0)
    return amount_ore is not None and any(left <= 0 for left in remaining)


def as_first_seen(one: OpenItem, known: dict[int, int]) -> OpenItem:
    """The item with the amount that its invoice had when it was seen first: that stays, whatever the ledger says now,
    so that what remains is always explained by bookings."""
    first_ore = known.get(one.entry, one.amount_ore)
    if first_ore == one.amount_ore:
        return one
    return msgspec.structs.replace(one, amount_ore=first_ore)


def amounts_known(connection: sa.Connection, company: int, entries: Collection[int]) -> dict[int, int]:
    """Of these items, those that were seen before, with the amount of their invoice (øre)."""
    columns = sa.select(item.c.entry, item.c.amount_ore).where(item.c.company == company)
    return {
        entry: amount_ore
        for these in among(item.c.entry, entries)
        for entry, amount_ore in connection.execute(columns.where(these)).all()
    }


def bookings_of(connection: sa.Connection, company: int, entries: Collection[int]) -> dict[int, list[Seen]]:
    """What was seen of these items, in order."""
    columns = sa.select(booking.c.entry, booking.c.number, *(booking.c[name] for name in SEEN_COLUMNS))
    here = columns.where(booking.c.company == company).order_by(booking.c.number)
    found: dict[int, list[Seen]] = {}
    for these in among(booking.c.entry, entries):
        for row in connection.execute(here.where(these)).all():
            found.setdefault(row.entry, []).append(seen(row))
    return found


def _write(connection: sa.Connection, company: int, happened: Sequence[tuple[int, Happened]], act: Act) -> None:
    if not happened:
        return
    first = take(connection, counter, "booking", len(happened), str(company))
    rows = [
        sealed("booking", company, number, entry, change.booked_on, *columns_of(change.seen))
        for number, (entry, change) in enumerate(happened, first)
    ]
    insert_rows(connection, booking, (*SEALED["booking"], "seal"), rows, act)


def columns_of(one: Seen) -> tuple[object, ...]:
    """What was seen, in the order of `SEEN_COLUMNS`."""
    told = (one.settlement, one.amount_ore, one.kind.value, one.value_on)
    return (*told, one.voucher_no[:NUMBER], one.text[:TEXT], one.voucher_key, one.line_no)


def number_transactions(connection: sa.Connection, company: int, entries: Sequence[int], act: Act) -> None:
    """Number the bookings on these items that belong to the stream, in booking order."""
    belonging = unnumbered(company).order_by(booking.c.number)
    rows = [
        (made, held)
        for these in among(booking.c.entry, entries)
        for made, held in connection.execute(belonging.where(these)).all()
    ]
    append_transactions(connection, company, rows, act)


def append_transactions(connection: sa.Connection, company: int, rows: Sequence[tuple[int, int]], act: Act) -> None:
    """Number these (booking, offer), in this order."""
    if not rows:
        return
    first = take(connection, counter, "transaction", len(rows), str(company))
    numbered = [(company, number, made, held) for number, (made, held) in enumerate(rows, first)]
    insert_rows(connection, claim_transaction, ("company", "number", "booking", "offer"), numbered, act)


def _want_back(connection: sa.Connection, company: int, reasons: dict[int, str], act: Act) -> None:
    """Write a wish down for each of these items that the collector has, once for each offer."""
    held = (
        sa.select(offer.c.number, offer.c.entry)
        .outerjoin(withdrawal, sa.and_(withdrawal.c.company == offer.c.company, withdrawal.c.offer == offer.c.number))
        .where(offer.c.company == company, is_held(offer.c.company, offer.c.number), withdrawal.c.number.is_(None))
        .order_by(offer.c.number)
    )
    wishes = [
        (number, entry)
        for these in among(offer.c.entry, reasons)
        for number, entry in connection.execute(held.where(these)).all()
        if entry in reasons
    ]
    for number, entry in wishes:
        ask_back(connection, company, number, entry, reasons[entry], act)


def ask_back(  # noqa: PLR0917 - which claim, and who wants it back why
    connection: sa.Connection, company: int, of_offer: int, entry: int, because: str, act: Act
) -> int:
    """Write down that the creditor wants a claim back; answers the number of the wish."""
    number = take(connection, counter, "withdrawal", 1, str(company))
    row = sealed("withdrawal", company, number, of_offer, entry, because[:TEXT], act.on)
    insert_rows(connection, withdrawal, (*SEALED["withdrawal"], "seal"), [row], act)
    return number
