"""An office of an earlier release gets its parties when it is upgraded, and goes on as if it always had them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import command

from kravbro.core.fingerprints import fingerprint
from kravbro.db.engines import Engine, reading, writing
from kravbro.db.postgresql_place import make_schema
from kravbro.migrations.upgrade import configuration, newest, upgrade, version
from kravbro.office.audit import audit
from kravbro.office.parties import queries
from tests.office.builders import CREDITOR, Desk, offer, party, set_up
from tests.office.people import business_number, person_number
from tests.places import NewPlace

BEFORE = "office_0002_0.1"
OLD = ("id", "creditor", "customer_no", "kind", "name", "identity_number", "organisation_number", "address", "postcode",
       "place", "country")  # fmt: skip
PEOPLE = (
    (1, "person", person_number(1), ""),
    (2, "person", "01010112345", ""),
    (3, "person", person_number(1), ""),
    (4, "business", "", business_number(1)),
    (5, "business", person_number(1), ""),
    (6, "person", "", ""),
)


def an_earlier_office(new_place: NewPlace) -> Engine:
    """A creditor and its debtors, as the release before kept them."""
    place = new_place()
    place.make()
    engine = place.open("office")
    with writing(engine) as connection:
        make_schema(connection)
        command.upgrade(configuration("office", connection), BEFORE)
        insert(connection, "creditor", msgspec.to_builtins(CREDITOR))
        for number, kind, person, business in PEOPLE:
            values = (number, 1, number, kind, f"Kunde {number}", person, business, "Gata 1", "2040", "Kløfta", "NO")
            insert(connection, "debtor", dict(zip(OLD, values, strict=True)) | {"fingerprint": fingerprint(*values)})
        connection.execute(sa.text("INSERT INTO counter (scope, name, last) VALUES ('', 'debtor', 6)"))
    return engine


def insert(connection: sa.Connection, table: str, row: dict[str, Any]) -> None:
    """Insert a row by the columns that the table has in this release."""
    kept = sa.Table(table, sa.MetaData(), autoload_with=connection)
    written = {"actor": "kari", "written_at": datetime(2026, 11, 1)}  # noqa: DTZ001 - as stored, UTC without zone
    names = set(kept.columns.keys())
    connection.execute(sa.insert(kept).values({key: value for key, value in (row | written).items() if key in names}))


def test_cards_are_grouped_by_their_valid_numbers_and_stay_what_they_were(new_place: NewPlace) -> None:
    engine = an_earlier_office(new_place)
    assert version(engine, "office") == BEFORE
    assert upgrade(engine, "office")
    assert version(engine, "office") == newest("office")

    with reading(engine) as connection:
        assert audit(connection, 1) == []
        shown = queries.parties(connection, queries.Search())
        cards = [[card.customer_no for card in queries.party(connection, one.party).cards] for one in shown]
    assert cards == [[1, 3], [2], [4], [5], [6]]

    desk = Desk(engine)
    with desk.writing() as connection:
        set_up(connection)
    desk.offer(offer(1, debtor=party(7, identity_number=person_number(1))), offer(2, debtor=party(8)))
    with reading(engine) as connection:
        assert audit(connection, 1) == []
        assert [card.customer_no for card in queries.party(connection, 1).cards] == [1, 3, 7]
        assert [one.party for one in queries.parties(connection, queries.Search(customer_no=8))] == [6]


def test_a_debtor_that_was_altered_before_the_upgrade_is_still_named_after_it(new_place: NewPlace) -> None:
    engine = an_earlier_office(new_place)
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE debtor SET address = 'Annen gate 2' WHERE id = 2"))
    upgrade(engine, "office")

    with reading(engine) as connection:
        assert [(one.thing, one.kind) for one in audit(connection, 1)] == [("office debtor 2", "content")]
