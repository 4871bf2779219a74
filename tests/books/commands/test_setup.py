"""Set-up, customers and companies: written once, and never changed in silence."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books.commands.customers import add_customers, change_customer, exempt_customer, exempt_open_item
from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.setup import Account, CollectorSetup, set_up_company
from kravbro.books.queries.customers import customers
from kravbro.books.queries.dump import dump
from kravbro.core.errors import DataFault
from kravbro.db.engines import writing
from tests.books.world import ACT, OTHER_MOMENT, World, company_setup, person

pytestmark = pytest.mark.rules


def test_setting_up_twice_changes_nothing(world: World) -> None:
    with world.writing() as connection:
        before = dump(connection)
        set_up_company(connection, company_setup(), OTHER_MOMENT)
        assert dump(connection) == before


def test_a_row_with_other_content_is_named(world: World) -> None:
    other = msgspec.structs.replace(company_setup(), accounts=(Account("1500", "Other name"),))
    with pytest.raises(DataFault) as caught, world.writing() as connection:
        set_up_company(connection, other, ACT)
    assert (caught.value.code, caught.value.facts) == ("books.setup_differs", {"table": "account", "row": "1500"})


def test_the_collectors_type_must_mean_the_collectors_payments(world: World) -> None:
    other = msgspec.structs.replace(company_setup(), collector=CollectorSetup("WS-Inf", "INN", True))
    with pytest.raises(DataFault, match=r"books\.not_a_collector_type"), world.writing() as connection:
        set_up_company(connection, other, ACT)


def test_customers_are_added_once_and_changed_on_purpose(world: World) -> None:
    moved = msgspec.structs.replace(person(1), address="Lillegata 2")
    with world.writing() as connection:
        assert add_customers(connection, [person(1), person(9), person(9)], ACT) == 1
        with pytest.raises(DataFault, match=r"books\.customer_differs"):
            add_customers(connection, [moved], ACT)
        change_customer(connection, moved, ACT)
        first, *_, last = customers(connection)
    assert (first.party, last.party) == (moved, person(9))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (lambda connection: change_customer(connection, person(77), ACT), "books.unknown_customer"),
        (
            lambda connection: exempt_customer(connection, 77, from_dunning=True, from_collection=True, act=ACT),
            "books.unknown_customer",
        ),
        (
            lambda connection: exempt_open_item(connection, 77, from_dunning=True, from_collection=True, act=ACT),
            "books.unknown_open_item",
        ),
    ],
)
def test_what_is_not_there_cannot_be_changed(world: World, command: Callable[[sa.Connection], None], code: str) -> None:
    with pytest.raises(DataFault, match=code), world.writing() as connection:
        command(connection)


def test_an_installation_keeps_its_identity_and_its_companies(world: World) -> None:
    engine = world.place.open("system")
    with writing(engine) as connection:
        open_installation(connection, "test-1", ACT)
        add_company(connection, 1, "Testvik kommune", "123456785", ACT)
        with pytest.raises(DataFault, match=r"books\.other_installation"):
            open_installation(connection, "test-2", ACT)
        with pytest.raises(DataFault, match=r"books\.other_company"):
            add_company(connection, 1, "Annenvik kommune", "123456785", ACT)
    engine.dispose()
