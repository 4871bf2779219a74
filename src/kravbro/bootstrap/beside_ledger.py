"""What Kravbro makes in a foreign ledger before an installation can be connected with it: tables, views, windows."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from uuid import uuid4

import msgspec

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.ledgers.visma_business import install, opening, windows
from kravbro.ledgers.visma_business.source import KIND as VISMA_BUSINESS
from kravbro.mirror.connections import Connection


class Made(msgspec.Struct, frozen=True):
    """What was made now, by name, and what is left for people to do, as text."""

    made: list[str]
    to_do: str


Install = Callable[[Connection, Mapping[str, str], Act], Made]


def _visma_business(connection: Connection, environment: Mapping[str, str], act: Act) -> Made:
    databases, setup = opening.open_databases(connection.address, connection.settings, environment)
    with closing(databases):
        made = install.install(databases, setup, f"visma-{uuid4().hex}", act)
    return Made(made, windows.description(setup))


INSTALLERS: dict[str, Install] = {VISMA_BUSINESS: _visma_business}
"""The ledgers in which something is made, by the name that people type."""


def install_beside(connection: Connection, act: Act) -> Made:
    """Make what is missing. Raises DataFault `mirror.nothing_to_install`, and as the adapter does."""
    if connection.kind not in INSTALLERS:
        raise DataFault("mirror.nothing_to_install", kind=connection.kind, kinds=", ".join(sorted(INSTALLERS)))
    return INSTALLERS[connection.kind](connection, os.environ, act)
