"""camt.054: what the bank tells of money that came to an account (`BankToCustomerDebitCreditNotification`).

Versions 001.02 and 001.08, in the Norwegian use: KIDs as structured references, a lump with many payments as one entry.
`parse` reads a file once every check in it held, `stream` reads one in memory that does not grow with it, `validate`
only checks, `render` writes one. Source: ISO 20022; docs/formats/camt054.md tells the rules and why they are so.

>>> from datetime import date, datetime
>>> payments = (
...     Transaction(amount_ore=125_00, kid="123456782", bank_reference="00001", accepted_on=date(2026, 11, 19)),
...     Transaction(amount_ore=99_50, text="Husleie", bank_reference="00002", debtor_name="Kari Nordmann"))
>>> lump = Entry(
...     direction="CRDT", amount_ore=224_50, booked_on=date(2026, 11, 20), bank_reference="LUMP-1",
...     transactions=payments)
>>> file = Camt054File(
...     name="camt.xml", version="001.02", message_id="M-1", created_at=datetime(2026, 11, 20, 18, 0),
...     notifications=(Notification(id="N-1", account="99991042764", entries=(lump,)),))
>>> data = render(file)
>>> parse(data, "camt.xml") == file, file.count, file.net_ore
(True, 2, 22450)
"""

from kravbro.formats.camt054.layout import NAMESPACES, VERSIONS, Version
from kravbro.formats.camt054.reading import parse, stream, validate
from kravbro.formats.camt054.records import Camt054File, Entry, Kind, Notification, Part, Transaction
from kravbro.formats.camt054.writing import render

__all__ = [
    "NAMESPACES",
    "VERSIONS",
    "Camt054File",
    "Entry",
    "Kind",
    "Notification",
    "Part",
    "Transaction",
    "Version",
    "parse",
    "render",
    "stream",
    "validate",
]
