"""What is decided of a page of a numbered stream, and the order in which it is done."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from kravbro.bridge.cursor import Carried, Deliver, Rest, carry, decide, refuse_forgetful
from kravbro.bridge.positions import Positions
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Retry, Stop
from kravbro.migrations.upgrade import upgrade
from kravbro.ports.identity import Delivered
from tests.places import NewPlace

ACT = Act("job test", date(2026, 11, 16), datetime(2026, 11, 16, 8, tzinfo=UTC))


class Row(msgspec.Struct, frozen=True):
    number: int


class Receiver:
    """Keeps what it gets, once, as every receiver must; can be told to fail at a call."""

    def __init__(self, fail_at: int = 0) -> None:
        self.rows: list[int] = []
        self.calls = 0
        self.fail_at = fail_at

    def __call__(self, rows: list[Row]) -> Delivered:
        self.calls += 1
        new = [row.number for row in rows if row.number not in self.rows]
        self.rows += new
        if self.calls == self.fail_at:
            raise Retry("db.locked", database="test")
        return Delivered(len(new), len(rows) - len(new))


@pytest.fixture
def positions(new_place: NewPlace) -> Positions:
    engine = new_place.engine("bridge")
    upgrade(engine, "bridge")
    return Positions(engine, ACT)


def source(last: int) -> list[Row]:
    return [Row(number) for number in range(1, last + 1)]


def run(positions: Positions, rows: list[Row], receiver: Receiver, page: int) -> Carried:
    return carry(
        "receipts",
        1,
        head=lambda _kept: rows[-1].number if rows else 0,
        read=lambda after, limit: [row for row in rows if row.number > after][:limit],
        deliver=receiver,
        positions=positions,
        page=page,
    )


def test_rows_after_the_position_are_delivered_and_the_last_one_kept() -> None:
    assert decide("receipts", 3, [4, 5, 9]) == Deliver(position=9, count=3)
    assert decide("receipts", 9, []) == Rest()


def test_a_source_that_ends_before_the_position_stops_the_stream() -> None:
    with pytest.raises(Stop) as caught:
        refuse_forgetful("receipts", 1, kept=9, head=8)
    assert caught.value.code == "bridge.head_below_position"
    assert caught.value.facts == {"stream": "receipts", "company": 1, "head": 8, "position": 9}
    refuse_forgetful("receipts", 1, kept=9, head=9)


def test_a_stream_whose_source_forgot_delivers_nothing(positions: Positions) -> None:
    positions.keep(1, "receipts", 9)
    receiver = Receiver()
    with pytest.raises(Stop):
        run(positions, source(8), receiver, 2)
    assert receiver.rows == []


@pytest.mark.parametrize("numbers", [[3], [4, 4], [5, 4]])
def test_rows_that_do_not_rise_are_a_fault_of_the_source(numbers: list[int]) -> None:
    with pytest.raises(DataFault) as caught:
        decide("receipts", 3, numbers)
    assert caught.value.code == "bridge.rows_out_of_order"


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_pages_make_no_difference(positions: Positions, page: int) -> None:
    receiver = Receiver()
    carried = run(positions, source(7), receiver, page)
    assert receiver.rows == [1, 2, 3, 4, 5, 6, 7]
    assert carried == Carried("receipts", 1, read=7, new=7)
    assert positions.of(1, "receipts") == 7
    assert run(positions, source(7), receiver, page) == Carried("receipts", 1)


def test_a_failure_after_delivery_repeats_the_page_and_the_receiver_drops_it(positions: Positions) -> None:
    receiver = Receiver(fail_at=2)
    with pytest.raises(Retry):
        run(positions, source(6), receiver, 2)
    assert positions.of(1, "receipts") == 2, "the position is kept only after delivery"
    carried = run(positions, source(6), receiver, 2)
    assert receiver.rows == [1, 2, 3, 4, 5, 6]
    assert (carried.new, carried.known) == (2, 2)


def test_a_lost_position_changes_nothing_at_the_receiver(positions: Positions) -> None:
    receiver = Receiver()
    run(positions, source(5), receiver, 2)
    assert positions.forget(1, "test") == 1
    carried = run(positions, source(5), receiver, 2)
    assert receiver.rows == [1, 2, 3, 4, 5]
    assert (carried.new, carried.known) == (0, 5)


def test_another_installation_behind_either_port_stops_everything(positions: Positions) -> None:
    positions.pair("ledger-a", "office-a")
    positions.pair("ledger-a", "office-a")
    for pair in (("ledger-b", "office-a"), ("ledger-a", "office-b")):
        with pytest.raises(Stop) as caught:
            positions.pair(*pair)
        assert caught.value.code == "bridge.other_installation"
