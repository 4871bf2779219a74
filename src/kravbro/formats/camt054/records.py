"""What a camt.054 says: notifications of entries (sums on an account) of transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from kravbro.formats.camt054.layout import Version

CREDIT, DEBIT = "CRDT", "DBIT"
BOOKED = "BOOK"


class Kind(StrEnum):
    """What a transaction is to whoever waits for payments. Only the first two are imported."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    OWN_PAYMENT = "own_payment"
    OWN_PAYMENT_RETURNED = "own_payment_returned"
    NOT_BOOKED = "not_booked"


class Part(msgspec.Struct, frozen=True, gc=False):
    """What one transaction pays under one KID, where it names several."""

    kid: str
    amount_ore: int


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payment (TxDtls, or an entry that has none). Empty texts: the bank told nothing.

    `amount_ore` is signed as money to the account. `kid` is None without a KID, and also where there are several:
    `parts` has those, if the bank says what is paid under each and that is all of it. `text` is what the payer wrote,
    with references that are no KIDs. `accepted_on` is when the order reached the bank, as a day in the bank's own
    time; it decides whether a payment is in time. `debtor_account` is 11 digits for a Norwegian account, whichever way
    it was written. `is_returned`: the bank gives a reason for a return.
    """

    amount_ore: int
    kid: str | None = None
    parts: tuple[Part, ...] = ()
    text: str = ""
    bank_reference: str = ""
    transaction_id: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    debtor_name: str = ""
    debtor_account: str = ""
    accepted_on: date | None = None
    code: str = ""
    is_returned: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One sum on the account. In a stream `transactions` is empty: they come beside it.

    `amount_ore` is signed as money to the account, and is the sum of its transactions. `booked_on` is None only for
    what is not booked. `reference` is the bank's for the entry in this message, `bank_reference` its reference for the
    sum.
    """

    direction: str
    amount_ore: int
    booked_on: date | None
    value_on: date | None = None
    is_reversal: bool = False
    status: str = BOOKED
    reference: str = ""
    bank_reference: str = ""
    code: str = ""
    transactions: Sequence[Transaction] = ()

    def kind(self, transaction: Transaction) -> Kind:
        """What one of its transactions is."""
        if self.status != BOOKED:
            return Kind.NOT_BOOKED
        if self.direction == CREDIT:
            return Kind.OWN_PAYMENT_RETURNED if self.is_reversal else Kind.PAYMENT
        return Kind.REVERSAL if self.is_reversal or transaction.is_returned else Kind.OWN_PAYMENT


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on one account (11 digits). In a stream `entries` is empty: they come beside it.

    `copy` is `DUPL`, `CODU` or `COPY` where the bank says that it sent the same before. `has_summary`: the bank gave
    number or sums of the entries, and they agree. `page` is set for one page of several, on which no summary can be
    checked.
    """

    id: str
    account: str
    copy: str = ""
    page: str = ""
    has_summary: bool = False
    entries: Sequence[Entry] = ()


class Camt054File(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file whose every check held."""

    name: str
    version: Version
    message_id: str
    created_at: datetime
    notifications: tuple[Notification, ...]

    @property
    def count(self) -> int:
        """How many transactions the file holds."""
        return sum(len(entry.transactions) for _, entry in self.entries())

    @property
    def net_ore(self) -> int:
        """All entries together in øre, booked or not: money in, less money out."""
        return sum(entry.amount_ore for _, entry in self.entries())

    def entries(self) -> Iterator[tuple[Notification, Entry]]:
        """Each entry, in the order of the file, with the notification it stands in."""
        for notification in self.notifications:
            for entry in notification.entries:
                yield notification, entry

    def transactions(self) -> Iterator[tuple[Notification, Entry, Transaction]]:
        """Each transaction, in the order of the file, with what it stands in."""
        for notification, entry in self.entries():
            for transaction in entry.transactions:
                yield notification, entry, transaction
