"""Where a Tryton is and what its people have agreed on, read from one address. Pure.

    tryton+https://kravbro@erp.example.no/regnskap?journal=KRAV&level=last&claim_ended=TAP

The password is never part of it: see `docs/ledgers/tryton.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import NoReturn, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from kravbro.core.claims import LetterKind, TransactionKind
from kravbro.core.errors import DataFault

KIND = "tryton"
SCHEMES = {"tryton+https": "https", "tryton+http": "http"}
LAST = 0
"""The level that stands for the last one of each procedure."""
HIGHEST_LEVEL, MOST_DAYS = 99, 365
LONGEST_OVERLAP_S, LONGEST_TIMEOUT_S = 7 * 24 * 3600, 3600
"""An overlap is for transactions that were open while we looked; what is missed for longer, the comparison finds."""
LANGUAGES = ("nb", "nn", "en")
KINDS = {kind.value: kind for kind in TransactionKind if kind is not TransactionKind.REVERSAL}
"""What a journal may mean; a payment that raises what is owed is a reversal by itself."""
Name = TypeVar("Name", bound=Hashable)


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
    """Read an address.

    Raises DataFault `tryton.bad_address`, `tryton.password_in_address`; `tryton.bad_option` for an option that is
    unknown or stands twice, `tryton.bad_value` for what one is set to, and `tryton.two_meanings` for a journal.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise DataFault("tryton.bad_address") from None
    if parts.password is not None:
        raise DataFault("tryton.password_in_address", server=parts.hostname or "")
    database = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username or not database or "/" in database:
        raise DataFault("tryton.bad_address")
    if parts.fragment or port == 0:
        raise DataFault("tryton.bad_address")
    options: dict[str, object] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _OPTIONS or name in options:
            # What it is set to may be a password, under whatever name, and is not repeated.
            raise DataFault("tryton.bad_option", option=name, options=", ".join(sorted(_OPTIONS)))
        options[name] = _option(name, value)
    read = Address(_url(parts), unquote(database), unquote(parts.username), **options)  # type: ignore[arg-type] # each is read by its name
    _refuse_two_meanings(read)
    return read


def _refuse_two_meanings(read: Address) -> None:
    """Raise DataFault `tryton.two_meanings` for a journal that two options speak of."""
    meant = [("journal", read.journal)]
    meant += [("kinds", code) for code, _ in read.kinds] + [("claim_ended", code) for code in read.claim_ended]
    of_code: dict[str, str] = {}
    for option, code in meant:
        if code in of_code:
            raise DataFault("tryton.two_meanings", journal=code, options=f"{of_code[code]}, {option}")
        of_code[code] = option


def _url(parts: SplitResult) -> str:
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{SCHEMES[parts.scheme]}://{host}{port}"


def _option(name: str, value: str) -> object:
    read, form = _OPTIONS[name]
    try:
        return read(value)
    except ValueError:
        raise DataFault("tryton.bad_value", option=name, value=value, form=form) from None


def _code(value: str) -> str:
    if not value or value != value.strip():
        raise ValueError(value)
    return value


def _codes(value: str) -> tuple[str, ...]:
    return _each_once([_code(code) for code in value.split(",")])


def _each_once(names: Sequence[Name]) -> tuple[Name, ...]:
    if len(set(names)) < len(names):
        raise ValueError(names)
    return tuple(names)


def _level(value: str) -> int:
    return LAST if value == "last" else _number(1, HIGHEST_LEVEL, value)


def _number(least: int, most: int, value: str) -> int:
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ValueError(value)
    return int(value)


def _kinds(value: str) -> tuple[tuple[str, TransactionKind], ...]:
    """`BANK:payment,REIN:credit_note`."""
    pairs = [pair.rpartition(":") for pair in value.split(",")]
    _each_once([journal for journal, _, _ in pairs])
    return tuple((_code(journal), KINDS[kind]) if kind in KINDS else _refused(kind) for journal, _, kind in pairs)


def _letters(value: str) -> tuple[LetterOfLevel, ...]:
    """`1:purring:14,2:inkassovarsel:14`."""
    letters = []
    for one in value.split(","):
        level, kind, days = one.split(":")
        of_level = _number(1, HIGHEST_LEVEL, level)
        letters.append(LetterOfLevel(of_level, LetterKind(kind), _number(1, MOST_DAYS, days)))
    _each_once([letter.level for letter in letters])
    return tuple(letters)


def _language(value: str) -> str:
    return value if value in LANGUAGES else _refused(value)


def _refused(value: str) -> NoReturn:
    raise ValueError(value)


_OPTIONS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "journal": (_code, "CODE"),
    "level": (_level, f"last | 1-{HIGHEST_LEVEL}"),
    "kinds": (_kinds, f"CODE:KIND,... (KIND: {' | '.join(KINDS)})"),
    "claim_ended": (_codes, "CODE,..."),
    "letters": (_letters, f"LEVEL:LETTER:DAYS,... (LETTER: {' | '.join(LetterKind)}; DAYS: 1-{MOST_DAYS})"),
    "language": (_language, " | ".join(LANGUAGES)),
    "overlap_s": (partial(_number, 0, LONGEST_OVERLAP_S), f"0-{LONGEST_OVERLAP_S} s"),
    "timeout_s": (partial(_number, 1, LONGEST_TIMEOUT_S), f"1-{LONGEST_TIMEOUT_S} s"),
    "identity": (_code, "NUMBER"),
}
"""How each option is read, and its form, as people are told it."""
