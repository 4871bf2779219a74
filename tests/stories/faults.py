"""A line between the bridge and its two ports that fails as lines do, and remembers what was carried out over it.

    line = Line()
    joined = over(line, world.joined())
    line.next(Fault.ANSWER_LOST)      # of the calls that come, the first that can have this fault has it

What is told or taken goes through the line; listings of companies, heads, movements and audits do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, cast

import msgspec

from kravbro.bridge.joined import Joined
from kravbro.core.errors import Retry, Skip, Stop
from kravbro.ports.collector import Collector
from kravbro.ports.ledger import Ledger

TELLING = frozenset({
    "ready_claims", "transactions", "withdrawals", "voucher_receipts", "receipts", "vouchers", "statuses",
})  # fmt: skip
"""What a stream reads: rows of a company, after a number, so many."""
TAKING = frozenset({
    "record_receipts", "post_vouchers", "publish_statuses", "accept_claims", "accept_transactions",
    "accept_withdrawals", "accept_voucher_receipts",
})  # fmt: skip
"""What a stream delivers to: rows of a company."""
SILENT = frozenset({
    "identify", "companies", "recorded_receipts", "recorded_statuses", "recorded_withdrawals",
    "recorded_voucher_receipts", "movements", "claims", "audit",
})  # fmt: skip
"""What no stream carries: heads, and what the reconciliation reads."""


class Fault(StrEnum):
    """What can happen to one call."""

    REFUSED = "refused"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    ANSWER_LOST = "carried out, and the answer lost"
    HALF_TAKEN = "the first half taken, and then cut off"
    TAKEN_TWICE = "delivered twice"
    HALF_PAGE = "half a page told"
    STALE = "an earlier answer given again"


OF_TELLING = frozenset({Fault.REFUSED, Fault.STOPPED, Fault.UNREACHABLE, Fault.HALF_PAGE, Fault.STALE})
OF_TAKING = frozenset(Fault) - {Fault.HALF_PAGE, Fault.STALE}
_RAISED: dict[Fault, Callable[..., Exception]] = {
    Fault.REFUSED: Skip,
    Fault.STOPPED: Stop,
    Fault.UNREACHABLE: Retry,
    Fault.ANSWER_LOST: Retry,
    Fault.HALF_TAKEN: Retry,
}
BROKEN = "line.broken"
"""The code of every error that the line makes."""


class Carried(msgspec.Struct, frozen=True):
    """Rows that a port took: by which method, of which company."""

    method: str
    company: int
    rows: tuple[Any, ...]


class Line:
    """What goes over the line, and what goes wrong on it."""

    def __init__(self, on_taken: Callable[[Carried], None] = lambda _carried: None) -> None:
        self.taken: list[Carried] = []
        self.happened: list[Fault] = []
        self._coming: list[Fault] = []
        self._told: dict[tuple[str, int, int], list[Any]] = {}
        self._on_taken = on_taken

    def next(self, *faults: Fault) -> None:
        """Let these faults happen, each to the next call that can have it, one after the other."""
        self._coming = list(faults)

    def forget(self) -> None:
        """Nothing that was said before comes again: one of the sides was put back."""
        self.taken.clear()
        self._told.clear()
        self._coming.clear()

    def tell(self, name: str, right: Callable[[int, int, int], list[Any]], company: int, after: int, limit: int) -> Any:
        """Ask a port for a page."""
        fault = self._fault(OF_TELLING)
        if fault in _RAISED:
            raise _RAISED[fault](BROKEN, method=name)
        earlier = self._told.get((name, company, after))
        if fault is Fault.STALE and earlier is not None:
            return earlier[:limit]
        rows = right(company, after, limit)
        self._told[name, company, after] = rows
        return rows[: max(1, len(rows) // 2)] if fault is Fault.HALF_PAGE else rows

    def take(self, name: str, right: Callable[[int, Sequence[Any]], Any], company: int, rows: Sequence[Any]) -> Any:
        """Deliver a page to a port."""
        fault = self._fault(OF_TAKING)
        if fault in {Fault.REFUSED, Fault.STOPPED, Fault.UNREACHABLE}:
            raise _RAISED[fault](BROKEN, method=name)
        some = rows[: max(1, len(rows) // 2)] if fault is Fault.HALF_TAKEN else rows
        answer = right(company, some)
        carried = Carried(name, company, tuple(some))
        self.taken.append(carried)
        self._on_taken(carried)
        if fault in _RAISED:
            raise _RAISED[fault](BROKEN, method=name)
        if fault is Fault.TAKEN_TWICE:
            right(company, rows)
        return answer

    def _fault(self, possible: frozenset[Fault]) -> Fault | None:
        if not self._coming or self._coming[0] not in possible:
            return None
        fault = self._coming.pop(0)
        self.happened.append(fault)
        return fault


class Faulty:
    """A port at the other end of a line."""

    def __init__(self, right: Any, line: Line) -> None:
        self._right = right
        self._line = line

    def __getattr__(self, name: str) -> Any:
        right = getattr(self._right, name)
        if name in TELLING:
            return partial(self._line.tell, name, right)
        if name in TAKING:
            return partial(self._line.take, name, right)
        return right


def over(line: Line, joined: Joined) -> Joined:
    """The same two ports, at the other end of a line."""
    return msgspec.structs.replace(
        joined,
        ledger=cast(Ledger, Faulty(joined.ledger, line)),
        collector=cast(Collector, Faulty(joined.collector, line)),
    )
