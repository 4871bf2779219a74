"""What the office sends: receipts, vouchers, statuses, and every claim with its movements for the reconciliation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import ClaimState, Outcome, Receipt, Status
from kravbro.core.movements import ClaimMovements, Movement, booking_movement_id, voucher_movement_id
from kravbro.core.transitions import DELIVERED_VOUCHER
from kravbro.core.vouchers import Fate, Voucher, VoucherLine, VoucherReceipt
from kravbro.db.counters import last_taken
from kravbro.office import tables as t
from kravbro.office.codes import known, reasons_of, unknown_code
from kravbro.office.creditors import scope
from kravbro.office.earlier.tables import adopted_claim
from kravbro.office.journals import MONEY_KINDS, OUTSIDE_KINDS, Account, Kind

RECEIPT_COLUMNS = ("number", "offer", "entry", "outcome", "answered_on", "case_number", "case_kid", "reasons")
OUTCOMES = {one.value: one for one in Outcome}
CLAIM_STATES = {one.value: one for one in ClaimState}
FATES = {one.value: one for one in Fate}
DECIDED = frozenset({Fate.POSTED.value, Fate.REJECTED.value, Fate.DELETED.value})
"""Fates after which nothing is on its way any more: the ledger has the voucher's money now, or never will."""
MOVING = frozenset({*MONEY_KINDS, *OUTSIDE_KINDS, Kind.LEDGER.value})
"""Journals that change what is owed after a claim was opened."""
VOUCHER_STATES = frozenset({"draft", DELIVERED_VOUCHER.initial, *(step.target for step in DELIVERED_VOUCHER.steps)})
STREAM_COUNTERS = {"receipts": "receipt", "vouchers": "voucher", "statuses": "status"}


def heads(connection: sa.Connection, creditor: int) -> dict[str, int]:
    """The last number of each stream of a creditor."""
    last = {
        stream: last_taken(connection, t.counter, counter, scope(creditor))
        for stream, counter in STREAM_COUNTERS.items()
    }
    return {**last, "statuses": _last_told(connection, creditor, last["statuses"])}


def _last_told(connection: sa.Connection, creditor: int, last: int) -> int:
    """The last number of a status, less those behind it that are of claims without a ledger: nobody is told these."""
    column, entry = t.status_event.c, t.claim.c.entry
    events = t.status_event.join(t.claim, t.claim.c.id == column.claim)
    of_ledger = sa.select(column.number).select_from(events).where(column.creditor == creditor, entry > 0)
    newest = connection.execute(of_ledger.order_by(column.number.desc()).limit(1)).scalar() or 0
    if newest == last:
        return last
    behind = (column.creditor == creditor, column.number > newest, entry < 0)
    return last - connection.execute(sa.select(sa.func.count()).select_from(events).where(*behind)).scalar_one()


def receipts(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Receipt]:
    """Answers to offers, by receipt number. Raises DataFault `office.unknown_code`."""
    column = t.receipt.c
    rows = connection.execute(
        sa.select(*(column[name] for name in RECEIPT_COLUMNS))
        .where(column.creditor == creditor, column.number > after)
        .order_by(column.number)
        .limit(limit)
    ).all()
    return [
        Receipt(
            number, offer, entry, known(OUTCOMES, outcome, "receipt", f"{creditor}-{number}", "outcome"), answered_on,
            case_number, case_kid, reasons_of(reasons, "receipt", f"{creditor}-{number}", "reasons"),
        )
        for number, offer, entry, outcome, answered_on, case_number, case_kid, reasons in rows
    ]  # fmt: skip


def statuses(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Status]:
    """Status events of the ledger's claims, by event number. Raises DataFault `office.unknown_code`."""
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
        .where(column.creditor == creditor, column.number > after, t.claim.c.entry > 0)
        .order_by(column.number)
        .limit(limit)
    ).all()
    return [
        Status(
            number, entry, version, known(CLAIM_STATES, state, "status_event", f"{creditor}-{number}", "state"),
            case_number, happened_on,
        )
        for number, entry, version, state, case_number, happened_on in rows
    ]  # fmt: skip


def recorded_voucher_receipts(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[VoucherReceipt]:
    """What the office holds of the fate of its vouchers, by the ledger's event number; not what the ledger lost.

    Raises DataFault `office.unknown_code`.
    """
    column, gone = t.voucher_receipt.c, t.lost_voucher_receipt.c
    is_lost = sa.exists().where(gone.creditor == column.creditor, gone.number == column.number)
    rows = connection.execute(
        sa.select(column.number, column.voucher_key, column.fate, column.happened_on, column.voucher_no)
        .where(column.creditor == creditor, column.number > after, ~is_lost)
        .order_by(column.number)
        .limit(limit)
    )
    return [
        VoucherReceipt(
            number, key, known(FATES, fate, "voucher_receipt", f"{creditor}-{number}", "fate"), on, voucher_no
        )
        for number, key, fate, on, voucher_no in rows
    ]


def is_replaced() -> sa.ColumnElement[bool]:
    """The condition that a voucher has been delivered again under another key."""
    later = t.voucher.alias("later")
    return sa.exists().where(later.c.replaces == t.voucher.c.key, later.c.creditor == t.voucher.c.creditor)


def vouchers(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[Voucher]:
    """Approved vouchers with their lines, by approval number. One that was delivered again is not sent any more."""
    return list(read_vouchers(connection, creditor, after, limit, t.voucher.c.dated, ~is_replaced()))


def read_vouchers(
    connection: sa.Connection,
    creditor: int,
    after: int,
    limit: int,
    dated: sa.ColumnElement[Any],
    *where: sa.ColumnElement[bool],
) -> Iterator[Voucher]:
    """The same, with the date as a caller wants it read: an audit takes it as it stands, even if it is no date."""
    voucher, line = t.voucher.c, t.voucher_line.c
    chosen = (
        sa.select(voucher.number, voucher.key, dated, voucher.text, voucher.posting, voucher.ordinal)
        .where(voucher.creditor == creditor, voucher.number > after, *where)
        .order_by(voucher.number)
        .limit(limit)
        .subquery()
    )
    columns = (
        line.line_no,
        line.account,
        line.amount_ore,
        line.customer_no,
        sa.case((t.claim.c.entry > 0, t.claim.c.entry)),
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
    for _, group in groupby(rows, key=attrgetter("number")):
        its_lines = list(group)
        first = its_lines[0]
        lines = tuple(VoucherLine(*row[4:]) for row in its_lines)
        yield Voucher(first.number, first.key, first.dated, first.headline, lines)


def claims(connection: sa.Connection, creditor: int, after: int, limit: int) -> list[ClaimMovements]:
    """Every claim accepted from the creditor, by offer number, with its opening and all movements of its principal.

    Raises DataFault `office.unknown_code`.
    """
    claim, receipt = t.claim.c, t.receipt.c
    rows = connection.execute(
        sa.select(
            claim.id,
            claim.offer,
            claim.entry,
            claim.principal_ore,
            t.case.c.number.label("case_number"),
            receipt.number.label("receipt"),
            adopted_claim.c.ledger_ore,
        )
        .join(t.case, t.case.c.id == claim.case)
        .outerjoin(adopted_claim, adopted_claim.c.claim == claim.id)
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
            accepted_ore=0 if row.ledger_ore is None else row.ledger_ore - row.principal_ore,
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
        .where(*page, row.account == Account.PRINCIPAL.value, journal.kind != Kind.CLAIM.value)
        .order_by(row.claim, row.journal, row.row_no)
    )
    return {claim: _of_claim(claim, list(group)) for claim, group in groupby(rows, key=attrgetter("claim"))}


def _of_claim(claim: int, rows: Sequence[Any]) -> list[Movement]:
    """The movements of one claim; what the ledger is to tell another way is one, until the ledger has told it all."""
    told = [_movement(one) for one in rows if one.kind not in OUTSIDE_KINDS]
    awaited_ore = sum(one.amount_ore for one in rows if one.kind in OUTSIDE_KINDS)
    return [*told, Movement(f"outside:{claim}", awaited_ore, settled=False)] if awaited_ore else told


def _movement(row: Any) -> Movement:
    if row.kind not in MOVING:
        raise unknown_code("journal", row.journal, "kind", row.kind)
    if row.state is not None and row.state not in VOUCHER_STATES:
        raise unknown_code("voucher", row.key or row.journal, "state", row.state)
    if row.kind == Kind.LEDGER and row.booking is not None:
        return Movement(booking_movement_id(row.booking), row.amount_ore, settled=True, number=row.transaction)
    if row.key is not None:
        return Movement(voucher_movement_id(row.key, row.line_no), row.amount_ore, settled=row.state in DECIDED)
    id_ = f"journal:{row.journal}/{row.row_no}"
    return Movement(id_, row.amount_ore, settled=row.excluded is not None)
