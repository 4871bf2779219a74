"""The collector's answers and statuses, shown on the open item and on its entry, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, Status
from kravbro.core.fingerprints import fingerprint
from kravbro.db.columns import written
from kravbro.ledgers.visma_business import queries, tables
from kravbro.ledgers.visma_business.company import Company, LastMark
from kravbro.ledgers.visma_business.entries import Entry
from kravbro.ledgers.visma_business.mapping import SENT
from kravbro.ledgers.visma_business.moments import day_number, local_moment, time_number
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.words import in_words, shown_number
from kravbro.mirror.source import Mark
from kravbro.texts.sentences import sentence

NOT_NOW = 2
"""What `RemSt` says of an item that is not to be reminded until a person says so."""
_REASONS_WIDTH = 250


def write_marks(company: Company, marks: Sequence[Mark], act: Act) -> None:
    """Show answers. One that is shown already stays as it is, also where a person has changed something since."""
    by_entry = {mark.entry: mark for mark in marks}
    last = company.marks(by_entry)
    kept, changed = [], []
    for entry in company.entries(by_entry):
        mark, before = by_entry[entry.key], last.get(entry.key)
        print_ = fingerprint(mark)
        if before is not None and before.fingerprint == print_:
            continue
        origin = _before(entry, before, mark.outcome)
        told = in_words(mark.reasons, company.setup.language)
        shown = {"told": told, "customer": entry.customer, "invoice_no": shown_number(entry)}
        kept.append(_row(company.number, mark, print_, before, origin) | shown | written(act))
        changed.append(_is_item(entry) | _values(mark, origin, company, act) | {"new_reasons": told[:_REASONS_WIDTH]})
    if kept:
        company.connection.execute(queries.new_row(tables.mark), kept)
        _write(company, queries.changed_entry, changed)


def _before(entry: Entry, last: LastMark | None, outcome: Outcome) -> tuple[int, str]:
    """The exemption and the mark against interest that the item had before it was accepted, or has now.

    What a person has put in the place of our mark since then stays. The mark of a collector that had the item before us
    ends when we answer for it, unless it is with that collector still: we refused it.
    """
    if last is not None and last.outcome == Outcome.ACCEPTED:
        exemption = last.exemption_before if entry.exemption == SENT else entry.exemption
        return exemption, last.no_interest_before
    ends = entry.exemption == SENT and outcome is not Outcome.REFUSED
    return 0 if ends else entry.exemption, entry.no_interest


def _row(company: int, mark: Mark, print_: str, last: LastMark | None, origin: tuple[int, str]) -> dict[str, object]:
    reasons = [(reason.code, reason.detail) for reason in mark.reasons]
    return {
        "company": company,
        "entry": mark.entry,
        "sequence": last.sequence + 1 if last else 1,
        "offer": mark.offer,
        "outcome": mark.outcome.value,
        "case_number": mark.case_number,
        "reasons": msgspec.json.encode(reasons).decode(),
        "fingerprint": print_,
        "exemption_before": origin[0],
        "no_interest_before": origin[1],
        "marked_on": mark.on,
    }


def _values(mark: Mark, origin: tuple[int, str], company: Company, act: Act) -> dict[str, object]:
    """What the item shows from now on, for every column that may be there."""
    exemption, no_interest = origin
    accepted = mark.outcome is Outcome.ACCEPTED
    return {
        "new_exemption": SENT if accepted else exemption,
        "new_proposal": 0 if accepted else NOT_NOW,
        "new_no_interest": company.setup.no_interest_mark if accepted else no_interest,
        "new_case_number": mark.case_number if accepted else "",
        "new_case_status": mark.outcome.value,
        **_moment(company, act),
    }


def write_statuses(company: Company, statuses: Sequence[Status], act: Act) -> None:
    """Show statuses; a version that is not above the one that is shown is left out."""
    by_entry = {status.entry: status for status in sorted(statuses, key=lambda one: one.version)}
    rows = company.over(queries.last_statuses(), "entries", by_entry, company=company.number)
    shown: dict[int, int] = {row[0]: row[1] for row in rows}
    newer = [status for entry, status in sorted(by_entry.items()) if status.version > shown.get(entry, 0)]
    if not newer:
        return
    company.connection.execute(
        queries.new_row(tables.shown_status),
        [_status_row(company.number, status, company.setup.language) | written(act) for status in newer],
    )
    there = {entry.key: entry for entry in company.entries([status.entry for status in newer])}
    moment = _moment(company, act)
    changed = [
        _is_item(there[status.entry]) | {"new_case_status": status.state.value, **moment}
        for status in newer
        if status.entry in there
    ]
    shows = [table for table in ("entries", "open_items") if company.tables.has(f"{table}.case_status")]
    if changed and shows:
        _write(company, queries.shown_status, changed, shows)


def _status_row(company: int, status: Status, language: str) -> dict[str, object]:
    return {
        "company": company,
        "entry": status.entry,
        "version": status.version,
        "state": status.state.value,
        "told": sentence(f"visma_business.state.{status.state.value}", {}, language),
        "case_number": status.case_number,
        "since": status.on,
    }


def _is_item(entry: Entry) -> dict[str, object]:
    journal, number = divmod(entry.key, JOURNAL)
    return {"is_journal": journal, "is_number": number}


def _moment(company: Company, act: Act) -> Mapping[str, int]:
    """Day and time of the change, as the ERP itself writes them."""
    now = local_moment(act.at)
    return {"new_changed_on": day_number(now.date()), "new_changed_at": time_number(now, company.setup.time_unit)}


def _write(
    company: Company, update: Any, rows: Sequence[Mapping[str, object]], of: Iterable[str] = ("entries", "open_items")
) -> None:
    """The same in the entry and in the open item."""
    for table in of:
        statement = update(company.tables, table)
        taken = statement.compile().params.keys()
        company.connection.execute(statement, [{name: row[name] for name in taken} for row in rows])
