"""Open items: what each invoice was, what remains of it, and whether a collector has it."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.books.queries.transferred_items import last_marks
from kravbro.books.sql import AnyRow, booked_from, booked_on, is_held
from kravbro.books.tables import (
    claim_status,
    customer,
    entry,
    interest_flag,
    offer,
    offer_receipt,
    voucher_line,
    withdrawal,
)
from kravbro.core.errors import DataFault

LONGEST_ENTRY = 18
"""Characters of `#` and a number that every database takes."""


class OpenItemShown(msgspec.Struct, frozen=True):
    """An invoice in the sub-ledger (amounts in øre).

    `at_collector` is what ledgers show as *Ekstern inkasso*: a receipt has accepted the claim, under `case_number`, and
    none has given it back; or a person has marked that it was handed over earlier, with its case number if that is
    known. `claim_state` is the last status that the collector published, empty if there is none; `wanted_back_on` the
    day on which the claim was withdrawn, until it is back. `no_interest` is the ledger's own flag: an item at the
    collector bears no interest here, and one that is back bears what a person last said.
    """

    entry: int
    customer: int
    customer_name: str
    sub_ledger_type: str
    invoice_no: str
    kid: str
    invoice_date: date
    due_date: date | None
    currency: str
    amount_ore: int
    remaining_ore: int
    letters: int
    at_collector: bool
    case_number: str
    claim_state: str
    wanted_back_on: date | None
    no_interest: bool


def invoice_kids(connection: sa.Connection) -> list[str]:
    """The KIDs of a company's open items, each once, in order."""
    kids = sa.select(entry.c.kid).distinct().where(entry.c.kid != "", entry.c.amount_ore > 0)
    return list(connection.execute(kids.order_by(entry.c.kid)).scalars())


def open_items(
    connection: sa.Connection,
    *,
    customer_no: int | None = None,
    invoice_no: str | None = None,
    with_settled: bool = False,
    after: int = 0,
    limit: int = 1000,
) -> list[OpenItemShown]:
    """Open items by entry, after the given one; `with_settled` shows those of which nothing remains as well."""
    remaining = entry.c.amount_ore + booked_on(entry.c.number) - booked_from(entry.c.number)
    page = _shown(remaining).where(entry.c.number > after, entry.c.amount_ore > 0)
    if customer_no is not None:
        page = page.where(entry.c.customer == customer_no)
    if invoice_no is not None:
        page = page.where(entry.c.invoice_no == invoice_no)
    if not with_settled:
        page = page.where(remaining != 0)
    return [_item(row) for row in connection.execute(page.order_by(entry.c.number).limit(limit))]


def open_item(connection: sa.Connection, entry_no: int) -> OpenItemShown:
    """One open item, settled or not. Raises DataFault `books.unknown_open_item`."""
    found = open_items(connection, with_settled=True, after=entry_no - 1, limit=1)
    if not found or found[0].entry != entry_no:
        raise DataFault("books.unknown_open_item", entry=entry_no)
    return found[0]


def named_item(connection: sa.Connection, name: str) -> int:
    """The entry of the open item that a person means: by its invoice number, or by its entry as `#12`.

    Raises DataFault `books.no_such_invoice` and, where several items have the number, `books.several_items`.
    """
    if name.startswith("#") and name[1:].isdecimal() and len(name) < LONGEST_ENTRY:
        return open_item(connection, int(name[1:])).entry
    of_line = sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no)
    here = (
        sa.select(entry.c.number)
        .join(voucher_line, of_line)
        .where(entry.c.invoice_no == name, entry.c.amount_ore > 0, voucher_line.c.settles.is_(None))
        .order_by(entry.c.number)
    )
    found = [int(number) for number in connection.execute(here).scalars()] if name else []
    if not found:
        raise DataFault("books.no_such_invoice", invoice=name[:40])
    if len(found) > 1:
        raise DataFault("books.several_items", invoice=name, items=", ".join(f"#{number}" for number in found))
    return found[0]


def _shown(remaining: sa.ColumnElement[int]) -> sa.Select[*tuple[object, ...]]:
    held = (
        sa.select(offer.c.entry, sa.func.max(offer.c.number).label("offer"))
        .where(is_held(offer.c.number))
        .group_by(offer.c.entry)
        .subquery("held")
    )
    marks = last_marks().subquery("marks")
    said = interest_flag.alias("said")
    last_said = sa.select(sa.func.max(said.c.number)).where(said.c.entry == entry.c.number).scalar_subquery()
    return (
        sa.select(
            entry,
            customer.c.name.label("customer_name"),
            remaining.label("remaining_ore"),
            sa.func.coalesce(offer_receipt.c.case_number, marks.c.case_number).label("case_number"),
            claim_status.c.state.label("claim_state"),
            withdrawal.c.asked_on.label("wanted_back_on"),
            interest_flag.c.no_interest,
        )
        .join(customer, customer.c.number == entry.c.customer)
        .outerjoin(held, held.c.entry == entry.c.number)
        .outerjoin(offer_receipt, offer_receipt.c.offer == held.c.offer)
        .outerjoin(marks, marks.c.entry == entry.c.number)
        .outerjoin(withdrawal, withdrawal.c.offer == held.c.offer)
        .outerjoin(interest_flag, interest_flag.c.number == last_said)
        .outerjoin(claim_status, claim_status.c.entry == entry.c.number)
    )


def _item(row: AnyRow) -> OpenItemShown:
    return OpenItemShown(
        entry=row.number,
        customer=row.customer,
        customer_name=row.customer_name,
        sub_ledger_type=row.sub_ledger_type,
        invoice_no=row.invoice_no,
        kid=row.kid,
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        currency=row.currency,
        amount_ore=row.amount_ore,
        remaining_ore=row.remaining_ore,
        letters=row.letters,
        at_collector=row.case_number is not None,
        case_number=row.case_number or "",
        claim_state=row.claim_state or "",
        wanted_back_on=row.wanted_back_on,
        no_interest=row.case_number is not None or bool(row.no_interest),
    )
