"""The events in the lives of vouchers that a collector delivered, numbered for whoever reads their fate."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.tables import counter, voucher_event
from kravbro.core.acts import Act
from kravbro.core.vouchers import Fate
from kravbro.db.columns import written
from kravbro.db.counters import take


class Happening(msgspec.Struct, frozen=True, gc=False):
    """What happened to one of the collector's vouchers; `voucher_no` is the ledger's number once it has one."""

    collector_key: str
    fate: Fate
    voucher_no: str = ""


def append_voucher_events(connection: sa.Connection, happenings: Sequence[Happening], act: Act) -> None:
    """Number what happened, in this order."""
    if not happenings:
        return
    first = take(connection, counter, "voucher_event", len(happenings))
    rows = [
        {
            "number": number,
            "collector_key": happening.collector_key,
            "fate": happening.fate.value,
            "happened_on": act.on,
            "voucher_no": happening.voucher_no,
            **written(act),
        }
        for number, happening in enumerate(happenings, first)
    ]
    connection.execute(sa.insert(voucher_event), rows)
