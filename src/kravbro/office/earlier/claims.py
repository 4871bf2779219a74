"""Take in what an older system tells of its cases, each claim once, and list what is to be joined with the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.conversion import EarlierClaim, normal_invoice_no
from kravbro.core.errors import DataFault
from kravbro.db.bulk import among, insert_rows
from kravbro.db.counters import take
from kravbro.formats.earlier_claims import Row
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.creditors import load_creditor
from kravbro.office.earlier.obstacles import obstacles
from kravbro.office.earlier.tables import adopted_claim, earlier_claim

LONGEST_FILE_NAME = 200
KEY = ("case_number", "customer_no", "invoice_no")
TOLD = (
    "case_number", "case_kid", "customer_no", "invoice_no", "invoice_date", "due_date", "principal_ore", "interest_ore",
    "fees_ore", "costs_ore", "paid_principal_ore", "paid_interest_ore", "paid_fees_ore", "paid_costs_ore",
)  # fmt: skip
"""What a file tells of a claim, in the order of the table's columns."""


class Taken(msgspec.Struct, frozen=True):
    """What an import came to: claims that are new, and claims that were here with the same content."""

    new: int
    known: int


def import_earlier_claims(
    connection: sa.Connection, creditor: int, rows: Sequence[Row], file_name: str, act: Act
) -> Taken:
    """Keep the claims of a creditor's file. A claim is known by its case number, customer and invoice number.

    Raises DataFault `office.earlier_claim_differs` for one that is here with other content, and as
    `creditors.load_creditor` does. Nothing is kept then.
    """
    load_creditor(connection, creditor)
    known = _known(connection, creditor)
    new = []
    for row in rows:
        told = _told(row)
        key = (row.case_number, row.customer, row.invoice_no)
        if key not in known:
            new.append(told)
        elif known[key] != told:
            raise DataFault(
                "office.earlier_claim_differs",
                file=file_name,
                line=row.line,
                case=row.case_number,
                invoice=row.invoice_no,
            )
    if new:
        first = take(connection, t.counter, "earlier_claim", len(new))
        kept = [
            (number, creditor, *told, file_name[:LONGEST_FILE_NAME], act.on) for number, told in enumerate(new, first)
        ]
        marked = [(*row, contents.of_row((*row, act.actor))) for row in kept]
        insert_rows(connection, earlier_claim, (*contents.EARLIER_CLAIM[:-1], "fingerprint"), marked, act)
    return Taken(len(new), len(rows) - len(new))


def _told(row: Row) -> tuple[object, ...]:
    return tuple(row.customer if name == "customer_no" else getattr(row, name) for name in TOLD)


def _known(connection: sa.Connection, creditor: int) -> dict[tuple[object, ...], tuple[object, ...]]:
    columns = sa.select(*(earlier_claim.c[name] for name in TOLD)).where(earlier_claim.c.creditor == creditor)
    places = [TOLD.index(name) for name in KEY]
    return {tuple(row[place] for place in places): tuple(row) for row in connection.execute(columns)}


def earlier_claims(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[EarlierClaim]:
    """Claims of older cases that are joined with no open item, by number, after the given one."""
    columns = (earlier_claim.c.number, *(earlier_claim.c[name] for name in TOLD))
    joined = sa.exists().where(adopted_claim.c.earlier_claim == earlier_claim.c.number)
    page = sa.select(*columns).where(earlier_claim.c.creditor == creditor, earlier_claim.c.number > after, ~joined)
    rows = connection.execute(page.order_by(earlier_claim.c.number).limit(limit)).all()
    hindered = obstacles(connection, creditor, {row.case_number for row in rows})
    return [msgspec.structs.replace(EarlierClaim(*row), obstacle=hindered.get(row.case_number, "")) for row in rows]


def waiting_cases(connection: sa.Connection, creditor: int, invoice_no: str) -> list[str]:
    """Older cases that an invoice stands on, by the numbers of the cases, and that are joined with no open item.

    Numbers of invoices are compared as in the conversion: without spaces and without the zeros before them.
    """
    earlier, wanted = earlier_claim.c, normal_invoice_no(invoice_no)
    joined = sa.exists().where(adopted_claim.c.earlier_claim == earlier.number)
    closed = sa.func.replace(earlier.invoice_no, " ", "")
    alike = (earlier.creditor == creditor, closed.endswith(wanted, autoescape=True), ~joined)
    rows = connection.execute(sa.select(earlier.case_number, earlier.invoice_no).where(*alike)).all()
    return sorted({row.case_number for row in rows if normal_invoice_no(row.invoice_no) == wanted})


def named_claims(connection: sa.Connection, creditor: int, numbers: Collection[int]) -> dict[int, EarlierClaim]:
    """These claims of a creditor's older cases, joined or not."""
    columns = (earlier_claim.c.number, *(earlier_claim.c[name] for name in TOLD))
    found: dict[int, EarlierClaim] = {}
    for these in among(earlier_claim.c.number, numbers):
        rows = connection.execute(sa.select(*columns).where(earlier_claim.c.creditor == creditor, these))
        found |= {row.number: EarlierClaim(*row) for row in rows}
    return found
