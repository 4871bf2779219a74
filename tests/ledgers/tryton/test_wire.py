"""Sessions, and Tryton's errors as ours, by code."""

from __future__ import annotations

import httpx
import pytest

from kravbro.core.errors import KravbroError, Retry, Skip, Stop
from tests.ledgers.tryton.canned import LOGIN, Canned, Turns, client, error

METHOD = "model.party.party.read"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (error("UserError", ["Ikke lov", "fordi", None]), Skip, "tryton.refused"),
        (error("UserWarning", ["a.name", "Er du sikker?", ""]), Skip, "tryton.refused"),
        (error("ConcurrencyException", "Record changed"), Retry, "tryton.changed_meanwhile"),
        (error("LoginException", ["password", "Again", "password"]), Stop, "tryton.login_refused"),
        (error("'account.dunning'", "a traceback"), Stop, "tryton.fault"),
        (httpx.Response(403), Stop, "tryton.no_method"),
        (httpx.Response(404), Stop, "tryton.no_database"),
        (httpx.Response(422), Stop, "tryton.fault"),
        (httpx.Response(429), Retry, "tryton.busy"),
        (httpx.Response(503), Retry, "tryton.busy"),
        (httpx.Response(504), Retry, "tryton.busy"),
        (httpx.Response(200, content=b"<html>"), Stop, "tryton.no_tryton"),
        (httpx.Response(200, content=b"[]"), Stop, "tryton.no_tryton"),
    ],
)
def test_what_tryton_answers_becomes_one_of_the_four_kinds(
    answer: httpx.Response, kind: type[KravbroError], code: str
) -> None:
    with pytest.raises(kind) as raised:
        client({METHOD: answer}).call(METHOD, [1])

    assert raised.value.code == code


def test_a_refusal_is_told_in_trytons_own_words_on_one_line() -> None:
    with pytest.raises(Skip) as raised:
        client({METHOD: error("UserError", ["Ikke\n  lov", "fordi", None])}).call(METHOD)

    assert raised.value.facts == {"said": "Ikke lov fordi", "method": METHOD}


def test_a_session_that_is_over_is_begun_anew_and_the_call_made_once_more() -> None:
    canned = Canned({METHOD: Turns(httpx.Response(401), [{"id": 1}])})

    assert client(canned).call(METHOD, [1]) == [{"id": 1}]
    assert [method for method, _, _ in canned.asked] == [LOGIN, METHOD, LOGIN, METHOD]


def test_who_is_not_let_in_again_is_told_so() -> None:
    with pytest.raises(Stop, match="login_refused"):
        client({METHOD: httpx.Response(401)}).call(METHOD, [1])


def test_a_wrong_password_is_not_repeated_in_the_message() -> None:
    with pytest.raises(Stop, match="login_refused") as raised:
        client({LOGIN: httpx.Response(401)}).call(METHOD, [1])

    assert "hemmelig" not in str(raised.value)


def test_a_session_is_said_with_each_call_and_given_back_at_the_end() -> None:
    canned = Canned({METHOD: []})
    session = client(canned)
    session.call(METHOD, company=3)
    session.close()

    methods = [method for method, _, _ in canned.asked]
    assert methods == [LOGIN, METHOD, "common.db.logout"]
    assert [bool(said) for _, _, said in canned.asked] == [False, True, True]
    assert canned.asked[1][1][-1] == {"company": 3, "companies": [3]}


def test_a_server_that_is_away_when_the_session_is_given_back_is_no_fault() -> None:
    session = client({METHOD: [], "common.db.logout": httpx.Response(503)})
    session.call(METHOD)
    session.close()


def test_the_servers_clock_is_kept() -> None:
    session = client({METHOD: []})
    session.call(METHOD)

    assert session.said_at == 1_772_452_800
