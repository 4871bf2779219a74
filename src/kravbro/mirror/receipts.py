"""The collector's answers to offers: kept here first, then shown in the ledger, and noted as shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.answers import ANSWER_COLUMNS, Held, Recording, decide
from kravbro.core.claims import GIVEN_BACK, Outcome, Receipt
from kravbro.core.errors import DataFault
from kravbro.db.bulk import among, insert_rows
from kravbro.db.columns import written
from kravbro.mirror.observations import append_transactions
from kravbro.mirror.offers import taken, watch_items
from kravbro.mirror.rows import receipt as receipt_of
from kravbro.mirror.source import Mark
from kravbro.mirror.sql import unnumbered
from kravbro.mirror.tables import booking, offer, offer_receipt, offer_return, to_mark, waiting_offer
from kravbro.mirror.transferred_items import words
from kravbro.ports.identity import Delivered


def keep_receipts(connection: sa.Connection, company: int, receipts: Sequence[Receipt], act: Act) -> Delivered:
    """Keep answers to offers, number what was seen before their acceptance, and note what the ledger has to show.

    Raises DataFault `port.unknown_offer`, `port.receipt_of_other_claim`, `port.receipt_differs` for an offer that
    was answered with other content, and `port.receipt_number_taken` when the number is that of another answer.
    """
    held = _held(connection, company, sorted({one.offer for one in receipts}))
    recording = decide(receipts, held)
    _refuse_taken_numbers(connection, company, recording)
    _write(connection, company, recording, act)
    _number_waiting(connection, company, recording.accepted(receipts), act)
    if recording.giving_back:
        rows = [(company, number, *one.kept) for number, one in recording.giving_back.items()]
        insert_rows(connection, offer_return, ("company", "offer", *ANSWER_COLUMNS), rows, act)
    _settle(connection, company, recording)
    return Delivered(new=len(receipts) - recording.known, known=recording.known)


def _write(connection: sa.Connection, company: int, recording: Recording, act: Act) -> None:
    if recording.replacing:
        here = (offer_receipt.c.company == company, offer_receipt.c.offer == sa.bindparam("of_offer"))
        rows = [
            {"of_offer": number, **dict(zip(ANSWER_COLUMNS, one.kept, strict=True)), **written(act)}
            for number, one in recording.replacing.items()
        ]
        connection.execute(sa.update(offer_receipt).where(*here), rows)
    new = [(company, number, *one.kept) for number, one in recording.new.items()]
    insert_rows(connection, offer_receipt, ("company", "offer", *ANSWER_COLUMNS), new, act)


def _settle(connection: sa.Connection, company: int, recording: Recording) -> None:
    """What was answered waits no longer, is watched as long as the collector has it, and is to be marked."""
    answered = sorted({*recording.new, *recording.giving_back})
    _remove(connection, waiting_offer.c.offer, company, answered)
    entries = sorted({one.receipt.entry for one in recording.answers})
    held = taken(connection, company, entries)
    watch_items(connection, company, sorted(held), watched=True)
    watch_items(connection, company, [entry for entry in entries if entry not in held], watched=False)
    _remove(connection, to_mark.c.entry, company, entries)
    stamps = {one.receipt.entry: one.receipt.number for one in recording.answers}
    rows = [(company, entry, stamp) for entry, stamp in stamps.items()]
    insert_rows(connection, to_mark, ("company", "entry", "receipt"), rows, None)


def _remove(connection: sa.Connection, column: sa.Column[int], company: int, values: Sequence[int]) -> None:
    """Delete exactly these rows of a company."""
    if values:
        here = (column.table.c.company == company, column == sa.bindparam("of_row"))
        connection.execute(sa.delete(column.table).where(*here), [{"of_row": value} for value in values])


def _held(connection: sa.Connection, company: int, offers: Collection[int]) -> dict[int, Held]:
    answers = {
        table: sa.and_(table.c.company == offer.c.company, table.c.offer == offer.c.number)
        for table in (offer_receipt, offer_return)
    }
    columns = (
        sa.select(
            offer.c.number,
            offer.c.entry,
            offer_receipt.c.outcome,
            offer_receipt.c.fingerprint,
            offer_return.c.fingerprint.label("given_back"),
        )
        .outerjoin(offer_receipt, answers[offer_receipt])
        .outerjoin(offer_return, answers[offer_return])
        .where(offer.c.company == company)
    )
    return {
        number: Held(*held)
        for these in among(offer.c.number, offers)
        for number, *held in connection.execute(columns.where(these)).all()
    }


def _refuse_taken_numbers(connection: sa.Connection, company: int, recording: Recording) -> None:
    """Each receipt number is of one answer, whether it was recorded before or comes in the same batch."""
    offers = recording.numbers()
    back = {answer.receipt.number for answer in recording.giving_back.values()}
    for table, is_back in ((offer_receipt, False), (offer_return, True)):
        columns = sa.select(table.c.number, table.c.offer).where(table.c.company == company)
        for these in among(table.c.number, offers):
            for number, other in connection.execute(columns.where(these)).all():
                replaced = offers.get(number) == other and (number in back) is is_back
                if number in offers and not replaced:
                    raise DataFault("port.receipt_number_taken", receipt=number, offer=offers[number])


def _number_waiting(connection: sa.Connection, company: int, accepted: Sequence[int], act: Act) -> None:
    """Number the bookings that waited for these acceptances: in order of the receipts, then of the bookings.

    This goes before the claims that the same batch gives back, as if the receipts had come one by one.
    """
    waiting: dict[int, list[tuple[int, int]]] = {}
    for these in among(offer.c.number, accepted):
        belonging = unnumbered(company).where(these).order_by(booking.c.number)
        for made, held in connection.execute(belonging).all():
            waiting.setdefault(held, []).append((made, held))
    rows = [pair for number in accepted for pair in waiting.get(number, [])]
    append_transactions(connection, company, rows, act)


def marks_due(connection: sa.Connection, company: int, limit: int) -> tuple[list[Mark], list[tuple[int, int]]]:
    """What the ledger does not show yet, an answer per item, and the stamps by which `note_marked` knows them."""
    due = sa.select(to_mark.c.entry, to_mark.c.receipt).where(to_mark.c.company == company)
    stamps = [(row.entry, row.receipt) for row in connection.execute(due.order_by(to_mark.c.entry).limit(limit))]
    answers = _to_show(connection, company, [entry for entry, _ in stamps])
    return [_mark(one) for one in answers.values()], stamps


def _to_show(connection: sa.Connection, company: int, entries: Sequence[int]) -> dict[int, Receipt]:
    """The answer that the ledger shows of each of these items that has one, or what a person said of it."""
    answers: dict[int, dict[int, Receipt]] = {entry: {} for entry in entries}
    for entry, word in words(connection, company, entries).items():
        answers[entry][word.offer] = word
    for table in (offer_receipt, offer_return):
        here = sa.and_(offer.c.company == table.c.company, offer.c.number == table.c.offer)
        columns = sa.select(table, offer.c.entry).join(offer, here).where(table.c.company == company)
        for these in among(offer.c.entry, answers):
            for row in connection.execute(columns.where(these)).all():
                if row.entry in answers:
                    answers[row.entry][row.offer] = receipt_of(row, table.name)
    return {entry: _shown(list(of_item.values())) for entry, of_item in answers.items() if of_item}


def _shown(answers: Sequence[Receipt]) -> Receipt:
    """Of the answers to the offers of an item, the one that the ledger shows: of the claim that the collector has, or
    else the newest."""
    return max(answers, key=lambda answer: (answer.outcome is Outcome.ACCEPTED, answer.offer))


def _mark(one: Receipt) -> Mark:
    case_number = "" if one.outcome in GIVEN_BACK else one.case_number
    return Mark(one.entry, one.offer, one.outcome, one.on, case_number, one.reasons)


def note_marked(
    connection: sa.Connection, company: int, marks: Sequence[Mark], stamps: Sequence[tuple[int, int]]
) -> None:
    """Note that the ledger shows these answers; one that was replaced meanwhile is still to be shown.

    That is so where somebody else has shown the newer one already, too: the older may have come over it.
    """
    here = (
        to_mark.c.company == company,
        to_mark.c.entry == sa.bindparam("of_entry"),
        to_mark.c.receipt == sa.bindparam("of_receipt"),
    )
    if not stamps:
        return
    rows = [{"of_entry": entry, "of_receipt": stamp} for entry, stamp in stamps]
    connection.execute(sa.delete(to_mark).where(*here), rows)
    newest = _to_show(connection, company, [one.entry for one in marks])
    stale = [newest[one.entry] for one in marks if _mark(newest[one.entry]) != one]
    _remove(connection, to_mark.c.entry, company, [one.entry for one in stale])
    again = [(company, one.entry, one.number) for one in stale]
    insert_rows(connection, to_mark, ("company", "entry", "receipt"), again, None)
