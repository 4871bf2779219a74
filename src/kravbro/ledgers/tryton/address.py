"""Where a Tryton is and what its people have agreed on, read from one address. Pure.

    tryton+https://kravbro@erp.example.no/regnskap?journal=KRAV&level=last&claim_ended=TAP

The password is never part of it: see `docs/ledgers/tryton.md`.
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from kravbro.core.claims import LetterKind, TransactionKind
from kravbro.core.errors import DataFault

KIND = "tryton"
SCHEMES = {"tryton+https": "https", "tryton+http": "http"}
LAST = 0
"""The level that stands for the last one of each procedure."""


class LetterOfLevel(msgspec.Struct, frozen=True):
    """What processing a dunning level sends: which letter, and how many days it gives."""

    level: int
    kind: LetterKind
    days: int


class Address(msgspec.Struct, frozen=True):
    """A Tryton database, who logs in, and what is agreed with the people who work there.

    `level` is the dunning level (1, 2, ...) at which a claim stands in the queue for collection, `LAST` the last of its
    procedure. `journal` is the code of the journal that only our vouchers are written in. `kinds` says what journals
    mean, by code, where their type does not say it; `claim_ended` are codes of write-off journals that end the claim.
    Changes are looked for `overlap_s` seconds back. `identity` is what a person says after the database was moved.
    """

    url: str
    database: str
    user: str
    journal: str = "KRAV"
    level: int = LAST
    kinds: tuple[tuple[str, TransactionKind], ...] = ()
    claim_ended: tuple[str, ...] = ()
    letters: tuple[LetterOfLevel, ...] = ()
    language: str = "nb"
    overlap_s: int = 900
    timeout_s: int = 120
    identity: str = ""

    @property
    def name(self) -> str:
        """What people and messages call it: server and database."""
        return f"{self.url.partition('//')[2]}/{self.database}"


def read_address(text: str) -> Address:
    """Read an address. Raises DataFault `tryton.bad_address`, `tryton.password_in_address`, `tryton.bad_option`."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise DataFault("tryton.bad_address") from None
    if parts.password is not None:
        raise DataFault("tryton.password_in_address", server=parts.hostname or "")
    database = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username or not database or "/" in database:
        raise DataFault("tryton.bad_address")
    options = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _OPTIONS or name in options:
            # What it is set to may be a password, under whatever name, and is not repeated.
            raise DataFault("tryton.bad_option", option=name, value="...", options=", ".join(sorted(_OPTIONS)))
        options[name] = _option(name, value)
    return Address(_url(parts), unquote(database), unquote(parts.username), **options)  # type: ignore[arg-type] # each is read by its name


def _url(parts: SplitResult) -> str:
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise DataFault("tryton.bad_address") from None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{SCHEMES[parts.scheme]}://{host}{port}"


def _option(name: str, value: str) -> object:
    try:
        return _OPTIONS[name](value)
    except ValueError:
        raise DataFault("tryton.bad_option", option=name, value=value, options=", ".join(sorted(_OPTIONS))) from None


def _code(value: str) -> str:
    if not value.strip():
        raise ValueError(value)
    return value


def _codes(value: str) -> tuple[str, ...]:
    return tuple(_code(code) for code in value.split(","))


def _level(value: str) -> int:
    return LAST if value == "last" else _positive(value)


def _positive(value: str) -> int:
    number = int(value)
    if number <= 0:
        raise ValueError(value)
    return number


def _not_negative(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError(value)
    return number


def _kinds(value: str) -> tuple[tuple[str, TransactionKind], ...]:
    """`BANK:payment,REIN:credit_note`."""
    pairs = [pair.rpartition(":") for pair in value.split(",")]
    return tuple((_code(journal), TransactionKind(kind)) for journal, _, kind in pairs)


def _letters(value: str) -> tuple[LetterOfLevel, ...]:
    """`1:purring:14,2:inkassovarsel:14`."""
    letters = []
    for one in value.split(","):
        level, kind, days = one.split(":")
        letters.append(LetterOfLevel(_positive(level), LetterKind(kind), _positive(days)))
    return tuple(letters)


def _language(value: str) -> str:
    if value not in {"nb", "nn", "en"}:
        raise ValueError(value)
    return value


_OPTIONS = {
    "journal": _code,
    "level": _level,
    "kinds": _kinds,
    "claim_ended": _codes,
    "letters": _letters,
    "language": _language,
    "overlap_s": _not_negative,
    "timeout_s": _positive,
    "identity": _code,
}
