"""Rows of `CustTr` as values, and what is wrong with a row. Pure: nothing here asks the database.

A row with an impossible value is still a row: what it says is read as far as it goes, and what hangs on it is held up
until a person has mended it. Nothing else is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.money import ORE_MAX
from kravbro.core.movements import Because
from kravbro.ledgers.visma_business.moments import is_day
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import INT32_MAX

AMOUNTS = ("amount", "remaining")
OF_ITEMS = frozenset({*AMOUNTS, "voucher_date", "due_date"})
"""What is told of an item."""
COMPRESSED = INT32_MAX + 1
"""No journal has this number, or one above: keys beyond it are of entries that are gone."""
OF_LETTERS = "reminded_on"
"""What is told of an item where the set-up says which reminder is the notice."""
OF_SETTLEMENTS = frozenset({*AMOUNTS, "voucher_date", "changed_on"})
"""What is told of what settles an item."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A row of `CustTr`, its amounts in øre, its days still as numbers.

    `wrong` are the columns that hold something impossible, with what they hold. An amount among them is rounded, so
    that what it has changed can be found; it is told to nobody.
    """

    key: int
    customer: int
    amount_ore: int
    remaining_ore: int
    status: int
    exemption: int
    proposal: int
    voucher_no: int
    voucher_date: int
    voucher_type: int
    due_date: int
    invoice_no: str
    kid: str
    reference: str
    cross_reference: str
    currency: int
    text: str
    changed_on: int
    reminders: int
    reminded_on: int
    no_interest: str
    wrong: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What it is called: journal and number, or the line of ours that it was before it was compressed."""
        if self.key < COMPRESSED * JOURNAL:
            return entry_name(self.key)
        return f"voucher {self.voucher_no}/{self.key % JOURNAL}"


def key_of(journal: int, number: int) -> int:
    """The key of an entry. Raises DataFault `visma_business.entry_number` for numbers that do not fit in one."""
    if not 0 <= journal <= INT32_MAX or not 0 <= number < JOURNAL:
        raise DataFault("visma_business.entry_number", journal=journal, number=number)
    return journal * JOURNAL + number


def entry_name(key: int) -> str:
    """An entry as users see it: journal and number.

    >>> entry_name(17_000_000_003)
    '17/3'
    """
    journal, number = divmod(key, JOURNAL)
    return f"{journal}/{number}"


def invoice_no_of(entry: Entry) -> str:
    """The number by which people know an invoice: its own, or that of its voucher."""
    return entry.invoice_no or str(entry.voucher_no)


def ore_of(amount: Decimal | None) -> tuple[int, bool]:
    """Kroner as øre, and whether that is exactly what they are: whole øre, as many as can be counted. NULL is no
    amount, and not nothing."""
    if amount is None:
        return 0, False
    exact = amount.scaleb(2)
    ore = max(-ORE_MAX, min(ORE_MAX, int(exact.to_integral_value())))
    return ore, exact == ore


def entry_of(row: Sequence[Any]) -> Entry:
    """An entry from a row of `ENTRY_COLUMNS` and `ALSO_COLUMNS`. Raises as `key_of` does."""
    journal, number, customer, amount, remaining, *numbers = row[:12]
    status, exemption, proposal, voucher_no, voucher_date, voucher_type, due_date = (one or 0 for one in numbers)
    invoice_no, kid, reference, cross_reference, currency, text = row[12:18]
    changed_on, _, reminders, reminded_on, no_interest = row[18:]
    days = {
        "voucher_date": voucher_date,
        "due_date": due_date,
        "changed_on": changed_on or 0,
        "reminded_on": reminded_on or 0,
    }
    amount_ore, whole = ore_of(amount)
    remaining_ore, rest_is_whole = ore_of(remaining)
    amounts = (("amount", amount, whole), ("remaining", remaining, rest_is_whole))
    wrong = [(name, "NULL" if found is None else str(found)) for name, found, is_exact in amounts if not is_exact]
    wrong += [(name, str(day)) for name, day in days.items() if day and not is_day(day)]
    if not voucher_date:
        wrong.append(("voucher_date", "0"))
    return Entry(
        key=key_of(journal, number),
        customer=customer or 0,
        amount_ore=amount_ore,
        remaining_ore=remaining_ore,
        status=status,
        exemption=exemption,
        proposal=proposal,
        voucher_no=voucher_no,
        voucher_type=voucher_type,
        invoice_no=text_of(invoice_no),
        kid=text_of(kid),
        reference=text_of(reference),
        cross_reference=text_of(cross_reference),
        currency=currency or 0,
        text=text_of(text),
        reminders=reminders or 0,
        no_interest=text_of(no_interest),
        wrong=tuple(wrong),
        **days,
    )


def text_of(value: Any) -> str:
    """A text as it is meant: columns of fixed width are filled up with blanks. What no database takes (a zero, a half
    of a letter, which SQL Server's texts may hold) is left out."""
    text = str(value or "").strip()
    if text.isprintable():
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return whole.replace("\0", "").strip()


def fault_of(entry: Entry, columns: Collection[str], company: int, names: Mapping[str, str]) -> Because | None:
    """The first of these columns of an entry that holds something impossible; `names` are the columns' own names."""
    for name, found in entry.wrong:
        if name in columns:
            code = "visma_business.bad_amount" if name in AMOUNTS else "visma_business.bad_day"
            return Because(
                code,
                {
                    "company": company,
                    "entry": entry_name(entry.key),
                    "voucher": entry.voucher_no,
                    "invoice": invoice_no_of(entry),
                    "column": names.get(name, name),
                    "found": found,
                },
            )
    return None
