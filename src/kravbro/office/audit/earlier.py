"""Claims on cases of an older system: every row is what its file told."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.earlier.tables import earlier_claim


def check_earlier_claims(findings: Findings) -> None:
    """Every row fits its fingerprint. One whose creditor was changed is named by whoever looks."""
    columns = as_stored(earlier_claim, *contents.EARLIER_CLAIM)
    chosen = sa.select(*columns, earlier_claim.c.fingerprint).order_by(earlier_claim.c.number)
    for *values, mark in findings.connection.execute(chosen, execution_options={"yield_per": 10_000}):
        if contents.of_row(values) != mark and not findings.names("earlier_claim", values[0]):
            findings.add("earlier_claim", values[0], f"office earlier claim {values[0]}", Fault.CONTENT)
