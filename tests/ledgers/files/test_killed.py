"""Killed at any step, the next run ends where an undisturbed one does, and no file is written twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.tidy.sources import ROOT


def test_work_that_was_killed_at_any_step_is_finished_by_the_next_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.ledgers.files.killing", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    assert set(counted) == {"deliver", "answer", "read"}
    assert min(counted.values()) > 8, f"steps that were killed: {counted}"
