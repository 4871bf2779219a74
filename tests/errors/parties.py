"""Errors of parties: who cannot be one, what needs a reason, and roles that cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.core.parties import PartyKind, Protection, Role
from kravbro.office.parties import commands, queries
from kravbro.office.parties.roles import Days, add_role, end_role, person
from tests.errors.gallery import command, provokes
from tests.office.builders import TODAY, Desk, offer, open_desk, party
from tests.office.people import business_number, person_number

CASE = "1-000001"
WHY = "melding fra kunden"


def with_two(folder: Path) -> Desk:
    """Two people with numbers of their own, each with a case."""
    desk = open_desk(folder)
    first, second = (party(number, identity_number=person_number(number)) for number in (1, 2))
    desk.offer(offer(1, debtor=first), offer(2, debtor=second))
    return desk


def join(desk: Desk, keep: int, other: int, because: str = WHY) -> None:
    with desk.writing() as connection:
        commands.join(connection, keep, other, desk.act, because=because)


def protect(desk: Desk, number: int, level: Protection = Protection.CONFIDENTIAL, because: str = WHY) -> None:
    with desk.writing() as connection:
        commands.set_protection(connection, number, level, desk.act, because=because)


def guardian(desk: Desk, days: Days, **changes: object) -> int:
    who = changes.pop("who", person("Verge Hansen"))
    with desk.writing() as connection:
        return add_role(connection, CASE, Role.GUARDIAN, who, days, desk.act, because=WHY, **changes)  # type: ignore[arg-type] # named by each error


def end(desk: Desk, number: int, last: date) -> None:
    with desk.writing() as connection:
        end_role(connection, CASE, number, last, desk.act, because=WHY)


@provokes("office.party_reason_missing")
def protection_for_no_reason(folder: Path) -> None:
    protect(with_two(folder), 1, because=" ")


@provokes("office.party_reason_too_long")
def protection_with_the_whole_story(folder: Path) -> None:
    protect(with_two(folder), 1, because="x" * 201)


@provokes("office.no_such_party")
def an_identity_number_in_place_of_a_party(folder: Path) -> None:
    protect(with_two(folder), int(person_number(1)))


@provokes("office.party_joined")
def a_number_that_is_used_no_more(folder: Path) -> None:
    desk = open_desk(folder)
    desk.offer(offer(1, 1), offer(2, 2))
    join(desk, 1, 2)
    protect(desk, 2)


@provokes("office.party_same")
def a_party_is_joined_with_itself(folder: Path) -> None:
    join(with_two(folder), 1, 1)


@provokes("office.party_kinds_differ")
def a_person_is_joined_with_a_business(folder: Path) -> None:
    desk = open_desk(folder)
    firm = party(2, kind=PartyKind.BUSINESS, identity_number="", organisation_number=business_number(1))
    desk.offer(offer(1, 1), offer(2, debtor=firm))
    join(desk, 1, 2)


@provokes("office.party_numbers_differ")
def two_people_are_joined(folder: Path) -> None:
    join(with_two(folder), 1, 2)


@provokes("office.party_has_one_card")
def nothing_is_left_to_split(folder: Path) -> None:
    desk = with_two(folder)
    with desk.writing() as connection:
        commands.split(connection, 1, 1, desk.act, because=WHY)


@provokes("office.no_such_customer")
def a_customer_whose_claims_never_came(folder: Path) -> None:
    desk = with_two(folder)
    with desk.writing() as connection:
        commands.split(connection, 1, 77, desk.act, because=WHY)


@provokes("office.party_fact_holds")
def a_protection_that_is_there_already(folder: Path) -> None:
    desk = with_two(folder)
    protect(desk, 1)
    protect(desk, 1)


@provokes("office.party_number_invalid")
def a_search_for_a_number_that_nobody_can_have(folder: Path) -> None:
    with with_two(folder).reading() as connection:
        queries.parties(connection, queries.Search(number="01010112345"))


@provokes("office.no_such_access")
def an_address_that_nobody_asked_for(folder: Path) -> None:
    with with_two(folder).reading() as connection:
        queries.addresses(connection, 1, 1)


@provokes("office.party_details")
def a_guardian_in_no_country(folder: Path) -> None:
    guardian(with_two(folder), Days(TODAY), who=person("Verge Hansen", country="Norge"))


@provokes("office.customer_number")
def a_ledger_that_tells_of_a_customer_below_one(folder: Path) -> None:
    open_desk(folder).offer(offer(1, debtor=party(-1)))


@provokes("office.role_days")
def a_role_that_ends_before_it_begins(folder: Path) -> None:
    guardian(with_two(folder), Days(TODAY, date(2026, 1, 1)))


@provokes("office.role_of_the_debtor")
def a_debtor_who_is_his_own_guardian(folder: Path) -> None:
    guardian(with_two(folder), Days(TODAY), who=1)


@provokes("office.stands_for_nobody")
def a_guardian_for_somebody_who_owes_nothing(folder: Path) -> None:
    guardian(with_two(folder), Days(TODAY), stands_for=2)


@provokes("office.role_held")
def a_guardian_twice(folder: Path) -> None:
    desk = with_two(folder)
    guardian(desk, Days(TODAY), who=2)
    guardian(desk, Days(TODAY), who=2)


@provokes("office.no_such_role")
def a_role_that_nobody_has(folder: Path) -> None:
    end(with_two(folder), 1, TODAY)


@provokes("office.role_ended")
def a_role_that_has_ended(folder: Path) -> None:
    desk = with_two(folder)
    number = guardian(desk, Days(TODAY, TODAY))
    end(desk, number, TODAY)


@provokes("cli.parties.nothing_to_set")
def nothing_is_said_of_a_party(folder: Path) -> None:
    command("parties", "set", "1", "--because", WHY, "--dir", str(folder))


@provokes("cli.parties.who")
def nobody_is_added(folder: Path) -> None:
    command("parties", "add", CASE, "guardian", "--because", WHY, "--dir", str(folder))
