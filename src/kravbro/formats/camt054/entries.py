"""Read the entries of a notification: one transaction at a time, in memory that does not grow with their number.

An entry with one transaction, or none, is read as a whole when it ends. Of one with several, the head is read when the
second has come, and each is forgotten as soon as it was read; what the head says of them is checked at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from lxml import etree

from kravbro.core.money import plain_kroner
from kravbro.formats.camt054 import converting
from kravbro.formats.camt054.faults import TRANSACTION, unreadable
from kravbro.formats.camt054.forms import Forms
from kravbro.formats.camt054.layout import Children, Version
from kravbro.formats.camt054.records import BOOKED, DEBIT, Entry, Transaction
from kravbro.formats.camt054.walking import Values, forget, walk

DETAILS = "NtryDtls"
_LONGEST = timedelta(days=366)
"""Between the day an order reached the bank and its booking, and between booking and value, at most."""


class _Details(msgspec.Struct):
    """One NtryDtls: number and sum of the transactions that were read of it."""

    element: etree._Element
    count: int = 0
    total_ore: int = 0


class EntryReader:
    """Reads entries, one after the other.

    `number` is that of the entry in its notification, `at` that of the transaction in the entry: where a fault is.
    """

    def __init__(self, children: Children, version: Version) -> None:
        """`children` is the layout of an entry."""
        self._details_tag, details = next((tag, node) for tag, node in children.items() if node.name == DETAILS)
        transaction = next(node for node in (details.children or {}).values() if node.name == TRANSACTION)
        self._children, self._version = children, version
        self._whole = Forms(children)
        self._transactions = Forms(transaction.children or {}, f"{TRANSACTION}/")
        self.number = self.at = 1
        self._details: list[_Details] = []
        self._first: etree._Element | None = None
        self._head: Entry | None = None
        self._returned = 0

    def transaction(self, element: etree._Element) -> Iterator[tuple[etree._Element, Entry, Transaction]]:
        """Take a transaction that has ended. Answers those that can be read now, with their entry: element and head.

        Raises DataFault.
        """
        details = element.getparent()
        entry = None if details is None else details.getparent()
        if details is None or entry is None or details.tag != self._details_tag:
            raise unreadable("element", "", f"{DETAILS}/{TRANSACTION}", "")
        if not self._details:
            self._details, self._first = [_Details(details)], element
            return
        if self._details[-1].element is not details:
            self._details.append(_Details(details))
        if self._head is None or self._first is not None:
            self._head = converting.entry(walk(entry, self._children, until=self._details_tag)[0], self._version)
        if self._first is not None:
            first, self._first = self._first, None
            yield entry, self._head, self._one(first, self._head, self._details[0])
        self.at += 1
        yield entry, self._head, self._one(element, self._head, self._details[-1])

    def end(self, entry: etree._Element) -> Iterator[tuple[etree._Element, Entry, Transaction]]:
        """Take an entry that has ended, and check it. Answers its transaction if that was not answered before."""
        if any(details.element.getparent() is not entry for details in self._details):
            raise unreadable("element", "", f"Ntry/{DETAILS}/{TRANSACTION}", "")
        if self._head is not None:
            values = walk(entry, self._children)[0]
            if converting.entry(values, self._version) != self._head:
                raise unreadable("element", DETAILS, "-", "")
            self._check_sums(entry, self._head, values)
            return
        values = self._whole.read(entry)
        self._head = head = converting.entry(values, self._version)
        if self._first is None:
            transaction = converting.without_details(head)
        else:
            transaction = converting.transaction(values, head, self._version, alone=True)
            self._count(transaction, head, self._details[0])
        self._check_sums(entry, head, values)
        yield entry, head, transaction

    def take(self) -> Entry:
        """The entry that has ended, without its transactions; the next one may come. Raises DataFault `mixed`."""
        head = self._head
        if head is None:
            raise RuntimeError("an entry was taken before it had ended")
        read = sum(details.count for details in self._details)
        if head.status == BOOKED and head.direction == DEBIT and not head.is_reversal and 0 < self._returned < read:
            raise unreadable("mixed", DETAILS, str(read), str(self._returned))
        self._details, self._first, self._head, self._returned = [], None, None, 0
        self.number, self.at = self.number + 1, 1
        return head

    def _one(self, element: etree._Element, head: Entry, details: _Details) -> Transaction:
        """One transaction of several, read and forgotten."""
        found = converting.transaction(self._transactions.read(element), head, self._version, alone=False)
        self._count(found, head, details)
        forget(element)
        return found

    def _count(self, transaction: Transaction, head: Entry, details: _Details) -> None:
        """Count a transaction, and check when its order came."""
        details.count += 1
        details.total_ore += abs(transaction.amount_ore)
        self._returned += transaction.is_returned
        came, booked = transaction.accepted_on, head.booked_on
        if came is None or booked is None:
            return
        key, latest = f"{TRANSACTION}/RltdDts/AccptncDtTm", max(booked, head.value_on or booked)
        if came > latest:
            raise unreadable("date", key, f"<= {latest}", str(came))
        if came < booked - _LONGEST:
            raise unreadable("date", key, f">= {booked - _LONGEST}", str(came))

    def _check_sums(self, entry: etree._Element, head: Entry, values: Values) -> None:
        """What the head says of its transactions must be what was read of them, and its days near each other."""
        booked, value = head.booked_on, head.value_on
        if booked is not None and value is not None and not -_LONGEST <= value - booked <= _LONGEST:
            raise unreadable("date", "ValDt", f"{booked - _LONGEST} - {booked + _LONGEST}", str(value))
        details = self._details
        times = int(values.get(f"{DETAILS}#", "0"))
        if times != len(details) and (details or times > 1):
            raise unreadable("missing", f"{DETAILS}{self._without_transactions(entry)}/{TRANSACTION}")
        for place in range(times):
            key = f"{DETAILS}[{place + 1}]" if place else DETAILS
            stated = converting.batch(values, key, head)
            count = details[place].count if details else 1
            total_ore = details[place].total_ore if details else abs(head.amount_ore)
            if stated.count not in {None, count}:
                raise unreadable("control", f"{key}/Btch/NbOfTxs", str(count), str(stated.count))
            if stated.total_ore not in {None, total_ore}:
                found = plain_kroner(stated.total_ore or 0)
                raise unreadable("control", f"{key}/Btch/TtlAmt", plain_kroner(total_ore), found)
        if details and sum(one.total_ore for one in details) != abs(head.amount_ore):
            total_ore = sum(one.total_ore for one in details)
            raise unreadable("control", "Amt", plain_kroner(total_ore), plain_kroner(abs(head.amount_ore)))

    def _without_transactions(self, entry: etree._Element) -> str:
        """Which NtryDtls holds no transaction, as keys write it."""
        read = [details.element for details in self._details]
        every = [child for child in entry if child.tag == self._details_tag]
        place = next((place for place, one in enumerate(every) if one not in read), 0)
        return f"[{place + 1}]" if place else ""
