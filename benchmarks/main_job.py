"""The main job on 100,000 claims: their transfer, and the import of a payment for each, beside raw inserts.

Run with `python -m benchmarks main_job`, or `python -c "from benchmarks.main_job import main; main(10_000)"`: see
`_transfer`, `_payments` and `_floors` for what is measured. Ratios are of one run on one database.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import _payments, _transfer
from kravbro.bootstrap.process import prepare_process
from tests.places import NewPlace, new_places
from tests.postgresql import own_server

CLAIMS = 100_000


def measure(name: str, new: NewPlace, claims: int) -> None:
    """Both jobs on one database."""
    served = _transfer.measure(name, new, claims)
    _payments.measure(name, new, served, claims)


def main(claims: int = CLAIMS) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    prepare_process()
    with tempfile.TemporaryDirectory() as scratch, new_places(Path(scratch), None) as new:
        measure("sqlite", new, claims)
    with own_server() as server, new_places(Path(), server) as new:
        measure("postgresql", new, claims)
