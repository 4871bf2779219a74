"""What a site says of its service beside the address: how it is reached, and what its description names otherwise.

A settings file is TOML. `docs/ledgers/wsinkasso.md` has every key; nothing is guessed, and an unknown key is refused.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kravbro.core.errors import DataFault
from kravbro.formats import toml
from kravbro.formats.wsinkasso.operations import PAGE

FILE = "wsinkasso.toml"
"""What the text of the settings is called in messages."""
_Names = dict[str, str]


class Days(StrEnum):
    """How days are written."""

    ISO = "iso"
    COMPACT = "compact"
    NORWEGIAN = "norwegian"
    MIDNIGHT = "midnight"


class Amounts(StrEnum):
    """How amounts are written: kroner with a point or a comma, or whole øre."""

    KRONER = "kroner"
    COMMA = "comma"
    ORE = "ore"


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How values are written, where the schema cannot say it; `flags` are the words for true and for false."""

    days: Days = Days.ISO
    amounts: Amounts = Amounts.KRONER
    flags: tuple[str, str] = ("true", "false")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a service is reached, and the mapping table of its names.

    `wsdl` is the path of the site's description; without one it is ours. All names are ours, and what stands for them
    is theirs: `functions`; `elements` in every type and `types` in one type (a path such as `Letters/Letter`, `.` for
    the element itself, empty for what there is not); `words` of an enumeration; `constants` for what the service does
    not tell; `extra` for what it wants to be told beside. `faults` says which of our four kinds its fault codes are.
    """

    user: str = ""
    ca_file: str = ""
    certificate: str = ""
    key: str = ""
    proxy: str = ""
    timeout_s: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 120
    page: Annotated[int, msgspec.Meta(ge=1, le=PAGE)] = PAGE
    language: Literal["nb", "nn", "en"] = "nb"
    wsdl: str = ""
    service: str = ""
    port: str = ""
    functions: _Names = {}
    elements: _Names = {}
    types: dict[str, _Names] = {}
    words: dict[str, _Names] = {}
    constants: dict[str, _Names] = {}
    extra: dict[str, _Names] = {}
    forms: Forms = Forms()
    faults: dict[str, Literal["retry", "skip", "stop", "data_fault"]] = {}

    @property
    def description(self) -> str:
        """What messages call the description: the name of its file, or ours."""
        return Path(self.wsdl).name if self.wsdl else "WSinkasso 1.0"

    @property
    def maps(self) -> bool:
        """Whether anything is named otherwise than in our own contract."""
        return any((self.functions, self.elements, self.types, self.words, self.constants, self.extra)) or (
            self.forms != Forms()
        )


def read_settings(text: str) -> Settings:
    """Read a settings file; an empty one is a service of ours. Raises DataFault `toml.*`, `wsinkasso.settings`."""
    try:
        settings = msgspec.convert(toml.parse(text.encode(), FILE).tables, Settings)
    except msgspec.ValidationError as error:
        raise DataFault("wsinkasso.settings", problem=str(error)) from error
    if problem := _contradiction(settings):
        raise DataFault("wsinkasso.settings", problem=problem)
    return settings


def _contradiction(settings: Settings) -> str:
    if settings.key and not settings.certificate:
        return "key needs certificate"
    if (settings.maps or settings.service or settings.port) and not settings.wsdl:
        return "what is named otherwise needs wsdl, the site's own description"
    if not all(settings.forms.flags) or settings.forms.flags[0] == settings.forms.flags[1]:
        return "forms.flags are two different words"
    return ""
