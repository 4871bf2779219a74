"""The dunning history of one invoice: letters sent, transfers to a collector, and what the collector answered."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import known_code, reasons_of
from kravbro.books.sql import AnyRow
from kravbro.books.tables import letter, offer, offer_receipt, offer_return, proposal, withdrawal
from kravbro.core.claims import Letter, LetterKind, Outcome, Reason


class GivenBack(msgspec.Struct, frozen=True):
    """How a claim came back from the collector: withdrawn or returned, when, and why."""

    outcome: str
    on: date
    reasons: tuple[Reason, ...]


class Transfer(msgspec.Struct, frozen=True):
    """One offer of the invoice to a collector (principal in øre); an empty `outcome` is no answer yet.

    `wanted_back_on` is the day on which the creditor withdrew it, `given_back` how it came back; both None if not.
    """

    offer: int
    proposal: int
    dunning_code: str
    approved_on: date
    principal_ore: int
    outcome: str
    answered_on: date | None
    case_number: str
    reasons: tuple[Reason, ...]
    wanted_back_on: date | None
    given_back: GivenBack | None


class DunningHistory(msgspec.Struct, frozen=True):
    """Everything on the dunning tab of an invoice, oldest first."""

    entry: int
    letters: tuple[Letter, ...]
    transfers: tuple[Transfer, ...]


def dunning_history(connection: sa.Connection, open_item: int) -> DunningHistory:
    """The dunning history of one open item; empty when nothing was sent. Raises DataFault `books.unknown_code`."""
    sent = sa.select(letter).where(letter.c.entry == open_item).order_by(letter.c.letter_no)
    letters = tuple(
        Letter(
            known_code(LetterKind, row.kind, "letter", f"{row.entry}/{row.letter_no}"),
            row.sent_on,
            row.deadline,
            row.fee_ore,
            row.interest_ore,
        )
        for row in connection.execute(sent)
    )
    offered = (
        sa.select(
            offer.c.number,
            offer.c.proposal,
            proposal.c.dunning_code,
            offer.c.approved_on,
            offer.c.principal_ore,
            offer_receipt.c.outcome,
            offer_receipt.c.received_on,
            sa.func.coalesce(offer_receipt.c.case_number, offer_return.c.case_number).label("case_number"),
            offer_receipt.c.reasons,
            withdrawal.c.asked_on,
            offer_return.c.outcome.label("back"),
            offer_return.c.received_on.label("back_on"),
            offer_return.c.reasons.label("back_reasons"),
        )
        .join(proposal, proposal.c.number == offer.c.proposal)
        .outerjoin(offer_receipt, offer_receipt.c.offer == offer.c.number)
        .outerjoin(offer_return, offer_return.c.offer == offer.c.number)
        .outerjoin(withdrawal, withdrawal.c.offer == offer.c.number)
        .where(offer.c.entry == open_item)
        .order_by(offer.c.number)
    )
    transfers = tuple(
        Transfer(
            offer=row.number,
            proposal=row.proposal,
            dunning_code=row.dunning_code,
            approved_on=row.approved_on,
            principal_ore=row.principal_ore,
            outcome=row.outcome or "",
            answered_on=row.received_on,
            case_number=row.case_number or "",
            reasons=reasons_of(row.reasons, row.number) if row.outcome is not None else (),
            wanted_back_on=row.asked_on,
            given_back=_given_back(row),
        )
        for row in connection.execute(offered)
    )
    return DunningHistory(open_item, letters, transfers)


def _given_back(row: AnyRow) -> GivenBack | None:
    if row.back is None:
        return None
    outcome = known_code(Outcome, row.back, "offer_return", row.number)
    return GivenBack(outcome.value, row.back_on, reasons_of(row.back_reasons, row.number, "offer_return"))
