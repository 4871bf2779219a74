"""What offers wait for, kept beside the marks for the window of what is not eligible."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.core.acts import Act
from kravbro.core.claims import Waiting
from kravbro.core.fingerprints import fingerprint
from kravbro.db.columns import written
from kravbro.ledgers.visma_business import queries, tables
from kravbro.ledgers.visma_business.company import Company
from kravbro.ledgers.visma_business.entries import Entry
from kravbro.ledgers.visma_business.words import in_words, shown_number


def write_waiting(company: Company, waits: Sequence[Waiting], act: Act) -> None:
    """Keep what these offers wait for; one that waits for the same as before stays as it is."""
    by_entry = {one.entry: one for one in waits}
    rows = company.over(queries.waiting(), "entries", by_entry, company=company.number)
    last = {entry: (sequence, print_) for entry, sequence, print_ in rows}
    new = []
    for entry in company.entries(by_entry):
        sequence, print_ = last.get(entry.key, (0, ""))
        row = _row(company, entry, by_entry[entry.key])
        if row["fingerprint"] != print_:
            new.append(row | {"sequence": sequence + 1, "told_on": act.on} | written(act))
    if new:
        company.connection.execute(queries.new_row(tables.waiting), new)


def _row(company: Company, entry: Entry, one: Waiting) -> dict[str, object]:
    reasons = [(reason.code, reason.detail) for reason in one.reasons]
    return {
        "company": company.number,
        "entry": one.entry,
        "offer": one.offer,
        "customer": entry.customer,
        "invoice_no": shown_number(entry),
        "reasons": msgspec.json.encode(reasons).decode(),
        "told": in_words(one.reasons, company.setup.language),
        "ready_on": one.ready_on,
        "fingerprint": fingerprint(one.offer, reasons, one.ready_on),
    }
