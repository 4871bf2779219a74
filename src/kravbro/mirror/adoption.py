"""What is done in a mirror that was put back from an older copy, before it goes on as the installation's own."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.counters import burn
from kravbro.mirror.audit import NUMBERED
from kravbro.mirror.tables import counter


def burn_seen(connection: sa.Connection, company: int, seen: Mapping[str, int], because: str, act: Act) -> int:
    """Give no number again that the collector has seen (series by name); answers how many were burnt."""
    scope = str(company)
    return sum(burn(connection, counter, name, scope, seen.get(name, 0), because, act) for name in NUMBERED)
