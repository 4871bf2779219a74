"""The collector's answers and statuses as tables for the ledger: what was shown already is not written again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GIVEN_BACK, Outcome, Status
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import insert_rows, portions
from kravbro.formats.exchange_csv import ANSWERS, STATUSES, AnswerRow, StatusRow, render
from kravbro.ledgers.files import kept
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.approvals import answer
from kravbro.ledgers.files.derivation import KeptItem
from kravbro.ledgers.files.folders import Folders
from kravbro.ledgers.files.names import our_name
from kravbro.ledgers.files.outgoing import keep_names, next_number, prepare
from kravbro.mirror.source import Mark
from kravbro.texts.sentences import sentence

_KEY_WIDTH = 8


def write_marks(connection: sa.Connection, folders: Folders, company: int, marks: Sequence[Mark], act: Act) -> None:
    """Prepare a file of those answers that are not shown as they are, and take their items out of the queue."""
    prints = {mark.entry: fingerprint(mark) for mark in marks}
    shown = {
        row.entry: row.fingerprint
        for some in portions(sorted(prints))
        for row in connection.execute(sa.select(t.shown_answer).where(t.shown_answer.c.entry.in_(some)))
    }
    new = [mark for mark in marks if shown.get(mark.entry) != prints[mark.entry]]
    if not new:
        return
    there = kept.items(connection, [mark.entry for mark in new])
    rows = [_answer_row(mark, company, there, folders.setup.language) for mark in new]
    _prepare(connection, folders, company, "svar", render(ANSWERS, rows), act)
    entries = [mark.entry for mark in new]
    kept.remove(connection, t.shown_answer.c.entry, entries)
    told = [(entry, prints[entry]) for entry in entries]
    insert_rows(connection, t.shown_answer, ("entry", "fingerprint"), told, act)
    answer(connection, entries, [mark.entry for mark in new if mark.outcome in GIVEN_BACK])


def _answer_row(mark: Mark, company: int, there: dict[int, tuple[str, KeptItem]], language: str) -> AnswerRow:
    customer, invoice_no = _named(mark.entry, there)
    reasons = "; ".join(sentence(one.code, {"detail": one.detail}, language) for one in mark.reasons)
    case = mark.case_number if mark.outcome is Outcome.ACCEPTED else ""
    return AnswerRow(0, company, invoice_no, customer, mark.outcome.value, mark.on, case, reasons)


def _named(entry: int, there: dict[int, tuple[str, KeptItem]]) -> tuple[str, str]:
    """Customer and number of an invoice; one that is gone is told by the number that it has here."""
    if entry not in there:
        return "", f"#{entry}"
    customer, its = there[entry]
    return customer, its.line.invoice_no or its.line.voucher_no or f"#{entry}"


def write_statuses(
    connection: sa.Connection, folders: Folders, company: int, statuses: Sequence[Status], act: Act
) -> None:
    """Prepare a file of statuses; a version that is not above the one that is shown is left out."""
    by_entry = {one.entry: one for one in sorted(statuses, key=lambda one: one.version)}
    shown = {
        row.entry: row.version
        for some in portions(sorted(by_entry))
        for row in connection.execute(sa.select(t.shown_status).where(t.shown_status.c.entry.in_(some)))
    }
    new = [one for entry, one in sorted(by_entry.items()) if one.version > shown.get(entry, 0)]
    if not new:
        return
    there = kept.items(connection, [one.entry for one in new])
    rows = []
    for one in new:
        customer, invoice_no = _named(one.entry, there)
        told = (company, invoice_no, customer, one.case_number, one.state.value, one.on, one.version)
        rows.append(StatusRow(0, *told))
    _prepare(connection, folders, company, "status", render(STATUSES, rows), act)
    kept.remove(connection, t.shown_status.c.entry, [one.entry for one in new])
    versions = [(one.entry, one.version) for one in new]
    insert_rows(connection, t.shown_status, ("entry", "version"), versions, act)


def _prepare(  # noqa: PLR0917 - a file of a company
    connection: sa.Connection, folders: Folders, company: int, kind: str, data: bytes, act: Act
) -> None:
    number = next_number(connection)
    name = our_name(kind, act.on, number, "csv", sha256(data).hexdigest()[:_KEY_WIDTH])
    prepare(connection, folders, company, number, name, data, act)
    keep_names(folders.outgoing(company))
