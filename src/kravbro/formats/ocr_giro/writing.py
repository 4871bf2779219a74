"""Write an OCR giro file from its records: for tests, demonstrations, and systems that stand in for the bank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kravbro.core.errors import DataFault
from kravbro.formats.ocr_giro import layout, records
from kravbro.formats.ocr_giro.days import ddmmyy
from kravbro.formats.ocr_giro.grid import ENCODING
from kravbro.formats.ocr_giro.layout import NO_ACCOUNT, NO_DATE, Kind, Layout
from kravbro.formats.ocr_giro.reading import parse
from kravbro.formats.ocr_giro.records import Assignment, OcrGiroFile, Transaction, Transmission

_FILE = "render"
"""What faults call the file that is being written."""


def render(transmissions: Iterable[Transmission], line_end: str = "\n") -> bytes:
    """The file that `parse` reads as exactly these records; counts, sums and dates of the end records are counted here.

    Raises DataFault: `formats.ocr_giro.unwritable` for a value that its field cannot hold or that would read otherwise
    (a positive reversal, a KID of zeros, the year 1950), and what `parse` raises for records that break a rule of the
    format together (numbers with gaps, an order that reached the bank after its settlement).
    """
    written = tuple(transmissions)
    lines = [line for transmission in written for line in _transmission(transmission)]
    data = "".join([line + line_end for line in lines]).encode(ENCODING)
    _compare(OcrGiroFile(_FILE, written), parse(data, _FILE))
    return data


def _transmission(transmission: Transmission) -> Iterator[str]:
    counted = [
        records.assignment(
            agreement_id=part.agreement_id,
            number=part.number,
            account=part.account,
            nets_date=part.nets_date,
            transactions=part.transactions,
        )
        for part in transmission.assignments
    ]
    start = {
        "data_transmitter": transmission.transmitter,
        "transmission_number": transmission.number,
        "data_recipient": transmission.recipient,
    }
    yield _line(layout.TRANSMISSION_START, start)
    for part in counted:
        yield from _assignment(part)
    totals = Transmission("", "", "", transmission.nets_date, tuple(counted)).totals
    yield _line(layout.TRANSMISSION_END, totals.written() | {"nets_date": ddmmyy(transmission.nets_date)})


def _assignment(part: Assignment) -> Iterator[str]:
    start = {
        "agreement_id": part.agreement_id,
        "assignment_number": part.number,
        "assignment_account": part.account,
    }
    yield _line(layout.ASSIGNMENT_START, start)
    for transaction in part.transactions:
        yield from _items(transaction)
    yield _line(layout.ASSIGNMENT_END, part.totals.written() | {"nets_date": ddmmyy(part.nets_date)})


def _items(transaction: Transaction) -> Iterator[str]:
    values = {
        "transaction_number": f"{transaction.number:07d}",
        "settlement_date": ddmmyy(transaction.settlement_date),
        "centre_id": transaction.centre_id,
        "day_code": transaction.day_code,
        "partial_settlement_number": transaction.partial_settlement_number,
        "serial_number": transaction.serial_number,
        "sign": transaction.sign,
        "amount": f"{abs(transaction.amount_ore):017d}",
        "kid": (transaction.kid or "").rjust(25),
        "card_issuer": transaction.card_issuer or "00",
        "form_number": transaction.form_number,
        "reference": transaction.reference,
        "bank_date": NO_DATE if transaction.bank_date is None else ddmmyy(transaction.bank_date),
        "debit_account": transaction.debit_account or NO_ACCOUNT,
        "free_text": (transaction.free_text or "").ljust(40),
    }
    yield _line(layout.AMOUNT_ITEM_1, values, transaction.type)
    yield _line(layout.AMOUNT_ITEM_2, values, transaction.type)
    if transaction.free_text is not None:
        yield _line(layout.AMOUNT_ITEM_3, values, transaction.type)


def _line(record: Layout, values: Mapping[str, str], type_: str = "") -> str:
    """One record of 80 columns: its code, the values in their fields, zeros in the fillers."""
    parts = [record.code.replace("tt", type_)]
    for field in record.fields:
        text = "0" * field.width if field.kind is Kind.FILLER else values[field.name]
        if len(text) != field.width or not re.fullmatch(field.pattern(), text):
            raise _unwritable(field.name, f"{field.kind.value} ({field.width})", text)
        parts.append(text)
    return "".join(parts)


def _compare(written: OcrGiroFile, read: OcrGiroFile) -> None:
    """Raise DataFault for the first transaction that would read otherwise than it was given."""
    for (_, _, given), (_, _, found) in zip(written.payments(), read.payments(), strict=True):
        for field in given.__struct_fields__:
            if getattr(given, field) != getattr(found, field):
                raise _unwritable(field, str(getattr(found, field)), str(getattr(given, field)))


def _unwritable(field: str, expected: str, found: str) -> DataFault:
    return DataFault("formats.ocr_giro.unwritable", file=_FILE, field=field, expected=expected, found=found)
