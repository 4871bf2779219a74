"""Cases of an older system: each adopted once, and answered by a receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import msgspec

from kravbro.core.adoption import Adoption
from kravbro.core.claims import Outcome, Parts
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.collector.scene import CLAIM_ORE, CollectorScene, collector_check
from kravbro.ports.conversion import ConvertibleCollector
from kravbro.ports.identity import Delivered

NEEDS = [Ability.CONVERSION]
replace = msgspec.structs.replace


def _able(scene: CollectorScene) -> ConvertibleCollector:
    return cast(ConvertibleCollector, scene.collector)


def _older(scene: CollectorScene) -> Adoption:
    """A case of an older system, and the adoption of it that the ledger would send."""
    offer = scene.offer()
    frozen = replace(offer, parts=Parts(CLAIM_ORE), letters=(), sequence=0)
    case_number = f"K-{offer.number}"
    scene.world.older_case(frozen, case_number)
    (older,) = [
        one for one in _able(scene).claims_to_convert(scene.company, 0, 1_000) if one.case_number == case_number
    ]
    cut_off = scene.world.today - timedelta(days=1)
    return Adoption(frozen, older.number, case_number, cut_off, CLAIM_ORE, "handed over before")


@collector_check(37, "adopt_cases", "claims_to_convert", "receipts", "claims", needs=NEEDS)
def cases_are_adopted_once(scene: CollectorScene) -> None:
    """An older case is adopted once, under its own number, answered by a receipt, and opens with what remained."""
    one, two = _older(scene), _older(scene)
    adopt = _able(scene).adopt_cases
    expect.same(adopt(scene.company, [one, one]), Delivered(1, 1), "an adoption came twice in one batch")
    with scene.unchanged("it came again"):
        expect.same(adopt(scene.company, [one]), Delivered(0, 1), "it came again")
    expect.same(adopt(scene.company, [one, two]), Delivered(1, 1), "it came again, with another one")
    answers = [(row.offer, row.outcome, row.case_number) for row in scene.receipts()]
    right = [(each.number, Outcome.ACCEPTED, each.case_number) for each in (one, two)]
    expect.same(answers, right, "two older cases were adopted; the receipts")
    claim = scene.claim(one.offer)
    expect.same((claim.opening_ore, claim.movements), (CLAIM_ORE, ()), "the claim of an adopted case was read")
    left = {each.number for each in _able(scene).claims_to_convert(scene.company, 0, 1_000)}
    expect.true(not left & {one.earlier, two.earlier}, "both were adopted", "neither is to be converted", sorted(left))


@collector_check(38, "adopt_cases", needs=NEEDS)
def changed_adoptions_are_refused(scene: CollectorScene) -> None:
    """An adoption that is known and has other content, or is of no such case, is a DataFault, and all is kept out."""
    known, new, other = _older(scene), _older(scene), _older(scene)
    _able(scene).adopt_cases(scene.company, [known])
    for wrong, what in (
        (replace(known, because="something else"), "a known adoption for another reason"),
        (replace(known, cut_off=known.cut_off - timedelta(days=1)), "a known adoption with another cut-off"),
        (replace(other, collector_ore=CLAIM_ORE + 1), "an adoption of a case with another amount"),
        (replace(other, earlier=other.earlier + 1_000), "an adoption of a case that never was"),
    ):
        scene.refuses("adopt_cases", [new, wrong], what)


CHECKS = (cases_are_adopted_once, changed_adoptions_are_refused)
