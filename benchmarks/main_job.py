"""The main job on 100,000 claims: their transfer, and the import of a payment for each, beside raw inserts.

Run with `python -m benchmarks main_job`, or `python -c "from benchmarks.main_job import main; main(10_000)"`: see
`_transfer`, `_payments` and `_floors` for what is measured. Ratios are of one run on one database.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import _payments, _transfer
from kravbro.bootstrap.process import prepare_process
from tests.places import KINDS, NewPlace, new_places

CLAIMS = 100_000


def measure(new: NewPlace, claims: int) -> None:
    """Both jobs on one database."""
    served = _transfer.measure(new, claims)
    _payments.measure(new, served, claims)


def main(claims: int = CLAIMS) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    prepare_process()
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as scratch, new_places(Path(scratch), kind) as new:
            measure(new, claims)
