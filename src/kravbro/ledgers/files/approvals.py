"""What people in the ledger approved for collection, or want back: from their tables into the queue, and out of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows, portions
from kravbro.formats.exchange_csv import ApprovalRow
from kravbro.ledgers.files import kept
from kravbro.ledgers.files import tables as t
from kravbro.mirror.source import Proposal

_PROPOSAL = msgspec.json.Decoder(Proposal)


def take_approvals(connection: sa.Connection, rows: Sequence[ApprovalRow], name: str, act: Act) -> None:
    """Take a table in; an invoice that was approved at the same moment before is known.

    Raises DataFault `files.unknown_invoice` and `files.several_invoices` with the line.
    """
    entries = _entries(connection, {row.invoice_no for row in rows})
    known = _approved(connection, {entry for those in entries.values() for entry, _ in those})
    last = connection.execute(sa.select(sa.func.max(t.approval.c.number))).scalar() or 0
    new: list[tuple[int, int, str, bool, str]] = []
    wishes: dict[int, str] = {}
    for row in rows:
        entry = _entry(row, entries.get(row.invoice_no, []), name)
        if row.wanted_back:
            wishes[entry] = row.wanted_back
        elif (entry, row.approved) not in known:
            known.add((entry, row.approved))
            wishes.pop(entry, None)
            new.append((last + len(new) + 1, entry, row.approved, False, kept.content_of(_proposal(entry, row))))
    insert_rows(connection, t.approval, ("number", "entry", "approved", "is_answered", "content"), new, act)
    kept.remove(connection, t.wish.c.entry, {entry for _, entry, *_ in new} | wishes.keys())
    insert_rows(connection, t.wish, ("entry", "because"), list(wishes.items()), act)
    _note_change(connection, wishes)


def _approved(connection: sa.Connection, entries: Collection[int]) -> set[tuple[int, str]]:
    """When these items were approved before."""
    columns = sa.select(t.approval.c.entry, t.approval.c.approved)
    return {
        (entry, approved)
        for some in portions(sorted(entries))
        for entry, approved in connection.execute(columns.where(t.approval.c.entry.in_(some)))
    }


def _entries(connection: sa.Connection, invoices: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """The items that bear these invoice numbers, each with its customer."""
    found: dict[str, list[tuple[int, str]]] = {}
    columns = sa.select(t.item.c.invoice_no, t.item.c.entry, t.item.c.customer).where(sa.not_(t.item.c.is_gone))
    for some in portions(sorted(invoices)):
        for invoice_no, entry, customer in connection.execute(columns.where(t.item.c.invoice_no.in_(some))):
            found.setdefault(invoice_no, []).append((entry, customer))
    return found


def _entry(row: ApprovalRow, candidates: Sequence[tuple[int, str]], name: str) -> int:
    entries = [entry for entry, customer in candidates if row.customer in {"", customer}]
    if not entries:
        raise DataFault("files.unknown_invoice", file=name, line=row.line, invoice=row.invoice_no)
    if len(entries) > 1:
        raise DataFault("files.several_invoices", file=name, line=row.line, invoice=row.invoice_no)
    return entries[0]


def _proposal(entry: int, row: ApprovalRow) -> Proposal:
    if row.notice_sent is None or row.notice_deadline is None:
        return Proposal(entry)
    charged = {"fee_ore": row.fees_ore, "interest_ore": row.interest_ore}
    letter = Letter(LetterKind.NOTICE, row.notice_sent, row.notice_deadline, **charged)
    return Proposal(entry, fees_ore=row.fees_ore, interest_charged_ore=row.interest_ore, letters=(letter,))


def _note_change(connection: sa.Connection, entries: Collection[int]) -> None:
    """Have these items looked at: they count as changed by the newest snapshot, once more."""
    newest = kept.newest(connection).change
    for some in portions(sorted(entries)):
        connection.execute(sa.update(t.item).where(t.item.c.entry.in_(some)).values(change=newest + 1))


def queue(connection: sa.Connection) -> list[Proposal]:
    """What was approved and is not answered, in order; an item once, as it was approved last."""
    chosen = sa.select(t.approval.c.content).where(sa.not_(t.approval.c.is_answered)).order_by(t.approval.c.number)
    found: dict[int, Proposal] = {}
    for content in connection.execute(chosen).scalars():
        proposal = _PROPOSAL.decode(content)
        found[proposal.entry] = proposal
    return list(found.values())


def answer(connection: sa.Connection, entries: Collection[int], given_back: Collection[int]) -> None:
    """Take answered items out of the queue; a wish is fulfilled where the claim is given back."""
    for some in portions(sorted(entries)):
        here = t.approval.c.entry.in_(some)
        connection.execute(sa.update(t.approval).where(here).values(is_answered=True))
    kept.remove(connection, t.wish.c.entry, given_back)


def wishes(connection: sa.Connection, entries: Collection[int]) -> dict[int, str]:
    """Why people want these items back."""
    return {
        row.entry: row.because
        for some in portions(sorted(entries))
        for row in connection.execute(sa.select(t.wish).where(t.wish.c.entry.in_(some)))
    }
