"""What Kravbro asks of a ledger.

Every method is batched and idempotent. Rows come in order of `number`, after the given number, at most `limit`.
Receivers drop an id that they have, and raise DataFault if its content differs. Adapters raise one of the four errors
of `kravbro.core.errors`; whoever runs them decides what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kravbro.core.claims import Offer, Receipt, Status, Transaction, Withdrawal
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.ports.identity import Delivered, Identity


class Ledger(Protocol):
    """An accounts-receivable ledger with one or more companies."""

    def identify(self) -> Identity:
        """The installation and the heads of its streams per company.

        They are `claims`, `transactions`, `withdrawals` and `voucher_receipts`.
        """
        ...

    def companies(self) -> list[int]:
        """The numbers of all companies: a full listing, so that suddenly fewer is suspicious."""
        ...

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """Every approved offer without a receipt, by offer number. `after` only pages one run: this is a queue."""
        ...

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """Write case numbers (and the mark *Ekstern inkasso*) or the reasons for refusal back.

        Acceptance replaces refusal of the same offer, giving back replaces acceptance, never the reverse. A claim that
        is given back loses the mark and the case number (its history keeps both), bears interest in the ledger again if
        it did before, and may be offered anew; what is booked on it from then on is no transaction.
        """
        ...

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """Posted entries, not our own, on claims that have a case number.

        Each says when it was booked and from which day it counts (`value_on`): a payment that is entered, posted or
        matched late counts from the day on which the money came. That day is the same each time a row is told.
        """
        ...

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """Claims that the creditor wants back from the collector, each asked for once."""
        ...

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """Take vouchers by key, each once, under the fixed registrar and the collector's voucher type."""
        ...

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """What became of vouchers that the collector delivered."""
        ...

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """Show the claims' statuses; a lower version than the one known is ignored."""
        ...

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """The receipt that the ledger holds of each answered offer, by offer number, for the reconciliation."""
        ...

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """The status that the ledger shows of each claim, by entry, for the reconciliation. Their number is 0."""
        ...

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """Opening and movements of the given offers, whether their receipts have arrived or not."""
        ...

    def audit(self, company: int) -> list[Discrepancy]:
        """What the ledger finds wrong with itself: entries against voucher lines, balances, numbers without rows."""
        ...
