"""Every column of the office's set-up is held against its history: altered past the program, it is named once."""

from __future__ import annotations

import pytest

from kravbro.office import tables as t
from tests.office.tampering import Tampering, things

THINGS = {
    "workflow": "office workflow {code}",
    "creditor": "office creditor {number} settings",
    "creditor_sub_ledger": "office creditor {creditor} settings",
    "creditor_allocation": "office creditor {creditor} settings",
    "payment_agreement": "office payment agreement {account_number}",
}
LAWFUL = {
    "collects": "agency", "allocation_order": "principal,costs,fees,interest", "order": "costs,fees,interest,principal",
    "identity_number_missing": "block", "organisation_number_missing": "block", "foreign_address": "warn",
    "overpayment": "refund", "starts_after_notice": False, "closed_on": "2026-10-01", "workflow": "F",
}  # fmt: skip
"""Another value for a column of codes: what somebody would put there who knows them."""
COLUMNS = [
    (table, column.name)
    for table in THINGS
    for column in t.office.tables[table].columns
    if column.name not in {"actor", "written_at", "holder", "creditor"} and not column.primary_key
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_an_altered_setting_is_named_once(tampering: Tampering, table: str, column: str) -> None:
    row = next(row for row in tampering.rows(table) if row[column] != LAWFUL.get(column, ...))
    text = isinstance(row[column], str)
    first = "2" if text and row[column][:1] == "1" else "1"
    other = LAWFUL.get(column, f"{first}{row[column][1:]}" if text else (row[column] or 0) + 1)
    assert other != row[column]
    assert tampering.change(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (other, row["rowid"])) == 1

    assert things(tampering.audit()) == [THINGS[table].format(**row)]


def test_a_change_of_the_history_itself_is_named_and_not_what_it_says(tampering: Tampering) -> None:
    tampering.change("UPDATE setup_change SET value_after = '1' WHERE item = 'minimum_ore'")
    (found,) = tampering.audit()

    assert (found.thing.rpartition(" ")[0], found.kind) == ("office setup change", "content")
