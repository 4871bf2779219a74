"""Read an OCR giro file in two passes: the first verifies the whole file, the second yields the transactions.

So nothing of a faulty file is ever seen by anybody. The rules, and what no rule can find, are told in
docs/formats/ocr_giro.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from kravbro.formats.ocr_giro import layout
from kravbro.formats.ocr_giro.days import Days, ddmmyy
from kravbro.formats.ocr_giro.explain import missing_transaction, wrong_field
from kravbro.formats.ocr_giro.grid import Grid
from kravbro.formats.ocr_giro.layout import LINE, NO_ACCOUNT, NO_DATE, Layout
from kravbro.formats.ocr_giro.records import Assignment, OcrGiroFile, Totals, Transaction, Transmission

_CHECKED = ("transaction_number", "settlement_date", "sign", "amount", "bank_date")
_CHECKED_TRANSACTION = layout.transaction_pattern(captured=_CHECKED)
_WHOLE_TRANSACTION = layout.transaction_pattern(
    captured={
        field.name
        for item in (layout.AMOUNT_ITEM_1, layout.AMOUNT_ITEM_2, layout.AMOUNT_ITEM_3)
        for field in item.fields
        if field.kind is not layout.Kind.FILLER
    }
)
_NUMBER = layout.AMOUNT_ITEM_1.field("transaction_number")
_SIGN = layout.AMOUNT_ITEM_1.field("sign")
_SETTLEMENT_DATE = layout.AMOUNT_ITEM_1.field("settlement_date")
_BANK_DATE = layout.AMOUNT_ITEM_2.field("bank_date")
_NETS_DATE = layout.ASSIGNMENT_END.field("nets_date")
_LATEST_DATE = layout.ASSIGNMENT_END.field("latest_date")
_TOTAL = layout.TRANSMISSION_END.field("total_amount")

_OLDEST_ORDER = timedelta(days=366)
"""An order reaches the bank this long before it is settled, at most: orders for a day to come wait, but not longer."""

_LATEST_SETTLEMENT = timedelta(days=7)
"""A payment is settled this long after the bank made the assignment, at most: the next bank day, also over Easter."""

_LARGEST_ORE = 2**63 - 1
"""The most that all amounts of a file may be together, whatever their signs: what a database and JSON can add up."""


def parse(data: bytes, name: str) -> OcrGiroFile:
    """The file, once every control in it has been found to hold. `name` is what faults call it.

    Raises DataFault `formats.ocr_giro.*`, which names file, line, field, what was expected and what was found. The
    check digits of KIDs are not looked at: which method applies is agreed per payment agreement, and a wrong KID is
    money to be placed by hand, not a faulty file.
    """
    return OcrGiroFile(name, tuple(_FirstPass(Grid(data, name)).transmissions()))


def validate(data: bytes, name: str) -> None:
    """The first pass alone. Raises what `parse` raises."""
    parse(data, name)


class VerifiedTransactions(Collection[Transaction]):
    """The second pass: the transactions of one verified assignment, made anew each time they are gone through."""

    __slots__ = ("_count", "_days", "_grid", "_start", "_stop")

    def __init__(self, grid: Grid, days: Days, first_row: int, last_row: int, count: int) -> None:
        """The `count` transactions that the first pass found in rows `first_row` to before `last_row`."""
        self._grid, self._days, self._count = grid, days, count
        self._start, self._stop = first_row * LINE, last_row * LINE

    def __len__(self) -> int:
        """How many transactions there are."""
        return self._count

    def __contains__(self, wanted: object) -> bool:
        """Whether a transaction equal to `wanted` is among them."""
        return any(transaction == wanted for transaction in self)

    def __iter__(self) -> Iterator[Transaction]:
        """Each transaction, in the order of the file."""
        settlement_days = {text: day for text, day in self._days.items() if day is not None}
        bank_days = {**settlement_days, NO_DATE: None}
        for match in _WHOLE_TRANSACTION.finditer(self._grid.text, self._start, self._stop):
            (
                type_, number, settled, centre, day_code, partial, serial, sign, amount, kid, issuer,
                form, reference, bank_day, debit, text,
            ) = match.groups()  # fmt: skip
            ore = int(amount)
            yield Transaction(
                type_,
                int(number),
                settlement_days[settled],
                centre,
                day_code,
                partial,
                serial,
                sign,
                -ore if sign == "-" or type_ in layout.REVERSALS else ore,
                kid if kid.strip("0") else None,
                issuer if type_ >= layout.FIRST_CARD_TYPE else None,
                form,
                reference,
                bank_days[bank_day],
                debit if debit != NO_ACCOUNT else None,
                text if text is None else text.rstrip(" "),
            )


class _FirstPass:
    """Goes down the rows of a grid once and holds everything against everything that should agree with it."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._row = 0
        self._days = Days()
        self._amounts_ore = 0

    def transmissions(self) -> Iterator[Transmission]:
        """The transmissions of the file; a file holds one or more, and nothing else."""
        while self._row < self._grid.rows:
            yield self._transmission()
            if self._amounts_ore > _LARGEST_ORE:
                raise self._grid.fault(
                    "too_much",
                    self._row - 1,
                    _TOTAL.where,
                    expected=f"<= {_LARGEST_ORE}",
                    found=str(self._amounts_ore),
                )

    def _transmission(self) -> Transmission:
        start = self._take(layout.TRANSMISSION_START)
        assignments = [self._assignment()]
        while self._grid.code(self._row) == layout.ASSIGNMENT_START.code:
            assignments.append(self._assignment())
        end_row = self._row
        self._take(layout.TRANSMISSION_END, expected=f"{layout.ASSIGNMENT_START.code}, {layout.TRANSMISSION_END.code}")
        transmission = Transmission(
            transmitter=start["data_transmitter"],
            number=start["transmission_number"],
            recipient=start["data_recipient"],
            nets_date=assignments[0].nets_date,
            assignments=tuple(assignments),
        )
        self._agree(layout.TRANSMISSION_END, end_row, transmission.totals.written())
        for part in assignments:
            self._agree(layout.TRANSMISSION_END, end_row, {"nets_date": ddmmyy(part.nets_date)})
        return transmission

    def _assignment(self) -> Assignment:
        first_row = self._row
        start = self._take(layout.ASSIGNMENT_START)
        transactions, total_ore, settlement_days = self._transactions()
        end_row = self._row
        end = self._take(layout.ASSIGNMENT_END)
        totals = Totals(
            transactions=len(transactions),
            records=self._row - first_row,
            total_ore=total_ore,
            earliest=min(settlement_days),
            latest=max(settlement_days),
        )
        self._agree(layout.ASSIGNMENT_END, end_row, totals.written())
        nets_date = self._days[end["nets_date"]]
        if nets_date is None:
            raise self._grid.field_fault("date", end_row, _NETS_DATE)
        if totals.latest > nets_date + _LATEST_SETTLEMENT:
            latest = ddmmyy(nets_date + _LATEST_SETTLEMENT)
            raise self._grid.field_fault("settled_late", end_row, _LATEST_DATE, expected=f"<= {latest}")
        return Assignment(
            agreement_id=start["agreement_id"],
            number=start["assignment_number"],
            account=start["assignment_account"],
            nets_date=nets_date,
            transactions=transactions,
            totals=totals,
        )

    def _transactions(self) -> tuple[VerifiedTransactions, int, set[date]]:
        """Verify the transactions from this row on; answers them, their sum in øre, and the days they were settled."""
        first_row, position = self._row, self._row * LINE
        count = in_ore = out_ore = 0
        dates_seen: set[tuple[str, str]] = set()
        for match in _CHECKED_TRANSACTION.finditer(self._grid.text, position):
            if match.start() != position:
                break
            number, settled, sign, amount, bank_day = match.group(*_CHECKED)
            count += 1
            if int(number) != count:
                raise self._grid.field_fault("transaction_number", position // LINE, _NUMBER, expected=f"{count:07d}")
            if (settled, bank_day) not in dates_seen:
                self._check_dates(position // LINE, settled, bank_day)
                dates_seen.add((settled, bank_day))
            if sign == "0":
                in_ore += int(amount)
            elif ore := int(amount):
                out_ore += ore
            else:
                raise self._grid.field_fault("sign", position // LINE, _SIGN, expected="0")
            position = match.end()
        self._row = position // LINE
        if not count or self._grid.code(self._row) != layout.ASSIGNMENT_END.code:
            raise missing_transaction(self._grid, self._row, first=not count)
        settlement_days = {day for text, _ in dates_seen if (day := self._days[text])}
        self._amounts_ore += in_ore + out_ore
        found = VerifiedTransactions(self._grid, self._days, first_row, self._row, count)
        return found, in_ore - out_ore, settlement_days

    def _check_dates(self, row: int, settled: str, bank_day: str) -> None:
        """Both dates must exist, and the order have reached the bank by settlement, within a year. Zeros: not known."""
        settlement_date = self._days[settled]
        if settlement_date is None:
            raise self._grid.field_fault("date", row, _SETTLEMENT_DATE)
        if bank_day != NO_DATE:
            bank_date = self._days[bank_day]
            if bank_date is None:
                raise self._grid.field_fault("date", row + 1, _BANK_DATE)
            if bank_date > settlement_date:
                raise self._grid.field_fault("bank_date", row + 1, _BANK_DATE, expected=f"<= {settled}")
            if bank_date < settlement_date - _OLDEST_ORDER:
                oldest = ddmmyy(settlement_date - _OLDEST_ORDER)
                raise self._grid.field_fault("bank_date_old", row + 1, _BANK_DATE, expected=f">= {oldest}")

    def _take(self, record: Layout, expected: str = "") -> dict[str, str]:
        """The fields of the record at this row, which must be of that layout; go on to the next row."""
        row, grid = self._row, self._grid
        if grid.code(row) != record.code:
            raise grid.fault("record", row, expected=expected or record.code, found=grid.code(row))
        fault = wrong_field(grid, row, record)
        if fault is not None:
            raise fault
        self._row += 1
        return {field.name: field.of(grid.record(row)) for field in record.fields}

    def _agree(self, record: Layout, row: int, expected: dict[str, str]) -> None:
        """Each field of the record that is named in `expected` must say exactly that."""
        for field in record.fields:
            if field.name in expected and field.of(self._grid.record(row)) != expected[field.name]:
                raise self._grid.field_fault("control", row, field, expected=expected[field.name])
