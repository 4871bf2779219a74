"""The bank's payment files, told apart by what is in them: every format that the office takes in. Pure."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from kravbro.formats import ocr_giro
from kravbro.office.incoming import IncomingPayment, from_ocr_giro


class BankFile(msgspec.Struct, frozen=True):
    """A payment file that was read whole: its format, the digest of its bytes, and its payments in its order."""

    format: str
    sha256: str
    payments: tuple[IncomingPayment, ...]


def digest(data: bytes) -> str:
    """What the bytes of a file are known by."""
    return sha256(data).hexdigest()


def read_bank_file(data: bytes, name: str) -> BankFile:
    """Read a payment file in any format that is known. Raises DataFault as its format does; `name` is for messages."""
    content = ocr_giro.parse(data, name)
    return BankFile("ocr_giro", digest(data), tuple(from_ocr_giro(content)))
