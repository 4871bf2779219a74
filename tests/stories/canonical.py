"""Dumps as text that can be compared line by line."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def canonical(dump: Any) -> str:
    """One line per value, keys in order: two equal dumps are equal texts, and a difference is easy to read."""
    return json.dumps(msgspec.to_builtins(dump), indent=1, sort_keys=True, ensure_ascii=False)
