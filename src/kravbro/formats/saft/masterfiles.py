"""Elements to records: header, accounts, customers, transactions and their lines."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from kravbro.formats.saft.records import (
    Account,
    Balance,
    BankAccount,
    Customer,
    Header,
    Line,
    Transaction,
)
from kravbro.formats.saft.values import FIRST_YEAR, LAST_YEAR, Values

REPEATED_IN_CUSTOMER = ("Address", "BankAccount", "TaxRegistration", "BalanceAccount", "Contact")
REPEATED_IN_LINE = ("Analysis", "TaxInformation")
_REPEATED_IN_COMPANY = ("Address", "BankAccount", "TaxRegistration", "Contact")
_ADDRESSES = ("PostalAddress", "BillingAddress", "StreetAddress", "")
"""Which address letters go to, where a customer has several."""
ID_WIDTH = 70
"""The longest identifier that the schema knows (SAFmiddle2textType)."""
_MONTHS = 12


def header_of(header: Values, version: str) -> Header:
    """The header, for a file of that version."""
    company = header.below("Company", _REPEATED_IN_COMPANY)
    if company is None:
        raise header.value_fault("missing", "Company", expected="Company", found="")
    start, end = _period(header)
    return Header(
        version=version,
        company=company.required("Name"),
        organisation_number=company.text("RegistrationNumber"),
        currency=header.required("DefaultCurrencyCode"),
        created=header.required_day("AuditFileDateCreated"),
        period_start=start,
        period_end=end,
        bank_accounts=tuple(
            BankAccount(one.text("BankAccountNumber") or one.text("IBANNumber"), one.text("GeneralLedgerAccountID"))
            for one in company.each("BankAccount")
        ),
    )


def _period(header: Values) -> tuple[date | None, date | None]:
    """First and last day, from dates or from months; a period behind the twelfth ends with the year."""
    chosen = header.below("SelectionCriteria", ("OtherCriteria",))
    if chosen is None:
        return None, None
    start, end = chosen.day("SelectionStartDate"), chosen.day("SelectionEndDate")
    first, first_year = _month(chosen, "PeriodStart"), _year(chosen, "PeriodStartYear")
    last, last_year = _month(chosen, "PeriodEnd"), _year(chosen, "PeriodEndYear")
    if start is None and first and first_year:
        start = date(first_year, first, 1)
    if end is None and last and last_year:
        end = date(last_year, last, monthrange(last_year, last)[1])
    if start and end and end < start:
        raise header.value_fault("date", "SelectionCriteria", expected=f">= {start}", found=str(end))
    return start, end


def _month(chosen: Values, field: str) -> int | None:
    number = chosen.number(field)
    return None if number is None else min(max(number, 1), _MONTHS)


def _year(chosen: Values, field: str) -> int | None:
    year = chosen.number(field)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise chosen.value_fault("date", field, expected=f"{FIRST_YEAR}-{LAST_YEAR}", found=str(year))
    return year


def account_of(account: Values) -> Account:
    """One account of the chart."""
    return Account(
        id=account.required("AccountID", ID_WIDTH),
        name=account.text("AccountDescription"),
        standard=account.text("StandardAccountID"),
        category=account.text("GroupingCategory"),
        code=account.text("GroupingCode"),
    )


def customer_of(customer: Values) -> Customer:
    """One customer, with the address that letters go to and the balance on each account."""
    address = _address(customer)
    party = customer.below("PartyInfo", ("Analysis", "PaymentTerms"))
    balances = tuple(_balance(one) for one in customer.each("BalanceAccount")) or _balance_until_1_20(customer)
    street = "" if address is None else _street(address)
    return Customer(
        id=customer.required("CustomerID", ID_WIDTH),
        name=customer.text("Name"),
        registration_number=customer.text("RegistrationNumber"),
        type="" if party is None else party.text("Type"),
        address=street,
        postcode="" if address is None else address.text("PostalCode"),
        place="" if address is None else address.text("City"),
        country="" if address is None else address.text("Country"),
        balances=balances,
        line=customer.line,
    )


def _address(customer: Values) -> Values | None:
    """The address for letters; one without a figure in its postcode (n.a) only if there is no better one."""
    given = customer.each("Address")
    found = [one for one in given if any(sign.isdecimal() for sign in one.text("PostalCode"))] or given
    kinds = [one.text("AddressType") for one in found]
    for kind in _ADDRESSES:
        if kind in kinds:
            return found[kinds.index(kind)]
    return found[0] if found else None


def _street(address: Values) -> str:
    street = " ".join(part for part in (address.text("StreetName"), address.text("Number")) if part)
    return ", ".join(part for part in (street, address.text("AdditionalAddressDetail")) if part)


def _balance(holder: Values) -> Balance:
    return Balance(
        account=holder.text("AccountID", ID_WIDTH),
        opening_ore=_debit_less_credit(holder, "Opening{}Balance"),
        closing_ore=_debit_less_credit(holder, "Closing{}Balance"),
    )


def _balance_until_1_20(customer: Values) -> tuple[Balance, ...]:
    balance = _balance(customer)
    return () if balance == Balance("", None, None) else (balance,)


def _debit_less_credit(holder: Values, field: str) -> int | None:
    debit_field, credit_field = field.format("Debit"), field.format("Credit")
    debit_ore, credit_ore = holder.ore(debit_field), holder.ore(credit_field)
    if debit_ore is not None and credit_ore is not None:
        raise holder.value_fault("line_amount", credit_field, expected=debit_field, found=credit_field)
    return -credit_ore if credit_ore is not None else debit_ore


def transaction_of(transaction: Values, journal: tuple[str, str, str], lines: tuple[Line, ...]) -> Transaction:
    """One voucher; `journal` is its journal's id, type and description."""
    year = transaction.number("PeriodYear")
    dated = transaction.required_day("TransactionDate")
    return Transaction(
        journal=journal[0],
        journal_type=journal[1],
        journal_name=journal[2],
        id=transaction.required("TransactionID", ID_WIDTH),
        year=str(dated.year if year is None else year),
        dated=dated,
        voucher_type=transaction.text("VoucherType"),
        voucher_name=transaction.text("VoucherDescription"),
        text=transaction.text("Description"),
        lines=lines,
    )


def journal_of(journal: Values) -> tuple[str, str, str]:
    """A journal's id, type and description."""
    return journal.required("JournalID", ID_WIDTH), journal.text("Type"), journal.text("Description")


def line_of(line: Values) -> Line:
    """One line of a voucher. Raises DataFault `formats.saft.line_amount` unless it is either debit or credit."""
    debit, credit = line.below("DebitAmount"), line.below("CreditAmount")
    if (debit is None) == (credit is None):
        found = "DebitAmount, CreditAmount" if debit is not None else ""
        raise line.value_fault("line_amount", "DebitAmount", expected="DebitAmount / CreditAmount", found=found)
    amount: Any = debit if debit is not None else credit
    amount_ore = amount.ore("Amount")
    if amount_ore is None:
        raise amount.value_fault("missing", "Amount", expected="Amount", found="")
    return Line(
        record=line.required("RecordID", ID_WIDTH),
        account=line.required("AccountID", ID_WIDTH),
        customer=line.text("CustomerID", ID_WIDTH),
        amount_ore=amount_ore if debit is not None else -amount_ore,
        currency=amount.text("CurrencyCode") if amount.text("CurrencyAmount") else "",
        document=line.text("SourceDocumentID"),
        reference=line.text("ReferenceNumber"),
        kid=line.text("CID"),
        due_date=line.day("DueDate"),
        cross_reference=line.text("CrossReference"),
        text=line.text("Description"),
        line=line.line,
    )
