"""Vouchers on their way into the journal, and what can be said of them before the database is asked."""

from __future__ import annotations

from datetime import date
from operator import attrgetter, gt

import msgspec
import sqlalchemy as sa

from kravbro.books.tables import voucher, voucher_line
from kravbro.core.errors import DataFault
from kravbro.core.money import checked_ore, format_kroner


class DraftLine(msgspec.Struct, frozen=True, gc=False):
    """One line: debit positive, credit negative, in øre. Its number is kept, for whoever asks about the line later.

    A line with `customer` goes through the sub-ledger; with `settles` (the number of an open item's entry) it is put
    on that item in full when it is posted. An empty `sub_ledger_type` means that of the item, else the first type
    whose receivable account is `account`.
    """

    line_no: int
    account: str
    amount_ore: int
    customer: int | None = None
    sub_ledger_type: str | None = None
    settles: int | None = None
    currency: str = "NOK"
    invoice_no: str = ""
    kid: str = ""
    due_date: date | None = None
    interest_before_due_ore: int = 0
    reference: str = ""
    department: str = ""
    project: str = ""
    text: str = ""


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A voucher to write. An empty `registrar` means whoever acts.

    `request_id` names the click or the row of a file that asks for it, so that asking again changes nothing.
    `collector_key` and `fingerprint` belong to vouchers that a collector delivers.
    """

    type: str
    dated: date
    text: str
    lines: tuple[DraftLine, ...]
    registrar: str = ""
    request_id: str | None = None
    collector_key: str | None = None
    fingerprint: str | None = None

    @property
    def name(self) -> str:
        """What people can find it by before it has a number."""
        return self.collector_key or self.request_id or self.text

    @property
    def debit_ore(self) -> int:
        """The sum of the debit lines."""
        return sum(line.amount_ore for line in self.lines if line.amount_ore > 0)


class _Widths:
    """The texts of a voucher or a line that must fit into their columns."""

    def __init__(self, table: sa.Table, *names: str) -> None:
        self.widths = {name: int(getattr(table.c[name].type, "length", 0)) for name in names}
        self._values = attrgetter(*names)

    def refuse(self, draft: Draft, holder: Draft | DraftLine) -> None:
        """Raise DataFault `books.text_too_long` naming the first text of `holder` that is too long."""
        lengths = [len(value or "") for value in self._values(holder)]
        if any(map(gt, lengths, self.widths.values())):
            name, width = next(
                item for item, found in zip(self.widths.items(), lengths, strict=True) if found > item[1]
            )
            raise DataFault("books.text_too_long", voucher=draft.name[:40], field=name, width=width)


_VOUCHER_WIDTHS = _Widths(voucher, "text", "registrar", "request_id", "collector_key")
_LINE_WIDTHS = _Widths(voucher_line, "currency", "invoice_no", "kid", "reference", "department", "project", "text")


def refuse_misshapen(draft: Draft) -> None:
    """Raise a DataFault unless the draft has lines, each with a number of its own, that sum to zero and fit.

    Codes: `books.no_lines`, `books.line_twice`, `books.unbalanced`, `books.text_too_long`, `money.too_large`. The texts
    of its lines are another matter (`refuse_wide_lines`).
    """
    if not draft.lines:
        raise DataFault("books.no_lines", voucher=draft.name)
    if len({line.line_no for line in draft.lines}) < len(draft.lines):
        raise DataFault("books.line_twice", voucher=draft.name)
    if difference := sum(line.amount_ore for line in draft.lines):
        raise DataFault("books.unbalanced", voucher=draft.name, difference=format_kroner(difference))
    checked_ore(draft.debit_ore)
    _VOUCHER_WIDTHS.refuse(draft, draft)


def refuse_wide_lines(draft: Draft) -> None:
    """Raise DataFault `books.text_too_long` if a line has a text that its column cannot hold."""
    for line in draft.lines:
        _LINE_WIDTHS.refuse(draft, line)
