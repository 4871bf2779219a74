"""The collector's vouchers: kept by key before the ledger hears of them, and followed to their end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.vouchers import Fate, Voucher, refuse_unbalanced
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.mirror.rows import SEALED, sealed
from kravbro.mirror.source import Delivery
from kravbro.mirror.tables import counter, delivery, to_deliver, voucher_event
from kravbro.ports.identity import Delivered

_VOUCHER = msgspec.json.Decoder(Voucher)
BECAUSE, NUMBER = 400, 40


def keep_vouchers(connection: sa.Connection, company: int, vouchers: Sequence[Voucher], act: Act) -> Delivered:
    """Keep vouchers by key, to be delivered; one with a known key is known.

    Raises DataFault `port.voucher_differs` for a known key with other content, `voucher.unbalanced` and
    `voucher.empty`; nothing is kept then.
    """
    known = _known(connection, company, {one.key for one in vouchers})
    new: dict[str, Voucher] = {}
    for one in vouchers:
        refuse_unbalanced(one)
        its = fingerprint(one)
        if one.key not in known:
            new[one.key] = one
        if known.setdefault(one.key, its) != its:
            raise DataFault("port.voucher_differs", voucher=one.key)
    rows = [(company, key, one.number, known[key], msgspec.json.encode(one).decode()) for key, one in new.items()]
    insert_rows(connection, delivery, ("company", "voucher_key", "number", "fingerprint", "content"), rows, act)
    due = [(company, key, False) for key in new]
    insert_rows(connection, to_deliver, ("company", "voucher_key", "delivered"), due, None)
    return Delivered(len(new), len(vouchers) - len(new))


def _known(connection: sa.Connection, company: int, keys: Iterable[str]) -> dict[str, str]:
    columns = sa.select(delivery.c.voucher_key, delivery.c.fingerprint).where(delivery.c.company == company)
    return {
        key: its
        for some in portions(sorted(keys))
        for key, its in connection.execute(columns.where(delivery.c.voucher_key.in_(some))).all()
    }


def undelivered(connection: sa.Connection, company: int, limit: int) -> list[Voucher]:
    """Vouchers that the ledger may not have yet, in order of approval."""
    rows = connection.execute(
        sa.select(delivery.c.content)
        .join(
            to_deliver,
            sa.and_(to_deliver.c.company == delivery.c.company, to_deliver.c.voucher_key == delivery.c.voucher_key),
        )
        .where(to_deliver.c.company == company, sa.not_(to_deliver.c.delivered))
        .order_by(delivery.c.number, delivery.c.voucher_key)
        .limit(limit)
    )
    return [_VOUCHER.decode(content) for content in rows.scalars()]


def unposted(connection: sa.Connection, company: int) -> list[str]:
    """The keys of vouchers that the ledger has, and has not posted yet."""
    keys = sa.select(to_deliver.c.voucher_key).where(to_deliver.c.company == company, to_deliver.c.delivered)
    return list(connection.execute(keys.order_by(to_deliver.c.voucher_key)).scalars())


def deleted(connection: sa.Connection, company: int) -> list[str]:
    """The keys of vouchers of which the ledger said last that they were deleted."""
    keys = _deleted(company).order_by(voucher_event.c.voucher_key)
    return list(connection.execute(keys).scalars())


def _deleted(company: int) -> sa.Select[str]:
    later = voucher_event.alias("later")
    same = (later.c.company == voucher_event.c.company, later.c.voucher_key == voucher_event.c.voucher_key)
    newer = sa.exists().where(*same, later.c.number > voucher_event.c.number)
    return sa.select(voucher_event.c.voucher_key).where(
        voucher_event.c.company == company, voucher_event.c.fate == Fate.DELETED.value, sa.not_(newer)
    )


def note_deliveries(connection: sa.Connection, company: int, told: Sequence[Delivery], act: Act) -> int:
    """Number what has become of vouchers, in this order, as far as it is not known; answers how much of it is new.

    One that was deleted may be there again, and be posted; that nobody can see it says nothing.
    """
    known = _stages(connection, company, [one.key for one in told])
    again = _among(connection, company, [one.key for one in told if one.key not in known])
    new = [one for one in told if one.key in known and not (known[one.key] and one.fate is Fate.DELIVERED)]
    new += [one for one in told if one.key in again and one.fate is not Fate.DELETED and not one.unseen]
    if not new:
        return 0
    first = take(connection, counter, "voucher_event", len(new), str(company))
    rows = [
        sealed(
            "voucher_event",
            *(company, number, one.key, one.fate.value, one.on, one.voucher_no[:NUMBER], one.because[:BECAUSE]),
        )
        for number, one in enumerate(new, first)
    ]
    insert_rows(connection, voucher_event, (*SEALED["voucher_event"], "seal"), rows, act)
    back = [(company, one.key, True) for one in new if one.key in again and one.fate is Fate.DELIVERED]
    insert_rows(connection, to_deliver, ("company", "voucher_key", "delivered"), back, None)
    here = sa.and_(to_deliver.c.company == company, to_deliver.c.voucher_key == sa.bindparam("of_key"))
    waiting = [{"of_key": one.key} for one in new if one.fate is Fate.DELIVERED]
    ended = [{"of_key": one.key} for one in new if one.fate is not Fate.DELIVERED]
    if waiting:
        connection.execute(sa.update(to_deliver).where(here).values(delivered=True), waiting)
    if ended:
        connection.execute(sa.delete(to_deliver).where(here), ended)
    return len(new)


def _stages(connection: sa.Connection, company: int, keys: Sequence[str]) -> dict[str, bool]:
    """Of these vouchers, those that have not come to an end, and whether the ledger is known to have them."""
    columns = sa.select(to_deliver.c.voucher_key, to_deliver.c.delivered).where(to_deliver.c.company == company)
    return {
        key: delivered
        for some in portions(sorted(keys))
        for key, delivered in connection.execute(columns.where(to_deliver.c.voucher_key.in_(some))).all()
    }


def _among(connection: sa.Connection, company: int, keys: Sequence[str]) -> set[str]:
    """Of these vouchers, those that were deleted."""
    gone = _deleted(company)
    return {
        key
        for some in portions(sorted(keys))
        for key in connection.execute(gone.where(voucher_event.c.voucher_key.in_(some))).scalars()
    }
