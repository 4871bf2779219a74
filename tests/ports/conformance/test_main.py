"""The suite on the command line, for authors and operators: findings, a sum, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import mkdtemp

import pytest

from kravbro.ports.conformance.__main__ import main
from kravbro.ports.conformance.broken.ledger_taking import LosesReasons
from kravbro.ports.conformance.broken.passing import with_broken_ledger
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.world import LedgerWorld
from tests.collectors.office.acting import OfficeWorld
from tests.ledgers.embedded.acting import POSTED_AT_ONCE, EmbeddedWorld

HERE = __name__
NOT_CALLABLE = 3
(RULE_35,) = [check.rule for check in CHECKS if check.number == "L35"]


def new_ledger() -> LedgerWorld:
    return EmbeddedWorld(Path(mkdtemp()))


def new_broken_ledger() -> LedgerWorld:
    return with_broken_ledger(new_ledger(), LosesReasons, Path(mkdtemp()))


def new_office() -> OfficeWorld:
    return OfficeWorld(Path(mkdtemp()))


def test_what_is_kept_and_what_is_lacking_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", f"{HERE}:new_ledger", "--check", "L01", "--check", "L35"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kept    L01-installation_stays: An installation has one id, the same at every start.",
        f"lacking L35-delivered_is_not_posted: {RULE_35}",
        f"  Without drafted_vouchers: {POSTED_AT_ONCE}",
        "1 kept, 0 broken, 1 lacking",
    ]


def test_a_broken_rule_exits_1_and_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", f"{HERE}:new_broken_ledger", "--check", "L16", "--check", "L17"]) == 1
    lines = capsys.readouterr().out.splitlines()

    assert (
        lines[0]
        == "broken  L16-receipts_are_recorded_once: A receipt is recorded once, as it came, and known from then on."
    )
    assert lines[1] == "  When:     the recorded receipts were read, by offer"
    assert lines[-1] == "1 kept, 1 broken, 0 lacking"


def test_findings_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collector", f"{HERE}:new_office", "--check", "C01", "--json"]) == 0
    (finding,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    assert (finding["check"], finding["outcome"]) == ("C01-installation_stays", "kept")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ledger", "no.such.module:world"], "cannot be imported"),
        (["ledger", f"{HERE}:nothing"], "cannot be imported"),
        (["ledger", "nothing"], "cannot be imported"),
        (["ledger", f"{HERE}:NOT_CALLABLE"], "is not callable"),
        (["ledger", f"{HERE}:new_ledger", "--check", "L99"], "no such check: L99"),
        (["bank", f"{HERE}:new_ledger"], "invalid choice"),
    ],
)
def test_bad_usage_exits_2_and_says_why(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert told in capsys.readouterr().err
