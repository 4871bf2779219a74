"""What Kravbro asks of a system that collects claims.

Every method is batched and idempotent. Rows come in order of `number`, after the given number, at most `limit`.
Receivers drop an id that they have, and raise DataFault if its content differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kravbro.core.claims import Offer, Receipt, Status, Transaction, Withdrawal
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.ports.identity import Delivered, Identity


class Collector(Protocol):
    """A collection system: our own office, or an agency's. A company of a ledger is a creditor there."""

    def identify(self) -> Identity:
        """The installation and the heads of `receipts`, `vouchers` and `statuses` per company."""
        ...

    def companies(self, installation: str) -> list[int]:
        """The companies of that ledger installation that the collector serves."""
        ...

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        """Judge offers (`core.gate`, the creditor's policy) and make cases of those that may go.

        New are the offers that got a receipt now; known those that had one; waiting those that got none.
        """
        ...

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """Answers to offers, by receipt number; and claims that are given back, under their offers."""
        ...

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        """Apply what the ledger booked: the principal of exactly that claim changes by exactly that amount.

        What the ledger booked before it knew that the claim was given back is applied to that claim still.

        Interest counts the change from `value_on`; a credit note, which takes away what was never owed, from the due
        date.
        """
        ...

    def accept_withdrawals(self, company: int, withdrawals: Sequence[Withdrawal]) -> Delivered:
        """Stop collecting claims that the creditor wants back, and give each back once its money is booked."""
        ...

    def recorded_withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """The withdrawals that the collector holds, by number, for the reconciliation."""
        ...

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        """Approved vouchers, by approval number."""
        ...

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        """Take note of what the ledger did with vouchers."""
        ...

    def recorded_voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """The voucher receipts that the collector holds, by event number, for the reconciliation."""
        ...

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """Status events of claims."""
        ...

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        """Every claim accepted from that company, by offer number, with opening and movements."""
        ...

    def audit(self, company: int) -> list[Discrepancy]:
        """What the collector finds wrong with itself: money in = placed + unplaced, balanced accounts, missing rows."""
        ...
