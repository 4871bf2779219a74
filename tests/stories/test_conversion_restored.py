"""Conversions that were stopped, or that a restored office forgot: they come to the same."""

from __future__ import annotations

import pytest

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.site import Site
from kravbro.bridge.convert import carry_pending, sides
from kravbro.bridge.missing import Remedy
from kravbro.cli.main import main
from kravbro.core.adoption import joinings
from tests.places import NewPlace
from tests.stories.converted import COMPANY, CUT_OFF, WHY, Handed, older
from tests.stories.sites import ACT, copy_of
from tests.stories.snapshots import keep, put_back
from tests.stories.test_conversion import KNOWN, agrees, choice, handed_over
from tests.stories.worlds import prepared

BECAUSE = "the disk broke"


@pytest.fixture
def world(new_place: NewPlace) -> Handed:
    return Handed(copy_of(prepared(new_place.kind), new_place.where()))


def test_a_transfer_left_joined_claims_waiting_until_the_conversion_was_given_again(world: Handed) -> None:
    handed_over(world)
    site = Site(world.place, ACT, 2)
    chosen = sides(site.own_ledger, site.collector, COMPANY, CUT_OFF).chosen([choice(world)], WHY)
    site.own_ledger.join_claims(COMPANY, joinings(chosen, CUT_OFF))
    assert main(["claims", "transfer", "--dir", str(world.where), "--on", str(ACT.on)]) == 0
    shown = {one.invoice_no: (one.at_collector, one.case_number) for one in world.items(COMPANY)}
    assert shown[KNOWN] == (True, "K-1")
    assert carry_pending(site.join(), site.own_ledger, site.collector) == []
    agrees(world)


def test_a_converted_claim_that_the_office_forgot_is_joined_again(world: Handed) -> None:
    handed_over(world)
    before = keep(world.place, "office")
    world.convert([choice(world)])
    agrees(world)
    principals = world.principals()
    put_back(world.place, "office", before)
    found = look(world.place, ACT)
    assert {(one.kind, one.remedy) for one in found.missing} >= {("case", Remedy.TAKEN_UP)}
    adopt(world.place, found, BECAUSE, ACT)
    agrees(world)
    assert world.principals() == principals
    assert look(world.place, ACT).missing == ()


def test_a_converted_claim_waits_for_its_older_case_and_is_joined_when_that_is_imported_again(world: Handed) -> None:
    before = keep(world.place, "office")
    world.invoice(COMPANY, KNOWN, 1, 900_00)
    world.mark(KNOWN)
    world.take_in([older(1, 1, KNOWN, 900_00)])
    world.convert()
    agrees(world)
    put_back(world.place, "office", before)
    found = look(world.place, ACT)
    assert {(one.kind, one.remedy) for one in found.missing} == {("case", Remedy.LOST)}
    adopt(world.place, found, BECAUSE, ACT)
    world.carry_all()
    assert {one.kind for one in world.reconciled().differences} >= {"claim_missing_in_collector"}
    world.take_in([older(1, 1, KNOWN, 900_00)])
    adopt(world.place, look(world.place, ACT), BECAUSE, ACT)
    agrees(world)
