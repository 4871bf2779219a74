"""A day beside a folder of files by commands alone: installed, connected, set up, transferred, paid and reconciled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.core.claims import TransactionKind
from kravbro.core.parties import Party, PartyKind
from kravbro.formats import exchange_csv
from kravbro.formats.exchange_csv import ANSWERS
from kravbro.ledgers.files.trial import Erp
from tests.cli.test_foreign_ledger import SETUP
from tests.ledgers.files.acting import TODAY, settings

Kravbro = Callable[..., Any]


@pytest.fixture
def kravbro(capsys: pytest.CaptureFixture[str]) -> Kravbro:
    """Run a command; its JSON, or what it says where it does not end well."""

    def run(*arguments: str, exit_code: int = 0) -> Any:
        answer = main([*arguments, "--on", TODAY.isoformat(), "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out) if captured.out else captured.err

    return run


def test_a_day_beside_files(kravbro: Kravbro, tmp_path: Path) -> None:
    folder, place, setup = tmp_path / "files", str(tmp_path / "place"), tmp_path / "setup.toml"
    folder.mkdir()
    toml = tmp_path / "files.toml"
    toml.write_text(settings())
    at = (str(folder), "--settings", str(toml))
    lacking = kravbro("ledger", "connect", "files", *at, "--dir", place, exit_code=1)
    assert all("kravbro install files" in one["cure"] for one in lacking["lacks"])
    assert len(kravbro("install", "files", *at)["made"]) == 8
    assert kravbro("ledger", "connect", "files", *at, "--dir", place)["connected"]
    setup.write_text(SETUP.replace("KUNDE", "1500"))
    kravbro("setup", "apply", str(setup), "--because", "begins", "--dir", place)

    erp = Erp(folder / "F0001", TODAY)
    erp.add_customer(Party(10_001, PartyKind.PERSON, "Ada Aasen", postcode="0150", place="OSLO"))
    erp.invoice("10001", "501", 1_250_00, TODAY.replace(month=8), due_date=TODAY.replace(month=9))
    erp.invoice("10001", "502", 50_00, TODAY.replace(month=8), due_date=TODAY.replace(month=9))
    erp.export()
    erp.approve(["501", "502"])
    kravbro("claims", "transfer", "--dir", place)
    (answers,) = (folder / "F0001" / "out").glob("svar_*")
    told = {row.invoice_no: row for row in exchange_csv.read(ANSWERS, answers.read_bytes(), answers.name)}
    assert (told["501"].outcome, told["502"].outcome) == ("accepted", "refused")
    assert told["501"].case_number
    assert "100,00" in told["502"].reasons

    erp.book(TransactionKind.PAYMENT, "10001", "501", -250_00, TODAY)
    erp.export()
    bad = folder / "F0001" / "in" / "poster_2026-11-20_9.csv"
    bad.write_text("kundenr;art;bilagsnr;dato;beløp\n10001;faktura;501;20.11.2026;5\n")
    said = kravbro("transactions", "fetch", "--dir", place, exit_code=2)
    assert f"{bad.name}, line 2, column date" in said
    shown = kravbro("ledger", "show", "--dir", place)
    assert [one["thing"] for one in shown["lacks"] if "line" in one["cure"] or "linje" in one["cure"]] == [str(bad)]
    bad.unlink()
    kravbro("transactions", "fetch", "--dir", place)
    result = kravbro("reconcile", "--dir", place)
    assert (result["claims"], result["differences"]) == (1, [])
