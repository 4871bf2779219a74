"""Somebody who works in Visma Business: what the ERP itself does to its tables, as far as it is known.

It registers batches and updates them (*Oppdater bunt*: one journal for all of it, entries matched by given references,
rows out of the table of open items when they are settled, the batch gone and its number free again), reminds, matches
and takes matches back, compresses, and reads import files. Nothing here uses the adapter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.db.engines import writing_anywhere
from kravbro.formats import visma_import
from kravbro.ledgers.visma_business.databases import Databases
from kravbro.ledgers.visma_business.layout import Database, found, renamed
from kravbro.ledgers.visma_business.moments import day_number, time_number
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import TimeUnit
from kravbro.ledgers.visma_business.tables import Tables, tables_of
from kravbro.ledgers.visma_business.trial.schema import Generation
from kravbro.ledgers.visma_business.trial.schema import tables as schema_tables

CUSTOMER, ACCOUNT = 1, 3
"""Classes of accounts in batches."""
BANK, SALES, LOSSES = 1920, 3000, 7830
INVOICE, PAYMENT, CREDIT_NOTE, CORRECTION, LOSS, ENDED = 11, 21, 12, 31, 198, 199
"""Voucher types of the trial company."""
MANUAL, COMPRESSED, COMPRESSION_TYPE = 1, 15, 90
OPEN, PARTLY, SETTLED = 1, 2, 4


class Entered(msgspec.Struct, frozen=True):
    """A voucher line as a person enters it: a debit or a credit account with its class, and kroner as øre."""

    voucher_type: int
    dated: date
    amount_ore: int
    debit: tuple[int, int] = (0, 0)
    credit: tuple[int, int] = (0, 0)
    cross_reference: str = ""
    reference: str = ""
    invoice_no: str = ""
    kid: str = ""
    due_on: date | None = None
    text: str = ""
    voucher_no: int = 0


def _kroner(amount_ore: int) -> Decimal:
    return Decimal(amount_ore).scaleb(-2)


def _ore(amount: Decimal) -> int:
    return int(amount.scaleb(2))


class Erp:
    """One company. `clock` is what the client's clock shows; it is moved from outside."""

    def __init__(self, databases: Databases, company: int, generation: Generation, clock: datetime) -> None:
        self._engine = databases.engine(company)
        _, made = schema_tables(generation)
        catalogue = {table.name: tuple(column.name for column in table.c) for table in made.values()}
        layout = renamed(dict(generation.names))
        self.tables: Tables = tables_of(found(layout, Database.COMPANY, catalogue))
        self.clock = clock
        self._journal = 0
        self._voucher_no = 50_000

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction in the company's database."""
        with writing_anywhere(self._engine) as connection:
            yield connection

    # Registers.

    def add_customers(self, rows: Sequence[dict[str, Any]]) -> None:
        """Customers, by our names of their columns."""
        self._insert("customers", rows)

    def add_accounts(self, *numbers: int) -> None:
        """Accounts of the general ledger."""
        self._insert("accounts", [{"number": number} for number in numbers])

    def add_codes(self, table: str, codes: dict[int, str]) -> None:
        """Currencies or countries."""
        self._insert(table, [{"number": number, "iso": iso} for number, iso in codes.items()])

    def rename(self, customer: int, name: str) -> None:
        """Give a customer another name."""
        customers = self.tables["customers"]
        with self.writing() as connection:
            connection.execute(sa.update(customers).where(customers.c.number == customer).values(name=name))

    # Batches and journals.

    def register(self, lines: Sequence[Entered], origin: int = MANUAL) -> int:
        """Write a batch that waits to be updated; answers its number, which is used again when it is gone."""
        batches = self.tables["batches"]
        with self.writing() as connection:
            number = int(connection.execute(sa.select(sa.func.max(batches.c.number))).scalar() or 0) + 1
            value_date = day_number(lines[0].dated)
            self._write(connection, "batches", [{"number": number, "value_date": value_date, "origin": origin}])
            rows = [
                {
                    "batch": number,
                    "number": place,
                    "voucher_no": line.voucher_no or self._next_voucher_no(),
                    "voucher_date": day_number(line.dated),
                    "voucher_type": line.voucher_type,
                    "debit_account": line.debit[0],
                    "debit_class": line.debit[1],
                    "credit_account": line.credit[0],
                    "credit_class": line.credit[1],
                    "amount": _kroner(line.amount_ore),
                    "cross_reference": line.cross_reference,
                    "reference": line.reference,
                    "invoice_no": line.invoice_no,
                    "text": line.text,
                }
                for place, line in enumerate(lines, 1)
            ]
            self._write(connection, "batch_lines", rows)
        return number

    def _next_voucher_no(self) -> int:
        self._voucher_no += 1
        return self._voucher_no

    def update_batch(self, number: int) -> int:
        """*Oppdater bunt*: post a batch; answers the journal."""
        waiting = self.tables["batch_lines"]
        with self.writing() as connection:
            chosen = sa.select(waiting).where(waiting.c.batch == number).order_by(waiting.c.number)
            rows = connection.execute(chosen).mappings().all()
            journal = self._post(connection, [_entered(row, waiting) for row in rows])
            self._remove(connection, number)
        return journal

    def delete_batch(self, number: int) -> None:
        """Delete a batch that waits."""
        with self.writing() as connection:
            self._remove(connection, number)

    def _remove(self, connection: sa.Connection, number: int) -> None:
        batches, waiting = self.tables["batches"], self.tables["batch_lines"]
        connection.execute(sa.delete(waiting).where(waiting.c.batch == number))
        connection.execute(sa.delete(batches).where(batches.c.number == number))

    def batch_of(self, voucher_no: int) -> int:
        """The batch that a voucher waits in."""
        waiting = self.tables["batch_lines"]
        with self.writing() as connection:
            here = sa.select(waiting.c.batch).where(waiting.c.voucher_no == voucher_no).distinct()
            return int(connection.execute(here).scalar_one())

    def post(self, *lines: Entered) -> int:
        """Register and update at once; answers the journal. It needs no tables of batches."""
        numbered = [
            line if line.voucher_no else msgspec.structs.replace(line, voucher_no=self._next_voucher_no())
            for line in lines
        ]
        with self.writing() as connection:
            return self._post(connection, numbered)

    def import_file(self, file: Path) -> list[int]:
        """Read an import file, and take it out of the folder; answers the batches that wait then."""
        read = visma_import.parse(file.read_bytes(), file.name)
        numbers = [self.register([_of_file(line) for line in batch.lines], batch.origin) for batch in read.batches]
        file.unlink()
        return numbers

    def _post(self, connection: sa.Connection, lines: Sequence[Entered]) -> int:
        entries = self.tables["entries"]
        last = int(connection.execute(sa.select(sa.func.max(entries.c.journal))).scalar() or 0)
        self._journal = journal = max(self._journal, last) + 1
        rows: list[dict[str, Any]] = []
        on_accounts: list[dict[str, Any]] = []
        for line in lines:
            for (account, kind), sign in ((line.debit, 1), (line.credit, -1)):
                if kind == CUSTOMER:
                    rows.append(self._entry(journal, len(rows) + 1, account, line, sign * line.amount_ore))
                elif account:
                    on_accounts.append(
                        {
                            "journal": journal,
                            "voucher_no": line.voucher_no,
                            "voucher_type": line.voucher_type,
                        }
                    )
        self._write(connection, "entries", rows)
        self._write(connection, "open_items", rows)
        if self.tables.has("ledger_entries"):
            self._write(connection, "ledger_entries", on_accounts)
        for row in rows:
            if row["cross_reference"]:
                self._match_by_reference(connection, row)
        return journal

    def _entry(self, journal: int, number: int, customer: int, line: Entered, amount_ore: int) -> dict[str, Any]:
        invoice_no = line.invoice_no or str(line.voucher_no)
        return {
            "journal": journal,
            "number": number,
            "customer": customer,
            "voucher_no": line.voucher_no,
            "voucher_date": day_number(line.dated),
            "voucher_type": line.voucher_type,
            "due_date": day_number(line.due_on) if line.due_on else 0,
            "invoice_no": invoice_no,
            "kid": line.kid,
            "reference": line.reference or invoice_no,
            "cross_reference": line.cross_reference,
            "amount": _kroner(amount_ore),
            "remaining": _kroner(amount_ore),
            "status": OPEN,
            "text": line.text,
            **self._changed(),
        }

    # Open items.

    def match(self, credit: int, item: int, amount_ore: int) -> None:
        """A person matches so much of a credit with an item; below zero takes a match back."""
        with self.writing() as connection:
            self._move(connection, item, -amount_ore)
            self._move(connection, credit, amount_ore)

    def propose(self, items: Sequence[int]) -> None:
        """Say that items shall be reminded next."""
        self.change(items, proposal=1)

    def remind(self, items: Sequence[int], on: date) -> None:
        """Send a reminder letter about each."""
        for table in self._with_reminders():
            with self.writing() as connection:
                for item in items:
                    more = sa.update(table).where(*_is(table, item))
                    connection.execute(more.values(reminders=table.c.reminders + 1))
        self.change(items, proposal=0, reminded_on=day_number(on))

    def _with_reminders(self) -> list[sa.Table]:
        return [self.tables[name] for name in ("open_items", "entries") if self.tables.has(f"{name}.reminders")]

    def change(self, items: Sequence[int], **values: Any) -> None:
        """Change columns of items as a person does in the window of open items, which is saved in both tables."""
        with self.writing() as connection:
            for name in ("open_items", "entries"):
                table = self.tables[name]
                here = {key: value for key, value in values.items() if key in table.c}
                here |= {key: value for key, value in self._changed().items() if key in table.c}
                for item in items:
                    connection.execute(sa.update(table).where(*_is(table, item)).values(here))

    def edit_text(self, entry: int, text: str) -> None:
        """Write another text on an entry."""
        entries = self.tables["entries"]
        with self.writing() as connection:
            connection.execute(sa.update(entries).where(*_is(entries, entry)).values(text=text))

    def compress(self, customer: int) -> None:
        """*Sanering*: what is settled of a customer goes, and one row says what it came to."""
        entries = self.tables["entries"]
        here = sa.and_(entries.c.customer == customer, entries.c.status == SETTLED)
        with self.writing() as connection:
            total = connection.execute(sa.select(sa.func.sum(entries.c.amount)).where(here)).scalar() or Decimal(0)
            connection.execute(sa.delete(entries).where(here))
            summary = Entered(COMPRESSION_TYPE, self.clock.date(), 0, text="Sanering", voucher_no=1)
            last = int(connection.execute(sa.select(sa.func.max(entries.c.journal))).scalar() or 0)
            self._journal = max(self._journal, last) + 1
            row = self._entry(self._journal, 1, customer, summary, _ore(total))
            self._write(connection, "entries", [row | {"remaining": Decimal(0), "status": SETTLED}])

    def _match_by_reference(self, connection: sa.Connection, row: dict[str, Any]) -> None:
        """Method 4, given references. A debit that names an invoice takes back what was paid on it."""
        entries = self.tables["entries"].c
        name = row["cross_reference"]
        chosen = sa.select(entries.journal, entries.number, entries.remaining).where(
            entries.customer == row["customer"],
            entries.amount > 0,
            entries.voucher_type == INVOICE,
            sa.or_(entries.invoice_no == name, entries.reference == name),
        )
        for journal, number, remaining in connection.execute(chosen.order_by(entries.journal, entries.number)).all():
            own_ore, item = _ore(row["amount"]), journal * JOURNAL + number
            own = row["journal"] * JOURNAL + row["number"]
            if own_ore < 0 and (matched_ore := min(-own_ore, _ore(remaining))) > 0:
                self._move(connection, item, -matched_ore)
                self._move(connection, own, matched_ore)
                return
            if own_ore > 0 and own != item:
                self._move(connection, item, own_ore)
                self._move(connection, own, -own_ore)
                return

    def _move(self, connection: sa.Connection, entry: int, amount_ore: int) -> None:
        """Change what remains of an entry, in both tables; what is settled leaves the open items, and comes back."""
        entries, items = self.tables["entries"], self.tables["open_items"]
        row = dict(connection.execute(sa.select(entries).where(*_is(entries, entry))).mappings().one())
        values = {column.key: row[column.name] for column in entries.c}
        remaining = values["remaining"] + _kroner(amount_ore)
        status = SETTLED if not remaining else OPEN if remaining == values["amount"] else PARTLY
        values |= {"remaining": remaining, "status": status, **self._changed()}
        changed = {key: values[key] for key in ("remaining", "status", *self._changed()) if key in entries.c}
        connection.execute(sa.update(entries).where(*_is(entries, entry)).values(changed))
        if status == SETTLED:
            connection.execute(sa.delete(items).where(*_is(items, entry)))
            return
        here = {key: value for key, value in changed.items() if key in items.c}
        if not connection.execute(sa.update(items).where(*_is(items, entry)).values(here)).rowcount:
            self._write(connection, "open_items", [values])

    def _changed(self) -> dict[str, int]:
        return {"changed_on": day_number(self.clock.date()), "changed_at": time_number(self.clock, TimeUnit.MINUTES)}

    def _insert(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        with self.writing() as connection:
            self._write(connection, table, rows)

    def _write(self, connection: sa.Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Rows by our names of columns; what the generation lacks is left out."""
        if rows and self.tables.has(name):
            table = self.tables[name]
            known = [{key: value for key, value in row.items() if key in table.c} for row in rows]
            connection.execute(sa.insert(table), known)


def _is(table: sa.Table, entry: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    journal, number = divmod(entry, JOURNAL)
    return table.c.journal == journal, table.c.number == number


def _entered(row: sa.RowMapping, waiting: sa.Table) -> Entered:
    """A line of a batch, as it was entered or delivered."""
    values = {column.key: row[column.name] for column in waiting.c}
    day = values["voucher_date"]
    return Entered(
        voucher_type=values["voucher_type"],
        dated=date(day // 10_000, day // 100 % 100, day % 100),
        amount_ore=_ore(values["amount"]),
        debit=(values["debit_account"], values["debit_class"]),
        credit=(values["credit_account"], values["credit_class"]),
        cross_reference=values["cross_reference"],
        reference=values.get("reference", ""),
        invoice_no=values.get("invoice_no", ""),
        text=values.get("text", ""),
        voucher_no=values["voucher_no"],
    )


def _of_file(line: visma_import.Line) -> Entered:
    return Entered(
        voucher_type=line.voucher_type,
        dated=line.dated,
        amount_ore=line.amount_ore,
        debit=(line.debit_account, line.debit_class),
        credit=(line.credit_account, line.credit_class),
        cross_reference=line.cross_reference,
        reference=line.reference,
        text=line.text,
        voucher_no=line.voucher_no,
    )
