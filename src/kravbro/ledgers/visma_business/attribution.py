"""Which payments, credit notes and corrections have changed what remains of which invoice of one customer.

Visma Business says of each entry how much of it is settled, and not by what. What an entry names is taken first: our
own vouchers' lines know their item, others name an invoice by cross reference, KID, invoice number or reference. What
an invoice has been settled with beyond that is taken from the customer's other entries, the oldest first. An invoice is
never given more than its own change; what nothing explains is left unexplained. The same rows give the same answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec


class Row(msgspec.Struct, frozen=True, gc=False):
    """An entry on a customer: its key, what it was for and what remains (øre, credit negative), and what it names."""

    key: int
    amount_ore: int
    remaining_ore: int
    voucher_no: str = ""
    invoice_no: str = ""
    kid: str = ""
    reference: str = ""
    cross_reference: str = ""
    settles: int = 0
    """The item that it is known to settle: a line of ours. 0: not known."""

    @property
    def settled_ore(self) -> int:
        """How much of it is settled, with the sign of its amount; 0 where what remains contradicts the amount."""
        settled_ore = self.amount_ore - self.remaining_ore
        return settled_ore if settled_ore * self.amount_ore > 0 else 0


class Share(msgspec.Struct, frozen=True, gc=False):
    """What one entry has changed of what remains of an invoice (øre, negative when the debt falls).

    `guessed`: nothing says so but that the invoice lacks an explanation.
    """

    row: Row
    amount_ore: int
    guessed: bool = False


def attribute(invoices: Sequence[Row], others: Sequence[Row]) -> dict[int, list[Share]]:
    """The shares of each invoice by its key, each entry once, by entry. All rows are one customer's."""
    return _Attribution(sorted(invoices, key=_age), sorted(others, key=_age)).shares()


def _age(row: Row) -> int:
    return row.key


class _Attribution:
    """How far it has come: what is left of each entry, and what each invoice has been given."""

    def __init__(self, invoices: Sequence[Row], others: Sequence[Row]) -> None:
        self._invoices = invoices
        self._credits = deque(row for row in others if row.settled_ore < 0)
        self._debits = [row for row in others if row.settled_ore > 0]
        self._left = {row.key: abs(row.settled_ore) for row in others}
        self._given: dict[int, dict[int, int]] = {invoice.key: {} for invoice in invoices}
        self._rows = {row.key: row for row in others}
        self._of: dict[int, list[Row]] = {invoice.key: [] for invoice in invoices}
        for row, keys in _named(invoices, others):
            for key in keys:
                self._of[key].append(row)
        self._sure = {(key, row.key) for key, rows in self._of.items() for row in rows}

    def shares(self) -> dict[int, list[Share]]:
        """The answer."""
        lacking = {invoice.key: self._give_named(invoice) for invoice in self._invoices}
        for invoice in self._invoices:
            if lacking[invoice.key]:
                self._forget_used_up()
                self._take(invoice, self._credits, lacking[invoice.key])
        for invoice in self._invoices:
            self._pair(invoice)
        return {
            key: [
                Share(self._rows[other], amount_ore, (key, other) not in self._sure)
                for other, amount_ore in sorted(given.items())
            ]
            for key, given in self._given.items()
        }

    def _give_named(self, invoice: Row) -> int:
        """Give an invoice what names it; answers how much of its change is not explained then.

        A debit that names it (a payment taken back) explains why more was credited than it has fallen.
        """
        change_ore = max(invoice.settled_ore, 0)
        naming = self._of[invoice.key]
        payments = [row for row in naming if row.settled_ore < 0]
        debits = [row for row in naming if row.settled_ore > 0]
        credited_ore, debited_ore = self._sum(payments), self._sum(debits)
        fallen_ore = min(credited_ore, change_ore)
        back_ore = min(debited_ore, credited_ore - fallen_ore)
        self._take(invoice, payments, fallen_ore + back_ore)
        self._take(invoice, debits, back_ore)
        return change_ore - fallen_ore

    def _forget_used_up(self) -> None:
        """Walk past no credit a second time of which nothing is left: a customer may have thousands."""
        while self._credits and not self._left[self._credits[0].key]:
            self._credits.popleft()

    def _pair(self, invoice: Row) -> None:
        """A debit that names the invoice, and a credit that nothing else explains: together they changed nothing."""
        debits = [row for row in self._of[invoice.key] if row.settled_ore > 0]
        paired_ore = min(self._sum(debits), self._sum(self._credits)) if debits else 0
        self._take(invoice, debits, paired_ore)
        self._take(invoice, self._credits, paired_ore)

    def _sum(self, rows: Iterable[Row]) -> int:
        return sum(self._left[row.key] for row in rows)

    def _take(self, invoice: Row, rows: Iterable[Row], amount_ore: int) -> None:
        """Give an invoice so much of these entries, the oldest first."""
        given = self._given[invoice.key]
        for row in rows:
            if not amount_ore:
                break
            part_ore = min(self._left[row.key], amount_ore)
            if part_ore:
                self._left[row.key] -= part_ore
                amount_ore -= part_ore
                given[row.key] = given.get(row.key, 0) + (part_ore if row.settled_ore > 0 else -part_ore)


def _named(invoices: Sequence[Row], others: Sequence[Row]) -> Iterator[tuple[Row, Iterable[int]]]:
    """The entries that name invoices, and those invoices, by the strongest sign that names any."""
    keys = {invoice.key for invoice in invoices}
    by_kid = _index((invoice.kid, invoice.key) for invoice in invoices)
    by_name = _index(
        (name, invoice.key)
        for invoice in invoices
        for name in {invoice.invoice_no, invoice.reference, invoice.voucher_no}
    )
    for row in others:
        own = {row.voucher_no, ""}
        signs = (
            [row.settles] if row.settles in keys else [],
            by_name.get(row.cross_reference, ()),
            by_kid.get(row.kid, ()),
            () if row.invoice_no in own else by_name.get(row.invoice_no, ()),
            () if row.reference in own else by_name.get(row.reference, ()),
        )
        if strongest := next(filter(None, signs), None):
            yield row, strongest


def _index(names: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, key in names:
        if name:
            found.setdefault(name, []).append(key)
    return found
