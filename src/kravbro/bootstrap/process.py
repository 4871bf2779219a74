"""How a process of ours uses memory: set once, when it starts."""

from __future__ import annotations

import gc

ALLOCATIONS_BEFORE_A_LOOK = 100_000


def prepare_process() -> None:
    """Let Python look for reference cycles more seldom than it does by itself.

    A page of claims is some 100,000 objects that live for a moment and form no cycles. With the default of 700 new
    objects before each look, Python walks them again and again: a fifth of the time of a transfer (`benchmarks/`).
    """
    gc.set_threshold(ALLOCATIONS_BEFORE_A_LOOK, 50, 100)
