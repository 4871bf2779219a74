"""What tests of every part share: the server of the test run, and new places of either kind."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import Kind, NewPlace, new_places
from tests.postgresql import Server, shared_server
from tests.sqlserver import SqlServer, sql_servers

multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.stories.killing", "psycopg"])
"""Processes that a test starts come from one server, which has the program loaded: each then costs milliseconds."""


@pytest.fixture(scope="session")
def postgresql() -> Server:
    return shared_server()


@pytest.fixture(params=["stand-in", pytest.param("living", marks=pytest.mark.sqlserver)])
def sql_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlServer]:
    """A SQL Server with no database of ours: the tests' own, and a living one where it is asked for."""
    with sql_servers(tmp_path, request.param) as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a kind of database, or for a place, runs once for each.

    What a rule answers (marked `rules`) is tried on PostgreSQL by `make soak` alone: the SQL is proven by the rest.
    """
    chosen = any("kind" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "kind" in metafunc.fixturenames and not chosen:
        later = pytest.mark.soak if metafunc.definition.get_closest_marker("rules") else ()
        metafunc.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=later)])


@pytest.fixture
def new_place(kind: Kind, tmp_path: Path) -> Iterator[NewPlace]:
    """Makes places of that kind."""
    with new_places(tmp_path, kind) as places:
        yield places
