"""Blocks of tables to TOML text: one form for each value, so that the same content is the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum

import msgspec

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_CONTROL = re.compile('[\x00-\x1f\x7f\\\\"]')


class Block(msgspec.Struct, frozen=True):
    """One table: its path (empty: the top), its keys in order, and what is said above it."""

    path: tuple[str, ...]
    values: Mapping[str, object]
    comment: str = ""


def render(blocks: Sequence[Block]) -> str:
    """The text of a file. A mapping inside a block is written in one line, `{ key = value }`."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    lines = [f"# {line}".rstrip() for line in block.comment.split("\n")] if block.comment else []
    if block.path:
        lines.append(f"[{'.'.join(map(_key, block.path))}]")
    lines += [f"{_key(key)} = {_value(value)}" for key, value in block.values.items()]
    return "\n".join([*lines, ""])


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return '"' + _CONTROL.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text) + '"'


def _value(value: object) -> str:  # noqa: PLR0911 - one form for each kind
    """Raises TypeError for what has no place in settings, such as a fraction."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return _text(str(value.value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(type(value).__name__)
