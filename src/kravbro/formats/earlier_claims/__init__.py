"""Claims on the cases of an older system, as a table: what a person can make of its export in a spreadsheet.

One header row, then one row for each claim that the older system still collects. The columns are our own;
docs/formats/earlier_claims.md is their source. `parse` reads a whole file or refuses it, `validate` only verifies,
`render` writes one.
"""

from kravbro.formats.earlier_claims.reading import parse, validate
from kravbro.formats.earlier_claims.rows import COLUMNS, Row
from kravbro.formats.earlier_claims.writing import render

__all__ = ["COLUMNS", "Row", "parse", "render", "validate"]
