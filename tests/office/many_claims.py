"""Very many claims, put straight into the office's tables: for what is asked of all of them at once.

Rows are what the office would have written (one journal a change), without the work of getting there. Works on every
database that the tables can be made on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from kravbro.db.bulk import insert_rows
from kravbro.office import tables as t
from kravbro.office.admission import CLAIM_COLUMNS
from kravbro.office.contents import CASE, CLAIM_LETTER, DEBTOR, INTEREST_PAUSE, INTEREST_TERMS, JOURNAL_ROW, of_row
from kravbro.office.journals import JOURNAL_COLUMNS
from tests.office.builders import act, set_up

PERSON, COMPANY = 1, 2
"""The two cases that all claims are in: one debtor is a consumer, the other is not."""
_PAGE = 20_000
_PAUSES_OF_A_CLAIM = 10
"""More than a claim has: its pauses are numbered by it."""


class Stored(NamedTuple):
    """A claim as it is stored: its due date, its changes (last day before it counts, øre), and its terms."""

    due: date
    changes: Sequence[tuple[date, int]]
    consumer: bool = True
    agreed: Fraction | None = None
    bears: bool = True
    pauses: Sequence[tuple[date, date]] = ()
    fees_ore: int = 0
    charged_ore: int = 0


def open_books(connection: sa.Connection) -> None:
    """A creditor with two debtors, each with one case."""
    set_up(connection)
    for number, kind in ((PERSON, "person"), (COMPANY, "business")):
        debtor = (number, 1, number, kind, f"Kunde {number}", "", "", "", "0150", "Oslo", "NO", "none", "", "")
        insert_rows(connection, t.debtor, (*DEBTOR, "fingerprint"), [debtor], act())
        case = (number, 1, f"1-{number:06d}", f"{number:012d}", number, "K", date(2026, 11, 23), "", "registered")
        insert_rows(connection, t.case, (*CASE, "fingerprint", "state"), [case], act())


def store(connection: sa.Connection, claims: Iterable[Stored], first: int = 1, journal: int = 1) -> tuple[int, int]:
    """Store claims, numbered from `first`; answers the next free numbers of claim and journal."""
    remaining = iter(claims)
    while page := list(islice(remaining, _PAGE)):
        journal = _store_page(connection, page, first, journal)
        first += len(page)
    return first, journal


def _store_page(connection: sa.Connection, page: Sequence[Stored], first: int, journal: int) -> int:
    heads, rows, claims, letters, terms, pauses = [], [], [], [], [], []
    for number, one in enumerate(page, first):
        case = PERSON if one.consumer else COMPANY
        claims.append((
            number, 1, number, number, case, "registered", 1, "KUNDE", str(number), "", one.due, one.due, 0,
            one.changes[0][1], 0, one.fees_ore, one.charged_ore, 0,
        ))  # fmt: skip
        moves = [("principal", "payment", *change) for change in one.changes]
        moves[0] = ("principal", "", *one.changes[0])
        moves += [("fees", "", one.due, one.fees_ore)] if one.fees_ore else []
        moves += [("interest", "", one.due, one.charged_ore)] if one.charged_ore else []
        for account, reason, counts_from, amount_ore in moves:
            heads.append((journal, 1, case, "claim", counts_from, f"made {journal}", 2, None, ""))
            rows.append((journal, 1, account, number, amount_ore, reason, counts_from))
            rows.append((journal, 2, "opened", number, -amount_ore, "", counts_from))
            journal += 1
        if one.charged_ore:
            letters.append((number, 1, "purring", one.due, one.due, 0, one.charged_ore, ""))
        if one.agreed is not None or not one.bears:
            agreed = "" if one.agreed is None else str(one.agreed)
            terms.append((number, number, one.bears, agreed, "avtale", one.due, act().actor))
        for place, (a, b) in enumerate(one.pauses):
            pauses.append((_PAUSES_OF_A_CLAIM * number + place, number, a, b, True, "innsigelse", one.due, act().actor))
    insert_rows(connection, t.claim, CLAIM_COLUMNS, claims, act())
    insert_rows(connection, t.claim_letter, (*CLAIM_LETTER, "fingerprint"), letters, act())
    insert_rows(connection, t.journal, JOURNAL_COLUMNS, heads, act())
    insert_rows(connection, t.journal_row, JOURNAL_ROW, rows, None)
    for table, columns, said in (
        (t.interest_terms, INTEREST_TERMS, terms),
        (t.interest_pause, INTEREST_PAUSE, pauses),
    ):
        with_fingerprint = [(*values[:-1], of_row(values)) for values in said]
        insert_rows(connection, table, (*columns[:-1], "fingerprint"), with_fingerprint, act())
    return journal
