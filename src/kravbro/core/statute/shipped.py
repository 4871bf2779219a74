"""The statute that comes with this release, read from the JSON files in `data/` beside this module."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Row, Rule


@cache
def shipped_statute() -> Statute:
    """All rules and rows of this release."""
    folder = resources.files("kravbro.core.statute") / "data"
    rules = msgspec.json.decode((folder / "rules.json").read_bytes(), type=list[Rule])
    rows: list[Row] = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json") and file.name != "rules.json":
            rows += msgspec.json.decode(file.read_bytes(), type=list[Row])
    return Statute(rules, rows)
