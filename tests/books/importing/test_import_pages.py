"""The worked examples of docs/formats/saft.md and docs/formats/csv.md, read from the pages and carried out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from kravbro.core.money import parse_kroner
from tests.books.importing_files import Books
from tests.docs_tables import table_with
from tests.formats.saft_files import RECEIVABLES, Customer, Ledger, Line, Voucher
from tests.tidy.sources import ROOT

SAFT, CSV = "docs/formats/saft.md", "docs/formats/csv.md"


def vouchers() -> list[tuple[Voucher, str, int]]:
    """The vouchers of the page, each with its rule and what remains of invoice 501 after it."""
    found = []
    for row in table_with(
        SAFT, "Voucher", "Date", "Other side", "Amount", "Number", "KID", "Due", "Rule", "Remains of 501"
    ):
        amount_ore = parse_kroner(row["Amount"])
        due = date.fromisoformat(row["Due"]) if row["Due"] else None
        own = Line(RECEIVABLES, amount_ore, "10001", row["Number"], row["KID"], due)
        voucher = Voucher(row["Voucher"], date.fromisoformat(row["Date"]), (own, Line(row["Other side"], -amount_ore)))
        found.append((voucher, row["Rule"], parse_kroner(row["Remains of 501"])))
    return found


def test_the_saft_example_remains_what_the_page_says_after_each_voucher(tmp_path: Path) -> None:
    worked = vouchers()
    customers = (Customer("10001", opening_ore=300_00),)
    books = Books(tmp_path)
    for count, (_, rule, remaining_ore) in enumerate(worked, start=1):
        folder = tmp_path / str(count)
        folder.mkdir()
        books = Books(folder)
        done = books.take(Ledger(customers, tuple(voucher for voucher, _, _ in worked[:count])))

        assert books.remaining_ore() == {"501": remaining_ore}
        assert rule in {"", "kid", "number"} or rule in {one.rule.value for one in done.derived}
    assert books.balances_ore() == {"10001": 750_00}


def test_the_csv_example_remains_what_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / CSV).read_text(encoding="utf-8")
    table = re.search(r"```csv\n(.*?)```", page, re.DOTALL)
    assert table
    books = Books(tmp_path)
    done = books.take_table(*table[1].splitlines())

    expected = table_with(CSV, "Invoice", "Customer", "Remains", "Why")
    assert books.remaining_ore() == {row["Invoice"]: parse_kroner(row["Remains"]) for row in expected}
    assert books.ask("SELECT invoice_no, customer FROM entry WHERE invoice_no <> '' ORDER BY 1") == [
        (row["Invoice"], int(row["Customer"])) for row in expected
    ]
    assert [one.invoice_no for one in done.derived] == ["502"]


def test_the_csv_page_lists_every_column_and_kind() -> None:
    from kravbro.formats.ledger_csv.rows import COLUMNS, KINDS, REQUIRED

    more = table_with(CSV, "Column", "Norwegian", "What")

    rows = table_with(CSV, "Column", "Norwegian", "Must be there", "What")
    assert {row["Column"]: row["Norwegian"] for row in (*rows, *more)} == COLUMNS
    assert {row["Column"] for row in rows if row["Must be there"]} == set(REQUIRED)
    (kinds,) = (row["What"] for row in rows if row["Column"] == "type")
    assert set(re.findall(r"[a-zø_å]+", kinds)) - {"or"} == set(KINDS)
