"""What an answer must keep to, whatever service gives it: order, the page that was asked for, and whose rows it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from kravbro.core.errors import DataFault
from kravbro.formats.wsinkasso.operations import Operation, Taken

Row = TypeVar("Row")
Key = Callable[[Row], int]
HEAVIEST = 20_000
"""How many rows, with the rows that are in them, one message carries at most: some ten megabytes."""


def require_page(operation: Operation, rows: Sequence[Row], key: Key[Row], after: int, limit: int) -> None:
    """Refuse a page that has more rows than were asked for, or rows that do not come after each other.

    Raises DataFault `wsinkasso.too_many_rows`, `wsinkasso.out_of_order`.
    """
    if len(rows) > limit:
        raise DataFault("wsinkasso.too_many_rows", function=operation.name, asked=limit, found=len(rows))
    before = after
    for row in rows:
        if key(row) <= before:
            raise DataFault("wsinkasso.out_of_order", function=operation.name, number=key(row), after=before)
        before = key(row)


def require_company(operation: Operation, found: Iterable[int], company: int) -> None:
    """Refuse rows of another company. Raises DataFault `wsinkasso.other_company`."""
    for one in found:
        if one != company:
            raise DataFault("wsinkasso.other_company", function=operation.name, asked=company, found=one)


def require_asked(operation: Operation, found: Iterable[int], asked: Iterable[int]) -> None:
    """Refuse what nobody asked about, and what is told twice. Raises DataFault `wsinkasso.not_asked`."""
    left = set(asked)
    for one in found:
        if one not in left:
            raise DataFault("wsinkasso.not_asked", function=operation.name, offer=one)
        left.remove(one)


def require_counted(operation: Operation, taken: Taken, sent: int) -> None:
    """Refuse an answer that does not account for every row that was sent. Raises DataFault `wsinkasso.miscounted`."""
    if min(taken.new, taken.known, taken.waiting) < 0 or taken.new + taken.known + taken.waiting != sent:
        raise DataFault(
            "wsinkasso.miscounted", function=operation.name, sent=sent, new=taken.new, known=taken.known,
            waiting=taken.waiting,
        )  # fmt: skip


def messages(rows: Sequence[Row], page: int, weight: Callable[[Row], int]) -> Iterator[Sequence[Row]]:
    """Rows in portions, each of which one message can carry; a row that is too heavy goes alone."""
    start, heavy = 0, 0
    for place, row in enumerate(rows):
        if place > start and (place - start >= page or heavy + weight(row) > HEAVIEST):
            yield rows[start:place]
            start, heavy = place, 0
        heavy += weight(row)
    if start < len(rows):
        yield rows[start:]
