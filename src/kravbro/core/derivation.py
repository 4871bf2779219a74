"""Where a figure comes from: a code with its facts, and the steps below it.

Rules answer figures together with their derivations; sentences are made of them in `kravbro.texts`, in three languages.
Facts are plain values with their unit in their name: `..._ore` whole øre, `percent` and `value` exact text, dates, and
text. A fact never holds a name or an identity number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from kravbro.core.statute.rows import Row

Fact = int | str | date


class Step(msgspec.Struct, frozen=True):
    """One step of a derivation: what was found or done, from what, and the steps that it rests on."""

    code: str
    facts: Mapping[str, Fact]
    steps: tuple[Step, ...] = ()


def step(code: str, *steps: Step, **facts: Fact) -> Step:
    """A step with its facts as arguments."""
    return Step(code, facts, steps)


def row_step(row: Row) -> Step:
    """The row of law that a figure rests on: `derivation.row`."""
    return step(
        "derivation.row",
        rule=row.rule,
        value="" if row.value is None else row.value,
        valid_from="" if row.valid_from is None else row.valid_from.isoformat(),
        valid_to="" if row.valid_to is None else row.valid_to.isoformat(),
        law=row.law,
        source=row.source,
        confidence=row.confidence,
    )
