"""Errors of the demo beside a trial of a foreign ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from unittest.mock import patch

from kravbro.bootstrap.demo.foreign import living_tryton
from kravbro.bootstrap.demo.foreign.day import ForeignDemo, run_foreign
from kravbro.bootstrap.demo.foreign.visma_business import VismaTrial
from kravbro.core.acts import Act
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.errors.gallery import command, provokes

ON = date(2026, 11, 16)


@provokes("cli.demo_two_ledgers")
def a_file_and_another_ledger(folder: Path) -> None:
    (folder / "ledger.xml").write_text("<AuditFile/>")
    command("demo", "--once", "--ledger", "ledger.xml", "--ledger-kind", "tryton", "--dir", str(folder / "site"))


@provokes("demo.no_tryton")
def tryton_is_no_part_of_an_installed_package(folder: Path) -> None:
    with patch.object(living_tryton, "LOCK_FILE", folder / "tryton.txt"):
        living_tryton.install()


@provokes("demo.ledger_lacks")
def somebody_removed_a_database_of_the_trial(folder: Path) -> None:
    clock = FixedClock(ON)
    trial = VismaTrial(folder / "visma", Act("the demo", ON, clock.now()))
    (folder / "visma" / "F0001.db").write_bytes(b"")
    run_foreign(ForeignDemo(place_at(str(folder / "site")), clock, trial))
