"""Kassaboka behind Kravbro's ledger port: one transaction per call, and catching up before everything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from examples.ledger_in_a_day import offers, program, tables, telling
from examples.ledger_in_a_day.catching_up import catch_up, number_transactions, to_kroner
from kravbro.core.claims import Offer, Outcome, Receipt, Status, Transaction, Withdrawal, replaces
from kravbro.core.errors import DataFault, Retry
from kravbro.core.fingerprints import fingerprint
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt, refuse_unbalanced
from kravbro.ports.identity import Delivered, Heads, Identity

COMPANY = 1
REGISTRAR = "kravbro"
STREAMS = {"claims": "offer", "transactions": "transaction", "voucher_receipts": "event"}


class KassabokaLedger:
    """Kassaboka's one company in a file, on a business date."""

    def __init__(self, file: Path, on: date) -> None:
        self._file = file
        self._on = on

    @contextmanager
    def _caught_up(self, company: int = COMPANY) -> Iterator[sqlite3.Connection]:
        if company != COMPANY:
            raise DataFault("kassaboka.no_such_company", company=company)
        connection = program.connect(self._file)
        try:
            with program.transaction(connection):
                catch_up(connection)
                yield connection
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Retry("kassaboka.locked", file=str(self._file)) from error
            raise
        finally:
            connection.close()

    def identify(self) -> Identity:
        """The installation and its heads."""
        with self._caught_up() as connection:
            (installation,) = connection.execute("SELECT id FROM kravbro_installation").fetchone()
            heads = {stream: tables.last(connection, name) for stream, name in STREAMS.items()}
        return Identity("kassaboka", installation, (Heads(COMPANY, heads),))

    def companies(self) -> list[int]:
        """Kassaboka has one."""
        return [COMPANY]

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """Offers without a receipt."""
        with self._caught_up(company) as connection:
            return offers.ready(connection, company, after, limit)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """Record answers to offers."""
        with self._caught_up(company) as connection:
            new = sum([_record(connection, receipt) for receipt in receipts])
            number_transactions(connection)
        return Delivered(new, len(receipts) - new)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """What was booked on claims with a case number."""
        with self._caught_up(company) as connection:
            return telling.transactions(connection, after, limit)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """Nothing: Kassaboka's user cannot ask for a claim back, and tells the collector."""
        with self._caught_up(company):
            return []

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """Book vouchers, each once by its key."""
        with self._caught_up(company) as connection:
            new = sum([self._take(connection, voucher) for voucher in vouchers])
            catch_up(connection)
        return Delivered(new, len(vouchers) - new)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """What became of our vouchers."""
        with self._caught_up(company) as connection:
            return telling.voucher_receipts(connection, after, limit)

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """Show the newest status of each claim."""
        with self._caught_up(company) as connection:
            new = sum([_show(connection, status) for status in statuses])
        return Delivered(new, len(statuses) - new)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """Receipts as they came."""
        with self._caught_up(company) as connection:
            return telling.recorded_receipts(connection, after, limit)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """What is shown of each claim."""
        with self._caught_up(company) as connection:
            return telling.recorded_statuses(connection, after, limit)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """Opening and movements of these offers."""
        with self._caught_up(company) as connection:
            return telling.movements(connection, offers)

    def audit(self, company: int) -> list[Discrepancy]:
        """What is wrong."""
        with self._caught_up(company) as connection:
            return telling.audit(connection)

    def _take(self, connection: sqlite3.Connection, voucher: Voucher) -> bool:
        """Book one voucher, or keep that it was rejected; False if it is known."""
        refuse_unbalanced(voucher)
        content = fingerprint(voucher)
        known = connection.execute("SELECT fingerprint FROM kravbro_voucher WHERE key = ?", (voucher.key,)).fetchone()
        if known is not None:
            if known["fingerprint"] != content:
                raise DataFault("kassaboka.voucher_differs", voucher=voucher.key)
            return False
        booked, number, fate = None, "", Fate.REJECTED
        if all(_can_take(connection, line) for line in voucher.lines):
            lines = [
                program.Line(
                    line.line_no, line.account, to_kroner(line.amount_ore), line.customer_no, line.claim_entry,
                    line.invoice_no,
                )
                for line in voucher.lines
            ]  # fmt: skip
            head = program.Head(program.PAYMENT, voucher.dated, voucher.text, REGISTRAR)
            booked = program.write(connection, head, lines)
            number, fate = str(program.book(connection, booked, self._on)), Fate.POSTED
        connection.execute("INSERT INTO kravbro_voucher VALUES (?, ?, ?)", (voucher.key, content, booked))
        event = (tables.take(connection, "event"), voucher.key, fate.value, self._on.isoformat(), number)
        connection.execute("INSERT INTO kravbro_event VALUES (?, ?, ?, ?, ?)", event)
        return True


def _can_take(connection: sqlite3.Connection, line: object) -> bool:
    """Whether Kassaboka has the account and the customer, and the open item on that customer."""
    account, customer, entry = (getattr(line, name) for name in ("account", "customer_no", "claim_entry"))
    has_account = connection.execute("SELECT 1 FROM account WHERE no = ?", (account,)).fetchone()
    has_customer = connection.execute("SELECT 1 FROM customer WHERE no = ?", (customer,)).fetchone()
    item = "SELECT 1 FROM line WHERE id = ? AND customer = ? AND due IS NOT NULL"
    has_item = connection.execute(item, (entry, customer)).fetchone()
    return bool(has_account and (has_customer or customer is None) and (has_item or entry is None))


def _record(connection: sqlite3.Connection, receipt: Receipt) -> bool:
    """Record one answer; False if it is known or older news."""
    offer = connection.execute("SELECT entry FROM kravbro_offer WHERE number = ?", (receipt.offer,)).fetchone()
    if offer is None or offer["entry"] != receipt.entry:
        raise DataFault("kassaboka.receipt_of_nothing", receipt=receipt.number, offer=receipt.offer)
    query = "SELECT offer FROM kravbro_receipt WHERE number = ? AND offer <> ?"
    if connection.execute(query, (receipt.number, receipt.offer)).fetchone():
        raise DataFault("kassaboka.receipt_number_taken", receipt=receipt.number, offer=receipt.offer)
    content = msgspec.json.encode(receipt).decode()
    held = connection.execute("SELECT * FROM kravbro_receipt WHERE offer = ?", (receipt.offer,)).fetchone()
    if held is not None and held["content"] == content:
        return False
    if held is not None and held["outcome"] == receipt.outcome:
        raise DataFault("kassaboka.receipt_differs", receipt=receipt.number, offer=receipt.offer)
    if held is not None and not replaces(receipt.outcome, Outcome(held["outcome"])):
        return False
    row = (receipt.offer, receipt.number, receipt.outcome.value, content)
    connection.execute("INSERT OR REPLACE INTO kravbro_receipt VALUES (?, ?, ?, ?)", row)
    return True


def _show(connection: sqlite3.Connection, status: Status) -> bool:
    """Show one status if it is newer than what is shown."""
    if connection.execute("SELECT 1 FROM line WHERE id = ?", (status.entry,)).fetchone() is None:
        raise DataFault("kassaboka.no_such_entry", entry=status.entry)
    row = (status.entry, status.version, status.state.value, status.case_number, status.on.isoformat())
    shown = connection.execute("SELECT * FROM kravbro_status WHERE entry = ?", (status.entry,)).fetchone()
    if shown is not None and shown["version"] == status.version and tuple(shown) != row:
        raise DataFault("kassaboka.status_differs", entry=status.entry, version=status.version)
    if shown is not None and shown["version"] >= status.version:
        return False
    connection.execute("INSERT OR REPLACE INTO kravbro_status VALUES (?, ?, ?, ?, ?)", row)
    return True


def install(file: Path) -> None:
    """Make the adapter's tables in Kassaboka's database."""
    connection = program.connect(file)
    tables.install(connection)
    connection.close()
