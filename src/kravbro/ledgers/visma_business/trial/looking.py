"""What somebody sees in the windows of a trial company: who its customers are, what was invoiced, booked, and waits."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.trial.erp import INVOICE, Erp


def customers(erp: Erp) -> set[int]:
    """The numbers of all customers."""
    with erp.writing() as connection:
        return set(connection.execute(sa.select(erp.tables["customers"].c.number)).scalars())


def invoices(erp: Erp) -> dict[str, int]:
    """The keys of all invoices, by their numbers."""
    column = erp.tables["entries"].c
    chosen = sa.select(column.invoice_no, column.journal, column.number).where(column.voucher_type == INVOICE)
    with erp.writing() as connection:
        return {name: journal * JOURNAL + number for name, journal, number in connection.execute(chosen)}


def untouched(erp: Erp) -> set[int]:
    """The keys of entries that nobody has proposed, exempted or sent to collection."""
    column = erp.tables["entries"].c
    chosen = sa.select(column.journal, column.number).where(column.exemption == 0, column.proposal == 0)
    with erp.writing() as connection:
        return {journal * JOURNAL + number for journal, number in connection.execute(chosen)}


def booked(erp: Erp) -> set[tuple[str, str]]:
    """What was booked with a cross-reference: that, and the text."""
    column = erp.tables["entries"].c
    with erp.writing() as connection:
        rows = connection.execute(sa.select(column.cross_reference, column.text)).all()
    return {(reference, text) for reference, text in rows if reference}


def waiting_batches(erp: Erp) -> list[int]:
    """The numbers of batches that wait to be updated."""
    column = erp.tables["batches"].c.number
    with erp.writing() as connection:
        return list(connection.execute(sa.select(column).order_by(column)).scalars())
