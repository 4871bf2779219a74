"""The card beside the adapter names every method of the port, and the adapter has them."""

from __future__ import annotations

import tomllib
from importlib import resources

from kravbro.ledgers.wsinkasso.ledger import WSinkassoLedger
from kravbro.ports.conversion import ConvertibleLedger
from kravbro.ports.ledger import Ledger


def test_the_card_says_what_it_can() -> None:
    card = tomllib.loads((resources.files("kravbro.ledgers.wsinkasso") / "card.toml").read_text(encoding="utf-8"))
    asked = {name for port in (Ledger, ConvertibleLedger) for name in vars(port) if not name.startswith("_")}
    assert set(card["methods"]) == asked
    assert set(card["methods"].values()) <= {"done", "to do", "exempt"}
    assert asked <= set(dir(WSinkassoLedger))
