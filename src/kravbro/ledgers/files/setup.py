"""What a site says of its folder: the companies, how vouchers are written, and what tables hold. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import organisation_number

INT32_MAX = 2**31 - 1
_Number = Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]
_Class = Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
_MARK = re.compile("[A-Z]{2,6}", re.ASCII)
_DIGITS = re.compile("[0-9]{1,10}", re.ASCII)
GBAT10_LARGEST = 99_999_999
"""GBAT10 has eight digits for a voucher's number."""


class VoucherFormat(StrEnum):
    """How the collector's vouchers are written."""

    GBAT10 = "gbat10"
    VISMA_IMPORT = "visma_import"
    CSV = "csv"


class Lists(StrEnum):
    """What a table of items holds: all of them, or only those of which something remains."""

    EVERYTHING = "everything"
    OPEN = "open"


class KnownBy(StrEnum):
    """By what a voucher of ours is known when the ledger tells it back."""

    TEXT = "text"
    NUMBER = "number"


class Company(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A company: its name, and its organisation number where its files are to be held against it."""

    name: str
    organisation_number: str = ""


class Gbat10(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the ledger that reads GBAT10 calls a voucher of ours, and a line without VAT."""

    voucher_type: Annotated[int, msgspec.Meta(ge=0, le=999)]
    vat_code: Annotated[int, msgspec.Meta(ge=0, le=99_999)]
    encoding: Literal["iso-8859-1", "utf-8"] = "iso-8859-1"


class VismaImport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The voucher type and the classes of accounts of a ledger that reads Visma's import file."""

    voucher_type: _Class
    customer_class: _Class = 1
    ledger_class: _Class = 3


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One folder and its companies.

    The numbers from `first_voucher_no` to `last_voucher_no`, and `mark`, are the collector's own, and nobody else's.
    `state` is where what was read is kept, a folder of its own in the shared one where nothing is said. A file is read
    when nobody has written to it for `settle_seconds`; a table whose last line has no end is refused, unless the ledger
    never writes one (`last_line_ends` is False). `lists` says what a table holds; `known_by` how our vouchers are
    known again.
    """

    companies: dict[str, Company]
    first_voucher_no: _Number
    last_voucher_no: _Number
    vouchers: VoucherFormat
    gbat10: Gbat10 | None = None
    visma_import: VismaImport | None = None
    mark: str = "KB"
    known_by: tuple[KnownBy, ...] = (KnownBy.TEXT, KnownBy.NUMBER)
    lists: Lists = Lists.EVERYTHING
    settle_seconds: _Seconds = 10
    last_line_ends: bool = True
    largest_megabytes: Annotated[int, msgspec.Meta(ge=1, le=4_096)] = 512
    state: str = ""
    language: Literal["nb", "nn", "en"] = "nb"

    def numbers(self) -> list[int]:
        """The companies' numbers, in order."""
        return sorted(map(int, self.companies))

    def company(self, number: int) -> Company:
        """One company."""
        return self.companies[str(number)]


def read_setup(section: Mapping[str, Any]) -> Setup:
    """The set-up that a file says. Raises DataFault `files.setup` with what is wrong and where."""
    try:
        setup = msgspec.convert(section, Setup)
    except msgspec.ValidationError as error:
        raise DataFault("files.setup", problem=str(error)) from error
    for problem in _contradictions(setup):
        raise DataFault("files.setup", problem=problem)
    return setup


def _contradictions(setup: Setup) -> list[str]:
    found = []
    if not setup.companies:
        found.append("no company in [companies]")
    for number, company in setup.companies.items():
        if not _DIGITS.fullmatch(number) or str(int(number)) != number or not 1 <= int(number) <= INT32_MAX:
            found.append(f"{number} in [companies] is no company number")
        if company.organisation_number and not organisation_number.is_valid(company.organisation_number):
            found.append(f"the organisation number of company {number} is none")
    if setup.last_voucher_no < setup.first_voucher_no:
        found.append("last_voucher_no is below first_voucher_no")
    if not _MARK.fullmatch(setup.mark):
        found.append("mark must be two to six capital letters, A to Z")
    if not setup.known_by:
        found.append("known_by must say text, number or both")
    if setup.vouchers is VoucherFormat.GBAT10 and setup.last_voucher_no > GBAT10_LARGEST:
        found.append(f"last_voucher_no is above {GBAT10_LARGEST}, the largest in GBAT10")
    of_format = {VoucherFormat.GBAT10: setup.gbat10, VoucherFormat.VISMA_IMPORT: setup.visma_import}
    if of_format.get(setup.vouchers, setup) is None:
        found.append(f"vouchers as {setup.vouchers} need [{setup.vouchers}]")
    return found
