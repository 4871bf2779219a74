"""What holds for interest on the claims of a case, and everything that was said about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.interest_pauses import UNTIL_FURTHER_NOTICE
from kravbro.office import tables as t
from kravbro.office.interest_rows import PausedRow, TermsRow, kept_interest


class PauseShown(msgspec.Struct, frozen=True):
    """Days without interest, both included; `last` is None for a pause that nobody has ended."""

    first: date
    last: date | None


class ClaimInterest(msgspec.Struct, frozen=True):
    """What holds for interest on one claim, and the rows that say so, in the order in which they were added.

    `agreed_percent` is a rate a year, exactly; empty where the law's counts.
    """

    claim: int
    invoice_no: str
    bears_interest: bool
    agreed_percent: str
    pauses: tuple[PauseShown, ...]
    terms_said: tuple[TermsRow, ...]
    pauses_said: tuple[PausedRow, ...]


def interest_of_case(
    connection: sa.Connection, number: str, claims: Collection[int] | None = None
) -> list[ClaimInterest]:
    """The claims of a case (of these only) about whose interest something was said, in the order of the case.

    Raises DataFault `office.interest_altered`.
    """
    claim = t.claim.c
    chosen = (
        sa.select(claim.id, claim.invoice_no)
        .join(t.case, t.case.c.id == claim.case)
        .where(t.case.c.number == number)
        .order_by(claim.due_date, claim.id)
    )
    invoices = {id_: invoice for id_, invoice in connection.execute(chosen) if claims is None or id_ in claims}
    kept = kept_interest(connection, invoices)
    return [
        ClaimInterest(
            id_,
            invoice,
            kept[id_].bears_interest,
            kept[id_].agreed_percent,
            tuple(PauseShown(one.first, _end(one.last)) for one in kept[id_].pauses),
            kept[id_].terms,
            kept[id_].paused,
        )
        for id_, invoice in invoices.items()
        if id_ in kept
    ]


def _end(last: date) -> date | None:
    return None if last == UNTIL_FURTHER_NOTICE else last
