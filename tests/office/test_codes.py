"""A code that nobody knows is refused where it is read, with table, row and column."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kravbro.core.allocation_orders import Money, Order
from kravbro.core.errors import DataFault
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.creditors import load_creditor
from kravbro.office.journals import payment_of
from kravbro.office.posting import generate_posting
from kravbro.office.queries.payments import unplaced_money
from tests.office.builders import Desk, offer, open_desk, payment
from tests.places import NewPlace

pytestmark = pytest.mark.rules

Read = Callable[[Desk], object]


def take_claim(desk: Desk) -> object:
    return desk.offer(offer(2, 1))


def take_payment(desk: Desk) -> object:
    return desk.pay(payment(2, 100, ""))


def read_creditor(desk: Desk) -> object:
    with desk.reading() as connection:
        return load_creditor(connection, 1)


def list_unplaced(desk: Desk) -> object:
    with desk.reading() as connection:
        return unplaced_money(connection, 1)


def propose(desk: Desk) -> object:
    with desk.writing() as connection:
        return generate_posting(connection, 1, desk.act)


@pytest.mark.parametrize(
    ("column", "row", "read"),
    [
        (t.debtor.c.kind, 1, take_claim),
        (t.kid_structure.c.names, "86011117947/9", take_payment),
        (t.kid_structure.c.method, "86011117947/9", take_payment),
        (t.creditor.c.allocation_order, 1, take_payment),
        (t.creditor_allocation.c.money, "1/lost", take_payment),
        (t.creditor_allocation.c.order, "1/enforcement", take_payment),
        (t.creditor.c.overpayment, 1, read_creditor),
        (t.unplaced.c.because, 1, list_unplaced),
    ],
)
def test_an_unknown_code_is_refused_by_name(
    new_place: NewPlace, column: sa.Column[str], row: object, read: Read
) -> None:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 100, ""))
    with desk.writing() as connection:
        setup.add_allocation(connection, 1, Money.ENFORCEMENT, Order.PRINCIPAL_COSTS_FEES_INTEREST, desk.act)
        connection.execute(sa.update(column.table).values({column.name: "lost"}))

    with pytest.raises(DataFault, match=r"office\.unknown_code") as fault:
        read(desk)
    assert fault.value.facts == {"table": column.table.name, "row": row, "column": column.name, "value": "lost"}


def test_a_claim_of_a_sub_ledger_that_is_not_set_up_is_not_coded(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 50_000, desk.rows(t.case)[0].kid))
    with desk.writing() as connection:
        connection.execute(sa.update(t.claim).values(sub_ledger_type="VANN"))

    with pytest.raises(DataFault, match=r"office\.unknown_code") as fault:
        propose(desk)
    assert fault.value.facts["value"] == "VANN"


def test_the_source_of_a_journal_names_its_payment() -> None:
    assert payment_of("placing 12") == 12
    with pytest.raises(DataFault, match=r"office\.unknown_code"):
        payment_of("placing x")
