"""An installation beside a ledger behind the web service: connected, set up, and worked with by commands alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.core.claims import TransactionKind
from kravbro.ledgers.wsinkasso.address import PASSWORD as VARIABLE
from tests.books.world import TODAY
from tests.cli.test_foreign_ledger import SETUP
from tests.web.wsinkasso_api.served import PASSWORD, Municipality, Running

Kravbro = Callable[..., Any]
ON = str(TODAY)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Municipality]:
    """The ledger, elsewhere."""
    made = Municipality(tmp_path)
    yield made
    made.world.close()


@pytest.fixture
def running(there: Municipality) -> Iterator[Running]:
    """The service before it."""
    with there.served() as running:
        yield running


@pytest.fixture
def settings(there: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings of a client."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    file = tmp_path / "wsinkasso.toml"
    file.write_text(f'user = "kk2"\nca_file = "{there.authority.file}"\nlanguage = "en"\n')
    return str(file)


@pytest.fixture
def kravbro(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Kravbro:
    """Run a command on one place; its JSON, or what it says where it does not end well."""

    def run(*arguments: str, exit_code: int = 0, place: str = "office") -> Any:
        answer = main([*arguments, "--dir", str(tmp_path / place), "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out) if captured.out else captured.err

    return run


@pytest.fixture
def connected(kravbro: Kravbro, running: Running, settings: str, tmp_path: Path) -> Kravbro:
    """An installation that is connected with the service and set up."""
    told = kravbro("ledger", "connect", "wsinkasso", running.address, "--settings", settings, "--on", ON)
    assert (told["connected"], told["lacks"]) == (True, [])
    file = tmp_path / "setup.toml"
    file.write_text(SETUP.replace('KUNDE = { receivable_account = "1500"', 'KOM = { receivable_account = "1500"'))
    kravbro("setup", "apply", str(file), "--because", "begins", "--on", ON)
    return kravbro


def sent(there: Municipality, kravbro: Kravbro) -> int:
    """A claim that the office has."""
    invoice = there.world.invoice(1_000_00)
    there.world.offer([invoice.entry])
    kravbro("claims", "transfer", "--on", ON)
    return invoice.entry


def test_a_day_beside_a_served_ledger(there: Municipality, connected: Kravbro) -> None:
    shown = connected("ledger", "show")
    assert (shown["kind"], shown["installation"], shown["companies"]) == ("wsinkasso", "test-1", [1, 2])
    entry = sent(there, connected)
    assert connected("claims", "ready", "--on", ON)["count"] == 0
    there.world.book(TransactionKind.PAYMENT, entry, -250_00, TODAY)
    streams = connected("transactions", "fetch", "--on", ON)["streams"]
    assert [one["new"] for one in streams if (one["stream"], one["company"]) == ("transactions", 1)] == [1]
    assert connected("reconcile", "--on", ON)["differences"] == []
    assert connected("db", "verify", "--on", ON)["faults"] == []
    dumped = connected("db", "dump")
    assert (dumped["ledger"]["installation"], dumped["ledger"]["companies"]) == ("test-1", {})
    assert "kravbro reconcile" in connected("ledger", "compare", "--company", "1", "--because", "x", exit_code=2)
    assert "ledger show" in connected("claims", "withdraw", "1", f"#{entry}", "--because", "x", exit_code=2)
    assert "ledger show" in connected("items", "list", "1", exit_code=2)


def test_a_copy_is_read_and_writes_nothing_into_the_service(
    there: Municipality, connected: Kravbro, running: Running, tmp_path: Path
) -> None:
    """Until a person adopts it. What the office is put back from, it takes up again from the service."""
    sent(there, connected)
    shutil.copytree(tmp_path / "office", tmp_path / "copy")
    entry = sent(there, connected)
    before = len(running.lines("call"))
    assert "db adopt" in connected("claims", "transfer", "--on", ON, exit_code=1, place="copy")
    functions = {line["function"] for line in running.lines("call")[before:]}
    assert not {"RegistrerSaksnummer", "OppdaterStatus", "LeverBilag"} & functions
    connected("db", "adopt", "--because", "the server burnt", "--on", ON, place="copy")
    connected("claims", "transfer", "--on", ON, place="copy")
    assert connected("reconcile", "--on", ON, place="copy")["differences"] == []
    assert len(connected("cases", "list", place="copy")["cases"]) == 2, entry


def test_another_installation_behind_the_same_address_is_noticed(there: Municipality, connected: Kravbro) -> None:
    with there.place.open("system").begin() as connection:
        connection.exec_driver_sql("UPDATE installation SET id = 'test-2'")
    assert "test-2" in connected("claims", "transfer", "--on", ON, exit_code=1)


def test_a_service_that_lacks_something_is_not_connected(
    kravbro: Kravbro, running: Running, settings: str, tmp_path: Path
) -> None:
    from tests.ledgers.wsinkasso.english import settings as english

    file = Path(settings)
    file.write_text(file.read_text() + english(tmp_path).replace('Firma = "Company"', 'Firma = "Firm"'))
    connected = kravbro("ledger", "connect", "wsinkasso", running.address, "--settings", settings, exit_code=1)
    assert connected["connected"] is False
    assert "Krav: Firma" in {one["thing"] for one in connected["lacks"] if one["needed"]}
    assert not (tmp_path / "office").exists()


def test_a_wrong_password_connects_nothing(
    kravbro: Kravbro, running: Running, settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "wrong")
    told = kravbro("ledger", "connect", "wsinkasso", running.address, "--settings", settings, exit_code=1)
    assert "kk2" in told
    assert "wrong" not in told
    assert not (tmp_path / "office").exists()
