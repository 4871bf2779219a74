"""Why no transaction could be read at a row: the slow, exact answer, asked for only when a file is refused.

The reader judges a transaction by one regular expression made of the layout. Here the same layout is gone through
field by field, to name the first one that is wrong.
"""

from __future__ import annotations

import re

from kravbro.core.errors import DataFault
from kravbro.formats.ocr_giro.grid import Grid
from kravbro.formats.ocr_giro.layout import (
    AMOUNT_ITEM_1,
    AMOUNT_ITEM_2,
    AMOUNT_ITEM_3,
    ASSIGNMENT_END,
    FREE_TEXT_TYPES,
    TRANSACTION_TYPE,
    Layout,
)

_NUMBER = AMOUNT_ITEM_1.field("transaction_number")


def wrong_field(grid: Grid, row: int, layout: Layout) -> DataFault | None:
    """The fault of the first field that does not hold what it may, dates of the calendar apart; None if all do."""
    record = grid.record(row)
    for field in layout.fields:
        if not re.fullmatch(field.pattern(), field.of(record)):
            return grid.field_fault("field", row, field)
    return None


def missing_transaction(grid: Grid, row: int, *, first: bool) -> DataFault:
    """The fault at a row where a transaction (not `first`: or the end of the assignment) had to be.

    Raises RuntimeError if the row holds a sound transaction, which would be a fault of this program.
    """
    record = grid.record(row)
    record_type = record[6:8]
    if record_type == "32" and not first:
        return _faulty_item_3(grid, row)
    if record[:4] != "NY09" or record_type != "30":
        expected = AMOUNT_ITEM_1.code if first else f"{AMOUNT_ITEM_1.code}, {ASSIGNMENT_END.code}"
        return grid.fault("record", row, expected=expected, found=grid.code(row))
    if not re.fullmatch(TRANSACTION_TYPE.pattern(), TRANSACTION_TYPE.of(record)):
        return grid.field_fault("field", row, TRANSACTION_TYPE)
    fault = wrong_field(grid, row, AMOUNT_ITEM_1) or _wrong_item(grid, row, row + 1, AMOUNT_ITEM_2)
    if fault is None:
        raise RuntimeError(f"{grid.name}, line {row + 1}: the pattern and the layout disagree")
    return fault


def _faulty_item_3(grid: Grid, row: int) -> DataFault:
    """The fault of an item 3 that does not belong to the item 2 before it, or is wrong in itself."""
    before = grid.record(row - 1)
    type_ = TRANSACTION_TYPE.of(before)
    if before[6:8] != "31":
        return grid.fault("record", row, expected=f"{AMOUNT_ITEM_1.code}, {ASSIGNMENT_END.code}", found=grid.code(row))
    if type_ not in FREE_TEXT_TYPES and type_ == TRANSACTION_TYPE.of(grid.record(row)):
        return grid.field_fault("free_text_type", row, TRANSACTION_TYPE, expected=", ".join(sorted(FREE_TEXT_TYPES)))
    fault = _wrong_item(grid, row - 1, row, AMOUNT_ITEM_3)
    if fault is None:
        raise RuntimeError(f"{grid.name}, line {row + 1}: the pattern and the layout disagree")
    return fault


def _wrong_item(grid: Grid, first_row: int, row: int, layout: Layout) -> DataFault | None:
    """The fault of an item that must carry the type and the number of the item at `first_row`."""
    first_item = grid.record(first_row)
    code = layout.code.replace("tt", TRANSACTION_TYPE.of(first_item))
    if grid.code(row) != code:
        return grid.fault("record", row, expected=code, found=grid.code(row))
    number = _NUMBER.of(first_item)
    if _NUMBER.of(grid.record(row)) != number:
        return grid.field_fault("transaction_number", row, _NUMBER, expected=number)
    return wrong_field(grid, row, layout)
