"""Claims on the cases of an older system: taken in once, listed in pages, and audited."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.formats.earlier_claims import Row
from kravbro.office.audit import audit
from kravbro.office.dump import dump_office
from kravbro.office.earlier.claims import Taken, earlier_claims, import_earlier_claims
from tests.office.builders import Desk, act, open_desk
from tests.places import NewPlace

ROWS = tuple(
    Row(2 + number, f"K-{number}", 10_000 + number, f"{500 + number}", date(2026, 3, 2), date(2026, 3, 23), 125_000,
        interest_ore=1_000, fees_ore=3_500, costs_ore=70_000, paid_principal_ore=40_000, paid_costs_ore=70_000)
    for number in range(5)
)  # fmt: skip


def take(desk: Desk, *rows: Row) -> Taken:
    with desk.writing() as connection:
        return import_earlier_claims(connection, 1, rows, "saker.csv", act())


def test_each_claim_is_taken_in_once(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where())
    assert take(desk, *ROWS[:3]) == Taken(3, 0)
    assert take(desk, *ROWS) == Taken(2, 3)
    assert take(desk, *ROWS) == Taken(0, 5)
    with desk.reading() as connection:
        pages = [earlier_claims(connection, 1, after, 2) for after in (0, 2, 4)]
        assert audit(connection, 1) == []
        assert len(dump_office(connection)["earlier_claims"]) == 5
    found = [one for page in pages for one in page]
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    assert {one.remaining_ore for one in found} == {85_000}
    assert [(one.costs_ore, one.paid_costs_ore, one.fees_ore, one.interest_ore) for one in found[:1]] == [
        (70_000, 70_000, 3_500, 1_000)
    ]


def test_a_claim_that_has_changed_refuses_the_whole_file(new_place: NewPlace) -> None:
    desk = open_desk(new_place.where())
    take(desk, ROWS[0])
    with pytest.raises(DataFault, match="earlier_claim_differs"):
        take(desk, ROWS[1], msgspec.structs.replace(ROWS[0], paid_principal_ore=50_000))
    with desk.reading() as connection:
        assert [one.number for one in earlier_claims(connection, 1, 0, 9)] == [1]


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ("UPDATE earlier_claim SET paid_principal_ore = 0 WHERE number = 2", "office earlier claim 2"),
        ("UPDATE earlier_claim SET invoice_no = '999' WHERE number = 2", "office earlier claim 2"),
        ("DELETE FROM earlier_claim WHERE number = 1", "office earlier claim 1"),
    ],
)
def test_the_audit_names_a_claim_that_was_tampered_with(new_place: NewPlace, change: str, thing: str) -> None:
    desk = open_desk(new_place.where())
    take(desk, *ROWS)
    with desk.writing() as connection:
        connection.execute(sa.text(change))
        assert [one.thing for one in audit(connection, 1)] == [thing]
