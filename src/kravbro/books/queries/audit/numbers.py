"""Rows that are gone, and rows that came from nowhere: every numbered table against its counter."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import unnumbered
from kravbro.books.conversion_tables import conversion
from kravbro.books.queries.audit.faults import MISSING, UNKNOWN, Faults
from kravbro.books.tables import (
    booking,
    claim_transaction,
    counter,
    customer_protection,
    customer_relation,
    entry,
    imported_customer,
    imported_line,
    interest_flag,
    ledger_import,
    letter,
    offer,
    proposal,
    setup_change,
    transferred_item,
    voucher,
    voucher_event,
    withdrawal,
)
from kravbro.db.counters import LOST, gaps, last_taken

_NUMBERED: dict[str, sa.Column[int]] = {
    "voucher": voucher.c.id,
    "entry": entry.c.number,
    "booking": booking.c.number,
    "proposal": proposal.c.number,
    "offer": offer.c.number,
    "transaction": claim_transaction.c.number,
    "voucher_event": voucher_event.c.number,
    "ledger_import": ledger_import.c.number,
    "imported_customer": imported_customer.c.number,
    "imported_line": imported_line.c.number,
    "customer_protection": customer_protection.c.number,
    "customer_relation": customer_relation.c.number,
    "transferred_item": transferred_item.c.number,
    "conversion": conversion.c.number,
    "withdrawal": withdrawal.c.number,
    "interest_flag": interest_flag.c.number,
    "setup_change": setup_change.c.number,
}
_NAMED_LATER: dict[str, sa.Column[int]] = {"letter": letter.c.number, "posted": voucher.c.posted_sequence}
"""What other checks name: letters by their open items, the order of posting by its vouchers."""


def check_numbers(connection: sa.Connection, faults: Faults) -> None:
    """Name every row that is missing from, or was added to, a numbered table, and every counter that is gone."""
    for name, column in (_NUMBERED | _NAMED_LATER).items():
        faults.last[name] = last_taken(connection, counter, name)
        for number in gaps(connection, counter, column, name, "", column.is_not(None)):
            if number == LOST and not faults.last[name]:
                faults.last[name] = int(connection.execute(sa.select(sa.func.max(column))).scalar_one())
                faults.add(f"ledger counter {name}", MISSING)
                continue
            taken = 1 <= number <= faults.last[name]
            faults.rows[name].add(number)
            if taken:
                faults.missing[name].append(number)
            if name in _NUMBERED:
                claim = _claim_of(connection, name, number, taken)
                faults.add(f"ledger {name.replace('_', ' ')} {number}", MISSING if taken else UNKNOWN, entry=claim)


def _claim_of(connection: sa.Connection, name: str, number: int, is_missing: bool) -> int | None:
    """The claim that a row is or was about, as far as other rows still tell."""
    if name == "entry":
        return number
    waiting = unnumbered().subquery("waiting")
    of_transaction = claim_transaction.c.booking == booking.c.number
    transactions = sa.select(booking.c.open_item).join(claim_transaction, of_transaction)
    ways: dict[tuple[str, bool], sa.Select[int]] = {
        ("booking", False): sa.select(booking.c.open_item).where(booking.c.number == number),
        ("booking", True): sa.select(offer.c.entry)
        .join(claim_transaction, claim_transaction.c.offer == offer.c.number)
        .where(claim_transaction.c.booking == number),
        ("offer", False): sa.select(offer.c.entry).where(offer.c.number == number),
        ("offer", True): transactions.where(claim_transaction.c.offer == number),
        ("conversion", False): sa.select(conversion.c.entry).where(conversion.c.number == number),
        ("withdrawal", False): sa.select(withdrawal.c.entry).where(withdrawal.c.number == number),
        ("interest_flag", False): sa.select(interest_flag.c.entry).where(interest_flag.c.number == number),
        ("transaction", False): transactions.where(claim_transaction.c.number == number),
        ("transaction", True): sa.select(booking.c.open_item).where(booking.c.number.in_(sa.select(waiting.c.number))),
    }
    way = ways.get((name, is_missing))
    return None if way is None else connection.execute(way.limit(1)).scalar()
