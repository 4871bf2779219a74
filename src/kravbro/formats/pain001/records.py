"""What a pain.001 message says: payments, each from one account on one day, of transfers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

import msgspec

Version: TypeAlias = Literal["001.03", "001.09"]
VERSIONS: tuple[Version, ...] = get_args(Version)
DEFAULT_VERSION: Version = "001.03"
"""What Norwegian banks take today; 001.09 is the one that they go over to."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Money to one receiver, with a KID or a text, never both.

    `end_to_end_id` follows the payment to the receiver and comes back in the bank's answers: give it, and store it,
    before the message is sent. `creditor_account` is 11 digits, `amount_ore` is above zero, `text` at most 140
    characters.
    """

    end_to_end_id: str
    creditor_name: str
    creditor_account: str
    amount_ore: int
    kid: str | None = None
    text: str | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Transfers from one account (11 digits) on one day. `debtor_bic` is that of the bank the account is in."""

    id: str
    debtor_name: str
    debtor_account: str
    debtor_bic: str
    requested_on: date
    transfers: tuple[Transfer, ...]

    @property
    def total_ore(self) -> int:
        """The control sum in øre."""
        return sum(transfer.amount_ore for transfer in self.transfers)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to the bank.

    `created_at` is to the second; `initiator_id` is what the bank knows the sender by (often the organisation number).
    """

    id: str
    created_at: datetime
    initiator_name: str
    initiator_id: str
    payments: tuple[Payment, ...]
    version: Version = DEFAULT_VERSION

    @property
    def count(self) -> int:
        """How many transfers the message holds."""
        return sum(len(payment.transfers) for payment in self.payments)

    @property
    def total_ore(self) -> int:
        """The control sum in øre."""
        return sum(payment.total_ore for payment in self.payments)
