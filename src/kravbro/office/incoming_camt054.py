"""Payments of a camt.054 as the office takes them in: what each is known by, and what is left out.

A payment is known by the account, the day it was booked, which way it went, and the bank's reference for it; where one
reference stands for several payments of an entry, or the bank gives none, by everything that it tells of the payment.
Nothing of the message, the notification or the file is part of it, and nothing that one version has and the other
lacks. What has the same reference, KID and amount twice in one file, in different entries, is one payment that the bank
tells of twice. See docs/formats/camt054.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby

import msgspec
from msgspec.structs import replace

from kravbro.core.fingerprints import fingerprint
from kravbro.formats.camt054 import Entry, Kind, Notification, Transaction
from kravbro.office.incoming import CAMT054, Details, IncomingPayment, told_apart

NOT_PROVIDED = "NOTPROVIDED"
"""What ISO 20022 writes for an end-to-end id that the payer did not give."""

LONGEST_TEXT = 80
LONGEST_TYPE = 10
ACCOUNT_DIGITS = 11


class Why(StrEnum):
    """Why something in a file is not imported."""

    OWN_PAYMENT = "own_payment"
    OWN_PAYMENT_RETURNED = "own_payment_returned"
    NOT_BOOKED = "not_booked"
    REPEATED = "repeated"


class LeftOut(msgspec.Struct, frozen=True):
    """An entry that is no incoming payment or not booked yet, or a payment that the file has twice (øre, signed)."""

    why: Why
    account_number: str
    booked_on: date | None
    reference: str
    transactions: int
    amount_ore: int


class Taken(msgspec.Struct):
    """The payments of a file, each with an identity of its own, and the entries that are left out."""

    payments: list[IncomingPayment]
    left_out: list[LeftOut]


def from_camt054(found: Iterable[tuple[Notification, Entry, Transaction]]) -> Taken:
    """The payments of a camt.054 by the day they were booked, in its order, and what went back after what came in.

    A bank may list a day's debits first; a reversal is to find the payment that it takes back.
    """
    payments: list[IncomingPayment] = []
    left_out: list[LeftOut] = []
    referred: set[tuple[str, str, int]] = set()
    for number, (notification, entry, of_entry) in enumerate(_by_entry(found)):
        kind = entry.kind(of_entry[0])
        if kind not in {Kind.PAYMENT, Kind.REVERSAL} or entry.booked_on is None:
            reference = entry.bank_reference or entry.reference
            account, booked_on = notification.account, entry.booked_on
            left_out.append(LeftOut(Why(kind.value), account, booked_on, reference, len(of_entry), entry.amount_ore))
            continue
        for one, by_reference in _payments(notification, entry, entry.booked_on, of_entry, number):
            content = (one.identity, one.kid, one.amount_ore)
            if by_reference and content in referred:
                left_out.append(_repeated(one))
                continue
            payments.append(one)
            if by_reference:
                referred.add(content)
    by_day = sorted(_in_lumps(told_apart(payments)), key=lambda one: (one.settlement_date, one.amount_ore < 0))
    return Taken(by_day, left_out)


def _by_entry(
    found: Iterable[tuple[Notification, Entry, Transaction]],
) -> Iterator[tuple[Notification, Entry, list[Transaction]]]:
    """The transactions of each entry together. Equal entries are two all the same."""
    together: tuple[Notification, Entry, list[Transaction]] | None = None
    for notification, entry, transaction in found:
        if together is None or together[1] is not entry or together[0] is not notification:
            if together is not None:
                yield together
            together = (notification, entry, [])
        together[2].append(transaction)
    if together is not None:
        yield together


def _payments(
    notification: Notification, entry: Entry, booked_on: date, transactions: Sequence[Transaction], number: int
) -> Iterator[tuple[IncomingPayment, bool]]:
    """The payments of one entry, and whether the bank's reference alone tells each.

    Until all are known, `lump` holds the number of the entry and what the lump can be named by.
    """
    alone = len(transactions) == 1
    references = [_reference(one, entry, alone=alone) for one in transactions]
    times = Counter(references)
    went_back = entry.amount_ore < 0
    lump = msgspec.json.encode((number, entry.bank_reference or (references[0] if alone else ""))).decode()
    for one, reference in zip(transactions, references, strict=True):
        by_reference = bool(reference) and times[reference] == 1
        key = ("reference", reference) if by_reference else ("content", *_told(one, entry))
        for place, (kid, amount_ore) in enumerate(_parts(one)):
            mark = fingerprint(went_back, *key, *((place, "part") if one.parts else ()))
            payment = IncomingPayment(
                identity=f"{CAMT054}/{notification.account}/{booked_on.isoformat()}/{mark}",
                account_number=notification.account,
                type=(one.code or entry.code).rpartition("/")[2][:LONGEST_TYPE],
                amount_ore=amount_ore,
                kid=kid,
                bank_date=_bank_date(one, entry, booked_on),
                settlement_date=booked_on,
                lump=lump,
                reference=reference,
                debit_account=one.debtor_account if _is_norwegian(one.debtor_account) else "",
                free_text=_shortened(one.text),
                original=reference if went_back else "",
                details=Details(one.debtor_name, one.debtor_account, one.text, one.end_to_end_id),
            )
            yield payment, by_reference


def _repeated(one: IncomingPayment) -> LeftOut:
    return LeftOut(Why.REPEATED, one.account_number, one.settlement_date, one.reference, 1, one.amount_ore)


def _reference(one: Transaction, entry: Entry, *, alone: bool) -> str:
    """The bank's reference for a payment; that of the entry for its only one. Empty: there is none."""
    return one.bank_reference or one.transaction_id or (entry.bank_reference if alone else "")


def _told(one: Transaction, entry: Entry) -> tuple[object, ...]:
    """Everything that both versions tell of a payment, and the bank's reference for the sum it came in."""
    end_to_end_id = "" if one.end_to_end_id == NOT_PROVIDED else one.end_to_end_id
    parts = [(part.kid, part.amount_ore) for part in one.parts]
    return (
        entry.bank_reference, one.bank_reference, one.transaction_id, one.instruction_id, end_to_end_id, one.amount_ore,
        one.kid or "", parts, one.debtor_account, one.debtor_name, one.text,
    )  # fmt: skip


def _parts(one: Transaction) -> Sequence[tuple[str, int]]:
    """KID and øre of each payment that a transaction is: one, unless the bank divided it."""
    sign = -1 if one.amount_ore < 0 else 1
    return [(part.kid, sign * part.amount_ore) for part in one.parts] or [(one.kid or "", one.amount_ore)]


def _bank_date(one: Transaction, entry: Entry, booked_on: date) -> date:
    """When the order reached the bank; if that is not told, value or booking, whichever is first.

    Money that went back counts from its booking: until then it was the creditor's to use.
    """
    if one.amount_ore < 0:
        return booked_on
    return one.accepted_on or min(booked_on, entry.value_on or booked_on)


def _in_lumps(payments: Sequence[IncomingPayment]) -> list[IncomingPayment]:
    """The payments with the names of their lumps: account, day, and the bank's reference for the sum.

    Two sums that one reference stands for are told apart by their number, and a sum without one by its payments, so
    that each is a voucher of its own.
    """
    given: Counter[str] = Counter()
    named: list[IncomingPayment] = []
    for lump, group in groupby(payments, key=lambda one: one.lump):
        together = list(group)
        first = together[0]
        _, reference = msgspec.json.decode(lump)
        if not reference or "#" in reference:
            reference = fingerprint(*(one.identity for one in together))[:16]
        back = "/-" if first.amount_ore < 0 else ""
        name = f"{first.account_number}/{first.settlement_date.isoformat()}/{reference}{back}"
        given[name] += 1
        name = f"{name}#{given[name]}" if given[name] > 1 else name
        named += [replace(one, lump=name) for one in together]
    return named


def _is_norwegian(account: str) -> bool:
    return len(account) == ACCOUNT_DIGITS and account.isdecimal() and account.isascii()


def _shortened(text: str) -> str:
    """The beginning of a text, as a list shows it; the whole is with the details."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."
