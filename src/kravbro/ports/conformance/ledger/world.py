"""What an adapter's author supplies: a ledger that can be made to do things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.core.vouchers import Fate, Voucher
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.ledger import Ledger


class Invoice(msgspec.Struct, frozen=True):
    """An invoice as the ledger knows it: its own key of the entry, customer, invoice number, and amount (øre)."""

    entry: int
    customer_no: int
    invoice_no: str
    amount_ore: int


class Part(msgspec.Struct, frozen=True):
    """Money of one voucher for one claim: customer and entry as the offer named them, and øre received."""

    customer_no: int
    entry: int
    amount_ore: int


class LedgerWorld(Protocol):
    """A ledger with one company to play in, and somebody who works there.

    What was there before does not matter to the checks: an empty ledger that is made for each check, and a test company
    that has lived for years, both will do. `lacks` says what cannot be done here, with the reason.
    """

    @property
    def company(self) -> int:
        """The company that everything happens in."""
        ...

    @property
    def other_company(self) -> int:
        """A second company of the same installation, in which nothing happens meanwhile (Ability.SECOND_COMPANY)."""
        ...

    @property
    def open(self) -> Callable[[], Ledger]:
        """Opens the ledger through the adapter as a process that has just begun would.

        It is sent to other processes, so it must be picklable: a function of a module, or a `functools.partial` of one.
        """
        ...

    @property
    def lacks(self) -> Mapping[Ability, str]:
        """The abilities that are missing, each with the reason."""
        ...

    @property
    def today(self) -> date:
        """The business date on which the ledger works."""
        ...

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        """Post an invoice that is due, on a customer who owes nothing else, or on the customer of `beside`."""
        ...

    def offer(self, entries: Sequence[int]) -> None:
        """Have these invoices proposed for collection and approved, in this order: afterwards they are ready."""
        ...

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        """Book a change of what remains of an invoice (øre, negative when the debt falls), and post it now."""
        ...

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        """Write a payment of so many øre (positive) on an invoice without posting it; answers its name."""
        ...

    def post(self, draft: str) -> None:
        """Post such a draft (Ability.LATE_POSTING)."""
        ...

    def rename(self, customer_no: int, name: str) -> None:
        """Give a customer another name (Ability.RENAMING)."""
        ...

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        """A voucher as the collector would send it to this ledger: money in, and one line per part.

        The accounts are those that this company has. Made only, not posted.
        """
        ...

    def settle(self, key: str, fate: Fate) -> None:
        """Post or delete, as a person would, a voucher that the collector delivered (Ability.DRAFTED_VOUCHERS)."""
        ...

    def withdraw(self, entry: int) -> None:
        """Ask for a claim back, as a person would; one that was asked for already is left (Ability.WITHDRAWING)."""
        ...

    def hand_over(self, entry: int) -> None:
        """Say that an invoice was handed to a collector before the two were joined (Ability.CONVERSION)."""
        ...

    def damage(self) -> None:
        """Alter one amount of a booked claim behind the ledger's back (Ability.DAMAGE)."""
        ...

    def close(self) -> None:
        """Give back what the world holds open."""
        ...
