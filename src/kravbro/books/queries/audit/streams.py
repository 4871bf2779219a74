"""The streams: receipts as they were recorded, transactions of every accepted claim, events of every voucher."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.commands.claim_transactions import unnumbered
from kravbro.books.meanings import VoucherState
from kravbro.books.queries.audit.faults import CONTENT, MISSING, NOT_NUMBERED, NOT_TOLD, UNKNOWN, Faults
from kravbro.books.queries.receipts import receipt_of
from kravbro.books.tables import booking, claim_transaction, offer, offer_receipt, voucher, voucher_event
from kravbro.core.claims import Outcome
from kravbro.core.fingerprints import fingerprint
from kravbro.core.vouchers import Fate

_FATE_OF_STATE = {
    VoucherState.POSTED: Fate.POSTED,
    VoucherState.DRAFT: Fate.DELIVERED,
    VoucherState.REJECTED: Fate.REJECTED,
    VoucherState.DELETED: Fate.DELETED,
}


def check_receipts(connection: sa.Connection, faults: Faults) -> None:
    """Each receipt answers an offer that exists, and says what it said when it was recorded."""
    recorded = (
        sa.select(offer_receipt, offer.c.entry)
        .outerjoin(offer, offer.c.number == offer_receipt.c.offer)
        .order_by(offer_receipt.c.offer)
    )
    for row in connection.execute(recorded):
        thing = f"ledger offer {row.offer} receipt"
        if row.entry is None:
            if row.offer not in faults.rows["offer"]:
                faults.add(thing, UNKNOWN)
        elif fingerprint(receipt_of(row)) != row.fingerprint:
            faults.rows["receipt"].add(row.offer)
            faults.add(thing, CONTENT, entry=row.entry)


def check_transactions(connection: sa.Connection, faults: Faults) -> None:
    """Each transaction belongs to an accepted offer, and each booking that the collector should hear of is one."""
    accepted = sa.and_(
        offer_receipt.c.offer == claim_transaction.c.offer, offer_receipt.c.outcome == Outcome.ACCEPTED.value
    )
    without_receipt = (
        sa.select(offer.c.number, offer.c.entry)
        .join(claim_transaction, claim_transaction.c.offer == offer.c.number)
        .outerjoin(offer_receipt, accepted)
        .where(offer_receipt.c.offer.is_(None), claim_transaction.c.number <= faults.last["transaction"])
        .distinct()
        .order_by(offer.c.number)
    )
    for row in connection.execute(without_receipt).all():
        if row.number not in faults.rows["receipt"]:
            faults.add(f"ledger offer {row.number} receipt", MISSING, entry=row.entry)
    if faults.missing["transaction"]:
        return
    waiting = unnumbered().add_columns(booking.c.open_item, booking.c.amount_ore)
    for row in connection.execute(waiting.order_by(booking.c.number)).all():
        if row.number <= faults.last["booking"] and row.offer not in faults.rows["receipt"]:
            faults.add(f"ledger booking {row.number}", NOT_NUMBERED, row.amount_ore, 0, entry=row.open_item)


def check_events(connection: sa.Connection, faults: Faults) -> None:
    """The collector is told what became of each of its vouchers."""
    if faults.missing["voucher_event"]:
        return
    fate = sa.case({state.value: fate.value for state, fate in _FATE_OF_STATE.items()}, value=voucher.c.state)
    told = sa.and_(voucher_event.c.collector_key == voucher.c.collector_key, voucher_event.c.fate == fate)
    untold = (
        sa.select(voucher.c.id, voucher.c.debit_ore)
        .outerjoin(voucher_event, told)
        .where(
            voucher.c.collector_key.is_not(None),
            voucher_event.c.number.is_(None),
            voucher.c.id <= faults.last["voucher"],
        )
        .order_by(voucher.c.id)
    )
    for row in connection.execute(untold).all():
        if row.id not in faults.rows["voucher"]:
            faults.add(f"ledger voucher {row.id}", NOT_TOLD, row.debit_ore, 0)
