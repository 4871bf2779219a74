"""A busy office: a little of everything that an office does, for tests that need it whole."""

from __future__ import annotations

from datetime import date

import msgspec

from kravbro.bootstrap.demo.people import synthetic_identity_number
from kravbro.core.allocation_orders import Money, Part
from kravbro.core.allocation_orders import Order as Coverage
from kravbro.core.claims import TransactionKind
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.parties import Protection, Role
from kravbro.core.statute.rows import Row
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.adjustments.late_interest import charge_interest, waive_interest
from kravbro.office.adjustments.waiving import undo, waive
from kravbro.office.creditor_settings import set_costs_account
from kravbro.office.incoming import CAMT054, Details
from kravbro.office.interest_terms import INTEREST_FREE, pause, resume, set_terms
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.refund_files import Order, make_refund_file
from kravbro.office.manual.refunds import Refund, refund_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.parties.commands import join, note_access, set_language, set_protection
from kravbro.office.parties.roles import Days, add_role, person
from kravbro.office.payment_import import import_payments
from kravbro.office.placing import place_unplaced
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting
from kravbro.office.statute import add_row, verify_row
from tests.office.builders import (
    ACCOUNT,
    FACTS,
    STATUTE,
    TODAY,
    Desk,
    invoice_kid,
    offer,
    open_desk,
    payment,
    transaction,
)
from tests.places import Where

NEXT_RATE = Row("late_interest", "12", date(2027, 1, 1), date(2027, 6, 30), "FOR-2026-12-17-2999", "lovdata.no", "read")


def keep_law(desk: Desk) -> None:
    """The rate of the next half-year, added and then read once more."""
    with desk.writing() as connection:
        add_row(connection, STATUTE, NEXT_RATE, desk.act)
        verify_row(connection, STATUTE, "late_interest", date(2027, 1, 1), "12", "lovdata.no", desk.act)


def say_of_interest(desk: Desk) -> None:
    """A pause on both claims of the third case, which ends early for one; and a claim without interest."""
    with desk.writing() as connection:
        pause(connection, "1-000003", desk.act, first=date(2026, 10, 1), because="innsigelse")
        early = date(2026, 11, 1)
        resume(connection, "1-000003", desk.act, first=early, because="innsigelsen er avklart", invoice_no="20005")
        set_terms(connection, "1-000004", INTEREST_FREE, desk.act, because="avtale")


def say_of_parties(desk: Desk) -> None:
    """A protected address that somebody read, a language, a guardian, and two customers who are one person."""
    with desk.writing() as connection:
        set_protection(connection, 3, Protection.CONFIDENTIAL, desk.act, because="melding fra kunden")
        set_language(connection, 2, "nn", desk.act, because="skriver nynorsk")
        note_access(connection, 3, desk.act, because="brev i retur")
        guardian = person("Verge Hansen", identity_number=synthetic_identity_number(7), postcode="0150", place="Oslo")
        add_role(connection, "1-000002", Role.GUARDIAN, guardian, Days(TODAY), desk.act, because="vedtak")
        add_role(connection, "1-000003", Role.CO_DEBTOR, 4, Days(TODAY), desk.act, because="begge har skrevet under")
        join(connection, 2, 4, desk.act, because="samme person")


def work_by_hand(desk: Desk) -> None:
    """Money registered and taken back, money that the ledger books itself, a move, and what it left over paid back."""
    why, today = Why("kunden ringte"), desk.on
    with desk.writing() as connection:
        cash = Registration(1, 2_000, How.CASH, today, "1-000001")
        registered = register_payment(connection, cash, why, desk.act)
        outside = msgspec.structs.replace(cash, amount_ore=1_000, how=How.DIRECT, posted=False)
        register_payment(connection, outside, why, desk.act)
        move_payment(connection, Move(10, "1-000002", amount_ore=1_000), why, desk.act)
        refund_payment(connection, Refund(10, ACCOUNT, "Kunde 2"), why, desk.act)
        make_refund_file(connection, Order(1, ACCOUNT, "DNBANOKK", today), desk.act)
        reverse_payment(connection, registered.payment, TakenBack.MISTAKEN, why, desk.act)


def adjust(desk: Desk) -> None:
    """A booked cost, interest charged and waived in part, and a waiver that is taken back."""
    why, case, until = Why("forliksklage"), "1-000001", date(2026, 11, 1)
    with desk.writing() as connection:
        set_costs_account(connection, 1, "1590", "revisor", desk.act)
        register_cost(connection, case, Cost(ChargeKind.ATTACHMENT, 900_00, until, "12"), why, STATUTE, desk.act)
        charge_interest(connection, case, until, why, STATUTE, desk.act)
        waive_interest(connection, case, desk.on, 100, why, STATUTE, desk.act)
        waived = waive(connection, case, Part.FEES, 1_000, why, desk.act)
        undo(connection, waived.act, why, desk.act)


def pay_in_camt054(desk: Desk) -> None:
    """Two payments in another format, with what the bank tells besides; one looks like a payment that is here."""
    told = Details("Ola Nordmann", "DE89370400440532013000", "Betaling fra utlandet", "E-1")
    payments = (
        payment(12, 1_000, "", details=told),
        payment(13, 2_000, "", details=Details("", "", "", ""), identity="camt054/13"),
    )
    with desk.writing() as connection:
        import_payments(connection, "camt.xml", "1" * 64, CAMT054, payments, desk.act, "banken bekrefter begge")


def open_busy_desk(where: Where) -> Desk:
    """A new office in a place, in which everything that `make_busy` does was done."""
    desk = open_desk(where)
    make_busy(desk)
    return desk


def make_busy(desk: Desk) -> None:
    """Six claims in four cases and a refused offer; payments of every kind; one approved posting, and one draft.

    Also a row of law that was added, and verified; pauses of interest, a claim without; what was said of parties;
    some work by hand, with money and with claims; and payments in camt.054.
    """
    keep_law(desk)
    with desk.writing() as connection:
        setup.add_allocation(connection, 1, Money.ENFORCEMENT, Coverage.PRINCIPAL_COSTS_FEES_INTEREST, desk.act)
    exempt = msgspec.structs.replace(FACTS, exempt_from_collection=True)
    desk.offer(offer(1, 1), offer(2, 1), offer(3, 2), offer(4, 3), offer(5, 3), offer(6, 4), offer(7, 5, facts=exempt))
    first, second, third, _ = [row.kid for row in desk.rows(t.case)]
    desk.pay(
        payment(1, 50_000, first),
        payment(2, 103_750, invoice_kid(3)),
        payment(3, 230_000, third),
        payment(4, 777, ""),
        payment(5, 40_000, second),
        payment(6, -40_000, second),
        payment(7, 900, "123", lump="other"),
    )
    with desk.writing() as connection:
        place_unplaced(connection, 4, "1-000001", desk.act)
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
    with desk.writing() as connection:
        fates = [
            VoucherReceipt(1, "kontor-1-1", Fate.DELIVERED, TODAY, "900"),
            VoucherReceipt(2, "kontor-1-1", Fate.POSTED, TODAY, "901"),
        ]
        accept_voucher_receipts(connection, 1, fates, desk.act)
        books_only = TransactionKind.WRITE_OFF_BOOKS_ONLY
        bookings = [transaction(1, 1001, -20_000), transaction(2, 1006, -100_000, kind=books_only)]
        accept_transactions(connection, 1, bookings, desk.act)
    desk.pay(
        payment(8, 104_000, invoice_kid(6)),
        payment(9, 1_000, ""),
        payment(10, 5_000, first),
        payment(11, -1_000, ""),
        name="next.txt",
    )
    with desk.writing() as connection:
        exclude_from_posting(connection, 14 + 4, "settled by hand", desk.act)
        generate_posting(connection, 1, desk.act)
    say_of_interest(desk)
    say_of_parties(desk)
    work_by_hand(desk)
    pay_in_camt054(desk)
    adjust(desk)
