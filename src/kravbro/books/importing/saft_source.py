"""A SAF-T file told in the words of our books: which customers, and what each line on them is.

SAF-T has vouchers, not invoices and payments. What a line is follows from the accounts on the other side of its
voucher; where those do not tell, from the voucher type's name; where that does not tell either, a debit with a due
date is an invoice, and anything else is booked as a correction and listed. See docs/formats/saft.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

import msgspec

from kravbro.books.importing.parties import country_of, numbers_of_party, party_kind
from kravbro.books.importing.source import (
    Kind,
    Source,
    SourceBalance,
    SourceCustomer,
    SourceLine,
    Unresolved,
    Why,
    cid_of,
    is_sound_kid,
    kid_of,
)
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.identifiers import organisation_number
from kravbro.core.parties import Party
from kravbro.formats.saft import AccountKind, Line, SaftFile, Transaction, kind_of, kind_of_number

FORMAT = "saft"
CURRENCY = "NOK"
ACCOUNT_WIDTH, INVOICE_WIDTH, KEY_WIDTH = 10, 20, 255
WIDTHS = {"name": 200, "address": 200, "postcode": 20, "place": 100}
"""What fits of a customer in the books; longer text is cut, and listed."""
_SEVERAL = re.compile(r"[,;\s]+")
_CODES = {
    Kind.INVOICE: frozenset({"si", "fa", "uf", "sf"}),
    Kind.CREDIT_NOTE: frozenset({"cn", "kn", "sc", "cr"}),
    Kind.PAYMENT: frozenset({"p", "ib", "bp", "pmt", "bank"}),
}
_WORDS = (
    (Kind.CREDIT_NOTE, ("kredit", "credit")),
    (Kind.INVOICE, ("faktura", "invoice")),
    (Kind.PAYMENT, ("betaling", "payment", "ocr")),
)
"""What a voucher type is called, in the order in which they are looked for: a credit note is an invoice by name too."""


def from_saft(file: SaftFile) -> Source:
    """The file as the books take it in. Raises DataFault `books.import.account_width`."""
    accounts = _receivables(file)
    customers, doubts = _customers(file)
    known = {customer.id for customer in customers}
    lines: list[SourceLine] = []
    kinds = _AccountKinds(file)
    doubts += [_doubt(Why.NOT_RECEIVABLE, *found, found[1].account) for found in _elsewhere(file, kinds)]
    for transaction, line in _on_customers(file):
        not_booked = _not_bookable(file, line, known)
        if not_booked is not None:
            doubts.append(_doubt(not_booked, transaction, line))
            continue
        read, found = _line(transaction, line, kinds)
        lines.append(read)
        doubts += found
    start, end = _period(file, lines)
    if file.stated_transactions not in {None, file.counted.transactions}:
        detail = f"{file.stated_transactions} / {file.counted.transactions}"
        doubts.append(Unresolved(Why.ENTRY_COUNT, detail=detail))
    return Source(
        format=FORMAT,
        name=file.name,
        company=file.header.company,
        organisation_number=_of_company(file.header.organisation_number),
        start=start,
        end=end,
        accounts=accounts,
        customers=tuple(customers),
        lines=tuple(lines),
        unresolved=tuple(doubts),
        has_balances=True,
    )


def _receivables(file: SaftFile) -> dict[str, str]:
    names = {account.id: account.name for account in file.accounts}
    for account in sorted(file.receivable_accounts):
        if len(account) > ACCOUNT_WIDTH:
            raise DataFault("books.import.account_width", file=file.name, account=account, width=ACCOUNT_WIDTH)
    return {account: names.get(account, "") for account in sorted(file.receivable_accounts)}


def _of_company(number: str) -> str:
    """The company's own number as it is kept; what is too long to be one is none."""
    digits = organisation_number.compact(number)
    return digits if len(digits) <= organisation_number.LENGTH else ""


def _period(file: SaftFile, lines: list[SourceLine]) -> tuple[date, date]:
    days = [line.dated for line in lines] or [file.header.created]
    start, end = file.header.period_start or min(days), file.header.period_end or max(days)
    return min(start, end), end


def _on_customers(file: SaftFile) -> Iterator[tuple[Transaction, Line]]:
    for transaction in file.transactions:
        for line in transaction.lines:
            if line.account in file.receivable_accounts:
                yield transaction, line


def _elsewhere(file: SaftFile, kinds: _AccountKinds) -> Iterator[tuple[Transaction, Line]]:
    """Lines on a customer whose voucher has no receivable of it, on accounts that may hold what the customer owes.

    Programs write the customer on lines of income, VAT and money too; of those a receivable stands in the same voucher.
    """
    for transaction in file.transactions:
        told = {line.customer for line in transaction.lines if line.account in file.receivable_accounts}
        for line in transaction.lines:
            if line.customer and line.customer not in told and kinds.of(line) is AccountKind.OTHER:
                yield transaction, line


def _customers(file: SaftFile) -> tuple[list[SourceCustomer], list[Unresolved]]:
    found: list[SourceCustomer] = []
    doubts: list[Unresolved] = []
    is_ours = file.header.currency == CURRENCY
    for one in file.customers:
        texts = {name: getattr(one, name) for name in WIDTHS}
        cut = [name for name, width in WIDTHS.items() if len(texts[name]) > width]
        doubts += [Unresolved(Why.CUT_TEXT, one.line, customer=one.id, detail=name, booked=True) for name in cut]
        person, business, is_doubtful = numbers_of_party(one.registration_number)
        if is_doubtful:
            doubts.append(Unresolved(Why.REGISTRATION_NUMBER, one.line, customer=one.id, booked=True))
        party = Party(
            customer_no=0,
            kind=party_kind(person, business, one.registration_number, one.type),
            identity_number=person,
            organisation_number=business,
            country=country_of(one.country),
            **{name: text[: WIDTHS[name]] for name, text in texts.items()},
        )
        balances = [SourceBalance(*msgspec.structs.astuple(balance)) for balance in one.balances if is_ours]
        found.append(SourceCustomer(one.id, party, tuple(balances)))
    return found, doubts


def _not_bookable(file: SaftFile, line: Line, known: Collection[str]) -> Why | None:
    """Why a line cannot be in the books at all, None if it can."""
    if not line.customer:
        return Why.NO_CUSTOMER
    if file.header.currency != CURRENCY:
        return Why.LEDGER_CURRENCY
    if line.customer not in known:
        return Why.UNKNOWN_CUSTOMER
    return None if line.amount_ore else Why.NO_AMOUNT


def _doubt(why: Why, transaction: Transaction, line: Line, detail: str = "", *, booked: bool = False) -> Unresolved:
    record = _record(transaction, line)
    return Unresolved(why, line.line, record, line.customer, line.amount_ore, detail, booked)


def _record(transaction: Transaction, line: Line) -> str:
    return f"{transaction.journal} {transaction.year} {transaction.id}/{line.record}"


def _line(transaction: Transaction, line: Line, kinds: _AccountKinds) -> tuple[SourceLine, list[Unresolved]]:
    """A line as the books take it in, and what about it could not be derived."""
    kind, is_clear = _kind(transaction, line, kinds)
    doubts: list[Unresolved] = []

    def doubt(why: Why, detail: str = "") -> None:
        doubts.append(_doubt(why, transaction, line, detail, booked=True))

    if not is_clear:
        doubt(Why.UNCLEAR_KIND)
    makes_debt = kind in {Kind.INVOICE, Kind.INTEREST_NOTE}
    invoice_no = (line.reference or line.document or transaction.id) if makes_debt else ""
    if len(invoice_no) > INVOICE_WIDTH:
        doubt(Why.LONG_NUMBER, invoice_no)
        kind, makes_debt, invoice_no = Kind.CORRECTION, False, ""
    if makes_debt and line.kid and not is_sound_kid(line.kid):
        doubt(Why.NO_KID, line.kid)
    if kind is Kind.INVOICE and line.due_date is None:
        doubt(Why.NO_DUE_DATE, invoice_no)
    currency = line.currency if line.currency != CURRENCY else ""
    if currency:
        doubt(Why.FOREIGN_CURRENCY, currency)
    numbers = (line.reference, line.document, transaction.id)
    crossed = tuple(part for part in _SEVERAL.split(line.cross_reference) if part)
    is_note = kind is Kind.CREDIT_NOTE
    read = SourceLine(
        key=_key(transaction, line),
        content=_content(transaction, line),
        line=line.line,
        record=_record(transaction, line),
        customer=line.customer,
        account=line.account,
        kind=kind,
        dated=transaction.dated,
        amount_ore=line.amount_ore,
        due_date=line.due_date if makes_debt else None,
        currency=(currency or CURRENCY)[: len(CURRENCY)],
        invoice_no=invoice_no,
        kid=kid_of(line.kid, is_debt=makes_debt),
        cid=cid_of(line.kid),
        named=crossed if is_note or not line.reference else (line.reference, *crossed),
        tried=tuple(number for number in ((line.reference,) if is_note else ()) + (line.document,) if number),
        names=tuple(dict.fromkeys(number for number in numbers if number)) if makes_debt else (),
        text=line.text or transaction.text,
        voucher_no=transaction.id,
        voucher_text=transaction.text,
    )
    return read, doubts


def _key(transaction: Transaction, line: Line) -> str:
    """What a line is known by. The year belongs to it: in many ledgers voucher numbers begin anew each year."""
    parts = (transaction.journal, transaction.year, transaction.id, line.record)
    key = "/".join([FORMAT, *(part.replace("%", "%25").replace("/", "%2F") for part in parts)])
    return key if len(key) <= KEY_WIDTH else f"{FORMAT}/{fingerprint(*parts)}"


def _content(transaction: Transaction, line: Line) -> str:
    """The fingerprint of everything that decides what a line does; its wording may change."""
    numbers = (line.document, line.reference, line.kid, line.cross_reference)
    return fingerprint(
        line.customer, line.account, transaction.dated, line.due_date, line.amount_ore, line.currency, numbers
    )


class _AccountKinds:
    """The kind of every account of a file."""

    def __init__(self, file: SaftFile) -> None:
        bank_accounts = {one.account for one in file.header.bank_accounts}
        self._kinds = {one.id: kind_of(one, bank_accounts) for one in file.accounts}
        self._kinds |= dict.fromkeys(file.receivable_accounts, AccountKind.RECEIVABLE)

    def of(self, line: Line) -> AccountKind:
        """The kind of the account that a line stands on."""
        return self._kinds.get(line.account) or kind_of_number(line.account)

    def against(self, transaction: Transaction, line: Line) -> set[AccountKind]:
        """The kinds of accounts on the other side of the voucher, receivables left out."""
        other = [one for one in transaction.lines if (one.amount_ore < 0) == (line.amount_ore > 0) and one.amount_ore]
        return {self.of(one) for one in other} - {AccountKind.RECEIVABLE}


def _kind(transaction: Transaction, line: Line, kinds: _AccountKinds) -> tuple[Kind, bool]:
    """What a line is, and whether the file tells it."""
    against = kinds.against(transaction, line)
    is_debit = line.amount_ore > 0
    by_accounts = _of_debit(against) if is_debit else _of_credit(against)
    if by_accounts is not None:
        return by_accounts, True
    named = _named(transaction)
    if named is not None and is_debit == (named is Kind.INVOICE):
        return named, True
    if is_debit and line.due_date is not None:
        return Kind.INVOICE, True
    return Kind.CORRECTION, AccountKind.LOSS in against


def _of_debit(against: set[AccountKind]) -> Kind | None:
    if against & {AccountKind.SALES, AccountKind.VAT}:
        return None if AccountKind.MONEY in against else Kind.INVOICE
    if AccountKind.MONEY in against:
        return Kind.REVERSAL
    return Kind.INTEREST_NOTE if AccountKind.INTEREST in against else None


def _of_credit(against: set[AccountKind]) -> Kind | None:
    if AccountKind.MONEY in against:
        return Kind.PAYMENT
    return Kind.CREDIT_NOTE if against & {AccountKind.SALES, AccountKind.VAT} else None


def _named(transaction: Transaction) -> Kind | None:
    """What the voucher's type says that it is, None if it says nothing that is known here."""
    for kind, codes in _CODES.items():
        if transaction.voucher_type.lower() in codes:
            return kind
    said = f"{transaction.voucher_type} {transaction.voucher_name} {transaction.journal_name}".lower()
    return next((kind for kind, words in _WORDS if any(word in said for word in words)), None)
