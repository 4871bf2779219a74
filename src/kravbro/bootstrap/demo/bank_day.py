"""What the bank sends to the demo on its day: the files, made from the cases that there are, and their import."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.bank_file import Paid, PayableCase, lost_money, ocr_giro_file, payments_of
from kravbro.bootstrap.demo.camt_file import camt054_file
from kravbro.bootstrap.demo.world import MUNICIPALITY, BankLines, Size
from kravbro.core.acts import Act
from kravbro.core.errors import Skip
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.office.bank_files import read_bank_file
from kravbro.office.payment_import import import_payments
from kravbro.office.queries.cases import AcceptedClaim, claims_as_accepted

OCR_GIRO_FILE = "OCR.D261113.T0101"
CAMT054_FILE, CAMT054_FILE_AGAIN = "camt.054.D261113.xml", "camt.054.D261114.xml"
NO_LINES = BankLines({}, {}, 0)


def in_ocr_giro(place: Place, size: Size) -> bytes:
    """What comes in on the accounts that the bank tells of in OCR giro."""
    lines, paid = size.lines, {}
    for company in setting.BANK_ACCOUNTS:
        cases = payable(place, company)
        most = None if lines is None else lines.own[company]
        paid[company] = (*payments_of(cases, most).paid, *lost_money(company, cases, with_text=lines is not None))
    return ocr_giro_file(paid)


def in_camt054(place: Place, size: Size, *, again: bool = False) -> bytes:
    """What comes in on the accounts that the bank tells of in camt.054, from those who have paid nothing elsewhere.

    `again`: the same payments in another message of an older version.
    """
    lines = size.lines or NO_LINES
    left = {
        company: payments_of(payable(place, company), lines.own.get(company, 0)).others for company in size.companies
    }
    to_clients = [one for company, most in lines.client.items() for one in payments_of(left[company], most).paid]
    lost = lost_money(setting.CODED_WRONGLY, left[setting.CODED_WRONGLY], with_text=True)
    paid: dict[str, Sequence[Paid]] = {
        setting.CLIENT_ACCOUNT: (*to_clients, *lost),
        setting.DAYCARE_ACCOUNT: payments_of(left[MUNICIPALITY], lines.daycare).paid,
    }
    if again:
        return camt054_file(paid, "001.02", "NB-20261114-7")
    return camt054_file(paid, "001.08", "NB-20261113-1")


def import_file(place: Place, file: Path, content: bytes, act: Act) -> dict[str, object]:
    """Import a file; answers how many payments it has and how many were new. `known`: the code that refused it."""
    read = read_bank_file(content, str(file))
    facts: dict[str, object] = {"lines": len(read.payments), "file": str(file)}
    with writing(place.open("office")) as connection:
        try:
            done = import_payments(connection, file.name, read.sha256, read.format, list(read.payments), act)
        except Skip as known:
            return facts | {"count": 0, "unplaced": 0, "known": known.code}
    return facts | {"count": done.new, "unplaced": done.unplaced, "known": ""}


def payable(place: Place, creditor: int) -> list[PayableCase]:
    """The creditor's cases with the claims that they were accepted with, oldest first."""
    by_case: dict[str, list[AcceptedClaim]] = {}
    for claim in accepted(place, creditor):
        by_case.setdefault(claim.case_kid, []).append(claim)
    return [PayableCase(kid, tuple(claims)) for kid, claims in by_case.items()]


def accepted(place: Place, creditor: int) -> list[AcceptedClaim]:
    """The creditor's claims as they were accepted from its ledger, oldest first."""
    with reading(place.open("office")) as connection:
        return [one for one in claims_as_accepted(connection, creditor) if one.entry > 0]


def write_whole(file: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, even where two runs write it at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    return file
