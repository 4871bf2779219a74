"""Conversions: every row against its seal, with its offer; and every booking before a cut-off where it belongs."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from kravbro.books.conversion_tables import conversion, opening_booking
from kravbro.books.meanings import ProposalState
from kravbro.books.queries.audit.faults import CONTENT, MISSING, UNKNOWN, Faults
from kravbro.books.queries.value_dates import value_dates
from kravbro.books.seals import CONVERSION, row_seal
from kravbro.books.sql import is_given_back, is_refused
from kravbro.books.tables import booking, offer, proposal
from kravbro.db.bulk import portions
from kravbro.db.columns import with_plain_day


def check_conversions(connection: sa.Connection, faults: Faults) -> None:
    """Every conversion says what it said, is of its offer's item, and opens with what counts before its cut-off."""
    _check_seals(connection, faults)
    _check_offers(connection, faults)
    _check_openings(connection, faults)


def _check_seals(connection: sa.Connection, faults: Faults) -> None:
    columns = (with_plain_day(conversion.c[name]) for name in CONVERSION)
    sealed = sa.select(conversion.c.seal, *columns).order_by(conversion.c.number)
    for seal, number, offered, item, *rest in connection.execute(sealed, execution_options={"yield_per": 1000}):
        if row_seal((number, offered, item, *rest)) != seal:
            _name(number, item, faults)


def _check_offers(connection: sa.Connection, faults: Faults) -> None:
    """A conversion's offer is of its item, and an offer of a converted proposal has its conversion."""
    of_proposal = sa.and_(proposal.c.number == offer.c.proposal, proposal.c.state == ProposalState.CONVERTED.value)
    wrong = (
        sa.select(conversion.c.number, conversion.c.entry)
        .outerjoin(offer, offer.c.number == conversion.c.offer)
        .outerjoin(proposal, of_proposal)
        .where(sa.or_(offer.c.number.is_(None), offer.c.entry != conversion.c.entry, proposal.c.number.is_(None)))
        .order_by(conversion.c.number)
    )
    for number, item in connection.execute(wrong).all():
        if not faults.rows["offer"] and not faults.rows["proposal"]:
            _name(number, item, faults)
    alone = (
        sa.select(offer.c.number, offer.c.entry)
        .join(proposal, of_proposal)
        .outerjoin(conversion, conversion.c.offer == offer.c.number)
        .where(conversion.c.number.is_(None))
        .order_by(offer.c.number)
    )
    for number, item in connection.execute(alone).all():
        if number not in faults.rows["offer"] and not faults.rows["conversion"] and not faults.rows["proposal"]:
            faults.add(f"ledger offer {number}", UNKNOWN, entry=item)


def _name(number: int, item: int, faults: Faults) -> None:
    if number not in faults.rows["conversion"]:
        faults.rows["conversion"].add(number)
        faults.add(f"ledger conversion {number}", CONTENT, entry=item)


def _check_openings(connection: sa.Connection, faults: Faults) -> None:
    """What counts before the cut-off is in the opening, and nothing else is.

    What was booked after the collector refused the case, or gave the claim back, need not be there.
    """
    if faults.rows["conversion"]:
        return
    settled = sa.or_(is_refused(conversion.c.offer), is_given_back(conversion.c.offer))
    joined = sa.select(conversion.c.entry, conversion.c.offer, conversion.c.cut_off, settled.label("settled"))
    rows = connection.execute(joined.where(conversion.c.joined).order_by(conversion.c.number)).all()
    kept: defaultdict[int, set[int]] = defaultdict(set)
    for offered, number in connection.execute(sa.select(opening_booking.c.offer, opening_booking.c.booking)):
        kept[offered].add(number)
    doubtful = faults.rows["booking"] | faults.rows["doubtful_booking"]
    for some in portions(rows):
        entries = [row.entry for row in some]
        days = value_dates(connection, entries)
        booked = _booked(connection, entries)
        for row in some:
            before = {number for number in booked[row.entry] if days[number] < row.cut_off}
            wrong = kept[row.offer] - before | (set() if row.settled else before - kept[row.offer])
            for number in sorted(wrong - doubtful):
                kind = UNKNOWN if number in kept[row.offer] else MISSING
                faults.add(f"ledger offer {row.offer} opening booking {number}", kind, entry=row.entry)
    for offered in sorted(kept.keys() - {row.offer for row in rows}):
        if offered not in faults.rows["offer"]:
            faults.add(f"ledger offer {offered} opening", UNKNOWN)


def _booked(connection: sa.Connection, entries: list[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    chosen = sa.select(booking.c.open_item, booking.c.number).where(
        booking.c.open_item.in_(entries), sa.not_(booking.c.by_collector)
    )
    for item, number in connection.execute(chosen):
        found[item].add(number)
    return found
