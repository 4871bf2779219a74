"""What a site says, what the layout says, days and times, and the card beside the adapter."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import pytest

from kravbro.core.errors import DataFault
from kravbro.ledgers.visma_business.layout import LAYOUT, Database, Need, found, missing, renamed, unconfirmed
from kravbro.ledgers.visma_business.moments import Cursor, cursor_of, day_of, local_moment, moment_of, time_number
from kravbro.ledgers.visma_business.opening import open_databases
from kravbro.ledgers.visma_business.setup import Meaning, TimeUnit, Way, read_setup
from kravbro.mirror.source import Source

LEAST = {
    "voucher_type": 77,
    "first_voucher_no": 900_001,
    "last_voucher_no": 999_999,
    "meanings": {"11": "invoice"},
    "import_folder": "import",
}


def test_the_card_says_what_it_can_and_what_nobody_has_confirmed() -> None:
    folder = resources.files("kravbro.ledgers.visma_business")
    card = tomllib.loads((folder / "card.toml").read_text(encoding="utf-8"))

    assert set(card["methods"]) == {name for name in vars(Source) if not name.startswith("_")}
    assert set(card["methods"].values()) <= {"done", "to do", "exempt"}
    assert card["unconfirmed"] == unconfirmed()


def test_the_least_that_a_site_says() -> None:
    known = read_setup(LEAST)

    assert (known.delivery, known.ours, known.without, known.system) == (Way.FILE, 7777, (7777,), "vbsys")
    assert (known.meaning(11), known.meaning(12)) == (Meaning.INVOICE, None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"voucher_type": "77"}, "Expected `int`"),
        ({"series": 1}, "unknown field"),
        ({"first_voucher_no": 2**31}, "2147483647"),
        ({"last_voucher_no": 1}, "below first_voucher_no"),
        ({"meanings": {"77": "payment", "11": "invoice"}}, "no other meaning"),
        ({"meanings": {"21": "payment"}}, "means invoice"),
        ({"meanings": {"11": "invoice", "x": "payment"}}, "no voucher type"),
        ({"meanings": {"11": "faktura"}}, "Invalid enum value"),
        ({"import_folder": ""}, "import_folder"),
        ({"language": "se"}, "language"),
        ({"overlap_minutes": 2**31 - 1}, "527040"),
        ({"run_every_minutes": -1}, "run_every_minutes"),
    ],
)
def test_what_a_site_cannot_mean_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(DataFault) as refused:
        read_setup(LEAST | changes)

    assert refused.value.code == "visma_business.setup"
    assert problem in str(refused.value.facts["problem"])


def test_a_password_comes_from_the_environment_and_is_shown_to_nobody() -> None:
    settings = (
        'voucher_type = 77\nfirst_voucher_no = 1\nlast_voucher_no = 9\ndelivery = "tables"\n[meanings]\n11 = "invoice"'
    )
    address = "postgresql://kravbro@server/visma"
    databases, known = open_databases(address, settings, {"KRAVBRO_VISMA_PASSWORD": "open sesame"})

    assert known.delivery is Way.TABLES
    assert databases.name == address
    assert databases.engine(1).url.password == "open sesame"
    assert databases.schema("company", 12345) == "f12345"
    databases.close()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mssql+pymssql://sa:open@server", "password_in_address"),
        ("postgresql://sa@server/visma?password=open", "password_in_address"),
        ("mssql+mssqlpython://sa@server?PWD=open", "password_in_address"),
        ("mssql+pymssql://sa:ses@me:open@server:x", "bad_address"),
        ("oracle://sa:open@server/x", "bad_address"),
        ("postgresql:/sa:open@server/x", "bad_address"),
    ],
)
def test_a_password_in_the_address_is_refused_and_repeated_nowhere(address: str, code: str) -> None:
    settings = (
        'voucher_type = 77\nfirst_voucher_no = 1\nlast_voucher_no = 9\ndelivery = "tables"\n[meanings]\n11 = "invoice"'
    )
    with pytest.raises(DataFault) as refused:
        open_databases(address, settings, {})

    assert refused.value.code == f"visma_business.{code}"
    assert "open" not in f"{refused.value.facts}{refused.value}"
    assert refused.value.__cause__ is None


def test_names_are_compared_without_regard_to_case() -> None:
    catalogue = {"custtr": ("jno", "ENTNO"), "Frm": ("FrmNo",)}
    there = found(LAYOUT, Database.COMPANY, catalogue)

    assert there["entries"].sql == "custtr"
    assert there["entries"].columns == {"journal": "jno", "number": "ENTNO"}
    lacking = {one.name: one for one in missing(LAYOUT, Database.COMPANY, there)}
    assert lacking["entries.customer"].sql == "custtr.CustNo"
    assert lacking["entries.customer"].need is Need.MINIMUM
    assert lacking["open_items"].sql == "OpCustTr"
    assert lacking["entries.reminders"].sql == ""
    assert "companies" not in lacking


def test_two_columns_are_not_written_into_one() -> None:
    for names in ({"entries.reasons": "ram"}, {"open_items.case_number": "U1", "open_items.reasons": "u1"}):
        with pytest.raises(DataFault, match=r"visma_business\.setup") as refused:
            renamed(names)
        assert "are both" in str(refused.value.facts["problem"])


def test_a_name_that_is_given_is_the_one_that_is_looked_for() -> None:
    layout = renamed({"open_items": "KndPost", "entries.reminders": "NoRem"})
    there = found(layout, Database.COMPANY, {"KndPost": ("JNo",), "CustTr": ("NoRem",), "OpCustTr": ("JNo",)})

    assert there["open_items"].sql == "KndPost"
    assert there["entries"].columns == {"reminders": "NoRem"}


def test_days_and_times() -> None:
    assert day_of(20261122) == date(2026, 11, 22)
    assert [day_of(number) for number in (0, 20261131, 18991230, 99991231, -1)] == [None] * 5
    assert local_moment(datetime(2026, 7, 1, 12, 30, 5, tzinfo=UTC)) == datetime(2026, 7, 1, 14, 30, 5)  # noqa: DTZ001 - a clock on a wall
    noon = local_moment(datetime(2026, 1, 1, 11, 5, 9, tzinfo=UTC))
    assert (time_number(noon, TimeUnit.MINUTES), time_number(noon, TimeUnit.SECONDS)) == (1205, 120509)
    assert moment_of(20260101, 120509, TimeUnit.SECONDS) == noon
    assert moment_of(20260101, 1205, TimeUnit.MINUTES) == noon.replace(second=0)
    assert moment_of(0, 0, TimeUnit.MINUTES) is None
    assert moment_of(20260101, 2575, TimeUnit.MINUTES) is None


def test_a_cursor_is_what_it_says() -> None:
    cursor = Cursor(17, 20260301, 30, settled=True, counter=5)

    assert cursor_of(str(cursor)) == cursor
    assert [cursor_of(text) for text in ("", "17", "a b c d e")] == [None, None, None]
    assert cursor.since(TimeUnit.MINUTES, 120) == (20260228, 2230)
    assert Cursor().since(TimeUnit.MINUTES, 120) == (0, 0)


@pytest.mark.parametrize(
    ("before", "now", "unchanged"),
    [
        (Cursor(1, 2, 3, settled=True), Cursor(1, 2, 3), True),
        (Cursor(1, 2, 3, settled=False), Cursor(1, 2, 3), False),
        (Cursor(1, 2, 3, settled=True), Cursor(2, 2, 3), False),
        (Cursor(1, 2, 3, settled=True), Cursor(1, 2, 4), False),
        (Cursor(1, 2, 3, counter=7), Cursor(1, 2, 3, counter=7), True),
        (Cursor(1, 2, 3, counter=7), Cursor(1, 2, 3, counter=8), False),
    ],
)
def test_nothing_has_changed_only_where_that_is_sure(before: Cursor, now: Cursor, unchanged: bool) -> None:
    assert before.unchanged(now) is unchanged
