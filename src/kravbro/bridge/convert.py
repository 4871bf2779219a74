"""Conversion: which claims on both sides are the same, of those that were transferred before the sides were joined.

What is compared is read whole, since one claim more may make a clear match unclear. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from kravbro.bridge.joined import PAGE
from kravbro.core.conversion import Matching, match
from kravbro.core.errors import DataFault
from kravbro.ports.conversion import ConvertibleCollector, ConvertibleLedger

Row = TypeVar("Row")


def preview(
    ledger: ConvertibleLedger, collector: ConvertibleCollector, company: int, cut_off: date, page: int = PAGE
) -> Matching:
    """Match what both sides have of one company. Raises DataFault `bridge.rows_out_of_order`."""
    return match(
        _all(
            lambda after: ledger.transferred_claims(company, cut_off, after, page),
            lambda item: item.entry,
            "transferred claims",
        ),
        _all(
            lambda after: collector.claims_to_convert(company, after, page),
            lambda claim: claim.number,
            "claims to convert",
        ),
    )


def _all(read: Callable[[int], Sequence[Row]], order: Callable[[Row], int], name: str) -> Iterator[Row]:
    after = 0
    while rows := read(after):
        for row in rows:
            if order(row) <= after:
                raise DataFault("bridge.rows_out_of_order", stream=name, number=order(row), before=after)
            after = order(row)
            yield row
