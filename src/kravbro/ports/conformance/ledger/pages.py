"""What is read in pages: offers, transactions, fates, and the receipts and statuses that the ledger holds."""

from __future__ import annotations

from kravbro.ports.conformance import streams
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check

READ = ("ready_claims", "transactions", "voucher_receipts", "recorded_receipts", "recorded_statuses")


def _make_busy(scene: LedgerScene) -> None:
    """Three rows and more in every stream."""
    offers = scene.claims(100_00, 200_00, 300_00, 400_00, 500_00, 600_00, 700_00)
    accepted = offers[:3]
    scene.record(*[scene.acceptance(offer) for offer in accepted], scene.refusal(offers[3]))
    for offer in accepted:
        scene.pay(offer.entry, 10_00)
    scene.deliver(*[scene.voucher((offer, 5_00)) for offer in accepted])
    scene.ledger.publish_statuses(scene.company, [scene.status(offer, 1) for offer in accepted])


@ledger_check(6, *READ)
def rows_rise(scene: LedgerScene) -> None:
    """Rows come in order of their number, and after the number that was given."""
    _make_busy(scene)
    streams.rows_rise(scene.streams())


@ledger_check(7, *READ)
def limit_holds(scene: LedgerScene) -> None:
    """A page has at most as many rows as were asked for."""
    _make_busy(scene)
    streams.limit_holds(scene.streams())


@ledger_check(8, *READ)
def pages_are_alike(scene: LedgerScene) -> None:
    """Pages of one, of two, and one large page give the same rows."""
    _make_busy(scene)
    streams.pages_are_alike(scene.streams())


@ledger_check(9, *READ)
def told_twice_alike(scene: LedgerScene) -> None:
    """A row keeps its number and its content, however often and by whomever it is read."""
    _make_busy(scene)
    streams.told_twice_alike(scene.streams(), scene.streams(scene.open()))


@ledger_check(10, "transactions", "voucher_receipts")
def nothing_appears_behind_a_reader(scene: LedgerScene) -> None:
    """Order of number is order of commit: no row appears behind a number that a reader has passed."""
    reader = streams.Reader({name: scene.streams()[name] for name in ("transactions", "voucher_receipts")})
    first, second, third = scene.claims(500_00, 600_00, 700_00)
    scene.record(scene.acceptance(first), scene.acceptance(second))
    for amount_ore in (1_00, 2_00, 3_00):
        scene.pay(first.entry, amount_ore)
        reader.read()
        scene.pay(third.entry, amount_ore)
        scene.pay(second.entry, amount_ore)
        scene.deliver(scene.voucher((first, amount_ore)), scene.voucher((second, amount_ore)))
        reader.read()
    scene.record(scene.acceptance(third))
    reader.missed_nothing()


CHECKS = (rows_rise, limit_holds, pages_are_alike, told_twice_alike, nothing_appears_behind_a_reader)
