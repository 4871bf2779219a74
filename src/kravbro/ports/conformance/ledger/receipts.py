"""Receipts: the collector's answers to offers, as the ledger keeps them."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import Reason
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check
from kravbro.ports.identity import Delivered

BOTH = ("record_receipts", "recorded_receipts")


@ledger_check(16, *BOTH)
def receipts_are_recorded_once(scene: LedgerScene) -> None:
    """A receipt is recorded once, as it came, and known from then on."""
    first, second, third = scene.claims(100_00, 200_00, 300_00)
    accepted, refused, later = scene.acceptance(first), scene.refusal(second), scene.acceptance(third)
    record = scene.ledger.record_receipts
    expect.same(record(scene.company, [accepted, refused]), Delivered(2, 0), "two receipts came")
    expect.same(record(scene.company, [refused, accepted]), Delivered(0, 2), "they came again, in another order")
    expect.same(record(scene.company, [later, later]), Delivered(1, 1), "a third came twice in one batch")
    expect.same(scene.recorded(), [accepted, refused, later], "the recorded receipts were read, by offer")


@ledger_check(17, *BOTH)
def acceptance_replaces_refusal(scene: LedgerScene) -> None:
    """Acceptance replaces refusal of the same offer, never the reverse."""
    offer = scene.claim()
    refused, accepted, late = scene.refusal(offer), scene.acceptance(offer), scene.refusal(offer)
    record = scene.ledger.record_receipts
    scene.record(refused)
    expect.same(record(scene.company, [accepted]), Delivered(1, 0), "an acceptance came after the refusal")
    expect.same(scene.recorded(), [accepted], "the receipt of an offer that was refused and then accepted was read")
    for old in ([refused], [late], [refused, accepted, late]):
        expect.same(record(scene.company, old), Delivered(0, len(old)), "a refusal came after the acceptance")
    expect.same(scene.recorded(), [accepted], "the receipt of an accepted offer was read, after later refusals")
    (claim,) = scene.movements(offer)
    expect.same(claim.case_number, accepted.case_number, "the case number of the claim was read")


@ledger_check(18, *BOTH, "ready_claims")
def changed_receipts_are_refused(scene: LedgerScene) -> None:
    """A receipt that is known and comes with other content is a DataFault, and the whole batch is kept out."""
    first, second, third = scene.claims(100_00, 200_00, 300_00)
    accepted, refused = scene.acceptance(first), scene.refusal(second)
    scene.record(accepted, refused)
    beside = scene.acceptance(third)
    replace = msgspec.structs.replace
    for changed in (
        replace(accepted, case_number="1-999999"),
        replace(accepted, case_kid="999999999"),
        replace(refused, reasons=(Reason("gate.postcode_missing"),)),
    ):
        scene.refuses("record_receipts", [beside, changed], "a known receipt with other content")


@ledger_check(19, *BOTH)
def receipts_of_nothing_are_refused(scene: LedgerScene) -> None:
    """A receipt of an offer that never was, of another claim, or under the number of another answer is a DataFault, and
    the whole batch is kept out.
    """
    first, second, third = scene.claims(100_00, 200_00, 300_00)
    accepted = scene.acceptance(first)
    scene.record(accepted)
    beside, answer = scene.acceptance(third), scene.acceptance(second)
    replace = msgspec.structs.replace
    for wrong, what in (
        (replace(answer, offer=third.number + 1_000), "an offer that never was"),
        (replace(answer, entry=first.entry), "the entry of another claim"),
        (replace(answer, number=accepted.number), "the number of another answer"),
    ):
        scene.refuses("record_receipts", [beside, wrong], f"a receipt with {what}")


CHECKS = (
    receipts_are_recorded_once,
    acceptance_replaces_refusal,
    changed_receipts_are_refused,
    receipts_of_nothing_are_refused,
)
