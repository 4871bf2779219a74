"""What the office sends: receipts, vouchers, statuses, and every claim with its movements for the reconciliation."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import ClaimState, Outcome, Reason, Receipt, Status
from kravbro.core.movements import ClaimMovements, Movement, booking_movement_id, voucher_movement_id
from kravbro.core.vouchers import Fate, Voucher, VoucherLine, VoucherReceipt
from kravbro.db.counters import last_taken
from kravbro.office import tables as t
from kravbro.office.creditors import scope
from kravbro.office.journals import MONEY_KINDS, Account, Kind

RECEIPT_COLUMNS = ("number", "offer", "entry", "outcome", "answered_on", "case_number", "case_kid", "reasons")
OUTCOMES = {one.value: one for one in Outcome}
CLAIM_STATES = {one.value: one for one in ClaimState}
DECIDED = frozenset({Fate.POSTED.value, Fate.REJECTED.value, Fate.DELETED.value})
"""Fates after which nothing is on its way any more: the ledger has the voucher's money now, or never will."""
STREAM_COUNTERS = {"receipts": "receipt", "vouchers": "voucher", "statuses": "status"}


def heads(connection: sa.Connection, creditor: int) -> dict[str, int]:
    """The last number of each stream of a creditor."""
    return {
        stream: last_taken(connection, t.counter, counter, scope(creditor))
        for stream, counter in STREAM_COUNTERS.items()
    }


def receipts(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Receipt]:
    """Answers to offers, by receipt number."""
    column = t.receipt.c
    rows = connection.execute(
        sa.select(*(column[name] for name in RECEIPT_COLUMNS))
        .where(column.creditor == creditor, column.number > after)
        .order_by(column.number)
        .limit(limit)
    ).all()
    return [
        Receipt(
            number, offer, entry, OUTCOMES[outcome], answered_on, case_number, case_kid,
            () if reasons == "[]" else msgspec.json.decode(reasons, type=tuple[Reason, ...]),
        )
        for number, offer, entry, outcome, answered_on, case_number, case_kid, reasons in rows
    ]  # fmt: skip


def statuses(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Status]:
    """Status events of claims, by event number."""
    column = t.status_event.c
    rows = connection.execute(
        sa.select(
            column.number,
            t.claim.c.entry,
            column.version,
            column.state,
            t.case.c.number.label("case_number"),
            column.happened_on,
        )
        .join(t.claim, t.claim.c.id == column.claim)
        .join(t.case, t.case.c.id == t.claim.c.case)
        .where(column.creditor == creditor, column.number > after)
        .order_by(column.number)
        .limit(limit)
    ).all()
    return [
        Status(number, entry, version, CLAIM_STATES[state], case_number, happened_on)
        for number, entry, version, state, case_number, happened_on in rows
    ]


def recorded_voucher_receipts(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[VoucherReceipt]:
    """What the office holds of the fate of its vouchers, by the ledger's event number."""
    column = t.voucher_receipt.c
    rows = connection.execute(
        sa.select(column.number, column.voucher_key, column.fate, column.happened_on, column.voucher_no)
        .where(column.creditor == creditor, column.number > after)
        .order_by(column.number)
        .limit(limit)
    )
    return [VoucherReceipt(number, key, Fate(fate), on, voucher_no) for number, key, fate, on, voucher_no in rows]


def vouchers(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Voucher]:
    """Approved vouchers with their lines, by approval number."""
    voucher, line = t.voucher.c, t.voucher_line.c
    chosen = (
        sa.select(voucher.number, voucher.key, voucher.dated, voucher.text, voucher.posting, voucher.ordinal)
        .where(voucher.creditor == creditor, voucher.number > after)
        .order_by(voucher.number)
        .limit(limit)
        .subquery()
    )
    columns = (
        line.line_no,
        line.account,
        line.amount_ore,
        line.customer_no,
        t.claim.c.entry,
        line.invoice_no,
        line.reference,
        line.department,
        line.project,
        line.text,
    )
    rows = connection.execute(
        sa.select(chosen.c.number, chosen.c.key, chosen.c.dated, chosen.c.text.label("headline"), *columns)
        .join(
            t.voucher_line,
            sa.and_(line.creditor == creditor, line.posting == chosen.c.posting, line.ordinal == chosen.c.ordinal),
        )
        .outerjoin(t.claim, t.claim.c.id == line.claim)
        .order_by(chosen.c.number, line.line_no)
    )
    found = []
    for _, group in groupby(rows, key=attrgetter("number")):
        its_lines = list(group)
        first = its_lines[0]
        lines = tuple(VoucherLine(*row[4:]) for row in its_lines)
        found.append(Voucher(first.number, first.key, first.dated, first.headline, lines))
    return found


def claims(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[ClaimMovements]:
    """Every claim accepted from the creditor, by offer number, with its opening and all movements of its principal."""
    claim, receipt = t.claim.c, t.receipt.c
    rows = connection.execute(
        sa.select(
            claim.id,
            claim.offer,
            claim.entry,
            claim.principal_ore,
            t.case.c.number.label("case_number"),
            receipt.number.label("receipt"),
        )
        .join(t.case, t.case.c.id == claim.case)
        .outerjoin(
            t.receipt,
            sa.and_(
                receipt.creditor == creditor,
                receipt.offer == claim.offer,
                receipt.outcome == Outcome.ACCEPTED.value,
            ),
        )
        .where(claim.creditor == creditor, claim.offer > after)
        .order_by(claim.offer)
        .limit(limit)
    ).all()
    if not rows:
        return []
    page = (claim.creditor == creditor, claim.offer > after, claim.offer <= rows[-1].offer)
    movements = _movements(connection, page)
    return [
        ClaimMovements(
            offer=row.offer,
            entry=row.entry,
            opening_ore=row.principal_ore,
            case_number=row.case_number,
            receipt=row.receipt or 0,
            movements=tuple(movements.get(row.id, ())),
        )
        for row in rows
    ]


def _movements(connection: sa.Connection, page: tuple[sa.ColumnElement[bool], ...]) -> dict[int, list[Movement]]:
    """The movements of the claims of a page, by claim, in the order of their journals."""
    journal, row, line, booked = t.journal.c, t.journal_row.c, t.voucher_line.c, t.ledger_transaction.c
    in_voucher = sa.and_(
        line.journal == row.journal,
        line.row_no == row.row_no,
        line.creditor == journal.creditor,
        line.posting == journal.posting,
    )
    its_voucher = sa.and_(
        t.voucher.c.creditor == line.creditor,
        t.voucher.c.posting == line.posting,
        t.voucher.c.ordinal == line.ordinal,
    )
    rows = connection.execute(
        sa.select(
            row.claim,
            row.journal,
            row.row_no,
            row.amount_ore,
            journal.kind,
            t.voucher.c.key,
            t.voucher.c.state,
            line.line_no,
            booked.booking,
            booked.number.label("transaction"),
            t.posting_exclusion.c.journal.label("excluded"),
        )
        .join(t.claim, t.claim.c.id == row.claim)
        .join(t.journal, journal.number == row.journal)
        .outerjoin(t.voucher_line, in_voucher)
        .outerjoin(t.voucher, its_voucher)
        .outerjoin(t.ledger_transaction, booked.journal == journal.number)
        .outerjoin(t.posting_exclusion, t.posting_exclusion.c.journal == journal.number)
        .where(*page, row.account == Account.PRINCIPAL.value, journal.kind.in_((*MONEY_KINDS, Kind.LEDGER.value)))
        .order_by(row.claim, row.journal, row.row_no)
    )
    return {claim: [_movement(one) for one in group] for claim, group in groupby(rows, key=attrgetter("claim"))}


def _movement(row: Any) -> Movement:
    if row.kind == Kind.LEDGER and row.booking is not None:
        return Movement(booking_movement_id(row.booking), row.amount_ore, settled=True, number=row.transaction)
    if row.key is not None:
        return Movement(voucher_movement_id(row.key, row.line_no), row.amount_ore, settled=row.state in DECIDED)
    id_ = f"journal:{row.journal}/{row.row_no}"
    return Movement(id_, row.amount_ore, settled=row.excluded is not None)
