"""What an account of the general ledger is, as far as receivables need to know.

A file tells by the standard account (until 1.20) or by grouping category and code (1.20 and 1.30), and with its own
bank accounts. Sources: Skatteetaten, github.com/Skatteetaten/saf-t, "General Ledger Standard Accounts" (the first two
digits are those of NS 4102) and "Grouping Category Code" (municipalities group by KOSTRA, categories `KA_...`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from kravbro.formats.saft.records import Account, Customer


class AccountKind(StrEnum):
    """Kinds of accounts that tell an invoice from a payment."""

    RECEIVABLE = "receivable"
    MONEY = "money"
    SALES = "sales"
    VAT = "vat"
    INTEREST = "interest"
    LOSS = "loss"
    OTHER = "other"


_STANDARD = {
    "15": AccountKind.RECEIVABLE,
    "19": AccountKind.MONEY,
    "27": AccountKind.VAT,
    "78": AccountKind.LOSS,
    "80": AccountKind.INTEREST,
} | {f"3{digit}": AccountKind.SALES for digit in range(10)}
"""By the first two digits of a standard account, a grouping code, or an account number of NS 4102."""
_MUNICIPAL = {"10": AccountKind.MONEY, "13": AccountKind.RECEIVABLE, "14": AccountKind.RECEIVABLE}
"""By KOSTRA's grouping code for balances; those of three digits are kinds of income and expense."""
_MUNICIPAL_SALES = range(600, 900)
_MUNICIPAL_INTEREST = frozenset({"900", "901"})
_MUNICIPAL_CATEGORY = "KA_"


def kind_of(account: Account, bank_accounts: Collection[str]) -> AccountKind:
    """The kind of an account; `bank_accounts` are those that the file names as the company's own.

    >>> kind_of(Account("2105", "Bank", "", "KA_K", "10"), ())
    <AccountKind.MONEY: 'money'>
    """
    if account.id in bank_accounts:
        return AccountKind.MONEY
    if account.category.startswith(_MUNICIPAL_CATEGORY):
        return _municipal(account.code)
    return kind_of_number(account.standard or account.code or account.id)


def kind_of_number(number: str) -> AccountKind:
    """The kind of an account of NS 4102.

    >>> kind_of_number("1500"), kind_of_number("4300")
    (<AccountKind.RECEIVABLE: 'receivable'>, <AccountKind.OTHER: 'other'>)
    """
    return _STANDARD.get(number[:2], AccountKind.OTHER)


def receivable_accounts(accounts: Iterable[Account], customers: Iterable[Customer]) -> frozenset[str]:
    """The accounts that customers stand on: those that the customers name, else those that the chart calls so."""
    named = frozenset(balance.account for customer in customers for balance in customer.balances if balance.account)
    return named or receivables_by_chart(accounts)


def receivables_by_chart(accounts: Iterable[Account]) -> frozenset[str]:
    """The accounts that the chart calls receivables."""
    return frozenset(one.id for one in accounts if kind_of(one, ()) is AccountKind.RECEIVABLE)


def _municipal(code: str) -> AccountKind:
    if code in _MUNICIPAL_INTEREST:
        return AccountKind.INTEREST
    if len(code) == 3 and code.isdecimal() and int(code) in _MUNICIPAL_SALES:
        return AccountKind.SALES
    return _MUNICIPAL.get(code, AccountKind.OTHER)
