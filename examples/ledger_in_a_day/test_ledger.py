"""Kassaboka's adapter passes the conformance suite, and lacks what Kassaboka lacks."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from examples.ledger_in_a_day.testing import LACKS, KassabokaWorld
from kravbro.ports.conformance.checks import Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from kravbro.ports.ledger import Ledger

LACKING = {"L04", "L35", "L51", "L52", "L53"}


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, KassabokaWorld(tmp_path))

    assert (finding.outcome is Outcome.LACKING) == (check.number in LACKING)


def test_the_card_says_what_it_does_and_what_it_lacks() -> None:
    card = tomllib.loads(Path(__file__).with_name("card.toml").read_text(encoding="utf-8"))

    assert set(card["methods"]) == {name for name in vars(Ledger) if not name.startswith("_")}
    assert set(card["methods"].values()) == {"done"}
    assert card["lacks"] == {ability.value: reason for ability, reason in LACKS.items()}
