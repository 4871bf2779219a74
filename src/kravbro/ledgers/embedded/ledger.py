"""The ledger port over our own books: one transaction per call, and nothing here that the books do not decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.collector_vouchers import collector_setup, take_collector_vouchers
from kravbro.books.commands.conversions import join_claims, offer_unjoined
from kravbro.books.commands.receipts import record_receipts
from kravbro.books.commands.statuses import publish_statuses
from kravbro.books.commands.transferred_items import record_case_numbers
from kravbro.books.queries.audit import audit
from kravbro.books.queries.transferred_items import transferred_claims
from kravbro.core.acts import Act
from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Receipt, Status, Transaction, Withdrawal
from kravbro.core.conversion import CaseNumber, TransferredClaim
from kravbro.core.errors import DataFault
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.db.counters import last_taken
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place, company_owner
from kravbro.ledgers.embedded import mapping, queries
from kravbro.ports.identity import Delivered, Heads, Identity

KIND = "embedded"
_COUNTERS = {
    "claims": "offer",
    "transactions": "transaction",
    "withdrawals": "withdrawal",
    "voucher_receipts": "voucher_event",
}


class EmbeddedLedger:
    """Our own ledger in a `Place`, for one act: who reads and writes, and on which day."""

    def __init__(self, place: Place, act: Act) -> None:
        self._place = place
        self._act = act
        self._engines: dict[str, sa.Engine] = {}

    def close(self) -> None:
        """Close every connection. The ledger can be used again afterwards."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def identify(self) -> Identity:
        """The installation and the heads of its streams. Raises DataFault `books.no_installation`."""
        with reading(self._engine("system")) as connection:
            installation = connection.execute(sa.select(tables.installation.c.id)).scalar()
        if installation is None:
            raise DataFault("books.no_installation", place=self._place.name)
        return Identity(KIND, installation, tuple(self._heads(company) for company in self.companies()))

    def _heads(self, company: int) -> Heads:
        with self._reading(company) as connection:
            counted = {stream: last_taken(connection, tables.counter, name) for stream, name in _COUNTERS.items()}
        return Heads(company, counted)

    def companies(self) -> list[int]:
        """The numbers of all companies."""
        with reading(self._engine("system")) as connection:
            numbers = sa.select(tables.company.c.number).order_by(tables.company.c.number)
            return list(connection.execute(numbers).scalars())

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """Offers without a receipt, by number."""
        with self._reading(company) as connection:
            return queries.ready_claims(connection, company, after, limit, self._act.on)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """Record answers; raises as `books.commands.receipts.record_receipts` does."""
        with self._writing(company) as connection:
            return record_receipts(connection, receipts, self._act)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """What was booked on claims at the collector, by number."""
        with self._reading(company) as connection:
            return queries.transactions(connection, after, limit)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """Claims that the creditor wants back, by number."""
        with self._reading(company) as connection:
            return queries.withdrawals(connection, after, limit)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """Take vouchers; raises as `books.commands.collector_vouchers.take_collector_vouchers` does."""
        with self._writing(company) as connection:
            setup = collector_setup(connection)
            drafts = [
                mapping.draft(voucher, setup.collector_voucher_type, setup.collector_registrar) for voucher in vouchers
            ]
            return take_collector_vouchers(connection, drafts, self._act)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """What became of the collector's vouchers, by event number."""
        with self._reading(company) as connection:
            return queries.voucher_receipts(connection, after, limit)

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """Show statuses; raises as `books.commands.statuses.publish_statuses` does."""
        with self._writing(company) as connection:
            return publish_statuses(connection, statuses, self._act)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """The receipt that counts of each answered offer, by offer number."""
        with self._reading(company) as connection:
            return queries.recorded_receipts(connection, after, limit)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """The status shown of each claim, by entry."""
        with self._reading(company) as connection:
            return queries.recorded_statuses(connection, after, limit)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """Opening and movements of the given offers, by offer number."""
        with self._reading(company) as connection:
            return queries.movements(connection, offers)

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> list[TransferredClaim]:
        """Open items that were handed over earlier, by entry, with what remained of them before the cut-off."""
        with self._reading(company) as connection:
            return transferred_claims(connection, cut_off, after, limit)

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        """Show case numbers; raises as `books.commands.transferred_items.record_case_numbers` does."""
        with self._writing(company) as connection:
            return record_case_numbers(connection, numbers, because, self._act)

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        """Make offers of items that are claims of older cases; raises as `books.commands.conversions.join_claims`."""
        with self._writing(company) as connection:
            return join_claims(connection, joinings, self._act)

    def joined_claims(self, company: int, after: int, limit: int) -> list[Joining]:
        """Items that are joined with claims of older cases, by entry."""
        with self._reading(company) as connection:
            return queries.joined_claims(connection, after, limit)

    def offer_unjoined(self, company: int, entries: Sequence[int], because: str) -> int:
        """Offer marked items that no older case has; raises as `books.commands.conversions.offer_unjoined`."""
        with self._writing(company) as connection:
            return offer_unjoined(connection, entries, because, self._act)

    def adoptions(self, company: int, after: int, limit: int) -> list[Adoption]:
        """Joined offers without a receipt, by number."""
        with self._reading(company) as connection:
            return queries.adoptions(connection, company, after, limit, self._act.on)

    def answered_offers(self, company: int, offers: Sequence[int]) -> list[AnsweredOffer]:
        """These offers with the answers that the ledger holds, for a collector that forgot them."""
        with self._reading(company) as connection:
            return queries.answered_offers(connection, company, offers, self._act.on)

    def audit(self, company: int) -> list[Discrepancy]:
        """What the company's books find wrong with themselves."""
        with self._reading(company) as connection:
            return audit(connection)

    @contextmanager
    def _reading(self, company: int) -> Iterator[sa.Connection]:
        with reading(self._engine(company_owner(company))) as connection:
            yield connection

    @contextmanager
    def _writing(self, company: int) -> Iterator[sa.Connection]:
        with writing(self._engine(company_owner(company))) as connection:
            yield connection

    def _engine(self, owner: str) -> sa.Engine:
        """The engine of one database. Raises DataFault `books.no_database` rather than making an empty one."""
        if owner not in self._engines:
            if not self._place.exists(owner):
                raise DataFault("books.no_database", database=self._place.database(owner))
            self._engines[owner] = self._place.open(owner)
        return self._engines[owner]
