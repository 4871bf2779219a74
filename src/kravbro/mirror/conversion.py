"""Conversion: make offers of items that were handed over before the ledger was joined with a collector.

An item that is the claim of an older case is joined with it: its offer opens with what remained at the cut-off date,
and is carried as an adoption, never as a claim that is ready. One that no case has is offered like any other. The mark
of an item ends when its conversion is accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.adoption import Joining
from kravbro.core.conversion import TransferredClaim
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner
from kravbro.db.bulk import among, insert_rows
from kravbro.db.counters import last_taken, take
from kravbro.mirror.conversion_tables import conversion, opening_booking
from kravbro.mirror.cut_off import counted_before
from kravbro.mirror.observations import amounts_known, as_first_seen, bookings_of, observe
from kravbro.mirror.observing import what_happened
from kravbro.mirror.offers import taken, without_question, write_offers
from kravbro.mirror.openings import keep_openings
from kravbro.mirror.rows import SEALED, sealed
from kravbro.mirror.source import OpenItem, Proposal, Standing
from kravbro.mirror.sql import is_refused
from kravbro.mirror.tables import booking, counter, item
from kravbro.mirror.transferred_items import Told, end_marks, ever_offered, keep_told, marked, reason
from kravbro.ports.identity import Delivered

_SAID = ("earlier", "case_number", "cut_off", "collector_ore", "because")
_NO_CASE = (None, "", None, None)


class Now(msgspec.Struct, frozen=True):
    """What the ledger says of items: those that it says itself that somebody has, and how these stand."""

    told: Told
    standings: Mapping[int, Standing]


def compared(  # noqa: PLR0917 - what the ledger says of which items, and on which day
    connection: sa.Connection,
    company: int,
    items: Sequence[OpenItem],
    now: Now,
    case_numbers: Mapping[int, str],
    cut_off: date,
    act: Act,
) -> list[TransferredClaim]:
    """Items as they are compared with older cases: what remained before the cut-off, and what changed from it on.

    What has a fault or is in doubt is left out: the reconciliation names it. Nothing is written down.
    """
    items = without_question(connection, company, items)
    entries = [one.entry for one in items]
    known, before = amounts_known(connection, company, entries), bookings_of(connection, company, entries)
    found = []
    for one in items:
        first, seen = as_first_seen(one, known), before.get(one.entry, [])
        all_of_it = [*seen, *(change.seen for change in what_happened(first, seen, act.on))]
        numbered = list(enumerate(all_of_it))
        early = counted_before(numbered, cut_off)
        later_ore = sum(its.amount_ore for number, its in numbered if number not in early)
        found.append(_transferred(first, now.standings[one.entry], later_ore, case_numbers[one.entry]))
    return found


def _transferred(one: OpenItem, standing: Standing, later_ore: int, case_number: str) -> TransferredClaim:
    return TransferredClaim(
        entry=one.entry,
        customer_no=one.customer_no,
        invoice_no=standing.invoice_no,
        kid=standing.kid,
        invoice_date=standing.invoice_date,
        due_date=standing.due_date,
        amount_ore=one.amount_ore,
        remaining_ore=one.remaining_ore - later_ore,
        later_ore=later_ore,
        case_number=case_number,
        currency=standing.currency,
    )


def join_claims(
    connection: sa.Connection,
    company: int,
    items: Sequence[OpenItem],
    act: Act,
    *,
    joinings: Sequence[Joining],
    now: Now,
) -> Delivered:
    """Make an offer of each item that is the claim of an older case; an item that is joined just so is known.

    Raises DataFault `port.not_marked`, `port.joined_otherwise` and `mirror.reason`, Skip `port.item_at_collector`, and
    Skip `port.remaining_changed` if another sum remained at the cut-off than was compared. Nothing is kept then.
    """
    wanted = {one.entry: one for one in joinings}
    known = _joined(connection, company, wanted)
    new: dict[int, Joining] = {}
    for one in wanted.values():
        said = (one.earlier, one.case_number, one.cut_off, one.collector_ore, reason(one.because))
        if known.setdefault(one.entry, said) != said:
            raise DataFault("port.joined_otherwise", entry=one.entry, case=one.case_number)
        if known[one.entry] is said:
            new[one.entry] = one
    if new:
        known_items = without_question(connection, company, items)
        _join(connection, company, {one.entry: one for one in known_items}, new, now, act)
    return Delivered(len(new), len(joinings) - len(new))


def _joined(connection: sa.Connection, company: int, entries: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """What was said of those among these items that are joined, unless the collector refused it."""
    chosen = sa.select(conversion.c.entry, *(conversion.c[name] for name in _SAID)).where(
        conversion.c.company == company,
        conversion.c.joined,
        sa.not_(is_refused(conversion.c.company, conversion.c.offer)),
    )
    return {
        entry: tuple(said)
        for these in among(conversion.c.entry, entries)
        for entry, *said in connection.execute(chosen.where(these)).all()
        if entry in entries
    }


def _join(  # noqa: PLR0917 - what the ledger says of which items, and who joins them
    connection: sa.Connection,
    company: int,
    items: Mapping[int, OpenItem],
    new: Mapping[int, Joining],
    now: Now,
    act: Act,
) -> None:
    entries = sorted(new)
    _refuse(connection, company, entries, now.told)
    for entry in entries:
        if entry not in items or entry not in now.standings:
            raise _changed(new[entry], 0)
    observe(connection, company, [items[entry] for entry in entries], act)
    opening = [msgspec.structs.replace(items[entry], remaining_ore=new[entry].ledger_ore) for entry in entries]
    offered = [(Proposal(one.entry), one, now.standings[one.entry]) for one in opening]
    numbers = write_offers(connection, company, offered, 0, act)
    said = {
        entry: (one.earlier, one.case_number, one.cut_off, one.collector_ore, reason(one.because))
        for entry, one in new.items()
    }
    _write(connection, company, numbers, said, act)
    keep_openings(connection, company, entries, act)
    _refuse_changed(connection, company, new)
    told = {entry: now.told[entry] for entry in new.keys() & now.told.keys()}
    keep_told(connection, company, told, {entry: reason(one.because) for entry, one in new.items()}, act)


def _refuse(connection: sa.Connection, company: int, entries: Sequence[int], told: Told) -> None:
    """Only what is marked may be joined, and nothing that a collector ever had by an offer, or has yet to answer."""
    here = marked(connection, company, told, entries)
    for entry in entries:
        if entry not in here:
            raise DataFault("port.not_marked", entry=entry)
    if had := ever_offered(connection, company, entries):
        raise Skip("port.item_at_collector", entry=min(had))


def _refuse_changed(connection: sa.Connection, company: int, joinings: Mapping[int, Joining]) -> None:
    """What remains before the cut-off must be what was compared: somebody may have booked since."""
    in_opening = sa.and_(
        opening_booking.c.company == conversion.c.company, opening_booking.c.offer == conversion.c.offer
    )
    of_opening = sa.and_(booking.c.company == opening_booking.c.company, booking.c.number == opening_booking.c.booking)
    before = sa.func.coalesce(sa.func.sum(booking.c.amount_ore), 0)
    remaining = (
        sa.select(conversion.c.entry, (item.c.amount_ore + before).label("remaining_ore"))
        .join(item, sa.and_(item.c.company == conversion.c.company, item.c.entry == conversion.c.entry))
        .outerjoin(opening_booking, in_opening)
        .outerjoin(booking, of_opening)
        .where(conversion.c.company == company, sa.not_(is_refused(conversion.c.company, conversion.c.offer)))
        .group_by(conversion.c.entry, item.c.amount_ore)
        .order_by(conversion.c.entry)
    )
    for these in among(conversion.c.entry, joinings):
        for entry, remaining_ore in connection.execute(remaining.where(these)).all():
            if entry in joinings and remaining_ore != joinings[entry].ledger_ore:
                raise _changed(joinings[entry], int(remaining_ore))


def _changed(one: Joining, remaining_ore: int) -> Skip:
    compared_with, remaining = format_kroner(one.ledger_ore), format_kroner(remaining_ore)
    return Skip("port.remaining_changed", entry=one.entry, compared=compared_with, remaining=remaining)


def offer_unjoined(
    connection: sa.Connection,
    company: int,
    items: Sequence[OpenItem],
    act: Act,
    *,
    proposed: Mapping[int, Proposal],
    because: str,
    now: Now,
) -> int:
    """Offer marked items that no older case has, as they stand now: their mark ends, and the collector judges them.

    Answers how many those are; items that are not marked any more are left alone. Raises DataFault `mirror.reason`.
    """
    because = reason(because)
    items = without_question(connection, company, items)
    entries = [one.entry for one in items]
    here = marked(connection, company, now.told, entries)
    chosen = sorted(here.keys() & now.standings.keys() - taken(connection, company, entries))
    if not chosen:
        return 0
    of_entry = {one.entry: one for one in items}
    observe(connection, company, [of_entry[entry] for entry in chosen], act)
    sequence = last_taken(connection, counter, "booking", str(company))
    offered = [(proposed.get(one, Proposal(one)), of_entry[one], now.standings[one]) for one in chosen]
    numbers = write_offers(connection, company, offered, sequence, act)
    end_marks(connection, company, chosen, because, act)
    _write(connection, company, numbers, dict.fromkeys(chosen, (*_NO_CASE, because)), act)
    return len(chosen)


def _write(
    connection: sa.Connection, company: int, numbers: Mapping[int, int], said: Mapping[int, tuple[Any, ...]], act: Act
) -> None:
    first = take(connection, counter, "conversion", len(numbers), str(company))
    sequence = last_taken(connection, counter, "booking", str(company))
    rows = []
    for number, entry in enumerate(sorted(numbers), first):
        earlier, case_number, cut_off, collector_ore, because = said[entry]
        made = (number, numbers[entry], entry, earlier is not None, sequence)
        told = (earlier, case_number, cut_off, collector_ore, because, act.on)
        rows.append(sealed("conversion", company, *made, *told))
    insert_rows(connection, conversion, (*SEALED["conversion"], "seal"), rows, act)
