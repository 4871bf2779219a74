"""A ledger's file as the books take it in, whatever format it came in."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import kid
from kravbro.core.money import ORE_MAX
from kravbro.core.parties import Party


class Kind(StrEnum):
    """What a line on a customer is. `OPENING` is what a customer owed, or had to its credit, before the period."""

    INVOICE = "invoice"
    INTEREST_NOTE = "interest_note"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    CORRECTION = "correction"
    OPENING = "opening"


class Why(StrEnum):
    """Why something could not be derived from a file."""

    LEDGER_CURRENCY = "import.ledger_currency"
    NO_CUSTOMER = "import.no_customer"
    NOT_RECEIVABLE = "import.not_receivable"
    UNKNOWN_CUSTOMER = "import.unknown_customer"
    NO_AMOUNT = "import.no_amount"
    FOREIGN_CURRENCY = "import.foreign_currency"
    UNCLEAR_KIND = "import.unclear_kind"
    NO_DUE_DATE = "import.no_due_date"
    LONG_NUMBER = "import.long_number"
    NO_KID = "import.no_kid"
    TARGET_UNKNOWN = "import.target_unknown"
    NOTHING_OPEN = "import.nothing_open"
    MORE_THAN_REMAINS = "import.more_than_remains"
    OPENING_BALANCE = "import.opening_balance"
    OPENING_DIFFERS = "import.opening_differs"
    CLOSING_DIFFERS = "import.closing_differs"
    REGISTRATION_NUMBER = "import.registration_number"
    CUT_TEXT = "import.cut_text"
    ENTRY_COUNT = "import.entry_count"


class Unresolved(msgspec.Struct, frozen=True):
    """One thing that could not be derived: where it stands, whose it is, how much (øre), and what the file said.

    `booked` tells whether the amount is in the books all the same, so that balances are right: such a line is no claim
    that can be collected, or a credit that is on no invoice yet.
    """

    code: Why
    line: int = 0
    record: str = ""
    customer: str = ""
    amount_ore: int = 0
    detail: str = ""
    booked: bool = False


class SourceBalance(msgspec.Struct, frozen=True, gc=False):
    """What a customer owes on one receivable account when the period begins and ends, in øre; None is not said."""

    account: str
    opening_ore: int | None
    closing_ore: int | None


class SourceCustomer(msgspec.Struct, frozen=True, gc=False):
    """A customer under the other ledger's id. `party` has no number of ours yet (0)."""

    id: str
    party: Party
    balances: tuple[SourceBalance, ...] = ()


class SourceLine(msgspec.Struct, frozen=True, gc=False):
    """One line on a customer: debit positive, in øre.

    `key` is what the line is known by when the file comes again, `content` the fingerprint of what it says, `record`
    what people can find it by. `named` are the
    numbers of what a credit is said to be for, `tried` numbers that may be that of an invoice by chance of usage, and
    `names` the numbers by which an invoice can be named. `cid` is what the file writes for a KID, sound or not: a
    payment and its invoice have the same; `kid` is what the books take of it. `voucher_no` and `voucher_text` are what
    the file calls the voucher.
    """

    key: str
    content: str
    line: int
    record: str
    customer: str
    account: str
    kind: Kind
    dated: date
    amount_ore: int
    due_date: date | None = None
    currency: str = "NOK"
    invoice_no: str = ""
    kid: str = ""
    cid: str = ""
    named: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    text: str = ""
    voucher_no: str = ""
    voucher_text: str = ""


class Source(msgspec.Struct, frozen=True):
    """A whole file: whose it is, what it covers, its customers, and its lines in order.

    `accounts` are the receivable accounts with their names. `has_balances` says that the file tells what customers owed
    before its period; then it cannot be taken in behind a file of a later period.
    """

    format: str
    name: str
    company: str
    organisation_number: str
    start: date
    end: date
    accounts: dict[str, str]
    customers: tuple[SourceCustomer, ...]
    lines: tuple[SourceLine, ...]
    unresolved: tuple[Unresolved, ...]
    has_balances: bool


def cid_of(written: str) -> str:
    """What a file writes for a KID, without separators; nothing for zeros alone, which say that there is none.

    >>> cid_of("0050 11"), cid_of("0000000")
    ('005011', '')
    """
    found = kid.compact(written)
    return found if found.strip("0") else ""


def is_sound_kid(written: str) -> bool:
    """Whether what a file writes for a KID has a check digit that fits by one of the methods."""
    return bool(written) and any(kid.is_valid(written, method) for method in kid.METHODS)


def kid_of(written: str, *, is_debt: bool) -> str:
    """The KID that the books take: for a debt a sound one or none, since payments come by it; else what is written."""
    return cid_of(written) if is_sound_kid(written) or not is_debt else ""


def refuse_too_much(source: Source) -> None:
    """Raise DataFault `books.import.too_much` if all amounts of a file, whatever their signs, are more than øre can be.

    Any sum that the books make of them then fits.
    """
    openings_ore = sum(abs(one.opening_ore or 0) for customer in source.customers for one in customer.balances)
    total_ore = openings_ore + sum(abs(line.amount_ore) for line in source.lines)
    if total_ore > ORE_MAX:
        raise DataFault("books.import.too_much", file=source.name, total_ore=total_ore, largest_ore=ORE_MAX)
