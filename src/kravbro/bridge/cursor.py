"""Carry one numbered stream: read a page, deliver it, keep the position. Decided here, done below.

The order matters: a kill between delivery and position repeats a page, and the receiver drops what it has. A kill
between position and delivery cannot happen, because the position is kept last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from kravbro.bridge.positions import Positions
from kravbro.core.errors import DataFault, Stop
from kravbro.ports.identity import Delivered


class Numbered(Protocol):
    """A row of a stream."""

    @property
    def number(self) -> int:
        """The row's place in its stream."""
        ...


Row = TypeVar("Row", bound=Numbered)


class Carried(msgspec.Struct, frozen=True):
    """What one run of one stream did."""

    stream: str
    company: int
    read: int = 0
    new: int = 0
    known: int = 0
    waiting: int = 0

    def plus(self, read: int, delivered: Delivered) -> Carried:
        """This run and one page more."""
        return Carried(
            self.stream,
            self.company,
            self.read + read,
            self.new + delivered.new,
            self.known + delivered.known,
            self.waiting + delivered.waiting,
        )

    def beside(self, count: int) -> Carried:
        """This run, with so many rows of the last page that were read and not delivered."""
        return msgspec.structs.replace(self, read=self.read + count, waiting=self.waiting + count)


OnPage = Callable[[Carried], None]


def collector_claim(entry: int, offer: int) -> str:
    """The name of a claim that the collector may have lost; offer 0 for a ledger that cannot tell by which it came."""
    return f"collector claim {entry} offer {offer}" if offer else f"collector claim {entry}"


def collector_voucher(key: str) -> str:
    """The name of a voucher that the collector may have lost."""
    return f"collector voucher {key}"


def ledger_offer(offer: int) -> str:
    """The name of an offer that the ledger may have lost."""
    return f"ledger offer {offer}"


def ledger_claim(entry: int) -> str:
    """The name of an open item that the ledger may have lost."""
    return f"ledger claim {entry}"


def silently(_carried: Carried) -> None:
    """Report progress to nobody."""


class Deliver(msgspec.Struct, frozen=True):
    """Hand these rows over, then keep `position`."""

    position: int
    count: int


class Rest(msgspec.Struct, frozen=True):
    """There is nothing more to read."""


def refuse_forgetful(stream: str, company: int, kept: int, head: int) -> None:
    """Raise Stop `bridge.head_below_position` when the source has forgotten rows that were delivered.

    Its last number is then below the kept position: it was restored from a copy.
    """
    if head < kept:
        raise Stop("bridge.head_below_position", stream=stream, company=company, head=head, position=kept)


def decide(stream: str, kept: int, numbers: Sequence[int]) -> Deliver | Rest:
    """What to do with a page of rows read after `kept`.

    Raises DataFault `bridge.rows_out_of_order` when they are not in rising order after it.
    """
    if not numbers:
        return Rest()
    before = kept
    for number in numbers:
        if number <= before:
            raise DataFault("bridge.rows_out_of_order", stream=stream, number=number, before=before)
        before = number
    return Deliver(before, len(numbers))


def carry(  # noqa: PLR0913 - the parts of one stream, each by name
    stream: str,
    company: int,
    *,
    head: Callable[[int], int],
    read: Callable[[int, int], list[Row]],
    deliver: Callable[[list[Row]], Delivered],
    positions: Positions,
    page: int,
    on_page: OnPage = silently,
    about: Callable[[Row], str] | None = None,
) -> Carried:
    """Carry all rows after the kept position, `page` at a time. `head` answers the source's last number, see Joined.

    `about` names what a row is about at its receiver: rows about what a restore lost there are set aside, and counted
    as waiting.
    """
    carried = Carried(stream, company)
    lost = positions.set_aside(company) if about else frozenset()
    kept = positions.of(company, stream)
    refuse_forgetful(stream, company, kept, head(kept))
    while True:
        rows = read(kept, page)
        action = decide(stream, kept, [row.number for row in rows])
        if isinstance(action, Rest):
            return carried
        wanted = [row for row in rows if not (lost and about and about(row) in lost)]
        carried = carried.plus(len(wanted), deliver(wanted)).beside(action.count - len(wanted))
        positions.keep(company, stream, action.position)
        kept = action.position
        on_page(carried)
