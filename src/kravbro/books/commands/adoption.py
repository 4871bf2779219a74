"""After a company was put back from an older copy: numbers that the collector has seen are never given out again."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from kravbro.books.tables import counter
from kravbro.core.acts import Act
from kravbro.db.counters import burn


def burn_seen(connection: sa.Connection, seen: Mapping[str, int], because: str, act: Act) -> int:
    """Move series past the highest number that the collector has seen; answers how many numbers were burnt.

    `seen` is by counter: offer, entry, booking, transaction, withdrawal, voucher_event.
    """
    return sum(burn(connection, counter, name, "", up_to, because, act) for name, up_to in sorted(seen.items()))
