"""Our server in a process of its own, over a ledger of the tests, and what a caller does with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from kravbro.bootstrap.notice import settle_new
from kravbro.bootstrap.service_logins import Wanted, add_login
from kravbro.bootstrap.site import Site
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock
from kravbro.formats.wsinkasso.description import action
from kravbro.formats.wsinkasso.operations import BY_NAME
from kravbro.migrations.upgrade import upgrade
from kravbro.ports.conformance.ledger.scene import LedgerScene
from kravbro.web.wsinkasso_api.limits import Limits
from kravbro.web.wsinkasso_api.server import Settings, serve
from kravbro.web.wsinkasso_api.tls import Tls
from tests.books.world import ACT, TODAY
from tests.formats.wsinkasso_messages import call
from tests.ledgers.embedded.acting import EmbeddedWorld
from tests.web.wsinkasso_api.authority import Authority, Pair

PASSWORD = "a password for the tests"
XML = {"content-type": "text/xml; charset=utf-8"}
_context = multiprocessing.get_context("forkserver")


class Running(NamedTuple):
    """A server that runs: its port, its process, and the file of its log."""

    port: int
    process: Any
    log: Path

    @property
    def address(self) -> str:
        """Where calls go."""
        return f"https://localhost:{self.port}/wsinkasso"

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.process.kill()
        self.process.join()

    def stop(self) -> int | None:
        """Ask it to end; answers its exit code."""
        os.kill(self.process.pid, signal.SIGTERM)
        self.process.join(30)
        code: int | None = self.process.exitcode
        return code

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """What it has logged, or only what is of one kind."""
        lines = [msgspec.json.decode(line) for line in self.log.read_bytes().splitlines()]
        return [line for line in lines if line["event"] == event or not event]


def with_office(address: str) -> Place:
    """The place of a ledger, with an office that has done nothing yet."""
    place = place_at(address)
    for owner in ("office", "bridge"):
        upgrade(place.open(owner), owner)
    settle_new(place, ACT)
    return place


def ready(folder: Path) -> Place:
    """An installation with two companies, and no logins."""
    return with_office(EmbeddedWorld(folder)._address)


class Municipality:
    """A ledger with two companies, logins, and a scene of its first company."""

    def __init__(self, folder: Path, kind: str = "sqlite") -> None:
        self.folder = folder
        self.world = EmbeddedWorld(folder / "place", kind=kind)
        self.place = with_office(self.world._address)
        self.scene = LedgerScene(self.world)
        self.authority = Authority(folder)
        self.pair = self.authority.server("localhost")
        self.site = Site(self.place, ACT)
        self.login("kk2", 1, 2)

    def login(self, name: str, *companies: int, pair: Pair | None = None) -> None:
        """Let somebody in, by the tests' password or a certificate."""
        proof: dict[str, str] = {"certificate": pair.certificate.read_text()} if pair else {"password": PASSWORD}
        add_login(self.site, Wanted(name, companies, **proof))

    def settings(self, limits: Limits | None = None, **changes: Any) -> Settings:
        """How it is served."""
        limits = limits or Limits(calls_per_second=10_000)
        tls = Tls(self.pair.certificate, self.pair.key, self.authority.file)
        given: dict[str, Any] = {"host": "localhost", "port": 0, "tls": tls, "limits": limits, "on": TODAY}
        return Settings(**(given | changes))

    @contextmanager
    def served(self, settings: Settings | None = None) -> Iterator[Running]:
        """The server, until the block ends."""
        running = self.start(settings or self.settings())
        try:
            yield running
        finally:
            running.kill()

    def start(self, settings: Settings) -> Running:
        """Start a server, and wait until it listens."""
        ours, theirs = _context.Pipe()
        log = self.folder / "service.log"
        process = _context.Process(target=_serve, args=(self.world._address, settings, log, theirs))
        process.start()
        theirs.close()
        return Running(ours.recv(), process, log)

    def client(self, **options: Any) -> httpx.Client:
        """A caller that knows the authority, and signs in as `kk2` unless told otherwise."""
        context = ssl.create_default_context(cafile=str(self.authority.file))
        if pair := options.pop("pair", None):
            context.load_cert_chain(pair.certificate, pair.key)
        given: dict[str, Any] = {"auth": ("kk2", PASSWORD), "headers": XML, "timeout": 60} | options
        return httpx.Client(verify=context, trust_env=False, **given)


def _serve(address: str, settings: Settings, log: Path, listening: Connection) -> None:
    with log.open("a", encoding="utf-8", buffering=1) as lines:
        serve(place_at(address), settings, SystemClock(), lines, lambda _, port: listening.send(port))


def posted(client: httpx.Client, address: str, name: str, value: msgspec.Struct) -> httpx.Response:
    """The answer to a call."""
    return client.post(address, content=call(name, value), headers={"soapaction": f'"{action(BY_NAME[name])}"'})
