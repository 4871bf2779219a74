"""The history of set-up as commands print it."""

from __future__ import annotations

from collections.abc import Sequence

from kravbro.cli import output
from kravbro.db.setup_changes import Change


def print_history(changes: Sequence[Change]) -> None:
    """Every change in order: when, who, what, from what to what, and why."""
    headings = ("changed_on", "actor", "item", "before", "after", "because")
    output.print_table(
        output.words("setup.history", count=len(changes)),
        [output.words(f"setup.{heading}") for heading in headings],
        [(str(one.changed_on), one.actor, one.item, one.value_before, one.value_after, one.because) for one in changes],
    )
