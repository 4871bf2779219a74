"""Claims of older cases: joined once, carried as adoptions, and told of only what counts from the cut-off on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import msgspec

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.errors import KravbroError
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import CLAIM_ORE, LedgerScene, ledger_check
from kravbro.ports.conversion import ConvertibleLedger
from kravbro.ports.identity import Delivered

NEEDS = [Ability.CONVERSION]
WHY = "handed over before"
replace = msgspec.structs.replace


def _able(scene: LedgerScene) -> ConvertibleLedger:
    return cast(ConvertibleLedger, scene.ledger)


def _handed(scene: LedgerScene) -> Joining:
    """An invoice that was handed over, as it may be joined with an older case that agrees with it."""
    entry = scene.world.invoice(CLAIM_ORE).entry
    scene.world.hand_over(entry)
    return Joining(entry, entry, f"K-{entry}", _cut_off(scene), CLAIM_ORE, CLAIM_ORE, WHY)


def _cut_off(scene: LedgerScene) -> date:
    return scene.world.today - timedelta(days=1)


def _adoption(scene: LedgerScene, entry: int) -> Adoption:
    found = [one for one in _able(scene).adoptions(scene.company, 0, 1_000) if one.offer.entry == entry]
    expect.same(len(found), 1, "an item was joined; how often it is among the adoptions")
    return found[0]


@ledger_check(52, "join_claims", "joined_claims", "adoptions", "ready_claims", needs=NEEDS)
def items_are_joined_once(scene: LedgerScene) -> None:
    """An item is joined once, waits for its answer among the adoptions, and is never ready as an ordinary claim."""
    one, two = _handed(scene), _handed(scene)
    join = _able(scene).join_claims
    expect.same(join(scene.company, [one]), Delivered(1, 0), "an item was joined")
    first = _adoption(scene, one.entry)
    expect.same(join(scene.company, [one, two]), Delivered(1, 1), "it was joined again, with another one")
    expect.same(_adoption(scene, one.entry), first, "it was joined again")
    ready = [offer.entry for offer in scene.offers() if offer.entry in {one.entry, two.entry}]
    expect.same(ready, [], "two items were joined; which of them are ready as ordinary claims")
    for wrong, what in (
        (replace(one, case_number="K-other"), "a joined item with another case"),
        (replace(_handed(scene), ledger_ore=CLAIM_ORE - 1), "an item of which another sum was compared"),
    ):
        good = _handed(scene)
        expect.refused(f"{what} came behind a good one", KravbroError, join, scene.company, [good, wrong])
        joined = {other.entry for other in _able(scene).joined_claims(scene.company, 0, 1_000)}
        expect.true(good.entry not in joined, f"{what} came behind a good one", "neither joined", sorted(joined))


@ledger_check(53, "join_claims", "transactions", "movements", needs=[*NEEDS, Ability.PAYMENT])
def what_counts_before_the_cut_off_is_not_told(scene: LedgerScene) -> None:
    """Of a joined item, what counts before the cut-off is in the opening, whenever it is booked; the rest is told."""
    one = _handed(scene)
    cut_off = one.cut_off
    scene.pay(one.entry, 10_00, cut_off - timedelta(days=1))
    scene.pay(one.entry, 20_00, cut_off)
    _able(scene).join_claims(scene.company, [replace(one, ledger_ore=CLAIM_ORE - 10_00)])
    offer = _adoption(scene, one.entry).offer
    expect.same(offer.parts.principal_ore, CLAIM_ORE - 10_00, "an item was joined on which 10,00 were paid before")
    scene.record(scene.acceptance(offer))
    scene.pay(one.entry, 30_00, cut_off - timedelta(days=1))
    scene.pay(one.entry, 40_00, scene.world.today)
    told = [row.amount_ore for row in scene.transactions() if row.entry == one.entry]
    expect.same(told, [-20_00, -40_00], "payments of before and after the cut-off were booked, and some were told")
    (claim,) = scene.movements(offer)
    moved = [move.amount_ore for move in claim.movements]
    expect.same((claim.opening_ore, moved), (CLAIM_ORE - 40_00, [-20_00, -40_00]), "its movements were read")


CHECKS = (items_are_joined_once, what_counts_before_the_cut_off_is_not_told)
