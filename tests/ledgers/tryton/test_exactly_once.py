"""One voucher per key, always: whatever is cut off, whoever is killed, and however two deliveries are interleaved."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import httpx
import pytest
from msgspec.structs import replace

from kravbro.core.claims import TransactionKind
from kravbro.core.errors import Retry
from kravbro.core.vouchers import Fate, Voucher
from kravbro.ledgers.tryton import delivery
from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.wire import Client
from kravbro.mirror.source import Delivery
from kravbro.ports.conformance.ledger.world import Part
from tests.ledgers.tryton.acting import Clerk, voucher
from tests.ledgers.tryton.living import COMPANY, PASSWORD, Tryton, own_tryton, today

CUTS = {
    "looked up": 4,
    "drafts created": 9,
    "looked again": 10,
    "room seen": 11,
    "put on their invoices": 12,
    "posted": 13,
    "seen posted": 14,
    "reconciliation begun": 16,
    "reconciled": 17,
    "reconciliation ended": 18,
}
"""What a delivery has done, and the number of the call that did it."""
POSTED_WHAT_WAS_THERE = 8
"""The number of the call that posts drafts which were found, after others were deleted."""
MOMENTS = ((CUTS["drafts created"], 0.02), (CUTS["posted"], 0.01), (CUTS["posted"], 0.05))
"""The call during which Tryton is killed, and how long after it was sent (s)."""


class Cut(httpx.HTTPTransport):
    """A connection that is cut at its so-many-th call: Tryton hears it, and nobody hears the answer."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left < 0:
            raise httpx.ConnectError("cut")
        answer = super().handle_request(request)
        answer.read()
        if self._left == 0:
            raise httpx.ReadError("cut")
        return answer


def source_of(tryton: Tryton, transport: httpx.BaseTransport | None = None) -> TrytonSource:
    return TrytonSource(Client(read_address(tryton.address), PASSWORD, transport), today())


def batch(clerk: Clerk, name: str) -> list[Voucher]:
    """Three vouchers on two claims, the last of which pays the second to the end."""
    first, second = clerk.invoice(1_000_00), clerk.invoice(100_00)
    parts = [(first, 10_00), (first, 20_00), (second, 100_00)]
    return [
        voucher(number, f"{name}-{number}", [Part(claim.customer_no, claim.entry, amount_ore)])
        for number, (claim, amount_ore) in enumerate(parts, 1)
    ]


def there_once(clerk: Clerk, source: TrytonSource, vouchers: list[Voucher]) -> None:
    """Each is posted once, no draft is left, and each claim is paid exactly what its vouchers say."""
    for one in vouchers:
        assert [move["state"] for move in clerk.moves(one.key)] == ["posted"]
    lines = [line for one in vouchers for line in one.lines if line.claim_entry is not None]
    for entry in sorted({line.claim_entry or 0 for line in lines}):
        (item,) = source.items(COMPANY, [entry])
        paid = sorted(one.amount_ore for one in item.settlements)
        assert paid == sorted(line.amount_ore for line in lines if line.claim_entry == entry)
        assert len({one.key for one in item.settlements}) == len(paid)


@pytest.mark.parametrize("number", CUTS.values(), ids=CUTS)
def test_a_delivery_that_is_cut_off_is_finished_by_the_next(
    number: int, tryton: Tryton, clerk: Clerk, source: TrytonSource
) -> None:
    """Cut off behind one call, or before the next, is the same: Tryton has done all up to there."""
    vouchers = batch(clerk, f"cut-{number}")
    cut = source_of(tryton, Cut(number))
    with pytest.raises(Retry, match="unreachable"):
        cut.deliver(COMPANY, vouchers)

    delivered = source.deliver(COMPANY, vouchers)

    assert [one.fate for one in delivered] == [Fate.POSTED] * 3
    assert source.deliver(COMPANY, vouchers) == delivered
    there_once(clerk, source, vouchers)


def test_more_vouchers_than_are_taken_at_once_are_all_taken(clerk: Clerk, source: TrytonSource) -> None:
    vouchers = [*batch(clerk, "many"), *batch(clerk, "more")][:5]

    delivered = delivery.deliver(source.client, COMPANY, vouchers, today(), at_once=2)

    assert [(one.key, one.fate) for one in delivered] == [(one.key, Fate.POSTED) for one in vouchers]
    there_once(clerk, source, vouchers)


class Turns:
    """Two programs that take turns as a seed says; one that has ended leaves all turns to the other."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._moving = threading.Condition()
        self._playing = {0, 1}
        self._turn = self._random.randrange(2)

    def take(self, player: int) -> None:
        with self._moving:
            assert self._moving.wait_for(lambda: self._turn == player or len(self._playing) == 1, timeout=60)

    def give(self) -> None:
        with self._moving:
            self._turn = self._random.choice(sorted(self._playing))
            self._moving.notify_all()

    def leave(self, player: int) -> None:
        with self._moving:
            self._playing.discard(player)
            self._turn = next(iter(self._playing), player)
            self._moving.notify_all()


class InTurn(httpx.HTTPTransport):
    """A connection that asks for its turn before each call."""

    def __init__(self, turns: Turns, player: int) -> None:
        super().__init__()
        self._turns = turns
        self._player = player

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._turns.take(self._player)
        try:
            answer = super().handle_request(request)
            answer.read()
        finally:
            self._turns.give()
        return answer


def both(deliveries: list[Callable[[], list[Delivery]]]) -> list[list[Delivery]]:
    """What both answer; what one raises is raised here."""
    answers: list[list[Delivery]] = [[], []]
    faults: list[Exception] = []

    def run(player: int) -> None:
        try:
            answers[player] = deliveries[player]()
        except Exception as fault:  # noqa: BLE001 - raised below, in the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(player,)) for player in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault
    return answers


@pytest.mark.parametrize("seed", range(8))
def test_two_deliveries_that_are_interleaved_post_each_voucher_once(
    seed: int, tryton: Tryton, clerk: Clerk, source: TrytonSource
) -> None:
    vouchers = batch(clerk, f"turn-{seed}")
    turns = Turns(seed)

    def program(player: int) -> Callable[[], list[Delivery]]:
        def deliver() -> list[Delivery]:
            its = source_of(tryton, InTurn(turns, player))
            try:
                return its.deliver(COMPANY, vouchers)
            finally:
                turns.leave(player)

        return deliver

    answers = both([program(0), program(1)])

    assert answers[0] == answers[1]
    assert {one.fate for one in answers[0]} == {Fate.POSTED}
    there_once(clerk, source, vouchers)


class Meanwhile(httpx.HTTPTransport):
    """A connection behind whose so-many-th call something else happens."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        super().__init__()
        self._left = number
        self._act = act

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        answer.read()
        self._left -= 1
        if self._left == 0:
            self._act()
        return answer


def test_drafts_that_came_first_and_are_seen_late_are_never_posted_beside_others(
    tryton: Tryton, clerk: Clerk, source: TrytonSource
) -> None:
    """A transaction that began first may end last: its drafts have the lowest ids, and who has looked did not see them.

    The first drafts are hidden until the second program has looked, and is about to post its own. Then a third posts
    the first ones, and is killed before it has looked again.
    """
    vouchers = batch(clerk, "late")
    with pytest.raises(Retry, match="unreachable"):
        source_of(tryton, Cut(CUTS["drafts created"])).deliver(COMPANY, vouchers)
    clerk.sql("UPDATE account_move SET description = 'hidden ' || description WHERE description LIKE 'late-%'")

    def come_to_light() -> None:
        clerk.sql("UPDATE account_move SET description = substr(description, 8) WHERE description LIKE 'hidden late-%'")
        with pytest.raises(Retry, match="unreachable"):
            source_of(tryton, Cut(POSTED_WHAT_WAS_THERE)).deliver(COMPANY, vouchers)

    second = source_of(tryton, Meanwhile(CUTS["looked again"], come_to_light))

    assert {one.fate for one in second.deliver(COMPANY, vouchers)} == {Fate.POSTED}
    there_once(clerk, source, vouchers)


def test_an_invoice_that_is_paid_in_the_same_moment_takes_the_money_beside_it(
    tryton: Tryton, clerk: Clerk, source: TrytonSource
) -> None:
    claim = clerk.invoice(100_00)
    ours = voucher(1, "same-moment", [Part(claim.customer_no, claim.entry, 100_00)])

    def pay() -> None:
        clerk.book(TransactionKind.PAYMENT, claim.entry, -100_00, today())

    (delivered,) = source_of(tryton, Meanwhile(CUTS["room seen"], pay)).deliver(COMPANY, [ours])

    assert (delivered.fate, delivered.because) == (Fate.POSTED, "")
    (item,) = source.items(COMPANY, [claim.entry])
    paid = sorted(one.voucher_key for one in item.settlements)
    assert (item.remaining_ore, paid) == (-100_00, ["", "same-moment"])


class Dying(httpx.HTTPTransport):
    """A connection whose server is killed a moment after its so-many-th call was sent."""

    def __init__(self, tryton: Tryton, number: int, after_s: float) -> None:
        super().__init__()
        self._tryton = tryton
        self._left = number
        self._after_s = after_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left == 0:
            timer = threading.Timer(self._after_s, self._tryton.kill)
            timer.start()
            try:
                return super().handle_request(request)
            finally:
                timer.join()
        return super().handle_request(request)


def test_an_erp_that_is_killed_while_it_posts_has_posted_each_voucher_once_in_the_end() -> None:
    with own_tryton("killed") as tryton:
        for number, after_s in MOMENTS:
            clerk = Clerk(tryton)
            vouchers = batch(clerk, f"killed-{number}-{after_s}")
            clerk.close()
            with pytest.raises(Retry, match="unreachable"):
                source_of(tryton, Dying(tryton, number, after_s)).deliver(COMPANY, vouchers)
            tryton.start()
            clerk, source = Clerk(tryton), source_of(tryton)
            assert {one.fate for one in source.deliver(COMPANY, vouchers)} == {Fate.POSTED}
            there_once(clerk, source, vouchers)
            clerk.close()
            source.close()


def test_a_voucher_that_tryton_cannot_take_is_rejected_alone(clerk: Clerk, source: TrytonSource) -> None:
    good, bad, closed = batch(clerk, "bad")
    bad = voucher(2, bad.key, [Part(1, 987_654_321, 10_00)])
    closed = voucher(3, closed.key, [Part(1, 1, 1)], dated=today().replace(year=today().year - 9))

    delivered = source.deliver(COMPANY, [bad, good, closed])

    assert [one.fate for one in delivered] == [Fate.REJECTED, Fate.POSTED, Fate.REJECTED]
    assert "987654321" in delivered[0].because
    assert str(today().year - 9) in delivered[2].because
    assert [len(clerk.moves(one.key)) for one in (bad, good, closed)] == [0, 1, 0]


def _place(one: Voucher) -> tuple[int, int]:
    """Customer and claim of a voucher with one part."""
    return one.lines[1].customer_no or 0, one.lines[1].claim_entry or 0


def test_what_tryton_itself_refuses_is_rejected_in_its_words(clerk: Clerk, source: TrytonSource) -> None:
    """An account that has ended: nothing that we look up says so."""
    good, *_ = batch(clerk, "words")
    clerk.sql("UPDATE account_account SET end_date = DATE '2020-01-01' WHERE code = '7830' AND company = 1")
    first, *rest = voucher(9, "words-bad", [Part(*_place(good), 5_00)]).lines
    bad = replace(good, key="words-bad", lines=(replace(first, account="7830"), *rest))

    delivered = source.deliver(COMPANY, [bad, good])

    assert [one.fate for one in delivered] == [Fate.REJECTED, Fate.POSTED]
    assert delivered[0].because
    clerk.sql("UPDATE account_account SET end_date = NULL WHERE code = '7830' AND company = 1")
