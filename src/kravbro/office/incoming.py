"""Payments as the office takes them in, whatever file they came in.

A payment's identity is its content as the bank numbered it, never the file: the same payments in another file are the
same payments, and two equal payments that the bank numbered apart are two. So are two that the bank gave the same
numbers in one file (`told_apart`): money is never taken for a repetition of other money beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from kravbro.formats.ocr_giro import OcrGiroFile, identity

OCR_GIRO, CAMT054 = "ocr_giro", "camt054"
"""The formats that payments come in, as payment files and identities name them."""


class Because(StrEnum):
    """Why money is not on a case."""

    NO_KID = "office.unplaced.no_kid"
    NO_AMOUNT = "office.unplaced.no_amount"
    KID_LENGTH = "office.unplaced.kid_length"
    KID_CHECK_DIGIT = "office.unplaced.kid_check_digit"
    KID_UNKNOWN = "office.unplaced.kid_unknown"
    KID_OF_SEVERAL = "office.unplaced.kid_of_several"
    NOT_SERVED = "office.unplaced.not_served"
    AGREEMENT_CLOSED = "office.unplaced.agreement_closed"
    CLAIM_GIVEN_BACK = "office.unplaced.claim_given_back"
    NOTHING_TO_REVERSE = "office.unplaced.nothing_to_reverse"
    ORIGINAL_UNPLACED = "office.unplaced.original_unplaced"
    ORIGINAL_REFUNDED = "office.unplaced.original_refunded"
    REGISTERED_UNPLACED = "office.unplaced.registered"


class Details(msgspec.Struct, frozen=True, gc=False):
    """What a bank tells beside a payment: who paid, from which account of whatever country, and the whole text."""

    payer_name: str
    payer_account: str
    text: str
    end_to_end_id: str


class IncomingPayment(msgspec.Struct, frozen=True, gc=False):
    """One payment on an account (øre; negative: money that went back).

    `lump` names the sum on the bank statement that the payment is part of; `bank_date` is when the order reached the
    bank. Empty text means that the bank told nothing. `original` is the bank's reference of the payment that this one
    takes back, where it gives one.
    """

    identity: str
    account_number: str
    type: str
    amount_ore: int
    kid: str
    bank_date: date
    settlement_date: date
    lump: str
    reference: str
    debit_account: str
    free_text: str
    original: str = ""
    details: Details | None = None


def from_ocr_giro(file: OcrGiroFile) -> Iterator[IncomingPayment]:
    """The payments of an OCR giro file, in its order."""
    for transmission, assignment, one in file.payments():
        number = identity(transmission, assignment, one)
        day = one.settlement_date.isoformat()
        lump = (assignment.account, day, one.centre_id, one.day_code, one.partial_settlement_number, one.serial_number)
        yield IncomingPayment(
            identity="/".join((OCR_GIRO, assignment.account, *number[:3], day, *map(str, number[4:]))),
            account_number=assignment.account,
            type=one.type,
            amount_ore=one.amount_ore,
            kid=one.kid or "",
            bank_date=one.bank_date or one.settlement_date,
            settlement_date=one.settlement_date,
            lump="/".join(lump),
            reference=one.reference,
            debit_account=one.debit_account or "",
            free_text=one.free_text or "",
        )


def told_apart(payments: Iterable[IncomingPayment]) -> list[IncomingPayment]:
    """The payments of one file, each with an identity of its own.

    One that occurs again is a payment of its own, numbered `#2`, `#3` in the order of the file. So the same file in
    any shape gives the same identities, and is known as a whole.
    """
    times: Counter[str] = Counter()
    found = []
    for payment in payments:
        number = payment.identity
        times[number] += 1
        again = times[number] > 1
        found.append(msgspec.structs.replace(payment, identity=f"{number}#{times[number]}") if again else payment)
    return found
