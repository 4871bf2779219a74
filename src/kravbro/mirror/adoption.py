"""What is done in a mirror that was put back from an older copy, before it goes on as the installation's own.

The collector knows of bookings that the copy has never seen. The ledger has them still, so they would be seen anew, and
told a second time. Each is written down again under the number that it had, as what the ledger has of it now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import burn
from kravbro.mirror.audit import NUMBERED
from kravbro.mirror.forgetting import Seen
from kravbro.mirror.observations import bookings_of, columns_of
from kravbro.mirror.openings import converted
from kravbro.mirror.rows import SEALED, sealed
from kravbro.mirror.source import OpenItem, Settlement
from kravbro.mirror.tables import booking, claim_transaction, counter, offer


class Forgotten(msgspec.Struct, frozen=True):
    """A booking that the collector was told of: its number and its transaction's, the claim, and the change (øre)."""

    booking: int
    transaction: int
    offer: int
    entry: int
    amount_ore: int


def take_up(
    connection: sa.Connection, company: int, forgotten: Sequence[Forgotten], items: Sequence[OpenItem], act: Act
) -> set[tuple[int, int]]:
    """Write forgotten bookings down again; answers the numbers of bookings and transactions that are used by them.

    One of which the ledger has nothing any more is written under a key of its own: then it is seen to be gone, and told
    as taken back. Those of offers that the mirror lost too are left.
    """
    here = sa.select(offer.c.number).where(offer.c.company == company)
    known = set(connection.execute(here).scalars())
    chosen = [one for one in sorted(forgotten, key=lambda one: one.booking) if one.offer in known]
    before = bookings_of(connection, company, {one.entry for one in chosen})
    cut_offs = {row.entry: row.cut_off for row in converted(connection, company, {one.entry for one in chosen})}
    named = list(_named(chosen, before, {one.entry: one for one in items}, cut_offs, act))
    rows = [
        sealed("booking", company, one.booking, one.entry, its.booked_on, *columns_of(seen)) for one, its, seen in named
    ]
    insert_rows(connection, booking, (*SEALED["booking"], "seal"), rows, act)
    told = [(company, one.transaction, one.booking, one.offer) for one, _, _ in named]
    insert_rows(connection, claim_transaction, ("company", "number", "booking", "offer"), told, act)
    return {(one.booking, one.transaction) for one, _, _ in named}


def _named(
    forgotten: Sequence[Forgotten],
    before: Mapping[int, Sequence[Seen]],
    items: Mapping[int, OpenItem],
    cut_offs: Mapping[int, date],
    act: Act,
) -> Iterator[tuple[Forgotten, Settlement, Seen]]:
    """Each with the settlement that it was of, as far as one on the item lacks just this change.

    What counts before the cut-off of a converted claim was never told, so it is none of these.
    """
    seen_ore: dict[tuple[int, str], int] = {}
    for entry, bookings in before.items():
        for seen in bookings:
            seen_ore[entry, seen.settlement] = seen_ore.get((entry, seen.settlement), 0) + seen.amount_ore
    for one in forgotten:
        since = cut_offs.get(one.entry, date.min)
        its = _settlement_of(one, items.get(one.entry), seen_ore, since) or Settlement(
            f"forgotten {one.booking}", one.amount_ore, TransactionKind.CORRECTION, act.on, act.on, ""
        )
        key = (one.entry, its.key)
        seen_ore[key] = seen_ore.get(key, 0) + one.amount_ore
        value_on = min(its.dated, its.booked_on)
        yield one, its, Seen(its.key, one.amount_ore, its.kind, value_on, its.voucher_no, its.text)


def _settlement_of(
    one: Forgotten, item: OpenItem | None, seen_ore: Mapping[tuple[int, str], int], since: date
) -> Settlement | None:
    for its in item.settlements if item else ():
        if its.voucher_key or min(its.dated, its.booked_on) < since:
            continue
        if its.amount_ore - seen_ore.get((one.entry, its.key), 0) == one.amount_ore:
            return its
    return None


def burn_seen(  # noqa: PLR0917 - whose, what was seen and is used again, and who says so why
    connection: sa.Connection,
    company: int,
    seen: Mapping[str, int],
    used: Mapping[str, set[int]],
    because: str,
    act: Act,
) -> int:
    """Give no number again that the collector has seen (series by name); answers how many were burnt. Those that are
    `used` by what was taken up are not burnt."""
    scope = str(company)
    return sum(
        burn(connection, counter, name, scope, seen.get(name, 0), because, act, used.get(name, ())) for name in NUMBERED
    )
