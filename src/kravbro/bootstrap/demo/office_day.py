"""What the case handlers of a full office do by hand: money placed, registered, moved, taken back and refunded.

Each act has an id of its own, or finds that it was done, so that doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.bank_file import OVERPAID_ORE, PayableCase
from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, ReturnReason
from kravbro.core.errors import Skip
from kravbro.core.identifiers import bank_account
from kravbro.db.engines import Connection
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import NOT_TAKEN, Correction, correct
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.redelivery import Waiting, load_approved, redeliver, waiting
from kravbro.office.manual.refund_files import Order, RefundFile, make_refund_file, refund_file_again, refunds
from kravbro.office.manual.refunds import Refund, refund_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.placing import place_unplaced
from kravbro.office.queries.cases import AcceptedClaim, case
from kravbro.office.queries.payments import payments
from kravbro.office.queries.postings import posting
from kravbro.office.queries.suggestions import suggestions
from kravbro.office.returns import Wish, give_back
from kravbro.office.suggestions import Clue

EVERYTHING = 2**31 - 1
UNKNOWN_ACCOUNT = "3099"
"""An account that is in nobody's books: a slip of the supervisor's."""
REFUNDS = 3
T = TypeVar("T")


class GivenBack(NamedTuple):
    """What the office gives back: a case, one invoice of it (None: all), and why."""

    case_number: str
    invoice_no: str | None
    wish: Wish


def place_what_is_clear(connection: Connection, creditor: int, act: Act) -> int:
    """Place the money whose payer wrote the number of a case; answers how many payments. Other clues are less sure."""
    placed = 0
    for payment, suggested in suggestions(connection, creditor).items():
        if suggested and Clue.TEXT_CASE in suggested[0].reasons:
            place_unplaced(connection, payment, suggested[0].case, act)
            placed += 1
    return placed


def work_by_hand(connection: Connection, creditor: int, claims: Sequence[AcceptedClaim], act: Act) -> int:
    """Cash at the counter, money on the wrong case, a slip, and money that bounced; answers how many acts that were."""
    first, second, third = (one.case_number for one in (claims[4], claims[14], claims[-1]))
    registered = {}
    for place, (name, case_number) in enumerate(
        (("cash", first), ("wrong case", second), ("slip", first), ("bounced", third))
    ):
        money = Registration(creditor, 200_00 + place * 25_00, How.CASH, act.on, case_number, reference=f"K-{place}")
        registered[name] = register_payment(connection, money, Why("betalt i skranken", f"demo {name}"), act).payment
    move_payment(connection, Move(registered["wrong case"], first), Why("ført på feil sak", "demo move"), act)
    reverse_payment(connection, registered["slip"], TakenBack.MISTAKEN, Why("ført to ganger", "demo mistaken"), act)
    reverse_payment(connection, registered["bounced"], TakenBack.BOUNCED, Why("sjekk uten dekning", "demo back"), act)
    return len(registered) + 3


def returns_wished_for(claims: Sequence[AcceptedClaim], paid_in_part: AcceptedClaim) -> list[GivenBack]:
    """What the office gives back: one that was paid in part, and leaves when that money is booked; and some of the last
    that nobody has paid on.
    """
    tenths = claims[5::10]
    disputed, withdrawn, dead = tenths[-2], tenths[-3], tenths[-4]
    return [
        GivenBack(paid_in_part.case_number, paid_in_part.invoice_no, _returned("other", "kreditor følger opp selv")),
        GivenBack(disputed.case_number, disputed.invoice_no, _returned("disputed", "skyldneren bestrider kravet")),
        GivenBack(
            withdrawn.case_number,
            withdrawn.invoice_no,
            Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, "kreditor ringte"),
        ),
        GivenBack(dead.case_number, None, _returned("debtor_dead", "boet er insolvent")),
    ]


def _returned(reason: str, because: str) -> Wish:
    return Wish(Outcome.RETURNED, ReturnReason(f"return.{reason}"), because)


def give_claims_back(connection: Connection, wanted: Sequence[GivenBack], act: Act) -> int:
    """Give claims back; answers how many were collected until now."""

    def one(of: GivenBack) -> int:
        return len(give_back(connection, of.case_number, of.wish, act, of.invoice_no))

    return sum(unless_done("office.nothing_to_give_back", partial(one, of)) or 0 for of in wanted)


def refund_overpaid(connection: Connection, creditor: int, cases: Sequence[PayableCase], act: Act) -> list[RefundFile]:
    """Pay back what was paid too much on some cases, and put it in a file for the bank; answers every such file.

    A file that was made before and did not reach the disk is among them, with the same bytes.
    """
    too_much = {(one.kid, one.total_ore + OVERPAID_ORE) for one in cases}
    overpaid = [
        one for one in payments(connection, creditor, limit=EVERYTHING) if (one.kid, one.amount_ore) in too_much
    ]
    number_of = {one.kid: one.claims[0].case_number for one in cases}
    for place, one in enumerate(overpaid[:REFUNDS], start=1):
        name = case(connection, number_of[one.kid]).line.debtor_name
        wanted = Refund(one.number, account_of_debtor(place), name, "For mye betalt")
        refund_payment(connection, wanted, Why("betalt for mye", f"demo refund {one.number}"), act)
    order = Order(creditor, setting.BANK_ACCOUNTS[creditor], setting.BIC, act.on)
    unless_done("office.no_refunds", lambda: make_refund_file(connection, order, act))
    files = {one.file for one in refunds(connection, creditor) if one.file is not None}
    return [refund_file_again(connection, number) for number in sorted(files)]


def account_of_debtor(place: int) -> str:
    """A made-up account with the right check digit."""
    stems = (f"9999{number:06d}" for number in range(place * 1000, place * 1000 + 1000))
    return next(account for stem in stems for digit in range(10) if bank_account.is_valid(account := f"{stem}{digit}"))


def slip_in_draft(connection: Connection, creditor: int, number: int, act: Act) -> None:
    """Book fees on an account that the ledger does not have."""
    fees = [
        (voucher.ordinal, line.line_no)
        for voucher in posting(connection, creditor, number)
        for line in voucher.lines
        if line.account == setting.FEE_INCOME
    ]
    for ordinal, line_no in fees[:1]:
        wrong = Correction(creditor, number, ordinal, line_no, Field.ACCOUNT, UNKNOWN_ACCOUNT)
        correct(connection, wrong, "gebyr på egen konto", act)


def not_taken(connection: Connection, creditor: int, act: Act) -> list[Waiting]:
    """The vouchers that the ledger did not take, and that nobody has delivered again."""
    return [one for one in waiting(connection, creditor, act.on, EVERYTHING) if one.state in NOT_TAKEN]


def deliver_anew(connection: Connection, creditor: int, act: Act) -> int:
    """Correct and deliver again what the ledger has rejected; answers how many vouchers."""
    rejected = not_taken(connection, creditor, act)
    for one in rejected:
        approved = load_approved(connection, one.key)
        for voucher in posting(connection, creditor, approved.posting):
            for line in voucher.lines:
                if voucher.ordinal == approved.ordinal and line.account == UNKNOWN_ACCOUNT:
                    right = Correction(
                        creditor, approved.posting, approved.ordinal, line.line_no, Field.ACCOUNT, setting.FEE_INCOME
                    )
                    correct(connection, right, "kontoen finnes ikke", act)
        redeliver(connection, one.key, Why("kontoen er rettet", f"demo redeliver {one.key}"), act)
    return len(rejected)


def unless_done(code: str, work: Callable[[], T]) -> T | None:
    """Do something unless it was done before, which its command says by this code. Answers None then."""
    try:
        return work()
    except Skip as done:
        if done.code != code:
            raise
        return None
