"""What is altered in money between creditors is named once, by whoever's it is; and each lump is what came in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.core.movements import Discrepancy
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import as_stored
from kravbro.office.placing import place_unplaced
from tests.office.shared_accounts import (
    ACCOUNT_OF,
    ASK,
    FET,
    HOUSE,
    NES,
    book,
    came_in,
    case_of,
    faults,
    invoice,
    open_shared_desk,
)
from tests.office.tampering import Tampering
from tests.places import Kind, Where, new_template
from tests.raw import number_rows


@cache
def made(kind: Kind) -> Where:
    """Money for others at import, reversed, and placed later; of the agency too; booked and not yet booked."""
    where = new_template(kind)
    desk = open_shared_desk(where)
    desk.pay(came_in(1, NES, 500, invoice(FET)), came_in(2, NES, 700, ""), came_in(3, HOUSE, 900, invoice(ASK)))
    with desk.writing() as connection:
        place_unplaced(connection, 2, case_of(desk, FET), desk.act)
    book(desk, NES), book(desk, FET)
    desk.pay(came_in(4, NES, -500, invoice(FET), "b"), came_in(5, HOUSE, 30, ""), name="next.txt")
    desk.engine.dispose()
    number_rows(where, "office")
    return where


@pytest.fixture
def shared(kind: Kind, tmp_path: Path) -> Iterator[Tampering]:
    one = Tampering(made(kind), tmp_path)
    yield one
    one.raw.close()


def found(shared: Tampering) -> list[Discrepancy]:
    """What all creditors find, each thing once."""
    return list({(one.thing, one.kind): one for one in faults(shared.desk)}.values())


def test_it_is_clean_before_it_is_touched(shared: Tampering) -> None:
    assert found(shared) == []


def test_one_ore_more_between_creditors_is_named_once(shared: Tampering) -> None:
    rows = [row for row in shared.rows("journal_row") if row["account"] == "intermediate"]
    wrong = {}
    for row in rows:
        statement = "UPDATE journal_row SET amount_ore = amount_ore + ? WHERE rowid = ?"
        shared.change(statement, (1, row["rowid"]))
        told = [(one.thing, one.kind, one.expected_ore) for one in found(shared)]
        shared.change(statement, (-1, row["rowid"]))
        name = f"office journal {row['journal']} row {row['row_no']}"
        if told != [(name, "amount", row["amount_ore"])]:
            wrong[name] = told

    assert len(rows) == 8
    assert wrong == {}


def test_a_journal_that_is_gone_is_named_once(shared: Tampering) -> None:
    journals = [row for row in shared.rows("journal") if row["source"].startswith("handover")]
    for row in journals:
        shared.change("DELETE FROM journal WHERE rowid = ?", (row["rowid"],))
        assert [one.thing for one in found(shared)] == [f"office journal {row['number']}"]
        del row["rowid"]
        shared.insert("journal", row)
    assert len(journals) == 4


def test_a_handover_that_does_not_match_is_named_though_both_journals_are_as_written(shared: Tampering) -> None:
    """As if the program itself had written one øre more in the other's books, on both rows, with fingerprint."""
    (number,) = [row["number"] for row in shared.rows("journal") if row["source"] == "handover 3"]
    shared.change("UPDATE journal_row SET amount_ore = amount_ore + 1 WHERE journal = ? AND row_no = 1", (number,))
    shared.change("UPDATE journal_row SET amount_ore = amount_ore - 1 WHERE journal = ? AND row_no = 2", (number,))
    _fingerprint_anew(shared, number)

    assert [(one.thing, one.kind, one.found_ore) for one in found(shared)] == [
        ("office payment 3 handover", "unbalanced", 1)
    ]


def test_vouchers_that_book_another_sum_than_came_in_the_lump_are_named(shared: Tampering) -> None:
    """A payment that is made to be of another lump, with fingerprint: its voucher booked it in the first."""
    with shared.desk.writing() as connection:
        own = t.payment.c.number == 2
        connection.execute(sa.update(t.payment).where(own).values(lump="another"))
        values = connection.execute(sa.select(*as_stored(t.payment, *contents.PAYMENT)).where(own)).one()
        connection.execute(sa.update(t.payment).where(own).values(fingerprint=contents.of_row(tuple(values))))
    first = f"office lump {ACCOUNT_OF[NES]}/2026-11-23/a"

    assert [(one.thing, one.kind, one.expected_ore, one.found_ore) for one in found(shared)] == [
        (first, "amount", 500, 1_200),
        ("office lump another", "amount", 700, 0),
    ]


def _fingerprint_anew(shared: Tampering, number: int) -> None:
    with shared.desk.writing() as connection:
        own = t.journal.c.number == number
        head = connection.execute(sa.select(*as_stored(t.journal, *contents.JOURNAL)).where(own)).one()
        rows = connection.execute(
            sa.select(*as_stored(t.journal_row, *contents.JOURNAL_ROW))
            .where(t.journal_row.c.journal == number)
            .order_by(t.journal_row.c.row_no)
        )
        mark = contents.of_journal(tuple(head), [tuple(row) for row in rows])
        connection.execute(sa.update(t.journal).where(own).values(fingerprint=mark))
