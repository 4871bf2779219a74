"""Conversion: make offers of open items that were handed over before the ledger was joined with a collector.

An item that is the claim of an older case is joined with it: its offer opens with what remained at the cut-off date,
and is carried as an adoption, never as a claim that is ready. One that no case has is offered like any other. The mark
of an item ends when its conversion is accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.books.commands.offers import await_answers, insert_offers
from kravbro.books.commands.openings import Opening, keep_openings
from kravbro.books.commands.protections import refuse_reason
from kravbro.books.commands.transferred_items import end_marks
from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.queries.transferred_items import marked
from kravbro.books.seals import CONVERSION, row_seal
from kravbro.books.sql import booked_on, is_refused, total
from kravbro.books.tables import (
    booking,
    counter,
    dunning_code,
    entry,
    offer,
    offer_receipt,
    proposal,
    proposal_line,
)
from kravbro.core.acts import Act
from kravbro.core.adoption import Joining
from kravbro.core.claims import Outcome
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner
from kravbro.core.transitions import PROPOSAL
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import last_taken, take
from kravbro.ports.identity import Delivered

_SAID = ("earlier", "case_number", "cut_off", "collector_ore", "because")
_NO_CASE = (None, "", None, None)


def join_claims(connection: sa.Connection, joinings: Sequence[Joining], act: Act) -> Delivered:
    """Make an offer of each open item that is the claim of an older case; an item that is joined just so is known.

    Raises DataFault `port.not_marked`, `port.joined_otherwise`, `books.reason_missing` and `books.no_collector_code`,
    Skip `port.item_at_collector`, and Skip `port.remaining_changed` if another sum remained at the cut-off than was
    compared. Nothing is kept then.
    """
    wanted = {one.entry: one for one in joinings}
    known = _joined(connection, sorted(wanted))
    new = []
    for one in wanted.values():
        said = (one.earlier, one.case_number, one.cut_off, one.collector_ore, refuse_reason(one.because))
        if known.setdefault(one.entry, said) != said:
            raise DataFault("port.joined_otherwise", entry=one.entry, case=one.case_number)
        if known[one.entry] is said:
            new.append(one)
    if new:
        _join(connection, new, act)
    return Delivered(len(new), len(joinings) - len(new))


def offer_unjoined(connection: sa.Connection, entries: Sequence[int], because: str, act: Act) -> int:
    """Offer marked items that no older case has, as they stand now: their mark ends, and the collector judges them.

    Answers how many those are; items that are not marked any more are left alone. Raises DataFault
    `books.reason_missing` and `books.no_collector_code`.
    """
    because = refuse_reason(because)
    here = marked(connection, entries)
    chosen = sorted(set(entries) & here.keys() - _joined(connection, sorted(here)).keys())
    if not chosen:
        return 0
    proposals = _propose(connection, chosen, act)
    first = take(connection, counter, "offer", len(chosen))
    sequence = last_taken(connection, counter, "booking")
    insert_offers(connection, proposal_line.c.proposal.in_(proposals.values()), first, sequence, act)
    await_answers(connection, first, len(chosen))
    end_marks(connection, chosen, because, act)
    _write(connection, _offers_of(connection, first), dict.fromkeys(chosen, (*_NO_CASE, because)), act)
    return len(chosen)


def _joined(connection: sa.Connection, entries: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """What was said of those among these items that are joined, unless the collector refused it."""
    found: dict[int, tuple[Any, ...]] = {}
    for some in portions(entries):
        chosen = sa.select(conversion.c.entry, *(conversion.c[name] for name in _SAID)).where(
            conversion.c.entry.in_(some), conversion.c.joined, sa.not_(is_refused(conversion.c.offer))
        )
        found |= {item: tuple(said) for item, *said in connection.execute(chosen)}
    return found


def _join(connection: sa.Connection, new: Sequence[Joining], act: Act) -> None:
    entries = sorted(one.entry for one in new)
    _refuse(connection, entries)
    by_entry = {one.entry: one for one in new}
    proposals = _propose(connection, entries, act)
    first = take(connection, counter, "offer", len(entries))
    numbers = dict(zip(entries, range(first, first + len(entries)), strict=True))
    proposal_of = _proposal_of(connection, proposals.values())
    rows = [
        (numbers[item], proposal_of[item], item, 0, by_entry[item].ledger_ore, 0, 0, 0, 0, act.on) for item in entries
    ]
    insert_rows(connection, offer, _OFFER_COLUMNS, rows, act)
    await_answers(connection, first, len(entries))
    keep_openings(connection, {item: Opening(numbers[item], by_entry[item].cut_off) for item in entries}, act)
    _refuse_changed(connection, by_entry, numbers)
    said = {
        item: (one.earlier, one.case_number, one.cut_off, one.collector_ore, one.because.strip())
        for item, one in by_entry.items()
    }
    _write(connection, numbers, said, act)


_OFFER_COLUMNS = (
    "number", "proposal", "entry", "sequence", "principal_ore", "interest_before_due_ore", "fees_ore",
    "interest_charged_ore", "letters", "approved_on",
)  # fmt: skip


def _refuse(connection: sa.Connection, entries: Sequence[int]) -> None:
    """Only what is marked may be joined, and nothing that a collector ever had by an offer, or has yet to answer."""
    here = marked(connection, entries)
    for item in entries:
        if item not in here:
            raise DataFault("port.not_marked", entry=item)
    answer = offer_receipt.c.outcome
    for some in portions(entries):
        had = (
            sa.select(offer.c.entry)
            .outerjoin(offer_receipt, offer_receipt.c.offer == offer.c.number)
            .where(offer.c.entry.in_(some), sa.or_(answer.is_(None), answer != Outcome.REFUSED.value))
            .order_by(offer.c.entry)
        )
        there = connection.execute(had.limit(1)).scalar()
        if there is not None:
            raise Skip("port.item_at_collector", entry=there)


def _refuse_changed(connection: sa.Connection, joinings: Mapping[int, Joining], numbers: Mapping[int, int]) -> None:
    """What remains before the cut-off must be what was compared: somebody may have booked since."""
    before = (
        sa.select(total(booking.c.amount_ore))
        .join(opening_booking, opening_booking.c.booking == booking.c.number)
        .where(opening_booking.c.offer == offer.c.number)
        .scalar_subquery()
    )
    remaining = sa.select(offer.c.entry, (entry.c.amount_ore + before).label("remaining_ore")).join(
        entry, entry.c.number == offer.c.entry
    )
    for some in portions(sorted(numbers.values())):
        for item, remaining_ore in connection.execute(
            remaining.where(offer.c.number.in_(some)).order_by(offer.c.number)
        ):
            if remaining_ore != joinings[item].ledger_ore:
                raise Skip(
                    "port.remaining_changed",
                    entry=item,
                    compared=format_kroner(joinings[item].ledger_ore),
                    remaining=format_kroner(remaining_ore),
                )


def _propose(connection: sa.Connection, entries: Sequence[int], act: Act) -> dict[str, int]:
    """A converted proposal for each sub-ledger type among these items, with its lines; answers their numbers."""
    code = connection.execute(sa.select(sa.func.min(dunning_code.c.code)).where(dunning_code.c.to_collector)).scalar()
    if code is None:
        raise DataFault("books.no_collector_code")
    kinds: defaultdict[str, list[int]] = defaultdict(list)
    for some in portions(entries):
        chosen = sa.select(entry.c.number, entry.c.sub_ledger_type).where(entry.c.number.in_(some))
        for item, kind in connection.execute(chosen.order_by(entry.c.number)):
            kinds[kind].append(item)
    first = take(connection, counter, "proposal", len(kinds))
    numbers = dict(zip(sorted(kinds), range(first, first + len(kinds)), strict=True))
    sequence = last_taken(connection, counter, "booking")
    state = PROPOSAL.after(PROPOSAL.initial, "convert", "ledger proposal")
    rows = [(number, kind, code, act.on, sequence, state, None, None) for kind, number in numbers.items()]
    columns = (
        "number", "sub_ledger_type", "dunning_code", "made_on", "sequence", "state", "transfer_voucher", "request_id",
    )  # fmt: skip
    insert_rows(connection, proposal, columns, rows, act)
    values: dict[str, sa.ColumnElement[Any]] = {
        "proposal": proposal.c.number,
        "entry": entry.c.number,
        "remaining_ore": entry.c.amount_ore + booked_on(entry.c.number),
        "removed": sa.false(),
        "removed_because": sa.literal("", sa.String),
        **{name: sa.literal(value, proposal_line.c[name].type) for name, value in written(act).items()},
    }
    of_kind = proposal.c.sub_ledger_type == entry.c.sub_ledger_type
    for some in portions(entries):
        lines = sa.select(*values.values()).select_from(entry).join(proposal, of_kind)
        lines = lines.where(proposal.c.number.in_(numbers.values()), entry.c.number.in_(some))
        connection.execute(sa.insert(proposal_line).from_select(list(values), lines, include_defaults=False))
    return numbers


def _proposal_of(connection: sa.Connection, proposals: Sequence[int] | Any) -> dict[int, int]:
    lines = sa.select(proposal_line.c.entry, proposal_line.c.proposal)
    return dict(connection.execute(lines.where(proposal_line.c.proposal.in_(list(proposals)))).all())


def _offers_of(connection: sa.Connection, first: int) -> dict[int, int]:
    """The offers made just now, by entry."""
    return dict(connection.execute(sa.select(offer.c.entry, offer.c.number).where(offer.c.number >= first)).all())


def _write(
    connection: sa.Connection, numbers: Mapping[int, int], said: Mapping[int, tuple[Any, ...]], act: Act
) -> None:
    first = take(connection, counter, "conversion", len(numbers))
    sequence = last_taken(connection, counter, "booking")
    rows = []
    for number, item in enumerate(sorted(numbers), first):
        earlier, case_number, cut_off, collector_ore, because = said[item]
        row = (
            number, numbers[item], item, earlier is not None, sequence, earlier, case_number, cut_off, collector_ore,
            because, act.on,
        )  # fmt: skip
        rows.append((*row, row_seal((*row, act.actor))))
    insert_rows(connection, conversion, (*CONVERSION[:-1], "seal"), rows, act)
