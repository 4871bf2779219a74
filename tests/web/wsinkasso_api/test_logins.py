"""Who is let in, what they may see, and what is told of those who are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kravbro.bootstrap.service_logins import Wanted, add_login, disable_login
from kravbro.formats.wsinkasso import operations as ops
from kravbro.web.wsinkasso_api.limits import Limits
from tests.formats.wsinkasso_messages import CALLS
from tests.web.wsinkasso_api.authority import Authority
from tests.web.wsinkasso_api.reading import fault_of, read
from tests.web.wsinkasso_api.served import PASSWORD, Municipality, Running, posted

WRONG = "a password for the tasts"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    town = Municipality(tmp_path_factory.mktemp("town"))
    town.scene.claim()
    town.login("one", 1)
    town.login("both", 1, 2)
    town.login("certified", 1, pair=town.authority.caller("certified"))
    town.login("gone", 1)
    disable_login(town.site, "gone", "the agreement has ended")
    return town


@pytest.fixture(scope="module")
def running(town: Municipality) -> Iterator[Running]:
    limits = Limits(calls_per_second=10_000, tries=3, try_again_s=3_600)
    with town.served(town.settings(limits)) as running:
        yield running


OF_COMPANY = {name: value for name, value in CALLS.items() if hasattr(value, "company")}


@pytest.mark.parametrize("name", OF_COMPANY)
def test_a_company_that_a_login_may_not_see_is_answered_like_one_that_is_not_there(
    town: Municipality, running: Running, name: str
) -> None:
    with town.client(auth=("one", PASSWORD)) as client:
        hidden = posted(client, running.address, name, msgspec.structs.replace(OF_COMPANY[name], company=2))
        missing = posted(client, running.address, name, msgspec.structs.replace(OF_COMPANY[name], company=7))
    assert (hidden.status_code, fault_of(hidden).code) == (500, "wsinkasso.no_such_company")
    assert hidden.content.replace(b">2<", b">7<").replace(b"firma 2 ", b"firma 7 ") == missing.content


def test_a_company_that_a_login_sees_and_the_ledger_has_not_is_no_other(town: Municipality, running: Running) -> None:
    with town.client() as client:
        found = posted(client, running.address, "HentTilbaketrekkinger", ops.Page(2, 0, 10))
        assert read("HentTilbaketrekkinger", found) == ops.Rows()
    add_login(town.site, Wanted("late", (1,), PASSWORD))  # a login that is made while the server runs
    with town.client(auth=("late", PASSWORD)) as client:
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 200


def test_each_sees_its_own_companies(town: Municipality, running: Running) -> None:
    for name, companies in {"one": [1], "both": [1, 2]}.items():
        with town.client(auth=(name, PASSWORD)) as client:
            who = read("HentIdentitet", posted(client, running.address, "HentIdentitet", ops.Nothing()))
        assert [one.company for one in who.companies] == companies
        assert who.kind == "embedded"


def test_a_certificate_lets_in_whoever_has_its_key_and_nobody_else(
    town: Municipality, running: Running, tmp_path: Path
) -> None:
    known = town.folder / "certified.pem", town.folder / "certified.key"
    with town.client(auth=None, pair=type(town.pair)(*known)) as client:
        who = read("HentIdentitet", posted(client, running.address, "HentIdentitet", ops.Nothing()))
        assert [one.company for one in who.companies] == [1]
    with town.client(auth=None, pair=town.authority.caller("stranger")) as client:
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 401
    with town.client(auth=None) as client:
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 401
    forged = Authority(tmp_path, "another").caller("certified")
    with pytest.raises(Exception, match=r"alert|handshake|disconnected|reset"), town.client(pair=forged) as client:
        posted(client, running.address, "Ping", ops.Nothing())


@pytest.mark.parametrize(
    ("name", "password"),
    [("certified", PASSWORD), ("gone", PASSWORD), ("nobody", PASSWORD), ("one", WRONG), ("One", PASSWORD), ("", "")],
)
def test_whatever_is_wrong_with_a_sign_in_the_answer_is_the_same(
    town: Municipality, running: Running, name: str, password: str
) -> None:
    with town.client(auth=(name, password)) as client:
        refused = posted(client, running.address, "Ping", ops.Nothing())
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic realm=")
    assert fault_of(refused).code == "wsinkasso.not_signed_in"
    assert fault_of(refused).facts == {}
    assert password not in running.log.read_text() or not password


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !", "Basic b25l", "Bearer b25lOnR3bw==", "Basic " + "QUFB" * 1000, "Basic /////w=="]
)
def test_what_is_no_sign_in_is_refused(town: Municipality, running: Running, header: str) -> None:
    with town.client(auth=None) as client:
        client.headers["authorization"] = header
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 401


def test_a_login_that_is_disabled_is_out_at_once(town: Municipality, running: Running) -> None:
    town.login("short", 1)
    with town.client(auth=("short", PASSWORD)) as client:
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 200
        disable_login(town.site, "short", "a mistake")
        assert posted(client, running.address, "Ping", ops.Nothing()).status_code == 401
    town.login("short", 2)
    with town.client(auth=("short", PASSWORD)) as client:
        refused = posted(client, running.address, "HentTilbaketrekkinger", ops.Page(1, 0, 1))
        assert fault_of(refused).code == "wsinkasso.no_such_company"


def test_who_guesses_is_slowed_down_and_who_is_known_is_not(town: Municipality, running: Running) -> None:
    town.login("guessed", 1)
    with town.client(auth=("guessed", PASSWORD)) as known:
        assert posted(known, running.address, "Ping", ops.Nothing()).status_code == 200
        with town.client(auth=("guessed", WRONG)) as guesser:
            codes = [posted(guesser, running.address, "Ping", ops.Nothing()) for _ in range(4)]
        assert [one.status_code for one in codes] == [401, 401, 401, 429]
        assert 0 < int(codes[-1].headers["retry-after"]) <= 3_600
        assert posted(known, running.address, "Ping", ops.Nothing()).status_code == 200
    refused = [line for line in running.lines("call") if line["login"] == "guessed" and line["status"] != 200]
    assert [line["outcome"] for line in refused] == [
        *["wsinkasso.not_signed_in"] * 3,
        "wsinkasso.too_many_sign_ins",
    ]
    assert {line["address"] for line in refused} == {"127.0.0.1"}
