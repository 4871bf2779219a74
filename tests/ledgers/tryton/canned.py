"""A Tryton that answers what it is told to: for what a living one cannot be made to say when a test wants it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.values import dumped
from kravbro.ledgers.tryton.wire import Client

ADDRESS = "tryton+https://kravbro@erp.example.no/regnskap"
LOGIN, PREFERENCES = "common.db.login", "model.res.user.get_preferences"
NOW = "Mon, 02 Mar 2026 12:00:00 GMT"


class Canned:
    """Answers by method: a value is the result, an `httpx.Response` is the answer, a list of answers is used up."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {LOGIN: [7, "a-session", None]} | dict(answers)
        self.asked: list[tuple[str, list[Any], str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        method = body["method"]
        self.asked.append((method, body["params"], request.headers.get("Authorization", "")))
        answer = self.answers.get(method, [])
        if isinstance(answer, Turns):
            answer = answer.answers.pop(0) if len(answer.answers) > 1 else answer.answers[0]
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return httpx.Response(200, headers={"Date": NOW}, content=dumped({"id": body["id"], "result": answer}))


class Turns:
    """Different answers to the same question, in turn; the last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)


def error(*words: object) -> httpx.Response:
    """An answer of Tryton that tells of an exception."""
    return httpx.Response(200, headers={"Date": NOW}, content=dumped({"id": 1, "error": list(words)}))


def client(answers: Mapping[str, Any] | Canned, address: str = ADDRESS) -> Client:
    canned = answers if isinstance(answers, Canned) else Canned(answers)
    return Client(read_address(address), "hemmelig", httpx.MockTransport(canned))


def source(answers: Mapping[str, Any]) -> TrytonSource:
    companies = {
        "model.company.company.search_read": [{"id": 1, "party": 2}],
        PREFERENCES: {"companies": [1], "company_filter": "one"},
    }
    return TrytonSource(client(companies | dict(answers)), date(2026, 3, 2))


def line_row(number: int, change: str = "100.00", **others: Any) -> dict[str, Any]:
    """A receivable line as a search for `LINE_FIELDS` answers it."""
    amount = Decimal(change)
    move = {"id": number, "number": str(number), "date": date(2026, 1, 2), "post_date": date(2026, 1, 2)}
    move |= {"state": "posted", "description": None, "origin": None, "journal.": {"id": 1, "code": "S", "type": "cash"}}
    row = {"id": number, "debit": max(amount, Decimal(0)), "credit": max(-amount, Decimal(0)), "move.": move}
    return row | {"maturity_date": None, "description": None, "origin": None} | others
