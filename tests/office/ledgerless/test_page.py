"""The worked example of docs/manual_claims.md on claims without a ledger, recomputed line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kravbro.core.money import format_kroner, parse_kroner
from kravbro.office import tables as t
from tests.docs_tables import table_with
from tests.office.adjustments.acts import account_on, undo
from tests.office.builders import open_desk, payment
from tests.office.ledgerless_acts import credit, end, registered, set_account
from tests.office.manual.acts import lines, post, states

ACCOUNT = "1576"
HEADINGS = ("on", "what is done", "principal left", "late interest not charged", "owed in all", f"on account {ACCOUNT}")


def test_each_line_of_the_example_is_what_the_office_says(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.on = date(2026, 11, 20)
    set_account(desk, ACCOUNT)
    booked_ore = 0
    done: dict[str, Callable[[], object]] = {
        "registered: 1 000,00 due on 2026-09-01, with a notice at 35,00": lambda: registered(desk, on=desk.on),
        "200,00 credited": lambda: credit(desk, "1-000001", 200_00),
        "535,00 paid": lambda: desk.pay(payment(1, 535_00, desk.rows(t.case)[0].kid)),
        "ended": lambda: end(desk, "1-000001"),
        "the ending undone": lambda: undo(desk, 3),
    }
    for row in table_with("docs/manual_claims.md", *HEADINGS):
        done[row["what is done"]]()
        booked_ore += sum(ore for voucher in post(desk) for account, ore, _ in lines(voucher) if account == ACCOUNT)
        shown = account_on(desk, date.fromisoformat(row["on"]))
        told = (shown.totals.principal_ore, shown.totals.late_interest_ore, shown.owed_ore, booked_ore)
        expected = tuple(parse_kroner(row[heading]) for heading in HEADINGS[2:])
        assert told == expected, (row["what is done"], [format_kroner(ore) for ore in told])

    assert states(desk) == [("registered", "in_progress")]
    desk.engine.dispose()
