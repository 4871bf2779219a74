"""A row that holds something impossible holds up what hangs on it, is named, and holds up nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kravbro.core.claims import Offer
from kravbro.ledgers.visma_business.entries import text_of
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.ledgers.visma_business.acting import COMPANY, FIRST, VismaWorld

MOST = Decimal(10) ** 20
WRONG_ITEMS = [
    ("voucher_date", 20261131),
    ("voucher_date", 0),
    ("due_date", 99999999),
    ("remaining", Decimal("999.995")),
]
WRONG_PAYMENTS = [
    ("voucher_date", 20260231),
    ("changed_on", 20261301),
    ("changed_on", 99991231),
    ("amount", Decimal("-100.005")),
    ("remaining", Decimal("0.001")),
]
DAYS = {"voucher_date", "due_date", "changed_on"}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[LedgerScene]:
    """A company with its mirror."""
    made = LedgerScene(VismaWorld(tmp_path, by_file=False))
    yield made
    made.close()
    made.world.close()


def spoil(scene: LedgerScene, entry: int, **values: Any) -> dict[str, Any]:
    """An older ERP has left something in a row, in both tables; answers what stood there before."""
    assert isinstance(scene.world, VismaWorld)
    trial_erp = scene.world.trial.erp
    before: dict[str, Any] = {}
    with trial_erp.writing() as connection:
        for name in ("entries", "open_items"):
            table = trial_erp.tables[name]
            here = (table.c.journal == entry // 1_000_000_000, table.c.number == entry % 1_000_000_000)
            known = {key: value for key, value in values.items() if key in table.c}
            if not known:
                continue
            row = connection.execute(sa.select(*(table.c[key] for key in known)).where(*here)).first()
            before |= dict(zip(known, row or (), strict=False))
            connection.execute(sa.update(table).where(*here).values(known))
    return before


def paid(scene: LedgerScene, offer: Offer, amount_ore: int) -> int:
    """A payment on a claim; answers its key."""
    assert isinstance(scene.world, VismaWorld)
    return scene.world.trial.pay(offer.debtor.customer_no, amount_ore, cross_reference=offer.invoice_no)


def told(scene: LedgerScene) -> list[tuple[int, int]]:
    """What the collector is told: (entry, øre)."""
    return [(one.entry, one.amount_ore) for one in scene.transactions()]


def named(scene: LedgerScene) -> list[tuple[int | None, str, str]]:
    """The claim, the column and what it holds, of each fault."""
    faults = scene.ledger.audit(COMPANY)
    facts = [(one.entry, one.because.facts if one.because else {}) for one in faults]
    return [(entry, str(about.get("column")), str(about.get("found"))) for entry, about in facts]


def column(scene: LedgerScene, name: str) -> str:
    """What a column is called there."""
    assert isinstance(scene.world, VismaWorld)
    return str(scene.world.trial.erp.tables["entries"].c[name].name)


@pytest.mark.parametrize(("name", "value"), [*WRONG_ITEMS, ("remaining", MOST)])
def test_an_invoice_that_cannot_be_is_not_offered_and_another_is(scene: LedgerScene, name: str, value: Any) -> None:
    assert isinstance(scene.world, VismaWorld)
    bad, good = scene.world.invoice(1_000_00), scene.world.invoice(500_00)
    before = spoil(scene, bad.entry, **{name: value})
    scene.world.trial.erp.propose([bad.entry, good.entry])

    assert [one.entry for one in scene.offers()] == [good.entry]
    ((entry, held, found),) = named(scene)
    assert (entry, held) == (bad.entry, column(scene, name))
    assert Decimal(found) == Decimal(value)
    spoil(scene, bad.entry, **before)
    assert ([one.entry for one in scene.offers()], named(scene)) == ([good.entry, bad.entry], [])


@pytest.mark.parametrize(("name", "value"), WRONG_ITEMS)
def test_a_claim_whose_invoice_has_become_impossible_is_held_and_others_go_on(
    scene: LedgerScene, name: str, value: Any
) -> None:
    bad, good = scene.accepted(1_000_00), scene.accepted(500_00)
    paid(scene, bad, 100_00)
    before = spoil(scene, bad.entry, **{name: value})
    paid(scene, good, 40_00)

    assert told(scene) == [(good.entry, -40_00)]
    assert [(entry, held) for entry, held, _ in named(scene)] == [(bad.entry, column(scene, name))]
    spoil(scene, bad.entry, **before)
    assert (sorted(told(scene)), named(scene)) == ([(bad.entry, -100_00), (good.entry, -40_00)], [])


@pytest.mark.parametrize(("name", "value"), WRONG_PAYMENTS)
def test_a_payment_that_cannot_be_holds_up_the_claim_that_it_is_on(scene: LedgerScene, name: str, value: Any) -> None:
    assert isinstance(scene.world, VismaWorld)
    bad, good = scene.accepted(1_000_00), scene.accepted(500_00)
    payment = paid(scene, bad, 100_00)
    before = spoil(scene, payment, **{name: value})
    paid(scene, good, 40_00)
    beside = scene.world.trial.invoice(bad.debtor.customer_no, 70_00, "beside")
    scene.world.trial.erp.propose([beside])

    assert told(scene) == [(good.entry, -40_00)]
    assert [one.entry for one in scene.offers()] == [beside], "another invoice of the same customer goes on"
    ((entry, held, found),) = named(scene)
    assert (entry, held) == (bad.entry, column(scene, name))
    assert Decimal(found) == Decimal(value)
    assert [one.number for one in scene.movements(bad)[0].movements] == []
    spoil(scene, payment, **before)
    assert (sorted(told(scene)), named(scene)) == ([(bad.entry, -100_00), (good.entry, -40_00)], [])


def test_an_invoice_with_a_payment_that_cannot_be_is_not_offered(scene: LedgerScene) -> None:
    """What it would open with is not known."""
    assert isinstance(scene.world, VismaWorld)
    invoice = scene.world.invoice(1_000_00)
    payment = scene.world.trial.pay(invoice.customer_no, 100_00, cross_reference=invoice.invoice_no)
    before = spoil(scene, payment, voucher_date=20260231)
    scene.world.trial.erp.propose([invoice.entry])

    assert (scene.offers(), [entry for entry, *_ in named(scene)]) == ([], [invoice.entry])
    spoil(scene, payment, **before)
    assert [one.parts.principal_ore for one in scene.offers()] == [900_00]


def test_a_voucher_of_ours_is_posted_though_its_entry_has_an_impossible_day(scene: LedgerScene) -> None:
    assert isinstance(scene.world, VismaWorld)
    offer = scene.accepted(1_000_00)
    voucher = scene.voucher((offer, 30_00))
    scene.deliver(voucher)
    entries = scene.world.trial.erp.tables["entries"].c
    with scene.world.trial.erp.writing() as connection:
        connection.execute(sa.update(entries.journal.table).where(entries.voucher_no == FIRST).values(changed_on=1))

    assert [one.fate.value for one in scene.events()] == ["delivered", "posted"]
    assert [entry for entry, *_ in named(scene)] == [offer.entry]


def test_a_day_that_cannot_be_hides_no_change(scene: LedgerScene) -> None:
    """It is the last day of all, and the cursor of changes stands on it."""
    bad, good = scene.accepted(1_000_00), scene.accepted(500_00)
    spoil(scene, bad.entry, changed_on=99991231, changed_at=2359)
    assert told(scene) == []
    paid(scene, good, 40_00)
    assert told(scene) == [(good.entry, -40_00)]


def test_texts_that_no_database_takes_are_told_without_what_is_wrong() -> None:
    assert text_of("Fak\0tura \ud83d 12  ") == "Faktura  12"
    assert text_of("Ærlig \U0001f600") == "Ærlig \U0001f600"
    assert text_of(None) == ""
