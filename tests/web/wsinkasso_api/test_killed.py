"""The server is killed while callers write: who repeats has one effect of each message, as if nothing had happened."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any

import httpx
import pytest

from kravbro.bootstrap.service_logins import newest_messages
from kravbro.core.claims import ClaimState, Status
from kravbro.formats.wsinkasso import operations as ops
from kravbro.web.wsinkasso_api.server import Settings
from tests.books.world import TODAY
from tests.formats.wsinkasso_messages import call, read_answer
from tests.web.wsinkasso_api.raw_socket import HEAD, Raw
from tests.web.wsinkasso_api.reading import read
from tests.web.wsinkasso_api.served import Municipality, Running, posted
from tests.web.wsinkasso_api.twin import Twin, books_of

KILLS = 10
SEED = 7


class Killed:
    """A server that is killed at random instants, and started again on the same port."""

    def __init__(self, town: Municipality, settings: Settings) -> None:
        self._town = town
        self._settings = settings
        self.running = town.start(settings)
        self.kills = 0

    def start_again(self) -> None:
        """Wait for the end, and begin anew."""
        self.running.process.join()
        self.running = self._town.start(self._settings)

    def kill_within(self, seconds: float) -> Timer:
        """Kill it somewhere within this time from now."""
        self.kills += 1
        timer = Timer(seconds, self.running.process.kill)
        timer.start()
        return timer


@pytest.fixture
def town(tmp_path: Path) -> Municipality:
    return Municipality(tmp_path)


@pytest.fixture
def killed(town: Municipality) -> Iterator[Killed]:
    first = town.start(town.settings())
    first.kill()
    killed = Killed(town, town.settings(port=first.port))
    yield killed
    killed.running.kill()


def day(town: Municipality) -> list[tuple[str, Any]]:
    """What a collector writes in a day."""
    writes: list[tuple[str, Any]] = []
    for number, offer in enumerate(town.scene.claims(*[100_00] * 8)):
        receipt = town.scene.acceptance(offer)
        status = Status(number + 1, offer.entry, 1, ClaimState.REGISTERED, receipt.case_number, TODAY)
        writes += [
            ("RegistrerSaksnummer", ops.Write(f"r{number}", 1, (receipt,))),
            ("LeverBilag", ops.Write(f"v{number}", 1, (town.scene.voucher((offer, 10_00)),))),
            ("OppdaterStatus", ops.Write(f"s{number}", 1, (status,))),
        ]
    return writes


def test_each_message_has_one_effect(town: Municipality, killed: Killed, tmp_path: Path) -> None:
    random, writes = Random(SEED), day(town)
    doomed = set(random.sample(range(len(writes)), KILLS))
    with closing(Twin(town, tmp_path / "twin")) as twin, town.client() as client:
        for number, (name, value) in enumerate(writes):
            timer = killed.kill_within(random.uniform(0, 0.1)) if number in doomed else None
            answers = list(until_answered(client, killed, name, value))
            if timer:
                timer.join()
                killed.start_again() if not killed.running.process.is_alive() else None
            assert answers[-1].new + answers[-1].known == 1
            twin.answer(call(name, value))
        assert books_of(town.place, effects=False) == books_of(twin.place, effects=False)
    assert sorted(one.message for one in newest_messages(town.site, 1_000)) == sorted(v.message for _, v in writes)
    assert town.scene.ledger.audit(1) == []
    assert killed.kills == KILLS


def until_answered(client: httpx.Client, killed: Killed, name: str, value: Any) -> Iterator[Any]:
    """The same message again, until there is an answer."""
    while True:
        try:
            answer = posted(client, killed.running.address, name, value)
        except httpx.TransportError:
            killed.start_again()
        else:
            yield read(name, answer)
            return


def test_a_server_that_is_asked_to_end_finishes_what_it_has_begun(town: Municipality) -> None:
    running = town.start(town.settings())
    (offer,) = town.scene.claims(100_00)
    body = call("RegistrerSaksnummer", ops.Write("last", 1, (town.scene.acceptance(offer),)))
    with Raw(town, running) as raw:
        raw.send(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert raw.answer().status == 100
        running.process.terminate()
        until_nobody_listens(running)
        raw.send(body)
        assert read_answer("RegistrerSaksnummer", raw.answer().body) == ops.Taken(1, 0)
        assert raw.answer().status == 0
    running.process.join(60)
    assert running.process.exitcode == 0
    assert running.lines("call")[-1]["outcome"] == "done"


def until_nobody_listens(running: Running) -> None:
    """Wait until a new caller is turned away."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", running.port), 10).close()
        except OSError:
            return
