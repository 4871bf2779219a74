"""The bank's payment files, told apart by what is in them: every format that the office takes in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from kravbro.formats import camt054, ocr_giro, xml_reading
from kravbro.office.incoming import CAMT054, OCR_GIRO, IncomingPayment, from_ocr_giro, told_apart
from kravbro.office.incoming_camt054 import LeftOut, from_camt054


class BankFile(msgspec.Struct, frozen=True):
    """A payment file that was read whole: its format, the digest of its bytes, and its payments in its order.

    `content` is what the format says, and `left_out` what of it is no incoming payment.
    """

    format: str
    sha256: str
    payments: Sequence[IncomingPayment]
    content: ocr_giro.OcrGiroFile | camt054.Camt054File
    left_out: Sequence[LeftOut] = ()


def digest(data: bytes) -> str:
    """What the bytes of a file are known by."""
    return sha256(data).hexdigest()


def read_bank_file(data: bytes, name: str) -> BankFile:
    """Read a payment file in any format that is known: XML is camt.054, all else is OCR giro.

    Raises DataFault as the format does; `name` is for messages.
    """
    if xml_reading.is_xml(data):
        camt = camt054.parse(data, name)
        taken = from_camt054(camt.transactions())
        return BankFile(CAMT054, digest(data), taken.payments, camt, taken.left_out)
    ocr = ocr_giro.parse(data, name)
    return BankFile(OCR_GIRO, digest(data), told_apart(from_ocr_giro(ocr)), ocr)
