"""Which credits of one customer lower which invoices: by what the file says, and oldest first where it says nothing.

Nothing is taken that is not there: an invoice is lowered to zero at most, and what a credit has left stays on the
customer, on no invoice, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from kravbro.books.importing.source import Kind, SourceLine, Why


class Rule(StrEnum):
    """Why a credit was put on an invoice."""

    KID = "kid"
    NUMBER = "number"
    DOCUMENT = "document"
    OPENING_BALANCE = "opening_balance"
    OLDEST_FIRST = "oldest_first"


DERIVED = frozenset({Rule.OPENING_BALANCE, Rule.OLDEST_FIRST})
"""Rules by which the file itself does not say what a credit is for."""


class Item(msgspec.Struct, gc=False):
    """An open item of one customer on one account; amounts in øre, and what was taken of it so far."""

    id: int
    dated: date
    due_date: date | None
    amount_ore: int
    remaining_ore: int
    kid: str = ""
    names: frozenset[str] = frozenset()
    is_opening: bool = False

    @property
    def age(self) -> tuple[bool, date, int]:
        """Sorts oldest first, what was there before the period before everything."""
        return not self.is_opening, self.due_date or self.dated, self.id


class Share(msgspec.Struct, frozen=True, gc=False):
    """What a line changes an item by, in øre (negative lowers it), and the rule."""

    item: int
    amount_ore: int
    rule: Rule


class Matched(msgspec.Struct, frozen=True, gc=False):
    """A line with its shares, what is left of it (øre, signed as the line), and why, if anything is."""

    line: SourceLine
    shares: tuple[Share, ...]
    left_ore: int
    why: Why | None


def match(items: Sequence[Item], lines: Sequence[SourceLine]) -> list[Matched]:
    """Put credits, and reversals of payments, of one customer and account on its items, by date and then in order.

    Changes what remains of `items`.
    """
    desk = _Desk(items)
    ordered = sorted(lines, key=lambda line: line.dated)
    return [desk.put_back(line) if line.amount_ore > 0 else desk.lower(line) for line in ordered]


class _Desk:
    """One customer's items, so that each can be found by what it is called, and the oldest first."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._oldest = sorted(items, key=lambda item: item.age)
        self._first_open = 0
        self._called: dict[tuple[bool, str], list[Item]] = {}
        for item in self._oldest:
            for name in item.names:
                self._called.setdefault((False, name), []).append(item)
            if item.kid:
                self._called.setdefault((True, item.kid), []).append(item)

    def lower(self, line: SourceLine) -> Matched:
        """Put a credit on what it is for."""
        left_ore = -line.amount_ore
        shares: list[Share] = []
        targets, rule, why = self._targets(line)
        for item in targets:
            if not left_ore:
                break
            taken_ore = min(left_ore, item.remaining_ore)
            if taken_ore > 0:
                item.remaining_ore -= taken_ore
                left_ore -= taken_ore
                shares.append(Share(item.id, -taken_ore, rule))
        return Matched(line, tuple(shares), -left_ore, why if left_ore else None)

    def put_back(self, line: SourceLine) -> Matched:
        """Put back what was taken of the item that a reversal names; what is left is a debt of its own."""
        left_ore = line.amount_ore
        shares: list[Share] = []
        targets, rule = self._said(line) or ([], Rule.NUMBER)
        for item in targets:
            put_back_ore = min(left_ore, item.amount_ore - item.remaining_ore)
            if put_back_ore > 0:
                item.remaining_ore += put_back_ore
                left_ore -= put_back_ore
                shares.append(Share(item.id, put_back_ore, rule))
                self._first_open = 0
        return Matched(line, tuple(shares), left_ore, Why.TARGET_UNKNOWN if left_ore else None)

    def _targets(self, line: SourceLine) -> tuple[Iterable[Item], Rule, Why]:
        """The items that a credit goes to, and why something is left of it if there is more than they need."""
        said = self._said(line)
        if said is not None:
            return *said, Why.MORE_THAN_REMAINS
        if line.cid or line.named:
            before = [item for item in self._oldest if item.is_opening and item.remaining_ore > 0]
            return before, Rule.OPENING_BALANCE, Why.MORE_THAN_REMAINS if before else Why.TARGET_UNKNOWN
        return self._there(line.dated), Rule.OLDEST_FIRST, Why.NOTHING_OPEN

    def _said(self, line: SourceLine) -> tuple[list[Item], Rule] | None:
        """The items that the file says a line is for: by KID, by number, or by a document that is an invoice's.

        Programs write the KID where the number belongs, and the number for a KID: what one finds nothing by is tried
        as the other.
        """
        said = (
            (Rule.KID, (line.cid,)),
            (Rule.NUMBER, line.named),
            (Rule.KID, line.named),
            (Rule.NUMBER, (line.cid,)),
            (Rule.DOCUMENT, line.tried),
        )
        for rule, numbers in said:
            found = [item for number in numbers for item in self._called.get((rule is Rule.KID, number), ())]
            if found:
                return sorted({item.id: item for item in found}.values(), key=lambda item: item.age), rule
        return None

    def _there(self, on: date) -> Iterator[Item]:
        """What was open on a day, oldest first."""
        while self._first_open < len(self._oldest) and not self._oldest[self._first_open].remaining_ore:
            self._first_open += 1
        for item in self._oldest[self._first_open :]:
            if item.dated <= on:
                yield item


def settles(line: SourceLine) -> bool:
    """Whether a line is put on items, where others are items themselves."""
    return line.amount_ore < 0 or line.kind is Kind.REVERSAL


def by_holder(lines: Sequence[SourceLine]) -> Iterator[tuple[tuple[str, str], list[SourceLine]]]:
    """The lines of each customer and account, in the order in which these come."""
    found: dict[tuple[str, str], list[SourceLine]] = {}
    for line in lines:
        found.setdefault((line.customer, line.account), []).append(line)
    yield from found.items()
