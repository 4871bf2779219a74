"""How much a mirror remembers, over all companies."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.claims import Outcome
from kravbro.mirror.tables import delivery, offer_receipt


def mirror_counts(connection: sa.Connection) -> tuple[int, int]:
    """Case numbers that were recorded, and vouchers of the collector that were taken."""
    accepted = offer_receipt.c.outcome == Outcome.ACCEPTED.value
    numbers = sa.select(sa.func.count()).select_from(offer_receipt).where(accepted)
    vouchers = sa.select(sa.func.count()).select_from(delivery)
    return connection.execute(numbers).scalar_one(), connection.execute(vouchers).scalar_one()
