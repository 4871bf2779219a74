"""Payment agreements and settings of creditors: what is refused, what changes, and the history that is kept of it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kravbro.core.allocation_orders import Money, Order
from kravbro.core.errors import DataFault, KravbroError, Skip
from kravbro.office import agreements, setup
from kravbro.office import tables as t
from kravbro.office.agreements import change_agreement, close_agreement, load_agreement, reopen_agreement
from kravbro.office.creditor_settings import set_allocation, set_intermediate_account
from kravbro.office.creditors import Agreement, KidStructure, Names, case_kid_structure, house
from kravbro.office.kid_structures import structure_named, structure_text
from kravbro.office.setup_history import agreement_subject, creditor_subject, history
from tests.office.builders import STRUCTURES, Desk, act, payment
from tests.office.shared_accounts import (
    ACCOUNT_OF,
    ASK,
    FET,
    HOUSE,
    LOM,
    NES,
    came_in,
    faults,
    invoice,
    open_shared_desk,
)
from tests.places import NewPlace

OTHER = "86011117939"
CASE, INVOICE = Names.CASE, Names.INVOICE
PLAIN = KidStructure(9, "mod10", INVOICE)


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_shared_desk(new_place.where())


def agreement(**changes: object) -> Agreement:
    return msgspec.structs.replace(Agreement(OTHER, NES, "Other", (PLAIN,), (NES, FET)), **changes)


def add(desk: Desk, one: Agreement) -> bool:
    with desk.writing() as connection:
        return agreements.add(connection, one, act(), "agreed")


def change(desk: Desk, because: str = "agreed", **changes: object) -> tuple[str, ...]:
    with desk.writing() as connection:
        return change_agreement(connection, ACCOUNT_OF[NES], changes, because, act()).items


def stored(desk: Desk) -> Agreement:
    with desk.reading() as connection:
        return load_agreement(connection, ACCOUNT_OF[NES])


@pytest.mark.parametrize(
    ("changes", "code", "facts"),
    [
        ({"account_number": "12345678901"}, "identifiers.bank_account.check_digit", {}),
        ({"name": " "}, "office.agreement_text", {"item": "name"}),
        ({"bank_account": "12345678901"}, "office.agreement_text", {"item": "bank_account"}),
        ({"holder": 77}, "office.no_such_creditor", {"creditor": 77}),
        ({"creditors": ()}, "office.agreement_serves_nobody", {"account": OTHER}),
        ({"creditors": (NES, 77)}, "office.no_such_creditor", {"creditor": 77}),
        ({"creditors": (NES, ASK)}, "office.intermediate_missing", {"creditor": ASK}),
        ({"holder": ASK, "creditors": (ASK, NES)}, "office.intermediate_missing", {"creditor": ASK}),
        ({"creditors": (NES, HOUSE)}, "office.house_has_no_claims", {"creditor": HOUSE}),
        ({"holder": HOUSE, "creditors": (ASK, NES)}, "office.house_serves_agency", {"creditor": NES}),
        ({"holder": HOUSE, "creditors": (ASK,), "bank_account": "1920"}, "office.house_without_books", {}),
        ({"structures": (KidStructure(9, "mod10", INVOICE, "5", LOM),)}, "office.kid_structure_of_another", {}),
        ({"structures": (KidStructure(12, "mod10", CASE, "003"),)}, "office.case_kid_prefix", {"start": "001"}),
        ({"structures": (KidStructure(12, "mod10", CASE, "0011"),)}, "office.case_kid_prefix", {"creditor": NES}),
        ({"structures": (KidStructure(9, "mod10", INVOICE, "5a"),)}, "office.kid_structure", {"prefix": "5a"}),
        ({"structures": (KidStructure(9, "mod10", INVOICE, "123456789"),)}, "office.kid_structure", {"length": 9}),
    ],
)
def test_an_agreement_that_could_not_work_is_refused_by_name(
    desk: Desk, changes: dict[str, object], code: str, facts: dict[str, object]
) -> None:
    with pytest.raises(KravbroError) as fault:
        add(desk, agreement(**changes))

    assert fault.value.code == code
    assert fault.value.facts | facts == fault.value.facts
    assert desk.rows(t.payment_agreement, t.payment_agreement.c.account_number == OTHER) == []


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", False),
        ("5", "", False),
        ("5", "55", False),
        ("5", "6", True),
        ("55", "56", True),
    ],
)
def test_structures_of_one_length_are_told_apart_by_their_beginnings(
    desk: Desk, one: str, other: str, apart: bool
) -> None:
    structures = (KidStructure(9, "mod10", INVOICE, one, NES), KidStructure(9, "mod11", INVOICE, other, FET))
    if apart:
        assert add(desk, agreement(structures=structures))
    else:
        with pytest.raises(DataFault, match=r"office\.kid_structures_alike"):
            add(desk, agreement(structures=structures))


def test_a_kid_goes_to_the_creditor_whose_beginning_it_has(desk: Desk) -> None:
    theirs = (invoice(FET)[0], invoice(NES)[0])
    assert theirs == ("0", "0")
    structures = (KidStructure(9, "mod10", INVOICE, "0", FET), KidStructure(9, "mod10", INVOICE, "1", NES))
    add(desk, agreement(structures=structures))
    mine = payment(1, 500, invoice(FET), account_number=OTHER)
    desk.pay(mine, payment(2, 500, invoice(NES), account_number=OTHER), payment(3, 500, "9" * 9, account_number=OTHER))

    assert [(row.payment, row.because) for row in desk.rows(t.unplaced)] == [
        (2, "office.unplaced.not_served"),
        (3, "office.unplaced.kid_length"),
    ]


def test_case_kids_are_issued_as_the_agreement_says_that_serves_the_creditor(desk: Desk) -> None:
    with desk.writing() as connection:
        assert case_kid_structure(connection, ASK).length == 12
        agreements.add(
            connection, agreement(holder=FET, structures=(KidStructure(14, "mod11", CASE),), creditors=(NES,)), act()
        )
        assert case_kid_structure(connection, NES) == KidStructure(12, "mod10", CASE)
        close_agreement(connection, ACCOUNT_OF[NES], date(2026, 11, 1), "moved", act())
        close_agreement(connection, ACCOUNT_OF[FET], date(2026, 11, 1), "moved", act())
        assert case_kid_structure(connection, NES) == KidStructure(14, "mod11", CASE)


def test_every_change_is_kept_with_who_when_what_and_why(desk: Desk) -> None:
    change(desk, "one more class of invoices", structures=(*STRUCTURES, KidStructure(10, "mod10", INVOICE, "5")))
    change(desk, "split off", creditors=(NES,), inbox="/bank/in")
    with desk.writing() as connection:
        close_agreement(connection, ACCOUNT_OF[NES], date(2026, 12, 1), "moved", act(actor="ola"))
        reopen_agreement(connection, ACCOUNT_OF[NES], "not yet", act(actor="ola"))
        kept = history(connection, agreement_subject(ACCOUNT_OF[NES]))

    assert [(one.item, one.value_before, one.value_after, one.because, one.actor) for one in kept[4:]] == [
        (
            "structures", "9,mod10,invoice 12,mod10,case",
            "9,mod10,invoice 10,mod10,invoice,5 12,mod10,case", "one more class of invoices", "kari",
        ),
        ("creditors", "1 2", "1", "split off", "kari"),
        ("inbox", "", "/bank/in", "split off", "kari"),
        ("closed_on", "", "2026-12-01", "moved", "ola"),
        ("closed_on", "2026-12-01", "", "not yet", "ola"),
    ]  # fmt: skip
    assert [(one.item, one.value_after) for one in kept[:4]] == [
        ("holder", "1"),
        ("name", "Account 1"),
        ("creditors", "1 2"),
        ("structures", "9,mod10,invoice 12,mod10,case"),
    ]
    assert faults(desk) == []


def test_a_change_needs_a_reason_and_a_difference(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.setup_reason_missing"):
        change(desk, " ", name="New")
    with pytest.raises(DataFault, match=r"office\.setup_reason_too_long"):
        change(desk, "x" * 201, name="New")
    with pytest.raises(Skip, match=r"office\.setup_unchanged"):
        change(desk, name="Account 1")
    assert stored(desk).name == "Account 1"


def test_the_holder_changes_only_before_money_has_come_in(desk: Desk) -> None:
    assert change(desk, holder=FET) == ("holder",)
    change(desk, holder=NES)
    desk.pay(came_in(1, NES, 500, ""))
    with pytest.raises(DataFault, match=r"office\.agreement_holder_fixed"):
        change(desk, holder=FET)
    assert stored(desk).holder == NES


def test_adding_an_agreement_again_is_known_and_otherwise_refused(desk: Desk) -> None:
    assert add(desk, agreement())
    assert not add(desk, agreement())
    with pytest.raises(DataFault, match=r"office\.setup_differs") as fault:
        add(desk, agreement(creditors=(NES,)))
    assert fault.value.facts == {
        "thing": f"payment agreement {OTHER}",
        "column": "creditors",
        "stored": "1 2",
        "given": "1",
    }


def test_an_order_of_allocation_is_changed_with_its_history(desk: Desk) -> None:
    first = Order.PRINCIPAL_COSTS_FEES_INTEREST
    with desk.writing() as connection:
        set_allocation(connection, NES, Money.VOLUNTARY, first, "council decision 12/26", act())
        set_allocation(connection, NES, Money.ENFORCEMENT, first, "the same", act())
        set_allocation(connection, NES, Money.ENFORCEMENT, Order.COSTS_FEES_INTEREST_PRINCIPAL, "back", act())
        kept = history(connection, creditor_subject(NES))
    desk.pay(came_in(1, NES, 500, invoice(NES)))

    customary = Order.COSTS_FEES_INTEREST_PRINCIPAL.value
    assert [(one.item, one.value_before, one.value_after, one.because) for one in kept if one.because] == [
        ("allocation.voluntary", customary, first.value, "council decision 12/26"),
        ("allocation.enforcement", "", first.value, "the same"),
        ("allocation.enforcement", first.value, customary, "back"),
    ]
    covered = desk.rows(t.journal_row, t.journal_row.c.amount_ore == -500, t.journal_row.c.account != "bank")
    assert [row.account for row in covered] == ["principal"]
    with pytest.raises(Skip, match=r"office\.setup_unchanged"), desk.writing() as connection:
        set_allocation(connection, NES, Money.VOLUNTARY, first, "again", act())
    assert faults(desk) == []


@pytest.mark.parametrize("account", ["", "12345678901"])
def test_an_intermediate_account_is_not_taken_away(desk: Desk, account: str) -> None:
    with pytest.raises(DataFault, match=r"office\.intermediate_account"), desk.writing() as connection:
        set_intermediate_account(connection, NES, account, "tidy", act())


def test_the_house_has_no_accounts_in_a_ledger(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.house_without_books"), desk.writing() as connection:
        set_intermediate_account(connection, HOUSE, "2980", "for order", act())
    with_ledger = msgspec.structs.replace(house(10, "Byrå", "938679089"), ledger_installation="ledger-1")
    with pytest.raises(DataFault, match=r"office\.house_with_ledger"), desk.writing() as connection:
        setup.add_creditor(connection, with_ledger, act())


@pytest.mark.parametrize(
    "text", ["9,mod10,case", "18,mod11,older_case", "25,mod11,invoice,5", "9,mod10,invoice,,2", "9,mod10,invoice,55,2"]
)
def test_a_structure_is_read_as_it_is_written(text: str) -> None:
    assert structure_text(structure_named(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "9", "9,mod10", "x,mod10,case", "9,mod12,case", "9,mod10,house", "9,mod10,case,1,2,3", "9,mod10,case,,x"],
)
def test_a_structure_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.kid_structure_text"):
        structure_named(text)


def test_a_creditor_that_is_added_again_has_one_beginning(desk: Desk) -> None:
    with desk.writing() as connection:
        assert not setup.add_creditor(connection, house(HOUSE, "Byrået", "938679089"), act())
    of_house = t.setup_change.c.subject == creditor_subject(HOUSE)
    beginnings = [(row.item, row.value_before) for row in desk.rows(t.setup_change, of_house)]
    assert len(set(beginnings)) == len(beginnings)
    assert {before for _, before in beginnings} == {""}
