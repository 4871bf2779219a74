"""The journal against itself and against the sub-ledger: vouchers, their lines, entries, numbers and accounts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.entries import of_line
from kravbro.books.queries.audit.faults import AMOUNT, MISSING, STATE, UNKNOWN, Faults
from kravbro.books.sql import total
from kravbro.books.tables import counter, entry, number_series, sub_ledger_type, voucher, voucher_line


class Line(msgspec.Struct, frozen=True):
    """A voucher's line beside the entry that it made, if it made one."""

    line_no: int
    amount_ore: int
    settles: int | None
    entry: int | None
    entry_ore: int | None

    @property
    def claim(self) -> int | None:
        """The open item that the line is about."""
        return self.settles if self.settles is not None or self.amount_ore < 0 else self.entry


class Suspect(msgspec.Struct, frozen=True):
    """A voucher that disagrees with its lines; `orphans` are lines that only its entries still remember."""

    id: int
    line_count: int
    debit_ore: int
    lines: tuple[Line, ...]
    orphans: tuple[int, ...]


class Verdict(msgspec.Struct, frozen=True):
    """What is wrong with a suspect: the line, or the voucher itself where no single line can be named."""

    kind: str
    expected_ore: int
    found_ore: int
    line_no: int | None = None
    claim: int | None = None


def check_vouchers(connection: sa.Connection, faults: Faults) -> None:
    """Every voucher balances, and has as many lines and the debit that it was written with."""
    line = voucher_line.c
    sums = (
        sa.select(
            line.voucher,
            sa.func.count().label("lines"),
            total(line.amount_ore).label("sum_ore"),
            total(sa.case((line.amount_ore > 0, line.amount_ore), else_=0)).label("debit_ore"),
        )
        .group_by(line.voucher)
        .subquery("sums")
    )
    suspects = (
        sa.select(voucher.c.id, voucher.c.line_count, voucher.c.debit_ore)
        .outerjoin(sums, sums.c.voucher == voucher.c.id)
        .where(
            voucher.c.id <= faults.last["voucher"],
            sa.or_(
                sa.func.coalesce(sums.c.lines, 0) != voucher.c.line_count,
                sa.func.coalesce(sums.c.sum_ore, 0) != 0,
                sa.func.coalesce(sums.c.debit_ore, 0) != voucher.c.debit_ore,
            ),
        )
        .order_by(voucher.c.id)
    )
    for row in connection.execute(suspects).all():
        if row.id in faults.rows["voucher"]:
            continue
        verdict = accuse(Suspect(row.id, row.line_count, row.debit_ore, *_lines(connection, row.id)))
        thing = f"ledger voucher {row.id}" + (f" line {verdict.line_no}" if verdict.line_no is not None else "")
        faults.rows["voucher"].add(row.id)
        faults.add(thing, verdict.kind, verdict.expected_ore, verdict.found_ore, entry=verdict.claim)


def _lines(connection: sa.Connection, number: int) -> tuple[tuple[Line, ...], tuple[int, ...]]:
    beside = (
        sa.select(
            voucher_line.c.line_no,
            voucher_line.c.amount_ore,
            voucher_line.c.settles,
            entry.c.number,
            entry.c.amount_ore.label("entry_ore"),
        )
        .outerjoin(entry, of_line)
        .where(voucher_line.c.voucher == number)
        .order_by(voucher_line.c.line_no)
    )
    lines = tuple(Line(*row) for row in connection.execute(beside))
    remembered = connection.execute(sa.select(entry.c.line_no).where(entry.c.voucher == number)).scalars()
    return lines, tuple(sorted(set(remembered) - {line.line_no for line in lines}))


def accuse(suspect: Suspect) -> Verdict:
    """Which line of a voucher is at fault, or the voucher itself, given that something is."""
    surplus_ore = sum(line.amount_ore for line in suspect.lines)
    if len(suspect.lines) < suspect.line_count:
        return Verdict(MISSING, -surplus_ore, 0, _missing_line(suspect))
    if len(suspect.lines) > suspect.line_count:
        return _added_line(suspect, surplus_ore)
    if not surplus_ore:
        debit_ore = sum(line.amount_ore for line in suspect.lines if line.amount_ore > 0)
        return Verdict(AMOUNT, debit_ore, suspect.debit_ore)
    candidates = [line for line in _changed_side(suspect) if line.entry_ore != line.amount_ore]
    by_entry = [line for line in candidates if line.entry_ore == line.amount_ore - surplus_ore]
    if len(by_entry) == 1:
        candidates = by_entry
    if len(candidates) != 1:
        return Verdict(AMOUNT, 0, surplus_ore)
    (line,) = candidates
    return Verdict(AMOUNT, line.amount_ore - surplus_ore, line.amount_ore, line.line_no, line.claim)


def _changed_side(suspect: Suspect) -> Sequence[Line]:
    """The debit lines if the debit is not what it was, else the credit lines."""
    debit = [line for line in suspect.lines if line.amount_ore > 0]
    if sum(line.amount_ore for line in debit) != suspect.debit_ore:
        return debit
    return [line for line in suspect.lines if line.amount_ore <= 0]


def _missing_line(suspect: Suspect) -> int | None:
    if suspect.orphans:
        return suspect.orphans[0]
    holes = set(range(1, suspect.line_count + 1)) - {line.line_no for line in suspect.lines}
    return holes.pop() if len(holes) == 1 else None


def _added_line(suspect: Suspect, surplus_ore: int) -> Verdict:
    """The added line has no entry of its own, and the voucher balances without it; the last such line is taken."""
    fitting = [line for line in suspect.lines if line.amount_ore == surplus_ore]
    without = [line for line in fitting if line.entry is None]
    if not fitting:
        return Verdict(UNKNOWN, 0, surplus_ore)
    line = (without or fitting)[-1]
    return Verdict(UNKNOWN, 0, line.amount_ore, line.line_no, line.claim)


def check_series(connection: sa.Connection, faults: Faults) -> None:
    """Each series has given every number once, to a posted voucher."""
    if faults.rows["voucher"]:
        return
    taken = sa.select(counter.c.last).where(counter.c.scope == "series", counter.c.name == number_series.c.code)
    last = taken.scalar_subquery()
    end = number_series.c.first_number + sa.func.coalesce(last, 0) - 1
    wrong = (
        sa.select(number_series.c.code, sa.func.count(voucher.c.number).label("numbered"), last.label("last"))
        .outerjoin(voucher, voucher.c.series == number_series.c.code)
        .group_by(number_series.c.code, number_series.c.first_number)
        .having(
            sa.or_(
                sa.func.count(voucher.c.number) != end - number_series.c.first_number + 1,
                sa.func.coalesce(sa.func.max(voucher.c.number), end) != end,
                total(sa.case((voucher.c.state == VoucherState.POSTED.value, 1), else_=0))
                != sa.func.count(voucher.c.number),
            )
        )
        .order_by(number_series.c.code)
    )
    for row in connection.execute(wrong).all():
        if row.code in faults.setup:
            continue
        if row.numbered and row.last is None:
            faults.add(f"ledger counter {row.code}", MISSING)
        else:
            faults.add(f"ledger number series {row.code}", STATE)


def check_accounts(connection: sa.Connection, faults: Faults) -> None:
    """On each receivable account the sub-ledger's entries come to what the posted lines on customers come to."""
    if faults.rows["voucher"] or faults.rows["entry"] or faults.setup:
        return
    entries = (
        sa.select(sub_ledger_type.c.receivable_account, total(entry.c.amount_ore))
        .join(entry, entry.c.sub_ledger_type == sub_ledger_type.c.code)
        .group_by(sub_ledger_type.c.receivable_account)
    )
    lines = (
        sa.select(voucher_line.c.account, total(voucher_line.c.amount_ore))
        .join(voucher, voucher.c.id == voucher_line.c.voucher)
        .where(voucher.c.state == VoucherState.POSTED.value, voucher_line.c.customer.is_not(None))
        .group_by(voucher_line.c.account)
    )
    sub_ledger = {number: int(amount_ore) for number, amount_ore in connection.execute(entries)}
    journal = {number: int(amount_ore) for number, amount_ore in connection.execute(lines)}
    for number in sorted(sub_ledger.keys() | journal.keys()):
        expected_ore, found_ore = journal.get(number, 0), sub_ledger.get(number, 0)
        if expected_ore != found_ore:
            faults.add(f"ledger account {number}", AMOUNT, expected_ore, found_ore)
