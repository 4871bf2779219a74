"""Trials of Visma Business for tests, closed when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledgers.visma_business.acting import Trial
from tests.places import Kind

NewTrial = Callable[..., Trial]


@pytest.fixture
def new_trial(kind: Kind, tmp_path: Path) -> Iterator[NewTrial]:
    """Makes trials on that kind of database."""
    made: list[Trial] = []

    def new(**changes: Any) -> Trial:
        made.append(Trial(tmp_path / str(len(made)), kind, **changes))
        return made[-1]

    yield new
    for trial in made:
        trial.close()
