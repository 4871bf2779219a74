"""Trials of a folder of files, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ledgers.files.acting import Trial

NewTrial = Callable[..., Trial]


@pytest.fixture
def new_trial(tmp_path: Path) -> NewTrial:
    """Makes trials."""
    made: list[Trial] = []

    def new(**changes: Any) -> Trial:
        made.append(Trial(tmp_path / str(len(made)), **changes))
        return made[-1]

    return new
