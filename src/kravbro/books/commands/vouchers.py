"""Vouchers: written as drafts, then posted (`commands.posting`) or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.events import Happening, append_voucher_events
from kravbro.books.drafts import Draft, DraftLine, refuse_misshapen, refuse_wide_lines
from kravbro.books.meanings import VoucherState
from kravbro.books.references import References, lines_to_write, load_references
from kravbro.books.sql import chunks
from kravbro.books.tables import counter, proposal, voucher, voucher_line
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.transitions import LEDGER_VOUCHER, PROPOSAL
from kravbro.core.vouchers import Fate
from kravbro.db.columns import written
from kravbro.db.counters import take

ROWS_AT_ONCE = 1000
"""Vouchers whose rows are in memory at the same time."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A draft with its lines as they are to be written, or with the reason why it is kept without them."""

    draft: Draft
    lines: Sequence[DraftLine] = ()
    rejected_because: str | None = None


def write_vouchers(connection: sa.Connection, drafts: Sequence[Draft], act: Act) -> list[int]:
    """Write drafts into the journal, in their order; answers the voucher of each.

    A draft whose `request_id` is there already answers that voucher and writes nothing. Raises the DataFault of the
    first draft that contradicts itself (`drafts.refuse_misshapen`) or that the ledger cannot take
    (`references.lines_to_write`), and `books.request_differs` for a known request with other content.
    """
    drafts = [_with_fingerprint(draft) for draft in drafts]
    asked = _asked_before(connection, [draft.request_id for draft in drafts if draft.request_id])
    numbers = {request_id: number for request_id, (number, _) in asked.items()}
    new = _new_ones(drafts, {request_id: content for request_id, (_, content) in asked.items()})
    references = load_references(connection, new)
    judged = []
    for draft in new:
        refuse_misshapen(draft)
        refuse_wide_lines(draft)
        judged.append(Judged(draft, lines_to_write(draft, references)))
    written_now = iter(insert_vouchers(connection, judged, references, act))
    answers = []
    for draft in drafts:
        if draft.request_id is None:
            answers.append(next(written_now))
            continue
        if draft.request_id not in numbers:
            numbers[draft.request_id] = next(written_now)
        answers.append(numbers[draft.request_id])
    return answers


def _with_fingerprint(draft: Draft) -> Draft:
    if draft.request_id is None:
        return draft
    return msgspec.structs.replace(draft, fingerprint=fingerprint(draft))


def _asked_before(connection: sa.Connection, request_ids: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    """The voucher of each request that is known, and the fingerprint of what was asked for."""
    found: dict[str, tuple[int, str | None]] = {}
    columns = sa.select(voucher.c.request_id, voucher.c.id, voucher.c.fingerprint)
    for some in chunks(request_ids):
        for request_id, number, content in connection.execute(columns.where(voucher.c.request_id.in_(some))):
            found[request_id] = (number, content)
    return found


def _new_ones(drafts: Sequence[Draft], contents: dict[str, str | None]) -> list[Draft]:
    """The drafts that nobody asked for before, each request once."""
    new = []
    for draft in drafts:
        if draft.request_id is None:
            new.append(draft)
        elif draft.request_id not in contents:
            contents[draft.request_id] = draft.fingerprint
            new.append(draft)
        elif contents[draft.request_id] != draft.fingerprint:
            raise DataFault("books.request_differs", request=draft.request_id)
    return new


def insert_vouchers(connection: sa.Connection, judged: Sequence[Judged], references: References, act: Act) -> list[int]:
    """Write drafts that have been judged, in their order; answers the voucher of each."""
    if not judged:
        return []
    first = take(connection, counter, "voucher", len(judged))
    numbered = [*enumerate(judged, first)]
    for some in chunks(numbered, ROWS_AT_ONCE):
        _insert_some(connection, some, references, act)
    return [number for number, _ in numbered]


def _insert_some(
    connection: sa.Connection, numbered: Sequence[tuple[int, Judged]], references: References, act: Act
) -> None:
    vouchers, lines = [], []
    stamp = written(act)
    for number, one in numbered:
        series = references.types[one.draft.type].series
        vouchers.append({"id": number, "series": series, **_voucher_row(one, act.actor), **stamp})
        for line in one.lines:
            row = msgspec.structs.asdict(line)
            row["voucher"] = number
            lines.append(row)
    connection.execute(sa.insert(voucher), vouchers)
    if lines:
        connection.execute(sa.insert(voucher_line), lines)


def _voucher_row(judged: Judged, actor: str) -> dict[str, Any]:
    draft, is_taken = judged.draft, judged.rejected_because is None
    return {
        "type": draft.type,
        "dated": draft.dated,
        "state": (VoucherState.DRAFT if is_taken else VoucherState.REJECTED).value,
        "text": draft.text,
        "registrar": draft.registrar or actor,
        "line_count": len(judged.lines),
        "debit_ore": draft.debit_ore if is_taken else 0,
        "collector_key": draft.collector_key,
        "fingerprint": draft.fingerprint,
        "rejected_because": judged.rejected_because,
        "request_id": draft.request_id,
    }


def delete_voucher(connection: sa.Connection, number: int, act: Act) -> None:
    """Delete a draft: it stays in the journal as deleted, without a voucher number. Deleted already is done.

    A proposal whose transfer voucher it is goes with it. Raises DataFault `books.unknown_voucher`, and Skip
    `transition.not_allowed` when the voucher is posted or rejected.
    """
    found = connection.execute(sa.select(voucher.c.state, voucher.c.collector_key).where(voucher.c.id == number))
    row = found.one_or_none()
    if row is None:
        raise DataFault("books.unknown_voucher", voucher=number)
    if row.state == VoucherState.DELETED:
        return
    state = LEDGER_VOUCHER.after(row.state, "delete", f"ledger voucher {number}")
    connection.execute(sa.update(voucher).where(voucher.c.id == number).values(state=state))
    if row.collector_key is not None:
        append_voucher_events(connection, [Happening(row.collector_key, Fate.DELETED)], act)
    transferred = sa.select(proposal.c.number, proposal.c.state).where(proposal.c.transfer_voucher == number)
    for made in connection.execute(transferred).all():
        gone = PROPOSAL.after(made.state, "delete", f"ledger proposal {made.number}")
        connection.execute(sa.update(proposal).where(proposal.c.number == made.number).values(state=gone))
