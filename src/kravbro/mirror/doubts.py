"""Settlements that are in doubt: what a foreign ledger has of an item, and a person must say first whether it is right.

Pure. As long as nobody has said so, it is as if it had not happened: it is no booking, and what remains is told without
it. Once it is booked it stays: either it was right when it was seen, or a person has said so since.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.mirror.forgetting import Seen
from kravbro.mirror.source import OpenItem, Settlement


def in_doubt(item: OpenItem, before: Sequence[Seen], right: str = "") -> list[Settlement]:
    """The settlements of an item that nobody may be told of, given what was seen before; `right` is the key of one that
    a person says is right."""
    doubtful = [one for one in item.settlements if one.doubt is not None]
    booked = {one.settlement for one in before} | {right} if doubtful else set()
    return [one for one in doubtful if one.key not in booked]


def without_doubts(item: OpenItem, before: Sequence[Seen], right: str = "") -> OpenItem:
    """The item as if what is in doubt had not happened."""
    doubtful = in_doubt(item, before, right)
    if not doubtful:
        return item
    keys = {one.key for one in doubtful}
    return msgspec.structs.replace(
        item,
        remaining_ore=item.remaining_ore - sum(one.amount_ore for one in doubtful),
        settlements=tuple(one for one in item.settlements if one.key not in keys),
    )
