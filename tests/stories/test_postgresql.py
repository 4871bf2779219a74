"""The same day on PostgreSQL as on SQLite: the same cases, amounts, numbers and vouchers, to the last letter."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import Site
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.places import new_places
from tests.stories.canonical import canonical
from tests.stories.sites import ACT, finished


def test_a_day_on_postgresql_is_the_day_on_sqlite(tmp_path: Path) -> None:
    with new_places(tmp_path, "postgresql") as new:
        place = new()
        for cases in (True, False):
            done = run_demo(place, FixedClock(DEMO_DATE), size=SMALL, inbox=tmp_path)
            assert (done.differences, done.cases_created > 0) == (0, cases)
        dumped = canonical(dump_site(Site(place, ACT)))
    assert dumped == canonical(dump_site(Site(place_at(finished("sqlite")), ACT)))
