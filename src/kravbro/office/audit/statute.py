"""The law that the office keeps: every row and every verification is what it was written with."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored

KEPT: tuple[tuple[sa.Table, tuple[str, ...], str], ...] = (
    (t.statute_row, contents.STATUTE_ROW, "statute row"),
    (t.statute_verification, contents.STATUTE_VERIFICATION, "statute verification"),
)


def check_statute(findings: Findings) -> None:
    """Every row of law, and every verification, fits its fingerprint. They belong to no creditor and no claim."""
    for table, columns, shown in KEPT:
        chosen = sa.select(*as_stored(table, *columns), table.c.fingerprint).order_by(table.c.number)
        for row in findings.connection.execute(chosen).all():
            number, altered = row[0], contents.of_row(tuple(row)[:-1]) != row[-1]
            if altered and not findings.names(table.name, number):
                findings.add_entry(table.name, number, f"office {shown} {number}", Fault.CONTENT, None)
