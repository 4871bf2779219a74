"""Any version of the ERP: each name in turn gone or called otherwise, more than is known, NULL, and other owners."""

from __future__ import annotations

import ast
import inspect
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kravbro.core.claims import Outcome
from kravbro.core.errors import DataFault, Stop
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.ledgers.visma_business import queries
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.layout import LAYOUT, Database, Need, Relied, renamed
from kravbro.ledgers.visma_business.trial.erp import BANK, SALES
from kravbro.ledgers.visma_business.trial.schema import RICH
from kravbro.mirror.source import Lack, Mark
from kravbro.texts.sentences import LANGUAGES
from tests.ledgers.visma_business.acting import COMPANY, OTHER, OURS, TODAY, Trial, setup
from tests.ledgers.visma_business.sql_server import every_statement, our_tables_of

THERE = renamed(dict(RICH.names))
"""The layout as the rich trial has it: every name is there."""
STATEMENTS = {"select", "insert", "update", "delete"}
EVERY = [(table, column) for table in THERE for column in table.columns]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    made = Trial(tmp_path_factory.mktemp("any") / "version", user="kari")
    for file in ("vbsys", "F0001"):
        _run(made, file, *(f'DROP INDEX "{name}"' for name in _indexes(made, file)))
    yield made
    made.close()


def _indexes(trial: Trial, file: str) -> list[str]:
    with closing(sqlite3.connect(Path(trial.address) / f"{file}.db")) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        return [name for (name,) in rows]


def _run(trial: Trial, file: str, *statements: str) -> None:
    with closing(sqlite3.connect(Path(trial.address) / f"{file}.db")) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        for statement in statements:
            connection.execute(statement)


def _files(table: Relied) -> list[str]:
    return ["vbsys"] if table.database is Database.SYSTEM else ["F0001"]


def _renamed(trial: Trial, table: Relied, before: str, after: str) -> None:
    for file in _files(table):
        _run(trial, file, f'ALTER TABLE "{table.sql}" RENAME COLUMN "{before}" TO "{after}"')


def _lacks(trial: Trial, language: str = "en", **changes: Any) -> dict[str, Lack]:
    """What is found missing, but for indexes and the user whom nobody made."""
    known = setup(user="kari", language=language, without=[OTHER, OURS], **changes)
    source = Trial.at(trial.address, known).source()
    found = {one.thing: one for one in source.check() if "CREATE INDEX" not in one.cure and one.thing != "kari"}
    source.close()
    return found


def _shown(table: Relied, name: str) -> str:
    return name if table.database is Database.SYSTEM else f"{name} (1)"


def test_each_name_that_lacks_is_told_with_what_is_lost_and_can_be_called_otherwise(trial: Trial) -> None:
    assert _lacks(trial) == {}
    for table, column in EVERY:
        name = f"{table.name}.{column.name}"
        _renamed(trial, table, column.sql, "Elsewhere")
        found = _lacks(trial)
        either = column.name in {"reminders", "reminded_on"}
        if name == "companies.number":  # without it nobody knows which companies there are
            found = {thing: one for thing, one in found.items() if thing == f"{table.sql}.{column.sql}"}
        assert list(found) == ([] if either else [_shown(table, f"{table.sql}.{column.sql}")]), name
        for lack in found.values():
            assert lack.needed == (column.need is not Need.MORE), name
            assert lack.cure == f'[names] {name} = "..."'
            assert len(lack.purpose.split()) > 2, name
        assert _lacks(trial, names=dict(RICH.names) | {name: "Elsewhere"}) == {}, name
        _renamed(trial, table, "Elsewhere", column.sql)


def test_tables_may_be_called_otherwise_and_all_that_lacks_is_told_at_once(trial: Trial) -> None:
    for table in THERE:
        for file in _files(table):
            _run(trial, file, f'ALTER TABLE "{table.sql}" RENAME TO "Ny{table.sql}"')
    found = _lacks(trial)
    assert set(found) == {"Frm", "usr", "Wnd"}, "without companies nothing is known of them"
    others = {table.name: f"Ny{table.sql}" for table in THERE}
    some = {name: sql for name, sql in others.items() if name in {"companies", "users", "windows"}}
    assert set(_lacks(trial, names=dict(RICH.names) | some)) == {
        f"{table.sql} (1)" for table in THERE if table.database is Database.COMPANY
    }
    source = Trial.at(trial.address, setup(names=dict(RICH.names) | some)).source()
    with pytest.raises(Stop, match=r"visma_business\.missing") as missing:
        source.proposals(COMPANY)
    minimum = [one for one in THERE if one.need is not Need.MORE and one.database is Database.COMPANY]
    assert missing.value.facts["names"] == ", ".join(f"{one.name} ({one.sql})" for one in minimum)
    assert _lacks(trial, names=dict(RICH.names) | others) == {}
    for table in THERE:
        for file in _files(table):
            _run(trial, file, f'ALTER TABLE "Ny{table.sql}" RENAME TO "{table.sql}"')


def test_what_is_lost_is_told_in_each_language(trial: Trial) -> None:
    gone = [(table, column) for table, column in EVERY if column.need is Need.MORE]
    for place, (table, column) in enumerate(gone):
        _renamed(trial, table, column.sql, f"Elsewhere{place}")
    told = {language: {one.purpose for one in _lacks(trial, language).values()} for language in LANGUAGES}
    for place, (table, column) in enumerate(gone):
        _renamed(trial, table, f"Elsewhere{place}", column.sql)
    assert len(told["en"]) > 20
    assert len(set().union(*told.values())) == 3 * len(told["en"]), "and no sentence is of two languages"


def test_what_the_set_up_relies_on_is_needed(trial: Trial) -> None:
    for table in ("CustTr", "OpCustTr"):
        _run(trial, "F0001", f'ALTER TABLE "{table}" RENAME COLUMN "NoRem" TO "Elsewhere"')
    found = _lacks(trial, minimum_reminders=2)
    assert {name: one.needed for name, one in found.items()} == {"CustTr.NoRem (1)": True, "OpCustTr.NoRem (1)": True}
    assert not any(one.needed for one in _lacks(trial).values())
    for table in ("CustTr", "OpCustTr"):
        _run(trial, "F0001", f'ALTER TABLE "{table}" RENAME COLUMN "Elsewhere" TO "NoRem"')


def test_a_reminder_that_stands_on_the_open_item_alone_is_a_notice(tmp_path: Path) -> None:
    names = {name: sql for name, sql in RICH.names if name not in {"entries.reminders", "entries.reminded_on"}}
    trial = Trial(tmp_path, names=names, minimum_reminders=1, notice_reminder=1)
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "1")
    trial.erp.remind([entry], TODAY - timedelta(days=20))
    trial.erp.propose([entry])
    ((letter,),) = [one.letters for one in trial.source().proposals(COMPANY)]
    assert (letter.sent_on, letter.deadline) == (TODAY - timedelta(days=20), TODAY - timedelta(days=6))
    trial.close()


def test_null_is_no_amount_and_no_exemption(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.customer(10_001)
    odd, good = (trial.invoice(10_001, 100_00, number) for number in ("1", "2"))
    trial.erp.propose([odd, good])
    for table in ("CustTr", "OpCustTr"):
        made = _definition(trial, table)
        _run(
            trial,
            "F0001",
            f'ALTER TABLE "{table}" RENAME TO kept',
            re.sub(r"DEFAULT ('[^']*'|0) NOT NULL", "", made),
            f'INSERT INTO "{table}" SELECT * FROM kept',
            "DROP TABLE kept",
            f'UPDATE "{table}" SET "ExcRem" = NULL, "ChTm" = NULL, "CollNo" = NULL',
        )
    _run(trial, "F0001", f'UPDATE "CustTr" SET "Ref" = NULL, "RAm" = NULL WHERE "JNo" = {odd // 1_000_000_000}')
    source = trial.source()
    assert [one.entry for one in source.proposals(COMPANY)] == [odd, good]
    assert set(source.standings(COMPANY, [odd, good])) == {good}, "what has no amount is not offered"
    items = {one.entry: one.remaining_ore for one in source.items(COMPANY, [good])}
    assert items == {good: 100_00}
    cursor = source.changes(COMPANY, "").cursor
    uncounted = " ".join([*cursor.split()[:4], "-1"])
    assert source.changes(COMPANY, uncounted).entries, "without a time of day more of the same may come all day"
    source.mark(COMPANY, [Mark(good, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    trial.close()


def _definition(trial: Trial, table: str) -> str:
    with closing(sqlite3.connect(Path(trial.address) / "F0001.db")) as connection:
        (found,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return str(found)


def test_a_column_that_must_be_filled_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    _run(trial, "F0001", 'ALTER TABLE "WaVo" ADD COLUMN "Plikt" INTEGER CHECK ("Plikt" > 0) NOT NULL DEFAULT 0')
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00))
    voucher = Voucher(1, "K1", TODAY, "", lines)
    with pytest.raises(Stop, match=r"visma_business\.not_taken") as refused:
        trial.source().deliver(COMPANY, [voucher])
    assert "Plikt" in str(refused.value.facts["reason"])
    assert trial.source().fates(COMPANY, ["K1"]) == []
    _run(trial, "F0001", 'ALTER TABLE "WaVo" DROP COLUMN "Plikt"')
    assert [one.fate for one in trial.source().deliver(COMPANY, [voucher])] == [Fate.DELIVERED]
    trial.close()


def test_tables_of_another_owner_are_found_by_set_up() -> None:
    databases = databases_at("mssql+pymssql://kravbro@server/vbsys", "vbsys", 7777, "visma")
    assert [databases.schema(token, 1) for token in ("system", "company", "ours")] == [
        "vbsys.visma",
        "F0001.visma",
        "F7777.visma",
    ]
    statement = queries.companies(our_tables_of(Database.SYSTEM)).compile(
        dialect=databases.engine(1).dialect,
        schema_translate_map=databases.engine(1).get_execution_options()["schema_translate_map"],
        render_schema_translate=True,
    )
    assert "FROM vbsys.visma.[Frm]" in str(statement)
    databases.close()


def test_every_statement_that_is_built_is_in_the_closed_list() -> None:
    """A new one that nobody lists fails here, and so is never left out of what is compiled for SQL Server."""
    listed = {name.partition(":")[0] for name in every_statement()}
    built = {
        name for name, one in inspect.getmembers(queries, inspect.isfunction) if one.__module__ == queries.__name__
    }
    assert {name for name in built if not name.startswith("_")} == {
        name for name in listed if not name.startswith(("columns of", "indexes of", "types of"))
    }


def test_statements_are_built_nowhere_else() -> None:
    """But the definitions of our views, and a row of ours as a person would write it."""
    built: dict[str, set[str]] = {}
    folder = Path(inspect.getfile(queries)).parent
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "sa" and node.attr in STATEMENTS:
                built.setdefault(file.name, set()).add(node.attr)
    assert built == {"queries.py": {"select", "insert", "update"}, "windows.py": {"select"}, "install.py": {"insert"}}


def test_a_name_that_is_given_twice_or_to_nothing_is_refused() -> None:
    for names in ({"entries.purringer": "NoRem"}, {"kunder": "Actor"}, {"entries.": "x"}):
        with pytest.raises(DataFault, match=r"visma_business\.unknown_name"):
            renamed(names)
    assert all(renamed({f"{table.name}.{column.name}": "X"}) for table in LAYOUT for column in table.columns)
