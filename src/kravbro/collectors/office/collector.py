"""The office as a collector: each method is one transaction on `office.db`, and each company is a creditor there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from kravbro.collectors.office import mapping
from kravbro.core.acts import Act
from kravbro.core.adoption import Adoption
from kravbro.core.claims import Offer, Receipt, Status, Transaction, Withdrawal
from kravbro.core.conversion import EarlierClaim
from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.statute.law import Statute
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.office import admission, audit, creditors, ledger_events, streams
from kravbro.office.earlier.adoption import adopt_cases
from kravbro.office.earlier.claims import earlier_claims
from kravbro.office.ledgerless.shown import claims_without_ledger
from kravbro.office.statute import load_statute
from kravbro.office.withdrawals import accept_withdrawals, recorded_withdrawals
from kravbro.ports.identity import Delivered, Identity

OWNER = "office"


class OfficeCollector:
    """Implements `kravbro.ports.collector.Collector` for the companies of one ledger installation.

    `shipped` is the law of this release; what the office keeps over it is read in the transaction that judges by it.
    """

    def __init__(self, place: Place, ledger_installation: str, shipped: Statute, act: Act) -> None:
        self._engine = place.open(OWNER)
        self._ledger = ledger_installation
        self._shipped = shipped
        self._act = act

    def close(self) -> None:
        """Give the database's connections back."""
        self._engine.dispose()

    def identify(self) -> Identity:
        """The installation and the heads of `receipts`, `vouchers` and `statuses` per company."""
        with reading(self._engine) as connection:
            own = creditors.office_installation(connection)
            heads = {
                company: streams.heads(connection, creditors.creditor_of_company(connection, self._ledger, company))
                for company in creditors.companies_of(connection, self._ledger)
            }
        return mapping.identity(own, heads)

    def companies(self, installation: str) -> list[int]:
        """The companies of that ledger installation that the office serves."""
        with reading(self._engine) as connection:
            return creditors.companies_of(connection, installation)

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        """Judge offers and make cases of those that may go; new are the offers that got a receipt now."""
        with self._writing(company) as (connection, creditor):
            statute = load_statute(connection, self._shipped)
            return admission.accept_claims(connection, creditor, offers, statute, self._act)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """Answers to offers, by receipt number; and claims that are given back, under their offers."""
        with self._reading(company) as (connection, creditor):
            return streams.receipts(connection, creditor, after, limit)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        """Apply what the ledger booked: the principal of exactly that claim changes by exactly that amount."""
        with self._writing(company) as (connection, creditor):
            return ledger_events.accept_transactions(connection, creditor, transactions, self._act)

    def accept_withdrawals(self, company: int, withdrawals: Sequence[Withdrawal]) -> Delivered:
        """Stop collecting claims that the creditor wants back, and give each back once its money is booked."""
        with self._writing(company) as (connection, creditor):
            return accept_withdrawals(connection, creditor, withdrawals, self._act)

    def recorded_withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """The withdrawals that the office holds, by the ledger's number."""
        with self._reading(company) as (connection, creditor):
            return recorded_withdrawals(connection, creditor, after, limit)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        """Approved vouchers, by approval number."""
        with self._reading(company) as (connection, creditor):
            return streams.vouchers(connection, creditor, after, limit)

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        """Take note of what the ledger did with vouchers."""
        with self._writing(company) as (connection, creditor):
            return ledger_events.accept_voucher_receipts(connection, creditor, receipts, self._act)

    def recorded_voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """The voucher receipts that the office holds, by event number."""
        with self._reading(company) as (connection, creditor):
            return streams.recorded_voucher_receipts(connection, creditor, after, limit)

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """Status events of claims."""
        with self._reading(company) as (connection, creditor):
            return streams.statuses(connection, creditor, after, limit)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        """Every claim accepted from that company, by offer number, with opening and movements."""
        with self._reading(company) as (connection, creditor):
            return streams.claims(connection, creditor, after, limit)

    def claims_to_convert(self, company: int, after: int, limit: int) -> list[EarlierClaim]:
        """Claims on cases of an older system that are joined with no open item, by number."""
        with self._reading(company) as (connection, creditor):
            return earlier_claims(connection, creditor, after, limit)

    def adopt_cases(self, company: int, adoptions: Sequence[Adoption]) -> Delivered:
        """Join older cases with the ledger's offers; raises as `office.earlier.adoption.adopt_cases` does."""
        with self._writing(company) as (connection, creditor):
            return adopt_cases(connection, creditor, adoptions, self._act)

    def claims_without_ledger(self, company: int, after: int, limit: int) -> list[LedgerlessClaim]:
        """Claims that people registered by hand, by number."""
        with self._reading(company) as (connection, creditor):
            return claims_without_ledger(connection, creditor, after, limit)

    def audit(self, company: int) -> list[Discrepancy]:
        """What the office finds wrong with itself; with its first company, also in the accounts of the house."""
        with self._reading(company) as (connection, creditor):
            first = company == min(creditors.companies_of(connection, self._ledger))
            audited = [creditor, *(creditors.houses(connection) if first else ())]
            return [fault for one in audited for fault in audit.audit(connection, one)]

    @contextmanager
    def _writing(self, company: int) -> Iterator[tuple[sa.Connection, int]]:
        with writing(self._engine) as connection:
            yield connection, creditors.creditor_of_company(connection, self._ledger, company)

    @contextmanager
    def _reading(self, company: int) -> Iterator[tuple[sa.Connection, int]]:
        with reading(self._engine) as connection:
            yield connection, creditors.creditor_of_company(connection, self._ledger, company)
