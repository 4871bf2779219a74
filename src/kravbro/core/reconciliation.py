"""Compare what two sides say of one claim, movement by movement. Pure: facts in, differences out.

Sums would hide two faults that cancel each other, so every movement is looked for by its identity. What one side lacks
is in transit only if it is a voucher that the ledger has not acknowledged, or a transaction beyond the position of its
stream; all else is a difference, with a kind that says who lacks what.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kravbro.core.claims import GIVEN_BACK, Receipt, Status, Withdrawal, replaces
from kravbro.core.movements import ClaimMovements, Movement
from kravbro.core.vouchers import VoucherReceipt


class Kind(StrEnum):
    """What can be wrong between the two sides."""

    OPENING_DIFFERS = "opening_differs"
    AMOUNT_DIFFERS = "amount_differs"
    MISSING_IN_LEDGER = "missing_in_ledger"
    MISSING_IN_COLLECTOR = "missing_in_collector"
    CLAIM_MISSING_IN_LEDGER = "claim_missing_in_ledger"
    CLAIM_MISSING_IN_COLLECTOR = "claim_missing_in_collector"
    RECEIPT_MISSING_IN_LEDGER = "receipt_missing_in_ledger"
    RECEIPT_MISSING_IN_COLLECTOR = "receipt_missing_in_collector"
    RECEIPT_DIFFERS = "receipt_differs"
    VOUCHER_RECEIPT_DIFFERS = "voucher_receipt_differs"
    STATUS_DIFFERS = "status_differs"
    WITHDRAWAL_DIFFERS = "withdrawal_differs"


CLAIM_GONE = frozenset({Kind.CLAIM_MISSING_IN_LEDGER, Kind.CLAIM_MISSING_IN_COLLECTOR})
ONE_SIDED = frozenset({Kind.MISSING_IN_LEDGER, Kind.MISSING_IN_COLLECTOR})


class Difference(msgspec.Struct, frozen=True):
    """One difference, in øre as each side has it; None where a side has nothing.

    `entry` is the claim's entry in the ledger, None for what belongs to no single claim.
    """

    entry: int | None
    kind: str
    thing: str
    ledger_ore: int | None
    collector_ore: int | None


class Compared(msgspec.Struct, frozen=True):
    """The outcome for one claim: differences, and the sum of the sizes of all movements on their way (øre).

    `accepted_ore` is what is left of a difference that a person accepted when the claim was converted.
    """

    differences: tuple[Difference, ...]
    in_transit_ore: int
    accepted_ore: int = 0
    entry: int = 0


def compare_claim(collector: ClaimMovements, ledger: ClaimMovements | None, position: int) -> Compared:
    """Compare one claim that the collector has with the ledger's view of the same offer.

    `position` is that of the transactions stream: what the ledger numbered after it is still on its way.
    """
    if ledger is None or ledger.entry != collector.entry:
        missing = Difference(
            collector.entry, Kind.CLAIM_MISSING_IN_LEDGER, _offer(collector), None, collector.opening_ore
        )
        return Compared((missing,), 0, entry=collector.entry)
    found: list[Difference] = []
    apart_ore = ledger.opening_ore - collector.opening_ore
    is_accepted = _is_accepted(apart_ore, ledger, collector)
    if not is_accepted:
        found.append(
            Difference(
                collector.entry, Kind.OPENING_DIFFERS, _offer(collector), ledger.opening_ore, collector.opening_ore
            )
        )
    ours = {movement.id: movement for movement in collector.movements}
    theirs = {movement.id: movement for movement in ledger.movements}
    in_transit_ore = 0
    for movement in collector.movements:
        twin = theirs.get(movement.id)
        if twin is None and not movement.settled:
            in_transit_ore += abs(movement.amount_ore)
        elif twin is None or twin.amount_ore != movement.amount_ore:
            found.append(_of_movement(collector.entry, movement, twin, Kind.MISSING_IN_LEDGER))
    for movement in ledger.movements:
        if movement.id in ours:
            continue
        if _is_beyond(movement, position):
            in_transit_ore += abs(movement.amount_ore)
        else:
            found.append(Difference(collector.entry, Kind.MISSING_IN_COLLECTOR, movement.id, movement.amount_ore, None))
    return Compared(tuple(found), in_transit_ore, apart_ore if is_accepted else 0, collector.entry)


def _is_accepted(apart_ore: int, ledger: ClaimMovements, collector: ClaimMovements) -> bool:
    """Whether the openings differ by nothing, or by no more than what a person accepted, as both sides remember it.

    The ledger may catch up, with what it books late of the time before the cut-off; it may not go past the other.
    """
    accepted_ore = ledger.accepted_ore
    within = min(accepted_ore, 0) <= apart_ore <= max(accepted_ore, 0)
    return within and collector.accepted_ore == accepted_ore


def _offer(claim: ClaimMovements) -> str:
    return f"offer:{claim.offer}"


def _of_movement(entry: int, ours: Movement, theirs: Movement | None, if_missing: Kind) -> Difference:
    if theirs is None:
        return Difference(entry, if_missing, ours.id, None, ours.amount_ore)
    return Difference(entry, Kind.AMOUNT_DIFFERS, ours.id, theirs.amount_ore, ours.amount_ore)


def _is_beyond(movement: Movement, position: int) -> bool:
    """Whether the ledger's movement is its own and has not been carried: not numbered yet, or numbered later."""
    return not movement.id.startswith("voucher:") and (movement.number == 0 or movement.number > position)


def compare_receipts(given: Iterable[Receipt], held: Iterable[Receipt], position: int) -> list[Difference]:
    """Compare the answers that the collector gave with those that the ledger holds, offer by offer.

    Of several answers to an offer the one that replaces the others counts. A receipt beyond the position is still on
    its way.
    """
    answers: dict[int, Receipt] = {}
    for receipt in given:
        if receipt.offer not in answers or replaces(receipt.outcome, answers[receipt.offer].outcome):
            answers[receipt.offer] = receipt
    found: list[Difference] = []
    for recorded in held:
        answer = answers.pop(recorded.offer) if recorded.offer in answers else None
        if answer is None:
            found.append(_of_receipt(recorded, Kind.RECEIPT_MISSING_IN_COLLECTOR))
        elif _said(answer) != _said(recorded) and answer.number <= position:
            found.append(_of_receipt(recorded, Kind.RECEIPT_DIFFERS))
    late = (answer for answer in answers.values() if answer.number <= position)
    return found + [_of_receipt(answer, Kind.RECEIPT_MISSING_IN_LEDGER) for answer in late]


def compare_voucher_receipts(
    told: Iterable[VoucherReceipt], held: Iterable[VoucherReceipt], position: int
) -> list[Difference]:
    """Compare what the ledger told of vouchers, up to the position, with what the collector holds, event by event."""
    events = {event.number: event for event in told if event.number <= position}
    found = [_of_event(event) for event in held if events.pop(event.number, None) != event]
    return found + [_of_event(event) for event in events.values()]


def compare_withdrawals(told: Iterable[Withdrawal], held: Iterable[Withdrawal], position: int) -> list[Difference]:
    """Compare the creditor's wishes, up to the position, with those that the collector holds."""
    wishes = {wish.number: wish for wish in told if wish.number <= position}
    found = [_of_wish(wish) for wish in held if wishes.pop(wish.number, None) != wish]
    return found + [_of_wish(wish) for wish in wishes.values()]


def told_shortly(differences: Iterable[Difference]) -> list[Difference]:
    """The same differences without what follows from others.

    A voucher that one side lacks altogether is one difference, not one per claim that it pays; and nothing more is
    said of a claim that one side does not have.
    """
    kept: list[Difference] = []
    vouchers: dict[tuple[str, str], list[Difference]] = {}
    everything = list(differences)
    gone = {one.entry for one in everything if one.kind in CLAIM_GONE}
    for one in everything:
        if one.kind == Kind.STATUS_DIFFERS and one.entry in gone:
            continue
        if one.kind in ONE_SIDED and one.thing.startswith("voucher:"):
            vouchers.setdefault((one.kind, one.thing.rpartition("/")[0]), []).append(one)
        else:
            kept.append(one)
    for (kind, voucher), lines in vouchers.items():
        kept += lines if len(lines) == 1 else [Difference(None, kind, voucher, _sum(lines, 0), _sum(lines, 1))]
    return kept


def _sum(lines: list[Difference], side: int) -> int | None:
    amounts = [(one.ledger_ore, one.collector_ore)[side] for one in lines]
    return sum(amount for amount in amounts if amount is not None) if any(one is not None for one in amounts) else None


def _of_event(event: VoucherReceipt) -> Difference:
    return Difference(None, Kind.VOUCHER_RECEIPT_DIFFERS, f"voucher receipt:{event.number}", None, None)


def _of_wish(wish: Withdrawal) -> Difference:
    return Difference(wish.entry, Kind.WITHDRAWAL_DIFFERS, f"withdrawal:{wish.number}", None, None)


def compare_statuses(published: Iterable[Status], shown: Iterable[Status], position: int) -> list[Difference]:
    """Compare the newest status of each claim that was carried, or a later one, with what the ledger shows."""
    allowed: dict[int, list[tuple[object, ...]]] = {}
    carried: dict[int, Status] = {}
    for status in published:
        if status.number <= position:
            carried[status.entry] = status
            allowed[status.entry] = []
        allowed.setdefault(status.entry, []).append(_stands(status))
    found = []
    for status in shown:
        carried.pop(status.entry, None)
        if _stands(status) not in allowed.get(status.entry, []):
            found.append(_of_status(status))
    return found + [_of_status(status) for status in carried.values()]


def _stands(status: Status) -> tuple[object, ...]:
    return (status.version, status.state, status.case_number)


def _of_status(status: Status) -> Difference:
    return Difference(status.entry, Kind.STATUS_DIFFERS, f"status:{status.entry}", None, None)


def _said(receipt: Receipt) -> tuple[object, ...]:
    """What both sides must have alike. A claim is given back once, though after a restore under another number."""
    number = 0 if receipt.outcome in GIVEN_BACK else receipt.number
    return (number, receipt.entry, receipt.outcome, receipt.case_number, receipt.case_kid)


def _of_receipt(receipt: Receipt, kind: Kind) -> Difference:
    return Difference(receipt.entry, kind, f"receipt:{receipt.number}", None, None)
