"""Reconcile: every claim's opening and every movement, on both sides, and each side against itself.

A claim that differs is read once more before it is reported, because the two sides are read one after the other and
work may go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from kravbro.bridge import receipts, statuses, transactions, voucher_receipts, withdrawals
from kravbro.bridge.joined import Joined
from kravbro.core.claims import Outcome, Receipt, claim_name
from kravbro.core.errors import DataFault
from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.core.movements import Because, ClaimMovements, Discrepancy
from kravbro.core.reconciliation import (
    Compared,
    Difference,
    Kind,
    compare_claim,
    compare_receipts,
    compare_statuses,
    compare_voucher_receipts,
    compare_withdrawals,
    told_shortly,
)
from kravbro.ports.ledgerless import LedgerlessCollector

Item = TypeVar("Item")

LEDGER, COLLECTOR = "ledger", "collector"


class Reported(msgspec.Struct, frozen=True):
    """One difference as people read it: the claim (or the thing, where it belongs to no claim), and both amounts.

    `side` says which side found the fault in itself; it is empty for a difference between the two. `because` says what
    a person can do about it.
    """

    claim: str
    kind: str
    thing: str
    side: str
    ledger_ore: int | None
    collector_ore: int | None
    because: Because | None = None


class Accepted(msgspec.Struct, frozen=True):
    """A difference between the openings of a converted claim that a person accepted (øre): ledger less collector."""

    claim: str
    thing: str
    difference_ore: int


class WithoutLedger(msgspec.Struct, frozen=True):
    """A claim that the collector was given by hand: no ledger has anything to compare it with."""

    company: int
    claim: LedgerlessClaim


class Reconciliation(msgspec.Struct, frozen=True):
    """The result: claims compared, claims without a difference, movements on their way (øre), and the differences.

    `accepted` are converted claims whose openings differ by what a person accepted: no differences, but shown. Claims
    without a ledger are not compared; they are told beside the rest.
    """

    claims: int
    agreed: int
    in_transit_ore: int
    differences: tuple[Reported, ...]
    accepted: tuple[Accepted, ...] = ()
    without_ledger: tuple[WithoutLedger, ...] = ()


OnClaims = Callable[[int], None]


def unheard(_claims: int) -> None:
    """Report progress to nobody."""


def reconcile(joined: Joined, on_claims: OnClaims = unheard) -> Reconciliation:
    """Reconcile every company that is carried for. Changes nothing."""
    total = Reconciliation(0, 0, 0, ())
    for company in joined.companies():
        total = _plus(total, _reconcile_company(joined, company, total.claims, on_claims))
    return msgspec.structs.replace(total, differences=_each_once(total.differences))


def _each_once(differences: tuple[Reported, ...]) -> tuple[Reported, ...]:
    """What runs over a whole collector is found with every company: keep it once, with its claim if one knew it."""
    kept: dict[tuple[object, ...], Reported] = {}
    for number, one in enumerate(differences):
        key = (one.thing, one.kind) if one.side == COLLECTOR else (number,)
        if key not in kept or kept[key].claim == one.thing:
            kept[key] = one
    return tuple(kept.values())


def _reconcile_company(joined: Joined, company: int, before: int, on_claims: OnClaims) -> Reconciliation:
    """Each side against itself first: what it names there may keep it from telling its claims at all."""
    found = tuple(_self_found(joined, company))
    try:
        compared = _compare_company(joined, company, before, on_claims)
    except DataFault:
        if not found:
            raise
        return Reconciliation(0, 0, 0, found)
    return msgspec.structs.replace(compared, differences=found + compared.differences)


def _compare_company(joined: Joined, company: int, before: int, on_claims: OnClaims) -> Reconciliation:
    given, held = _receipts_on_both_sides(joined, company)
    differences = compare_receipts(given, held, joined.positions.of(company, receipts.STREAM))
    compared: dict[int, Compared] = {}
    for page in _pages(joined, company):
        compared |= _compare_page(joined, company, page)
        on_claims(before + len(compared))
    differences += [
        Difference(receipt.entry, Kind.CLAIM_MISSING_IN_COLLECTOR, f"offer:{receipt.offer}", None, None)
        for receipt in held
        if receipt.outcome is not Outcome.REFUSED and receipt.offer not in compared
    ]
    differences += [difference for one in compared.values() for difference in one.differences]
    differences += _of_events(joined, company)
    return Reconciliation(
        claims=len(compared),
        agreed=sum(not one.differences for one in compared.values()),
        in_transit_ore=sum(one.in_transit_ore for one in compared.values()),
        differences=tuple(_named(joined, company, difference) for difference in told_shortly(differences)),
        accepted=tuple(
            Accepted(claim_name(joined.ledger_identity.installation, company, one.entry), f"offer:{offer}", ore)
            for offer, one in compared.items()
            if (ore := one.accepted_ore)
        ),
        without_ledger=tuple(WithoutLedger(company, one) for one in _without_ledger(joined, company)),
    )


def _plus(one: Reconciliation, other: Reconciliation) -> Reconciliation:
    return Reconciliation(
        one.claims + other.claims,
        one.agreed + other.agreed,
        one.in_transit_ore + other.in_transit_ore,
        one.differences + other.differences,
        one.accepted + other.accepted,
        one.without_ledger + other.without_ledger,
    )


def _without_ledger(joined: Joined, company: int) -> list[LedgerlessClaim]:
    """Claims that the collector was given by hand, if it takes any."""
    collector = joined.collector
    if not isinstance(collector, LedgerlessCollector):
        return []
    return _read_all(
        lambda after: collector.claims_without_ledger(company, after, joined.page), lambda claim: claim.number
    )


def _pages(joined: Joined, company: int) -> Iterator[list[ClaimMovements]]:
    after = 0
    while page := joined.collector.claims(company, after, joined.page):
        yield page
        after = page[-1].offer


def _compare_page(joined: Joined, company: int, page: list[ClaimMovements]) -> dict[int, Compared]:
    """Outcomes by offer; a claim that differs at first sight is read again on both sides."""
    compared = _against_ledger(joined, company, page)
    for offer, one in list(compared.items()):
        if one.differences:
            again = joined.collector.claims(company, offer - 1, 1)
            compared |= _against_ledger(joined, company, [claim for claim in again if claim.offer == offer])
    return compared


def _against_ledger(joined: Joined, company: int, page: list[ClaimMovements]) -> dict[int, Compared]:
    position = joined.positions.of(company, transactions.STREAM)
    known = {claim.offer: claim for claim in joined.ledger.movements(company, [claim.offer for claim in page])}
    return {claim.offer: compare_claim(claim, known.get(claim.offer), position) for claim in page}


def _receipts_on_both_sides(joined: Joined, company: int) -> tuple[list[Receipt], list[Receipt]]:
    """Read the ledger's first: a receipt recorded between the two reads is then on its way, not lost."""
    held = _read_all(lambda after: joined.ledger.recorded_receipts(company, after, joined.page), lambda row: row.offer)
    given = _read_all(lambda after: joined.collector.receipts(company, after, joined.page), lambda row: row.number)
    return given, held


def _of_events(joined: Joined, company: int) -> list[Difference]:
    """Fates of vouchers, withdrawals and statuses of claims: events that one side told and the other keeps."""
    ledger, collector, page = joined.ledger, joined.collector, joined.page
    position = joined.positions.of(company, voucher_receipts.STREAM)
    held = _read_all(lambda after: collector.recorded_voucher_receipts(company, after, page), lambda row: row.number)
    told = _read_all(lambda after: ledger.voucher_receipts(company, after, page), lambda row: row.number)
    found = compare_voucher_receipts(told, held, max([position, *(event.number for event in held)]))
    position = joined.positions.of(company, statuses.STREAM)
    shown = _read_all(lambda after: ledger.recorded_statuses(company, after, page), lambda row: row.entry)
    published = _read_all(lambda after: collector.statuses(company, after, page), lambda row: row.number)
    found += compare_statuses(published, shown, position)
    position = joined.positions.of(company, withdrawals.STREAM)
    kept = _read_all(lambda after: collector.recorded_withdrawals(company, after, page), lambda row: row.number)
    asked = _read_all(lambda after: ledger.withdrawals(company, after, page), lambda row: row.number)
    return found + compare_withdrawals(asked, kept, max([position, *(wish.number for wish in kept)]))


def _read_all(read: Callable[[int], Sequence[Item]], order: Callable[[Item], int]) -> list[Item]:
    rows: list[Item] = []
    while page := read(order(rows[-1]) if rows else 0):
        rows += page
    return rows


def _self_found(joined: Joined, company: int) -> list[Reported]:
    found = [_own(joined, company, LEDGER, fault) for fault in joined.ledger.audit(company)]
    return found + [_own(joined, company, COLLECTOR, fault) for fault in joined.collector.audit(company)]


def _own(joined: Joined, company: int, side: str, fault: Discrepancy) -> Reported:
    """A fault that one side found in itself: its own figure under its name, what it should be under the other's.

    Without a claim the thing itself is named; a ledger numbers its things anew in each company.
    """
    installation = joined.ledger_identity.installation
    thing = f"{installation}/{company} {fault.thing}" if side == LEDGER else fault.thing
    claim = thing if fault.entry is None else claim_name(installation, company, fault.entry)
    amounts = (fault.found_ore, fault.expected_ore) if side == LEDGER else (fault.expected_ore, fault.found_ore)
    return Reported(claim, fault.kind, thing, side, *amounts, fault.because)


def _named(joined: Joined, company: int, difference: Difference) -> Reported:
    installation = joined.ledger_identity.installation
    claim = f"{installation}/{company} {difference.thing}"
    if difference.entry is not None:
        claim = claim_name(installation, company, difference.entry)
    return Reported(claim, difference.kind, difference.thing, "", difference.ledger_ore, difference.collector_ore)
