"""Errors of claims without a ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.office import tables as t
from tests.errors.gallery import command, provokes
from tests.office.builders import Desk, offer, open_desk, payment
from tests.office.ledgerless_acts import credit, end, registered, set_account


def with_account(folder: Path) -> Desk:
    """An office whose creditor has an account for claims without a ledger."""
    desk = open_desk(folder)
    set_account(desk)
    return desk


def with_claim(folder: Path) -> Desk:
    """The same with such a claim, of 1 000,00."""
    desk = with_account(folder)
    registered(desk)
    return desk


@provokes("office.ledgerless_account_missing")
def no_account_takes_what_is_paid(folder: Path) -> None:
    registered(open_desk(folder))


@provokes("office.ledgerless_account")
def the_account_of_such_claims_is_too_long(folder: Path) -> None:
    set_account(open_desk(folder), "15990000000")


@provokes("office.claim_not_described")
def nothing_proves_the_claim(folder: Path) -> None:
    registered(with_account(folder), document=" ")


@provokes("office.invoice_after_due")
def an_invoice_is_younger_than_its_due_date(folder: Path) -> None:
    registered(with_account(folder), invoice_date=date(2026, 9, 2))


@provokes("office.type_not_named")
def one_of_several_workflows_is_not_chosen(folder: Path) -> None:
    registered(with_account(folder), type="")


@provokes("office.claim_of_ledger")
def a_claim_of_the_ledger_is_credited_here(folder: Path) -> None:
    desk = open_desk(folder)
    desk.offer(offer(1, 1))
    credit(desk, "1-000001", 100)


@provokes("office.claim_not_named")
def one_of_two_claims_is_ended(folder: Path) -> None:
    desk = with_claim(folder)
    registered(desk, debtor=desk.rows(t.debtor)[0].customer_no, invoice_no="DOM-18")
    end(desk, "1-000001")


@provokes("office.credit_above_principal")
def more_is_credited_than_is_left(folder: Path) -> None:
    desk = with_claim(folder)
    desk.pay(payment(1, 535_00, desk.rows(t.case)[0].kid))
    credit(desk, "1-000001", 500_01)


@provokes("office.nothing_to_end")
def a_claim_is_ended_of_which_only_a_fee_is_left(folder: Path) -> None:
    desk = with_claim(folder)
    credit(desk, "1-000001", 1_000_00)
    end(desk, "1-000001")


@provokes("office.ledger_key")
def a_ledger_offers_a_number_below_one(folder: Path) -> None:
    open_desk(folder).offer(offer(1, 1, entry=-1))


@provokes("cli.debtor_not_named")
def nobody_owes_the_claim(_: Path) -> None:
    command(
        "claims", "register", "1000", "--creditor", "1", "--due", "2026-09-01", "--invoice", "1", "--document", "2",
        "--because", "x",
    )  # fmt: skip


@provokes("cli.letter_unreadable")
def a_letter_has_no_deadline(_: Path) -> None:
    command(
        "claims", "register", "1000", "--creditor", "1", "--due", "2026-09-01", "--invoice", "1", "--document", "2",
        "--customer", "1", "--letter", "notice:2026-10-01", "--because", "x",
    )  # fmt: skip
