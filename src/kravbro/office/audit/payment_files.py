"""What came beside payments, and what was said when files were imported: all of it is there, and is what it was."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.incoming import CAMT054


def check_details(findings: Findings) -> None:
    """Every payment of a camt.054 has its details, no other has any, and each row is what it was written with."""
    payment, file, detail = t.payment.c, t.payment_file.c, f.payment_detail.c
    chosen = sa.select(
        payment.number,
        payment.file,
        detail.payment,
        file.format,
        detail.fingerprint,
        *as_stored(f.payment_detail, *_TOLD),
    )
    rows = findings.connection.execute(
        chosen.select_from(t.payment)
        .outerjoin(t.payment_file, file.number == payment.file)
        .outerjoin(f.payment_detail, detail.payment == payment.number)
        .where(payment.creditor == findings.creditor)
        .where(sa.or_(file.format == CAMT054, detail.payment.is_not(None)))
        .order_by(payment.number),
        execution_options={"yield_per": 10_000},
    )
    for number, of_file, found, file_format, mark, *told in rows:
        if findings.names("payment", number) or findings.names("payment_file", of_file):
            continue
        if found is None:
            _name(findings, number, Fault.MISSING)
        elif file_format != CAMT054:
            _name(findings, number, Fault.UNEXPECTED)
        elif contents.of_row((number, *told)) != mark:
            _name(findings, number, Fault.CONTENT)
    there = sa.exists().where(payment.number == detail.payment)
    for number in findings.connection.execute(
        sa.select(detail.payment).where(~there).order_by(detail.payment)
    ).scalars():
        if not findings.names("payment", number):
            _name(findings, number, Fault.UNEXPECTED)


def check_overrides(findings: Findings) -> None:
    """Every reason for going past a warning is what it was written with."""
    table = f.payment_file_override
    chosen = sa.select(*as_stored(table, *contents.PAYMENT_FILE_OVERRIDE), table.c.fingerprint)
    for *values, mark in findings.connection.execute(chosen.order_by(table.c.number)).all():
        if contents.of_row(values) != mark and not findings.names("payment_file_override", values[0]):
            thing = f"office payment file override {values[0]}"
            findings.add("payment_file_override", values[0], thing, Fault.CONTENT)


_TOLD = contents.PAYMENT_DETAIL[1:]


def _name(findings: Findings, number: object, fault: Fault) -> None:
    findings.add("payment_detail", number, f"office payment {number} details", fault)
