"""Ledgers that are not ours: which adapters there are, and how an installation is connected with one of them.

Most are sources that a mirror remembers for. A web service carries the whole ledger port, and is a ledger by itself;
of it, only the connection and the installation are kept where a mirror would be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial

from kravbro.bootstrap.notice import refuse_copies, settle_new
from kravbro.bootstrap.secrets import Secrets
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.db.engines import Engine, reading, writing
from kravbro.db.place import Place
from kravbro.ledgers.files import opening as files
from kravbro.ledgers.files.source import KIND as FILES
from kravbro.ledgers.tryton.address import KIND as TRYTON
from kravbro.ledgers.tryton.source import open_tryton
from kravbro.ledgers.visma_business import opening
from kravbro.ledgers.visma_business.source import KIND as VISMA_BUSINESS
from kravbro.ledgers.wsinkasso.address import KIND as WSINKASSO
from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.connections import Connection, connect, connection_of
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.origin import require_origin
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
"""The adapters that a mirror remembers for, by the name that people type."""
KINDS = (*sorted(SOURCES), WSINKASSO)
"""Every foreign ledger that an installation can be connected with."""
ForeignLedger = MirroredLedger | WSinkassoLedger


def source_of(connection: Connection, act: Act) -> Source:
    """The ledger that is connected. Raises DataFault `mirror.unknown_kind`, and as the adapter does."""
    if connection.kind not in SOURCES:
        raise DataFault("mirror.unknown_kind", kind=connection.kind, kinds=", ".join(KINDS))
    return SOURCES[connection.kind](connection, Secrets(os.environ), act)


def foreign_ledger(place: Place, act: Act, refusal: Stop | None = None) -> ForeignLedger:
    """The foreign ledger of an installation; it is not asked yet.

    With a refusal, which is why nothing may be written here, it is only read, and nothing is remembered of it.
    """
    engine = place.open("mirror")
    with reading(engine) as connection:
        known = connection_of(connection)
    if known.kind == WSINKASSO:
        met = _unseen if refusal else partial(_met, engine, act)
        return _service(known, met, refusal)
    return MirroredLedger(engine, source_of(known, act), act, looks=refusal is None)


def _met(engine: Engine, act: Act, installation: str) -> None:
    require_origin(engine, WSINKASSO, installation, act)


def _unseen(_installation: str) -> None:
    """Keep nothing of the installation that was met."""


def _service(known: Connection, met: Callable[[str], None], refusal: Stop | None = None) -> WSinkassoLedger:
    # zeep takes longer to import than most commands take: only those who have such a ledger wait for it.
    from kravbro.ledgers.wsinkasso.opening import open_service

    service, page = open_service(known.address, known.settings, Secrets(os.environ))
    return WSinkassoLedger(service, met, page=page, refusal=refusal)


def _lacks(wanted: Connection, act: Act) -> list[Lack]:
    """What a ledger lacks that is not connected yet."""
    asked = _service(wanted, _unseen) if wanted.kind == WSINKASSO else source_of(wanted, act)
    try:
        return asked.check()
    finally:
        asked.close()


def connect_ledger(place: Place, wanted: Connection, act: Act) -> list[Lack]:
    """Connect an installation with a foreign ledger, and make it if it is not there; answers what the ledger lacks.

    The ledger is asked first: one that cannot be reached, or lacks what is needed, leaves nothing behind. Raises
    DataFault `mirror.own_ledger` for an installation of the embedded ledger, Stop `site.not_adopted`,
    `mirror.other_installation`, and as the adapter does.
    """
    if place.exists("system"):
        raise DataFault("mirror.own_ledger", place=place.name)
    lacks = _lacks(wanted, act)
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
    ledger = foreign_ledger(place, act)
    ledger.identify()
    ledger.close()
    return lacks
