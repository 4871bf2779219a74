"""The keys that a set-up file may have: their kinds, defaults and bounds. docs/setup.md lists them, and a test holds it
to this.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

import msgspec

from kravbro.books.meanings import Meaning
from kravbro.core.allocation_orders import Order
from kravbro.core.gate import Missing
from kravbro.office.creditors import LARGEST_CREDITOR_NUMBER, Collects, Overpayment

FORMAT = 1
"""The version of the layout. A file that has another is refused, and never half understood."""
WIDEST = 2**31 - 1
LARGEST_ORE = 10**15
LONGEST_WAIT = 3650
LARGEST = {"companies": 9_999_999, "creditors": LARGEST_CREDITOR_NUMBER}
"""The highest number that each may have."""


class Required:
    """Stands for the default of a key that has none."""


class Field(msgspec.Struct, frozen=True):
    """One key: what stands there (a type, `list[...]`, or an enum of words), what counts where it is left out, bounds.

    `longest` is letters of a text, `least` and `most` bound a number. A folder is told from the file's own folder.
    """

    key: str
    kind: Any = str
    default: object = Required
    longest: int = 120
    least: int = 0
    most: int = WIDEST
    folder: bool = False


def _account(key: str, default: object = Required) -> Field:
    return Field(key, default=default, longest=10)


TOP = (
    Field("format", int, FORMAT),
    Field("installation", dict, {}),
    Field("companies", dict, {}),
    Field("workflows", dict, {}),
    Field("creditors", dict, {}),
    Field("agreements", dict, {}),
)
INSTALLATION = (Field("ledger", default="", longest=60), Field("office", default="", longest=60))
COMPANY = (
    Field("name"),
    Field("organisation_number", default="", longest=20),
    Field("collector_registrar", default="WS-Inf", longest=20),
    Field("collector_voucher_type", longest=10),
    Field("post_collector_vouchers", bool, True),
    Field("accounts", dict, {}),
    Field("number_series", dict, {}),
    Field("voucher_types", dict, {}),
    Field("dunning_codes", dict, {}),
    Field("sub_ledger_types", dict, {}),
)
NUMBER_SERIES = (Field("name"), Field("first_number", int, 1, least=1))
VOUCHER_TYPE = (Field("name"), Field("meaning", Meaning), Field("series", longest=10))
DUNNING_CODE = (Field("name"), Field("to_collector", bool, False))
SUB_LEDGER_TYPE = (Field("name"), _account("receivable_account"), Field("dunning", dict, {}))
DUNNING = Field("", int, most=LONGEST_WAIT)
WORKFLOW = (Field("name"), Field("starts_after_notice", bool))
CREDITOR = (
    Field("name"),
    Field("organisation_number", default="", longest=20),
    Field("company", int, None, least=1),
    Field("ledger", default="", longest=60),
    Field("collects", Collects, Collects.OWN),
    Field("minimum_ore", int, 0, most=LARGEST_ORE),
    Field("days_after_due", int, 14, most=LONGEST_WAIT),
    Field("identity_number_missing", Missing, Missing.WARN),
    Field("organisation_number_missing", Missing, Missing.WARN),
    Field("foreign_address", Missing, Missing.BLOCK),
    Field("overpayment", Overpayment, Overpayment.ON_ACCOUNT),
    Field("department", default="", longest=20),
    Field("project", default="", longest=20),
    Field("accounts", dict, {}),
    Field("allocation", dict, {}),
    Field("sub_ledgers", dict, {}),
)
ROLES = ("money", "interest", "fee", "cost", "interim", "refund", "intermediate")
"""What a creditor's own row has accounts for."""
ACCOUNTS = (*(_account(key, "") for key in ROLES), _account("costs_until_paid", ""), _account("without_ledger", ""))
ALLOCATION = (
    Field("voluntary", Order, Order.COSTS_FEES_INTEREST_PRINCIPAL),
    Field("enforcement", Order, None),
    Field("wage_deduction", Order, None),
)
SUB_LEDGER = (_account("receivable_account"), Field("workflow", longest=20))
AGREEMENT = (
    Field("name"),
    Field("holder", int, least=1),
    Field("creditors", list[int]),
    Field("structures", list[str], ()),
    _account("bank_account", ""),
    Field("inbox", default="", longest=500, folder=True),
    Field("done_folder", default="", longest=500, folder=True),
    Field("closed_on", date, None),
)

SECTIONS: dict[str, tuple[Field, ...]] = {
    "": TOP,
    "installation": INSTALLATION,
    "companies.NUMBER": COMPANY,
    "companies.NUMBER.number_series.CODE": NUMBER_SERIES,
    "companies.NUMBER.voucher_types.CODE": VOUCHER_TYPE,
    "companies.NUMBER.dunning_codes.CODE": DUNNING_CODE,
    "companies.NUMBER.sub_ledger_types.CODE": SUB_LEDGER_TYPE,
    "workflows.CODE": WORKFLOW,
    "creditors.NUMBER": CREDITOR,
    "creditors.NUMBER.accounts": ACCOUNTS,
    "creditors.NUMBER.allocation": ALLOCATION,
    "creditors.NUMBER.sub_ledgers.TYPE": SUB_LEDGER,
    "agreements.ACCOUNT": AGREEMENT,
}
"""Every table of a file, with its keys."""


def kind_name(kind: Any) -> str:
    """What TOML calls a kind of value; the words themselves where only some words may stand.

    >>> kind_name(list[int])
    'array of integer'
    """
    names = {str: "string", int: "integer", bool: "boolean", date: "date", dict: "table"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(one.value) for one in kind)
    return names[kind] if kind in names else f"array of {names[kind.__args__[0]]}"
