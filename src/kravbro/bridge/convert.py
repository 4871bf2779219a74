"""Conversion: which claims on both sides are the same, of those that were transferred before the sides were joined.

What matched becomes one claim: the ledger makes an offer of the open item, the collector adopts the case, and its
receipt comes back like any other. From then on the streams carry it as they carry every claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from kravbro.bridge.claims import carry_claims
from kravbro.bridge.cursor import Carried
from kravbro.bridge.joined import PAGE, Joined
from kravbro.bridge.receipts import carry_receipts
from kravbro.bridge.statuses import carry_statuses
from kravbro.bridge.transactions import carry_transactions
from kravbro.core.adoption import Choice, Chosen, Joining, choose, joinings, still_open
from kravbro.core.conversion import CaseNumber, EarlierClaim, Matching, TransferredClaim, match
from kravbro.core.errors import DataFault
from kravbro.ports.conversion import ConvertibleCollector, ConvertibleLedger
from kravbro.ports.identity import Delivered

Row = TypeVar("Row")
ADOPTIONS = "adoptions"


class Sides(msgspec.Struct, frozen=True):
    """What both sides have of one company that is not joined yet, and what is."""

    transferred: tuple[TransferredClaim, ...]
    earlier: tuple[EarlierClaim, ...]
    joined: tuple[Joining, ...]

    def chosen(self, choices: Sequence[Choice], because: str) -> Chosen:
        """What matches and what a person chose; choices that are done already are passed over.

        Raises as `core.adoption.still_open` and `core.adoption.choose` do.
        """
        return choose(self.transferred, self.earlier, still_open(choices, self.joined), because)


class Asked(msgspec.Struct, frozen=True):
    """What a conversion is asked to do: the cut-off, what a person chose, and why.

    `make_cases`: what no case has is offered like any other claim.
    """

    cut_off: date
    because: str
    choices: tuple[Choice, ...] = ()
    make_cases: bool = False


class Converted(msgspec.Struct, frozen=True):
    """What a conversion did: items joined now, items offered for new cases, what was chosen and matched, and what the
    streams carried."""

    joined: int
    offered: int
    chosen: Chosen
    carried: tuple[Carried, ...]


def sides(
    ledger: ConvertibleLedger, collector: ConvertibleCollector, company: int, cut_off: date, page: int = PAGE
) -> Sides:
    """Read both sides whole, since one claim more may make a clear match unclear.

    Claims that the ledger has joined, and that a run which was stopped did not carry, are left out. Raises DataFault
    `bridge.rows_out_of_order`.
    """
    done = tuple(_all(lambda after: ledger.joined_claims(company, after, page), lambda one: one.entry, "joined claims"))
    under_way = {one.earlier for one in done}
    transferred = _all(
        lambda after: ledger.transferred_claims(company, cut_off, after, page),
        lambda item: item.entry,
        "transferred claims",
    )
    earlier = _all(
        lambda after: collector.claims_to_convert(company, after, page), lambda claim: claim.number, "claims to convert"
    )
    return Sides(tuple(transferred), tuple(claim for claim in earlier if claim.number not in under_way), done)


def preview(
    ledger: ConvertibleLedger, collector: ConvertibleCollector, company: int, cut_off: date, page: int = PAGE
) -> Matching:
    """Match what both sides have of one company. Changes nothing. Raises as `sides` does."""
    both = sides(ledger, collector, company, cut_off, page)
    return match(both.transferred, both.earlier)


def convert(
    joined: Joined, ledger: ConvertibleLedger, collector: ConvertibleCollector, company: int, asked: Asked
) -> Converted:
    """Join what matched and what was chosen, make cases of the rest if that was asked, and carry both.

    `ledger` and `collector` are those of `joined`, as what they can do beside their ports. An offer is kept in the
    ledger before it is carried, and every step may be repeated: a run that was stopped is given again and comes to the
    same.
    Raises as `sides`, `core.adoption.choose` and the ports do.
    """
    carry_adoptions(joined, ledger, collector, company)
    both = sides(ledger, collector, company, asked.cut_off, joined.page)
    chosen = both.chosen(asked.choices, asked.because)
    done = ledger.join_claims(company, joinings(chosen, asked.cut_off))
    alone = [item.entry for item in chosen.rest.missing_in_collector] if asked.make_cases else []
    offered = ledger.offer_unjoined(company, alone, asked.because) if alone else 0
    carried = [carry_adoptions(joined, ledger, collector, company)]
    streams = (carry_claims, *_STREAMS) if asked.make_cases else _STREAMS
    carried += [carry(joined, company) for carry in streams]
    return Converted(done.new, offered, chosen, tuple(carried))


_STREAMS = (carry_receipts, carry_statuses, carry_transactions)


def carry_adoptions(
    joined: Joined, ledger: ConvertibleLedger, collector: ConvertibleCollector, company: int
) -> Carried:
    """Bring joined claims to their cases: a queue of offers without a receipt, not a cursor.

    Receipts come first, so that what was answered before a run was stopped is not asked again.
    """
    carry_receipts(joined, company)
    carried = Carried(ADOPTIONS, company)
    after = 0
    while page := ledger.adoptions(company, after, joined.page):
        carried = carried.plus(len(page), collector.adopt_cases(company, page))
        after = page[-1].number
    return carried


def carry_pending(joined: Joined, ledger: ConvertibleLedger, collector: ConvertibleCollector) -> list[Carried]:
    """Bring joined claims that have no answer yet to their cases, for every company: nothing where none waits."""
    carried: list[Carried] = []
    for company in joined.companies():
        if not ledger.adoptions(company, 0, 1):
            continue
        done = carry_adoptions(joined, ledger, collector, company)
        if done.read:
            carried += [done, carry_receipts(joined, company), carry_statuses(joined, company)]
    return carried


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
