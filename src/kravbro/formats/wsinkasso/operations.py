"""The functions of the web service: what each takes, and what it answers.

Reading functions page by position (`Etter`, `Antall`): rows in order of their number, after the given one. Every
writing function carries an id of the message (`MeldingId`), and every row in it an id of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from kravbro.formats.wsinkasso.fields import (
    COMPANY,
    COUNT,
    DAY,
    NAME,
    NUMBER,
    TEXT,
    Field,
    Record,
    listed,
    listed_numbers,
)
from kravbro.formats.wsinkasso.records import (
    ADOPTION,
    ANSWERED,
    CASE_NUMBER,
    COMPANY_HEADS,
    DISCREPANCY,
    JOINING,
    MOVEMENTS,
    OFFER,
    RECEIPT,
    STATUS,
    TRANSACTION,
    TRANSFERRED,
    VOUCHER,
    VOUCHER_RECEIPT,
    WITHDRAWAL,
    CompanyHeads,
)

PAGE = 1_000
"""How many rows one call asks for or carries, at most."""
CONTRACT = "1.0"
"""The version of the contract, which `Ping` answers."""
Row = TypeVar("Row")


class Nothing(msgspec.Struct, frozen=True):
    """A question without parameters."""


class OfCompany(msgspec.Struct, frozen=True):
    """A question about a whole company."""

    company: int


class Page(msgspec.Struct, frozen=True):
    """Rows of a company after the given one, and how many at most."""

    company: int
    after: int
    limit: int


class PageBefore(msgspec.Struct, frozen=True):
    """As `Page`, with the day from which on what is booked counts as later."""

    company: int
    cut_off: date
    after: int
    limit: int


class Chosen(msgspec.Struct, frozen=True):
    """Some offers of a company."""

    company: int
    offers: tuple[int, ...]


class Write(msgspec.Struct, Generic[Row], frozen=True):
    """Rows for a company, under the id of the message; `because` where a person's reason belongs to it."""

    message: str
    company: int
    rows: tuple[Row, ...]
    because: str = ""


class Rows(msgspec.Struct, Generic[Row], frozen=True):
    """Rows of an answer."""

    rows: tuple[Row, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """How many of the rows were new, how many known, and how many wait."""

    new: int
    known: int
    waiting: int = 0


class Known(msgspec.Struct, frozen=True):
    """The answer to a ping: which contract, and which system behind it."""

    contract: str
    system: str


class Who(msgspec.Struct, frozen=True):
    """The ledger behind the service: its kind, its installation, and its companies."""

    kind: str
    installation: str
    companies: tuple[CompanyHeads, ...] = ()


class Operation(NamedTuple):
    """A function: the element that asks and what is in it; the answer is an element of the same name and `Svar`.

    `writes`: it changes something, and its message carries an id.
    `needed`: a service without it cannot be a ledger; the others give more where they are there.
    """

    name: str
    takes: Record[Any]
    gives: Record[Any]
    writes: bool = False
    needed: bool = True

    @property
    def answer(self) -> str:
        """The name of the element that answers."""
        return f"{self.name}Svar"


_OF = Field("Firma", "company", COMPANY)
_FROM = (Field("Etter", "after", NUMBER), Field("Antall", "limit", COUNT))
_TAKEN = (Field("Nye", "new", NUMBER), Field("Kjente", "known", NUMBER), Field("Venter", "waiting", NUMBER))


def _reads(name: str, element: str, row: Record[Any], *, needed: bool = True) -> Operation:
    takes = Record(Page, name, _OF, *_FROM)
    return Operation(name, takes, _rows(name, element, row), needed=needed)


def _rows(name: str, element: str, row: Record[Any]) -> Record[Any]:
    return Record(Rows, f"{name}Svar", Field(element, "rows", listed(row), optional=True))


def _asks(name: str, element: str, row: Record[Any], *, needed: bool = True) -> Operation:
    takes = Record(Chosen, name, _OF, Field("Tilbud", "offers", listed_numbers()))
    return Operation(name, takes, _rows(name, element, row), needed=needed)


def _writes(name: str, rows: Field, *, because: bool = False, needed: bool = True) -> Operation:
    fields = [Field("MeldingId", "message", NAME), _OF, rows]
    if because:
        fields.append(Field("Begrunnelse", "because", TEXT))
    return Operation(name, Record(Write, name, *fields), Record(Taken, f"{name}Svar", *_TAKEN), True, needed)


PING = Operation(
    "Ping",
    Record(Nothing, "Ping"),
    Record(Known, "PingSvar", Field("Kontrakt", "contract", NAME), Field("System", "system", NAME)),
)
IDENTIFY = Operation(
    "HentIdentitet",
    Record(Nothing, "HentIdentitet"),
    Record(
        Who,
        "HentIdentitetSvar",
        Field("Type", "kind", NAME),
        Field("Installasjon", "installation", NAME),
        Field("Firma", "companies", listed(COMPANY_HEADS), optional=True),
    ),
)
READY = _reads("HentKravKlareForInkasso", "Krav", OFFER)
RECORD_RECEIPTS = _writes("RegistrerSaksnummer", Field("Svar", "rows", listed(RECEIPT)))
RECORDED_RECEIPTS = _reads("HentRegistrerteSaksnummer", "Svar", RECEIPT)
ANSWERED_OFFERS = _asks("HentBesvarteKrav", "BesvartKrav", ANSWERED, needed=False)
TRANSACTIONS = _reads("HentBetalingerOgKorreksjoner", "Transaksjon", TRANSACTION)
WITHDRAWALS = _reads("HentTilbaketrekkinger", "Tilbaketrekking", WITHDRAWAL)
POST_VOUCHERS = _writes("LeverBilag", Field("Bilag", "rows", listed(VOUCHER)))
VOUCHER_RECEIPTS = _reads("HentBilagskvitteringer", "Bilagskvittering", VOUCHER_RECEIPT)
PUBLISH_STATUSES = _writes("OppdaterStatus", Field("Status", "rows", listed(STATUS)))
RECORDED_STATUSES = _reads("HentRegistrerteStatuser", "Status", STATUS)
REMAINING = _asks("HentRestbelop", "Restbelop", MOVEMENTS)
AUDIT = Operation(
    "KontrollerReskontro",
    Record(OfCompany, "KontrollerReskontro", _OF),
    _rows("KontrollerReskontro", "Avvik", DISCREPANCY),
)
TRANSFERRED_CLAIMS = Operation(
    "HentTidligereOverforteKrav",
    Record(PageBefore, "HentTidligereOverforteKrav", _OF, Field("Skjaeringsdato", "cut_off", DAY), *_FROM),
    _rows("HentTidligereOverforteKrav", "TidligereOverfort", TRANSFERRED),
    needed=False,
)
JOIN_CLAIMS = _writes("KobleKrav", Field("Kobling", "rows", listed(JOINING)), needed=False)
JOINED_CLAIMS = _reads("HentKobledeKrav", "Kobling", JOINING, needed=False)
ADOPTIONS = _reads("HentOvertakelser", "Overtakelse", ADOPTION, needed=False)
OFFER_UNJOINED = _writes("TilbyUkobledeKrav", Field("Post", "rows", listed_numbers()), because=True, needed=False)
RECORD_CASE_NUMBERS = _writes(
    "RegistrerTidligereSaksnummer", Field("Saksnummer", "rows", listed(CASE_NUMBER)), because=True, needed=False
)

OPERATIONS = (
    PING,
    IDENTIFY,
    READY,
    RECORD_RECEIPTS,
    RECORDED_RECEIPTS,
    ANSWERED_OFFERS,
    TRANSACTIONS,
    WITHDRAWALS,
    POST_VOUCHERS,
    VOUCHER_RECEIPTS,
    PUBLISH_STATUSES,
    RECORDED_STATUSES,
    REMAINING,
    AUDIT,
    TRANSFERRED_CLAIMS,
    JOIN_CLAIMS,
    JOINED_CLAIMS,
    ADOPTIONS,
    OFFER_UNJOINED,
    RECORD_CASE_NUMBERS,
)
"""Every function, in the order of the description."""
CONVERSION = (TRANSFERRED_CLAIMS, JOIN_CLAIMS, JOINED_CLAIMS, ADOPTIONS, OFFER_UNJOINED, RECORD_CASE_NUMBERS)
"""What a service needs for claims of older cases: all of them, or there is no conversion."""
BY_NAME = {one.name: one for one in OPERATIONS}
