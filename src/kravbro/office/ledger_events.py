"""What the ledger tells: its own bookings on claims, and what became of the office's vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Transaction, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.core.transitions import DELIVERED_VOUCHER
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.db.bulk import insert_rows, portions
from kravbro.office import tables as t
from kravbro.office.caseload import CLOSED, Caseload
from kravbro.office.journals import Account, Journal, Kind, Row, told_source, transaction_source, write_journals
from kravbro.office.manual.outside import outstanding, told_rows
from kravbro.office.returns import let_go_after_posting, let_go_if_booked
from kravbro.office.streams import is_replaced
from kravbro.ports.identity import Delivered

TRANSACTION_COLUMNS = (
    "creditor", "number", "booking", "claim", "kind", "amount_ore", "posted_on", "value_on", "voucher_no", "text",
    "journal",
)  # fmt: skip
BOOKED_AFTER_CLOSING = "booked_after_closing"
"""The event of a case that the ledger books something on although it is closed: somebody should look."""
VOUCHER_RECEIPT_COLUMNS = ("creditor", "number", "voucher_key", "fate", "happened_on", "voucher_no")


def accept_transactions(
    connection: sa.Connection, creditor: int, transactions: Sequence[Transaction], act: Act
) -> Delivered:
    """Apply what the ledger booked: the principal of exactly that claim changes by exactly that amount (øre).

    What is booked on a case that is closed gets an event of its own there, before any that it leads to. A payment that
    was registered by hand as booked by the ledger is met (`kravbro.office.manual.outside`), and is no such event.

    Raises DataFault `office.no_such_claim`, and `office.transaction_changed` if a known booking or number has other
    content now. Nothing is kept then.
    """
    new = _new_transactions(connection, creditor, transactions)
    if not new:
        return Delivered(0, len(transactions))
    claims = _claims_of(connection, creditor, new)
    caseload = Caseload()
    caseload.load(connection, {case for _, case in claims.values()})
    left_ore = outstanding(connection, {claim for claim, _ in claims.values()})
    journals: list[Journal] = []
    places: list[int] = []
    for one in new:
        claim, case = claims[one.entry, one.offer]
        places.append(len(journals))
        journals += _applied(caseload, creditor, one, claim, case, left_ore)
    first = write_journals(connection, journals, act)
    stored = [
        (
            creditor, one.number, one.booking, claims[one.entry, one.offer][0], one.kind.value, one.amount_ore,
            one.posted_on, one.value_on, one.voucher_no, one.text, first + place,
        )
        for place, one in zip(places, new, strict=True)
    ]  # fmt: skip
    insert_rows(connection, t.ledger_transaction, TRANSACTION_COLUMNS, stored, act)
    caseload.save(connection, act)
    told = dict.fromkeys(claims[one.entry, one.offer][0] for one in reversed(new))
    let_go_if_booked(connection, list(told)[::-1], act)
    return Delivered(len(new), len(transactions) - len(new))


def _applied(  # noqa: PLR0917 - the booking, and where it belongs
    caseload: Caseload, creditor: int, one: Transaction, claim: int, case: int, left_ore: dict[int, int]
) -> list[Journal]:
    """Change the case on the table; the journal of the booking, and one that meets what was registered before."""
    on_table = caseload.claims[claim]
    rows = booking_rows(one, claim, on_table.due_date)
    met = told_rows(one, claim, left_ore.get(claim, 0), rows[0].counts_from)
    met_ore = met[0].amount_ore if met else 0
    if caseload.cases[case].state == CLOSED and met_ore != -one.amount_ore:
        caseload.note(case, BOOKED_AFTER_CLOSING, _told_shortly(one, on_table.invoice_no))
    if _ends_claim(one) and on_table.state == ClaimState.REGISTERED:
        caseload.step(on_table, "end")
    caseload.apply([*rows, *met])
    source, told = transaction_source(creditor, one.number), told_source(creditor, one.number)
    journals = [Journal(creditor, case, Kind.LEDGER.value, one.posted_on, source, rows)]
    if met:
        left_ore[claim] -= met_ore
        journals.append(Journal(creditor, case, Kind.TOLD.value, one.posted_on, told, met))
    return journals


def booking_rows(one: Transaction, claim: int, due_date: date) -> list[Row]:
    """The change of the principal against `booked`; a write-off in the books only is watched on `written_off`.

    What a credit note takes away was never owed, so interest counts it from the due date. Everything else counts from
    its value date, however late it was posted, and nothing from before the due date; so does a credit note that is
    taken back, for until then the creditor's own books said that nothing was owed.
    """
    credited = one.kind is TransactionKind.CREDIT_NOTE and one.amount_ore <= 0
    counts_from = due_date if credited else max(one.value_on, due_date)
    watched = one.kind is TransactionKind.WRITE_OFF_BOOKS_ONLY
    other = Account.WRITTEN_OFF if watched else Account.BOOKED
    reason = one.kind.value
    return [
        Row(Account.PRINCIPAL.value, claim, one.amount_ore, reason, counts_from),
        Row(other.value, claim, -one.amount_ore, reason, counts_from),
    ]


def _told_shortly(one: Transaction, invoice_no: str) -> str:
    return f"{invoice_no}: {one.kind.value} {format_kroner(one.amount_ore)}"


def _ends_claim(one: Transaction) -> bool:
    return one.kind is TransactionKind.WRITE_OFF_CLAIM_ENDED and one.amount_ore <= 0


def _new_transactions(
    connection: sa.Connection, creditor: int, transactions: Sequence[Transaction]
) -> list[Transaction]:
    stored = t.ledger_transaction.c
    columns = (
        stored.number, stored.booking, t.claim.c.entry, stored.kind, stored.amount_ore, stored.posted_on,
        stored.value_on,
    )  # fmt: skip
    by_booking: dict[int, tuple[Any, ...]] = {}
    by_number: dict[int, tuple[Any, ...]] = {}
    for portion in portions(transactions, 500):
        bookings, numbers = [one.booking for one in portion], [one.number for one in portion]
        rows = connection.execute(
            sa.select(*columns)
            .join(t.claim, t.claim.c.id == stored.claim)
            .where(stored.creditor == creditor, sa.or_(stored.booking.in_(bookings), stored.number.in_(numbers)))
        )
        for row in rows:
            by_number[row.number] = by_booking[row.booking] = tuple(row)
    new = []
    for one in transactions:
        here = (one.number, one.booking, one.entry, one.kind.value, one.amount_ore, one.posted_on, one.value_on)
        if by_booking.setdefault(one.booking, here) != here or by_number.setdefault(one.number, here) != here:
            raise DataFault(
                "office.transaction_changed", transaction=one.number, booking=one.booking, creditor=creditor
            )
        if by_booking[one.booking] is here:
            new.append(one)
    return new


def _claims_of(
    connection: sa.Connection, creditor: int, transactions: Sequence[Transaction]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Claim and case by entry and offer; by entry and 0 the latest, for a ledger that cannot tell the offer."""
    claim = t.claim.c
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for entries in portions({one.entry for one in transactions}):
        chosen = sa.select(claim.entry, claim.offer, claim.id, claim.case).where(
            claim.creditor == creditor, claim.entry.in_(entries), claim.offer > 0
        )
        for entry, offer, number, case in connection.execute(chosen.order_by(claim.id)):
            found[entry, offer] = found[entry, 0] = (number, case)
    for one in transactions:
        if (one.entry, one.offer) not in found:
            raise DataFault("office.no_such_claim", entry=one.entry, transaction=one.number, creditor=creditor)
    return found


def accept_voucher_receipts(
    connection: sa.Connection, creditor: int, receipts: Sequence[VoucherReceipt], act: Act
) -> Delivered:
    """Take note of what the ledger did with vouchers, and move them on; claims that waited for one are given back.

    What comes late of a voucher that was delivered again is kept as it is told: the office's own check names it if the
    ledger has booked both.
    What was told in a history that the ledger lost counts no more: the ledger tells it anew.

    Raises DataFault `office.no_such_voucher` and `office.voucher_receipt_changed`; Skip `transition.not_allowed` for a
    fate that cannot follow the one before.
    """
    new = _new_voucher_receipts(connection, creditor, receipts)
    voucher = t.voucher.c
    state_of: dict[str, str] = {}
    replaced: set[str] = set()
    for keys in portions({one.voucher_key for one in new}):
        columns = (voucher.key, voucher.state, is_replaced().label("replaced"))
        rows = connection.execute(sa.select(*columns).where(voucher.creditor == creditor, voucher.key.in_(keys))).all()
        state_of |= {row.key: row.state for row in rows}
        replaced |= {row.key for row in rows if row.replaced}
    if new:
        state_of |= states_without_lost(connection, creditor)
    for one in new:
        state = state_of.get(one.voucher_key)
        if state is None:
            raise DataFault("office.no_such_voucher", key=one.voucher_key, receipt=one.number, creditor=creditor)
        late = one.voucher_key in replaced
        after = one.fate.value if late else DELIVERED_VOUCHER.after(state, one.fate.value, f"voucher {one.voucher_key}")
        state_of[one.voucher_key] = after
    if new:
        stored = [(creditor, one.number, one.voucher_key, one.fate.value, one.on, one.voucher_no) for one in new]
        insert_rows(connection, t.voucher_receipt, VOUCHER_RECEIPT_COLUMNS, stored, act)
        update = sa.update(t.voucher).where(voucher.key == sa.bindparam("of")).values(state=sa.bindparam("to"))
        told = {one.voucher_key for one in new}
        connection.execute(update, [{"of": key, "to": state_of[key]} for key in sorted(told)])
        posted = [one.voucher_key for one in new if one.fate is Fate.POSTED]
        let_go_after_posting(connection, creditor, posted, act)
    return Delivered(len(new), len(receipts) - len(new))


def states_without_lost(connection: sa.Connection, creditor: int) -> dict[str, str]:
    """By key, the state of each voucher whose newest receipt the ledger lost, as the receipts before it left it."""
    told, gone = t.voucher_receipt.c, t.lost_voucher_receipt.c
    is_lost = sa.exists().where(gone.creditor == told.creditor, gone.number == told.number)
    columns = (told.number, told.voucher_key, told.fate, sa.case((is_lost, 1), else_=0).label("lost"))
    concerned = sa.select(told.voucher_key).where(told.creditor == creditor, is_lost)
    here = (told.creditor == creditor, told.voucher_key.in_(concerned))
    states: dict[str, str] = {}
    newest_is_lost: dict[str, bool] = {}
    for row in connection.execute(sa.select(*columns).where(*here).order_by(told.number)):
        states.setdefault(row.voucher_key, DELIVERED_VOUCHER.initial)
        newest_is_lost[row.voucher_key] = bool(row.lost)
        if not row.lost:
            states[row.voucher_key] = row.fate
    return {key: state for key, state in states.items() if newest_is_lost[key]}


def _new_voucher_receipts(
    connection: sa.Connection, creditor: int, receipts: Sequence[VoucherReceipt]
) -> list[VoucherReceipt]:
    stored = t.voucher_receipt.c
    columns = (stored.number, stored.voucher_key, stored.fate, stored.happened_on, stored.voucher_no)
    known: dict[int, tuple[Any, ...]] = {}
    for numbers in portions({one.number for one in receipts}):
        chosen = sa.select(*columns).where(stored.creditor == creditor, stored.number.in_(numbers))
        known |= {row.number: tuple(row) for row in connection.execute(chosen)}
    new = []
    for one in receipts:
        here = (one.number, one.voucher_key, one.fate.value, one.on, one.voucher_no)
        if known.setdefault(one.number, here) != here:
            raise DataFault(
                "office.voucher_receipt_changed", receipt=one.number, key=one.voucher_key, creditor=creditor
            )
        if known[one.number] is here:
            new.append(one)
    return new
