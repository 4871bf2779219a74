"""Conversion: which claims on both sides are the same, of those that were transferred before the sides were joined.

What is compared is read whole, since one claim more may make a clear match unclear. What matched is written to the
ledger by case number: an item whose number is there already is known, so a run that was stopped is simply given again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from kravbro.bridge.joined import PAGE
from kravbro.core.conversion import CaseNumber, Matching, match
from kravbro.core.errors import DataFault
from kravbro.ports.conversion import ConvertibleCollector, ConvertibleLedger
from kravbro.ports.identity import Delivered

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


def write_numbers(
    ledger: ConvertibleLedger, company: int, matching: Matching, because: str, page: int = PAGE
) -> Delivered:
    """Write the case number of everything that matched to the ledger, a page at a time; answers new and known."""
    numbers = [CaseNumber(pair.transferred.entry, pair.earlier.case_number) for pair in matching.matched]
    new = known = 0
    for start in range(0, len(numbers), page):
        done = ledger.record_case_numbers(company, numbers[start : start + page], because)
        new, known = new + done.new, known + done.known
    return Delivered(new, known)


def _all(read: Callable[[int], Sequence[Row]], order: Callable[[Row], int], name: str) -> Iterator[Row]:
    after = 0
    while rows := read(after):
        for row in rows:
            if order(row) <= after:
                raise DataFault("bridge.rows_out_of_order", stream=name, number=order(row), before=after)
            after = order(row)
            yield row
