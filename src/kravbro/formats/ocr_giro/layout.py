"""The records of an OCR giro file, column by column: the one table that reading, writing and messages are built on.

Source: Nets, "System specification OCR giro", section 2 (edition of 2010 and later; v4.0 of 2018 has the same
columns). Columns are counted from 1 and inclusive, as in the specification.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

WIDTH = 80
LINE = WIDTH + 1
"""Characters from the start of one record to the start of the next, the line feed included."""

NO_DATE = "000000"
NO_ACCOUNT = "00000000000"
REVERSALS = frozenset({"18", "20"})
FREE_TEXT_TYPES = frozenset({"20", "21"})
FIRST_CARD_TYPE = "18"


class Kind(StrEnum):
    """What a field may hold. The value is the notation that messages use for it."""

    DIGITS = "0-9"
    DATE = "DDMMYY"
    DAY = "00-31"
    TYPE = "10-21"
    SIGN = "0, -"
    KID = "  0-9, -"
    ISSUER = "00-99"
    TEXT = "A-Å"
    FILLER = "0"


_PATTERNS = {
    Kind.DATE: "[0-9]{6}",
    Kind.DAY: "(?:[0-2][0-9]|3[01])",
    Kind.TYPE: "(?:1[0-9]|2[01])",
    Kind.SIGN: "[-0]",
    Kind.KID: "(?:[0-9]+-?)?",
    Kind.TEXT: r"[\x20-\x7e\xa0-\xff]{40}",
}


class Field(NamedTuple):
    """One field: its first and last column, its name in the specification, and what it may hold."""

    first: int
    last: int
    name: str
    kind: Kind = Kind.DIGITS

    @property
    def width(self) -> int:
        """How many columns the field takes."""
        return self.last - self.first + 1

    @property
    def where(self) -> str:
        """The field's name and columns, as messages say them."""
        return f"{self.name} ({self.first}-{self.last})"

    def of(self, record: str) -> str:
        """This field's text in a record."""
        return record[self.first - 1 : self.last]

    def pattern(self, group: str = "") -> str:
        """The regular expression of the field; if `group` is given, what it holds is captured under that name.

        A card issuer and a filler hold anything: what is written there decides nothing, so it refuses nothing.
        """
        anything = self.kind in {Kind.ISSUER, Kind.FILLER}
        content = _PATTERNS.get(self.kind, f"{'.' if anything else '[0-9]'}{{{self.width}}}")
        captured = f"(?P<{group}>{content})" if group else content
        return f" *{captured}" if self.kind is Kind.KID else captured


class Layout(NamedTuple):
    """One record: columns 1 to 8 (`tt` = the transaction type) and the fields after them."""

    code: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError if the record has none."""
        return {field.name: field for field in self.fields}[name]


TRANSACTION_TYPE = Field(5, 6, "transaction_type", Kind.TYPE)

TRANSMISSION_START = Layout(
    "NY000010",
    (
        Field(9, 16, "data_transmitter"),
        Field(17, 23, "transmission_number"),
        Field(24, 31, "data_recipient"),
        Field(32, 80, "filler", Kind.FILLER),
    ),
)
ASSIGNMENT_START = Layout(
    "NY090020",
    (
        Field(9, 17, "agreement_id"),
        Field(18, 24, "assignment_number"),
        Field(25, 35, "assignment_account"),
        Field(36, 80, "filler", Kind.FILLER),
    ),
)
AMOUNT_ITEM_1 = Layout(
    "NY09tt30",
    (
        Field(9, 15, "transaction_number"),
        Field(16, 21, "settlement_date", Kind.DATE),
        Field(22, 23, "centre_id"),
        Field(24, 25, "day_code", Kind.DAY),
        Field(26, 26, "partial_settlement_number"),
        Field(27, 31, "serial_number"),
        Field(32, 32, "sign", Kind.SIGN),
        Field(33, 49, "amount"),
        Field(50, 74, "kid", Kind.KID),
        Field(75, 76, "card_issuer", Kind.ISSUER),
        Field(77, 80, "filler", Kind.FILLER),
    ),
)
AMOUNT_ITEM_2 = Layout(
    "NY09tt31",
    (
        Field(9, 15, "transaction_number"),
        Field(16, 25, "form_number"),
        Field(26, 34, "reference"),
        Field(35, 41, "filler", Kind.FILLER),
        Field(42, 47, "bank_date", Kind.DATE),
        Field(48, 58, "debit_account"),
        Field(59, 80, "filler", Kind.FILLER),
    ),
)
AMOUNT_ITEM_3 = Layout(
    "NY09tt32",
    (
        Field(9, 15, "transaction_number"),
        Field(16, 55, "free_text", Kind.TEXT),
        Field(56, 80, "filler", Kind.FILLER),
    ),
)
ASSIGNMENT_END = Layout(
    "NY090088",
    (
        Field(9, 16, "num_transactions"),
        Field(17, 24, "num_records"),
        Field(25, 41, "total_amount"),
        Field(42, 47, "nets_date", Kind.DATE),
        Field(48, 53, "earliest_date", Kind.DATE),
        Field(54, 59, "latest_date", Kind.DATE),
        Field(60, 80, "filler", Kind.FILLER),
    ),
)
TRANSMISSION_END = Layout(
    "NY000089",
    (
        Field(9, 16, "num_transactions"),
        Field(17, 24, "num_records"),
        Field(25, 41, "total_amount"),
        Field(42, 47, "nets_date", Kind.DATE),
        Field(48, 80, "filler", Kind.FILLER),
    ),
)


def transaction_pattern(captured: Collection[str]) -> re.Pattern[str]:
    """The regular expression of one whole transaction: items 1 and 2, and item 3 if there is one.

    It holds everything that can be judged by looking at one transaction alone: the codes, that the items carry one
    type and one number, that only types 20 and 21 have item 3, and what each field may hold. The fields named in
    `captured` are groups.
    """
    number, *after_number = AMOUNT_ITEM_1.fields
    start_of_item_1 = f"NY09{TRANSACTION_TYPE.pattern('transaction_type')}30{number.pattern('transaction_number')}"
    start_of_item = "NY09(?P=transaction_type){}(?P=transaction_number)".format
    return re.compile(
        start_of_item_1
        + _columns(after_number, captured)
        + start_of_item(31)
        + _columns(AMOUNT_ITEM_2.fields[1:], captured)
        + "(?:(?=NY092[01])"
        + start_of_item(32)
        + _columns(AMOUNT_ITEM_3.fields[1:], captured)
        + ")?"
    )


def _columns(fields: Sequence[Field], captured: Collection[str]) -> str:
    """The regular expression of the fields to the end of the record, the line feed included."""
    return "".join(field.pattern(field.name if field.name in captured else "") for field in fields) + "\n"
