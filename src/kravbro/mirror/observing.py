"""What has happened to an open item since it was looked at last. Pure: decided from what was seen then and now.

A foreign ledger tells how things are, not what happened. Each thing that settles an item has a key there and a sum; a
new key is a booking, a sum that grew is another, and one that shrank or vanished was taken off again. What the ledger
changed without naming a reason is a correction under a key of its own, so that every øre of what remains is explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from operator import ge

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.core.value_dates import Counted, first_day
from kravbro.mirror.forgetting import UNNAMED, Seen, remembered
from kravbro.mirror.source import OpenItem, Settlement


class Happened(msgspec.Struct, frozen=True, gc=False):
    """A booking that is new: as `Seen`, and the day on which it was booked."""

    seen: Seen
    booked_on: date


def what_happened(item: OpenItem, before: Sequence[Seen], on: date) -> list[Happened]:
    """The bookings that lead from what was seen `before` to the item as it is on the day of looking.

    What was taken off comes first, so that a payment that was moved never counts twice. What the ledger only cannot
    name any more was not taken off (`forgetting.remembered`).
    """
    known: dict[str, list[Seen]] = {}
    for one in before:
        known.setdefault(one.settlement, []).append(one)
    item, kept = remembered(item, known)
    now = {one.key: one for one in item.settlements}
    gone = {key: own for key, own in known.items() if key not in {UNNAMED, *now, *kept}}
    happened = [_taken_off(own, -_sum(own), on) for own in gone.values() if _sum(own)]
    changes = [(one, one.amount_ore - _sum(known.get(one.key, ()))) for one in item.settlements]
    happened += [
        _taken_off(known[one.key], change_ore, on)
        for one, change_ore in changes
        if change_ore and _is_less(one, known.get(one.key, ()))
    ]
    put_on = [(one, change) for one, change in changes if change and not _is_less(one, known.get(one.key, ()))]
    on_item = [Counted(one.value_on, one.amount_ore) for one in before]
    for settlement, change_ore in put_on:
        its = _named(settlement, known.get(settlement.key, ()))
        made = _put_on(its, change_ore, on_item)
        on_item.append(Counted(made.seen.value_on, change_ore))
        happened.append(made)
    forgotten = [one for key in kept for one in known[key]]
    return [*happened, *_unnamed(item, [*known.get(UNNAMED, ()), *forgotten], on)]


def _is_less(one: Settlement, before: Sequence[Seen]) -> bool:
    """Whether a settlement that was seen before has taken some, or all, of its change back."""
    earlier_ore = _sum(before)
    return bool(before) and abs(one.amount_ore) < abs(earlier_ore) and one.amount_ore * earlier_ore >= 0


def _sum(seen: Iterable[Seen]) -> int:
    return sum(one.amount_ore for one in seen)


def _put_on(one: Settlement, change_ore: int, on_item: Sequence[Counted]) -> Happened:
    """What lowers the debt counts from the day on which the money came; what raises it never from before that which
    it takes back. A correction counts from its own date."""
    value_on = min(one.dated, one.booked_on)
    if change_ore > 0 and one.kind is not TransactionKind.CORRECTION:
        value_on = first_day(one.dated, on_item, partial(ge, -change_ore))
    seen = Seen(one.key, change_ore, one.kind, value_on, one.voucher_no, one.text, one.voucher_key, one.line_no)
    return Happened(seen, one.booked_on)


def _named(one: Settlement, before: Sequence[Seen]) -> Settlement:
    """A settlement of the collector's is the ledger's own affair from the moment at which somebody took it off."""
    if all(earlier.voucher_key for earlier in before):
        return one
    return msgspec.structs.replace(one, voucher_key="", line_no=0)


def _taken_off(own: Sequence[Seen], change_ore: int, on: date) -> Happened:
    """Some or all of a settlement was taken off the item: from the day on which that was seen, and never before it
    came. The ledger did it, also where the collector had put it on."""
    last = own[-1]
    value_on = max(on, *(one.value_on for one in own))
    return Happened(Seen(last.settlement, change_ore, _undone(last.kind), value_on, last.voucher_no, last.text), on)


def _undone(kind: TransactionKind) -> TransactionKind:
    """What it is to take a settlement off again."""
    return TransactionKind.CORRECTION if kind is TransactionKind.CORRECTION else TransactionKind.REVERSAL


def _unnamed(item: OpenItem, before: Sequence[Seen], on: date) -> Iterator[Happened]:
    """What remains and no settlement explains, as far as it was not seen before."""
    named_ore = sum(one.amount_ore for one in item.settlements)
    change_ore = item.remaining_ore - item.amount_ore - named_ore - _sum(before)
    if change_ore:
        yield Happened(Seen(UNNAMED, change_ore, TransactionKind.CORRECTION, on, "", ""), on)
