"""An installation beside a ledger that is not ours: connected, set up, and worked with by commands alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap import foreign
from kravbro.cli.main import main
from kravbro.core.claims import TransactionKind
from kravbro.mirror.source import Lack
from tests.mirror.erp import TODAY, SmallErp, SmallSource
from tests.places import NewPlace, make_empty

SETUP = """
format = 1
[workflows]
EGEN = { name = "Egeninkasso", starts_after_notice = false }
[creditors.1]
name = "Nordvik kommune"
organisation_number = "310007013"
company = 1
minimum_ore = 10000
[creditors.1.accounts]
money = "1900"
interest = "8050"
fee = "3090"
cost = "3095"
interim = "2990"
refund = "2980"
[creditors.1.sub_ledgers]
KUNDE = { receivable_account = "1500", workflow = "EGEN" }
[agreements.15030012345]
name = "Innbetaling"
holder = 1
creditors = [1]
structures = ["11,mod10,case", "12,mod10,invoice"]
"""
Kravbro = Callable[..., Any]


@pytest.fixture
def erp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallErp:
    """A small ledger, whose adapter is known by the name `small`."""
    made = SmallErp(tmp_path / "small.sqlite")
    made.make()
    monkeypatch.setitem(foreign.SOURCES, "small", lambda _connection, _environment, _act: SmallSource(made))
    return made


@pytest.fixture
def where(new_place: NewPlace) -> str:
    """An empty place."""
    return str(make_empty(new_place.where()))


@pytest.fixture
def kravbro(where: str, capsys: pytest.CaptureFixture[str]) -> Kravbro:
    """Run a command on one place; its JSON, or what it says where it does not end well."""

    def run(*arguments: str, exit_code: int = 0) -> Any:
        answer = main([*arguments, "--dir", where, "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out) if captured.out else captured.err

    return run


@pytest.fixture
def connected(kravbro: Kravbro, erp: SmallErp, tmp_path: Path) -> Kravbro:
    """An installation that is connected with it and set up."""
    assert erp.file.exists()
    kravbro("ledger", "connect", "small", "small://here", "--on", str(TODAY))
    file = tmp_path / "setup.toml"
    file.write_text(SETUP)
    kravbro("setup", "apply", str(file), "--because", "begins", "--on", str(TODAY))
    return kravbro


def sent(erp: SmallErp, kravbro: Kravbro, amount_ore: int = 1_000_00) -> int:
    """A claim that the office has."""
    entry = erp.invoice(1, amount_ore)
    erp.propose(entry)
    kravbro("claims", "transfer", "--on", str(TODAY))
    return entry


def test_a_day_beside_another_ledger(connected: Kravbro, erp: SmallErp) -> None:
    entry = sent(erp, connected)
    assert connected("claims", "ready", "--on", str(TODAY))["count"] == 0
    erp.settle(entry, -250_00, TransactionKind.PAYMENT, TODAY)
    streams = connected("transactions", "fetch", "--on", str(TODAY))["streams"]
    assert [one["new"] for one in streams if one["stream"] == "transactions" and one["company"] == 1] == [1]
    (case,) = connected("cases", "list")["cases"]
    assert (case["debtor_name"], 750_00 <= case["owed_ore"] < 1_000_00) == ("Customer 1", True)
    assert connected("reconcile", "--on", str(TODAY))["differences"] == []
    assert connected("db", "verify", "--on", str(TODAY))["faults"] == []
    assert list(connected("db", "dump")["ledger"]["companies"]) == ["1"]


def test_the_connected_ledger_is_shown(connected: Kravbro) -> None:
    shown = connected("ledger", "show")
    assert (shown["kind"], shown["installation"], shown["companies"], shown["lacks"]) == (
        "small",
        "small-1",
        [1, 2],
        [],
    )


def test_a_claim_is_asked_back_by_its_invoice(connected: Kravbro, erp: SmallErp) -> None:
    entry = sent(erp, connected)
    asked = connected("claims", "withdraw", "1", f"S{entry}", "--because", "an agreement", "--on", str(TODAY))
    again = connected("claims", "withdraw", "1", f"#{entry}", "--because", "an agreement", "--on", str(TODAY))
    assert (asked["withdrawal"], again["withdrawal"]) == (1, 1)
    connected("transactions", "fetch", "--on", str(TODAY))
    with erp.work() as connection:
        (row,) = connection.execute("SELECT mark FROM item").fetchall()
    assert row["mark"].startswith("withdrawn")


def test_what_only_our_own_ledger_does_is_refused(connected: Kravbro) -> None:
    assert "ledger show" in connected("items", "list", "1", exit_code=2)


def test_a_copy_is_read_and_not_written(connected: Kravbro, erp: SmallErp, tmp_path: Path) -> None:
    sent(erp, connected)
    connected("db", "backup", "--to", str(tmp_path / "all.zip"))
    other = ["--dir", str(tmp_path / "other")]
    assert main(["db", "restore", str(tmp_path / "all.zip"), *other]) == 0
    assert main(["claims", "transfer", "--on", str(TODAY), *other]) == 1
    assert main(["db", "adopt", "--because", "the server burnt", "--on", str(TODAY), *other]) == 0
    assert main(["claims", "transfer", "--on", str(TODAY), *other]) == 0
    assert main(["reconcile", "--on", str(TODAY), *other]) == 0


def test_the_office_is_read_while_the_ledger_is_away(connected: Kravbro, erp: SmallErp) -> None:
    sent(erp, connected)
    erp.file.unlink()
    assert len(connected("cases", "list")["cases"]) == 1


def test_what_the_ledger_lacks_is_said_and_nothing_is_made(
    kravbro: Kravbro, erp: SmallErp, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack = Lack("the right to post vouchers", "vouchers of the collector", "grant post to kravbro")
    monkeypatch.setattr(SmallSource, "check", lambda _self: [lack])
    assert erp.file.exists()
    told = kravbro("ledger", "connect", "small", "small://here", "--on", str(TODAY), exit_code=1)
    assert told["lacks"][0]["cure"] == "grant post to kravbro"


def test_vanished_invoices_stop_the_run_until_a_person_says_so(connected: Kravbro, erp: SmallErp) -> None:
    sent(erp, connected)
    erp.run("DELETE FROM item")
    later = str(TODAY + timedelta(days=8))
    assert "ledger compare" in connected("transactions", "fetch", "--on", later, exit_code=1)
    done = connected("ledger", "compare", "--company", "1", "--because", "the client left", "--on", later)
    assert done["given_up"] == 1
    connected("transactions", "fetch", "--on", later)


@pytest.mark.parametrize("kind", ["sqlite"])  # a schema cannot be put back alone from a copy of a file
def test_a_mirror_put_back_from_an_older_copy_tells_nothing_twice(
    connected: Kravbro, erp: SmallErp, tmp_path: Path, where: str
) -> None:
    """What the collector was told of meanwhile is written down again under its number; what is new is told once."""
    entry, on = sent(erp, connected), ("--on", str(TODAY))
    mirror = Path(where) / "mirror.db"
    older = tmp_path / "older.db"
    with sqlite3.connect(mirror) as connection:
        connection.execute("VACUUM INTO ?", (str(older),))
    erp.settle(entry, -70_00, TransactionKind.PAYMENT, TODAY)
    connected("transactions", "fetch", *on)
    for file in mirror.parent.glob("mirror.db*"):
        file.unlink()
    shutil.copy(older, mirror)
    erp.settle(entry, -5_00, TransactionKind.PAYMENT, TODAY)
    connected("db", "adopt", "--because", "the disk broke", *on)
    streams = connected("transactions", "fetch", *on)["streams"]
    told = [one["new"] for one in streams if one["stream"] == "transactions" and one["company"] == 1]
    assert told == [1]
    assert connected("reconcile", *on)["differences"] == []
    (case,) = connected("cases", "list")["cases"]
    assert 925_00 <= case["owed_ore"] < 1_000_00
