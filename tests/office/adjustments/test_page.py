"""The worked example of docs/manual_claims.md, recomputed line by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.core.allocation_orders import Part
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.office import tables as t
from tests.docs_tables import table_with
from tests.office.adjustments.acts import account_on, charge, waive
from tests.office.builders import offer, open_desk, payment
from tests.office.manual.acts import states

HEADINGS = ("on", "what happens", "interest on the account", "late interest not charged", "owed in all")


def test_each_line_of_the_example_is_what_the_office_says(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.offer(offer(1, 1))
    last = date(2026, 11, 20)
    done = {
        "charged until 2026-11-01": lambda: charge(desk, date(2026, 11, 1)),
        "charged until 2026-11-20": lambda: charge(desk, last),
        "10,00 of it waived": lambda: waive(desk, Part.INTEREST, 10_00),
        "1 051,85 paid: the case closes": lambda: desk.pay(payment(1, 1_051_85, desk.rows(t.case)[0].kid)),
    }
    desk.on = last
    for row in table_with("docs/manual_claims.md", *HEADINGS):
        done.get(row["what happens"], lambda: None)()
        shown = account_on(desk, date.fromisoformat(row["on"]))
        told = (shown.totals.interest_ore, shown.totals.late_interest_ore, shown.owed_ore)
        expected = tuple(parse_kroner(row[heading]) for heading in HEADINGS[2:])
        assert told == expected, (row["what happens"], [format_kroner(ore) for ore in told])

    assert states(desk) == [("paid", "closed")]
    desk.engine.dispose()
