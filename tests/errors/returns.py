"""Errors of claims that are withdrawn or given back, on both sides."""

from __future__ import annotations

from pathlib import Path

from kravbro.books.commands.withdrawals import withdraw
from kravbro.core.claims import Outcome, ReturnReason, Withdrawal
from kravbro.office import tables as t
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.placing import VOLUNTARY, Known, place_unplaced
from kravbro.office.posting import exclude_from_posting, include_again
from kravbro.office.returns import Wish, give_back
from kravbro.office.withdrawals import accept_withdrawals
from tests.books.world import ACT, World
from tests.errors.gallery import provokes
from tests.office.builders import TODAY, Desk, invoice_kid, offer, open_desk, payment


def with_claims(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.offer(offer(1), offer(2))
    return desk


def back(desk: Desk, because: str = "konkurs", invoice: str | None = None) -> None:
    wish = Wish(Outcome.RETURNED, ReturnReason.INSOLVENT, because)
    with desk.writing() as connection:
        give_back(connection, "1-000001", wish, desk.act, invoice)


def wanted(desk: Desk, number: int, offer_: int, because: str = "avtale") -> None:
    with desk.writing() as connection:
        accept_withdrawals(connection, 1, [Withdrawal(number, offer_, 1000 + offer_, TODAY, because)], desk.act)


def place(desk: Desk, known: Known = VOLUNTARY) -> None:
    with desk.writing() as connection:
        place_unplaced(connection, 1, "1-000001", desk.act, known)


@provokes("office.return_reason_missing")
def a_claim_is_given_back_without_a_word(folder: Path) -> None:
    back(with_claims(folder), because=" ")


@provokes("office.return_reason_too_long")
def a_claim_is_given_back_with_a_letter(folder: Path) -> None:
    back(with_claims(folder), because="x" * 201)


@provokes("office.nothing_to_give_back")
def a_claim_is_given_back_twice(folder: Path) -> None:
    desk = with_claims(folder)
    back(desk)
    back(desk)


@provokes("office.withdrawal_of_nothing")
def a_claim_is_withdrawn_that_never_came(folder: Path) -> None:
    wanted(with_claims(folder), 1, 9)


@provokes("office.withdrawal_changed")
def a_withdrawal_comes_again_with_another_reason(folder: Path) -> None:
    desk = with_claims(folder)
    wanted(desk, 1, 1)
    wanted(desk, 1, 1, "noe annet")


@provokes("office.claim_gone")
def money_on_a_claim_that_is_gone_is_to_be_booked_after_all(folder: Path) -> None:
    desk = with_claims(folder)
    desk.pay(payment(1, 5_000, invoice_kid(1)))
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 1")
    with desk.writing() as connection:
        exclude_from_posting(connection, journal.number, "ført for hånd", desk.act)
    back(desk)
    with desk.writing() as connection:
        include_again(connection, journal.number, desk.act)


@provokes("office.claims_given_back")
def money_is_placed_on_a_case_without_claims(folder: Path) -> None:
    desk = with_claims(folder)
    desk.pay(payment(1, 500, ""))
    back(desk)
    place(desk)


@provokes("office.case_given_back")
def money_is_registered_on_a_case_without_claims(folder: Path) -> None:
    desk = with_claims(folder)
    back(desk)
    with desk.writing() as connection:
        register_payment(connection, Registration(1, 500, How.CASH, TODAY, "1-000001"), Why("kontant"), desk.act)


@provokes("office.named_claim_given_back")
def the_debtor_names_an_invoice_that_its_creditor_has_again(folder: Path) -> None:
    desk = with_claims(folder)
    desk.pay(payment(1, 500, ""))
    back(desk, invoice="20002")
    place(desk, Known(invoice_no="20002"))


def ask_back(folder: Path, because: str) -> None:
    world = World(folder)
    world.invoices(1)
    with world.writing() as connection:
        withdraw(connection, 1, because, ACT)


@provokes("books.not_at_collector")
def a_claim_is_withdrawn_that_nobody_has(folder: Path) -> None:
    ask_back(folder, "avtale")


@provokes("books.item_reason_missing")
def a_claim_is_withdrawn_without_a_word(folder: Path) -> None:
    ask_back(folder, "")


@provokes("books.item_reason_too_long")
def a_claim_is_withdrawn_with_a_letter(folder: Path) -> None:
    ask_back(folder, "x" * 201)


@provokes("office.money_of_given_back")
def money_is_moved_away_from_a_claim_that_is_gone(folder: Path) -> None:
    desk = with_claims(folder)
    desk.offer(offer(3, 9))
    desk.pay(payment(1, 50_000, invoice_kid(1)))
    with desk.writing() as connection:
        (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 1")
        exclude_from_posting(connection, journal.number, "ført for hånd", desk.act)
    back(desk)
    with desk.writing() as connection:
        move_payment(connection, Move(1, "1-000002"), Why("feil sak"), desk.act)
