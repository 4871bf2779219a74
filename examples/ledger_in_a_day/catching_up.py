"""Kassaboka tells nobody what was booked or listed, so the adapter looks, before it does anything else.

The order matters: bookings get their place, then an offer freezes what remains together with the last place, then what
lies behind that becomes transactions. So each øre is either in the principal or behind it.
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from examples.ledger_in_a_day.tables import last, take

NEW_BOOKINGS = """
    SELECT line.id FROM line JOIN voucher ON voucher.id = line.voucher
    LEFT JOIN kravbro_booking ON kravbro_booking.line = line.id
    WHERE line.settles IS NOT NULL AND voucher.booked_on IS NOT NULL AND kravbro_booking.line IS NULL
    ORDER BY voucher.no, line.line_no
"""
NEW_ON_THE_LIST = """
    SELECT collection_list.id, collection_list.line FROM collection_list
    LEFT JOIN kravbro_offer ON kravbro_offer.listed = collection_list.id
    WHERE kravbro_offer.listed IS NULL ORDER BY collection_list.id
"""
NEW_TRANSACTIONS = """
    SELECT DISTINCT kravbro_booking.line, kravbro_booking.sequence FROM kravbro_offer
    JOIN kravbro_receipt ON kravbro_receipt.offer = kravbro_offer.number AND kravbro_receipt.outcome = 'accepted'
    JOIN line ON line.settles = kravbro_offer.entry
    JOIN kravbro_booking ON kravbro_booking.line = line.id AND kravbro_booking.sequence > kravbro_offer.sequence
    LEFT JOIN kravbro_transaction ON kravbro_transaction.line = line.id
    LEFT JOIN kravbro_voucher ON kravbro_voucher.voucher = line.voucher
    WHERE kravbro_transaction.line IS NULL AND kravbro_voucher.key IS NULL
    ORDER BY kravbro_booking.sequence
"""
BOOKED_ON_ENTRY = """
    SELECT line.kroner FROM line JOIN voucher ON voucher.id = line.voucher
    WHERE voucher.booked_on IS NOT NULL AND (line.id = :entry OR line.settles = :entry)
"""


def to_ore(kroner: str) -> int:
    """Kassaboka's kroner as øre, exactly."""
    return int(Decimal(kroner) * 100)


def to_kroner(amount_ore: int) -> str:
    """Øre as Kassaboka writes kroner."""
    return str(Decimal(amount_ore).scaleb(-2))


def catch_up(connection: sqlite3.Connection) -> None:
    """Number what was booked, listed and answered since the last time. Call it inside the transaction."""
    for (line,) in connection.execute(NEW_BOOKINGS).fetchall():
        connection.execute("INSERT INTO kravbro_booking VALUES (?, ?)", (take(connection, "booking"), line))
    for listed, entry in connection.execute(NEW_ON_THE_LIST).fetchall():
        remaining = [to_ore(kroner) for (kroner,) in connection.execute(BOOKED_ON_ENTRY, {"entry": entry})]
        row = (take(connection, "offer"), listed, entry, sum(remaining), last(connection, "booking"))
        connection.execute("INSERT INTO kravbro_offer VALUES (?, ?, ?, ?, ?)", row)
    number_transactions(connection)


def number_transactions(connection: sqlite3.Connection) -> None:
    """Number every booking that is behind an accepted offer and not ours."""
    for line, _ in connection.execute(NEW_TRANSACTIONS).fetchall():
        connection.execute("INSERT INTO kravbro_transaction VALUES (?, ?)", (take(connection, "transaction"), line))
