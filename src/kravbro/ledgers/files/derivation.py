"""What the lines of one customer make of each item: what remains, and what has changed that. Pure.

What a credit is for is found as an import into our own books finds it (`books/importing/matching.py`). Where the file
says what remains, only what names its invoice is taken for a settlement; the mirror books the rest as unexplained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

import msgspec

from kravbro.books.importing.matching import DERIVED, Item, Matched, by_holder, match, settles
from kravbro.books.importing.source import Kind, SourceLine
from kravbro.core.claims import TransactionKind
from kravbro.mirror.source import OpenItem, Settlement

KINDS = {
    Kind.PAYMENT: TransactionKind.PAYMENT,
    Kind.CREDIT_NOTE: TransactionKind.CREDIT_NOTE,
    Kind.REVERSAL: TransactionKind.REVERSAL,
}
"""What a line on an item is for a claim; anything else is a correction."""
_ENTRY_DIGITS = 15


class Said(msgspec.Struct, frozen=True, gc=False):
    """What a file says of one line, and what only a connected ledger tells of it."""

    line: SourceLine
    remaining_ore: int | None = None
    exempt: str = ""
    meaning: str = ""


class OurLine(msgspec.Struct, frozen=True, gc=False):
    """A line of a voucher of ours on a customer: which voucher, which line, and the item that it settles (0: none)."""

    voucher_key: str
    voucher_no: int
    line_no: int
    entry: int
    amount_ore: int


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line as it is kept: what was said, the day and the order in which it was seen first, and whose voucher it is
    of."""

    said: Said
    seen_on: date
    place: int = 0
    voucher_no: int = 0
    voucher_line: int = 0


class KeptItem(msgspec.Struct, frozen=True, gc=False):
    """An open item: of which line, what it is, and as the mirror asks for it (customer number 0: not known here)."""

    line: SourceLine
    item: OpenItem
    exempt: str = ""


class Derived(msgspec.Struct, frozen=True):
    """The items of one customer by entry, what the customer owes in all, and credits that settle nothing (øre)."""

    items: dict[int, KeptItem]
    balance_ore: int
    unmatched_ore: int


def entry_of(key: str) -> int:
    """The number of an item, from the key of its line: the same wherever and whenever the line is read.

    >>> entry_of("saft/S/2026/F501/1") == entry_of("saft/S/2026/F501/1") < 2**60
    True
    """
    return int(sha256(key.encode()).hexdigest()[:_ENTRY_DIGITS], 16) + 1


def derive(lines: Sequence[Line], ours: Sequence[OurLine]) -> Derived:
    """The items of a customer, from all lines on that customer in the order in which they were told.

    `ours` are lines of our vouchers on the same; one of them that is for no item stays on the customer's account.
    """
    of_ours = _ours(lines, ours)
    kept = {line.said.line.key: line for line in lines}
    items: dict[int, KeptItem] = {}
    on_account = {key for key, line in of_ours.items() if not line.entry and not _names(kept[key].said.line)}
    balance_ore = sum(kept[key].said.line.amount_ore for key in on_account)
    unmatched_ore = sum(min(kept[key].said.line.amount_ore, 0) for key in on_account)
    directed = [line for line in _directed(lines, of_ours) if line.key not in on_account]
    for _, of_holder in by_holder(directed):
        of_item = {entry_of(line.key): line for line in of_holder if not settles(line)}
        owed, matched = _matched(list(of_item.values()), [line for line in of_holder if settles(line)])
        found = dict(_items(of_item, owed, matched, kept, of_ours))
        items |= found
        left = [one.left_ore for one in matched]
        balance_ore += sum(one.item.remaining_ore for one in found.values()) + sum(left)
        unmatched_ore += sum(ore for ore in left if ore < 0)
    return Derived(items, balance_ore, unmatched_ore)


def _matched(owing: Sequence[SourceLine], settling: Sequence[SourceLine]) -> tuple[list[Item], list[Matched]]:
    """What settles what, in the order in which the ledger told it: what came later displaces nothing that was there,
    however early it is dated."""
    owed = [_item(line) for line in owing]
    told, last = [], date.min
    for line in settling:
        last = max(last, line.dated)
        told.append(msgspec.structs.replace(line, dated=last))
    return owed, match(owed, told)


def _item(line: SourceLine) -> Item:
    return Item(
        id=entry_of(line.key),
        dated=line.dated,
        due_date=line.due_date,
        amount_ore=line.amount_ore,
        remaining_ore=line.amount_ore,
        kid=line.cid,
        names=frozenset(line.names),
        is_opening=line.kind is Kind.OPENING,
    )


def _items(
    of_item: Mapping[int, SourceLine],
    owed: Sequence[Item],
    matched: Sequence[Matched],
    kept: Mapping[str, Line],
    of_ours: Mapping[str, OurLine],
) -> Iterator[tuple[int, KeptItem]]:
    shares: defaultdict[int, list[tuple[Matched, int, bool]]] = defaultdict(list)
    for one in matched:
        for share in one.shares:
            shares[share.item].append((one, share.amount_ore, share.rule in DERIVED))
    for its in owed:
        line = of_item[its.id]
        said = kept[line.key].said
        told = said.remaining_ore is not None
        settlements = tuple(
            _settlement(kept[one.line.key], amount_ore, of_ours.get(one.line.key), its.id, guessed=is_derived)
            for one, amount_ore, is_derived in sorted(shares[its.id], key=lambda share: kept[share[0].line.key].place)
            if not (told and is_derived)
        )
        remaining_ore = its.remaining_ore if said.remaining_ore is None else said.remaining_ore
        yield its.id, KeptItem(line, OpenItem(its.id, 0, its.amount_ore, remaining_ore, settlements), said.exempt)


def _settlement(kept: Line, amount_ore: int, ours: OurLine | None, entry: int, *, guessed: bool) -> Settlement:
    """What a line changed on an item. A line of ours is the collector's where it lies on the item that it is for; on
    any other, it is the ledger's own affair."""
    line, meaning = kept.said.line, kept.said.meaning
    is_ours = ours is not None and ours.entry == entry
    return Settlement(
        key=line.key,
        amount_ore=amount_ore,
        kind=TransactionKind(meaning) if meaning else KINDS.get(line.kind, TransactionKind.CORRECTION),
        booked_on=max(line.dated, kept.seen_on),
        dated=line.dated,
        voucher_no=line.voucher_no,
        text=line.text,
        voucher_key=ours.voucher_key if ours and is_ours else "",
        line_no=ours.line_no if ours and is_ours else 0,
        guessed=guessed,
    )


def _ours(lines: Sequence[Line], ours: Sequence[OurLine]) -> dict[str, OurLine]:
    """Which line of ours each line of the file is, by key: as its text says, else by item, else by amount."""
    left = list(ours)
    found: dict[str, OurLine] = {}
    wanted = [one for one in lines if one.voucher_no]
    for tries in (_as_said, _by_amount, _by_voucher):
        for one in wanted:
            its = next((mine for mine in left if tries(one, mine)), None)
            if its is not None and one.said.line.key not in found:
                found[one.said.line.key] = its
                left.remove(its)
    return found


def _as_said(one: Line, mine: OurLine) -> bool:
    return (one.voucher_no, one.voucher_line) == (mine.voucher_no, mine.line_no)


def _by_amount(one: Line, mine: OurLine) -> bool:
    return one.voucher_no == mine.voucher_no and one.said.line.amount_ore == mine.amount_ore


def _by_voucher(one: Line, mine: OurLine) -> bool:
    return one.voucher_no == mine.voucher_no


def _names(line: SourceLine) -> bool:
    """Whether a line says what it is for."""
    return bool(line.cid or line.named)


def _directed(lines: Sequence[Line], of_ours: Mapping[str, OurLine]) -> list[SourceLine]:
    """The lines, those of ours that name no invoice directed to the item that they are for."""
    items = {entry_of(one.said.line.key): one.said.line for one in lines}
    found = []
    for one in lines:
        line, ours = one.said.line, of_ours.get(one.said.line.key)
        target = items.get(ours.entry) if ours else None
        if target is not None and not _names(line):
            line = msgspec.structs.replace(line, named=target.names[:1], cid="" if target.names else target.cid)
        found.append(line)
    return found
