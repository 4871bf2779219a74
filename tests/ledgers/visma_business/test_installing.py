"""What is installed beside Visma's tables, what is found missing, and many companies at once."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from kravbro.core.claims import ClaimState, Outcome, Reason, Status, Waiting
from kravbro.core.errors import KravbroError
from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.db.engines import reading, writing_anywhere
from kravbro.ledgers.visma_business import windows
from kravbro.ledgers.visma_business.databases import databases_at
from kravbro.ledgers.visma_business.install import install
from kravbro.ledgers.visma_business.source import VismaSource
from kravbro.ledgers.visma_business.tables import waiting
from kravbro.ledgers.visma_business.trial import schema
from kravbro.ledgers.visma_business.trial.books import Size, fill
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, INVOICE, PAYMENT, SALES, Entered, Erp
from kravbro.ledgers.visma_business.trial.schema import EXTENDED, MINIMUM, RENAMED, RICH, Generation, make
from kravbro.mirror.source import Mark
from kravbro.texts.sentences import sentence
from tests.ledgers.visma_business.acting import ACT, CLOCK, COMPANY, OTHER, OURS, TODAY, Trial, setup
from tests.ledgers.visma_business.conftest import NewTrial
from tests.ledgers.visma_business.test_source import NEXT_DAY
from tests.places import Kind
from tests.postgresql import shared_server

VIEWS = tuple(one.view for one in windows.WINDOWS)


def rows_of(trial: Trial, view: str) -> list[tuple[object, ...]]:
    """What a window shows."""
    where = trial.databases.schema("ours", OURS)
    with reading(trial.databases.ours()) as connection:
        return rows_in(connection, where, view)


def rows_in(connection: sa.Connection, where: str, view: str) -> list[tuple[object, ...]]:
    """What a view shows of a schema, days as texts."""
    shown = sa.table(view, *(sa.column(name) for name in window(view).columns), schema=where)
    rows = connection.execute(sa.select(shown))
    return [tuple(str(one) if isinstance(one, date) else one for one in row) for row in rows]


def window(view: str) -> windows.Window:
    (found,) = (one for one in windows.WINDOWS if one.view == view)
    return found


def test_windows_show_what_users_ask_for(new_trial: NewTrial) -> None:
    trial = new_trial(run_every_minutes=90)
    trial.customer(10_001)
    refused, taken, returned = (trial.invoice(10_001, 100_00, number) for number in ("1", "2", "3"))
    source = trial.source()
    source.mark(COMPANY, [Mark(refused, 1, Outcome.REFUSED, TODAY, reasons=(Reason("gate.name_missing"),))])
    source.mark(COMPANY, [Mark(entry, 2, Outcome.ACCEPTED, TODAY, f"1-{entry}") for entry in (taken, returned)])
    source.mark(COMPANY, [Mark(returned, 2, Outcome.RETURNED, TODAY, f"1-{returned}")])
    statuses = [(1, ClaimState.REGISTERED), (2, ClaimState.PAID)]
    source.show(COMPANY, [Status(no, taken, no, state, f"1-{taken}", TODAY) for no, state in statuses])
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00))
    source.deliver(COMPANY, [Voucher(1, "V-1", TODAY, "", lines)])
    for _ in range(2):
        source.changes(COMPANY, "")

    journal = [entry // 1_000_000_000 for entry in (refused, taken)]
    why = "Kunden mangler navn. Registrer det i reskontroen og foreslå kravet på nytt."
    not_eligible = [(COMPANY, 10_001, "1", journal[0], 1, why, None, str(TODAY))]
    assert rows_of(trial, "kravbro_not_eligible") == not_eligible
    (case,) = rows_of(trial, "kravbro_cases")
    assert case == (COMPANY, 10_001, "2", journal[1], 1, f"1-{taken}", "Betalt", str(TODAY))
    (voucher,) = rows_of(trial, "kravbro_vouchers")
    assert voucher[:3] == (COMPANY, 900_001, "V-1")
    (run,) = rows_of(trial, "kravbro_runs")
    assert run == ("2026-11-20 09:00", "2026-11-20 10:30"), "as a clock in Norway shows it"


def test_what_waits_is_shown_until_it_is_answered(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    young, batched = (trial.invoice(10_001, 100_00, number) for number in ("1", "2"))
    source, ready_on = trial.source(), TODAY + timedelta(days=3)
    waits = [
        Waiting(1, young, (Reason("gate.not_due_long_enough", "14"),), ready_on),
        Waiting(2, batched, (Reason("gate.batch_not_updated"),)),
    ]
    for _ in range(2):
        source.show_waiting(COMPANY, waits)
    told = {row[2]: row[5:] for row in rows_of(trial, "kravbro_not_eligible")}
    days = "Det er gått mindre enn 14 dager siden forfall. Kravet venter og går av seg selv."
    assert told["1"] == (days, str(ready_on), str(TODAY))
    assert str(told["2"][0]).startswith("Kunden har bilag i en bunt"), "and nobody knows when it is updated"
    assert told["2"][1:] == (None, str(TODAY))
    with reading(trial.databases.ours()) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(waiting)).scalar() == 2, "each told once"

    source.mark(COMPANY, [Mark(young, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    source.mark(COMPANY, [Mark(batched, 2, Outcome.REFUSED, TODAY, reasons=(Reason("gate.name_missing"),))])
    ((number, why),) = [(row[2], row[5]) for row in rows_of(trial, "kravbro_not_eligible")]
    assert (number, "mangler navn" in str(why)) == ("2", True)
    source.show_waiting(COMPANY, [Waiting(3, batched, (Reason("gate.batch_not_updated"),))])
    ((number, why),) = [(row[2], row[5]) for row in rows_of(trial, "kravbro_not_eligible")]
    assert (number, "bunt" in str(why)) == ("2", True), "it was proposed anew, and waits now"


def test_a_company_shows_its_own_and_no_other(new_trial: NewTrial, kind: Kind) -> None:
    """Who may open a company sees what is told of it; who may open 7777 sees what is told of all."""
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "1")
    trial.source().mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    for company in (COMPANY, OTHER):
        where = trial.databases.inside(company)
        if kind == "sqlite":
            assert where is None, "a view of SQLite cannot show what is in another file"
            continue
        assert where is not None
        with reading(where) as connection:
            shown = {view: rows_in(connection, trial.databases.schema("company", company), view) for view in VIEWS}
        assert [row[:3] for row in shown["kravbro_cases"]] == ([(COMPANY, 10_001, "1")] if company == COMPANY else [])
        assert shown["kravbro_not_eligible"] == shown["kravbro_vouchers"] == []
    assert len(rows_of(trial, "kravbro_cases")) == 1


def test_a_company_with_our_tables_shows_its_own_alone(new_trial: NewTrial) -> None:
    trial = new_trial(ours=COMPANY)
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "1")
    for company, number in ((COMPANY, "1-000001"), (OTHER, "2-000001")):
        here = trial.source()
        other = Erp(trial.databases, company, RICH, CLOCK)
        if company == OTHER:
            sold = Entered(INVOICE, TODAY, 100_00, credit=(SALES, ACCOUNT))
            entry = other.post(Entered(INVOICE, TODAY, 100_00, debit=(10_001, CUSTOMER), invoice_no="9"), sold)
            entry = entry * 1_000_000_000 + 1
        here.mark(company, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, number)])
    with reading(trial.databases.ours()) as connection:
        rows = rows_in(connection, trial.databases.schema("ours", COMPANY), "kravbro_cases")
    assert [(row[0], row[5]) for row in rows] == [(COMPANY, "1-000001")]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_users_read_states_and_reasons_in_their_language(new_trial: NewTrial, language: str) -> None:
    trial = new_trial(language=language)
    trial.customer(10_001)
    taken, waits = (trial.invoice(10_001, 100_00, number) for number in ("1", "2"))
    source = trial.source()
    source.mark(COMPANY, [Mark(taken, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    source.show(COMPANY, [Status(1, taken, 1, ClaimState.LEAVING, "1-000001", TODAY)])
    source.show_waiting(COMPANY, [Waiting(2, waits, (Reason("gate.batch_not_updated"),))])
    (case,), (waiting_,) = (rows_of(trial, view) for view in ("kravbro_cases", "kravbro_not_eligible"))
    assert case[6] == {"nb": "På vei tilbake", "nn": "På veg tilbake", "en": "On its way back"}[language]
    assert waiting_[5] == sentence("gate.batch_not_updated", {}, language)


def test_windows_are_described_with_the_addresses_of_their_guides() -> None:
    for language, word in (("nb", "Brukerveiledning"), ("nn", "Brukarrettleiing"), ("en", "User guide")):
        told = windows.description(setup(language=language, guides="https://example.org/visma"))
        assert told.count(word) == len(windows.WINDOWS)
        for one in windows.WINDOWS:
            assert f"https://example.org/visma#{one.anchor}" in told
            assert all(f"{name} ({title})" in told for name, title in one.titles(language))


def test_guides_are_where_the_windows_say() -> None:
    page = Path("docs/ledgers/visma_business.md").read_text(encoding="utf-8")
    anchors = {line.lstrip("# ").lower().replace(" ", "-") for line in page.splitlines() if line.startswith("#")}
    assert {one.anchor for one in windows.WINDOWS} <= anchors


def test_installing_again_makes_nothing(new_trial: NewTrial) -> None:
    trial = new_trial()
    assert install(trial.databases, trial.setup, "another", ACT) == []
    assert trial.source().installation() == "trial-1"
    kept = schema.tables(RICH)[1]["windows"]
    with reading(trial.databases.engine(None)) as connection:
        names = connection.execute(sa.select(kept.c.Nm).order_by(kept.c.Nm)).scalars().all()
    assert names == sorted(one.name("nb") for one in windows.WINDOWS)


@pytest.mark.parametrize("generation", [MINIMUM, RICH, RENAMED, EXTENDED], ids=lambda one: one.name)
def test_what_is_missing_is_listed_with_its_cure(new_trial: NewTrial, generation: Generation) -> None:
    trial = new_trial(generation=generation, user="kravbro", language="en", delivery="tables")
    found = {one.thing: one for one in trial.source().check()}
    needed = {thing for thing, one in found.items() if one.needed}

    if generation is MINIMUM:
        assert found["CustTr.ChDt (1, 2)"].purpose.startswith("reading only what has changed")
        assert found["entries.reminders (1, 2)"].cure == '[names] entries.reminders = "..."'
        assert {"WaBnd (1, 2)", "WaVo (1, 2)"} == needed
    else:
        assert needed == {"kravbro"}, "the user is not there"
    by_file = new_trial(generation=generation, delivery="file", import_folder="nowhere", language="en")
    needed = {one.thing for one in by_file.source().check() if one.needed}
    assert needed == {"nowhere"}


def test_a_missing_index_is_recommended_and_a_missing_database_told(new_trial: NewTrial, kind: Kind) -> None:
    trial = new_trial(language="en")
    where = trial.databases.schema("company", OTHER)
    with trial.databases.engine(OTHER).begin() as connection:
        connection.execute(sa.schema.DropIndex(_index(where)))
    (lack,) = trial.source().check()
    assert (lack.thing, lack.needed) == ("CustTr.ChDt (2)", False)
    assert lack.cure == "CREATE INDEX Kravbro_CustTr_ChDt ON CustTr (ChDt)"
    if kind == "sqlite":
        (Path(trial.address) / "F0002.db").unlink()
        (lack,) = trial.source().check()
        assert "F0002.db" in lack.purpose


def _index(where: str) -> sa.Index:
    table = sa.Table("CustTr", sa.MetaData(), sa.Column("ChDt", sa.Integer), schema=where)
    return sa.Index("CustTr_2", table.c.ChDt)


def test_each_system_database_is_an_installation_of_its_own(tmp_path: Path) -> None:
    """Two system databases with companies of their own on one server, and our tables in one company for both."""
    folder = tmp_path / "visma"
    for system, company in (("vbsys", 1), ("vbsys2", 2)):
        databases = databases_at(str(folder), system, company)
        make(databases, {company: RICH})
        install(databases_at(str(folder), system, 1), setup(system=system, ours=1), f"of {system}", ACT)
    sources = [
        VismaSource(databases_at(str(folder), system, 1), setup(system=system, ours=1), ACT)
        for system in ("vbsys", "vbsys2")
    ]

    assert [one.installation() for one in sources] == ["of vbsys", "of vbsys2"]
    assert [one.companies() for one in sources] == [[1], [2]]
    assert [one.proposals(company) for one, company in zip(sources, (1, 2), strict=True)] == [[], []]


def test_a_company_that_cannot_be_read_keeps_nobody_from_the_others(new_trial: NewTrial, kind: Kind) -> None:
    trial = new_trial()
    entry = trial.invoice(10_001, 100_00, "1")
    source = trial.source(NEXT_DAY)
    cursors = {company: source.changes(company, "").cursor for company in (COMPANY, OTHER)}
    if kind == "sqlite":
        (Path(trial.address) / "F0002.db").unlink()
    else:
        with trial.databases.engine(OTHER).begin() as connection:
            connection.execute(sa.schema.DropSchema("f0002", cascade=True))
    trial.erp.clock = CLOCK + timedelta(hours=1)
    trial.erp.change([entry], exemption=1)

    after = trial.source(NEXT_DAY)
    assert after.changed_companies(cursors) == [COMPANY, OTHER]
    assert after.changes(COMPANY, cursors[COMPANY]).entries == frozenset({entry})
    with pytest.raises(KravbroError):
        after.changes(OTHER, "")


def test_our_tables_are_named_where_they_are_missing(tmp_path: Path) -> None:
    databases = databases_at(str(tmp_path / "visma"), "vbsys", OURS)
    make(databases, {COMPANY: RICH, OURS: RICH})
    source = VismaSource(databases, setup(), ACT)
    found = {one.thing: one.cure for one in source.check()}

    assert "kravbro install visma_business" in found["kravbro_voucher"]
    assert "CREATE TABLE company.kravbro_voucher (" in found["kravbro_voucher"]
    assert "CREATE VIEW company.kravbro_cases AS SELECT" in found["kravbro_cases"]
    made = install(databases, setup(), "x", ACT)
    assert set(found) <= set(made)
    assert source.check() == []


def many(kind: Kind, folder: Path) -> tuple[str, list[int]]:
    """An installation with more companies than one statement looks at; a thousand where they are files."""
    companies = list(range(1, 1_001 if kind == "sqlite" else 131))
    address = str(folder / "visma") if kind == "sqlite" else shared_server().database()
    databases = databases_at(address, "vbsys", OURS)
    if kind == "postgresql":
        make(databases, dict.fromkeys([*companies, OURS], RICH))
    else:
        make(databases, {COMPANY: RICH, OURS: RICH})
        first = folder / "visma" / "F0001.db"
        for company in companies[1:]:
            shutil.copyfile(first, first.with_name(f"F{company:04d}.db"))
        listed = schema.tables(RICH)[1]["companies"]
        with writing_anywhere(databases.engine(None)) as connection:
            connection.execute(sa.insert(listed), [{"FrmNo": company} for company in companies[1:]])
    install(databases, setup(), "many", ACT)
    for company in (1, companies[-1]):
        fill(databases, company, RICH, Size(5), on=TODAY)
    databases.close()
    return address, companies


def test_changed_companies_are_found_among_many(kind: Kind, tmp_path: Path) -> None:
    """A look at all of them is one statement for a hundred on a server, and a file's counter in a folder."""
    address, companies = many(kind, tmp_path)
    databases = databases_at(address, "vbsys", OURS)
    source = VismaSource(databases, setup(), NEXT_DAY)
    last = companies[-1]
    empty = source.changes(2, "").cursor
    counted = {company: databases.counter(company) for company in companies}
    cursors = {company: " ".join([*empty.split()[:4], str(counted[company])]) for company in companies}
    cursors |= {company: source.changes(company, "").cursor for company in (1, last)}
    assert source.companies() == companies
    assert source.changed_companies(cursors) == []
    assert source.changed_companies(cursors | {3: ""}) == [3]

    client = Erp(databases, last, RICH, CLOCK)
    client.post(Entered(PAYMENT, TODAY, 10_00, credit=(10_001, CUSTOMER), debit=(BANK, ACCOUNT)))
    assert source.changed_companies(cursors) == [last]
    assert source.changes(last, cursors[last]).entries
    assert _asked(source, cursors, last) < 20
    source.close()
    databases.close()
    if kind == "postgresql":
        shared_server().drop(address)


def _asked(source: VismaSource, cursors: dict[int, str], changed: int) -> int:
    """How many questions it takes to poll every company as the mirror does, when one has changed."""
    asked: list[object] = []

    def ask(*statement: object) -> None:
        asked.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", ask)
    told = {company for company, cursor in cursors.items() if source.changes(company, cursor).entries}
    event.remove(sa.Engine, "before_cursor_execute", ask)
    assert told == {changed}
    return len(asked)
