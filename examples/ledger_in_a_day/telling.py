"""Everything else that is read: transactions, fates, receipts, statuses, movements, and the audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

import msgspec

from examples.ledger_in_a_day.catching_up import to_ore
from examples.ledger_in_a_day.program import CREDIT_NOTE, PAYMENT, TAKEN_BACK, WRITTEN_OFF
from examples.ledger_in_a_day.tables import NUMBERED, last
from kravbro.core.claims import GIVEN_BACK, ClaimState, Receipt, Status, Transaction, TransactionKind
from kravbro.core.movements import (
    ClaimMovements,
    Discrepancy,
    Movement,
    booking_movement_id,
    voucher_movement_id,
)
from kravbro.core.vouchers import Fate, VoucherReceipt

KINDS = {
    PAYMENT: TransactionKind.PAYMENT,
    CREDIT_NOTE: TransactionKind.CREDIT_NOTE,
    TAKEN_BACK: TransactionKind.REVERSAL,
    WRITTEN_OFF: TransactionKind.WRITE_OFF_CLAIM_ENDED,
}
TRANSACTIONS = """
    SELECT kravbro_transaction.number, line.settles, line.id, line.kroner, voucher.kind, voucher.booked_on,
        voucher.dated, voucher.no, voucher.text, (
            SELECT max(number) FROM kravbro_offer WHERE entry = line.settles AND sequence < kravbro_booking.sequence
        ) AS offer
    FROM kravbro_transaction JOIN line ON line.id = kravbro_transaction.line JOIN voucher ON voucher.id = line.voucher
    JOIN kravbro_booking ON kravbro_booking.line = line.id
    WHERE kravbro_transaction.number > ? ORDER BY kravbro_transaction.number LIMIT ?
"""
CLAIM = """
    SELECT kravbro_offer.*, kravbro_receipt.content, (
        SELECT min(later.sequence) FROM kravbro_offer AS later
        JOIN kravbro_receipt AS answer ON answer.offer = later.number AND answer.outcome <> 'refused'
        WHERE later.entry = kravbro_offer.entry AND later.number > kravbro_offer.number
    ) AS next_sequence
    FROM kravbro_offer LEFT JOIN kravbro_receipt ON kravbro_receipt.offer = kravbro_offer.number
    WHERE kravbro_offer.number = ?
"""
BOOKED = """
    SELECT line.id, line.kroner, line.line_no, kravbro_booking.sequence, kravbro_voucher.key,
        kravbro_transaction.number
    FROM line JOIN kravbro_booking ON kravbro_booking.line = line.id
    LEFT JOIN kravbro_transaction ON kravbro_transaction.line = line.id
    LEFT JOIN kravbro_voucher ON kravbro_voucher.voucher = line.voucher
    WHERE line.settles = ? AND kravbro_booking.sequence > ? ORDER BY kravbro_booking.sequence
"""


def transactions(connection: sqlite3.Connection, after: int, limit: int) -> list[Transaction]:
    """What was booked on claims with a case number."""
    return [_transaction(row) for row in connection.execute(TRANSACTIONS, (after, limit))]


def _transaction(row: sqlite3.Row) -> Transaction:
    posted_on, dated = date.fromisoformat(row["booked_on"]), date.fromisoformat(row["dated"])
    amount_ore = to_ore(row["kroner"])
    return Transaction(
        number=row["number"],
        entry=row["settles"],
        booking=row["id"],
        kind=TransactionKind.REVERSAL if amount_ore > 0 else KINDS[row["kind"]],
        amount_ore=amount_ore,
        posted_on=posted_on,
        value_on=min(dated, posted_on) if amount_ore < 0 else posted_on,
        voucher_no=str(row["no"]),
        text=row["text"],
        offer=row["offer"],
    )


def voucher_receipts(connection: sqlite3.Connection, after: int, limit: int) -> list[VoucherReceipt]:
    """What became of our vouchers."""
    query = "SELECT * FROM kravbro_event WHERE number > ? ORDER BY number LIMIT ?"
    return [
        VoucherReceipt(number, key, Fate(fate), date.fromisoformat(on), voucher_no)
        for number, key, fate, on, voucher_no in connection.execute(query, (after, limit))
    ]


def recorded_receipts(connection: sqlite3.Connection, after: int, limit: int) -> list[Receipt]:
    """Receipts as they came, by offer."""
    query = "SELECT content FROM kravbro_receipt WHERE offer > ? ORDER BY offer LIMIT ?"
    return [msgspec.json.decode(content, type=Receipt) for (content,) in connection.execute(query, (after, limit))]


def recorded_statuses(connection: sqlite3.Connection, after: int, limit: int) -> list[Status]:
    """What is shown of each claim, by entry."""
    query = "SELECT * FROM kravbro_status WHERE entry > ? ORDER BY entry LIMIT ?"
    return [
        Status(0, entry, version, ClaimState(state), case_number, date.fromisoformat(since))
        for entry, version, state, case_number, since in connection.execute(query, (after, limit))
    ]


def movements(connection: sqlite3.Connection, offers: Sequence[int]) -> list[ClaimMovements]:
    """Opening and movements of these offers, by number."""
    found = (connection.execute(CLAIM, (number,)).fetchone() for number in sorted(set(offers)))
    return [_claim(connection, row) for row in found if row]


def _claim(connection: sqlite3.Connection, row: sqlite3.Row) -> ClaimMovements:
    receipt = msgspec.json.decode(row["content"], type=Receipt) if row["content"] else None
    moved = [
        _movement(booking)
        for booking in connection.execute(BOOKED, (row["entry"], row["sequence"]))
        if _is_of(booking, row["next_sequence"], is_back=receipt is not None and receipt.outcome in GIVEN_BACK)
    ]
    return ClaimMovements(
        offer=row["number"],
        entry=row["entry"],
        opening_ore=row["principal_ore"],
        case_number=receipt.case_number if receipt else "",
        receipt=receipt.number if receipt else 0,
        movements=tuple(moved),
    )


def _is_of(booking: sqlite3.Row, next_sequence: int | None, *, is_back: bool) -> bool:
    """Whether a booking is the offer's: not that of a later one, and not made after the claim was given back."""
    if next_sequence is not None and booking["sequence"] > next_sequence:
        return False
    return not is_back or booking["key"] is not None or booking["number"] is not None


def _movement(row: sqlite3.Row) -> Movement:
    amount_ore = to_ore(row["kroner"])
    if row["key"] is not None:
        return Movement(voucher_movement_id(row["key"], row["line_no"]), amount_ore, settled=True)
    number = row["number"] or 0
    return Movement(booking_movement_id(row["id"]), amount_ore, settled=number > 0, number=number)


def audit(connection: sqlite3.Connection) -> list[Discrepancy]:
    """Vouchers that do not balance, and numbers without rows."""
    sums: dict[int, int] = {}
    for voucher, kroner in connection.execute("SELECT voucher, kroner FROM line ORDER BY voucher"):
        sums[voucher] = sums.get(voucher, 0) + to_ore(kroner)
    found = [Discrepancy(f"voucher:{one}", "unbalanced", 0, total) for one, total in sums.items() if total]
    for name, query in NUMBERED.items():
        taken, (rows, highest) = last(connection, name), connection.execute(query).fetchone()
        if (rows, highest) != (taken, taken):
            found.append(Discrepancy(f"{name}:{taken}", "numbers", taken, rows))
    return found
