"""Claims that no ledger offered: listed for a reconciliation, told to no ledger; only their money reaches one."""

from __future__ import annotations

from functools import partial
from typing import cast

from kravbro.core.claims import ClaimState
from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.ports.conformance import expect, streams
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.collector.scene import CLAIM_ORE, CollectorScene, collector_check
from kravbro.ports.conformance.streams import LARGE, Stream
from kravbro.ports.ledgerless import LedgerlessCollector

NEEDS = [Ability.WITHOUT_LEDGER]
NAME = "claims_without_ledger"


def _listed(scene: CollectorScene, start: int = 0) -> Stream:
    read = cast(LedgerlessCollector, scene.collector).claims_without_ledger
    return Stream(NAME, partial(read, scene.company), "number", start)


def _last(scene: CollectorScene) -> int:
    return max((one.number for one in _listed(scene).read(0, LARGE)), default=0)


def _register(scene: CollectorScene, how_many: int) -> list[tuple[str, str]]:
    """Have claims registered, under invoice numbers that none had before; answers invoice number and KID of each."""
    registered = []
    for _ in range(how_many):
        invoice_no = f"J{_last(scene) + 1}"
        registered.append((invoice_no, scene.world.by_hand(invoice_no, CLAIM_ORE)))
    return registered


def _told(one: LedgerlessClaim) -> tuple[str, ClaimState, int, int]:
    return one.invoice_no, one.state, one.principal_ore, one.left_ore


@collector_check(39, NAME, "receipts", "statuses", "claims", "vouchers", needs=NEEDS)
def claims_without_ledger_are_listed_apart(scene: CollectorScene) -> None:
    """A claim that no ledger offered is listed by number with what is left of it, and told in no stream."""
    start = _last(scene)
    with scene.unchanged("three claims that no ledger offered were registered"):
        registered = _register(scene, 3)
    listed = {NAME: _listed(scene, start)}
    streams.pages_are_alike(listed)
    streams.rows_rise(listed)
    streams.limit_holds(listed)
    right = [(invoice_no, ClaimState.REGISTERED, CLAIM_ORE, CLAIM_ORE) for invoice_no, _ in registered]
    expect.same([_told(one) for one in listed[NAME].pages()], right, "they were listed")


@collector_check(40, NAME, "vouchers", "claims", needs=NEEDS)
def its_money_reaches_the_ledger(scene: CollectorScene) -> None:
    """What is paid on a claim that no ledger offered reaches the ledger in a voucher that names no claim of it."""
    start, before = _last(scene), len(scene.vouchers())
    ((_, kid),) = _register(scene, 1)
    scene.world.pay_kid(kid, 400_00)
    scene.world.approve()
    vouchers = scene.vouchers()[before:]
    expect.same(len(vouchers), 1, "its debtor paid and the money was approved for booking; new vouchers")
    credited = [line for line in vouchers[0].lines if line.amount_ore < 0]
    named = [line.claim_entry for line in credited]
    expect.same(named, [None] * len(credited), "the claims on the credit lines of that voucher were read")
    expect.same(sum(line.amount_ore for line in credited), -400_00, "its credit lines were added up")
    (one,) = _listed(scene, start).pages()
    left = CLAIM_ORE - 400_00
    expect.same((one.principal_ore, one.left_ore), (CLAIM_ORE, left), "the claim was listed after it was paid in part")


CHECKS = (claims_without_ledger_are_listed_apart, its_money_reaches_the_ledger)
