"""The seven streams in the order of a working day, and the jobs that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kravbro.bridge.claims import carry_claims
from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import Joined
from kravbro.bridge.receipts import carry_receipts
from kravbro.bridge.statuses import carry_statuses
from kravbro.bridge.transactions import carry_transactions
from kravbro.bridge.voucher_receipts import carry_voucher_receipts
from kravbro.bridge.vouchers import carry_vouchers
from kravbro.bridge.withdrawals import carry_withdrawals

Stream = Callable[[Joined, int, OnPage], Carried]

TRANSFER: tuple[Stream, ...] = (carry_claims, carry_receipts, carry_statuses)
"""Import of new cases: offers over, case numbers and statuses back."""

FETCH: tuple[Stream, ...] = (carry_transactions, carry_withdrawals, carry_receipts, carry_statuses)
"""Payments and corrections from the ledger, and what it wants back; the answers, and the statuses that they change."""

DELIVER: tuple[Stream, ...] = (carry_vouchers, carry_voucher_receipts, carry_receipts, carry_statuses)
"""Approved vouchers over, their fate back, and with it the claims that waited for their money to be booked."""

ALL: tuple[Stream, ...] = (
    carry_transactions,
    carry_withdrawals,
    carry_claims,
    carry_receipts,
    carry_transactions,
    carry_vouchers,
    carry_voucher_receipts,
    carry_receipts,
    carry_statuses,
)
"""Everything, once: what the ledger booked comes first, so that nobody is chased for money already paid."""


def run(joined: Joined, streams: Sequence[Stream], on_page: OnPage = silently) -> list[Carried]:
    """Run streams for every company, one company at a time."""
    return [carried for company in joined.companies() for carried in run_company(joined, company, streams, on_page)]


def run_company(joined: Joined, company: int, streams: Sequence[Stream], on_page: OnPage = silently) -> list[Carried]:
    """Run streams for one company. Raises at once where the installation may only be read."""
    joined.positions.require_writable()
    carried = [stream(joined, company, on_page) for stream in streams]
    joined.remember(company)
    return carried
