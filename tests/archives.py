"""What a test does to an archive past the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile


def members(archive: Path) -> dict[str, bytes]:
    """Every member's content, in the order of the file."""
    with ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def manifest_of(archive: Path) -> dict[str, Any]:
    """What an archive says of itself."""
    found: dict[str, Any] = json.loads(members(archive)["manifest.json"])
    return found


def rewritten(
    archive: Path, member: str = "", content: bytes = b"", manifest: Mapping[str, object] | None = None
) -> None:
    """Write an archive anew, whole as a file, with one member's content or words of its manifest changed."""
    held = members(archive)
    if member:
        held[member] = content
    if manifest:
        held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | dict(manifest)).encode()
    with ZipFile(archive, "w") as opened:
        for name, kept in held.items():
            opened.writestr(name, kept)
