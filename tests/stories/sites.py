"""Finished installations to try things on: made once, copied for each test."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from kravbro.bootstrap.adoption import Found, adopt
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.notice import noticed
from kravbro.bootstrap.site import Site
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import ALL, run
from kravbro.core.acts import Act
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.places import Address, Kind, Where, copy_place, make_empty, new_folder, new_template, on_server

ACT = Act("tester", DEMO_DATE, datetime(2026, 11, 16, 8, tzinfo=UTC))


def finished_demo(where: Address) -> Address:
    """A small demo, run to its end."""
    make_empty(where)
    result = run_demo(place_at(where), FixedClock(DEMO_DATE), size=SMALL, inbox=inbox_of(where))
    assert result.differences == 0
    return where


def copy_of(source: Where, where: Address) -> Address:
    """A copy of an installation that a test may change."""
    return adopted(copy_place(source, where))


def adopted(where: Address) -> Address:
    """The whole copy of an installation, taken as one of its own: both sides are of one moment, and nothing lacks."""
    place = place_at(where)
    adopt(place, Found(noticed(place), (), {}), "a copy for a test", ACT)
    return where


@cache
def finished(kind: Kind) -> Where:
    """A finished small demo, made once: nobody may change it."""
    return finished_demo(new_template(kind))


def inbox_of(where: Where) -> Path:
    """The folder for the bank's files of a place: one for all databases of a process."""
    return new_folder("inbox") if on_server(where) else Path(where) / "inbox"


def site_in(where: Where, page: int = 1000) -> Site:
    """The installation in a place, opened for the tester."""
    return Site(place_at(where), ACT, page)


def carry_everything(where: Where, page: int = 1000) -> None:
    """Every stream of every company, as a day's jobs would."""
    run(site_in(where, page).join(), ALL)


def reconciled(where: Where) -> Reconciliation:
    """The reconciliation of an installation."""
    return reconcile(site_in(where).join())
