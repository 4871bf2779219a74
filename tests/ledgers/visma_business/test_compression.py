"""What the ERP compresses between two looks is neither told twice nor taken back, and no voucher is lost over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kravbro.core.claims import Offer, TransactionKind
from kravbro.core.errors import Skip
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.ledgers.visma_business import tables
from kravbro.ledgers.visma_business.trial.erp import BANK, SALES
from kravbro.ledgers.visma_business.trial.schema import RICH
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.ledgers.visma_business.acting import COMPANY, FIRST, TODAY, Trial, VismaWorld

UNREAD = dict(RICH.names) | {"ledger_entries": "NotThere"}
PAID = TransactionKind.PAYMENT


@pytest.fixture(params=["unread", "read"])
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LedgerScene]:
    """A company whose general ledger can be read, or not."""
    names: dict[str, Any] = {"names": UNREAD} if request.param == "unread" else {}
    made = LedgerScene(VismaWorld(tmp_path, by_file=False, trial=partial(Trial, **names)))
    yield made
    made.close()
    made.world.close()


def work(scene: LedgerScene) -> Trial:
    assert isinstance(scene.world, VismaWorld)
    return scene.world.trial


def told(scene: LedgerScene) -> list[tuple[TransactionKind, int]]:
    return [(one.kind, one.amount_ore) for one in scene.transactions()]


def moved(scene: LedgerScene, offer: Offer) -> list[tuple[bool, int]]:
    """What has moved a claim: whether a voucher of the collector did it, and the change (øre)."""
    (claim,) = scene.movements(offer)
    return [(one.id.startswith("voucher:"), one.amount_ore) for one in claim.movements]


def fates(scene: LedgerScene) -> list[Fate]:
    return [one.fate for one in scene.events()]


def found(scene: LedgerScene) -> list[str]:
    return [one.kind for one in scene.ledger.audit(COMPANY)]


def test_what_was_told_is_not_taken_back(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    scene.deliver(scene.voucher((offer, 300_00)))
    scene.pay(offer.entry, 100_00)
    assert told(scene) == [(PAID, -100_00)]

    work(scene).erp.compress(offer.debtor.customer_no)
    assert told(scene) == [(PAID, -100_00)]
    scene.pay(offer.entry, 50_00)
    assert told(scene) == [(PAID, -100_00), (PAID, -50_00)]
    assert sorted(moved(scene, offer)) == [(False, -100_00), (False, -50_00), (True, -300_00)]
    assert (fates(scene), found(scene)) == ([Fate.DELIVERED, Fate.POSTED], [])


def test_a_credit_that_paid_what_is_gone_does_not_pay_another_invoice(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    customer = offer.debtor.customer_no
    scene.pay(offer.entry, 300_00)
    other = work(scene).invoice(customer, 400_00, "502")
    work(scene).pay(customer, 500_00, cross_reference="502")
    assert told(scene) == [(PAID, -300_00)]

    work(scene).erp.compress(customer)
    assert work(scene).source().items(COMPANY, [other]) == []
    assert (told(scene), found(scene)) == ([(PAID, -300_00)], [])


def test_a_voucher_that_was_posted_and_compressed_before_anybody_looked_is_posted(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    scene.deliver(scene.voucher((offer, 300_00)))
    work(scene).erp.compress(offer.debtor.customer_no)

    assert (told(scene), moved(scene, offer)) == ([], [(True, -300_00)])
    assert (fates(scene), found(scene)) == ([Fate.DELIVERED, Fate.POSTED], [])


def test_a_voucher_that_was_deleted_is_deleted_though_something_else_was_compressed(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    voucher = scene.voucher((offer, 300_00))
    scene.ledger.post_vouchers(COMPANY, [voucher])
    scene.pay(offer.entry, 200_00)
    work(scene).erp.compress(offer.debtor.customer_no)
    scene.world.settle(voucher.key, Fate.DELETED)

    assert fates(scene) == [Fate.DELIVERED, Fate.DELETED]
    assert (told(scene), moved(scene, offer)) == ([(TransactionKind.CORRECTION, -200_00)], [(False, -200_00)])


def test_a_voucher_that_waits_is_not_taken_for_what_was_compressed(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    scene.ledger.post_vouchers(COMPANY, [scene.voucher((offer, 200_00))])
    scene.pay(offer.entry, 200_00)
    work(scene).erp.compress(offer.debtor.customer_no)

    assert told(scene) == [(TransactionKind.CORRECTION, -200_00)]
    assert fates(scene) == [Fate.DELIVERED]


def test_what_has_no_meaning_is_not_taken_for_a_voucher_that_was_deleted(scene: LedgerScene) -> None:
    offer = scene.accepted(1_000_00)
    voucher = scene.voucher((offer, 300_00))
    scene.ledger.post_vouchers(COMPANY, [voucher])
    scene.world.settle(voucher.key, Fate.DELETED)
    work(scene).credit(55, offer.debtor.customer_no, 300_00, cross_reference=offer.invoice_no)

    assert (told(scene), fates(scene)) == ([(TransactionKind.CORRECTION, -300_00)], [Fate.DELIVERED, Fate.DELETED])


@pytest.mark.parametrize("scene", ["unread"], indirect=True)
@pytest.mark.parametrize("became", [Fate.POSTED, Fate.DELETED])
def test_a_voucher_whose_end_nobody_can_see_is_named_until_a_person_says_it(scene: LedgerScene, became: Fate) -> None:
    ledger = scene.ledger
    assert isinstance(ledger, MirroredLedger)
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00))
    ledger.post_vouchers(COMPANY, [Voucher(1, "V-1", TODAY, "Uplassert", lines)])
    with pytest.raises(Skip, match=r"mirror\.voucher_waits"):
        ledger.settle_fate(COMPANY, "V-1", Fate.POSTED, str(FIRST))
    batch = work(scene).erp.batch_of(FIRST)
    if became is Fate.POSTED:
        work(scene).erp.update_batch(batch)
    else:
        work(scene).erp.delete_batch(batch)
    assert (fates(scene), found(scene)) == ([Fate.DELIVERED], [])
    a_day_later(scene)
    assert (fates(scene), found(scene)) == ([Fate.DELIVERED], ["end_unseen"])

    ledger.settle_fate(COMPANY, "V-1", became, str(FIRST))
    assert (fates(scene), found(scene)) == ([Fate.DELIVERED, became], [])
    assert fates(scene) == [Fate.DELIVERED, became], "it is not asked about for ever"
    with pytest.raises(Skip, match=r"mirror\.voucher_not_followed"):
        ledger.settle_fate(COMPANY, "V-1", became, "")


def a_day_later(scene: LedgerScene) -> None:
    """It was delivered the day before, as our table says."""
    with work(scene).databases.ours().begin() as connection:
        connection.execute(sa.update(tables.voucher).values(delivered_on=TODAY - timedelta(days=1)))
