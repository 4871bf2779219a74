"""Rows of access under their seals: a row whose seal no longer fits was changed past the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravbro.core.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED = {
    "service_login": ("number", "name", "companies", "kind", "secret", "enabled", "because", "actor"),
    "message": ("number", "login", "message", "function", "company", "content", "new", "known", "waiting", "actor"),
}
"""What a seal is over, by table."""


def seal(table: str, values: Mapping[str, object]) -> str:
    """The seal of a row with these values."""
    return fingerprint(table, *(values[column] for column in SEALED[table]))
