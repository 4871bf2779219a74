"""Offers that had no answer before the step wait after it, and no others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command

from kravbro.books.queries.audit import audit
from kravbro.books.tables import offer, offer_receipt, waiting_offer
from kravbro.db.engines import reading, writing_anywhere
from kravbro.migrations.upgrade import configuration, upgrade
from tests.books.busy import make_busy
from tests.books.world import World
from tests.places import NewPlace

BEFORE = "books_0007"


def test_what_is_unanswered_waits(new_place: NewPlace) -> None:
    world = World(new_place.where(), post_collector_vouchers=False)
    make_busy(world)
    with writing_anywhere(world.engine) as connection:
        connection.execute(sa.delete(offer_receipt).where(offer_receipt.c.offer == 1))
        command.downgrade(configuration("books", connection), BEFORE)
    assert upgrade(world.engine, "books")

    with reading(world.engine) as connection:
        answered = set(connection.execute(sa.select(offer_receipt.c.offer)).scalars())
        offers = set(connection.execute(sa.select(offer.c.number)).scalars())
        waiting = set(connection.execute(sa.select(waiting_offer.c.offer)).scalars())
        assert waiting == offers - answered
        assert 1 in waiting
        assert answered
        assert [one.thing for one in audit(connection)] == ["ledger offer 1 receipt"]
    world.close()
