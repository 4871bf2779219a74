"""Which entries of a customer are those of our vouchers, and which are there beyond what we delivered. Pure.

A line of ours is booked once. A person may change its text and its reference, its amount, or split it in the batch:
what comes of it is still that line, as far as its amount goes. What is there beyond that was booked by nobody's leave:
an import file that was read twice, most likely. It is in doubt until a person reverses it, or says that it is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from kravbro.ledgers.visma_business.entries import Entry
from kravbro.ledgers.visma_business.setup import Meaning, Setup


class OurLine(msgspec.Struct, frozen=True, gc=False):
    """A line of one of our vouchers as it was delivered."""

    voucher_no: int
    line_no: int
    key: str
    customer: int
    entry: int
    amount_ore: int


class Echoes(msgspec.Struct, frozen=True):
    """By the entry's key: the line that it is (`own`), or the one that it repeats (`twice`).

    `reversed_ore` are those that are there twice and were taken back, and those that took them back, with how much of
    both is settled (øre): together that changes nothing, and until it is matched it is nothing.
    """

    own: Mapping[int, OurLine]
    twice: Mapping[int, OurLine]
    reversed_ore: Mapping[int, int]


def line_reference(voucher_no: int, line_no: int) -> str:
    """What stands in `Ref` of a line of ours, and in no other.

    >>> line_reference(900017, 3)
    '900017/3'
    """
    return f"{voucher_no}/{line_no}"


def echoes_of(entries: Iterable[Entry], lines: Sequence[OurLine], setup: Setup) -> Echoes:
    """What each entry of our vouchers is. All are one customer's.

    An entry is ours by voucher type and number. Which line it is, is known by the reference that it was delivered with;
    where a person has changed that, by the amount; where that is changed too, by what is lacking. Texts say nothing.
    """
    here = sorted(entries, key=_age)
    by_voucher: dict[int, list[OurLine]] = {}
    for line in lines:
        if line.amount_ore:
            by_voucher.setdefault(line.voucher_no, []).append(line)
    of_voucher: dict[int, list[Entry]] = {}
    for one in here:
        if one.voucher_type == setup.voucher_type and one.voucher_no in by_voucher and one.amount_ore:
            of_voucher.setdefault(one.voucher_no, []).append(one)
    own: dict[int, OurLine] = {}
    twice: dict[int, OurLine] = {}
    for voucher_no, booked in of_voucher.items():
        filling, left = _Filling(by_voucher[voucher_no]), booked
        for fits in (_by_reference, _by_amount, _as_a_part, _instead):
            left = [one for one in left if not filling.take(one, fits)]
        own |= filling.taken
        repeated = ((one.key, _repeated(one, by_voucher[voucher_no])) for one in left)
        twice |= {key: line for key, line in repeated if line}
    pairs = _pairs(here, own, twice, setup)
    both = {one.key: min(_settled_ore(one), _settled_ore(other)) for pair in pairs for one, other in (pair, pair[::-1])}
    return Echoes(own, twice, both)


Fits = Callable[[Entry, OurLine, int], bool]
"""Whether an entry is a line of which so much (øre) has not been found yet."""


class _Filling:
    """How much of each line has not been found yet (øre), and which entry is which line."""

    def __init__(self, lines: Sequence[OurLine]) -> None:
        self._lacking = {line.line_no: line.amount_ore for line in lines}
        self._lines = lines
        self.taken: dict[int, OurLine] = {}

    def take(self, entry: Entry, fits: Fits) -> bool:
        """Take an entry as a line that it fits. One that is more than the line leaves nothing lacking."""
        for line in self._lines:
            lacking_ore = self._lacking[line.line_no]
            if lacking_ore * entry.amount_ore > 0 and fits(entry, line, lacking_ore):
                self.taken[entry.key] = line
                more = abs(entry.amount_ore) > abs(lacking_ore)
                self._lacking[line.line_no] = 0 if more else lacking_ore - entry.amount_ore
                return True
        return False


def _by_reference(entry: Entry, line: OurLine, lacking_ore: int) -> bool:
    """A line with its own reference; a part of it, or all with another amount."""
    named = entry.reference == line_reference(line.voucher_no, line.line_no)
    return named and (_as_a_part(entry, line, lacking_ore) or _instead(entry, line, lacking_ore))


def _by_amount(entry: Entry, line: OurLine, lacking_ore: int) -> bool:
    return entry.amount_ore == line.amount_ore == lacking_ore


def _as_a_part(entry: Entry, _: OurLine, lacking_ore: int) -> bool:
    return abs(entry.amount_ore) <= abs(lacking_ore)


def _instead(_: Entry, line: OurLine, lacking_ore: int) -> bool:
    return lacking_ore == line.amount_ore


def _repeated(entry: Entry, lines: Sequence[OurLine]) -> OurLine | None:
    """The line that an entry repeats; None where it is on the other side of all of them: it takes something back."""
    same = [line for line in lines if line.amount_ore * entry.amount_ore > 0]
    named = [line for line in same if entry.reference == line_reference(line.voucher_no, line.line_no)]
    equal = [line for line in same if line.amount_ore == entry.amount_ore]
    return next(iter((*named, *equal, *same)), None)


def _pairs(
    entries: Sequence[Entry], own: Mapping[int, OurLine], twice: Mapping[int, OurLine], setup: Setup
) -> list[tuple[Entry, Entry]]:
    """Each entry that is there twice, with what took it back: a later one of the same amount on the other side, rather
    one that is settled."""
    found: dict[int, tuple[Entry, Entry]] = {}
    for one in (entry for entry in entries if entry.key in twice):
        later = [
            other
            for other in entries
            if other.key > one.key and other.amount_ore == -one.amount_ore
            if other.key not in found and other.key not in own and other.key not in twice
            if setup.meaning(other.voucher_type) is not Meaning.INVOICE
        ]
        if later:
            other = max(later, key=lambda each: (_settled_ore(each), -each.key))
            found[other.key] = (one, other)
    return list(found.values())


def _settled_ore(entry: Entry) -> int:
    """How much of an entry is settled, as a size."""
    settled_ore = entry.amount_ore - entry.remaining_ore
    return abs(settled_ore) if settled_ore * entry.amount_ore > 0 else 0


def _age(entry: Entry) -> int:
    return entry.key
