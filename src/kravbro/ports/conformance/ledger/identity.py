"""Who the ledger is, how far its streams have come, and which companies it has."""

from __future__ import annotations

from kravbro.core.errors import KravbroError
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check
from kravbro.ports.conformance.streams import LARGE

NOWHERE = 987_654
"""A company that nobody has."""


@ledger_check(1, "identify")
def installation_stays(scene: LedgerScene) -> None:
    """An installation has one id, the same at every start."""
    first, second = scene.ledger.identify(), scene.open().identify()
    expect.true(bool(first.installation) and bool(first.kind), "it was identified", "a kind and an id", first)
    expect.same((second.kind, second.installation), (first.kind, first.installation), "it was opened twice")


@ledger_check(2, "identify")
def heads_are_last_numbers(scene: LedgerScene) -> None:
    """A head is the last number of its stream: a lower one means a restored copy, so it never falls, and a higher one
    would hide that.
    """
    offers = scene.claims(500_00, 600_00)
    _heads_are(scene, claims=offers[-1].number)
    scene.record(*[scene.acceptance(offer) for offer in offers])
    _heads_are(scene, claims=offers[-1].number)
    scene.pay(offers[0].entry, 10_00)
    scene.pay(offers[1].entry, 20_00)
    scene.deliver(scene.voucher((offers[0], 30_00)))
    transactions, events = scene.transactions(), scene.events()
    expect.true(bool(transactions) and bool(events), "money moved", "rows in both streams", (transactions, events))
    _heads_are(
        scene, claims=offers[-1].number, transactions=transactions[-1].number, voucher_receipts=events[-1].number
    )


def _heads_are(scene: LedgerScene, **heads: int) -> None:
    identity = scene.ledger.identify()
    for stream, number in heads.items():
        expect.same(identity.head(scene.company, stream), number, f"the head of {stream} was asked for")


@ledger_check(3, "companies", "identify")
def companies_are_listed(scene: LedgerScene) -> None:
    """The list of companies is whole and the same whenever it is asked for, and each of them has heads."""
    listed = scene.ledger.companies()
    expect.true(scene.company in listed, "companies were listed", f"{scene.company} among them", listed)
    expect.same(listed, sorted(set(listed)), "companies were listed, each once and by number")
    expect.same(scene.ledger.companies(), listed, "companies were listed again")
    expect.same(scene.open().companies(), listed, "companies were listed after another start")
    heads = sorted(heads.company for heads in scene.ledger.identify().heads)
    expect.same(heads, listed, "heads of every company were asked for")


@ledger_check(4, "identify", "ready_claims", "transactions", "voucher_receipts", needs=[Ability.SECOND_COMPANY])
def companies_are_apart(scene: LedgerScene) -> None:
    """Each company has streams of its own: what happens in one is not told of another."""
    other, ledger = scene.world.other_company, scene.ledger
    before = [read(other, 0, LARGE) for read in (ledger.ready_claims, ledger.transactions, ledger.voucher_receipts)]
    heads = [ledger.identify().head(other, name) for name in scene.start]
    offer = scene.accepted()
    scene.claim()
    scene.pay(offer.entry, 10_00)
    scene.deliver(scene.voucher((offer, 20_00)))
    after = [read(other, 0, LARGE) for read in (ledger.ready_claims, ledger.transactions, ledger.voucher_receipts)]
    expect.same(after, before, f"something happened in company {scene.company}, and company {other} was read")
    expect.same([ledger.identify().head(other, name) for name in scene.start], heads, f"heads of company {other}")


@ledger_check(5, "ready_claims", "transactions", "voucher_receipts")
def unknown_company_is_an_error(scene: LedgerScene) -> None:
    """A company that is not there is an error with a code, one of the four kinds, and never an empty answer."""
    ledger = scene.ledger
    for read in (ledger.ready_claims, ledger.transactions, ledger.voucher_receipts):
        when = f"company {NOWHERE} was read, which is not among {ledger.companies()}"
        expect.refused(when, KravbroError, read, NOWHERE, 0, 1)


CHECKS = (
    installation_stays,
    heads_are_last_numbers,
    companies_are_listed,
    companies_are_apart,
    unknown_company_is_an_error,
)
