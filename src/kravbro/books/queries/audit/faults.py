"""The faults found so far, and which rows they are about, so that later checks leave their consequences alone."""

from __future__ import annotations

from collections import defaultdict

from kravbro.core.movements import Discrepancy

MISSING = "missing"
"""A number was taken, or another row refers to it, and the row is not there."""
UNKNOWN = "unknown"
"""A row whose number was never taken, or that nothing stands behind."""
AMOUNT = "amount"
"""An amount, or a count, that disagrees with what it was made from."""
CONTENT = "content"
"""Other content than what was recorded with it, or sealed."""
CODE = "code"
"""A code, or a text in a format of ours, that no program of ours wrote."""
STATE = "state"
"""A state that disagrees with the rows behind it."""
NOT_NUMBERED = "not_numbered"
"""A booking that the collector should hear of and that has no number in the stream."""
NOT_TOLD = "not_told"
"""A voucher of the collector whose fate has no event."""


class Faults:
    """Faults in the order in which they were found."""

    def __init__(self) -> None:
        self.found: list[Discrepancy] = []
        self.rows: defaultdict[str, set[int]] = defaultdict(set)
        self.missing: defaultdict[str, list[int]] = defaultdict(list)
        self.last: dict[str, int] = {}
        self.setup: set[str] = set()

    def add(
        self, thing: str, kind: str, expected_ore: int = 0, found_ore: int = 0, *, entry: int | None = None
    ) -> None:
        """Name one fault. Amounts are in øre; `entry` is the claim that it touches."""
        self.found.append(Discrepancy(thing, kind, expected_ore, found_ore, entry))
