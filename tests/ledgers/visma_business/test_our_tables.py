"""Our own tables in a Visma Business: brought up to date, refused where they are not ours to mend, and who may what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.ddl import DropView

from kravbro.core.claims import ClaimState, Outcome, Reason, Status, Waiting
from kravbro.core.errors import KravbroError, Stop
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.catalogue import declared
from kravbro.db.definitions import Right, grants
from kravbro.db.engines import reading, writing_anywhere
from kravbro.ledgers.visma_business import windows
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.install import compared, install, scripted
from kravbro.ledgers.visma_business.rights import needed
from kravbro.ledgers.visma_business.source import VismaSource
from kravbro.ledgers.visma_business.tables import installation, mark, ours, shown_status, voucher
from kravbro.ledgers.visma_business.trial.erp import BANK
from kravbro.ledgers.visma_business.trial.looking import waiting_batches
from kravbro.mirror.source import Mark
from tests.ledgers.visma_business.acting import ACT, COMPANY, OURS, TODAY, Trial
from tests.ledgers.visma_business.conftest import NewTrial
from tests.ledgers.visma_business.sql_server import SqlServerTrial
from tests.places import Kind
from tests.tds.server import DRIVERS

LATER = (voucher.c.folder, mark.c.customer, mark.c.invoice_no, shown_status.c.told)
"""Columns that a later version brought."""


def work(trial: Trial, source: VismaSource) -> int:
    """An invoice that is accepted, shown and paid by a voucher of ours; answers it."""
    trial.customer(10_001)
    entry = trial.invoice(10_001, 1_000_00, "501")
    source.mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    source.show(COMPANY, [Status(1, entry, 1, ClaimState.REGISTERED, "1-000001", TODAY)])
    source.deliver(COMPANY, [voucher_on(entry)])
    return entry


def voucher_on(entry: int) -> Voucher:
    lines = (VoucherLine(1, str(BANK), 400_00), VoucherLine(2, "1500", -400_00, 10_001, entry))
    return Voucher(1, "K1", TODAY, "", lines)


def without_views(connection: sa.Connection) -> None:
    for window in windows.WINDOWS:
        table = sa.Table(window.view, sa.MetaData(), schema="ours")
        connection.execute(DropView(table))
    if connection.dialect.name == "postgresql":
        for company in (1, 2):
            for window in windows.WINDOWS:
                connection.exec_driver_sql(f"DROP VIEW f{company:04d}.{window.view}")


def made_otherwise(trial: Trial, table: sa.Table, without: str = "", types: dict[str, Any] | None = None) -> None:
    """Put an empty table without a column, or with other types, in the place of one of ours."""
    columns = [
        sa.Column(one.name, (types or {}).get(one.name, one.type), primary_key=one.primary_key, autoincrement=False)
        for one in table.c
        if one.name != without
    ]
    other = sa.Table(table.name, sa.MetaData(), *columns, schema="ours")
    with writing_anywhere(trial.databases.ours()) as connection:
        connection.execute(sa.schema.DropTable(table))
        connection.execute(sa.schema.CreateTable(other))


def test_columns_of_a_later_version_are_added_to_what_is_there(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = work(trial, trial.source())
    with writing_anywhere(trial.databases.ours()) as connection:
        without_views(connection)
        for column in LATER:
            where = trial.databases.schema("ours", OURS)
            connection.exec_driver_sql(f'ALTER TABLE {where}."{column.table.name}" DROP COLUMN "{column.name}"')
    lacking = {one.thing for one in trial.source().check() if one.needed}
    assert lacking == {str(column).removeprefix("ours.") for column in LATER} | {one.view for one in windows.WINDOWS}

    with pytest.raises(Stop, match=r"visma_business\.older_tables") as older:
        trial.source().installation()
    assert str(older.value.facts["names"]).split(", ") == sorted(str(one).removeprefix("ours.") for one in LATER)
    told = scripted(trial.databases, trial.setup, "x", ACT)
    assert {one.thing for one in trial.source().check() if one.needed} == lacking, "nothing was run"
    made = install(trial.databases, trial.setup, "x", ACT)
    assert list(dict.fromkeys(one.name for one in told)) == made
    assert set(made) == lacking
    assert (trial.source().check(), install(trial.databases, trial.setup, "x", ACT)) == ([], [])
    with reading(trial.databases.ours()) as connection:
        assert connection.execute(sa.select(voucher.c.voucher_key, voucher.c.folder)).all() == [("K1", "")]
        assert connection.execute(sa.select(mark.c.entry, mark.c.customer, mark.c.invoice_no)).all() == [(entry, 0, "")]
    assert [one.fate for one in trial.source().deliver(COMPANY, [voucher_on(entry)])] == [Fate.DELIVERED]
    assert waiting_batches(trial.erp) == [1], "the voucher is known still, and not delivered again"


def test_what_is_printed_makes_what_is_missing(new_trial: NewTrial) -> None:
    """The administrator of a database runs the script, and installing afterwards makes nothing."""
    trial = new_trial()
    with writing_anywhere(trial.databases.ours()) as connection:
        without_views(connection)
        for table in reversed(ours.sorted_tables):
            connection.execute(sa.schema.DropTable(table))
    told = scripted(trial.databases, trial.setup, "by hand", ACT)
    with writing_anywhere(trial.databases.ours()) as connection:
        for one in told:
            connection.exec_driver_sql(one.statement)
    assert install(trial.databases, trial.setup, "another", ACT) == []
    assert (trial.source().installation(), trial.source().check()) == ("by hand", [])


def test_each_column_that_lacks_is_added_and_no_key_is_made_up() -> None:
    dialect = sa.create_engine("sqlite://").dialect
    for table in ours.sorted_tables:
        keys = {one.name for one in table.primary_key} | ({"voucher_no"} if table is voucher else set())
        whole = {column.name: declared(column, dialect) for column in table.c}
        assert compared({table.name: whole}, dialect) == ([], [])
        for column in table.c:
            there = {name.upper(): what for name, what in whole.items() if name != column.name}
            additions, problems = compared({table.name: there}, dialect)
            lacks = f"{table.name}.{column.name} (\N{EN DASH}; "
            assert [one.startswith(lacks) for one in problems] == ([True] if column.name in keys else [])
            assert [one.column for one in additions] == ([] if column.name in keys else [column])


def test_a_column_without_default_is_added_where_there_are_no_rows(new_trial: NewTrial) -> None:
    trial = new_trial()
    with writing_anywhere(trial.databases.ours()) as connection:
        without_views(connection)
    made_otherwise(trial, installation, "id")
    made_otherwise(trial, voucher, "fingerprint")
    assert {"kravbro_installation.id", "kravbro_voucher.fingerprint"} <= {one.thing for one in trial.source().check()}
    made = install(trial.databases, trial.setup, "x", ACT)
    assert made[:2] == ["kravbro_installation.id", "kravbro_voucher.fingerprint"]
    assert (trial.source().installation(), trial.source().check()) == ("x", [])


def test_a_column_that_rows_must_have_is_not_made_up(new_trial: NewTrial) -> None:
    trial = new_trial()
    work(trial, trial.source())
    with writing_anywhere(trial.databases.ours()) as connection:
        where = trial.databases.schema("ours", OURS)
        connection.exec_driver_sql(f'ALTER TABLE {where}."kravbro_voucher_line" DROP COLUMN "amount_ore"')
    with pytest.raises(Stop, match=r"visma_business\.our_tables") as refused:
        install(trial.databases, trial.setup, "x", ACT)
    assert refused.value.facts["columns"] == "kravbro_voucher_line.amount_ore (\N{EN DASH}; BIGINT)"


def test_a_column_of_another_type_is_refused_with_all_others(new_trial: NewTrial, kind: Kind) -> None:
    trial = new_trial(language="en")
    with writing_anywhere(trial.databases.ours()) as connection:
        without_views(connection)
    made_otherwise(trial, mark, types={"entry": sa.Text(), "marked_on": sa.Integer()})
    made_otherwise(trial, voucher, types={"folder": sa.String(40), "written_at": sa.Date()}, without="company")
    with pytest.raises(Stop) as refused:
        install(trial.databases, trial.setup, "x", ACT)
    told = str(refused.value.facts["columns"])
    for wrong in ("mark.entry (", "mark.marked_on (", "voucher.company (\N{EN DASH};", "voucher.written_at ("):
        assert f"kravbro_{wrong}" in told
    assert ("kravbro_voucher.folder (" in told) is (kind == "postgresql"), "SQLite keeps a text of any length anywhere"
    lacking = [one for one in trial.source().check() if one.thing.startswith("kravbro_mark.entry")]
    assert [one.purpose for one in lacking] == ["a column of Kravbro's own that is not as it must be"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_sql_server_is_brought_up_to_date(tmp_path: Path, driver: str) -> None:
    trial = SqlServerTrial(tmp_path, "stand-in", driver)
    with writing_anywhere(trial.databases.ours()) as connection:
        for window in windows.WINDOWS:
            connection.execute(DropView(sa.Table(window.view, sa.MetaData(), schema="ours")))
    made_otherwise(trial, voucher, without="folder")
    made_otherwise(trial, mark, types={"told": sa.String(40), "entry": sa.Integer()})
    with pytest.raises(Stop) as refused:
        install(trial.databases, trial.setup, "x", ACT)
    told = "kravbro_mark.entry (int; BIGINT), kravbro_mark.told (nvarchar(40); NVARCHAR(max))"
    assert refused.value.facts["columns"] == told
    made_otherwise(trial, mark)
    script = [one.statement for one in scripted(trial.databases, trial.setup, "x", ACT)]
    assert script[0] == "USE [F7777]"
    assert script[1].startswith("ALTER TABLE dbo.kravbro_voucher ADD folder NVARCHAR(400) COLLATE ")
    assert script[1].endswith(" NOT NULL DEFAULT N''")
    assert "kravbro_voucher.folder" in install(trial.databases, trial.setup, "x", ACT)
    assert install(trial.databases, trial.setup, "x", ACT) == []
    inside = trial.databases.inside(COMPANY)
    assert inside is not None
    work(trial, trial.source())
    with reading(inside) as connection:
        rows = connection.execute(sa.text("SELECT company, customer, invoice_no, state FROM dbo.kravbro_cases")).all()
    assert [tuple(row) for row in rows] == [(COMPANY, 10_001, "501", "Registrert")]
    trial.close()


@pytest.mark.parametrize("delivery", ["file", "tables"])
def test_a_login_with_the_rights_that_are_printed_can_work_and_no_more(tmp_path: Path, delivery: str) -> None:
    """On PostgreSQL, which has rights by column as SQL Server has."""
    (tmp_path / "import").mkdir()
    trial = Trial(tmp_path, "postgresql", delivery=delivery, import_folder=str(tmp_path / "import"), user="")
    login = f"kravbro_{delivery}_{trial.address.rpartition('/')[2]}"
    engine = trial.databases.engine(None)
    said = [
        text
        for one in needed(trial.databases, trial.setup, [1, 2])
        for text in grants(engine, one.database, one.rights, login)
    ]
    with engine.begin() as connection:
        for statement in (f'CREATE ROLE "{login}" LOGIN', *said):
            connection.exec_driver_sql(statement)
    server, _, database = trial.address.rpartition("/")
    as_login = f"{server.partition('://')[0]}://{login}@{server.partition('@')[2]}/{database}"
    with_rights = databases_at(as_login, "vbsys", OURS)
    source = VismaSource(with_rights, trial.setup, ACT)
    assert [one for one in source.check() if one.needed] == []
    entry = work(trial, source)
    source.show_waiting(COMPANY, [Waiting(2, entry, (Reason("gate.batch_not_updated"),))])
    assert source.changes(COMPANY, "").entries is None
    assert source.changes(COMPANY, "1 20260101 0 0 -1").entries
    assert [one.fate for one in source.fates(COMPANY, ["K1"])] == [Fate.DELIVERED]
    assert source.standings(COMPANY, [entry])[entry].facts.draft_vouchers == 0
    assert (source.items(COMPANY, [entry])[0].remaining_ore, source.proposals(COMPANY)) == (1_000_00, [])
    forbidden = [
        'UPDATE f0001."CustTr" SET "RAm" = 0',
        'DELETE FROM f0001."OpCustTr"',
        "UPDATE f7777.kravbro_mark SET told = ''",
        'UPDATE f0001."Actor" SET "Nm" = \'x\'',
        *(['INSERT INTO f0001."WaBnd" ("BndNo") VALUES (9)'] if delivery == "file" else []),
    ]
    for statement in forbidden:
        with pytest.raises(KravbroError, match=r"db\.no_rights"), writing_anywhere(with_rights.engine(COMPANY)) as mine:
            mine.exec_driver_sql(statement)
    source.close()
    with engine.begin() as connection:
        connection.exec_driver_sql(f'DROP OWNED BY "{login}"')
        connection.exec_driver_sql(f'DROP ROLE "{login}"')
    trial.close()


def test_rights_are_written_as_sql_server_takes_them(tmp_path: Path) -> None:
    trial = SqlServerTrial(tmp_path, "stand-in", DRIVERS[0])
    rights = [Right("SELECT", "CustTr", ("JNo", "Am")), Right("INSERT", "WaBnd", ("BndNo",)), Right("SELECT", "a]b")]
    assert list(grants(trial.databases.engine(None), "F0001.dbo", rights, "kari's")) == [
        "USE [F0001]",
        "IF USER_ID(N'kari''s') IS NULL CREATE USER [kari's] FOR LOGIN [kari's]",
        "GRANT SELECT ([JNo], [Am]) ON [dbo].[CustTr] TO [kari's]",
        "GRANT INSERT ON [dbo].[WaBnd] TO [kari's]",
        "GRANT SELECT ON [dbo].[a]]b] TO [kari's]",
    ]
    trial.close()
