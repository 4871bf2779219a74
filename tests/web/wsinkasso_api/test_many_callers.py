"""Several callers at once, who all send the same: each message has one effect, on either kind of database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from kravbro.bootstrap.service_logins import newest_messages
from kravbro.formats.wsinkasso import operations as ops
from tests.web.wsinkasso_api.reading import fault_of, read
from tests.web.wsinkasso_api.served import Municipality, Running, posted

CALLERS = 4


@pytest.fixture
def town(tmp_path: Path, kind: str) -> Iterator[Municipality]:
    town = Municipality(tmp_path, kind)
    yield town
    town.scene.close()
    town.world.close()


def writes_of(town: Municipality) -> list[tuple[str, Any]]:
    """Case numbers and vouchers for six claims, a message each."""
    writes: list[tuple[str, Any]] = []
    for number, offer in enumerate(town.scene.claims(*[100_00] * 6)):
        voucher = town.scene.voucher((offer, 10_00))
        writes += [
            ("RegistrerSaksnummer", ops.Write(f"r{number}", 1, (town.scene.acceptance(offer),))),
            ("LeverBilag", ops.Write(f"v{number}", 1, (voucher,))),
        ]
    return writes


def all_sent(town: Municipality, running: Running, writes: list[tuple[str, Any]]) -> Counter[str]:
    """Send all of them; answers what was new, by message."""
    new: Counter[str] = Counter()
    with town.client() as client:
        for name, value in writes:
            new[value.message] += read(name, patiently(client, running, name, value)).new
    return new


def patiently(client: httpx.Client, running: Running, name: str, value: Any) -> httpx.Response:
    """The answer to a call that is sent until the service has time for it."""
    while True:
        answer = posted(client, running.address, name, value)
        if answer.status_code != 503:
            return answer
        assert fault_of(answer).code == "wsinkasso.busy"


def test_what_all_send_is_done_once(town: Municipality) -> None:
    writes = writes_of(town)
    with town.served() as running, ThreadPoolExecutor(CALLERS) as callers:
        answered = callers.map(lambda _: all_sent(town, running, writes), range(CALLERS))
        new = sum(answered, Counter[str]())
        assert not running.lines("unexpected")
    assert new == {value.message: 1 for _, value in writes}
    kept = newest_messages(town.site, 1_000)
    assert sorted(one.message for one in kept) == sorted(value.message for _, value in writes)
    assert {one.new for one in kept} == {1}
    assert town.scene.ledger.audit(1) == []
