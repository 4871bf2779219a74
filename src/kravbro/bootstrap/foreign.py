"""Ledgers that are not ours: which adapters there are, and how an installation is connected with one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from kravbro.bootstrap.notice import refuse_copies, settle_new
from kravbro.bootstrap.secrets import Secrets
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.ledgers.files import opening as files
from kravbro.ledgers.files.source import KIND as FILES
from kravbro.ledgers.tryton.address import KIND as TRYTON
from kravbro.ledgers.tryton.source import open_tryton
from kravbro.ledgers.visma_business import opening
from kravbro.ledgers.visma_business.source import KIND as VISMA_BUSINESS
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.connections import Connection, connect, connection_of
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import Lack, Source

Environment = Mapping[str, str]
OpenSource = Callable[[Connection, Environment, Act], Source]


def _visma_business(connection: Connection, environment: Environment, act: Act) -> Source:
    return opening.open_source(connection.address, connection.settings, environment, act)


def _tryton(connection: Connection, environment: Environment, act: Act) -> Source:
    return open_tryton(connection.address, connection.settings, environment, act.on)


def _files(connection: Connection, environment: Environment, act: Act) -> Source:  # noqa: ARG001 - no password
    return files.open_source(connection.address, connection.settings, act)


SOURCES: dict[str, OpenSource] = {FILES: _files, TRYTON: _tryton, VISMA_BUSINESS: _visma_business}
"""The adapters of foreign ledgers, by the name that people type."""


def source_of(connection: Connection, act: Act) -> Source:
    """The ledger that is connected. Raises DataFault `mirror.unknown_kind`, and as the adapter does."""
    if connection.kind not in SOURCES:
        raise DataFault("mirror.unknown_kind", kind=connection.kind, kinds=", ".join(sorted(SOURCES)))
    return SOURCES[connection.kind](connection, Secrets(os.environ), act)


def mirrored(place: Place, act: Act, *, looks: bool = True) -> MirroredLedger:
    """The foreign ledger of an installation, through its mirror. The ledger itself is not asked yet."""
    engine = place.open("mirror")
    with reading(engine) as connection:
        known = connection_of(connection)
    return MirroredLedger(engine, source_of(known, act), act, looks=looks)


def connect_ledger(place: Place, wanted: Connection, act: Act) -> list[Lack]:
    """Connect an installation with a foreign ledger, and make it if it is not there; answers what the ledger lacks.

    The ledger is asked first: one that cannot be reached, or lacks what is needed, leaves nothing behind. Raises
    DataFault `mirror.own_ledger` for an installation of the embedded ledger, Stop `site.not_adopted`,
    `mirror.other_installation`, and as the adapter does.
    """
    if place.exists("system"):
        raise DataFault("mirror.own_ledger", place=place.name)
    source = source_of(wanted, act)
    try:
        lacks = source.check()
    finally:
        source.close()
    if any(one.needed for one in lacks):
        return lacks
    place.make()
    if place.exists("mirror"):
        refuse_copies(place)
    for owner in ("office", "bridge", "mirror"):
        upgrade(place.open(owner), owner)
    settle_new(place, act)
    with writing(place.open("mirror")) as connection:
        connect(connection, wanted, act)
    mirrored(place, act).identify()
    return lacks
