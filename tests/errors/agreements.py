"""Errors of payment agreements: accounts that money comes in on, whom they serve, and the settings of creditors."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kravbro.office import agreements, setup
from kravbro.office.agreements import change_agreement
from kravbro.office.creditor_settings import set_intermediate_account
from kravbro.office.creditors import Agreement, KidStructure, Names, house
from kravbro.office.kid_structures import structure_named
from kravbro.office.placing import place_unplaced
from kravbro.office.posting import generate_posting
from tests.errors.gallery import provokes
from tests.office.builders import Desk, act
from tests.office.shared_accounts import ACCOUNT_OF, ASK, FET, HOUSE, LOM, NES, came_in, case_of, open_shared_desk

CASE, INVOICE = Names.CASE, Names.INVOICE
ONE = Agreement("86011117939", NES, "Gebyrer", (KidStructure(9, "mod10", INVOICE),), (NES, FET))


def add(folder: Path, **changes: object) -> None:
    with open_shared_desk(folder).writing() as connection:
        agreements.add(connection, msgspec.structs.replace(ONE, **changes), act(), "agreed")


def change(desk: Desk, because: str = "agreed", **changes: object) -> None:
    with desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[NES], changes, because, act())


@provokes("office.setup_reason_missing")
def an_agreement_is_changed_without_a_reason(folder: Path) -> None:
    change(open_shared_desk(folder), " ", name="New")


@provokes("office.setup_reason_too_long")
def an_agreement_is_changed_with_a_story(folder: Path) -> None:
    change(open_shared_desk(folder), "because " * 30, name="New")


@provokes("office.setup_unchanged")
def an_agreement_is_given_the_name_that_it_has(folder: Path) -> None:
    change(open_shared_desk(folder), name="Account 1")


@provokes("office.agreement_text")
def an_agreement_has_no_name(folder: Path) -> None:
    add(folder, name=" ")


@provokes("office.agreement_serves_nobody")
def an_agreement_serves_no_creditor(folder: Path) -> None:
    add(folder, creditors=())


@provokes("office.agreement_holder_fixed")
def an_account_that_holds_money_goes_to_another_creditor(folder: Path) -> None:
    desk = open_shared_desk(folder)
    desk.pay(came_in(1, NES, 500, ""))
    change(desk, holder=FET)


@provokes("office.house_with_ledger")
def the_house_has_a_ledger(folder: Path) -> None:
    with open_shared_desk(folder).writing() as connection:
        one = msgspec.structs.replace(house(10, "Byrå", "938679089"), ledger_installation="ledger-1")
        setup.add_creditor(connection, one, act())


@provokes("office.house_without_books")
def the_house_is_given_an_account_in_its_books(folder: Path) -> None:
    with open_shared_desk(folder).writing() as connection:
        set_intermediate_account(connection, HOUSE, "2980", "for order", act())


@provokes("office.house_has_no_claims")
def an_agreement_serves_the_house(folder: Path) -> None:
    add(folder, creditors=(NES, HOUSE))


@provokes("office.house_serves_agency")
def a_client_account_serves_one_who_collects_its_own_claims(folder: Path) -> None:
    add(folder, holder=HOUSE, creditors=(ASK, NES))


@provokes("office.house_posts_nothing")
def a_proposal_is_made_for_the_house(folder: Path) -> None:
    with open_shared_desk(folder).writing() as connection:
        generate_posting(connection, HOUSE, act())


@provokes("office.intermediate_missing")
def an_agreement_serves_a_creditor_without_an_intermediate_account(folder: Path) -> None:
    add(folder, creditors=(NES, ASK))


@provokes("office.intermediate_account")
def an_intermediate_account_is_taken_away(folder: Path) -> None:
    with open_shared_desk(folder).writing() as connection:
        set_intermediate_account(connection, NES, " ", "tidy", act())


@provokes("office.creditor_not_served")
def money_is_placed_on_the_case_of_a_creditor_whom_the_account_does_not_serve(folder: Path) -> None:
    desk = open_shared_desk(folder)
    desk.pay(came_in(1, NES, 500, ""))
    with desk.writing() as connection:
        place_unplaced(connection, 1, case_of(desk, LOM), desk.act)


@provokes("office.kid_structure_text")
def a_kid_structure_that_is_none(_: Path) -> None:
    structure_named("9,mod12,invoice")


@provokes("office.kid_structure_of_another")
def a_kid_structure_is_for_a_creditor_whom_the_agreement_does_not_serve(folder: Path) -> None:
    add(folder, structures=(KidStructure(9, "mod10", INVOICE, "5", LOM),))


@provokes("office.kid_structures_alike")
def two_kid_structures_of_one_length_and_beginning(folder: Path) -> None:
    add(folder, structures=(KidStructure(9, "mod10", INVOICE, "5", NES), KidStructure(9, "mod11", INVOICE, "55", FET)))


@provokes("office.case_kid_prefix")
def a_case_kid_begins_as_none_does(folder: Path) -> None:
    add(folder, structures=(KidStructure(12, "mod10", CASE, "003"),))
