"""Whom the client trusts, what it shows of itself, and what it takes from nobody."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from kravbro.core.errors import KravbroError, Retry, Stop
from kravbro.engine.clock import FixedClock
from kravbro.formats.wsinkasso import operations as ops
from kravbro.ledgers.wsinkasso import transport
from kravbro.ledgers.wsinkasso.address import KEY_PASSWORD, PASSWORD
from kravbro.ledgers.wsinkasso.opening import open_service
from tests.formats.wsinkasso_messages import ANSWERS, DAY
from tests.ledgers.wsinkasso.canned import XML, Canned, response, told
from tests.ledgers.wsinkasso.stand_in import ADDRESS
from tests.ledgers.wsinkasso.tls import listening
from tests.web.wsinkasso_api.authority import Authority


def called(address: str, settings: str = "") -> KravbroError:
    """What a call ends in; whoever is let in is told that nothing is there."""
    service, _ = open_service(address, settings, {})
    with pytest.raises(KravbroError) as raised:
        service.call(ops.PING, ops.Nothing())
    service.close()
    return raised.value


def test_a_service_is_trusted_by_its_authority_and_by_its_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    known = f'ca_file = "{authority.file}"'
    with listening(authority.server("localhost")) as address:
        assert called(address, known).code == "wsinkasso.nothing_there"
        by_number = called(address.replace("localhost", "127.0.0.1"), known)
        stranger = called(address)
    with listening(authority.server("erp.example.no")) as address:
        other_name = called(address, known)
    for refusal in (stranger, other_name, by_number):
        assert (type(refusal), refusal.code) == (Stop, "wsinkasso.tls")
        assert refusal.facts["reason"]


def test_a_line_that_breaks_is_tried_again() -> None:
    """A server that is killed breaks the encryption off too: that says nothing against it."""
    broken = httpx.ReadError("EOF occurred in violation of protocol")
    broken.__cause__ = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
    service, _ = open_service(ADDRESS, "", {}, Canned(broken))
    with pytest.raises(Retry) as raised:
        service.call(ops.PING, ops.Nothing())
    assert raised.value.code == "wsinkasso.unreachable"


def test_a_service_that_asks_for_a_certificate_is_shown_one(tmp_path: Path) -> None:
    authority, own = Authority(tmp_path), Authority(tmp_path, "Another")
    known = f'ca_file = "{authority.file}"\n'
    caller, wrong = authority.caller("kk2"), own.caller("somebody")
    with listening(authority.server("localhost"), authority.file) as address:
        assert called(address, f'{known}certificate = "{caller.certificate}"\nkey = "{caller.key}"').code == (
            "wsinkasso.nothing_there"
        )
        for settings in (known, f'{known}certificate = "{wrong.certificate}"\nkey = "{wrong.key}"'):
            refusal = called(address, settings)
            assert isinstance(refusal, Stop | Retry)
            assert refusal.code in {"wsinkasso.tls", "wsinkasso.unreachable"}


def test_a_key_that_is_another_certificates_or_is_locked_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, two = authority.caller("one"), authority.caller("two")
    with pytest.raises(Stop) as refusal:
        open_service(
            "https://localhost/x", f'certificate = "{one.certificate}"\nkey = "{two.key}"', {KEY_PASSWORD: "x"}
        )
    assert refusal.value.code == "wsinkasso.certificate_file"


def test_nothing_is_taken_from_the_environment_but_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    over = Canned(told("Ping", ANSWERS["Ping"]))
    service, _ = open_service(ADDRESS, 'user = "kk2"', {PASSWORD: "hæmmelig"}, over)
    service.call(ops.PING, ops.Nothing())
    (asked,) = over.asked
    assert asked.headers["Authorization"] == "Basic a2syOmjDpm1tZWxpZw=="
    assert asked.headers["Content-Type"].startswith("text/xml")
    assert asked.headers["SOAPAction"] == '"urn:kravbro:wsinkasso:1:Ping"'
    assert asked.headers["Accept-Encoding"] == "identity"
    assert str(asked.url) == ADDRESS
    assert not any(pattern for pattern in service._transport._http._mounts)  # type: ignore[union-attr] # it was opened


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the whole never does."""
    clock = FixedClock(DAY)
    monkeypatch.setattr(transport, "SystemClock", lambda: clock)

    def dripping() -> list[bytes]:
        clock.advance(timedelta(seconds=121))
        return [b"<", b"x"]

    service, _ = open_service(ADDRESS, "", {}, _Late(dripping))
    with pytest.raises(Retry) as raised:
        service.call(ops.PING, ops.Nothing())
    assert (raised.value.code, raised.value.facts["cause"]) == ("wsinkasso.unreachable", "ReadTimeout")


class _Late(Canned):
    def __init__(self, chunks: object) -> None:
        super().__init__(response(200))
        self._chunks = chunks

    def handle_request(self, request: object) -> object:  # type: ignore[override] # as httpx has it
        return response(200, self._chunks(), **XML)  # type: ignore[operator] # it is called when it is asked


def test_a_client_that_was_closed_is_used_again() -> None:
    over = Canned(told("Ping", ANSWERS["Ping"]), told("Ping", ANSWERS["Ping"]))
    service, _ = open_service(ADDRESS, "", {}, over)
    for _ in range(2):
        service.call(ops.PING, ops.Nothing())
        service.close()
        service.close()
    assert len(over.asked) == 2
