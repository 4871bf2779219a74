"""From the ledger's rows to the values of the port, and back. Pure: nothing here asks the database."""

from __future__ import annotations

from datetime import date

from kravbro.books.codes import known_code
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import Meaning
from kravbro.books.queries.relations import relations_on
from kravbro.books.queries.standings import Standing
from kravbro.books.sql import AnyRow
from kravbro.core.adoption import Adoption
from kravbro.core.claims import ClaimState, Offer, Parts, Status, Transaction, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.movements import Movement, booking_movement_id, voucher_movement_id
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt, refuse_unbalanced

_KINDS = {
    Meaning.PAYMENT: TransactionKind.PAYMENT,
    Meaning.COLLECTOR_PAYMENT: TransactionKind.PAYMENT,
    Meaning.CREDIT_NOTE: TransactionKind.CREDIT_NOTE,
    Meaning.CORRECTION: TransactionKind.CORRECTION,
    Meaning.REVERSAL: TransactionKind.REVERSAL,
    Meaning.WRITE_OFF_BOOKS_ONLY: TransactionKind.WRITE_OFF_BOOKS_ONLY,
    Meaning.WRITE_OFF_CLAIM_ENDED: TransactionKind.WRITE_OFF_CLAIM_ENDED,
}


def offer(row: AnyRow, company: int, standing: Standing, on: date) -> Offer:
    """An offer, from a row of `queries.OFFER_COLUMNS` (frozen at approval) and how its claim stands now, on a day."""
    number, entry, sequence, principal_ore, before_due_ore, fees_ore, charged_ore, letters, *of_entry = row
    invoice_no, kid, invoice_date, due_date, currency, sub_ledger_type = of_entry
    return Offer(
        number=number,
        company=company,
        entry=entry,
        sequence=sequence,
        parts=Parts(principal_ore, before_due_ore, fees_ore, charged_ore),
        invoice_no=invoice_no,
        kid=kid,
        invoice_date=invoice_date,
        due_date=due_date,
        currency=currency,
        sub_ledger_type=sub_ledger_type,
        letters=standing.letters[:letters],
        debtor=standing.debtor,
        facts=standing.facts,
        related=relations_on(standing.relations, invoice_date, on) if standing.relations else (),
    )


def adoption(made: Offer, joined: AnyRow) -> Adoption:
    """An offer that was joined with the claim of an older case, from its row of `conversion`."""
    return Adoption(
        offer=made,
        earlier=joined.earlier,
        case_number=joined.case_number,
        cut_off=joined.cut_off,
        collector_ore=joined.collector_ore,
        because=joined.because,
    )


def kind(meaning: str, amount_ore: int, entry: int) -> TransactionKind:
    """What a booking means for the claim: money that is taken back again is a reversal, whatever brought it.

    Raises DataFault `books.not_a_transaction` for vouchers that cannot settle anything, and `books.unknown_code` for an
    `entry` with a meaning that is none.
    """
    found = _KINDS.get(known_code(Meaning, meaning, "entry", entry))
    if found is None:
        raise DataFault("books.not_a_transaction", meaning=meaning)
    if found is TransactionKind.PAYMENT and amount_ore > 0:
        return TransactionKind.REVERSAL
    return found


def transaction(row: AnyRow, value_on: date) -> Transaction:
    """A booking on a claim at the collector, and its value date. Raises as `kind` does."""
    return Transaction(
        number=row.number,
        entry=row.open_item,
        booking=row.booking,
        kind=kind(row.meaning, row.amount_ore, row.made_by),
        amount_ore=row.amount_ore,
        posted_on=row.booked_on,
        value_on=value_on,
        voucher_no=str(row.voucher_number),
        text=row.line_text or row.voucher_text,
        offer=row.offer,
    )


def movement(row: AnyRow) -> Movement:
    """A booking on a claim as the reconciliation sees it: the collector's own money by the line that brought it."""
    if row.by_collector:
        return Movement(voucher_movement_id(row.collector_key, row.line_no), row.amount_ore, settled=True)
    number = row.transaction or 0
    return Movement(booking_movement_id(row.booking), row.amount_ore, settled=number > 0, number=number)


def voucher_receipt(row: AnyRow) -> VoucherReceipt:
    """An event in the life of one of the collector's vouchers. Raises DataFault `books.unknown_code`."""
    fate = known_code(Fate, row.fate, "voucher_event", row.number)
    return VoucherReceipt(row.number, row.collector_key, fate, row.happened_on, row.voucher_no)


def status(row: AnyRow) -> Status:
    """The status shown of a claim. Raises DataFault `books.unknown_code`."""
    state = known_code(ClaimState, row.state, "claim_status", row.entry)
    return Status(0, row.entry, row.version, state, row.case_number, row.since)


def draft(voucher: Voucher, voucher_type: str, registrar: str) -> Draft:
    """The collector's voucher as the ledger's journal takes it; line numbers are kept.

    Raises DataFault `voucher.empty` or `voucher.unbalanced`.
    """
    refuse_unbalanced(voucher)
    return Draft(
        type=voucher_type,
        dated=voucher.dated,
        text=voucher.text,
        lines=tuple(
            DraftLine(
                line_no=line.line_no,
                account=line.account,
                amount_ore=line.amount_ore,
                customer=line.customer_no,
                settles=line.claim_entry,
                invoice_no=line.invoice_no,
                reference=line.reference,
                department=line.department,
                project=line.project,
                text=line.text,
            )
            for line in voucher.lines
        ),
        registrar=registrar,
        collector_key=voucher.key,
        fingerprint=fingerprint(voucher),
    )
