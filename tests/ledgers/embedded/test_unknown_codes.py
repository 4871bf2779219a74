"""A code that nobody knows stops the stream that would carry it, and the row is named; nothing is taken for another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kravbro.books.queries.customers import customers
from kravbro.books.queries.dunning import dunning_history
from kravbro.books.queries.journal import voucher_journal
from kravbro.core.errors import DataFault
from kravbro.db.place import company_owner
from kravbro.ledgers.embedded.queries import ready_claims
from tests.books.busy import make_busy
from tests.books.world import COMPANY, TODAY, World, invoice
from tests.raw import raw


def dunning(world: World, entry: int) -> object:
    with world.reading() as connection:
        return dunning_history(connection, entry)


def shown(world: World) -> object:
    with world.reading() as connection:
        return customers(connection)


def journal(world: World) -> object:
    with world.reading() as connection:
        return voucher_journal(connection)


STREAMS: list[tuple[str, Callable[[World], object], dict[str, object]]] = [
    (
        "offer_receipt SET outcome='perhaps' WHERE offer=2",
        lambda world: world.ledger.recorded_receipts(COMPANY, 0, 10),
        {"table": "offer_receipt", "row": 2, "value": "perhaps"},
    ),
    (
        "offer_receipt SET reasons='[{' WHERE offer=4",
        lambda world: world.ledger.recorded_receipts(COMPANY, 0, 10),
        {"table": "offer_receipt", "row": 4, "value": "[{"},
    ),
    (
        "claim_status SET state='vanished'",
        lambda world: world.ledger.recorded_statuses(COMPANY, 0, 10),
        {"table": "claim_status", "row": 1, "value": "vanished"},
    ),
    (
        "voucher_event SET fate='vanished' WHERE number=6",
        lambda world: world.ledger.voucher_receipts(COMPANY, 0, 10),
        {"table": "voucher_event", "row": 6, "value": "vanished"},
    ),
    (
        "entry SET meaning='gift' WHERE number=8",
        lambda world: world.ledger.transactions(COMPANY, 0, 10),
        {"table": "entry", "row": 8, "value": "gift"},
    ),
    (
        "customer SET kind='ghost' WHERE number=1",
        lambda world: world.ledger.ready_claims(COMPANY, 0, 10),
        {"table": "customer", "row": 1, "value": "ghost"},
    ),
    (
        "letter SET kind='telegram' WHERE entry=1 AND letter_no=2",
        lambda world: world.ledger.ready_claims(COMPANY, 0, 10),
        {"table": "letter", "row": "1/2", "value": "telegram"},
    ),
    (
        "letter SET kind='telegram' WHERE entry=1 AND letter_no=2",
        lambda world: dunning(world, 1),
        {"table": "letter", "row": "1/2", "value": "telegram"},
    ),
    (
        "letter SET kind='telegram' WHERE entry=1 AND letter_no=2",
        lambda world: world.send_letter(1),
        {"table": "letter", "row": "1/2", "value": "telegram"},
    ),
    (
        "customer SET kind='ghost' WHERE number=1",
        shown,
        {"table": "customer", "row": 1, "value": "ghost"},
    ),
    (
        "voucher SET rejected_because='no' WHERE id=13",
        journal,
        {"table": "voucher", "row": 13, "value": "no"},
    ),
    (
        "voucher_type SET meaning='gift' WHERE code='FAK'",
        lambda world: world.draft(invoice(1, 100)),
        {"table": "voucher_type", "row": "FAK", "value": "gift"},
    ),
]


@pytest.mark.parametrize(("row", "read", "facts"), STREAMS)
def test_an_unknown_code_is_named(
    world_with_drafts: World, row: str, read: Callable[[World], object], facts: dict[str, object]
) -> None:
    world = world_with_drafts
    make_busy(world)
    with world.writing() as connection:
        connection.execute(sa.text(f"UPDATE {row}"))
        connection.execute(sa.text("DELETE FROM offer_receipt WHERE offer=1"))
        connection.execute(sa.text("INSERT INTO waiting_offer (offer) VALUES (1)"))

    with pytest.raises(DataFault, match=r"books\.unknown_code") as raised:
        read(world)
    assert raised.value.facts == facts


def test_a_claim_on_a_customer_that_is_gone_is_refused_by_name(world: World) -> None:
    world.invoices(1)
    world.offer()
    past_the_program = raw(world.place.name, company_owner(COMPANY))
    past_the_program.execute("DELETE FROM customer WHERE number=1")
    past_the_program.close()

    with world.reading() as connection, pytest.raises(DataFault, match=r"books\.unknown_customer"):
        ready_claims(connection, COMPANY, 0, 10, TODAY)
