"""Errors of the bridge: what may not be carried."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from kravbro.bridge.cursor import decide, refuse_forgetful
from kravbro.bridge.joined import Joined
from kravbro.bridge.positions import Positions
from kravbro.core.acts import Act
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from kravbro.ports.collector import Collector
from kravbro.ports.identity import Identity
from kravbro.ports.ledger import Ledger
from tests.errors.gallery import command, provokes

ACT = Act("operator", date(2026, 11, 16), datetime(2026, 11, 16, 8, tzinfo=UTC))


def positions() -> Positions:
    folder = Path("kravbro-demo")
    folder.mkdir()
    engine = place_at(folder).open("bridge")
    upgrade(engine, "bridge")
    return Positions(engine, ACT)


@provokes("bridge.other_installation")
def a_copied_database_behind_a_port(_: Path) -> None:
    memory = positions()
    memory.pair("ledger-nordvik", "office-nordvik")
    memory.pair("ledger-nordvik-test", "office-nordvik")


@provokes("bridge.head_below_position")
def a_source_restored_from_a_copy(_: Path) -> None:
    refuse_forgetful("transactions", 1, kept=120, head=90)


@provokes("bridge.rows_out_of_order")
def a_source_that_breaks_its_contract(_: Path) -> None:
    decide("receipts", 10, [12, 11])


class LedgerThatShrank:
    """A ledger whose full listing lacks a company."""

    def companies(self) -> list[int]:
        return [1]


@provokes("bridge.companies_missing")
def a_listing_that_suddenly_shrinks(_: Path) -> None:
    memory = positions()
    memory.keep(2, "transactions", 5)
    ledger = cast("Ledger", LedgerThatShrank())
    identity = Identity("embedded", "ledger-nordvik", ())
    Joined(ledger, cast("Collector", None), memory, identity, identity).companies()


@provokes("bridge.no_reason")
def an_override_without_a_reason(_: Path) -> None:
    command("streams", "restart", "--company", "1", "--because", " ")
