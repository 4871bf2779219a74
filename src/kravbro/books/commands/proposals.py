"""Dunning proposals: generated, edited, approved with a voucher of the transfer type.

When that voucher is posted the lines become offers (`commands.offers`); when its draft is deleted the proposal goes
too, and its open items can be proposed again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import Meaning, ProposalState
from kravbro.books.queries.transferred_items import is_marked, marked
from kravbro.books.sql import booked_from, booked_on, is_held, is_unanswered, total
from kravbro.books.tables import (
    booking,
    counter,
    dunning_code,
    dunning_routine,
    entry,
    offer,
    proposal,
    proposal_line,
    sub_ledger_type,
    voucher_type,
)
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.transitions import PROPOSAL
from kravbro.db.columns import written
from kravbro.db.counters import last_taken, take


def generate_proposal(
    connection: sa.Connection, sub_ledger_type_code: str, dunning_code_value: str, act: Act, request_id: str
) -> int:
    """Propose every open item of a kind that may be transferred by a dunning code; answers the proposal's number.

    Taken are items with something remaining, due for at least the routine's days, that no collector has (never had, or
    has given back), none has yet to answer for, and nobody handed over earlier. Other reasons against a transfer are
    shown (`queries.proposals`), not filtered. A known `request_id` answers its proposal and writes nothing. Raises
    DataFault `books.no_dunning_routine`, `books.code_not_to_collector` and `books.request_differs`.
    """
    asked = sa.select(proposal).where(proposal.c.request_id == request_id)
    known = connection.execute(asked).one_or_none()
    if known is not None:
        if (known.sub_ledger_type, known.dunning_code) != (sub_ledger_type_code, dunning_code_value):
            raise DataFault("books.request_differs", request=request_id)
        return int(known.number)
    days = _days_after_due(connection, sub_ledger_type_code, dunning_code_value)
    number = take(connection, counter, "proposal")
    row = {
        "number": number,
        "sub_ledger_type": sub_ledger_type_code,
        "dunning_code": dunning_code_value,
        "made_on": act.on,
        "sequence": last_taken(connection, counter, "booking"),
        "state": ProposalState.DRAFT.value,
        "request_id": request_id,
        **written(act),
    }
    connection.execute(sa.insert(proposal).values(row))
    _insert_lines(connection, number, sub_ledger_type_code, days, act)
    return number


def _days_after_due(connection: sa.Connection, sub_ledger_type_code: str, code: str) -> int:
    routine = connection.execute(
        sa.select(dunning_routine.c.days_after_due, dunning_code.c.to_collector)
        .join(dunning_code, dunning_code.c.code == dunning_routine.c.dunning_code)
        .where(dunning_routine.c.sub_ledger_type == sub_ledger_type_code, dunning_routine.c.dunning_code == code)
    ).one_or_none()
    if routine is None:
        raise DataFault("books.no_dunning_routine", type=sub_ledger_type_code, dunning=code)
    if not routine.to_collector:
        raise DataFault("books.code_not_to_collector", dunning=code)
    return int(routine.days_after_due)


def _insert_lines(connection: sa.Connection, number: int, sub_ledger_type_code: str, days: int, act: Act) -> None:
    remaining = entry.c.amount_ore + booked_on(entry.c.number)
    held_or_waiting = (
        sa.select(offer.c.number)
        .where(offer.c.entry == entry.c.number, sa.or_(is_unanswered(offer.c.number), is_held(offer.c.number)))
        .exists()
    )
    values: dict[str, sa.ColumnElement[Any]] = {
        "proposal": sa.literal(number, sa.Integer),
        "entry": entry.c.number,
        "remaining_ore": remaining,
        "removed": sa.false(),
        "removed_because": sa.literal("", sa.String),
        **{name: sa.literal(value, proposal_line.c[name].type) for name, value in written(act).items()},
    }
    rows = sa.select(*values.values()).where(
        entry.c.sub_ledger_type == sub_ledger_type_code,
        entry.c.due_date <= act.on - timedelta(days=days),
        entry.c.amount_ore > 0,
        remaining - booked_from(entry.c.number) > 0,
        sa.not_(held_or_waiting),
        sa.not_(is_marked(entry.c.number)),
    )
    connection.execute(sa.insert(proposal_line).from_select(list(values), rows, include_defaults=False))


def remove_line(connection: sa.Connection, number: int, open_item: int, because: str, act: Act) -> None:
    """Take one invoice out of a draft proposal, with the reason that the listing shows.

    Raises Skip `transition.not_allowed` unless it is a draft, DataFault `books.unknown_proposal` and
    `books.not_in_proposal`.
    """
    removal = {"removed": True, "removed_because": because, **written(act)}
    if not _mark(connection, number, proposal_line.c.entry == open_item, removal):
        raise DataFault("books.not_in_proposal", proposal=number, entry=open_item)


def restore_line(connection: sa.Connection, number: int, open_item: int, act: Act) -> None:
    """Take one invoice back into a draft proposal.

    Raises as `remove_line` does, and Skip `books.item_handed_over` for one that was marked as handed over earlier.
    """
    if marked(connection, [open_item]):
        raise Skip("books.item_handed_over", proposal=number, entry=open_item)
    back = {"removed": False, "removed_because": "", **written(act)}
    if not _mark(connection, number, proposal_line.c.entry == open_item, back):
        raise DataFault("books.not_in_proposal", proposal=number, entry=open_item)


def remove_customer(connection: sa.Connection, number: int, customer: int, because: str, act: Act) -> int:
    """Take all invoices of a customer out of a draft proposal; answers how many those are.

    Raises as `remove_line`, and DataFault `books.customer_not_in_proposal`.
    """
    theirs = proposal_line.c.entry.in_(sa.select(entry.c.number).where(entry.c.customer == customer))
    found = _mark(connection, number, theirs, {"removed": True, "removed_because": because, **written(act)})
    if not found:
        raise DataFault("books.customer_not_in_proposal", proposal=number, customer=customer)
    return found


def _mark(connection: sa.Connection, number: int, lines: sa.ColumnElement[bool], values: dict[str, Any]) -> int:
    """Change these lines of a proposal that is a draft; answers how many there are."""
    PROPOSAL.after(_state(connection, number), "approve", f"ledger proposal {number}")
    here = sa.update(proposal_line).where(proposal_line.c.proposal == number, lines)
    return connection.execute(here.values(values)).rowcount


def _state(connection: sa.Connection, number: int) -> str:
    state = connection.execute(sa.select(proposal.c.state).where(proposal.c.number == number)).scalar()
    if state is None:
        raise DataFault("books.unknown_proposal", proposal=number)
    return str(state)


def delete_proposal(connection: sa.Connection, number: int, act: Act) -> None:
    """Delete a proposal that is a draft; deleted already is done.

    Raises DataFault `books.unknown_proposal`, and Skip `books.proposal_approved`: then it is the draft of its transfer
    voucher that is deleted.
    """
    state = _state(connection, number)
    if state == ProposalState.APPROVED:
        raise Skip("books.proposal_approved", proposal=number)
    if state == ProposalState.DRAFT:
        gone = PROPOSAL.after(state, "delete", f"ledger proposal {number}")
        here = sa.update(proposal).where(proposal.c.number == number)
        connection.execute(here.values(state=gone, **written(act)))


def approve_proposal(connection: sa.Connection, number: int, transfer_type: str, post_directly: bool, act: Act) -> int:
    """Approve a draft proposal with a voucher of the transfer type; answers that voucher. Approved already is done.

    The voucher is a memo, debit and credit of the receivable account with what remains of the lines now: balances do
    not move. Nothing is ready for the collector before it is posted. Raises DataFault `books.unknown_proposal` and
    `books.not_a_transfer_type`, Skip `books.proposal_empty`, and Skip `transition.not_allowed` for a deleted one.
    """
    made = connection.execute(sa.select(proposal).where(proposal.c.number == number)).one_or_none()
    if made is None:
        raise DataFault("books.unknown_proposal", proposal=number)
    if made.state == ProposalState.APPROVED:
        return int(made.transfer_voucher)
    state = PROPOSAL.after(made.state, "approve", f"ledger proposal {number}")
    meaning = sa.select(voucher_type.c.meaning).where(voucher_type.c.code == transfer_type)
    if connection.execute(meaning).scalar() != Meaning.TRANSFER:
        raise DataFault("books.not_a_transfer_type", type=transfer_type)
    draft = _transfer_draft(connection, number, made.sub_ledger_type, transfer_type, act)
    (voucher_id,) = write_vouchers(connection, [draft], act)
    approved = {"state": state, "transfer_voucher": voucher_id, **written(act)}
    connection.execute(sa.update(proposal).where(proposal.c.number == number).values(approved))
    if post_directly:
        post_vouchers(connection, [voucher_id], act)
    return voucher_id


def _transfer_draft(
    connection: sa.Connection, number: int, sub_ledger_type_code: str, transfer_type: str, act: Act
) -> Draft:
    kept = (
        sa.select(entry.c.number, entry.c.amount_ore)
        .join(proposal_line, proposal_line.c.entry == entry.c.number)
        .where(proposal_line.c.proposal == number, sa.not_(proposal_line.c.removed))
        .subquery("kept")
    )
    owed = sa.select(sa.func.count(), total(kept.c.amount_ore)).select_from(kept)
    count, amount_ore = connection.execute(owed).one()
    if not count:
        raise Skip("books.proposal_empty", proposal=number)
    paid = sa.select(total(booking.c.amount_ore)).join(kept, kept.c.number == booking.c.open_item)
    remaining_ore = amount_ore + connection.execute(paid).scalar_one()
    receivable = sa.select(sub_ledger_type.c.receivable_account).where(sub_ledger_type.c.code == sub_ledger_type_code)
    account = connection.execute(receivable).scalar_one()
    lines = (DraftLine(1, account, remaining_ore), DraftLine(2, account, -remaining_ore))
    return Draft(transfer_type, act.on, f"{transfer_type} {number}", lines)
