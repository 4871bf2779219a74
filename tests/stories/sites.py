"""Finished installations to try things on: made once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.site import Site
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import ALL, run
from kravbro.core.acts import Act
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock

ACT = Act("tester", DEMO_DATE, datetime(2026, 11, 16, 8, tzinfo=UTC))
NewSite = Callable[[], Path]


def finished_demo(folder: Path) -> Path:
    """A small demo, run to its end."""
    result = run_demo(place_at(folder), FixedClock(DEMO_DATE), size=SMALL)
    assert result.differences == 0
    return folder


def copy_of(template: Path, folder: Path) -> Path:
    """A copy that a test may change."""
    return adopted(Path(shutil.copytree(template, folder)))


def adopted(folder: Path) -> Path:
    """The copy of an installation, taken as one of its own."""
    place = place_at(folder)
    adopt(place, look(place, ACT), "a copy for a test", ACT)
    return folder


def site_in(folder: Path, page: int = 1000) -> Site:
    """The installation in a folder, opened for the tester."""
    return Site(place_at(folder), ACT, page)


def carry_everything(folder: Path, page: int = 1000) -> None:
    """Every stream of every company, as a day's jobs would."""
    run(site_in(folder, page).join(), ALL)


def reconciled(folder: Path) -> Reconciliation:
    """The reconciliation of an installation."""
    return reconcile(site_in(folder).join())
