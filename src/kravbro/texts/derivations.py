"""Turn derivations into lines for people, indented by depth, with amounts and dates written as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kravbro.core.derivation import Fact, Step
from kravbro.core.money import format_kroner
from kravbro.texts.confidence import confidence_told
from kravbro.texts.sentences import DEFAULT_LANGUAGE, sentence

INDENT = "  "
_DECIMAL_COMMA = frozenset({"nb", "nn"})
_EXACT = frozenset({"percent", "value"})
"""Facts that are exact numbers as text, with a point."""


def told(derivation: Step, language: str = DEFAULT_LANGUAGE, depth: int = 0) -> Iterator[str]:
    """The lines of a derivation, each step before those that it rests on."""
    facts: dict[str, object] = {name: _shown(name, fact, language) for name, fact in derivation.facts.items()}
    yield INDENT * depth + sentence(derivation.code, facts, language)
    for below in derivation.steps:
        yield from told(below, language, depth + 1)


def as_data(derivation: Step, language: str = DEFAULT_LANGUAGE) -> dict[str, object]:
    """The same for programs: `code`, `facts`, `text` (the step's own line) and `steps`."""
    return {
        "code": derivation.code,
        "facts": dict(derivation.facts),
        "text": next(told(derivation, language)),
        "steps": [as_data(below, language) for below in derivation.steps],
    }


def _shown(name: str, fact: Fact, language: str) -> object:
    if isinstance(fact, int) and name.endswith("_ore"):
        return format_kroner(fact)
    if isinstance(fact, date):
        return fact.isoformat()
    if name in _EXACT and language in _DECIMAL_COMMA:
        return str(fact).replace(".", ",")
    if name == "confidence":
        return confidence_told(str(fact), language)
    return fact
