"""The statute that the tests of fees use, and short ways to write letters and days."""

from __future__ import annotations

from datetime import date

from kravbro.core.claims import Letter, LetterKind
from kravbro.core.derivation import Step
from kravbro.core.statute.rows import Row
from kravbro.core.statute.shipped import shipped_statute

SHIPPED = shipped_statute()
SWITCH = date(2027, 1, 1)
SWITCHED = SHIPPED.with_rows([Row("collection_act", "2026", SWITCH, None, "LOV-2026-05-22-19", "source", "test")])
"""The same law with the act of 2026 in force from the switch on."""

REMINDER, NOTICE, DEMAND = LetterKind.REMINDER, LetterKind.NOTICE, LetterKind.DEMAND


def day(text: str) -> date:
    return date.fromisoformat(text)


def letter(kind: LetterKind, sent_on: str, deadline: str, fee_ore: int = 0) -> Letter:
    return Letter(kind, day(sent_on), day(deadline), fee_ore)


def codes(derivation: Step) -> list[str]:
    """The codes of a derivation, each step before those below it."""
    return [derivation.code, *(code for below in derivation.steps for code in codes(below))]


def rules(derivation: Step) -> set[str]:
    """The rules whose rows a derivation shows."""
    own = {str(derivation.facts["rule"])} if derivation.code == "derivation.row" else set()
    return own.union(*(rules(below) for below in derivation.steps))
