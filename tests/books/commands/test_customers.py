"""Customers whose addresses are protected, and who stands beside them, as the port and the audit see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
import pytest

from kravbro.books import tables
from kravbro.books.commands.customers import add_customers, change_customer
from kravbro.books.commands.protections import set_protection
from kravbro.books.commands.relations import relate
from kravbro.books.queries.customers import as_shown, customers
from kravbro.books.queries.dump import dump
from kravbro.core.errors import DataFault
from kravbro.core.parties import MARK, Party, Protection, Role
from tests.books.world import ACT, COMPANY, TODAY, World, person
from tests.office.people import person_number
from tests.places import NewPlace

WHY = "melding fra kunden"
INVOICED = date(2025, 12, 30)
DAY = timedelta(days=1)
CONFIDENTIAL = Protection.CONFIDENTIAL


@pytest.fixture
def world(new_place: NewPlace) -> Iterator[World]:
    one = World(new_place.where())
    yield one
    one.close()


def related(world: World) -> list[tuple[str, int, int]]:
    (offer,) = world.ledger.ready_claims(COMPANY, 0, 9)
    return [(one.role.value, one.party.customer_no, one.stands_for) for one in offer.related]


def say(  # noqa: PLR0917 - who is what, beside whom, and when
    world: World, number: int, role: Role, other: int, first: date, last: date | None = None
) -> None:
    with world.writing() as connection:
        relate(connection, number, role, other, first, ACT, last=last, because=WHY)


def offered(world: World) -> None:
    world.invoices(1)
    world.offer()


def protected(**changes: object) -> Party:
    return msgspec.structs.replace(person(1), **changes)


def level(world: World) -> str:
    with world.reading() as connection:
        rows = {row["number"]: row["protection"] for row in dump(connection)["customer"]}
    assert world.ledger.audit(COMPANY) == []
    return str(rows[1])


def test_a_claim_tells_who_owed_on_its_invoice_date_and_who_stands_there_today(world: World) -> None:
    offered(world)
    say(world, 1, Role.CO_DEBTOR, 2, INVOICED, INVOICED)
    say(world, 1, Role.CO_DEBTOR, 3, INVOICED + DAY)
    say(world, 1, Role.GUARDIAN, 4, TODAY)
    say(world, 1, Role.CONTACT, 5, TODAY - 9 * DAY, TODAY - DAY)
    say(world, 2, Role.GUARDIAN, 5, TODAY)
    say(world, 3, Role.GUARDIAN, 4, TODAY)

    assert related(world) == [("co_debtor", 2, 0), ("guardian", 5, 2), ("guardian", 4, 0)]
    assert world.ledger.audit(COMPANY) == []


def test_what_was_said_last_of_two_customers_counts(world: World) -> None:
    offered(world)
    say(world, 1, Role.GUARDIAN, 2, TODAY)
    assert related(world) == [("guardian", 2, 0)]

    say(world, 1, Role.GUARDIAN, 2, TODAY - 9 * DAY, TODAY - DAY)
    assert related(world) == []


def test_told_protection_only_rises_and_a_person_lifts_it(world: World) -> None:
    with world.writing() as connection:
        change_customer(connection, protected(protection=CONFIDENTIAL), ACT)
    assert level(world) == "confidential"
    with world.writing() as connection:
        change_customer(connection, protected(), ACT)
        add_customers(connection, [protected()], ACT)
    assert level(world) == "confidential"
    with world.writing() as connection:
        add_customers(connection, [protected(protection=Protection.STRICTLY_CONFIDENTIAL)], ACT)
    assert level(world) == "strictly_confidential"
    with world.writing() as connection:
        set_protection(connection, 1, Protection.NONE, ACT, because=WHY)
    assert level(world) == "none"


def test_a_language_that_a_source_does_not_tell_changes_nothing(world: World) -> None:
    with world.writing() as connection:
        change_customer(connection, protected(language="nn"), ACT)
        assert add_customers(connection, [protected()], ACT) == 0
        with pytest.raises(DataFault, match=r"books\.customer_differs"):
            add_customers(connection, [protected(language="en")], ACT)


def test_a_protection_covers_the_same_person_under_another_customer_number(world: World) -> None:
    number = person_number(1)
    with world.writing() as connection:
        change_customer(connection, protected(identity_number=number, protection=CONFIDENTIAL), ACT)
        change_customer(connection, msgspec.structs.replace(person(2), identity_number=number), ACT)
    with world.reading() as connection:
        rows = {row["number"]: row for row in dump(connection, {3})["customer"]}
        shown = [as_shown(one, (), {number}).party for one in customers(connection)]

    assert [rows[place]["address"] for place in (1, 2, 3, 4)] == [MARK, MARK, MARK, "Storgata 1"]
    assert [rows[place]["identity_number"] for place in (1, 2, 3)] == [f"{number[:6]}*****"] * 2 + [""]
    assert [one.address for one in shown] == [MARK, MARK, *["Storgata 1"] * 3]
    assert number not in str(shown)


@pytest.mark.parametrize(
    ("change", "thing", "kind"),
    [
        ("UPDATE customer SET protection = 'none' WHERE number = 1", "ledger customer 1", "content"),
        ("UPDATE customer SET protection = 'secret' WHERE number = 1", "ledger customer 1", "code"),
        ("UPDATE customer_protection SET level = 'none'", "ledger customer protection 1", "content"),
        ("UPDATE customer_protection SET because = 'x'", "ledger customer protection 1", "content"),
        ("DELETE FROM customer_protection", "ledger customer protection 1", "missing"),
        ("UPDATE customer_relation SET other = 3", "ledger customer relation 1", "content"),
        ("UPDATE customer_relation SET last_day = '2026-01-01'", "ledger customer relation 1", "content"),
        ("UPDATE customer_relation SET role = 'contact'", "ledger customer relation 1", "content"),
        ("DELETE FROM customer_relation", "ledger customer relation 1", "missing"),
        ("UPDATE customer_relation SET number = 9", "ledger customer relation 1", "missing"),
    ],
)
def test_what_was_changed_past_the_program_is_named(world: World, change: str, thing: str, kind: str) -> None:
    with world.writing() as connection:
        set_protection(connection, 1, CONFIDENTIAL, ACT, because=WHY)
    say(world, 1, Role.GUARDIAN, 2, TODAY)
    assert world.ledger.audit(COMPANY) == []
    with world.writing() as connection:
        connection.exec_driver_sql(change)

    found = [(one.thing, one.kind) for one in world.ledger.audit(COMPANY)]
    assert found[0] == (thing, kind)
    assert len(found) == 1 + change.count("number = 9")


def test_rows_about_customers_are_only_added(world: World) -> None:
    say(world, 1, Role.GUARDIAN, 2, TODAY)
    say(world, 1, Role.GUARDIAN, 2, TODAY, TODAY)

    assert world.column(tables.customer_relation.c.number) == [1, 2]
