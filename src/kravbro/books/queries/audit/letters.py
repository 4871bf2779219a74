"""Letters: against their seals, their numbers, and what their open items and offers say of how many there are."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.faults import AMOUNT, CONTENT, MISSING, UNKNOWN, Faults
from kravbro.books.seals import LETTER, row_seal
from kravbro.books.sql import AnyRow
from kravbro.books.tables import entry, letter, offer
from kravbro.db.columns import with_plain_day


def check_letters(connection: sa.Connection, faults: Faults) -> None:
    """Every letter says what it said when it was sent, none is gone, and none was added."""
    _check_seals(connection, faults)
    _check_counts(connection, faults)
    _check_offers(connection, faults)


def _check_seals(connection: sa.Connection, faults: Faults) -> None:
    sealed = sa.select(letter.c.seal, *(with_plain_day(letter.c[name]) for name in LETTER)).order_by(
        letter.c.entry, letter.c.letter_no
    )
    added = set(faults.rows["letter"]) - set(faults.missing["letter"])
    for seal, number, item, letter_no, *rest in connection.execute(sealed, execution_options={"yield_per": 1000}):
        is_added = number > faults.last["letter"]
        if not is_added and row_seal((number, item, letter_no, *rest)) == seal:
            continue
        faults.rows["letters_of"].add(item)
        faults.rows["letter"].add(number)
        if is_added or number not in added:
            faults.add(f"ledger entry {item} letter {letter_no}", UNKNOWN if is_added else CONTENT, entry=item)


def _check_counts(connection: sa.Connection, faults: Faults) -> None:
    """Open items whose letters are not as many as they say: letters are gone, or the figure was altered."""
    lost = len(faults.missing["letter"])
    for row in connection.execute(_miscounted()).all():
        if row.number in faults.rows["letters_of"] or row.number in faults.rows["entry"]:
            continue
        here = sa.select(letter.c.letter_no).where(letter.c.entry == row.number)
        gone = sorted(set(range(1, row.letters + 1)) - set(connection.execute(here).scalars()))
        if lost:
            faults.rows["letters_of"].add(row.number)
            for letter_no in gone[:lost]:
                faults.add(f"ledger entry {row.number} letter {letter_no}", MISSING, entry=row.number)
            lost -= len(gone[:lost])
        elif not faults.rows["letters_of"]:
            faults.rows["letters_of"].add(row.number)
            faults.add(f"ledger entry {row.number}", CONTENT, entry=row.number)
    for number in faults.missing["letter"][:lost] if not faults.rows["letters_of"] else ():
        faults.add(f"ledger letter {number}", MISSING)


def _miscounted() -> sa.Select[int, int]:
    there = (
        sa.select(letter.c.entry, sa.func.count().label("letters"), sa.func.max(letter.c.letter_no).label("last"))
        .group_by(letter.c.entry)
        .subquery("there")
    )
    return (
        sa.select(entry.c.number, entry.c.letters)
        .outerjoin(there, there.c.entry == entry.c.number)
        .where(
            sa.or_(
                entry.c.letters != sa.func.coalesce(there.c.letters, 0),
                entry.c.letters != sa.func.coalesce(there.c.last, 0),
            )
        )
        .order_by(entry.c.number)
    )


def _check_offers(connection: sa.Connection, faults: Faults) -> None:
    """An offer counts no letter that was never sent."""
    beyond: sa.Select[int, int] = (
        sa.select(offer.c.number, offer.c.entry)
        .join(entry, entry.c.number == offer.c.entry)
        .where(offer.c.letters > entry.c.letters, offer.c.number <= faults.last["offer"])
        .order_by(offer.c.number)
    )
    row: AnyRow
    for row in connection.execute(beyond).all():
        if row.entry not in faults.rows["letters_of"]:
            faults.rows["offer"].add(row.number)
            faults.add(f"ledger offer {row.number}", AMOUNT, entry=row.entry)
