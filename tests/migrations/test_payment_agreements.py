"""Agreements of an office that was set up before are carried over, and have their history from then on."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from kravbro.db.engines import reading, writing
from kravbro.db.sqlite import open_sqlite
from kravbro.migrations.upgrade import configuration, upgrade
from kravbro.office.audit import audit
from kravbro.office.creditors import Agreement, KidStructure, Names, agreements, load_creditor
from kravbro.office.setup_history import agreement_subject, creditor_subject, history

BEFORE, AFTER = "office_0002_0.1", "office_0003_0.1"
WRITTEN = "'kari', '2026-03-02 10:00:00.000000'"
CREDITOR = (
    "INSERT INTO creditor (number, name, organisation_number, ledger_installation, company, collects, allocation_order,"
    " minimum_ore, days_after_due, identity_number_missing, organisation_number_missing, foreign_address,"
    " money_account, interest_account, fee_account, cost_account, interim_account, overpayment, refund_account,"
    " department, project, actor, written_at) VALUES (1, 'Nes', '938679089', 'ledger-1', 1, 'own',"
    " 'costs,fees,interest,principal', 0, 14, 'warn', 'warn', 'block', '1920', '8050', '3900', '3910', '2990',"
    f" 'on_account', '2980', '', '', {WRITTEN})"
)
EARLIER = (
    f"INSERT INTO workflow VALUES ('K', 'Kommunal', 1, {WRITTEN})",
    CREDITOR,
    f"INSERT INTO creditor_allocation VALUES (1, 'enforcement', 'principal,costs,fees,interest', {WRITTEN})",
    f"INSERT INTO payment_agreement VALUES ('86011117947', 1, 'Innbetaling', '2026-10-01', {WRITTEN})",
    f"INSERT INTO kid_structure VALUES ('86011117947', 12, 'mod10', 'case', {WRITTEN})",
    f"INSERT INTO kid_structure VALUES ('86011117947', 9, 'mod11', 'invoice', {WRITTEN})",
)


def test_an_agreement_is_carried_over_with_its_history(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "office.db")
    with writing(engine) as connection:
        command.upgrade(configuration("office", connection), BEFORE)
        for statement in EARLIER:
            connection.execute(sa.text(statement))
    assert upgrade(engine, "office")

    with reading(engine) as connection:
        (one,) = agreements(connection).values()
        assert load_creditor(connection, 1).intermediate_account == ""
        kept = history(connection, agreement_subject("86011117947"))
        orders = history(connection, creditor_subject(1))
        assert audit(connection, 1) == []
    structures = (KidStructure(9, "mod11", Names.INVOICE), KidStructure(12, "mod10", Names.CASE))
    assert (one.holder, one.creditors, one.structures, str(one.closed_on)) == (1, (1,), structures, "2026-10-01")
    assert one == Agreement("86011117947", 1, "Innbetaling", structures, (1,), closed_on=one.closed_on)
    assert [(row.item, row.value_after, row.actor, str(row.changed_on)) for row in kept] == [
        ("holder", "1", "kari", "2026-03-02"),
        ("name", "Innbetaling", "kari", "2026-03-02"),
        ("creditors", "1", "kari", "2026-03-02"),
        ("structures", "9,mod11,invoice 12,mod10,case", "kari", "2026-03-02"),
        ("closed_on", "2026-10-01", "kari", "2026-03-02"),
    ]
    assert [(row.item, row.value_after) for row in orders[:5]] == [
        ("allocation.voluntary", "costs,fees,interest,principal"),
        ("allocation.enforcement", "principal,costs,fees,interest"),
        ("name", "Nes"),
        ("organisation_number", "938679089"),
        ("ledger_installation", "ledger-1"),
    ]
    assert {(row.item, row.value_after) for row in orders} > {("minimum_ore", "0"), ("days_after_due", "14")}


def test_the_step_can_be_taken_back(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "office.db")
    with writing(engine) as connection:
        configured = configuration("office", connection)
        command.upgrade(configured, BEFORE)
        for statement in EARLIER:
            connection.execute(sa.text(statement))
        command.upgrade(configured, AFTER)
        command.downgrade(configured, BEFORE)
        kept = connection.execute(sa.text("SELECT length, method FROM kid_structure ORDER BY length")).all()
        holders = connection.execute(sa.text("SELECT creditor FROM payment_agreement")).scalars().all()

    assert ([tuple(row) for row in kept], holders) == ([(9, "mod11"), (12, "mod10")], [1])
