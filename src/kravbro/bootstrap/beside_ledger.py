"""What Kravbro makes in a foreign ledger before an installation can be connected with it: tables, views, windows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from typing import Protocol
from uuid import uuid4

import msgspec

from kravbro.bootstrap.secrets import Secrets
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.definitions import grants
from kravbro.ledgers.files import install as of_files
from kravbro.ledgers.files import opening as files
from kravbro.ledgers.files.source import KIND as FILES
from kravbro.ledgers.visma_business import install, opening, rights, windows
from kravbro.ledgers.visma_business.source import KIND as VISMA_BUSINESS
from kravbro.mirror.connections import Connection


class Made(msgspec.Struct, frozen=True):
    """What was made now, by name, and what is left for people to do, as text."""

    made: list[str]
    to_do: str


class Said(msgspec.Struct, frozen=True):
    """A statement for somebody to run: the database, what it makes, and its text."""

    database: str
    name: str
    statement: str


class Installer(Protocol):
    """What can be made in a kind of ledger."""

    def make(self, connection: Connection, environment: Mapping[str, str], act: Act) -> Made:
        """Make what is missing."""
        ...

    def statements(self, connection: Connection, environment: Mapping[str, str], act: Act) -> list[Said]:
        """What `make` would say, in order. Nothing is made."""
        ...

    def grants(self, connection: Connection, environment: Mapping[str, str], login: str) -> list[Said]:
        """What gives a login the rights that it needs, and no more."""
        ...


class _VismaBusiness:
    """Visma Business."""

    def make(self, connection: Connection, environment: Mapping[str, str], act: Act) -> Made:
        databases, setup = opening.open_databases(connection.address, connection.settings, environment)
        with closing(databases):
            made = install.install(databases, setup, _new_id(), act)
        return Made(made, windows.description(setup))

    def statements(self, connection: Connection, environment: Mapping[str, str], act: Act) -> list[Said]:
        databases, setup = opening.open_databases(connection.address, connection.settings, environment)
        with closing(databases):
            told = install.scripted(databases, setup, _new_id(), act)
        return [Said(one.database, one.name, one.statement) for one in told]

    def grants(self, connection: Connection, environment: Mapping[str, str], login: str) -> list[Said]:
        databases, setup = opening.open_databases(connection.address, connection.settings, environment)
        with closing(databases):
            engine = databases.engine(None)
            return [
                Said(one.database, "", text)
                for one in rights.needed(databases, setup, install.clients(databases, setup))
                for text in grants(engine, one.database, one.rights, login)
            ]


def _new_id() -> str:
    return f"visma-{uuid4().hex}"


class _Files:
    """A folder of files: its own folders and state, for which nobody says a statement."""

    def make(self, connection: Connection, environment: Mapping[str, str], act: Act) -> Made:
        folders = files.open_folders(connection.address, connection.settings)
        return Made(of_files.install(folders, f"files-{uuid4().hex}", act), "")

    def statements(self, connection: Connection, environment: Mapping[str, str], act: Act) -> list[Said]:
        return []

    def grants(self, connection: Connection, environment: Mapping[str, str], login: str) -> list[Said]:
        return []


INSTALLERS: dict[str, Installer] = {FILES: _Files(), VISMA_BUSINESS: _VismaBusiness()}
"""The ledgers in which something is made, by the name that people type."""


def _installer(kind: str) -> Installer:
    if kind not in INSTALLERS:
        raise DataFault("mirror.nothing_to_install", kind=kind, kinds=", ".join(sorted(INSTALLERS)))
    return INSTALLERS[kind]


def install_beside(connection: Connection, act: Act) -> Made:
    """Make what is missing. Raises DataFault `mirror.nothing_to_install`, and as the adapter does."""
    return _installer(connection.kind).make(connection, Secrets(os.environ), act)


def statements_beside(connection: Connection, act: Act) -> list[Said]:
    """Every statement that `install_beside` would run now. Raises as it does."""
    return _installer(connection.kind).statements(connection, Secrets(os.environ), act)


def grants_beside(connection: Connection, login: str) -> list[Said]:
    """What gives a login its rights. Raises as `install_beside` does."""
    return _installer(connection.kind).grants(connection, Secrets(os.environ), login)
