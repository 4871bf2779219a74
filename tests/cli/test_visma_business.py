"""A day beside Visma Business by commands alone: installed, connected, set up, transferred, paid and reconciled.

The day is the machine's: a change by the ERP is told by its clock, and ours must agree with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.cli.options import acting
from kravbro.db.engines import reading
from kravbro.ledgers.visma_business import windows
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.moments import local_moment
from kravbro.ledgers.visma_business.trial.erp import BANK, LOSSES, SALES, Erp
from kravbro.ledgers.visma_business.trial.schema import RICH, make
from tests.cli.test_foreign_ledger import SETUP
from tests.ledgers.visma_business.acting import CLOCK, COMPANY, MEANINGS, OURS, Trial, setup
from tests.ledgers.visma_business.test_installing import rows_in
from tests.places import Kind, NewPlace, make_empty
from tests.postgresql import shared_server

Kravbro = Callable[..., Any]


@pytest.fixture
def kravbro(capsys: pytest.CaptureFixture[str]) -> Kravbro:
    """Run a command; its JSON."""

    def run(*arguments: str, exit_code: int = 0) -> Any:
        answer = main([*arguments, "--json"])
        captured = capsys.readouterr()
        assert answer == exit_code, captured.err
        return json.loads(captured.out)

    return run


def not_installed(address: str) -> None:
    """A Visma Business in which nothing of ours is made."""
    databases = databases_at(address, "vbsys", OURS)
    make(databases, {COMPANY: RICH, OURS: RICH})
    company = Erp(databases, COMPANY, RICH, CLOCK)
    company.add_accounts(BANK, SALES, LOSSES)
    company.add_customers([{"number": 10_001, "name": "Ada Aasen", "postcode": "0150", "place": "OSLO"}])
    databases.close()


def settings(imports: Path) -> str:
    """What a consultant writes."""
    head = f'voucher_type = 77\nfirst_voucher_no = 900001\nlast_voucher_no = 999999\nimport_folder = "{imports}"\n'
    meanings = "".join(f'{key} = "{meaning}"\n' for key, meaning in MEANINGS.items())
    names = "".join(f'"{name}" = "{sql}"\n' for name, sql in RICH.names)
    return f"{head}[meanings]\n{meanings}[names]\n{names}"


def test_a_day_beside_visma_business(kravbro: Kravbro, new_place: NewPlace, kind: Kind, tmp_path: Path) -> None:
    address = str(tmp_path / "visma") if kind == "sqlite" else shared_server().database()
    not_installed(address)
    imports, file, where = tmp_path / "import", tmp_path / "visma.toml", str(make_empty(new_place.where()))
    imports.mkdir()
    file.write_text(settings(imports), encoding="utf-8")
    there, told = ("visma_business", address, "--settings", str(file)), ("--dir", where)

    lacking = kravbro("ledger", "connect", *there, *told, exit_code=1)["lacks"]
    assert {one["thing"] for one in lacking if one["needed"]} >= {"kravbro_mark", "kravbro_voucher", "kravbro_cases"}
    said = kravbro("install", *there, "--dry-run")["statements"]
    assert any(one["statement"].startswith("CREATE TABLE") and "kravbro_waiting" in one["name"] for one in said)
    installed = kravbro("install", *there)
    assert set(installed["made"]) >= {"kravbro_mark", *(one.name("nb") for one in windows.WINDOWS)}
    assert len(installed["to_do"]) == len(windows.WINDOWS) + 2
    assert kravbro("install", *there)["made"] == kravbro("install", *there, "--dry-run")["statements"] == []
    granted = [one["statement"] for one in kravbro("install", *there, "--grants-for", "kari")["statements"]]
    assert bool(granted) is (kind == "postgresql"), "files have no rights"
    assert kravbro("ledger", "connect", *there, *told)["lacks"] == []
    described = tmp_path / "setup.toml"
    described.write_text(SETUP.replace('money = "1900"', f'money = "{BANK}"'), encoding="utf-8")
    kravbro("setup", "apply", str(described), "--because", "begins", *told)

    trial = Trial.at(address, setup(imports))
    trial.erp.clock = local_moment(acting(None).at)
    entry = trial.invoice(10_001, 1_000_00, "501")
    young = trial.invoice(10_001, 200_00, "502", due_on=acting(None).on)
    trial.erp.propose([entry, young])
    kravbro("claims", "transfer", *told)
    with reading(trial.databases.ours()) as connection:
        shown = rows_in(connection, trial.databases.schema("ours", OURS), "kravbro_not_eligible")
    assert [(row[2], row[6]) for row in shown] == [("502", str(acting(None).on + timedelta(days=14)))]
    trial.pay(10_001, 250_00, cross_reference="501")
    streams = kravbro("transactions", "fetch", *told)["streams"]
    assert [one["new"] for one in streams if one["stream"] == "transactions"] == [1]
    (case,) = kravbro("cases", "list", *told)["cases"]
    assert (case["debtor_name"], 750_00 <= case["owed_ore"] < 1_000_00) == ("Ada Aasen", True)
    trial.erp.change([entry], exemption=0)
    fetched = kravbro("transactions", "fetch", *told)["streams"]
    assert [one["new"] for one in fetched if one["stream"] == "withdrawals"] == [1]
    assert kravbro("reconcile", *told)["differences"] == []
    assert kravbro("db", "verify", *told)["faults"] == []
    trial.close()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_that_was_read_twice_is_named_until_a_person_has_seen_to_it(
    kravbro: Kravbro, new_place: NewPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a payment at the office to the entry that nobody delivered, and its two ways out."""
    address, imports = str(tmp_path / "visma"), tmp_path / "import"
    not_installed(address)
    imports.mkdir()
    file, where = tmp_path / "visma.toml", str(make_empty(new_place.where()))
    file.write_text(settings(imports), encoding="utf-8")
    there, told = ("visma_business", address, "--settings", str(file)), ("--dir", where)
    kravbro("install", *there)
    kravbro("ledger", "connect", *there, *told)
    described = tmp_path / "setup.toml"
    described.write_text(SETUP.replace('money = "1900"', f'money = "{BANK}"'), encoding="utf-8")
    kravbro("setup", "apply", str(described), "--because", "begins", *told)
    trial = Trial.at(address, setup(imports))
    trial.erp.clock = local_moment(acting(None).at)
    trial.erp.propose([trial.invoice(10_001, 1_000_00, "501")])
    kravbro("claims", "transfer", *told)
    (case,) = kravbro("cases", "list", *told)["cases"]
    paid = ("payments", "register", "300,00", "--creditor", "1", "--how", "cash", "--because", "over the counter")
    kravbro(*paid, "--case", case["number"], *told)
    kravbro("postings", "propose", "1", *told)
    kravbro("postings", "approve", "1", "1", *told)
    kravbro("postings", "deliver", *told)
    (ours,) = imports.glob("*.txt")
    content = ours.read_bytes()
    for _ in range(2):
        ours.write_bytes(content)
        for batch in trial.erp.import_file(ours):
            trial.erp.update_batch(batch)
    kravbro("postings", "deliver", *told)
    kravbro("transactions", "fetch", *told)

    (found,) = kravbro("reconcile", *told, exit_code=1)["differences"]
    facts = found["because"]["facts"]
    assert (found["kind"], found["ledger_ore"], facts["invoice"]) == ("booked_twice", -300_00, "501")
    assert main(["reconcile", *told]) == 1
    said = capsys.readouterr().out
    assert all(str(facts[name]) in said for name in ("voucher", "entry", "first"))
    assert f"kravbro ledger accept {facts['entry']} --company 1" in said.replace("\n", " ")
    because = ("--company", "1", "--because", "the debtor paid twice")
    accepted = kravbro("ledger", "accept", str(facts["entry"]), *because, *told)
    assert len(accepted["claims"]) == 1
    kravbro("transactions", "fetch", *told)
    assert kravbro("reconcile", *told)["differences"] == []
    (case,) = kravbro("cases", "list", *told)["cases"]
    assert 400_00 <= case["owed_ore"] < 700_00
    assert main(["ledger", "fate", str(facts["voucher"]), "deleted", *because, *told]) == 1, "it is posted"
    trial.close()
