"""A day with people in it, on either kind of database: foreign addresses, co-debtors, guardians, and one who owes two.

The ledger tells, the bridge carries, the office judges and keeps, and commands answer.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books.commands.customers import add_customers, change_customer
from kravbro.books.commands.relations import relate
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bridge.joined import PAGE
from kravbro.bridge.streams import ALL
from kravbro.cli.main import main
from kravbro.core.claims import Outcome
from kravbro.core.gate import Missing
from kravbro.core.parties import Party, Role
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.engine.clock import FixedClock
from kravbro.office import tables as t
from tests.places import NewPlace
from tests.stories.worlds import ACT, World

BOTH = "begge har skrevet under"


def abroad(number: int, **changes: str) -> Party:
    return msgspec.structs.replace(person(number), **changes)


@pytest.fixture
def world(new_place: NewPlace) -> World:
    """Two companies; customer 2001 of the second is customer 1001 of the first under another name."""
    place = new_place()
    set_up(Demo(place, FixedClock(DEMO_DATE), SMALL, PAGE))
    one = World(place.name)
    for company in (1, 2):
        with writing(one.place.open(company_owner(company))) as connection:
            add_customers(connection, [person(company * 1000 + number) for number in range(1, 8)], ACT)
    with writing(one.place.open(company_owner(2))) as connection:
        same = msgspec.structs.replace(person(1001), customer_no=2001, name="Samme Person")
        change_customer(connection, same, ACT)
    return one


def told(capfd: pytest.CaptureFixture[str], world: World, *words: str) -> Any:
    assert main([*words, "--json", "--dir", world.place.name]) == 0
    return json.loads(capfd.readouterr().out)


def carry(world: World) -> None:
    for company in (1, 2):
        world.propose(company, f"proposal {company}")
        for stream in ALL:
            world.carry(stream, company)


def test_one_person_with_two_creditors_is_shown_whole_on_either_database(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.invoice(1, "100001", 1, 500_00)
    world.invoice(2, "200001", 1, 700_00)
    world.invoice(2, "200002", 2, 900_00)
    carry(world)

    (line,) = told(capfd, world, "parties", "list", "--name", "SAMME person")["parties"]
    assert (line["creditors"], line["cases"], line["owed_ore"]) == ([1, 2], 2, 1200_00 + 2 * 36_25)
    shown = told(capfd, world, "parties", "show", str(line["party"]))
    assert [(card["creditor"], card["customer_no"]) for card in shown["cards"]] == [(1, 1001), (2, 2001)]

    split = ["parties", "split", "--creditor", "2", "--customer", "2001", "--because", "tvilling"]
    new = told(capfd, world, *split)["line"]["party"]
    joined = told(capfd, world, "parties", "join", str(line["party"]), str(new), "--because", "likevel ikke")
    assert joined["line"]["creditors"] == [1, 2]
    told(capfd, world, "parties", "set", str(line["party"]), "--language", "nn", "--because", "bedt om det")
    assert told(capfd, world, "cases", "show", "2-000001")["language"] == "nn"
    assert main(["cases", "statement", "2-000001", "--for-debtor", "--dir", world.place.name]) == 0
    assert "hovudstol" in capfd.readouterr().out
    assert world.reconciled().differences == ()


def test_co_debtors_and_guardians_come_over_and_stay_with_what_they_owe(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    with writing(world.place.open(company_owner(1))) as connection:
        relate(connection, 1001, Role.CO_DEBTOR, 1002, date(2020, 1, 1), ACT, because=BOTH)
        relate(connection, 1002, Role.GUARDIAN, 1003, date(2020, 1, 1), ACT, because="vedtak")
        relate(connection, 1004, Role.CO_DEBTOR, 1002, date(2020, 1, 1), ACT, last=date(2020, 2, 1), because=BOTH)
    world.invoice(1, "100001", 1, 500_00)
    world.invoice(1, "100002", 1, 600_00)
    world.invoice(1, "100004", 4, 700_00)
    carry(world)

    case = told(capfd, world, "cases", "show", "1-000001", "--on", "2026-11-16")
    assert len(case["claims"]) == 2
    assert [(one["role"], one["customer_no"]) for one in case["parties"]] == [("co_debtor", 1002), ("guardian", 1003)]
    assert [one["name"] for one in case["letters_to"]] == [person(1001).name, person(1003).name]
    assert told(capfd, world, "cases", "show", "1-000002")["parties"] == []
    (paid,) = [claim for claim in world.payable(1) if claim.invoice_no == "100001"]
    world.bank(1, "co-debtor", [(paid.case_kid, 100_00)])
    owed = told(capfd, world, "parties", "show", str(case["parties"][0]["party"]))["claims"]
    assert sum(claim["owed_ore"] for claim in owed) == 1100_00 + 2 * 36_25 - 100_00
    assert world.reconciled().differences == ()


@pytest.mark.parametrize("stance", [Missing.BLOCK, Missing.WARN])
def test_a_foreign_address_is_blocked_or_warned_of_as_the_creditor_wants(world: World, stance: Missing) -> None:
    flat = "Flat 2\n10 Downing Street"
    london = abroad(1001, address=flat, postcode="SW1A 2AA", place="London", country="GB")
    hong_kong = abroad(1002, address="1 Harbour Road", postcode="", place="Wan Chai", country="HK")
    nowhere = abroad(1003, country="XX")
    norwegian = abroad(1004, postcode="N-0150")
    with writing(world.place.open("office")) as connection:
        chosen = sa.update(t.creditor).where(t.creditor.c.number == 1)
        connection.execute(chosen.values(foreign_address=stance.value))
    with writing(world.place.open(company_owner(1))) as connection:
        for party in (london, hong_kong, nowhere, norwegian):
            change_customer(connection, party, ACT)
    for customer in (1, 2, 3, 4):
        world.invoice(1, f"10000{customer}", customer, 500_00)
    world.propose(1, "abroad")
    for stream in ALL:
        world.carry(stream, 1)

    with reading(world.place.open("office")) as connection:
        rows = connection.execute(sa.select(t.receipt).order_by(t.receipt.c.offer)).all()
        cards = {row.customer_no: row for row in connection.execute(sa.select(t.debtor))}
    accepted = [row.outcome == Outcome.ACCEPTED.value for row in rows]
    assert accepted == [stance is Missing.WARN] * 2 + [False, False]
    said = [json.loads(row.warnings if taken else row.reasons) for row, taken in zip(rows, accepted, strict=True)]
    assert [[reason["code"].removeprefix("gate.") for reason in reasons] for reasons in said] == [
        ["foreign_address"], ["foreign_address"], ["foreign_address"], ["postcode_missing"],
    ]  # fmt: skip
    if stance is Missing.WARN:
        assert (cards[1001].address, cards[1001].postcode, cards[1001].country) == (flat, "SW1A 2AA", "GB")
    assert setting.creditor(1).foreign_address is Missing.BLOCK
