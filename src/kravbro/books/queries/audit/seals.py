"""Posted vouchers against their seals and the order of posting, drafts against what they were written with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa

from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.entries import differs_from_line, of_line
from kravbro.books.queries.audit.faults import CONTENT, STATE, Faults
from kravbro.books.seals import FIRST, HEADER, LINE, deleted_seal, posted_seal, voucher_seal
from kravbro.books.sql import AnyRow
from kravbro.books.tables import entry, voucher, voucher_line
from kravbro.db.columns import with_plain_day

_AT_ONCE = 1000


def check_seals(connection: sa.Connection, faults: Faults) -> None:
    """Every voucher says what it said when it was written, and continues the chain where it was posted.

    A voucher behind one that is gone is sealed over a seal that nobody has: it is judged once that one is back.
    """
    chain = _Chain(frozenset(faults.rows["posted"]) - frozenset(faults.missing["posted"]))
    suspects = []
    for row, lines in _vouchers(connection):
        kind = chain.judge(row, voucher_seal(row[_OWN:], lines))
        if kind is not None and row.id not in faults.rows["voucher"]:
            suspects.append((row.id, kind))
    if not suspects and not faults.rows["voucher"]:
        suspects = [(number, CONTENT) for number in chain.behind_gaps]
        if not suspects and (faults.missing["posted"] or faults.rows["posted"]):
            faults.add("ledger counter posted", STATE)
    for number, kind in sorted(suspects):
        faults.rows["voucher"].add(number)
        _name(connection, number, kind, faults)


_STATE = ("posted_sequence", "state", "number", "posted_on", "seal")
_OWN = len(_STATE)
"""Where the values of `HEADER` begin."""


def _vouchers(connection: sa.Connection) -> Iterator[tuple[AnyRow, list[Sequence[object]]]]:
    """Every voucher with its lines, in order of posting; those that are not posted together, by id."""
    order = (voucher.c.posted_sequence, voucher.c.id)
    headers = sa.select(*(with_plain_day(voucher.c[name]) for name in (*_STATE, *HEADER))).order_by(*order)
    lines = (
        sa.select(voucher_line.c.voucher, *(with_plain_day(voucher_line.c[name]) for name in LINE))
        .join(voucher, voucher.c.id == voucher_line.c.voucher)
        .order_by(*order, voucher_line.c.line_no)
    )
    at_once = {"yield_per": _AT_ONCE}
    groups = groupby(connection.execute(lines, execution_options=at_once), key=itemgetter(0))
    number, group = next(groups, (None, iter(())))
    for row in connection.execute(headers, execution_options=at_once):
        if number != row.id:
            yield row, []
            continue
        yield row, [line[1:] for line in group]
        number, group = next(groups, (None, iter(())))


class _Chain:
    """The order of posting as far as it was read.

    The seal of a voucher may go on from the seal that the one before it has, or from the one that it should have: so
    only the altered one of two neighbours is named.
    """

    def __init__(self, never_taken: frozenset[int]) -> None:
        self.behind_gaps: list[int] = []
        self._never_taken = never_taken
        self._last = 0
        self._seals: tuple[str, ...] = (FIRST,)

    def judge(self, row: AnyRow, written: str) -> str | None:
        """What is wrong with a voucher that was written with this seal, None if nothing is."""
        if row.posted_sequence is None:
            return _judge_unposted(row, written)
        if row.posted_sequence in self._never_taken:
            return STATE if row.state != VoucherState.POSTED else CONTENT
        follows = row.posted_sequence == self._last + 1
        before = self._seals if follows else ()
        should_be = [posted_seal(seal, row.posted_sequence, row.number, row.posted_on, written) for seal in before]
        self._last = row.posted_sequence
        self._seals = (row.seal, *should_be[:1])
        if row.state != VoucherState.POSTED:
            return STATE
        if not follows:
            self.behind_gaps.append(row.id)
            return None
        return None if row.seal in should_be else CONTENT


def _judge_unposted(row: AnyRow, written: str) -> str | None:
    born = VoucherState.DRAFT if row.rejected_because is None else VoucherState.REJECTED
    deleted = deleted_seal(written)
    if row.seal not in {written, deleted} or row.number is not None or row.posted_on is not None:
        return STATE if row.state == VoucherState.POSTED else CONTENT
    if row.seal == deleted:
        return None if row.state == VoucherState.DELETED and born == VoucherState.DRAFT else STATE
    return None if row.state == born else STATE


def _name(connection: sa.Connection, number: int, kind: str, faults: Faults) -> None:
    """Name the line if just one of them disagrees with its entry, else the voucher."""
    disagreeing = (
        sa.select(voucher_line.c.line_no, entry.c.number)
        .join(entry, of_line)
        .where(voucher_line.c.voucher == number, differs_from_line)
    )
    lines = connection.execute(disagreeing).all() if kind == CONTENT else []
    if len(lines) == 1:
        faults.add(f"ledger voucher {number} line {lines[0].line_no}", kind, entry=lines[0].number)
    else:
        faults.add(f"ledger voucher {number}", kind)
