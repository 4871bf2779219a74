"""Errors of placing by hand, and of the reasons that were stored for what money covered."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from kravbro.core.allocation import reason_steps
from kravbro.core.allocation_orders import shipped_allocation_law
from kravbro.core.claims import TransactionKind
from kravbro.office.ledger_events import accept_transactions
from kravbro.office.placing import VOLUNTARY, Known, place_unplaced
from tests.errors.gallery import provokes
from tests.office.builders import TODAY, Desk, act, invoice_kid, offer, open_desk, payment, transaction


def with_unplaced(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.offer(offer(1), offer(2))
    desk.pay(payment(1, 500, ""))
    return desk


def place(desk: Desk, known: Known = VOLUNTARY, on: date = TODAY) -> None:
    with desk.writing() as connection:
        place_unplaced(connection, 1, "1-000001", act(on), known)


@provokes("office.placed_before_received")
def money_is_placed_the_day_before_it_was_settled(folder: Path) -> None:
    place(with_unplaced(folder), on=TODAY - timedelta(1))


@provokes("office.named_claim_ended")
def the_debtor_names_an_invoice_whose_claim_has_ended(folder: Path) -> None:
    desk = with_unplaced(folder)
    with desk.writing() as connection:
        ended = transaction(1, 1002, -100_000, kind=TransactionKind.WRITE_OFF_CLAIM_ENDED)
        accept_transactions(connection, 1, [ended], desk.act)
    place(desk, Known(invoice_no="20002"))


@provokes("office.nothing_owed_on_claim")
def the_debtor_names_an_invoice_that_is_paid(folder: Path) -> None:
    desk = with_unplaced(folder)
    desk.pay(payment(2, 103_750, invoice_kid(2)), name="next.txt")
    place(desk, Known(invoice_no="20002"))


@provokes("allocation.unknown_reason")
def the_stored_reason_of_a_share_is_no_reason(_: Path) -> None:
    reason_steps("allocation.lost", TODAY, shipped_allocation_law())


@provokes("allocation.no_policy_then")
def the_stored_reason_is_a_law_that_did_not_hold_yet(_: Path) -> None:
    reason = "allocation.oldest_due_first allocation.wages_by_law"
    reason_steps(reason, date(2025, 12, 31), shipped_allocation_law())
