"""Visma Business on SQL Server, as far as that can be proven without one: every statement, and the whole suite.

On a living server the suite runs by the marker `sqlserver` (docs/testing.md).
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kravbro.core.claims import ClaimState, Outcome, Reason, Status, Waiting
from kravbro.core.errors import Retry
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db import sqlserver
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.tables import ours
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, PAYMENT, Entered
from kravbro.ledgers.visma_business.trial.schema import GENERATIONS, RICH, Generation
from kravbro.mirror.source import Mark
from kravbro.ports.conformance.checks import conform
from kravbro.ports.conformance.ledger import CHECKS
from kravbro.ports.conformance.ledger.scene import LedgerCheck
from tests.ledgers.visma_business import test_source
from tests.ledgers.visma_business.acting import ACT, COMPANY, FIRST, OTHER, OURS, TODAY, VismaWorld
from tests.ledgers.visma_business.sql_server import (
    SYSTEM_DATABASE,
    SqlServerTrial,
    definitions,
    dialect,
    every_statement,
    texts,
)
from tests.ledgers.visma_business.test_conformance import expected
from tests.tds.refusals import require_accepted
from tests.tds.server import ADMINISTRATOR, DRIVERS, Server
from tests.tds.shapes import shape
from tests.tds.translation import parsed

KINDS = ["stand-in", pytest.param("living", marks=pytest.mark.sqlserver)]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", sorted(every_statement()))
def test_every_statement_is_one_that_sql_server_takes(name: str, driver: str) -> None:
    for text in texts(every_statement()[name], driver):
        sent = re.sub(r"%\(\w+\)s|\(__\[POSTCOMPILE_\w+\]\)", lambda mark: "(1)" if mark[0][0] == "(" else "@P1", text)
        (statement,) = parsed(sent)
        require_accepted(sent, [statement], 1)
        assert "SCHEMA_" not in sent


@pytest.mark.parametrize("driver", DRIVERS)
def test_our_tables_hold_every_letter_and_each_key_once(driver: str) -> None:
    """What SQLAlchemy writes by itself is VARCHAR, DATETIME and IDENTITY, and a key that is two by its case."""
    written = [list(texts(one, driver))[-1] for one in definitions().values()]
    for text in written:
        assert re.findall(r"\bVARCHAR|\bTEXT\b|\bDATETIME\b|\bIDENTITY\b", text) == []
        assert text.count("NVARCHAR") == text.count("COLLATE Latin1_General_100_BIN2")
        assert len(parsed(text)) == 1
    assert any("DATE NOT NULL" in text for text in written)
    for table in ours.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                assert not any(column.nullable for column in constraint.columns)  # SQL Server takes one NULL only


@pytest.mark.parametrize("driver", DRIVERS)
def test_no_statement_relies_on_what_the_dialect_drops_in_silence(driver: str) -> None:
    """`with_for_update(skip_locked=True)` compiles to nothing at all."""
    locked: sa.Select[int] = sa.select(sa.column("a")).with_for_update(skip_locked=True)
    assert str(locked.compile(dialect=dialect(driver))) == "SELECT a"
    assert [name for name, one in every_statement().items() if getattr(one, "_for_update_arg", None)] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_conforms_on_sql_server(check: LedgerCheck, tmp_path: Path, driver: str, kind: str) -> None:
    world = VismaWorld(tmp_path, by_file=False, kind=kind, trial=partial(SqlServerTrial, driver=driver))
    assert conform(check, world) == expected(check)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda one: one.name)
def test_every_generation_is_read_and_marked(tmp_path: Path, generation: Generation, driver: str, kind: str) -> None:
    trial = SqlServerTrial(tmp_path, kind, driver, generation)
    test_source.test_every_generation_is_read_and_marked(lambda **_: trial, generation)
    trial.close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_whatever_is_not_in_the_list_is_refused(tmp_path: Path, driver: str) -> None:
    """So that conformance proves that nothing else is sent."""
    trial = SqlServerTrial(tmp_path, "stand-in", driver)
    engine = databases_at(trial.address, SYSTEM_DATABASE, OURS).engine(COMPANY)
    with pytest.raises(sa.exc.DBAPIError, match="not in the closed list"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM [F0001].dbo.[CustTr]")
    engine.dispose()
    trial.close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_who_works_in_the_erp_is_waited_for_by_who_writes_and_by_nobody_who_reads(
    tmp_path: Path, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlserver, "LOCK_TIMEOUT_MS", 1)
    trial = SqlServerTrial(tmp_path, "stand-in", driver)
    assert isinstance(trial.server, Server)
    trial.customer(10_001)
    entry = trial.invoice(10_001, 1_000_00, "501")
    trial.erp.propose([entry])
    source, answer = trial.source(), Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")
    client = sa.create_engine(trial.server.url(driver, "F0001", user=ADMINISTRATOR), isolation_level="AUTOCOMMIT")
    with client.connect() as posting:
        posting.exec_driver_sql("BEGIN TRANSACTION")
        posting.exec_driver_sql("UPDATE CustTr SET RAm = 1 WHERE JNo > 0")
        assert [one.remaining_ore for one in source.items(COMPANY, [entry])] == [1_000_00]
        with pytest.raises(Retry, match=r"db\.locked"):
            source.mark(COMPANY, [answer])
        posting.exec_driver_sql("ROLLBACK TRANSACTION")
        assert [one.entry for one in source.proposals(COMPANY)] == [entry]
        source.mark(COMPANY, [answer])
        assert source.proposals(COMPANY) == []
    client.dispose()
    trial.close()


AT_INSTALLATION = {
    "new_row:kravbro_installation",
    "new_window",
    *(f"rows_of:{table.name}" for table in ours.sorted_tables),
}
"""What is said once, together with what makes our tables and views."""


@pytest.mark.parametrize("driver", DRIVERS)
def test_everything_in_the_list_is_said(tmp_path: Path, driver: str) -> None:
    """A list that allowed more would prove less."""
    (tmp_path / "import").mkdir()
    said: set[str] = set()
    unread = {**dict(RICH.names), "ledger_entries": "NotThere"}
    by_file = {"delivery": "file", "import_folder": str(tmp_path / "import")}
    ways: tuple[dict[str, Any], ...] = ({}, by_file, {"names": unread})
    for place, way in enumerate(ways):
        folder = tmp_path / str(place)
        folder.mkdir()
        trial = SqlServerTrial(folder, "stand-in", driver, user="kari", **way)
        _work(trial, tmp_path / "import")
        assert isinstance(trial.server, Server)
        said |= set(trial.server.listing.said)
        trial.close()
    unsaid = {
        name for name, one in every_statement().items() if not said & {shape(text) for text in texts(one, driver)}
    }
    assert unsaid == AT_INSTALLATION


def _work(trial: SqlServerTrial, imports: Path) -> None:
    """A day on which everything happens once."""
    trial.customer(10_001)
    entry = trial.invoice(10_001, 1_000_00, "501")
    trial.erp.propose([entry])
    source = trial.source()
    cursor = source.changes(COMPANY, "").cursor
    assert [one.entry for one in source.proposals(COMPANY)] == [entry]
    assert source.standings(COMPANY, [entry])[entry].facts.customer_balance_ore == 1_000_00
    source.show_waiting(COMPANY, [Waiting(1, entry, (Reason("gate.batch_not_updated"),))])
    source.mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    assert (source.transferred(COMPANY), source.named(COMPANY, {"501"})) == ([], {"501": [entry]})
    source.show(COMPANY, [Status(1, entry, 1, ClaimState.REGISTERED, "1-000001", TODAY)])
    voucher = Voucher(
        1, "K1", TODAY, "", (VoucherLine(1, str(BANK), 400_00), VoucherLine(2, "1500", -400_00, 10_001, entry))
    )
    assert [one.fate for one in source.deliver(COMPANY, [voucher])] == [Fate.DELIVERED]
    for file in imports.glob("*.txt"):
        trial.erp.import_file(file)
    assert [one.fate for one in source.fates(COMPANY, ["K1"])] == [Fate.DELIVERED]
    trial.erp.update_batch(trial.erp.batch_of(FIRST))
    assert [one.fate for one in source.fates(COMPANY, ["K1"])] == [Fate.POSTED]
    assert [one.remaining_ore for one in source.items(COMPANY, [entry])] == [600_00]
    assert source.changes(COMPANY, cursor).entries == frozenset({entry})
    _delete_one(trial, imports)
    assert source.doubts(COMPANY, ["K1", "K2"]) == []
    back = Entered(PAYMENT, TODAY, 50_00, debit=(10_001, CUSTOMER), cross_reference="501")
    trial.erp.post(back, Entered(PAYMENT, TODAY, 50_00, credit=(BANK, ACCOUNT)))
    assert [one.remaining_ore for one in source.items(COMPANY, [entry])] == [650_00]
    assert COMPANY in source.changed_companies({COMPANY: cursor, OTHER: cursor})
    assert [lack.thing for lack in source.check() if lack.needed] == ["kari"]
    install(databases_at(trial.address, SYSTEM_DATABASE, OURS), trial.setup, "trial-1", ACT)


def _delete_one(trial: SqlServerTrial, imports: Path) -> None:
    """A voucher whose batch somebody deletes."""
    source = trial.source()
    (entry,) = (one.entry for one in source.items(COMPANY, [1_000_000_001]))
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, "1500", -5_00, 10_001, entry))
    source.deliver(COMPANY, [Voucher(2, "K2", TODAY, "", lines)])
    for file in imports.glob("*.txt"):
        trial.erp.import_file(file)
    assert [one.fate for one in source.fates(COMPANY, ["K2"])] == [Fate.DELIVERED]
    trial.erp.delete_batch(trial.erp.batch_of(FIRST + 1))
    assert [one.fate for one in source.fates(COMPANY, ["K2"])] == [Fate.DELETED]
