"""Read a SAF-T Financial file in one pass, element by element: what is not about receivables is let go at once.

What makes XML hostile is refused by `xml_reading`. Memory holds the receivables, and of everything else what stands
within one chunk of the file.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from kravbro.core.errors import DataFault
from kravbro.core.money import plain_kroner
from kravbro.formats import xml_reading
from kravbro.formats.saft import masterfiles
from kravbro.formats.saft.chart import receivable_accounts, receivables_by_chart
from kravbro.formats.saft.records import Account, Customer, Header, Line, SaftFile, Totals, Transaction
from kravbro.formats.saft.values import Values, local_name
from kravbro.formats.saft.versions import NAMESPACE, VERSIONS, is_ours, version_of

_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_EVERY_ELEMENT = ("{*}*",)
_HEADER = "AuditFile/Header"
_ACCOUNT = "AuditFile/MasterFiles/GeneralLedgerAccounts/Account"
_CUSTOMER = "AuditFile/MasterFiles/Customers/Customer"
_ENTRIES = "AuditFile/GeneralLedgerEntries"
_JOURNAL = f"{_ENTRIES}/Journal"
_TRANSACTION = f"{_JOURNAL}/Transaction"
_LINE = f"{_TRANSACTION}/Line"
_WHOLE = frozenset({_HEADER, _ACCOUNT, _CUSTOMER, _LINE})
"""Elements that are read when they end, with everything in them."""
_HEADED = frozenset({_ENTRIES, _JOURNAL, _TRANSACTION})
"""Elements whose own values are kept until they end, while the elements of `_WHOLE` in them come and go."""
_VALUES = {
    _ENTRIES: frozenset({"NumberOfEntries", "TotalDebit", "TotalCredit"}),
    _JOURNAL: frozenset({"JournalID", "Description", "Type"}),
    _TRANSACTION: frozenset({
        "TransactionID", "PeriodYear", "TransactionDate", "VoucherType", "VoucherDescription", "Description"
    }),
}  # fmt: skip


def parse(data: bytes, name: str) -> SaftFile:
    """Read a whole file; `name` is for messages.

    Raises DataFault as `xml_reading.elements` does, and `formats.saft.*`: `not_saft`, `namespace`, `version`,
    `missing`, `twice`, `field`, `too_long`, `amount`, `date`, `number`, `customer_twice`, `line_twice`,
    `line_amount`, `totals`.
    """
    reader = _Reader(name)
    for event, element in xml_reading.elements(xml_reading.chunks(BytesIO(data)), name, _EVERY_ELEMENT):
        reader.take(event, element)
    return reader.file()


def validate(data: bytes, name: str) -> Totals:
    """Verify a file, and answer what it was counted to. Raises as `parse` does."""
    return parse(data, name).counted


def saft_fault(name: str, line: int, what: str, element: str, *, expected: str, found: str) -> DataFault:
    """The fault `formats.saft.<what>`, with file, line, element, and what was expected and found there."""
    code = f"formats.saft.{what}"
    return DataFault(code, file=name, line=line, element=element, expected=expected, found=xml_reading.shown(found))


class _Reader:
    """Takes the beginnings and ends of elements, and keeps what is about receivables."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._path: list[str] = []
        self._inside = 0
        self._namespace = ""
        self._schema_location = ""
        self._header: Header | None = None
        self._accounts: dict[str, Account] = {}
        self._customers: dict[str, Customer] = {}
        self._receivables: frozenset[str] | None = None
        self._by_chart: frozenset[str] = frozenset()
        self._journal: tuple[str, str, str] | None = None
        self._lines: list[Line] = []
        self._kept: list[Transaction] = []
        self._seen: set[tuple[str, str, str, str]] = set()
        self._counted = Totals()
        self._stated_transactions: int | None = None

    def take(self, event: str, element: Any) -> None:
        """One element that begins or ends."""
        if event == "start":
            self._begin(element)
        else:
            self._end(element)

    def file(self) -> SaftFile:
        """What was read. Raises DataFault `formats.saft.missing` if there was no header."""
        if self._header is None:
            raise saft_fault(self._name, 1, "missing", "AuditFile/Header", expected="Header", found="")
        return SaftFile(
            self._name,
            self._header,
            tuple(self._accounts.values()),
            tuple(self._customers.values()),
            tuple(self._kept),
            self._receivable_accounts() | self._stood_on(),
            self._counted,
            self._stated_transactions,
        )

    def _begin(self, element: Any) -> None:
        if not self._path:
            self._begin_file(element)
        local = local_name(element.tag)
        self._path.append(local if element.tag == self._namespace + local else element.tag)
        if not self._inside and "/".join(self._path) in _WHOLE:
            self._inside = len(self._path)

    def _begin_file(self, root: Any) -> None:
        if local_name(root.tag) != "AuditFile":
            raise self._element_fault(
                root, "not_saft", local_name(root.tag), expected="AuditFile", found=local_name(root.tag)
            )
        self._schema_location = root.get(_SCHEMA_LOCATION) or ""
        namespace = root.tag[1:].rpartition("}")[0] if root.tag.startswith("{") else ""
        if not is_ours(namespace, self._schema_location):
            raise self._element_fault(root, "namespace", "AuditFile", expected=NAMESPACE, found=namespace)
        self._namespace = f"{{{namespace}}}" if namespace else ""

    def _end(self, element: Any) -> None:
        path, depth = "/".join(self._path), len(self._path)
        self._path.pop()
        if self._inside:
            if depth > self._inside:
                return
            self._inside = 0
            self._end_whole(path, element)
        elif path in _HEADED:
            self._end_headed(path, element)
        parent, _, local = path.rpartition("/")
        if local not in _VALUES.get(parent, ()):
            element.clear()
        self._let_go_before(element, parent)

    def _let_go_before(self, element: Any, parent: str) -> None:
        """Remove the element before this one from memory, unless its value is kept for what they both stand in."""
        before = element.getprevious()
        if before is not None and local_name(before.tag) not in _VALUES.get(parent, ()):
            element.getparent().remove(before)

    def _end_whole(self, path: str, element: Any) -> None:
        if path == _HEADER:
            if self._header is not None:
                raise self._element_fault(element, "twice", "Header", expected="1", found="2")
            self._header = self._read_header(element)
            return
        if self._header is None:
            raise self._element_fault(element, "missing", "Header", expected="Header", found=path)
        if path == _LINE:
            values = Values(self._name, element, masterfiles.REPEATED_IN_LINE)
            self._take_line(masterfiles.line_of(values), is_debit="DebitAmount" in values)
        elif path == _ACCOUNT:
            account = masterfiles.account_of(Values(self._name, element))
            self._accounts[account.id] = account
        else:
            customer = masterfiles.customer_of(Values(self._name, element, masterfiles.REPEATED_IN_CUSTOMER))
            if customer.id in self._customers:
                raise self._element_fault(element, "customer_twice", "CustomerID", expected="1", found=customer.id)
            self._customers[customer.id] = customer

    def _take_line(self, line: Line, *, is_debit: bool) -> None:
        """Keep a line for its voucher, and add it up where it stands: a negative debit is a debit still."""
        self._lines.append(line)
        counted = self._counted
        self._counted = Totals(
            counted.transactions,
            counted.debit_ore + (line.amount_ore if is_debit else 0),
            counted.credit_ore - (0 if is_debit else line.amount_ore),
        )

    def _read_header(self, element: Any) -> Header:
        header = Values(self._name, element)
        stated = header.required("AuditFileVersion")
        version = version_of(stated, self._schema_location)
        if version is None:
            raise header.value_fault("version", "AuditFileVersion", expected=", ".join(VERSIONS), found=stated)
        return masterfiles.header_of(header, version)

    def _end_headed(self, path: str, element: Any) -> None:
        if path == _TRANSACTION:
            self._end_transaction(element)
        elif path == _JOURNAL:
            self._journal = None
        else:
            entries = Values(self._name, element, ("Journal",))
            self._stated_transactions = entries.number("NumberOfEntries")
            self._check_totals(entries)

    def _end_transaction(self, element: Any) -> None:
        lines, self._lines = tuple(self._lines), []
        counted = self._counted
        self._counted = Totals(counted.transactions + 1, counted.debit_ore, counted.credit_ore)
        receivables = self._receivable_accounts()
        if not any(line.customer or line.account in receivables or line.account in self._by_chart for line in lines):
            return
        if self._journal is None:
            self._journal = masterfiles.journal_of(Values(self._name, element.getparent(), ("Transaction",)))
        transaction = masterfiles.transaction_of(Values(self._name, element, ("Line",)), self._journal, lines)
        for line in lines:
            key = (transaction.journal, transaction.year, transaction.id, line.record)
            if key in self._seen and line.customer:
                raise saft_fault(
                    self._name, line.line, "line_twice", "Line/RecordID", expected="1", found="/".join(key)
                )
            self._seen.add(key)
        self._kept.append(transaction)

    def _receivable_accounts(self) -> frozenset[str]:
        """Asked for when the first voucher ends: the schema has the masters before it."""
        if self._receivables is None:
            self._receivables = receivable_accounts(self._accounts.values(), self._customers.values())
            self._by_chart = receivables_by_chart(self._accounts.values())
        return self._receivables

    def _stood_on(self) -> frozenset[str]:
        """Receivables of the chart that lines on customers stand on, though no customer's balances name them."""
        lines = (line for transaction in self._kept for line in transaction.lines if line.customer)
        return frozenset(line.account for line in lines if line.account in self._by_chart)

    def _check_totals(self, entries: Values) -> None:
        """The sums that the file states are those of its lines: an amount that was changed or lost is found here."""
        for field, counted_ore in (
            ("TotalDebit", self._counted.debit_ore),
            ("TotalCredit", self._counted.credit_ore),
        ):
            stated_ore = entries.ore(field)
            if stated_ore is not None and stated_ore != counted_ore:
                raise entries.value_fault(
                    "totals", field, expected=plain_kroner(stated_ore), found=plain_kroner(counted_ore)
                )

    def _element_fault(self, element: Any, what: str, where: str, *, expected: str, found: str) -> DataFault:
        return saft_fault(self._name, int(element.sourceline or 1), what, where, expected=expected, found=found)
