"""zeep with the real server, as a process of its own: directly, and through nginx with another path.

The server is started by its command, on the name `localhost`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import requests
import zeep

from kravbro.core.claims import Outcome
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.description import description, schema_bytes
from tests.books.world import TODAY
from tests.formats.wsinkasso_messages import CALLS
from tests.web.wsinkasso_api.nginx import PATH, free_port, fronted
from tests.web.wsinkasso_api.served import PASSWORD, XML, Municipality, posted
from tests.web.wsinkasso_api.soap_client import Soap
from tests.web.wsinkasso_api.traces import traces

BASIC = ("kk2", PASSWORD)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    town = Municipality(tmp_path_factory.mktemp("town"))
    town.login("certified", 1, pair=town.authority.caller("certified"))
    return town


@contextmanager
def started(town: Municipality, *options: str) -> Iterator[dict[str, Any]]:
    """The server by its command; gives what it says when it listens. It ends by SIGTERM, and with exit code 0."""
    command = [sys.executable, "-m", "kravbro", "wsinkasso", "serve", "--json", "--port", "0", "--on", str(TODAY)]
    with (town.folder / "command.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--dir", str(town.place.name), *options],
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "KRAVBRO_LANGUAGE": "en"},
        )
        assert process.stdout
        line = process.stdout.readline()
        assert line, (town.folder / "command.log").read_text()
        try:
            yield msgspec.json.decode(line)
        finally:
            process.terminate()
            assert process.wait(60) == 0
            process.stdout.close()


@pytest.fixture(scope="module")
def address(town: Municipality) -> Iterator[str]:
    options = ("--certificate", str(town.pair.certificate), "--key", str(town.pair.key))
    with started(town, *options, "--client-ca", str(town.authority.file)) as listening:
        yield listening["address"]


@pytest.fixture(scope="module")
def public(town: Municipality) -> Iterator[str]:
    """The address of nginx, which rewrites host and path."""
    port = free_port()
    address = f"https://localhost:{port}{PATH}"
    folder = town.folder / "nginx"
    folder.mkdir()
    with (
        started(town, "--host", "127.0.0.1", "--behind-proxy", "--public-address", address) as listening,
        fronted(folder, port, listening["port"], town.pair, town.authority.file),
    ):
        yield address


def carried_day(town: Municipality, soap: Soap) -> None:
    """A claim, its case number, a payment, a voucher and its fate, a status, and what remains."""
    offer = town.scene.claim(500_00)
    ready = soap.call(ops.READY, ops.Page(1, 0, 1_000))
    assert offer in ready.rows
    receipt = town.scene.acceptance(offer)
    name = f"{soap}-{offer.number}"
    assert soap.call(ops.RECORD_RECEIPTS, ops.Write(f"a{name}", 1, (receipt,))) == ops.Taken(1, 0)
    assert soap.call(ops.RECORD_RECEIPTS, ops.Write(f"a{name}", 1, (receipt,))) == ops.Taken(0, 1)
    assert offer not in soap.call(ops.READY, ops.Page(1, 0, 1_000)).rows
    town.scene.pay(offer.entry, 100_00)
    told = soap.call(ops.TRANSACTIONS, ops.Page(1, 0, 1_000)).rows[-1]
    assert (told.offer, told.amount_ore) == (offer.number, -100_00)
    voucher = town.scene.voucher((offer, 50_00))
    assert soap.call(ops.POST_VOUCHERS, ops.Write(f"b{name}", 1, (voucher,))) == ops.Taken(1, 0)
    fates = soap.call(ops.VOUCHER_RECEIPTS, ops.Page(1, 0, 1_000)).rows
    assert fates[-1].voucher_key == voucher.key
    (moved,) = soap.call(ops.REMAINING, ops.Chosen(1, (offer.number,))).rows
    assert (moved.opening_ore, sum(one.amount_ore for one in moved.movements)) == (500_00, -150_00)
    assert soap.call(ops.RECORDED_RECEIPTS, ops.Page(1, 0, 1_000)).rows[-1].outcome is Outcome.ACCEPTED
    assert soap.call(ops.AUDIT, ops.OfCompany(1)) == ops.Rows()


def test_a_day_over_tls_with_a_password(town: Municipality, address: str) -> None:
    carried_day(town, Soap(f"{address}?wsdl", town.authority.file, password=BASIC))


def test_a_day_over_tls_with_a_certificate(town: Municipality, address: str) -> None:
    pair = type(town.pair)(town.folder / "certified.pem", town.folder / "certified.key")
    carried_day(town, Soap(f"{address}?wsdl", town.authority.file, pair=pair))


def test_a_day_through_nginx_with_a_password(town: Municipality, public: str) -> None:
    carried_day(town, Soap(f"{public}?wsdl", town.authority.file, password=BASIC))


def test_a_day_through_nginx_with_a_certificate(town: Municipality, public: str) -> None:
    pair = type(town.pair)(town.folder / "certified.pem", town.folder / "certified.key")
    carried_day(town, Soap(f"{public}?wsdl", town.authority.file, pair=pair))


def test_a_fault_comes_with_its_code_and_its_place(town: Municipality, address: str) -> None:
    soap = Soap(f"{address}?wsdl", town.authority.file, password=BASIC)
    with pytest.raises(zeep.exceptions.Fault) as refused:
        soap.call(ops.TRANSACTIONS, ops.Page(7, 0, 10))
    assert refused.value.code == "soap:Client"
    assert refused.value.detail[0].findtext("{*}Kode") == "wsinkasso.no_such_company"
    with pytest.raises(zeep.exceptions.Fault) as refused:
        Soap(f"{address}?wsdl", town.authority.file).call(ops.PING, ops.Nothing())
    assert refused.value.detail[0].findtext("{*}Kode") == "wsinkasso.not_signed_in"


def test_nobody_is_believed_whom_the_authority_does_not_know(town: Municipality, address: str) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{address}?wsdl", timeout=30)
    with pytest.raises(requests.exceptions.SSLError, match="mismatch"):
        requests.get(f"{address}?wsdl".replace("localhost", "127.0.0.1"), verify=str(town.authority.file), timeout=30)


def test_the_description_is_the_one_of_the_contract(town: Municipality, address: str, public: str) -> None:
    with town.client(auth=None) as client:
        for one in (address, public):
            assert client.get(f"{one}?wsdl").content == description(one)
            assert client.get(f"{one}?XSD").content == schema_bytes()


def test_what_a_caller_says_of_itself_is_not_believed(town: Municipality, address: str, public: str) -> None:
    certificate = httpx.QueryParams({"x": (town.folder / "certified.pem").read_text()})["x"].replace("\n", "%0A")
    said = XML | {"X-Client-Verify": "SUCCESS", "X-Client-Certificate": certificate, "X-Forwarded-For": "192.0.2.7"}
    with town.client(auth=None, headers=said) as client:
        for one in (address, public):
            assert posted(client, one, "Ping", ops.Nothing()).status_code == 401
    calls = [msgspec.json.decode(line) for line in (town.folder / "command.log").read_bytes().splitlines()]
    assert "192.0.2.7" not in {line.get("address") for line in calls}


def test_nginx_lets_nothing_else_through_and_sets_nothing_aside(town: Municipality, public: str) -> None:
    before = traces(town.folder / "place")
    large = b" " * (2 * 2**20)
    with town.client() as client:
        assert client.get(public.replace(PATH, "/")).status_code == 404
        assert client.get(public.replace(PATH, "/wsinkasso?wsdl")).status_code == 404
        assert posted(client, public, "HentTilbaketrekkinger", CALLS["HentTilbaketrekkinger"]).status_code == 200
        assert client.post(public, content=large).status_code == 500
        assert client.post(public, content=b" " * (18 * 2**20)).status_code == 413
    with town.client(auth=("kk2", "another password, not it")) as client:
        assert posted(client, public, "Ping", ops.Nothing()).status_code == 401
    folder = town.folder / "nginx"
    assert [str(file) for part in ("body", "proxy") for file in Path(folder / part).rglob("*") if file.is_file()] == []
    assert "warn" not in (folder / "nginx.log").read_text()
    assert traces(town.folder / "place") == before
