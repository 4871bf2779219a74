"""What a site says of its Visma Business: a section of a set-up file, with nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from kravbro.core.errors import DataFault

INT32_MAX = 2**31 - 1
"""Visma Business keeps voucher, customer and account numbers in 32 bits."""
_Number = Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
_Minutes = Annotated[int, msgspec.Meta(ge=0, le=366 * 24 * 60)]
_Company = Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]


class Meaning(StrEnum):
    """What the vouchers of a type mean for a claim. Types are the company's own numbers; the meanings are ours."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    CORRECTION = "correction"
    WRITE_OFF_BOOKS_ONLY = "write_off_books_only"
    WRITE_OFF_CLAIM_ENDED = "write_off_claim_ended"
    IGNORE = "ignore"


class Way(StrEnum):
    """How vouchers are delivered: by Visma's text import file, or as rows of the batch tables."""

    FILE = "file"
    TABLES = "tables"


class TimeUnit(StrEnum):
    """What a time of day is as a whole number: 1459 or 145959."""

    MINUTES = "hhmm"
    SECONDS = "hhmmss"


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One system database and its companies.

    `voucher_type` and the numbers from `first_voucher_no` to `last_voucher_no` are the collector's own: nobody else
    uses them. `meanings` says for each other voucher type what it means. `ours` is the company in
    whose database our tables stand, 7777 or one's own; `without` are companies that are no client, such as 7777. The
    bits of a customer's preferences are counted from 1 (0: not known). `notice_reminder` is which reminder is the
    notice of collection, `notice_days` its deadline, `run_every_minutes` how far apart runs are meant to be (0: nobody
    says), `owner` is the schema of Visma's tables on SQL Server, and `guides` where the windows' guides are read.
    """

    voucher_type: _Number
    first_voucher_no: Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]
    last_voucher_no: Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]
    meanings: dict[str, Meaning]
    system: str = "vbsys"
    owner: str = "dbo"
    ours: _Company = 7777
    without: tuple[_Company, ...] = (7777,)
    names: dict[str, str] = {}
    delivery: Way = Way.FILE
    import_folder: str = ""
    minimum_reminders: _Number = 0
    notice_reminder: _Number = 0
    notice_days: _Number = 14
    domestic_currency: str = "NOK"
    sub_ledger_type: str = "KUNDE"
    customer_class: _Number = 1
    ledger_class: _Number = 3
    private_bit: Annotated[int, msgspec.Meta(ge=0, le=31)] = 0
    no_reminders_bit: Annotated[int, msgspec.Meta(ge=0, le=31)] = 0
    no_interest_mark: str = "x"
    time_unit: TimeUnit = TimeUnit.MINUTES
    overlap_minutes: _Minutes = 120
    user: str = ""
    run_every_minutes: _Minutes = 0
    guides: str = "docs/ledgers/visma_business.md"
    language: Literal["nb", "nn", "en"] = "nb"

    def meaning(self, voucher_type: int) -> Meaning | None:
        """What a voucher type means; None where the set-up does not say."""
        return self.meanings.get(str(voucher_type))


def read_setup(section: Mapping[str, Any]) -> Setup:
    """The set-up that a section says. Raises DataFault `visma_business.setup` with what is wrong and where."""
    try:
        setup = msgspec.convert(section, Setup)
    except msgspec.ValidationError as error:
        raise DataFault("visma_business.setup", problem=str(error)) from error
    for problem in _contradictions(setup):
        raise DataFault("visma_business.setup", problem=problem)
    return setup


def _contradictions(setup: Setup) -> list[str]:
    found = []
    if setup.last_voucher_no < setup.first_voucher_no:
        found.append("last_voucher_no is below first_voucher_no")
    if str(setup.voucher_type) in setup.meanings:
        found.append(f"voucher type {setup.voucher_type} is the collector's own and has no other meaning")
    if Meaning.INVOICE not in setup.meanings.values():
        found.append("no voucher type in [meanings] means invoice")
    if wrong := [key for key in setup.meanings if not key.isdecimal() or str(int(key)) != key]:
        found.append(f"{wrong[0]} in [meanings] is no voucher type")
    if setup.delivery is Way.FILE and not setup.import_folder:
        found.append("delivery by file needs import_folder")
    return found
