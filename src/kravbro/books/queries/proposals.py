"""Dunning proposals, on screen and on paper: each line with every reason against it that the ledger itself can see.

The collector's gate judges with the creditor's own policy as well; the ledger knows no policy but its dunning routine.
"""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.standings import NOT_OFFERED, Standing, standings
from kravbro.books.sql import AnyRow, total
from kravbro.books.tables import dunning_routine, entry, offer, proposal, proposal_line
from kravbro.core.claims import Offer, Parts, Reason
from kravbro.core.errors import DataFault
from kravbro.core.gate import GatePolicy, judge
from kravbro.core.money import format_kroner
from kravbro.core.statute.law import Statute
from kravbro.texts.sentences import sentence


class ProposalShown(msgspec.Struct, frozen=True):
    """A proposal: how far it is, and what it holds (øre that remained when it was made, without removed lines)."""

    number: int
    sub_ledger_type: str
    dunning_code: str
    made_on: date
    state: str
    transfer_voucher: int | None
    lines: int
    removed: int
    remaining_ore: int


class ProposedLine(msgspec.Struct, frozen=True):
    """A line of a proposal, as its claim stands now (øre), with every reason against it and every warning."""

    entry: int
    customer: int
    customer_name: str
    invoice_no: str
    due_date: date
    proposed_ore: int
    remaining_ore: int
    removed: bool
    removed_because: str
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]


def proposals(connection: sa.Connection, after: int = 0, limit: int = 100) -> list[ProposalShown]:
    """Proposals by number, after the given one."""
    is_removed = sa.case((proposal_line.c.removed, 1), else_=0)
    kept_ore = sa.case((proposal_line.c.removed, 0), else_=proposal_line.c.remaining_ore)
    shown = ("number", "sub_ledger_type", "dunning_code", "made_on", "state", "transfer_voucher")
    rows = connection.execute(
        sa.select(
            *(proposal.c[name] for name in shown),
            sa.func.count(proposal_line.c.entry).label("lines"),
            total(is_removed).label("removed"),
            total(kept_ore).label("remaining_ore"),
        )
        .outerjoin(proposal_line, proposal_line.c.proposal == proposal.c.number)
        .where(proposal.c.number > after)
        .group_by(*(proposal.c[name] for name in shown))
        .order_by(proposal.c.number)
        .limit(limit)
    )
    return [ProposalShown(**row) for row in rows.mappings()]


def proposed_lines(connection: sa.Connection, number: int, statute: Statute, today: date) -> list[ProposedLine]:
    """The lines of a proposal by entry. Raises DataFault `books.unknown_proposal`, and what the gate raises."""
    made = connection.execute(sa.select(proposal).where(proposal.c.number == number)).one_or_none()
    if made is None:
        raise DataFault("books.unknown_proposal", proposal=number)
    routine = sa.select(dunning_routine.c.days_after_due).where(
        dunning_routine.c.sub_ledger_type == made.sub_ledger_type, dunning_routine.c.dunning_code == made.dunning_code
    )
    days = connection.execute(routine).scalar() or 0
    policy = GatePolicy(minimum_ore=0, days_after_due=days, starts_after_notice=False)
    of_offer = sa.and_(offer.c.proposal == number, offer.c.entry == proposal_line.c.entry)
    lines = (
        sa.select(
            entry,
            proposal_line.c.remaining_ore.label("proposed_ore"),
            proposal_line.c.removed,
            proposal_line.c.removed_because,
            sa.func.coalesce(offer.c.number, NOT_OFFERED).label("offer"),
        )
        .join(proposal_line, proposal_line.c.entry == entry.c.number)
        .outerjoin(offer, of_offer)
        .where(proposal_line.c.proposal == number)
    )
    page = lines.with_only_columns(
        entry.c.number.label("entry"), entry.c.customer, lines.selected_columns.offer, maintain_column_froms=True
    )
    standing = standings(connection, page)
    return [
        _line(row, standing[row.number, row.offer], policy, statute, today)
        for row in connection.execute(lines.order_by(entry.c.number))
    ]


def _line(row: AnyRow, standing: Standing, policy: GatePolicy, statute: Statute, today: date) -> ProposedLine:
    as_offered = Offer(
        number=row.offer,
        company=0,
        entry=row.number,
        sequence=0,
        parts=Parts(standing.facts.remaining_ore, row.interest_before_due_ore),
        invoice_no=row.invoice_no,
        kid=row.kid,
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        currency=row.currency,
        sub_ledger_type=row.sub_ledger_type,
        letters=standing.letters,
        debtor=standing.debtor,
        facts=standing.facts,
    )
    verdict = judge(as_offered, policy, statute, today)
    return ProposedLine(
        entry=row.number,
        customer=row.customer,
        customer_name=standing.debtor.name,
        invoice_no=row.invoice_no,
        due_date=row.due_date,
        proposed_ore=row.proposed_ore,
        remaining_ore=standing.facts.remaining_ore,
        removed=row.removed,
        removed_because=row.removed_because,
        reasons=verdict.reasons,
        warnings=verdict.warnings,
    )


def print_proposal(connection: sa.Connection, number: int, statute: Statute, today: date, language: str) -> str:
    """The proposal as plain text for paper. Raises as `proposed_lines` does."""
    lines = proposed_lines(connection, number, statute, today)
    (shown,) = proposals(connection, after=number - 1, limit=1)
    kept = [line for line in lines if not line.removed]
    heading = {"number": number, "type": shown.sub_ledger_type, "dunning": shown.dunning_code, "on": shown.made_on}
    printed = [sentence("books.paper.proposal", heading, language), ""]
    for line in lines:
        printed += _printed(line, language)
    sums = {"lines": len(kept), "amount": format_kroner(sum(line.remaining_ore for line in kept))}
    printed += ["", sentence("books.paper.sum", sums, language)]
    return "\n".join(printed) + "\n"


def _printed(line: ProposedLine, language: str) -> list[str]:
    facts: dict[str, object] = {
        "customer": line.customer,
        "name": line.customer_name,
        "invoice": line.invoice_no,
        "due": line.due_date,
        "remaining": format_kroner(line.remaining_ore),
    }
    printed = [sentence("books.paper.line", facts, language)]
    if line.removed:
        printed.append("  " + sentence("books.paper.removed", {"because": line.removed_because}, language))
    printed += ["  - " + sentence(one.code, {"detail": one.detail}, language) for one in line.reasons]
    for one in line.warnings:
        warned: dict[str, object] = {"reason": sentence(one.code, {"detail": one.detail}, language)}
        printed.append("  " + sentence("books.paper.warning", warned, language))
    return printed
