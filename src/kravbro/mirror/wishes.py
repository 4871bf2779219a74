"""A claim that its creditor wants back, asked for past the ledger: a person names it by its invoice."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.mirror.observations import TEXT, ask_back
from kravbro.mirror.sql import is_held
from kravbro.mirror.tables import offer, offer_receipt, withdrawal


class Wish(msgspec.Struct, frozen=True):
    """A claim that is wanted back: the number of the wish, the open item, its invoice and its case."""

    number: int
    entry: int
    invoice_no: str
    case_number: str


def withdraw(connection: sa.Connection, company: int, name: str, because: str, act: Act) -> Wish:
    """Ask for the claim of an invoice back, named by its number or as `#entry`. Asked for already is done.

    Raises DataFault `mirror.reason` and, where several claims have the number, `mirror.several_claims`; Skip
    `mirror.not_at_collector` where the collector has none of it.
    """
    because = because.strip()
    if not 0 < len(because) <= TEXT:
        raise DataFault("mirror.reason", longest=TEXT)
    found = connection.execute(_held(company, name)).all()
    if not found:
        raise Skip("mirror.not_at_collector", item=name[:40], company=company)
    if len(found) > 1:
        raise DataFault("mirror.several_claims", item=name[:40], claims=", ".join(f"#{row.entry}" for row in found))
    (row,) = found
    number = row.wish or ask_back(connection, company, row.number, row.entry, because, act)
    return Wish(number, row.entry, row.invoice_no, row.case_number)


def _held(company: int, name: str) -> sa.Select[int, int, str, str, int | None]:
    """The claims at the collector that a person may mean, by offer, and the wish for each that there is already."""
    answered = sa.and_(offer_receipt.c.company == offer.c.company, offer_receipt.c.offer == offer.c.number)
    asked = sa.and_(withdrawal.c.company == offer.c.company, withdrawal.c.offer == offer.c.number)
    entry = name.removeprefix("#")
    is_entry = name.startswith("#") and entry.isdecimal() and len(entry) < 19
    meant = offer.c.entry == int(entry) if is_entry else offer.c.invoice_no == name
    return (
        sa.select(
            offer.c.number,
            offer.c.entry,
            offer.c.invoice_no,
            offer_receipt.c.case_number,
            withdrawal.c.number.label("wish"),
        )
        .join(offer_receipt, answered)
        .outerjoin(withdrawal, asked)
        .where(offer.c.company == company, meant, is_held(offer.c.company, offer.c.number))
        .order_by(offer.c.number)
    )
