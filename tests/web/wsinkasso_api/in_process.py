"""The application without a network: over any ledger, on a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from kravbro.access.logins import Kind, add_login
from kravbro.core.acts import Act
from kravbro.db.engines import Engine, writing
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.formats.wsinkasso.description import action
from kravbro.formats.wsinkasso.operations import BY_NAME
from kravbro.migrations.upgrade import upgrade
from kravbro.web.wsinkasso_api.application import Application, Speaking
from kravbro.web.wsinkasso_api.limits import Limits
from kravbro.web.wsinkasso_api.service import OpenLedger, Service
from kravbro.web.wsinkasso_api.signing_in import Gate, Proxies
from tests.formats.wsinkasso_messages import call
from tests.templates import copy_of
from tests.web.wsinkasso_api.served import PASSWORD, XML

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADDRESS = "https://inkasso.example/wsinkasso"


def _with_one_login(place: Place) -> None:
    access = place.open("access")
    upgrade(access, "access")
    _let_in(access, "kk2", Kind.PASSWORD, PasswordHasher(1, 8, 1).hash(PASSWORD))  # cheap, for tests
    access.dispose()


def _let_in(access: Engine, name: str, kind: Kind, secret: str) -> None:
    with writing(access) as connection:
        add_login(connection, name, (1, 2), kind, secret, Act("tester", NOW.date(), NOW))


class InProcess:
    """The application over a ledger, with the login `kk2` for company 1 and 2."""

    def __init__(self, folder: Path, open_ledger: OpenLedger, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.clock = FixedClock(NOW)
        self.access = place_at(copy_of(_with_one_login, "sqlite", folder)).open("access")
        self.gate = Gate(self.access, self.clock, limits, Proxies(frozenset({"127.0.0.1"})))
        service = Service(open_ledger, self.access)
        self.application = Application(service, self.gate, self.clock, limits, Speaking(ADDRESS))

    def let_in(self, name: str, kind: Kind, secret: str) -> None:
        """Let somebody in, for companies 1 and 2."""
        _let_in(self.access, name, kind, secret)

    def close(self) -> None:
        """End the threads."""
        self.application.close()
        self.access.dispose()

    def send(self, name: str, value: Any) -> httpx.Response:
        """The answer to a call."""
        return self.post(call(name, value), XML | {"soapaction": action(BY_NAME[name])})

    def post(self, body: bytes, headers: Mapping[str, str] = XML, auth: Any = ("kk2", PASSWORD)) -> httpx.Response:
        """The answer to a body."""

        async def posted() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.post(ADDRESS, content=body, headers=dict(headers), auth=auth)

        return asyncio.run(posted())


@contextmanager
def in_process(folder: Path, open_ledger: OpenLedger, limits: Limits | None = None) -> Iterator[InProcess]:
    """The application, until the block ends."""
    made = InProcess(folder, open_ledger, limits)
    try:
        yield made
    finally:
        made.close()
