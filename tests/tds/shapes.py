"""What two statements have in common that differ in values only: how a sent one is found in a closed list."""

from __future__ import annotations

import re

_TEXT = re.compile(r"N?'(?:[^']|'')*'|(?<![\w@\]])0x[0-9A-Fa-f]*", re.DOTALL)
_PARAMETER = re.compile(r"%\(\w+\)s|%s|@P\d+|@\w+\d(?!\w)|\?|:[a-z]\w*")
_NUMBER = re.compile(r"(?<![\w\].@\[])-?\b\d+(?:\.\d+)?\b(?!\])")
_NULL = re.compile(r"(?<!IS )(?<!NOT )\bNULL\b(?!\s*\))(?=\s*[,)]|$)|(?:(?<==)|(?<== ))NULL\b", re.IGNORECASE)
_LIST = re.compile(r"\(\s*\?(?:\s*,\s*\?)*\s*\)")
_ROWS = re.compile(r"\(\?\.\.\.\)(?:\s*,\s*\(\?\.\.\.\))+")
_COMPANY = re.compile(r"\[?\bF\d{4,}\b\]?")
_TYPE_SIZE = re.compile(r"\b(n?varchar|n?char|decimal|numeric|datetime2|varbinary)\s*\(\?\.\.\.\)", re.IGNORECASE)


def shape(text: str) -> str:
    """A statement without its values, and however many a list has: the same for every driver and company.

    >>> shape("SELECT a FROM t WHERE b = %(b_1)s AND c IN (%(c_1_1)s, %(c_1_2)s)")
    'SELECT a FROM t WHERE b = ? AND c IN (?...)'
    >>> shape("SELECT a  FROM t WHERE b = N'it''s' AND c IN (1)")
    'SELECT a FROM t WHERE b = ? AND c IN (?...)'
    """
    plain = _COMPANY.sub("[F0000]", _TEXT.sub("?", text))
    plain = re.sub(r"\(__\[POSTCOMPILE_\w+\]\)", "(?)", plain)
    plain = _PARAMETER.sub("?", plain)
    plain = " ".join(plain.split())
    plain = _NUMBER.sub("?", plain)
    plain = _NULL.sub("?", plain)
    plain = _ROWS.sub("(?...)", _LIST.sub("(?...)", plain))
    return _TYPE_SIZE.sub(r"\1(?)", plain).rstrip("; ")
