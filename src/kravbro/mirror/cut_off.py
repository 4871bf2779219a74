"""Which bookings on an open item the claim of an older case has already: what counts before its cut-off. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kravbro.mirror.forgetting import UNNAMED, Seen


def counted_before(bookings: Iterable[tuple[int, Seen]], cut_off: date, sequence: int | None = None) -> set[int]:
    """The numbers of those bookings on one item that count before the cut-off; they come in order, with their numbers.

    A booking counts from its value date. What the ledger had changed without naming it when the item was compared (up
    to booking `sequence`; None: all of these) has no date that anybody knows: it is taken to be in the case, where the
    comparison shows it if it is not. What a ledger names afterwards was in there already: the named booking and the
    one that takes its place in the unnamed change belong together.
    """
    before: set[int] = set()
    unnamed_ore = named_late_ore = 0
    for number, seen in bookings:
        compared = sequence is None or number <= sequence
        if seen.settlement == UNNAMED:
            names_it = bool(named_late_ore) and seen.amount_ore == -named_late_ore
            is_before = compared or (names_it and seen.amount_ore * unnamed_ore < 0)
            if is_before:
                unnamed_ore += seen.amount_ore
                named_late_ore = 0
        else:
            is_before = seen.value_on < cut_off
            if is_before and not compared:
                named_late_ore += seen.amount_ore
        if is_before:
            before.add(number)
    return before
