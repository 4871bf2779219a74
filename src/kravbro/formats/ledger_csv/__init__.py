"""A sub-ledger as a table: what a person can make of another system's export in a spreadsheet.

One header row, then one row for each invoice, credit note, payment or reversal, with its customer's data on it. The
columns are our own; docs/formats/csv.md is their source. `parse` reads a whole file or refuses it, `validate`
only verifies, `render` writes one.

>>> from datetime import date
>>> row = Row(2, "10001", Kind.INVOICE, "501", date(2026, 3, 2), 1_250_00, name="Ada Aasen", due_date=date(2026, 3, 23))
>>> parse(render([row]), "items.csv") == (row,)
True
"""

from kravbro.formats.ledger_csv.reading import parse, validate
from kravbro.formats.ledger_csv.rows import COLUMNS, CONNECTED, CUSTOMER_COLUMNS, Kind, Row
from kravbro.formats.ledger_csv.writing import render

__all__ = ["COLUMNS", "CONNECTED", "CUSTOMER_COLUMNS", "Kind", "Row", "parse", "render", "validate"]
