"""What an OCR giro file says: transmissions of assignments of transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from kravbro.formats.ocr_giro.days import ddmmyy
from kravbro.formats.ocr_giro.layout import REVERSALS


class Transaction(msgspec.Struct, frozen=True, gc=False):
    """One payment, reversal or credit note: amount items 1, 2 and 3.

    `amount_ore` is signed as money to the payee: negative for reversals (types 18 and 20) and credit notes (`sign` is
    `-`). `kid` is None when the field is blank or all zeros, `bank_date` (when the order reached the bank; it decides
    whether a payment is in time) and `debit_account` when they are zeros, `card_issuer` for types 10 to 17, and
    `free_text` without an item 3. `reference` is the payer's agreement id for type 12, else an archive reference.
    """

    type: str
    number: int
    settlement_date: date
    centre_id: str
    day_code: str
    partial_settlement_number: str
    serial_number: str
    sign: str
    amount_ore: int
    kid: str | None
    card_issuer: str | None
    form_number: str
    reference: str
    bank_date: date | None
    debit_account: str | None
    free_text: str | None = None

    @property
    def control_ore(self) -> int:
        """Øre that this transaction adds to the file's own totals: credit notes are netted, reversals are ADDED."""
        return self.amount_ore if self.sign == "-" or self.type not in REVERSALS else -self.amount_ore

    @property
    def record_count(self) -> int:
        """How many records the transaction takes in the file."""
        return 2 if self.free_text is None else 3


class Totals(msgspec.Struct, frozen=True):
    """Counts, sum and dates as an end record states them. `total_ore` adds reversals, see `Transaction.control_ore`.

    `records` counts start and end records too. `earliest` and `latest` are settlement dates.
    """

    transactions: int
    records: int
    total_ore: int
    earliest: date
    latest: date

    def written(self) -> dict[str, str]:
        """Field by field as end records write it."""
        return {
            "num_transactions": f"{self.transactions:08d}",
            "num_records": f"{self.records:08d}",
            "total_amount": f"{self.total_ore:017d}",
            "earliest_date": ddmmyy(self.earliest),
            "latest_date": ddmmyy(self.latest),
        }


class Assignment(msgspec.Struct, frozen=True):
    """The payments to one account under one agreement. `nets_date` is the day the bank made the assignment.

    `transactions` may be gone through as often as one likes; of a file, each time is a pass over its text. `totals`
    are those of the end record. Make one by hand with `assignment`, which counts them.
    """

    agreement_id: str
    number: str
    account: str
    nets_date: date
    transactions: Collection[Transaction]
    totals: Totals


class Transmission(msgspec.Struct, frozen=True):
    """What one transmitter (Nets: 00008080) sent one recipient under one number."""

    transmitter: str
    number: str
    recipient: str
    nets_date: date
    assignments: tuple[Assignment, ...]

    @property
    def totals(self) -> Totals:
        """What the end record of the transmission says, of all its assignments."""
        parts = [part.totals for part in self.assignments]
        return Totals(
            transactions=sum(part.transactions for part in parts),
            records=2 + sum(part.records for part in parts),
            total_ore=sum(part.total_ore for part in parts),
            earliest=min(part.earliest for part in parts),
            latest=max(part.latest for part in parts),
        )


class OcrGiroFile(msgspec.Struct, frozen=True):
    """A whole file whose every control held."""

    name: str
    transmissions: tuple[Transmission, ...]

    @property
    def count(self) -> int:
        """How many transactions the file holds."""
        return sum(transmission.totals.transactions for transmission in self.transmissions)

    @property
    def total_ore(self) -> int:
        """The file's own control total in øre: reversals are added, credit notes netted."""
        return sum(transmission.totals.total_ore for transmission in self.transmissions)

    def payments(self) -> Iterator[tuple[Transmission, Assignment, Transaction]]:
        """The second pass: each transaction, in the order of the file, with what it stands in."""
        for transmission in self.transmissions:
            for part in transmission.assignments:
                for transaction in part.transactions:
                    yield transmission, part, transaction


class PaymentIdentity(NamedTuple):
    """What makes a payment the same payment, in whatever file it comes."""

    transmission_number: str
    agreement_id: str
    assignment_number: str
    settlement_date: date
    serial_number: str
    transaction_number: int


def identity(transmission: Transmission, part: Assignment, transaction: Transaction) -> PaymentIdentity:
    """The identity of one payment, by content; two equal payments differ in their transaction number."""
    return PaymentIdentity(
        transmission.number,
        part.agreement_id,
        part.number,
        transaction.settlement_date,
        transaction.serial_number,
        transaction.number,
    )


def assignment(
    *, agreement_id: str, number: str, account: str, nets_date: date, transactions: Collection[Transaction]
) -> Assignment:
    """An assignment with its totals counted. Raises ValueError if there are no transactions."""
    days = [transaction.settlement_date for transaction in transactions]
    counted = Totals(
        transactions=len(days),
        records=2 + sum(transaction.record_count for transaction in transactions),
        total_ore=sum(transaction.control_ore for transaction in transactions),
        earliest=min(days),
        latest=max(days),
    )
    return Assignment(agreement_id, number, account, nets_date, transactions, counted)
