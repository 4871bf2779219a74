"""One company's database while it is being read or written: which tables it has, and the rows of the closed list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import Outcome
from kravbro.db.bulk import portions
from kravbro.ledgers.visma_business import mapping, queries
from kravbro.ledgers.visma_business.echoes import OurLine
from kravbro.ledgers.visma_business.entries import Entry, entry_of, invoice_no_of, key_of
from kravbro.ledgers.visma_business.queries import ALSO_OF_CUSTOMERS, CUSTOMER_COLUMNS, JOURNAL
from kravbro.ledgers.visma_business.setup import Meaning, Setup
from kravbro.ledgers.visma_business.tables import Tables


class LastMark(msgspec.Struct, frozen=True, gc=False):
    """The last mark of an item, and what stood there before it was marked as accepted."""

    sequence: int
    outcome: str
    fingerprint: str
    exemption_before: int
    no_interest_before: str


class Company(msgspec.Struct, frozen=True):
    """A company in an open transaction."""

    number: int
    connection: sa.Connection
    tables: Tables
    setup: Setup

    def rows(self, statement: sa.Executable, **parameters: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement."""
        return self.connection.execute(statement, parameters).fetchall()

    def over(
        self, statement: sa.Executable, name: str, values: Collection[Any], **parameters: Any
    ) -> Iterator[Sequence[Any]]:
        """The rows of a statement for a list of values, a portion at a time."""
        for portion in portions(sorted(values)):
            yield from self.rows(statement, **{name: portion}, **parameters)

    def pulse(self) -> Sequence[int | None]:
        """The last journal, and the last day and time of a change."""
        ((_, *found),) = self.rows(queries.pulse(self.tables))
        return found

    @property
    def tells_changes(self) -> bool:
        """Whether entries say when they were changed."""
        return self.tables.has_all("entries", "changed_on", "changed_at")

    def entries(self, keys: Collection[int]) -> list[Entry]:
        """Entries by their keys, in order; those that are not there are left out."""
        statement = queries.entries_by_key(self.tables)
        found: list[Entry] = []
        for portion in portions(sorted(keys)):
            numbers = [key % JOURNAL for key in portion]
            rows = self.rows(
                statement,
                journals=sorted({key // JOURNAL for key in portion}),
                low=min(numbers),
                high=max(numbers),
                entries=portion,
            )
            found += [entry_of(row) for row in rows]
        return sorted(found, key=lambda one: one.key)

    def invoices_named(self, names: Collection[str]) -> Iterator[Entry]:
        """The entries of invoices with these numbers; one that has none is known by its voucher's."""
        statement = queries.entries_by_invoice(self.tables)
        for portion in portions(sorted(names)):
            numbers = [int(name) for name in portion if name.isdecimal() and len(name) < _INT32_DIGITS]
            for row in self.rows(statement, invoices=portion, vouchers=numbers or [-1]):
                entry = entry_of(row)
                if self.setup.meaning(entry.voucher_type) is Meaning.INVOICE and invoice_no_of(entry) in names:
                    yield entry

    def sent_elsewhere(self) -> dict[int, str]:
        """The case numbers of open items that are marked as sent to collection, and not by us."""
        rows = self.rows(queries.sent_items(self.tables), sent=mapping.SENT)
        found = {key_of(journal, number): str(case or "").strip() for journal, number, case in rows}
        marks = self.marks(found)
        ours = {entry for entry, last in marks.items() if last.outcome != Outcome.REFUSED}
        return {entry: case_number for entry, case_number in found.items() if entry not in ours}

    def entries_that_matter(self, customers: Collection[int]) -> dict[int, list[Entry]]:
        """The entries of these customers that can have changed an invoice, by customer, oldest first.

        What is not settled in part changes nothing, but where something was taken back: then an invoice may owe as much
        as ever, and have been paid and unpaid all the same.
        """
        chosen = queries.moved_entries_of_customers(self.tables)
        found = self._by_customer(chosen, customers, voucher_type=self.setup.voucher_type)
        back = [customer for customer, moved in found.items() if mapping.takes_back(moved, self.setup)]
        return found | self.every_entry(back)

    def every_entry(self, customers: Collection[int]) -> dict[int, list[Entry]]:
        """All entries of these customers, by customer, oldest first."""
        return self._by_customer(queries.entries_of_customers(self.tables), customers)

    def _by_customer(
        self, statement: sa.Executable, customers: Collection[int], **parameters: Any
    ) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = {}
        for row in self.over(statement, "customers", customers, **parameters):
            entry = entry_of(row)
            found.setdefault(entry.customer, []).append(entry)
        return found

    def entries_of_vouchers(self, voucher_nos: Collection[int], after_journal: int) -> list[Entry]:
        """The entries that these vouchers of ours have made."""
        rows = self.over(
            queries.entries_of_vouchers(self.tables),
            "vouchers",
            voucher_nos,
            after_journal=after_journal,
            voucher_type=self.setup.voucher_type,
        )
        return [entry_of(row) for row in rows]

    def strangers(self, entries: Iterable[Entry]) -> frozenset[int]:
        """The keys of entries of our voucher type and series that are not ours.

        Somebody has used a number of our series, or our own tables were put back from an older copy: what it booked
        would be taken for the ledger's own doing, and told back to the collector who sent it.
        """
        setup = self.setup
        numbers: dict[int, list[int]] = {}
        for entry in entries:
            is_ours = setup.first_voucher_no <= entry.voucher_no <= setup.last_voucher_no
            if entry.voucher_type == setup.voucher_type and is_ours:
                numbers.setdefault(entry.voucher_no, []).append(entry.key)
        known = {row[0] for row in self.over(queries.our_numbers(), "vouchers", numbers, company=self.number)}
        return frozenset(key for number, keys in numbers.items() if number not in known for key in keys)

    @property
    def column_names(self) -> Mapping[str, str]:
        """What the columns of entries are called here, by our names."""
        return {column.key: column.name for column in self.tables["entries"].c}

    def differing_customers(self) -> list[int]:
        """Customers on whom vouchers of our series have booked something else than we delivered, in order."""
        setup = self.setup
        series = {"voucher_type": setup.voucher_type, "first": setup.first_voucher_no, "last": setup.last_voucher_no}
        booked = {(row[0], row[1]): int(row[2]) for row in self.rows(queries.sums_of_vouchers(self.tables), **series)}
        ours = {(row[0], row[1]): int(row[2]) for row in self.rows(queries.sums_of_our_lines(), company=self.number)}
        return sorted({key[1] for key, ore in booked.items() if ore != ours.get(key)})

    def next_voucher_no(self) -> int:
        """The next number of our series: above those that we gave, and above those that somebody else has used."""
        setup = self.setup
        series = {"voucher_type": setup.voucher_type, "first": setup.first_voucher_no, "last": setup.last_voucher_no}
        read = ("entries", "batch_lines") if self.sees_batches else ("entries",)
        last = [
            self.connection.execute(queries.last_voucher_no(), {"company": self.number}).scalar(),
            *(self.connection.execute(queries.last_number_used(self.tables, one), series).scalar() for one in read),
        ]
        return max((int(number) for number in last if number), default=setup.first_voucher_no - 1) + 1

    def our_lines(self, customers: Collection[int]) -> dict[int, list[OurLine]]:
        """The lines of our vouchers on these customers, by customer."""
        found: dict[int, list[OurLine]] = {}
        for row in self.over(queries.our_lines(), "customers", customers, company=self.number):
            line = OurLine(*row)
            found.setdefault(line.customer, []).append(line)
        return found

    def marks(self, entries: Collection[int]) -> dict[int, LastMark]:
        """The last mark of each of these items that has one."""
        rows = self.over(queries.marks(), "entries", entries, company=self.number)
        return {entry: LastMark(*of_mark) for entry, *of_mark in rows}

    def customers(self, numbers: Collection[int]) -> dict[int, Mapping[str, Any]]:
        """The rows of customers, by our names of their columns."""
        names = (*CUSTOMER_COLUMNS, *ALSO_OF_CUSTOMERS)
        rows = self.over(queries.customers(self.tables), "customers", numbers)
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows}

    def codes(self, table: str) -> dict[int, str]:
        """The ISO codes of currencies or countries; none where the company does not have the table."""
        if not self.tables.has_all(table, "number", "iso"):
            return {}
        return {number: str(iso or "").strip() for number, iso in self.rows(queries.codes(self.tables, table))}

    def sums(self, customers: Collection[int]) -> dict[int, tuple[int, int]]:
        """What each customer owes, and what of credits settles nothing yet (øre)."""
        rows = self.over(queries.sums_of_customers(self.tables), "customers", customers)
        return {customer: (int(owed), int(unmatched)) for customer, owed, unmatched in rows}

    def drafts(self, customers: Collection[int]) -> dict[int, int]:
        """How many vouchers of others wait in batches for each customer; nothing where no batches can be seen."""
        if not self.sees_batches:
            return {}
        setup, kind = self.setup, self.setup.customer_class
        rows = self.over(
            queries.waiting_for_customers(self.tables),
            "customers",
            customers,
            customer_class=kind,
            voucher_type=setup.voucher_type,
            first=setup.first_voucher_no,
            last=setup.last_voucher_no,
        )
        vouchers: dict[int, set[tuple[int, int]]] = {}
        for debit, debit_class, credit, credit_class, batch, voucher_no in rows:
            for account, account_class in ((debit, debit_class), (credit, credit_class)):
                if account_class == kind:
                    vouchers.setdefault(account, set()).add((batch, voucher_no))
        return {customer: len(waiting) for customer, waiting in vouchers.items()}

    @property
    def sees_batches(self) -> bool:
        """Whether the tables of batches are there, as far as they are relied on."""
        return self.tables.has_all("batches", *_BATCH) and self.tables.has_all("batch_lines", *_BATCH_LINE)

    @property
    def sees_accounts(self) -> bool:
        """Whether the general ledger can be read."""
        return self.tables.has_all("ledger_entries", "journal", "voucher_no", "voucher_type")

    def posted_on_accounts(self, voucher_nos: Collection[int], after_journal: int) -> set[int]:
        """Those of our vouchers that the general ledger has, where it can be read."""
        chosen = {"after_journal": after_journal, "voucher_type": self.setup.voucher_type}
        rows = self.over(queries.vouchers_on_accounts(self.tables), "vouchers", voucher_nos, **chosen)
        return {row[0] for row in rows}

    def waiting(self, voucher_nos: Collection[int]) -> set[int]:
        """Those of our vouchers that are in batches which are not updated, where these can be seen."""
        kind = self.setup.voucher_type
        rows = self.over(queries.waiting_vouchers(self.tables), "vouchers", voucher_nos, voucher_type=kind)
        return {row[0] for row in rows}

    def known(self, statement: sa.Executable, name: str, numbers: Iterable[int]) -> set[int]:
        """Which of these numbers a statement finds."""
        return {row[0] for row in self.over(statement, name, set(numbers))}


_INT32_DIGITS = 10
_BATCH = ("number", "value_date", "origin")
_BATCH_LINE = (
    "batch",
    "number",
    "voucher_no",
    "voucher_date",
    "voucher_type",
    "debit_account",
    "debit_class",
    "credit_account",
    "credit_class",
    "amount",
    "cross_reference",
)
