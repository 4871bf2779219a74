"""A week with Kassaboka: the example's ledger and our own office, joined by the bridge, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from examples.ledger_in_a_day.testing import TODAY, KassabokaWorld
from kravbro.bridge.joined import Joined, join
from kravbro.bridge.positions import Positions
from kravbro.bridge.reconcile import reconcile
from kravbro.bridge.streams import ALL, run
from kravbro.bridge.tables import bridge
from kravbro.collectors.office import OfficeCollector
from kravbro.core.claims import ClaimState, Outcome, TransactionKind
from kravbro.core.vouchers import Fate
from kravbro.db.places import place_at
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.ports.conformance.ledger.world import Invoice
from kravbro.ports.conformance.streams import LARGE
from tests.office.builders import ACCOUNT, CREDITOR, OFFICE, STATUTE, STRUCTURES, Desk, act, open_database, payment

ACT = act(TODAY)


class Week:
    """Kassaboka and an office of one creditor, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.kassaboka = KassabokaWorld(folder)
        self.ledger = self.kassaboka.open()
        installation = self.ledger.identify().installation
        self.desk = Desk(open_database(folder), TODAY)
        with self.desk.writing() as connection:
            setup.open_office(connection, OFFICE, ACT)
            setup.add_workflow(connection, "F", "Fra start", starts_after_notice=False, act=ACT)
            creditor = msgspec.structs.replace(CREDITOR, ledger_installation=installation)
            setup.add_creditor(connection, creditor, ACT)
            setup.add_sub_ledger(connection, 1, "KUNDE", "1500", "F", ACT)
            setup.add_agreement(connection, ACCOUNT, 1, "Innbetaling", STRUCTURES, ACT)
        self.collector = OfficeCollector(place_at(folder), installation, STATUTE, ACT)
        self._bridge = place_at(folder).open("bridge")
        bridge.create_all(self._bridge)

    def close(self) -> None:
        self.kassaboka.close()
        self.collector.close()
        self.desk.engine.dispose()
        self._bridge.dispose()

    def joined(self, page: int = 2) -> Joined:
        return join(self.ledger, self.collector, Positions(self._bridge, ACT), page)

    def carry(self) -> None:
        run(self.joined(), ALL)

    def pays_the_office(self, serial: int, invoice: Invoice, amount_ore: int) -> None:
        """The debtor pays by the invoice's KID, and the money is approved for booking."""
        (claim,) = self.desk.rows(t.claim, t.claim.c.entry == invoice.entry)
        self.desk.pay(payment(serial, amount_ore, claim.invoice_kid, lump=f"lump {serial}"), name=f"file {serial}")
        with self.desk.writing() as connection:
            approve_posting(connection, 1, generate_posting(connection, 1, ACT), ACT)

    def remaining(self, *invoices: Invoice) -> tuple[list[int], list[int]]:
        """What remains of each invoice: by Kassaboka's own lines, and by the office's claims (øre)."""
        claims = {claim.entry: claim for claim in self.collector.claims(1, 0, LARGE)}
        there = [self.kassaboka.remaining(invoice.entry) for invoice in invoices]
        here = [
            claims[one.entry].opening_ore + sum(movement.amount_ore for movement in claims[one.entry].movements)
            for one in invoices
        ]
        return there, here


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    made = Week(tmp_path)
    yield made
    made.close()


def test_a_week_with_kassaboka(week: Week) -> None:
    kassaboka, kind = week.kassaboka, TransactionKind
    amounts = (1_000_00, 2_000_50, 300_00, 800_00)
    first, second, third, spared = (kassaboka.invoice(amount_ore) for amount_ore in amounts)
    kassaboka.spare(spared)
    kassaboka.offer([invoice.entry for invoice in (first, second, third, spared)])
    late = kassaboka.draft(third.entry, 100_00, TODAY)

    # Monday: a draft lies on the third, so it waits; the spared one is refused.
    week.carry()
    assert [one.outcome for one in week.collector.receipts(1, 0, LARGE)] == [
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
        Outcome.REFUSED,
    ]
    assert [offer.entry for offer in week.ledger.ready_claims(1, 0, LARGE)] == [third.entry]

    # Tuesday: the draft is booked, the third goes over, and what was booked behind its opening follows it.
    kassaboka.post(late)
    week.carry()
    assert week.ledger.ready_claims(1, 0, LARGE) == []
    assert week.remaining(first, second, third) == ([1_000_00, 2_000_50, 200_00], [1_000_00, 2_000_50, 200_00])

    # Wednesday: money at both ends, on the same claim.
    week.pays_the_office(1, first, 400_01)
    kassaboka.book(kind.PAYMENT, first.entry, -99_99, TODAY)
    kassaboka.book(kind.CREDIT_NOTE, second.entry, -50, TODAY)
    week.carry()
    assert week.remaining(first, second) == ([500_00, 2_000_00], [500_00, 2_000_00])
    assert [one.fate for one in week.ledger.voucher_receipts(1, 0, LARGE)] == [Fate.POSTED]

    # Thursday: the payment in Kassaboka was a mistake; the office gets the rest; the third is given up.
    kassaboka.book(kind.REVERSAL, first.entry, 99_99, TODAY)
    week.carry()
    week.pays_the_office(2, first, 599_99)
    kassaboka.book(kind.WRITE_OFF_CLAIM_ENDED, third.entry, -200_00, TODAY)
    week.carry()
    week.carry()
    assert week.remaining(first, second, third) == ([0, 2_000_00, 0], [0, 2_000_00, 0])
    shown = {status.entry: status.state for status in week.ledger.recorded_statuses(1, 0, LARGE)}
    assert shown == {
        first.entry: ClaimState.PAID,
        second.entry: ClaimState.REGISTERED,
        third.entry: ClaimState.ENDED,
    }
    assert reconcile(week.joined()).differences == ()
    assert reconcile(week.joined()).in_transit_ore == 0


def test_a_lost_position_changes_nothing(week: Week) -> None:
    invoice = week.kassaboka.invoice(1_000_00)
    week.kassaboka.offer([invoice.entry])
    week.carry()
    week.pays_the_office(1, invoice, 100_00)
    week.kassaboka.book(TransactionKind.PAYMENT, invoice.entry, -200_00, TODAY)
    week.carry()
    week.joined().positions.forget(1, "lost in a test")
    again = run(week.joined(), ALL)

    assert sum(one.new for one in again) == 0
    assert week.remaining(invoice) == ([700_00], [700_00])
    assert reconcile(week.joined()).differences == ()


def test_what_was_altered_in_kassaboka_is_named(week: Week) -> None:
    invoice = week.kassaboka.invoice(1_000_00)
    week.kassaboka.offer([invoice.entry])
    week.carry()
    week.kassaboka.book(TransactionKind.PAYMENT, invoice.entry, -200_00, TODAY)
    week.carry()
    week.kassaboka.damage()

    kinds = {difference.kind for difference in reconcile(week.joined()).differences}
    assert kinds == {"unbalanced", "amount_differs"}
