"""What a SAF-T Financial file says of receivables: header, chart of accounts, customers, and their transactions."""

from __future__ import annotations

from datetime import date

import msgspec


class BankAccount(msgspec.Struct, frozen=True):
    """A bank account of the company: its number as written, and the account that it is in the general ledger."""

    number: str
    account: str


class Header(msgspec.Struct, frozen=True):
    """Whose file it is and what it covers. `version` is one of `VERSIONS`; a period that is not given is None."""

    version: str
    company: str
    organisation_number: str
    currency: str
    created: date
    period_start: date | None
    period_end: date | None
    bank_accounts: tuple[BankAccount, ...]


class Account(msgspec.Struct, frozen=True):
    """An account of the general ledger, with what it is in the standard chart (until 1.20) or the grouping (1.30)."""

    id: str
    name: str
    standard: str
    category: str
    code: str


class Balance(msgspec.Struct, frozen=True, gc=False):
    """What a customer owes on one account when the period begins and when it ends, in øre; None is not said."""

    account: str
    opening_ore: int | None
    closing_ore: int | None


class Customer(msgspec.Struct, frozen=True, gc=False):
    """A customer. `line` is the line of the file on which it begins; `type` is what PartyInfo says, often nothing."""

    id: str
    name: str
    registration_number: str
    type: str
    address: str
    postcode: str
    place: str
    country: str
    balances: tuple[Balance, ...]
    line: int


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a transaction: debit positive, in øre of the header's currency.

    `currency` is the foreign one that the amount was converted from, empty if none. `kid` is what the format calls CID,
    `document` its SourceDocumentID.
    """

    record: str
    account: str
    customer: str
    amount_ore: int
    currency: str
    document: str
    reference: str
    kid: str
    due_date: date | None
    cross_reference: str
    text: str
    line: int


class Transaction(msgspec.Struct, frozen=True, gc=False):
    """One voucher of the general ledger with all its lines, in the file's order."""

    journal: str
    journal_type: str
    journal_name: str
    id: str
    year: str
    dated: date
    voucher_type: str
    voucher_name: str
    text: str
    lines: tuple[Line, ...]


class Totals(msgspec.Struct, frozen=True):
    """What the file was counted to: vouchers, and sums of debit and credit in øre."""

    transactions: int = 0
    debit_ore: int = 0
    credit_ore: int = 0


class SaftFile(msgspec.Struct, frozen=True):
    """A file as far as it is about receivables.

    `transactions` are those with a line on a customer or on an account that customers stand on; `counted` is over all.
    `stated_transactions` is the number that the file gives itself, which programs count in different ways.
    """

    name: str
    header: Header
    accounts: tuple[Account, ...]
    customers: tuple[Customer, ...]
    transactions: tuple[Transaction, ...]
    receivable_accounts: frozenset[str]
    counted: Totals
    stated_transactions: int | None
