"""The embedded ledger passes the conformance suite of its port, in both set-ups and on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.ports.conformance.checks import Finding, Outcome, conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.embedded.acting import POSTED_AT_ONCE, EmbeddedWorld

OF_VOUCHERS = [check for check in CHECKS if {"post_vouchers", "voucher_receipts"} & set(check.methods)]


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, EmbeddedWorld(tmp_path))

    if check.number == "L35":
        assert finding == Finding(str(check), check.rule, Outcome.LACKING, f"drafted_vouchers: {POSTED_AT_ONCE}")
    else:
        assert finding == Finding(str(check), check.rule, Outcome.KEPT)


@pytest.mark.parametrize("check", OF_VOUCHERS, ids=str)
def test_it_conforms_where_a_person_posts_the_vouchers(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, EmbeddedWorld(tmp_path, posts_at_once=False))

    assert finding == Finding(str(check), check.rule, Outcome.KEPT)


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_on_postgresql(check: LedgerCheck, tmp_path: Path) -> None:
    finding = conform(check, EmbeddedWorld(tmp_path, posts_at_once=False, kind="postgresql"))

    assert finding == Finding(str(check), check.rule, Outcome.KEPT)
