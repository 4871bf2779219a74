"""What is true of both suites as a whole: every method is tried, every rule is a sentence, every fault is told."""

from __future__ import annotations

from typing import Any

import pytest

from kravbro.ports.collector import Collector
from kravbro.ports.conformance import collector, ledger
from kravbro.ports.conformance.broken.collector import FAULTS as COLLECTORS
from kravbro.ports.conformance.broken.ledger import FAULTS as LEDGERS
from kravbro.ports.conformance.checks import Ability, Check
from kravbro.ports.conversion import ConvertibleCollector, ConvertibleLedger
from kravbro.ports.ledger import Ledger
from kravbro.ports.ledgerless import LedgerlessCollector

CHECKS: dict[type, tuple[Check[Any], ...]] = {Ledger: ledger.CHECKS, Collector: collector.CHECKS}
BESIDE: dict[type, tuple[type, ...]] = {
    Ledger: (ConvertibleLedger,),
    Collector: (ConvertibleCollector, LedgerlessCollector),
}
"""What some adapters offer beside their port."""
EVERY: tuple[Check[Any], ...] = (*ledger.CHECKS, *collector.CHECKS)


@pytest.mark.parametrize("port", CHECKS)
def test_checks_are_numbered_without_gaps(port: type) -> None:
    numbers = [check.number for check in CHECKS[port]]

    assert numbers == [f"{port.__name__[0]}{number:02d}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("port", CHECKS)
def test_every_method_of_the_port_is_tried(port: type) -> None:
    methods = {name for name in vars(port) if not name.startswith("_")}
    beside = {name for offered in BESIDE[port] for name in vars(offered) if not name.startswith("_")}

    assert {method for check in CHECKS[port] for method in check.methods} - beside == methods


@pytest.mark.parametrize("check", EVERY, ids=str)
def test_every_rule_is_a_sentence(check: Check[Any]) -> None:
    assert check.rule[0].isupper()
    assert check.rule.endswith(".")
    assert "\n" not in check.rule


def test_every_fault_says_what_is_wrong_with_it() -> None:
    for fault in (*LEDGERS, *COLLECTORS):
        assert (fault.__doc__ or "").endswith(".")


def test_every_ability_is_asked_for() -> None:
    asked = {ability for check in EVERY for ability in (*check.needs, *check.wants)}

    assert asked == set(Ability)
