"""The card beside the adapter names every method of what the mirror asks for."""

from __future__ import annotations

import tomllib
from importlib import resources

from kravbro.mirror.source import Source


def test_the_card_says_what_it_can() -> None:
    card = tomllib.loads((resources.files("kravbro.ledgers.tryton") / "card.toml").read_text(encoding="utf-8"))
    assert set(card["methods"]) == {name for name in vars(Source) if not name.startswith("_")}
    assert set(card["methods"].values()) <= {"done", "to do", "exempt"}
