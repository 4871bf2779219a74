"""What tests of every part share: the server of the test run, and new places of either kind."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import KINDS, NewPlace, new_places
from tests.postgresql import Server, shared_server

multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.stories.killing", "psycopg"])
"""Processes that a test starts come from one server, which has the program loaded: each then costs milliseconds."""


@pytest.fixture(scope="session")
def postgresql() -> Server:
    return shared_server()


@pytest.fixture(params=KINDS)
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """Makes empty places; the test runs once for each kind of database."""
    with new_places(tmp_path, shared_server() if request.param == "postgresql" else None) as places:
        yield places
