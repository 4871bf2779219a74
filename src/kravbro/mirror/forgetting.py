"""What a ledger cannot name any more, though it still counts it. Pure.

Ledgers compress what is old: the entries go, and what remains of the invoices stays. What was seen is remembered here,
so that nobody is told that a payment was taken back, and that something without a name came instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.mirror.source import OpenItem, Settlement

UNNAMED = "?"
"""The key of what the ledger changed without naming anything that did it."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A booking as it was written down: which settlement it is of, the change (øre), and from which day it counts."""

    settlement: str
    amount_ore: int
    kind: TransactionKind
    value_on: date
    voucher_no: str
    text: str
    voucher_key: str = ""
    line_no: int = 0


def remembered(item: OpenItem, known: Mapping[str, Sequence[Seen]]) -> tuple[OpenItem, list[str]]:
    """The item without what only stands in the place of something that was seen, and the keys of what that is.

    A settlement that is gone is only forgotten, as far as something as large has come without a name, or was guessed.
    `known` is what was seen, by the settlements' keys.
    """
    seen_ore = {key: sum(one.amount_ore for one in own) for key, own in known.items()}
    now = {one.key for one in item.settlements}
    gone = {key: ore for key, ore in seen_ore.items() if ore and key not in now and key != UNNAMED}
    if not gone:
        return item, []
    settlements = [one for one in item.settlements if not _stands_for(one, [known[key] for key in gone], known)]
    named_ore = sum(one.amount_ore for one in settlements)
    new = {UNNAMED: item.remaining_ore - item.amount_ore - named_ore - seen_ore.get(UNNAMED, 0)}
    new |= {one.key: one.amount_ore - seen_ore.get(one.key, 0) for one in settlements if one.guessed and not one.doubt}
    kept = [key for key, ore in gone.items() if _take(new, ore)]
    changed = [
        msgspec.structs.replace(one, amount_ore=seen_ore.get(one.key, 0) + new[one.key]) if one.key in new else one
        for one in settlements
    ]
    told = tuple(one for one in changed if one.amount_ore or one.key in known)
    return msgspec.structs.replace(item, settlements=told), kept


def _stands_for(one: Settlement, gone: Sequence[Sequence[Seen]], known: Mapping[str, Sequence[Seen]]) -> bool:
    """Whether a settlement is a line of the collector's that was seen under another key, which is gone."""
    its = (one.voucher_key, one.line_no)
    seen = {(each.voucher_key, each.line_no) for own in gone for each in own}
    return bool(one.voucher_key) and one.key not in known and its in seen


def _take(new: dict[str, int], amount_ore: int) -> bool:
    """Take so much of what is new and nobody vouches for, without a name first; nothing, where it is less than that."""
    like = [key for key, ore in new.items() if ore * amount_ore > 0]
    if sum(abs(new[key]) for key in like) < abs(amount_ore):
        return False
    left_ore = amount_ore
    for key in like:
        part_ore = min(new[key], left_ore, key=abs)
        new[key] -= part_ore
        left_ore -= part_ore
    return True
