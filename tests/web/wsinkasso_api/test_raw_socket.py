"""What no SOAP library sends: the server refuses it, keeps nothing of it, and goes on."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from threading import Event

import pytest

from kravbro.core.errors import DataFault
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.envelopes import LARGEST
from kravbro.web.wsinkasso_api.limits import Limits
from tests.formats.wsinkasso_messages import CALLS, call, read_answer
from tests.web.wsinkasso_api.raw_socket import HEAD, SIGNED_IN, Raw, request
from tests.web.wsinkasso_api.reading import fault_in
from tests.web.wsinkasso_api.served import Municipality, Running
from tests.web.wsinkasso_api.traces import traces

WRITE = call("LeverBilag", CALLS["LeverBilag"])
PING = call("Ping", ops.Nothing())
LIMITS = Limits(
    calls_per_second=10_000, head_s=2, body_s=2, answer_s=2, refused_s=1, idle_s=2, calls_at_once=2, connections=40
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    town = Municipality(tmp_path_factory.mktemp("town"))
    town.scene.claims(100_00, 200_00)
    return town


@pytest.fixture(scope="module")
def running(town: Municipality) -> Iterator[Running]:
    with town.served(town.settings(LIMITS)) as running:
        yield running


@pytest.fixture
def raw(town: Municipality, running: Running) -> Iterator[Raw]:
    """A connection for what is refused: nothing of it is kept, and the next caller is answered."""
    before = traces(town.folder / "place")
    with Raw(town, running) as raw:
        yield raw
    with Raw(town, running) as next_one:
        next_one.send(request(PING))
        assert next_one.answer().status == 200
    assert traces(town.folder / "place") == before


def changed(old: bytes, new: bytes) -> bytes:
    """A request that writes, with one change."""
    whole = request(WRITE)
    assert old in whole
    return whole.replace(old, new, 1)


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        pytest.param(b"LeverBilag\r\n\r\n", {400}, id="a line that is none"),
        pytest.param(changed(b"HTTP/1.1", b"HTTP/9.9"), {400}, id="a version that is none"),
        pytest.param(changed(b" HTTP/1.1", b""), {400}, id="HTTP/0.9"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}, id="HTTP/2"),
        pytest.param(changed(b"POST /", b"POST  /"), {400}, id="two spaces"),
        pytest.param(changed(b"Host: localhost\r\n", b""), {400}, id="no host"),
        pytest.param(changed(b"Host:", b"Host: a\r\nHost:"), {400}, id="two hosts"),
        pytest.param(changed(b"Host:", b"Host :"), {400}, id="a space before the colon"),
        pytest.param(changed(b"localhost", b"local\0host"), {400}, id="a NUL"),
        pytest.param(changed(b"Content-Length: ", b"Content-Length: -"), {400}, id="a negative length"),
        pytest.param(changed(b"Content-Length: ", b"Content-Length: +"), {400}, id="a length with a sign"),
        pytest.param(changed(b"Content-Length: ", b"Content-Length: 0x"), {400}, id="a hexadecimal length"),
        pytest.param(changed(b"Content-Length: ", b"Content-Length: " + b"9" * 30), {400, 413}, id="a giant length"),
        pytest.param(request(WRITE, b"Content-Length: 3"), {400}, id="two lengths"),
        pytest.param(request(WRITE, b"Transfer-Encoding: chunked"), {400}, id="length and pieces"),
        pytest.param(request(WRITE, b"Transfer-Encoding: gzip, chunked"), {400, 501}, id="packed pieces"),
        pytest.param(request(WRITE, b"Transfer-Encoding: x"), {400, 501}, id="an unknown transfer"),
        pytest.param(request(WRITE, SIGNED_IN.strip()), {400}, id="two sign-ins"),
        pytest.param(request(WRITE, b"Content-Type: text/xml"), {400}, id="two types"),
        pytest.param(request(WRITE, b"X-Long: " + b"x" * 40_000), {400, 431}, id="a giant header"),
        pytest.param(b"X: y\r\n" * 100_000, {400}, id="headers without a request"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + WRITE, {400}, id="no size"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + WRITE, {400}, id="a size below 0"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", {400}, id="too little"),
        pytest.param(changed(b"/wsinkasso", b"/"), {404}, id="another path"),
        pytest.param(changed(b"/wsinkasso", b"/wsinkasso/"), {404}, id="a path with more"),
        pytest.param(changed(b"/wsinkasso", b"/wsinkass%6f"), {404}, id="an encoded path"),
        pytest.param(changed(b"/wsinkasso", b"//wsinkasso"), {404}, id="a doubled slash"),
        pytest.param(changed(b"/wsinkasso", b"http://localhost/wsinkasso"), {404}, id="a whole URL"),
        pytest.param(changed(b"/wsinkasso", b"/wsinkasso?wsdl"), {404}, id="a call of the description"),
        pytest.param(changed(b"POST", b"PUT"), {405}, id="another method"),
        pytest.param(changed(b"POST", b"HEAD"), {405}, id="HEAD"),
        pytest.param(changed(b"POST", b"TRACE"), {405}, id="TRACE"),
        pytest.param(changed(b"POST", b"CONNECT"), {400, 404, 405}, id="CONNECT"),
        pytest.param(changed(b"text/xml; charset=utf-8", b"application/soap+xml"), {415}, id="SOAP 1.2"),
        pytest.param(changed(b"text/xml; charset=utf-8", b"multipart/related; type=text/xml"), {415}, id="attachments"),
        pytest.param(changed(b"Content-Type: text/xml; charset=utf-8\r\n", b""), {415}, id="no type"),
        pytest.param(changed(b"charset=utf-8", b"charset=utf-16"), {415}, id="a charset that is not the document's"),
        pytest.param(changed(b"charset=utf-8", b"charset=iso-8859-1"), {415}, id="another charset"),
        pytest.param(request(gzip.compress(WRITE), b"Content-Encoding: gzip"), {415}, id="packed"),
        pytest.param(request(gzip.compress(WRITE)), {500}, id="packed in silence"),
        pytest.param(request(WRITE.decode().encode("utf-16")), {500}, id="UTF-16"),
        pytest.param(changed(b"; charset=utf-8", b"").replace(b"UTF-8", b"UTF-7"), {500}, id="UTF-7"),
        pytest.param(request(WRITE.replace(b"Oppgj\xc3\xb8r", b"Oppgj\xf8r")), {500}, id="bytes that are no UTF-8"),
        pytest.param(request(WRITE, b'SOAPAction: "urn:kravbro:wsinkasso:1:Ping"'), {500}, id="another action"),
        pytest.param(request(b""), {500}, id="nothing"),
        pytest.param(request(b"\0" * 100_000), {500}, id="zeroes"),
        pytest.param(HEAD.replace(SIGNED_IN, b"") + b"Content-Length: 5\r\n\r\nhello", {401}, id="nobody"),
        pytest.param(HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST + 1), {413}, id="announced too large"),
    ],
)  # fmt: skip
def test_it_is_refused(raw: Raw, data: bytes, statuses: set[int]) -> None:
    raw.send(data)
    answer = raw.answer()
    assert answer.status in statuses
    assert b"Traceback" not in answer.body
    if answer.headers.get("content-type", "").startswith("text/xml"):
        assert fault_in(answer.body).code != "wsinkasso.internal"


@pytest.mark.parametrize("cut", [1, 40, len(HEAD) - 3, len(HEAD) + 30, len(request(WRITE)) - 1])
def test_half_a_request_that_ends_is_nothing(raw: Raw, cut: int) -> None:
    raw.send(request(WRITE)[:cut])
    raw.end()
    assert raw.answer().status in {0, 400}


@pytest.mark.parametrize("sent", [b"", b"POST", HEAD])
def test_who_does_not_go_on_is_left(raw: Raw, sent: bytes) -> None:
    raw.send(sent)
    assert raw.answer().status == 0


def test_who_does_not_go_on_after_an_answer_is_left(raw: Raw) -> None:
    raw.send(request(PING) + HEAD[:30])
    assert raw.answer().status == 200
    assert raw.answer().status == 0


def test_slow_bytes_of_a_head_end_the_connection(raw: Raw) -> None:
    assert raw.trickle(HEAD).status == 0


def test_slow_bytes_of_a_body_are_refused(raw: Raw) -> None:
    whole = request(WRITE)
    raw.send(whole[: len(whole) - 300])
    answer = raw.trickle(whole[len(whole) - 300 :])
    assert (answer.status, fault_in(answer.body).code) == (408, "wsinkasso.too_slow")


def test_who_does_not_take_an_answer_is_left(running: Running, raw: Raw) -> None:
    raw.send(b"GET /wsinkasso?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n" * 150)  # 15 MB: more than waits anywhere
    while not any(line["outcome"] == "not_read" for line in running.lines("call")):
        assert running.process.is_alive()
        Event().wait(0.1)


def test_a_body_without_end_is_refused(raw: Raw) -> None:
    raw.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    for _ in range(17):
        raw.send(piece)
    raw.send(b"0\r\n\r\n")
    answer = raw.answer()
    assert (answer.status, fault_in(answer.body).code) == (413, "formats.wsinkasso.too_large")


def test_more_calls_than_are_taken_are_told_to_come_again(town: Municipality, running: Running, raw: Raw) -> None:
    with Raw(town, running) as first, Raw(town, running) as second:
        for one in (first, second):
            one.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n")
            assert one.answer().status == 100  # it holds a place from now on
        raw.send(request(WRITE))
        answer = raw.answer()
        assert (answer.status, fault_in(answer.body).code) == (503, "wsinkasso.busy")
        assert answer.headers["retry-after"] == "1"
        for one in (first, second):
            assert one.answer().status == 408


def test_pieces_pipelines_and_other_letters_are_taken(raw: Raw) -> None:
    raw.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(PING), PING))
    assert read_answer("Ping", raw.answer().body).contract == "1.0"
    raw.send(request(PING) * 3)
    assert [raw.answer().status for _ in range(3)] == [200] * 3
    latin = call("HentTilbaketrekkinger", ops.Page(1, 0, 10)).decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    raw.send(request(latin).replace(b"charset=utf-8", b"charset=ISO-8859-1"))
    assert read_answer("HentTilbaketrekkinger", raw.answer().body) == ops.Rows()


def test_the_description_never_repeats_a_host_that_somebody_sends(running: Running, raw: Raw) -> None:
    raw.send(b"GET /wsinkasso?wsdl HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n")
    answer = raw.answer()
    assert answer.status == 200
    assert b"evil" not in answer.body
    assert f'location="{running.address}"'.encode() in answer.body


def test_what_was_refused_is_in_the_log_without_its_content(running: Running) -> None:
    log = running.log.read_text()
    assert "Oppgj" not in log
    assert "V-9" not in log
    assert not running.lines("unexpected")


def test_the_fault_of_a_write_names_the_place_and_not_the_value(raw: Raw) -> None:
    raw.send(request(WRITE.replace(b"<Belop>100.50<", b"<Belop>100.5051<")))
    error = fault_in(raw.answer().body)
    assert isinstance(error, DataFault)
    assert error.facts["place"] == "LeverBilag/Bilag/Linje[1]/Belop"
    assert "5051" not in str(error.facts)
