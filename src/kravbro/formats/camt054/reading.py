"""Read a camt.054 in one pass, in little memory, however large it is.

Each transaction comes as soon as it is read. Whether its entry, its notification and its document hold together is
known only at their ends: whoever goes through `stream` keeps nothing before it ends, and `parse` keeps that promise for
everybody else. The rules are told in docs/formats/camt054.md.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import BinaryIO

import msgspec
from lxml import etree
from msgspec.structs import replace

from kravbro.core.errors import DataFault
from kravbro.formats import xml_reading
from kravbro.formats.camt054 import converting, layout
from kravbro.formats.camt054 import values as v
from kravbro.formats.camt054.entries import EntryReader
from kravbro.formats.camt054.faults import located, unreadable
from kravbro.formats.camt054.layout import NOTIFICATIONS, VERSION_OF, Version
from kravbro.formats.camt054.records import Camt054File, Entry, Notification, Transaction
from kravbro.formats.camt054.summary import Tally, check
from kravbro.formats.camt054.walking import Values, forget, walk

_LATEST_BOOKING = timedelta(days=7)
"""An entry is booked this long after the message was made, at most: the next bank day, also over Easter."""

_LARGEST_ORE = 2**63 - 1
"""The most that all amounts of a file may be together, whatever their signs: what a database and JSON can add up."""


def parse(data: bytes, name: str) -> Camt054File:
    """The file, once every check in it has been found to hold. `name` is what faults call it.

    Raises DataFault `formats.xml.*` for what is no sound XML and `formats.camt054.*` for all else; the fault names
    file, line and element, what was expected and what was found. Whether a KID's check digit is right is not looked at:
    which method applies is agreed per payment agreement, and a wrong KID is money to be placed by hand.
    """
    reader = _Reader(io.BytesIO(data), name)
    gathered: dict[int, list[tuple[Entry, list[Transaction]]]] = {}
    for number, _, entry, transaction in reader.transactions():
        entries = gathered.setdefault(number, [])
        if not entries or entries[-1][0] is not entry:
            entries.append((entry, []))
        entries[-1][1].append(transaction)
    notifications = tuple(
        replace(notification, entries=tuple(replace(entry, transactions=tuple(own)) for entry, own in gathered[number]))
        if number in gathered
        else notification
        for number, notification in enumerate(reader.notifications, start=1)
    )
    return Camt054File(
        name=name,
        version=reader.version,
        message_id=reader.header.message_id,
        created_at=reader.header.created_at,
        notifications=notifications,
    )


def stream(source: BinaryIO, name: str) -> Iterator[tuple[Notification, Entry, Transaction]]:
    """Each transaction, with the heads of its notification and entry, in memory that does not grow with the file.

    Raises what `parse` raises, at the place of the fault: keep nothing unless the stream was gone through to its end.
    """
    for _, notification, entry, transaction in _Reader(source, name).transactions():
        yield notification, entry, transaction


def validate(source: BinaryIO, name: str) -> None:
    """Raise what `parse` raises, in memory that does not grow with the file."""
    for _ in stream(source, name):
        pass


class _Header(msgspec.Struct, frozen=True):
    """What the message says of itself; `page` as in a notification."""

    message_id: str
    created_at: datetime
    page: str


def _read_header(values: Values) -> _Header:
    key = "CreDtTm"
    v.moment(values, key)
    created = values[key].strip()
    try:
        created_at = datetime.fromisoformat(created)
    except ValueError as error:
        raise unreadable("value", key, "YYYY-MM-DDThh:mm:ss", created) from error
    return _Header(converting.named(values, "MsgId"), created_at, converting.page(values, "MsgPgntn"))


def _version(first: bytes, name: str) -> Version:
    """The version of the document, by its namespace. Raises DataFault `formats.camt054.namespace`."""
    root = xml_reading.root(first, name)
    if root.namespace not in VERSION_OF or root.name != layout.ROOT:
        found = xml_reading.shown(f"{root.name} {root.namespace}".strip())
        raise DataFault("formats.camt054.namespace", file=name, found=found, expected=", ".join(VERSION_OF))
    return VERSION_OF[root.namespace]


class _Reader:
    """Goes through a document once, and holds everything against everything that should agree with it."""

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._name = name
        chunks = xml_reading.chunks(source)
        first = next(chunks, b"")
        self.version = _version(first, name)
        self._data = chain([first], chunks)
        self._document = layout.document(self.version)
        self._message = self._document[self._tag(NOTIFICATIONS)].children or {}
        self._notification = self._message[self._tag("Ntfctn")].children or {}
        self._entries = EntryReader(self._notification[self._tag("Ntry")].children or {}, self.version)
        self.notifications: list[Notification] = []
        self._header: _Header | None = None
        self._head: Notification | None = None
        self._tally = Tally()
        self._amounts_ore = 0

    @property
    def header(self) -> _Header:
        """What the message says of itself. Raises DataFault `missing` before that was read."""
        if self._header is None:
            raise unreadable("missing", "GrpHdr")
        return self._header

    def transactions(self) -> Iterator[tuple[int, Notification, Entry, Transaction]]:
        """Each transaction with its heads, and the number of its notification in the file."""
        tags = {self._tag(name): name for name in (layout.ROOT, NOTIFICATIONS, "GrpHdr", "Ntfctn", "Ntry", "TxDtls")}
        for _, element in xml_reading.elements(self._data, self._name, tags, ("end",)):
            name = tags[str(element.tag)]
            if name in {"TxDtls", "Ntry"}:
                yield from self._entry(element, name)
            else:
                self._other(element, name)

    def _entry(self, element: etree._Element, name: str) -> Iterator[tuple[int, Notification, Entry, Transaction]]:
        """The transactions that are known now that this transaction or entry has ended."""
        notification, reader = len(self.notifications) + 1, self._entries
        path = f"Ntfctn[{notification}]/Ntry[{reader.number}]/"
        above = element.getparent()
        try:
            if name == "Ntry" and (above is None or above.tag != self._tag("Ntfctn")):
                raise unreadable("element", "", "Ntfctn/Ntry", "")
            for entry, head, transaction in reader.transaction(element) if name == "TxDtls" else reader.end(element):
                yield notification, self._opened(entry), head, transaction
            if name == "Ntry":
                self._close_entry(element, reader.take())
        except DataFault as fault:
            raise located(fault, self._name, path, element, reader.at) from fault

    def _opened(self, entry: etree._Element) -> Notification:
        """The head of the notification that an entry stands in: everything before its first entry."""
        if self._head is None:
            notification = entry.getparent()
            if notification is None or notification.tag != self._tag("Ntfctn"):
                raise unreadable("element", "", "Ntfctn/Ntry", "")
            self._head = self._read_head(notification, until=self._tag("Ntry"))
        return self._head

    def _read_head(self, notification: etree._Element, until: str = "") -> Notification:
        path = f"Ntfctn[{len(self.notifications) + 1}]/"
        try:
            values, _ = walk(notification, self._notification, until=until)
            head = converting.notification(values)
            if not until:
                self._check_notification(values, head)
        except DataFault as fault:
            raise located(fault, self._name, path, notification) from fault
        return head

    def _close_entry(self, element: etree._Element, entry: Entry) -> None:
        """Count an entry, and forget the one before it."""
        self._opened(element)
        self._tally.add(entry)
        self._amounts_ore += abs(entry.amount_ore)
        if self._amounts_ore > _LARGEST_ORE:
            raise unreadable("too_much", "Amt", f"<= {_LARGEST_ORE}", str(self._amounts_ore))
        latest = self.header.created_at.date() + _LATEST_BOOKING
        if entry.booked_on is not None and entry.booked_on > latest:
            raise unreadable("date", "BookgDt", f"<= {latest}", str(entry.booked_on))
        forget(element)

    def _check_notification(self, values: Values, head: Notification) -> None:
        """What a notification says after its entries must not change what it said before, and its sums must agree."""
        if self._head is not None and head != self._head:
            raise unreadable("element", "Ntry", "-", "")
        if not head.page and not self.header.page:
            check(values, self._tally)

    def _other(self, element: etree._Element, name: str) -> None:
        """What stands above the entries: header, notification, and the document around them."""
        path = {"GrpHdr": "GrpHdr/", "Ntfctn": f"Ntfctn[{len(self.notifications) + 1}]/"}.get(name, "")
        try:
            above = element.getparent()
            if name in {"GrpHdr", "Ntfctn"} and (above is None or above.tag != self._tag(NOTIFICATIONS)):
                raise unreadable("element", "", f"{NOTIFICATIONS}/{name}", "")
            if name == "GrpHdr":
                values, _ = walk(element, self._message[self._tag("GrpHdr")].children or {})
                self._header = _read_header(values)
            elif name == "Ntfctn":
                self.notifications.append(self._read_head(element))
                self._head, self._tally = None, Tally()
                self._entries.number = 1
                forget(element)
            else:
                self._close(element, name)
        except DataFault as fault:
            raise located(fault, self._name, path, element) from fault

    def _close(self, element: etree._Element, name: str) -> None:
        """The document, or the message in it, which may hold nothing but what was read."""
        walk(element, self._message if name == NOTIFICATIONS else self._document)
        if not self.notifications:
            raise unreadable("missing", f"{NOTIFICATIONS}/Ntfctn")

    def _tag(self, name: str) -> str:
        return f"{{{layout.NAMESPACES[self.version]}}}{name}"
