"""A script without project code recomputes every balance from a dump: an oracle that shares nothing with us."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.places import Where
from tests.stories.killing import dumped

SCRIPT = Path(__file__).parents[2] / "examples" / "recompute_balances.py"


def recompute(dump: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a Python that cannot see the project."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], input=dump, capture_output=True, text=True, check=False
    )


def test_every_balance_of_the_demo_is_recomputed(where: Where) -> None:
    answer = recompute(dumped(where))
    assert answer.returncode == 0, answer.stdout
    assert int(answer.stdout.split()[0]) > 200


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "a remaining amount": lambda dump: dump["ledger"]["companies"]["1"]["open_items"][0].update(remaining_ore=1),
    "a booking": lambda dump: dump["ledger"]["companies"]["2"]["booking"][-1].update(amount_ore=-1),
    "a voucher line": lambda dump: dump["ledger"]["companies"]["1"]["voucher_line"][0].update(amount_ore=1),
    "a claim's balance": lambda dump: dump["office"]["claims"][0]["balances_ore"].update(principal=1),
    "a journal row": lambda dump: dump["office"]["journals"][0]["rows"][0].update(amount_ore=1),
    "a payment": lambda dump: dump["office"]["payments"][0].update(amount_ore=1),
    "unplaced money": lambda dump: dump["office"]["unplaced"][0].update(amount_ore=1),
    "a transaction": lambda dump: dump["office"]["transactions"][0].update(amount_ore=1),
    "the value date of a transaction": lambda dump: dump["office"]["transactions"][0].update(value_on="2026-01-01"),
}


@pytest.mark.rules
@pytest.mark.parametrize("what", CHANGES)
def test_the_script_notices_a_changed_figure(where: Where, what: str) -> None:
    dump = json.loads(dumped(where))
    CHANGES[what](dump)
    answer = recompute(json.dumps(dump))
    assert answer.returncode == 1, f"{what} was changed and nobody noticed"
