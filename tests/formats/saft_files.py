"""SAF-T files for tests and examples, as a ledger would write them. The writer shares nothing with the reader."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from xml.sax.saxutils import escape

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
RECEIVABLES, BANK, SALES, VAT, INTEREST, LOSSES = "1500", "1920", "3000", "2700", "8050", "7830"
CHART = {
    RECEIVABLES: ("Kundefordringer", "balanseverdiForOmloepsmiddel", "1500"),
    BANK: ("Bank", "balanseverdiForOmloepsmiddel", "1920"),
    VAT: ("Utgående merverdiavgift", "kortsiktigGjeld", "2740"),
    SALES: ("Salgsinntekt", "salgsinntekt", "3000"),
    LOSSES: ("Tap på fordringer", "annenDriftskostnad", "7830"),
    INTEREST: ("Renteinntekt", "finansinntekt", "8050"),
}


@dataclass(frozen=True)
class Customer:
    """A customer of the other ledger; `opening_ore` is what it owed before the period."""

    id: str
    name: str = "Ada Aasen"
    registration_number: str = ""
    opening_ore: int = 0
    account: str = RECEIVABLES
    postcode: str = "0150"
    closing_ore: int | None = None
    country: str = "NO"


@dataclass(frozen=True)
class Line:
    """A line of a voucher: debit positive, in øre."""

    account: str
    amount_ore: int
    customer: str = ""
    reference: str = ""
    kid: str = ""
    due: date | None = None
    document: str = ""
    crossed: str = ""
    currency: str = ""
    text: str = "Linje"
    record: str = ""


@dataclass(frozen=True)
class Voucher:
    """A voucher of the general ledger."""

    id: str
    dated: date
    lines: tuple[Line, ...]
    journal: str = "S"
    type: str = ""
    name: str = ""


@dataclass(frozen=True)
class Ledger:
    """A file. What is given as text in `instead` stands in place of what the writer would work out."""

    customers: tuple[Customer, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    version: str = "1.30"
    stated_version: str = ""
    start: date = date(2026, 1, 1)
    end: date = date(2026, 10, 31)
    company: str = "Nordvik kommune"
    organisation_number: str = "974760673"
    currency: str = "NOK"
    prefix: str = ""
    chart: dict[str, tuple[str, str, str]] = field(default_factory=lambda: dict(CHART))
    instead: dict[str, str] = field(default_factory=dict)


def invoice(  # noqa: PLR0917 - what an invoice or payment says, in its order
    number: str, customer: str, amount_ore: int, dated: date, due: date | None, kid: str = ""
) -> Voucher:
    """An invoice with a fifth of it VAT."""
    vat_ore = amount_ore // 5
    return Voucher(
        f"F{number}",
        dated,
        (
            Line(RECEIVABLES, amount_ore, customer, number, kid, due),
            Line(SALES, -(amount_ore - vat_ore)),
            Line(VAT, -vat_ore),
        ),
    )


def payment(  # noqa: PLR0917 - what an invoice or payment says, in its order
    id_: str, customer: str, amount_ore: int, dated: date, reference: str = "", kid: str = ""
) -> Voucher:
    """A payment; its reference is the number of the invoice that it is for."""
    return Voucher(
        id_, dated, (Line(BANK, amount_ore), Line(RECEIVABLES, -amount_ore, customer, reference, kid)), journal="B"
    )


def credit_note(number: str, customer: str, amount_ore: int, dated: date, crossed: str = "") -> Voucher:
    """A credit note with a number of its own; what it credits is its cross-reference."""
    return Voucher(
        f"K{number}",
        dated,
        (Line(SALES, amount_ore), Line(RECEIVABLES, -amount_ore, customer, number, crossed=crossed)),
    )


def kroner(amount_ore: int) -> str:
    sign = "-" if amount_ore < 0 else ""
    return f"{sign}{abs(amount_ore) // 100}.{abs(amount_ore) % 100:02d}"


def render(ledger: Ledger) -> bytes:
    """The bytes of a file."""
    writer = _Writer(ledger)
    writer.write()
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *writer.rows, ""]).encode()


def closing_ore(ledger: Ledger) -> dict[str, int]:
    """What each customer owes at the end of the period."""
    owed_ore = {one.id: one.opening_ore for one in ledger.customers}
    for voucher in ledger.vouchers:
        for line in voucher.lines:
            if line.customer in owed_ore:
                owed_ore[line.customer] += line.amount_ore
    return owed_ore


class _Writer:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.rows: list[str] = []
        self._depth = 0
        self._colon = f"{ledger.prefix}:" if ledger.prefix else ""

    def write(self) -> None:
        ledger = self.ledger
        declared = f"xmlns:{ledger.prefix}" if ledger.prefix else "xmlns"
        namespace = ledger.instead.get("namespace", NAMESPACE)
        self.rows.append(f'<{self._colon}AuditFile {declared}="{namespace}">')
        self._depth += 1
        self._header()
        self._open("MasterFiles")
        self._accounts()
        self._open("Customers")
        for customer in ledger.customers:
            self._customer(customer)
        self._close("Customers")
        self._close("MasterFiles")
        self._entries()
        self._depth -= 1
        self.rows.append(f"</{self._colon}AuditFile>")

    def _open(self, name: str) -> None:
        self.rows.append("  " * self._depth + f"<{self._colon}{name}>")
        self._depth += 1

    def _close(self, name: str) -> None:
        self._depth -= 1
        self.rows.append("  " * self._depth + f"</{self._colon}{name}>")

    def _put(self, name: str, value: str) -> None:
        if value:
            name = self._colon + name
            self.rows.append("  " * self._depth + f"<{name}>{escape(value)}</{name}>")

    def _header(self) -> None:
        ledger = self.ledger
        self._open("Header")
        self._put("AuditFileVersion", ledger.stated_version or ledger.version)
        self._put("AuditFileCountry", "NO")
        self._put("AuditFileDateCreated", ledger.end.isoformat())
        self._put("SoftwareCompanyName", "Eksempel")
        self._put("SoftwareID", "Eksempel")
        self._put("SoftwareVersion", "1")
        self._open("Company")
        self._put("RegistrationNumber", ledger.organisation_number)
        self._put("Name", ledger.company)
        self._close("Company")
        self._put("DefaultCurrencyCode", ledger.currency)
        self._open("SelectionCriteria")
        self._put("SelectionStartDate", ledger.start.isoformat())
        self._put("SelectionEndDate", ledger.end.isoformat())
        self._close("SelectionCriteria")
        self._put("TaxAccountingBasis", "A")
        self._close("Header")

    def _accounts(self) -> None:
        self._open("GeneralLedgerAccounts")
        for number, (name, category, code) in self.ledger.chart.items():
            self._open("Account")
            self._put("AccountID", number)
            self._put("AccountDescription", name)
            if self.ledger.version in {"1.00", "1.10"}:
                self._put("StandardAccountID", code[:2])
            else:
                self._put("GroupingCategory", category)
                self._put("GroupingCode", code)
            self._put("AccountType", "GL")
            self._close("Account")
        self._close("GeneralLedgerAccounts")

    def _customer(self, customer: Customer) -> None:
        self._open("Customer")
        self._put("RegistrationNumber", customer.registration_number)
        self._put("Name", customer.name)
        self._open("Address")
        self._put("StreetName", "Storgata")
        self._put("Number", "1")
        self._put("City", "Oslo")
        self._put("PostalCode", customer.postcode)
        self._put("Country", customer.country)
        self._put("AddressType", "PostalAddress")
        self._close("Address")
        self._put("CustomerID", customer.id)
        closing = customer.closing_ore
        self._balances(customer, closing_ore(self.ledger)[customer.id] if closing is None else closing)
        self._close("Customer")

    def _balances(self, customer: Customer, closing: int) -> None:
        is_newest = self.ledger.version == "1.30"
        if is_newest:
            self._open("BalanceAccount")
        self._put("AccountID", customer.account)
        for when, amount_ore in (("Opening", customer.opening_ore), ("Closing", closing)):
            side = "Credit" if amount_ore < 0 else "Debit"
            self._put(f"{when}{side}Balance", kroner(abs(amount_ore)))
        if is_newest:
            self._close("BalanceAccount")

    def _entries(self) -> None:
        vouchers = self.ledger.vouchers
        amounts = [line.amount_ore for voucher in vouchers for line in voucher.lines]
        self._open("GeneralLedgerEntries")
        self._put("NumberOfEntries", self.ledger.instead.get("NumberOfEntries", str(len(vouchers))))
        debit = kroner(sum(amount for amount in amounts if amount > 0))
        self._put("TotalDebit", self.ledger.instead.get("TotalDebit", debit))
        self._put("TotalCredit", kroner(-sum(amount for amount in amounts if amount < 0)))
        by_journal: defaultdict[str, list[Voucher]] = defaultdict(list)
        for voucher in vouchers:
            by_journal[voucher.journal].append(voucher)
        for journal, theirs in by_journal.items():
            self._open("Journal")
            self._put("JournalID", journal)
            self._put("Description", f"Journal {journal}")
            self._put("Type", "A")
            for voucher in theirs:
                self._voucher(voucher)
            self._close("Journal")
        self._close("GeneralLedgerEntries")

    def _voucher(self, voucher: Voucher) -> None:
        self._open("Transaction")
        self._put("TransactionID", voucher.id)
        self._put("Period", str(voucher.dated.month))
        self._put("PeriodYear", str(voucher.dated.year))
        self._put("TransactionDate", voucher.dated.isoformat())
        self._put("VoucherType", voucher.type)
        self._put("VoucherDescription", voucher.name)
        self._put("Description", f"Bilag {voucher.id}")
        self._put("SystemEntryDate", voucher.dated.isoformat())
        self._put("GLPostingDate", voucher.dated.isoformat())
        for number, line in enumerate(voucher.lines, start=1):
            self._line(line if line.record else replace(line, record=str(number)))
        self._close("Transaction")

    def _line(self, line: Line) -> None:
        self._open("Line")
        self._put("RecordID", line.record)
        self._put("AccountID", line.account)
        self._put("SourceDocumentID", line.document)
        self._put("CustomerID", line.customer)
        self._put("Description", line.text)
        side = "CreditAmount" if line.amount_ore < 0 else "DebitAmount"
        self._open(side)
        self._put("Amount", kroner(abs(line.amount_ore)))
        if line.currency:
            self._put("CurrencyCode", line.currency)
            self._put("CurrencyAmount", kroner(abs(line.amount_ore) // 10))
        self._close(side)
        self._put("ReferenceNumber", line.reference)
        self._put("CID", line.kid)
        self._put("DueDate", line.due.isoformat() if line.due else "")
        self._put("CrossReference", line.crossed)
        self._close("Line")
