"""Open items that were handed to a collector before the ledger was joined with it: marked by a person, with a reason.

A marked item is in no dunning proposal, so that nobody asks twice for what a case asks for already. What is written
stays; of an item's rows the one with the highest number counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from kravbro.books.commands.protections import refuse_reason
from kravbro.books.meanings import ProposalState
from kravbro.books.queries.transferred_items import marked
from kravbro.books.seals import TRANSFERRED_ITEM, row_seal
from kravbro.books.sql import is_given_back, is_held, is_unanswered
from kravbro.books.tables import counter, offer, proposal, proposal_line, transferred_item
from kravbro.core.acts import Act
from kravbro.core.conversion import CaseNumber
from kravbro.core.errors import DataFault, Skip
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.ports.identity import Delivered

LONGEST_CASE_NUMBER = 30


def mark_transferred(connection: sa.Connection, items: Mapping[int, str], because: str, act: Act) -> int:
    """Mark open items as handed over earlier, each with its case number, or "" where nobody knows it.

    Items that are marked just so already are left alone; answers how many were marked now. Raises DataFault
    `books.reason_missing` and `port.case_number_too_long`, Skip `port.item_at_collector` for an item that a
    collector has by an offer or has yet to answer for, Skip `books.item_in_proposal`, and Skip `port.item_came_back`
    for one that it had and gave back. Nothing is kept then.
    """
    because = refuse_reason(because)
    for entry_no, case_number in items.items():
        if len(case_number) > LONGEST_CASE_NUMBER:
            raise DataFault("port.case_number_too_long", entry=entry_no, longest=LONGEST_CASE_NUMBER)
    known = marked(connection, list(items))
    new = {entry_no: number for entry_no, number in items.items() if known.get(entry_no) != number}
    _refuse_offered(connection, sorted(new))
    _refuse_came_back(connection, sorted(new))
    _write(connection, [(entry_no, True, number) for entry_no, number in sorted(new.items())], because, act)
    return len(new)


def record_case_numbers(connection: sa.Connection, numbers: Sequence[CaseNumber], because: str, act: Act) -> Delivered:
    """Write the case numbers of marked items, as a matching found them. A number that is there already is known.

    Raises DataFault `port.not_marked`, `port.other_case_number` for an item whose case people know otherwise, and as
    `mark_transferred` does. Nothing is kept then.
    """
    items = {one.entry: one.case_number for one in numbers}
    known = marked(connection, list(items))
    for entry_no, case_number in items.items():
        if entry_no not in known:
            raise DataFault("port.not_marked", entry=entry_no)
        if known[entry_no] not in {"", case_number}:
            raise DataFault(
                "port.other_case_number",
                entry=entry_no,
                known=known[entry_no],
                given=case_number[:LONGEST_CASE_NUMBER],
            )
    new = mark_transferred(connection, items, because, act)
    return Delivered(new, len(numbers) - new)


def unmark_transferred(connection: sa.Connection, entry_no: int, because: str, act: Act) -> None:
    """Take the mark off again: the item was not handed over.

    Raises DataFault `books.reason_missing` and `port.not_marked`, Skip `port.item_at_collector` for one that is
    being converted.
    """
    because = refuse_reason(because)
    if entry_no not in marked(connection, [entry_no]):
        raise DataFault("port.not_marked", entry=entry_no)
    _refuse_offered(connection, [entry_no])
    _write(connection, [(entry_no, False, "")], because, act)


def end_marks(connection: sa.Connection, entries: Sequence[int], because: str, act: Act) -> None:
    """Take the marks off items that are offered anew, each of which has one."""
    _write(connection, [(entry_no, False, "") for entry_no in entries], because, act)


def _refuse_offered(connection: sa.Connection, entries: list[int]) -> None:
    held_or_waiting = sa.or_(is_unanswered(offer.c.number), is_held(offer.c.number))
    offered = sa.select(offer.c.entry).where(held_or_waiting).order_by(offer.c.entry)
    of_line = sa.and_(offer.c.proposal == proposal_line.c.proposal, offer.c.entry == proposal_line.c.entry)
    proposed = (
        sa.select(proposal_line.c.entry, proposal_line.c.proposal)
        .join(proposal, proposal.c.number == proposal_line.c.proposal)
        .outerjoin(offer, of_line)
        .where(
            sa.not_(proposal_line.c.removed),
            proposal.c.state.in_((ProposalState.DRAFT.value, ProposalState.APPROVED.value)),
            offer.c.number.is_(None),
        )
        .order_by(proposal_line.c.entry)
    )
    for some in portions(entries):
        sent = connection.execute(offered.where(offer.c.entry.in_(some)).limit(1)).scalar()
        if sent is not None:
            raise Skip("port.item_at_collector", entry=sent)
        in_proposal = connection.execute(proposed.where(proposal_line.c.entry.in_(some)).limit(1)).one_or_none()
        if in_proposal is not None:
            raise Skip("books.item_in_proposal", entry=in_proposal.entry, proposal=in_proposal.proposal)


def _refuse_came_back(connection: sa.Connection, entries: list[int]) -> None:
    """What the collector had by an offer is joined with no older case, so a mark would hide it from every list."""
    came_back = sa.select(offer.c.entry).where(is_given_back(offer.c.number)).order_by(offer.c.entry)
    for some in portions(entries):
        found = connection.execute(came_back.where(offer.c.entry.in_(some)).limit(1)).scalar()
        if found is not None:
            raise Skip("port.item_came_back", entry=found)


def _write(connection: sa.Connection, marks: list[tuple[int, bool, str]], because: str, act: Act) -> None:
    if not marks:
        return
    first = take(connection, counter, "transferred_item", len(marks))
    rows = [(number, *mark, because, act.on) for number, mark in enumerate(marks, first)]
    sealed = [(*row, row_seal((*row, act.actor))) for row in rows]
    insert_rows(connection, transferred_item, (*TRANSFERRED_ITEM[:-1], "seal"), sealed, act)
