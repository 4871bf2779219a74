"""One finished demo per worker and kind of database, copied by the tests that change it."""

from __future__ import annotations

import pytest

from tests.places import Kind, NewPlace, Where
from tests.stories.sites import copy_of, finished


@pytest.fixture
def where(kind: Kind, new_place: NewPlace) -> Where:
    """A copy of the finished demo."""
    return copy_of(finished(kind), new_place.where())
