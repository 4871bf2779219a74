"""Letters sent about open items (purring, inkassovarsel, betalingsoppfordring), and what was charged with them.

Fees and interest of letters are no part of the open item: they go over with the claim as parts of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.references import find_open_items
from kravbro.books.seals import LETTER, row_seal
from kravbro.books.tables import counter, entry, letter
from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take


class LetterSent(msgspec.Struct, frozen=True, gc=False):
    """A letter about one open item."""

    entry: int
    letter: Letter


def send_letters(connection: sa.Connection, letters: Sequence[LetterSent], act: Act) -> int:
    """Write letters into the dunning history of their open items, and answer how many were new.

    A letter is known by open item, kind and day. Raises DataFault `books.unknown_open_item`, `books.letter_differs` for
    a known letter with other content, and `books.letter_amounts` for a charge below zero or a deadline before the day.
    Letters are numbered in their order, and their open items say how many there are.
    """
    entries = sorted({sent.entry for sent in letters})
    if missing := set(entries) - find_open_items(connection, entries).keys():
        raise DataFault("books.unknown_open_item", entry=min(missing))
    history = _history(connection, entries)
    rows: list[tuple[Any, ...]] = []
    for sent in letters:
        _refuse_nonsense(sent)
        earlier = history[sent.entry]
        same = [one for one in earlier if (one.kind, one.sent_on) == (sent.letter.kind, sent.letter.sent_on)]
        if same and same[0] != sent.letter:
            raise DataFault("books.letter_differs", entry=sent.entry, letter=sent.letter.kind.value)
        if not same:
            earlier.append(sent.letter)
            rows.append((sent.entry, len(earlier), sent.letter.kind.value, *msgspec.structs.astuple(sent.letter)[1:]))
    if rows:
        _insert(connection, rows, act)
        counted = [{"of_entry": number, "letters": len(history[number])} for number in {row[0] for row in rows}]
        connection.execute(sa.update(entry).where(entry.c.number == sa.bindparam("of_entry")), counted)
    return len(rows)


def _insert(connection: sa.Connection, rows: Sequence[tuple[Any, ...]], act: Act) -> None:
    """Number and seal letters, and write them."""
    first = take(connection, counter, "letter", len(rows))
    numbered = [(number, *row) for number, row in enumerate(rows, first)]
    sealed = [(*row, row_seal((*row, act.actor))) for row in numbered]
    insert_rows(connection, letter, (*LETTER[:-1], "seal"), sealed, act)


def _refuse_nonsense(sent: LetterSent) -> None:
    one = sent.letter
    if one.fee_ore < 0 or one.interest_ore < 0 or one.deadline < one.sent_on:
        raise DataFault("books.letter_amounts", entry=sent.entry, letter=one.kind.value)


def _history(connection: sa.Connection, entries: Sequence[int]) -> dict[int, list[Letter]]:
    found: dict[int, list[Letter]] = {number: [] for number in entries}
    for some in portions(entries):
        here = sa.select(letter).where(letter.c.entry.in_(some)).order_by(letter.c.entry, letter.c.letter_no)
        for row in connection.execute(here):
            kind = known_code(LetterKind, row.kind, "letter", f"{row.entry}/{row.letter_no}")
            found[row.entry].append(Letter(kind, row.sent_on, row.deadline, row.fee_ore, row.interest_ore))
    return found
