"""Two runs of the whole job on one installation at the same time: as if one had run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from tests.places import Kind, NewPlace, make_empty, new_template
from tests.stories.killing import dumped, run_once


@cache
def undisturbed(kind: Kind) -> str:
    where = make_empty(new_template(kind))
    assert run_once(where).exitcode == 0
    return dumped(where)


@pytest.mark.parametrize("_attempt", range(3))
def test_two_runs_at_once_end_as_one(_attempt: int, new_place: NewPlace) -> None:
    where = new_place().name
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run_once(where), range(2)))
    assert [one.exitcode for one in ended] == [0, 0]
    assert run_once(where).exitcode == 0
    assert dumped(where) == undisturbed(new_place.kind)
