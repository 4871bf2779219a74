"""A server that is restarted in the middle of a run: the run says so, and the next one ends with nothing doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import Site
from kravbro.core.errors import Retry
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.postgresql import Server, own_server
from tests.stories.canonical import canonical
from tests.stories.sites import ACT, finished

RESTARTS = ((3, "before"), (12, "after"), (26, "before"), (38, "before"))
"""At which commit; the server goes before the commit comes there, or after it did, when nobody is in a transaction."""


@contextmanager
def at_commit(number: int, moment: str, happens: Callable[[], None]) -> Iterator[None]:
    """Let something happen at one commit of this process."""
    dialect: Any = PGDialect_psycopg
    commit, commits = dialect.do_commit, [0]

    def do_commit(self: Any, connection: Any) -> None:
        commits[0] += 1
        if (commits[0], moment) == (number, "before"):
            happens()
        commit(self, connection)
        if (commits[0], moment) == (number, "after"):
            happens()

    dialect.do_commit = do_commit
    try:
        yield
    finally:
        dialect.do_commit = commit
    assert commits[0] >= number, "the run ended before it came there"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as one:
        yield one


@pytest.mark.parametrize(("number", "moment"), RESTARTS)
def test_a_restart_in_the_middle_of_a_run_is_made_up_for(
    number: int, moment: str, server: Server, tmp_path: Path
) -> None:
    place = place_at(server.database())

    def run() -> None:
        run_demo(place, FixedClock(DEMO_DATE), size=SMALL, inbox=tmp_path)

    told = pytest.raises(Retry, match=r"db\.connection_lost") if moment == "before" else nullcontext()
    with at_commit(number, moment, server.restart), told:
        run()
    run()
    dumped = canonical(dump_site(Site(place, ACT)))
    place.close()
    assert dumped == canonical(dump_site(Site(place_at(finished("sqlite")), ACT)))
