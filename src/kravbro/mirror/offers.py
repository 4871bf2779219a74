"""Make offers of what stands in the ledger's queue: each opens with what remains then, and stays as it is made."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.bulk import among, insert_rows
from kravbro.db.counters import last_taken, take
from kravbro.mirror.doubts import in_doubt
from kravbro.mirror.observations import bookings_of, observe
from kravbro.mirror.rows import SEALED, sealed
from kravbro.mirror.source import OpenItem, Proposal, Standing
from kravbro.mirror.sql import is_held
from kravbro.mirror.tables import counter, item, offer, to_mark, waiting_offer
from kravbro.mirror.transferred_items import marked

NUMBER, CURRENCY = 40, 10
"""How much is kept of what a ledger calls its invoices and currencies."""


def taken(connection: sa.Connection, company: int, entries: Collection[int]) -> set[int]:
    """Of these items, those that are not offered now: an offer of them waits, or the collector has them."""
    waits = sa.exists().where(waiting_offer.c.company == offer.c.company, waiting_offer.c.offer == offer.c.number)
    here = sa.select(offer.c.entry).where(
        offer.c.company == company, sa.or_(waits, is_held(offer.c.company, offer.c.number))
    )
    found: set[int] = set()
    for these in among(offer.c.entry, entries):
        found |= set(connection.execute(here.where(these)).scalars())
    return found & set(entries)


def _offered_after(connection: sa.Connection, company: int, entries: Collection[int], last: int) -> set[int]:
    """Of these items, those that somebody has offered since."""
    later = sa.select(offer.c.entry).where(offer.c.company == company, offer.c.number > last)
    return {one for these in among(offer.c.entry, entries) for one in connection.execute(later.where(these)).scalars()}


def unanswered(connection: sa.Connection, company: int) -> set[int]:
    """The items that wait for an answer, or for the ledger to show it: they may stand in its queue for that alone."""
    here = sa.and_(waiting_offer.c.company == offer.c.company, waiting_offer.c.offer == offer.c.number)
    waits = sa.select(offer.c.entry).join(waiting_offer, here).where(offer.c.company == company)
    marks = sa.select(to_mark.c.entry).where(to_mark.c.company == company)
    return {*connection.execute(waits).scalars(), *connection.execute(marks).scalars()}


def concerned(connection: sa.Connection, company: int) -> list[int]:
    """The items of which an offer waits or the collector has the claim, watched or not, in order."""
    waits = sa.exists().where(waiting_offer.c.company == offer.c.company, waiting_offer.c.offer == offer.c.number)
    chosen = sa.select(offer.c.entry).distinct().where(offer.c.company == company)
    held = sa.or_(waits, is_held(offer.c.company, offer.c.number))
    return list(connection.execute(chosen.where(held).order_by(offer.c.entry)).scalars())


def make_offers(
    connection: sa.Connection,
    company: int,
    items: Sequence[OpenItem],
    act: Act,
    *,
    proposed: Sequence[tuple[Proposal, Standing]],
    last: int,
) -> int:
    """Offer what is proposed, in its order, as far as it is not offered already; answers how many are new.

    `items` are those that the ledger has now: what is not among them is left for the next time, and so is what has a
    fault or is in doubt. `last` is the number of the last offer before the queue was read: one that was offered later
    may be answered and out of the queue already.
    What was handed over before the ledger was joined with a collector is not offered.
    """
    now = {one.entry: one for one in without_question(connection, company, items)}
    known = taken(connection, company, list(now)) | _offered_after(connection, company, list(now), last)
    known |= marked(connection, company, {}, now).keys()
    chosen = {one.entry: (one, standing) for one, standing in proposed}
    new = [its for entry, its in chosen.items() if entry in now and entry not in known]
    if not new:
        return 0
    observe(connection, company, [now[one.entry] for one, _ in new], act)
    sequence = last_taken(connection, counter, "booking", str(company))
    write_offers(connection, company, [(one, now[one.entry], standing) for one, standing in new], sequence, act)
    return len(new)


def write_offers(
    connection: sa.Connection,
    company: int,
    offered: Sequence[tuple[Proposal, OpenItem, Standing]],
    sequence: int,
    act: Act,
) -> dict[int, int]:
    """Write offers in this order, which open with what remains of the items; answers their numbers by entry."""
    first = take(connection, counter, "offer", len(offered), str(company))
    rows = [
        sealed("offer", company, number, one.entry, sequence, *_frozen(one, its, standing))
        for number, (one, its, standing) in enumerate(offered, first)
    ]
    insert_rows(connection, offer, (*SEALED["offer"], "seal"), rows, act)
    numbers = {one.entry: number for number, (one, _, _) in enumerate(offered, first)}
    insert_rows(connection, waiting_offer, ("company", "offer"), [(company, one) for one in numbers.values()], None)
    watch_items(connection, company, list(numbers), watched=True)
    return numbers


def without_question(connection: sa.Connection, company: int, items: Sequence[OpenItem]) -> list[OpenItem]:
    """Those of the items of which everything is known: what an offer opens with stays."""
    questioned = {one.entry for one in items if any(its.doubt for its in one.settlements)}
    before = bookings_of(connection, company, questioned)
    return [one for one in items if one.fault is None and not in_doubt(one, before.get(one.entry, ()))]


def watch_items(connection: sa.Connection, company: int, entries: Sequence[int], *, watched: bool) -> None:
    """Begin or cease to look at what happens to these items."""
    if entries:
        here = (item.c.company == company, item.c.entry == sa.bindparam("of_entry"))
        connection.execute(sa.update(item).where(*here).values(watched=watched), [{"of_entry": one} for one in entries])


def _frozen(one: Proposal, its: OpenItem, standing: Standing) -> tuple[object, ...]:
    """What an offer freezes, in the order of the columns from the principal on."""
    amounts = (its.remaining_ore, one.interest_before_due_ore, one.fees_ore, one.interest_charged_ore)
    letters = msgspec.json.encode(one.letters).decode()
    invoice = (standing.invoice_no[:NUMBER], standing.kid[:NUMBER], standing.invoice_date, standing.due_date)
    return (*amounts, letters, *invoice, standing.currency[:CURRENCY], standing.sub_ledger_type[:NUMBER])
