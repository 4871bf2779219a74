"""Vouchers: written as drafts, then posted (`commands.posting`) or deleted."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.events import Happening, append_voucher_events
from kravbro.books.drafts import Draft, DraftLine, refuse_misshapen, refuse_wide_lines
from kravbro.books.meanings import VoucherState
from kravbro.books.references import References, lines_to_write, load_references
from kravbro.books.seals import HEADER, LINE, deleted_seal, voucher_seal
from kravbro.books.tables import counter, proposal, voucher, voucher_line
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.transitions import LEDGER_VOUCHER, PROPOSAL
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take

ROWS_AT_ONCE = 1000
"""Vouchers whose rows are in memory at the same time."""
COLUMNS = (*HEADER[:-1], "state", "seal")
"""What is written of a voucher, beside who wrote it."""


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
    for some in portions(request_ids):
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
    for some in portions(numbered, ROWS_AT_ONCE):
        _insert_some(connection, some, references, act)
    return [number for number, _ in numbered]


def _insert_some(
    connection: sa.Connection, numbered: Sequence[tuple[int, Judged]], references: References, act: Act
) -> None:
    vouchers, lines = [], []
    for number, one in numbered:
        header = _header(number, one, references.types[one.draft.type].series, act.actor)
        content = [msgspec.structs.astuple(line) for line in one.lines]
        state = VoucherState.DRAFT if one.rejected_because is None else VoucherState.REJECTED
        vouchers.append((*header[:-1], state.value, voucher_seal(header, content)))
        lines += [(number, *values) for values in content]
    insert_rows(connection, voucher, COLUMNS, vouchers, act)
    insert_rows(connection, voucher_line, ("voucher", *LINE), lines, None)


def _header(number: int, judged: Judged, series: str, actor: str) -> tuple[object, ...]:
    """A voucher's values of `HEADER`."""
    draft = judged.draft
    return (
        number,
        draft.type,
        series,
        draft.dated,
        draft.text,
        draft.registrar or actor,
        len(judged.lines),
        draft.debit_ore if judged.rejected_because is None else 0,
        draft.collector_key,
        draft.fingerprint,
        judged.rejected_because,
        draft.request_id,
        actor,
    )


def delete_voucher(connection: sa.Connection, number: int, act: Act) -> None:
    """Delete a draft: it stays in the journal as deleted, without a voucher number. Deleted already is done.

    A proposal whose transfer voucher it is goes with it. Raises DataFault `books.unknown_voucher`, and Skip
    `transition.not_allowed` when the voucher is posted or rejected.
    """
    here = sa.select(voucher.c.state, voucher.c.collector_key, voucher.c.seal).where(voucher.c.id == number)
    row = connection.execute(here).one_or_none()
    if row is None:
        raise DataFault("books.unknown_voucher", voucher=number)
    if row.state == VoucherState.DELETED:
        return
    state = LEDGER_VOUCHER.after(row.state, "delete", f"ledger voucher {number}")
    sealed = sa.update(voucher).where(voucher.c.id == number)
    connection.execute(sealed.values(state=state, seal=deleted_seal(row.seal)))
    if row.collector_key is not None:
        append_voucher_events(connection, [Happening(row.collector_key, Fate.DELETED)], act)
    transferred = sa.select(proposal.c.number, proposal.c.state).where(proposal.c.transfer_voucher == number)
    for made in connection.execute(transferred).all():
        gone = PROPOSAL.after(made.state, "delete", f"ledger proposal {made.number}")
        connection.execute(sa.update(proposal).where(proposal.c.number == made.number).values(state=gone))
