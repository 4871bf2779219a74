"""What the service makes of errors, of callers who come too often, and of ledgers that have less than ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest

from kravbro.access.certificates import fingerprint_of_pem
from kravbro.access.logins import Kind, Login
from kravbro.access.messages import messages
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.db.engines import reading
from kravbro.formats.wsinkasso import operations as ops
from kravbro.ports.identity import Delivered
from kravbro.ports.ledger import Ledger
from kravbro.web.wsinkasso_api.call_log import LOGGER
from kravbro.web.wsinkasso_api.limits import Buckets, Limits
from kravbro.web.wsinkasso_api.signing_in import Claimed, Proxies
from tests.formats.wsinkasso_messages import CALLS, VOUCHERS
from tests.mirror.acting import SmallWorld
from tests.web.wsinkasso_api.authority import Authority
from tests.web.wsinkasso_api.in_process import InProcess, in_process
from tests.web.wsinkasso_api.reading import fault_of, read
from tests.web.wsinkasso_api.served import XML

SECRET = "Ola Nordmann 01010750160"
PAGE = ops.Page(1, 0, 10)


class Broken:
    """A ledger whose every answer is an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def transactions(self, *_: object) -> Any:
        raise self._error

    def post_vouchers(self, *_: object) -> Any:
        raise self._error


class Taking:
    """A ledger that takes every voucher."""

    def post_vouchers(self, _: int, vouchers: Any) -> Delivered:
        return Delivered(len(vouchers), 0)


class Slow:
    """A ledger that takes its time, and counts who is in it."""

    def __init__(self) -> None:
        self.first, self.second, self.may_go_on = Event(), Event(), Event()

    def post_vouchers(self, _: int, vouchers: Any) -> Delivered:
        (self.second if self.first.is_set() else self.first).set()
        assert self.may_go_on.wait(60)
        return Delivered(len(vouchers), 0)


def opening(ledger: Any) -> Callable[[Act], AbstractContextManager[Ledger]]:
    @contextmanager
    def opened(_: Act) -> Iterator[Any]:
        yield ledger

    return opened


def asked(folder: Path, error: Exception) -> KravbroError:
    """What a caller is told of an error."""
    with in_process(folder, opening(Broken(error))) as service:
        answer = service.send("HentBetalingerOgKorreksjoner", PAGE)
        assert answer.status_code == 500
        return fault_of(answer)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    LOGGER.addHandler(caplog.handler)
    LOGGER.setLevel(logging.INFO)
    yield lambda: "\n".join(json.dumps(getattr(one, "fields", {})) for one in caplog.records)
    LOGGER.removeHandler(caplog.handler)


def test_what_nobody_foresaw_is_a_fault_with_a_reference_and_nothing_else(
    tmp_path: Path, log: Callable[[], str]
) -> None:
    with in_process(tmp_path, opening(Broken(ValueError(SECRET)))) as service:
        answer = service.send("HentBetalingerOgKorreksjoner", PAGE)
        error = fault_of(answer)
        assert isinstance(error, Stop)
        assert error.code == "wsinkasso.internal"
        assert list(error.facts) == ["reference"]
        assert SECRET not in answer.text
        assert SECRET not in log()
        assert str(error.facts["reference"]) in log()
        assert "ValueError" in log()
        assert "test_application.py" in log()


@pytest.mark.parametrize("kind", [Retry, Skip, Stop, DataFault])
def test_an_error_of_the_ledgers_own_is_told_as_it_is(tmp_path: Path, kind: type[KravbroError]) -> None:
    told = asked(tmp_path, kind("port.unknown_claim", entry=7))
    assert (type(told), told.code, told.facts) == (kind, "port.unknown_claim", {"entry": 7})


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (Retry("db.locked", database="postgresql://secret.host/db"), "wsinkasso.ledger_away", Retry),
        (Stop("db.unusable", database="/secret/F0001.db", reason="secret"), "wsinkasso.ledger_stopped", Stop),
        (DataFault("db.damaged", database="/secret/F0001.db", reason="secret"), "wsinkasso.ledger_refused", DataFault),
        (
            Stop("wsinkasso.cannot_listen", host="secret", port=1, reason="secret"),
            "wsinkasso.ledger_stopped",
            Stop,
        ),
        (DataFault("books.no_installation", place="/secret"), "wsinkasso.ledger_refused", DataFault),
    ],
)
def test_what_is_the_operators_business_is_told_by_its_code(
    tmp_path: Path, log: Callable[[], str], error: KravbroError, code: str, kind: type[KravbroError]
) -> None:
    told = asked(tmp_path, error)
    assert (told.code, type(told), told.facts["cause"]) == (code, kind, error.code)
    assert "secret" not in str(told)
    assert str(told.facts["reference"]) in log()
    assert "secret" in log()


def test_a_login_may_call_so_often_and_no_more(tmp_path: Path) -> None:
    with in_process(tmp_path, opening(Taking()), Limits(calls_per_second=2)) as service:
        codes = [service.send("Ping", ops.Nothing()).status_code for _ in range(5)]
        assert codes == [200, 200, 200, 200, 429]
        service.clock.advance(timedelta(seconds=1))
        answers = [service.send("Ping", ops.Nothing()) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert answers[-1].headers["retry-after"] == "1"
        assert isinstance(fault_of(answers[-1]), Retry)


def test_a_proof_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    with in_process(tmp_path, opening(Taking()), Limits(proof_s=60)) as service:
        verify = service.gate.verify

        def noted(claimed: Claimed) -> Login:
            verified.append(claimed.name)
            return verify(claimed)

        monkeypatch.setattr(service.gate, "verify", noted)
        for _ in range(3):
            service.send("Ping", ops.Nothing())
        assert verified == ["kk2"]
        service.clock.advance(timedelta(seconds=60))
        service.send("Ping", ops.Nothing())
        assert verified == ["kk2"] * 2


def test_a_message_is_done_again_but_kept_once_and_never_another_under_its_id(tmp_path: Path) -> None:
    with in_process(tmp_path, opening(Taking())) as service:
        for _ in range(2):
            assert read("LeverBilag", service.send("LeverBilag", ops.Write("m", 1, VOUCHERS))) == ops.Taken(1, 0)
        for other in (ops.Write("m", 2, VOUCHERS), ops.Write("m", 1, VOUCHERS * 2)):
            told = fault_of(service.send("LeverBilag", other))
            assert (type(told), told.code, told.facts) == (DataFault, "wsinkasso.message_differs", {"message": "m"})
        assert fault_of(service.send("LeverBilag", ops.Write(" ", 1, VOUCHERS))).code == "wsinkasso.no_message_id"
        with reading(service.access) as connection:
            (kept,) = messages(connection, 0, 10)
        assert (kept.login, kept.message, kept.function, kept.company) == ("kk2", "m", "LeverBilag", 1)


def test_two_messages_with_one_id_at_one_moment_are_not_both_done(tmp_path: Path) -> None:
    ledger = Slow()
    with in_process(tmp_path, opening(ledger)) as service, ThreadPoolExecutor(2) as callers:
        one = callers.submit(service.send, "LeverBilag", ops.Write("m", 1, VOUCHERS))
        assert ledger.first.wait(60)
        other = callers.submit(service.send, "LeverBilag", ops.Write("m", 2, VOUCHERS))
        assert not ledger.second.wait(0.5)
        ledger.may_go_on.set()
        assert read("LeverBilag", one.result()) == ops.Taken(1, 0)
        assert fault_of(other.result()).code == "wsinkasso.message_differs"
        assert not ledger.second.is_set()


def test_a_message_that_the_ledger_refused_is_not_kept(tmp_path: Path) -> None:
    with in_process(tmp_path, opening(Broken(Skip("port.unknown_claim", entry=1)))) as service:
        service.send("LeverBilag", ops.Write("m", 1, VOUCHERS))
        with reading(service.access) as connection:
            assert messages(connection, 0, 10) == []


@pytest.mark.parametrize("name", [one.name for one in ops.OPERATIONS if not one.needed])
def test_a_function_that_a_ledger_has_not_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    with in_process(tmp_path, opening(Taking())) as service:
        told = fault_of(service.send(name, CALLS[name]))
    assert (type(told), told.code, told.facts) == (Stop, "wsinkasso.no_such_function", {"function": name})


def test_a_foreign_ledger_answers_every_function(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    outcomes = {}

    @contextmanager
    def opened(_: Act) -> Iterator[Any]:
        ledger: Any = world.open()
        yield ledger
        ledger.close()

    with in_process(tmp_path / "access", opened) as service:
        for name in CALLS:
            answer = service.send(name, CALLS[name])
            outcomes[name] = fault_of(answer).code if answer.status_code == 500 else type(read(name, answer)).__name__
    refused = {name: outcome for name, outcome in outcomes.items() if "." in outcome}
    assert {"LeverBilag", "HentIdentitet", "HentBetalingerOgKorreksjoner"} <= outcomes.keys() - refused.keys()
    assert all(code.startswith("port.") for code in refused.values()), refused


def test_a_proxy_speaks_for_a_certificate_only_if_it_has_verified_it(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).caller("c").certificate.read_text()
    pem = quote(certificate)
    with in_process(tmp_path, opening(Taking())) as service:
        service.let_in("certified", Kind.CERTIFICATE, fingerprint_of_pem(certificate, "c"))
        said = [("SUCCESS", pem), ("NONE", pem), ("FAILED:expired", pem), ("SUCCESS", "x"), ("SUCCESS", pem[:200])]
        assert [_by_proxy(service, *one) for one in said] == [500, 401, 401, 401, 401]  # 500: in, with nothing to say
        service.gate.proxies = Proxies(frozenset({"192.0.2.1"}))
        assert _by_proxy(service, "SUCCESS", pem) == 401


def _by_proxy(service: InProcess, verified: str, said: str) -> int:
    headers = XML | {"x-client-verify": verified, "x-client-certificate": said, "x-forwarded-for": "192.0.2.9"}
    return service.post(b"", headers, None).status_code


def test_buckets_hold_no_more_keys_than_they_may(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Buckets, "MOST", 3)
    with in_process(tmp_path, opening(Taking())) as service:
        buckets = Buckets(service.clock, 1, 1)
        assert [buckets.take(key) for key in "abcd"] == [0] * 4
        assert (buckets.take("d"), buckets.take("b"), buckets.take("a")) == (1, 1, 0)  # "a" was forgotten
        buckets.give_back("d")
        assert buckets.take("d") == 0
