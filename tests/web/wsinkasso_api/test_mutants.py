"""A thousand damaged messages: each is refused, or done as it says, and what is refused leaves nothing.

Beside the server stands a twin of the ledger, to which only what is valid by the contract is told, without a network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kravbro.core.claims import ClaimState, Outcome, Receipt, Status
from kravbro.formats.wsinkasso import operations as ops
from tests.books.world import TODAY
from tests.formats.wsinkasso_messages import CALLS, call
from tests.web.wsinkasso_api.mutants import mutant
from tests.web.wsinkasso_api.served import Municipality, Running
from tests.web.wsinkasso_api.twin import Twin, books_of

SEED, COUNT, WARM = 20_261_123, 1_000, 250
FLAT_KIB = 16 * 1024


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    town = Municipality(tmp_path_factory.mktemp("town"))
    town.scene.claims(100_00, 200_00, 300_00)
    return town


@pytest.fixture(scope="module")
def running(town: Municipality) -> Iterator[Running]:
    with town.served() as running:
        yield running


def sound(town: Municipality) -> list[bytes]:
    """Messages that the ledger takes, and one of each function."""
    offers = town.scene.ledger.ready_claims(1, 0, 100)
    claim = town.scene.accepted(400_00)
    (accepted,) = town.scene.ledger.recorded_receipts(1, 0, 100)
    receipts = tuple(
        Receipt(100 + one.number, one.number, one.entry, Outcome.ACCEPTED, TODAY, f"1-{one.number:06d}")
        for one in offers
    )
    status = Status(1, accepted.entry, 1, ClaimState.REGISTERED, accepted.case_number, TODAY)
    writes: dict[str, Any] = {
        "RegistrerSaksnummer": ops.Write("r-1", 1, receipts),
        "LeverBilag": ops.Write("v-1", 1, (town.scene.voucher((claim, 10_00)),)),
        "OppdaterStatus": ops.Write("s-1", 1, (status,)),
    }
    asked: dict[str, Any] = CALLS | {"HentTidligereOverforteKrav": ops.PageBefore(1, date(2026, 1, 1), 0, 10)}
    return [call(name, value) for name, value in (asked | writes).items()] + [call(*one) for one in writes.items()] * 3


def resident_kib(running: Running) -> int:
    """The memory that the server has now."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def test_a_thousand_mutants_are_refused_or_right(town: Municipality, running: Running, tmp_path: Path) -> None:
    random, messages = Random(SEED), sound(town)
    outcomes: Counter[str] = Counter()
    memory = 0
    with closing(Twin(town, tmp_path)) as twin, town.client() as client:
        for number in range(COUNT):
            if number == WARM:
                memory = resident_kib(running)
            # Each has an id of its own, but for those that a damage gives another's.
            message = re.sub(rb"<MeldingId>[^<]*<", b"<MeldingId>m-%d<" % number, random.choice(messages))
            sent = mutant(random, message)
            got = client.post(running.address, content=sent)
            expected = twin.answer(sent)
            if got.status_code in {200, 500}:
                assert (number, got.content) == (number, expected)
            else:
                assert got.status_code in {413, 415}, (number, got.content)
            outcomes["done" if got.status_code == 200 else "refused"] += 1
        assert books_of(town.place) == books_of(twin.place)
    assert resident_kib(running) - memory < FLAT_KIB
    assert min(outcomes["done"], outcomes["refused"]) > COUNT // 5, outcomes
    assert not running.lines("unexpected")
