"""Collectors that tell wrongly of claims that no ledger offered."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import Voucher
from kravbro.ports.conformance.broken.passing import PassingCollector
from kravbro.ports.conformance.streams import LARGE

BEYOND = 1_000_000_000
"""Past the number of any offer."""
replace = msgspec.structs.replace


class ComparesWhatNoLedgerHas(PassingCollector):
    """Tells the reconciliation of a claim without a ledger as of any other: it is a difference for ever."""

    caught_by = ("C39",)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        more = [
            ClaimMovements(BEYOND + one.number, -one.number, one.principal_ore, one.case_number, 0, ())
            for one in self.claims_without_ledger(company, max(after - BEYOND, 0), LARGE)
        ]
        return [*self.right.claims(company, after, limit), *more][:limit]


class ListsFromTheStart(PassingCollector):
    """Lists claims without a ledger from the first, whatever it was asked for: who reads them never comes to an end."""

    caught_by = ("C39",)

    def claims_without_ledger(self, company: int, after: int, limit: int) -> Sequence[LedgerlessClaim]:
        return super().claims_without_ledger(company, 0, limit)


class SettlesWhatIsNotThere(PassingCollector):
    """Names a claim without a ledger on the line of its money: the ledger has no such item, and rejects the lump."""

    caught_by = ("C40",)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        own = {one.case_number: one.number for one in self.claims_without_ledger(company, 0, LARGE)}
        return [
            replace(
                voucher,
                lines=tuple(
                    replace(line, claim_entry=-number)
                    if (number := next((own[case] for case in own if case in line.text), 0))
                    else line
                    for line in voucher.lines
                ),
            )
            for voucher in self.right.vouchers(company, after, limit)
        ]


class ForgetsWhatWasPaid(PassingCollector):
    """Says that everything is left of a claim without a ledger, whatever was paid."""

    caught_by = ("C40",)

    def claims_without_ledger(self, company: int, after: int, limit: int) -> Sequence[LedgerlessClaim]:
        told = super().claims_without_ledger(company, after, limit)
        return [replace(one, left_ore=one.principal_ore) for one in told]
