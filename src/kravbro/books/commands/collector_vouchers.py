"""Vouchers that a collector delivers: each taken once by its key, whole or not at all.

They stand under the fixed registrar and the collector's voucher type. One that the ledger cannot take is kept as
rejected, with the reason and without lines.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.events import Happening, append_voucher_events
from kravbro.books.commands.posting import post_quietly
from kravbro.books.commands.setup import CollectorSetup
from kravbro.books.commands.vouchers import Judged, insert_vouchers
from kravbro.books.drafts import Draft, refuse_misshapen, refuse_wide_lines
from kravbro.books.references import References, lines_to_write, load_references
from kravbro.books.tables import setup, voucher
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import portions
from kravbro.ports.identity import Delivered


def collector_setup(connection: sa.Connection) -> CollectorSetup:
    """How the collector's vouchers are taken. Raises DataFault `books.not_set_up`."""
    row = connection.execute(
        sa.select(setup.c.collector_registrar, setup.c.collector_voucher_type, setup.c.post_collector_vouchers)
    ).one_or_none()
    if row is None:
        raise DataFault("books.not_set_up")
    return CollectorSetup(*row)


def take_collector_vouchers(connection: sa.Connection, drafts: Sequence[Draft], act: Act) -> Delivered:
    """Take drafts that have a `collector_key` and the `fingerprint` of what was delivered.

    What becomes of each is numbered as an event, in their order: posted or delivered (as set up), or rejected. A known
    key with the same fingerprint is known. Raises DataFault `port.voucher_differs` when the fingerprint is another,
    the faults of `drafts.refuse_misshapen`, and `books.not_set_up`.
    """
    post_at_once = collector_setup(connection).post_collector_vouchers
    new = _unknown(connection, drafts)
    for draft in new:
        refuse_misshapen(draft)
    references = load_references(connection, new)
    judged = [_judge(draft, references) for draft in new]
    ids = insert_vouchers(connection, judged, references, act)
    taken = [number for number, one in zip(ids, judged, strict=True) if one.rejected_because is None]
    posted = post_quietly(connection, taken, act) if post_at_once else {}
    happenings = []
    for number, one in zip(ids, judged, strict=True):
        fate = Fate.DELIVERED if one.rejected_because is None else Fate.REJECTED
        happenings.append(posted.get(number) or Happening(str(one.draft.collector_key), fate))
    append_voucher_events(connection, happenings, act)
    return Delivered(new=len(new), known=len(drafts) - len(new))


def _unknown(connection: sa.Connection, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts whose key the ledger does not have, each once."""
    columns = sa.select(voucher.c.collector_key, voucher.c.fingerprint)
    held = {
        key: content
        for some in portions([draft.collector_key for draft in drafts])
        for key, content in connection.execute(columns.where(voucher.c.collector_key.in_(some)))
    }
    new = []
    for draft in drafts:
        if draft.collector_key not in held:
            held[draft.collector_key] = draft.fingerprint
            new.append(draft)
        elif held[draft.collector_key] != draft.fingerprint:
            raise DataFault("port.voucher_differs", voucher=draft.collector_key)
    return new


def _judge(draft: Draft, references: References) -> Judged:
    """The draft with its lines, or with code and facts (JSON) of what the ledger cannot take."""
    try:
        refuse_wide_lines(draft)
        return Judged(draft, lines_to_write(draft, references))
    except DataFault as fault:
        facts = {name: value for name, value in fault.facts.items() if name != "voucher"}
        return Judged(draft, rejected_because=msgspec.json.encode((fault.code, facts)).decode())
