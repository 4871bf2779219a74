"""The line that fails knows every method of both ports and does what each fault says; the machine sees a loss."""

from __future__ import annotations

from typing import Any

import pytest

from kravbro.books.meanings import Meaning
from kravbro.bridge.streams import ALL
from kravbro.bridge.transactions import carry_transactions
from kravbro.core.errors import Retry, Skip, Stop
from kravbro.ports.collector import Collector
from kravbro.ports.identity import Delivered
from kravbro.ports.ledger import Ledger
from tests.stories.faults import OF_TAKING, OF_TELLING, SILENT, TAKING, TELLING, Carried, Fault, Faulty, Line, over
from tests.stories.test_state_machine import OnSqlite


def methods(port: type) -> set[str]:
    return {name for name in vars(port) if not name.startswith("_")}


def test_every_method_of_the_ports_goes_over_the_line_or_is_silent() -> None:
    assert methods(Ledger) | methods(Collector) == TELLING | TAKING | SILENT
    assert not (TELLING & TAKING | TELLING & SILENT | TAKING & SILENT)
    assert frozenset(Fault) == OF_TELLING | OF_TAKING


class Port:
    """Tells rows 1 to 5, and keeps what it is given."""

    def __init__(self) -> None:
        self.given: list[list[int]] = []
        self.last = 5

    def transactions(self, company: int, after: int, limit: int) -> list[int]:
        return [number for number in range(1, self.last + 1) if number > after][:limit]

    def post_vouchers(self, company: int, rows: list[int]) -> Delivered:
        self.given.append(list(rows))
        return Delivered(new=len(rows), known=0)


@pytest.mark.parametrize(
    ("fault", "raised", "given"),
    [
        (Fault.REFUSED, Skip, []),
        (Fault.STOPPED, Stop, []),
        (Fault.UNREACHABLE, Retry, []),
        (Fault.ANSWER_LOST, Retry, [[1, 2, 3]]),
        (Fault.HALF_TAKEN, Retry, [[1]]),
        (Fault.TAKEN_TWICE, None, [[1, 2, 3], [1, 2, 3]]),
    ],
)
def test_what_is_taken_when_a_delivery_fails(
    fault: Fault, raised: type[Exception] | None, given: list[list[int]]
) -> None:
    heard: list[Carried] = []
    right, line = Port(), Line(heard.append)
    line.next(fault)
    if raised is None:
        Faulty(right, line).post_vouchers(1, [1, 2, 3])
    else:
        with pytest.raises(raised, match=r"line\.broken"):
            Faulty(right, line).post_vouchers(1, [1, 2, 3])
    assert right.given == given
    assert [one.rows for one in heard] == [tuple(rows) for rows in given[:1]]
    Faulty(right, line).post_vouchers(1, [4])
    assert right.given[-1] == [4]


def test_what_is_told_when_a_page_fails() -> None:
    right, line = Port(), Line()
    faulty = Faulty(right, line)
    line.next(Fault.HALF_PAGE)
    assert faulty.transactions(1, 0, 4) == [1, 2]
    right.last = 9
    line.next(Fault.STALE)
    assert faulty.transactions(1, 0, 9) == [1, 2, 3, 4]
    assert faulty.transactions(1, 4, 9) == [5, 6, 7, 8, 9]
    assert line.happened == [Fault.HALF_PAGE, Fault.STALE]


class Losing(Line):
    """A line that says that rows were taken, and drops them."""

    def take(self, name: str, right: Any, company: int, rows: Any) -> Any:
        return Delivered(new=len(rows), known=0)


@pytest.fixture
def story() -> OnSqlite:
    machine = OnSqlite()
    machine.begin()
    return machine


def test_the_machine_sees_a_lost_transaction(story: OnSqlite) -> None:
    story.the_ledger_books_on_an_invoice(1, 0, Meaning.PAYMENT, 100_00)
    story.both_sides_agree()
    carry_transactions(over(Losing(), story.world.joined()), 1)
    with pytest.raises(AssertionError, match="missing_in_collector"):
        story.both_sides_agree()


def test_the_machine_sees_money_that_nobody_paid(story: OnSqlite) -> None:
    case = story.world.payable(1)[0]
    story.world.bank(1, "file", [(case.case_kid, 100_00)])
    with pytest.raises(AssertionError):
        story.sums_are_right()


def test_the_machine_sees_money_that_stays_behind(story: OnSqlite) -> None:
    """Everything but the voucher is carried: in the end the invoice is what it was, and the oracle knows better."""
    story.a_bank_file_comes(1, [(0, "c", 100_00)], 5, camt=False)
    story.world.post(1)
    for stream in (*ALL, *ALL):
        if stream.__name__ != "carry_vouchers":
            story.world.carry(stream, 1)
    with pytest.raises(AssertionError):
        story.oracle.check_at_rest()
