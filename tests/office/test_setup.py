"""Set-up: inserted if missing, refused if different, and checked for what would fail later."""

from __future__ import annotations

import msgspec
import pytest

from kravbro.core.allocation_orders import CreditorOrders, Money, Order
from kravbro.core.errors import DataFault, Stop
from kravbro.office import creditors, setup
from kravbro.office import tables as t
from kravbro.office.agreements import close_agreement
from kravbro.office.creditors import KidStructure, Names
from tests.office.builders import ACCOUNT, CREDITOR, STRUCTURES, TODAY, Desk, act, open_database, open_desk, set_up
from tests.places import NewPlace

pytestmark = pytest.mark.rules

CUSTOMARY, PRINCIPAL_FIRST = Order.COSTS_FEES_INTEREST_PRINCIPAL, Order.PRINCIPAL_COSTS_FEES_INTEREST


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


def test_setting_up_twice_changes_nothing(desk: Desk) -> None:
    with desk.writing() as connection:
        set_up(connection)
        assert not setup.add_creditor(connection, CREDITOR, act(actor="ola"))

    assert [row.actor for row in desk.rows(t.creditor)] == ["kari"]
    assert len(desk.rows(t.kid_structure)) == 2


def test_a_creditor_comes_back_as_it_was_added(desk: Desk) -> None:
    with desk.reading() as connection:
        assert creditors.load_creditor(connection, 1) == CREDITOR
        assert creditors.companies_of(connection, "ledger-1") == [1]
        assert creditors.creditor_of_company(connection, "ledger-1", 1) == 1


@pytest.mark.parametrize(
    "changes", [{"name": "Other"}, {"minimum_ore": 1}, {"fee_account": "3901"}, {"overpayment": "refund"}]
)
def test_a_creditor_that_differs_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    with pytest.raises(DataFault, match=r"office\.setup_differs") as fault, desk.writing() as connection:
        setup.add_creditor(connection, msgspec.structs.replace(CREDITOR, **changes), act())

    assert fault.value.facts["thing"] == "creditor 1"
    assert fault.value.facts["column"] == next(iter(changes))


def test_another_installation_id_is_refused(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.setup_differs"), desk.writing() as connection:
        setup.open_office(connection, "other", act())


def test_an_office_that_is_not_opened_says_so(new_place: NewPlace) -> None:
    desk = Desk(open_database(new_place.where()))
    with pytest.raises(Stop, match=r"office\.not_opened"), desk.reading() as connection:
        creditors.office_installation(connection)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": 0}, "office.creditor_number"),
        ({"number": 1000}, "office.creditor_number"),
        ({"number": 2, "interim_account": " "}, "office.account_missing"),
    ],
)
def test_a_creditor_that_could_not_work_is_refused(desk: Desk, changes: dict[str, object], code: str) -> None:
    creditor = msgspec.structs.replace(CREDITOR, company=2, **changes)
    with pytest.raises(DataFault, match=code), desk.writing() as connection:
        setup.add_creditor(connection, creditor, act())


def allocations(desk: Desk) -> CreditorOrders:
    with desk.reading() as connection:
        return creditors.allocation_orders(connection, [1])[1]


def test_a_creditor_has_an_order_for_each_source_of_money(desk: Desk) -> None:
    assert allocations(desk) == CreditorOrders(CUSTOMARY)
    with desk.writing() as connection:
        assert setup.add_allocation(connection, 1, Money.ENFORCEMENT, PRINCIPAL_FIRST, act())
        assert setup.add_allocation(connection, 1, Money.WAGE_DEDUCTION, CUSTOMARY, act())
        assert not setup.add_allocation(connection, 1, Money.ENFORCEMENT, PRINCIPAL_FIRST, act(actor="ola"))

    assert allocations(desk) == CreditorOrders(CUSTOMARY, PRINCIPAL_FIRST, CUSTOMARY)
    assert [row.actor for row in desk.rows(t.creditor_allocation)] == ["kari", "kari"]


def test_an_order_that_differs_is_refused(desk: Desk) -> None:
    with desk.writing() as connection:
        setup.add_allocation(connection, 1, Money.ENFORCEMENT, PRINCIPAL_FIRST, act())
    with pytest.raises(DataFault, match=r"office\.setup_differs") as fault, desk.writing() as connection:
        setup.add_allocation(connection, 1, Money.ENFORCEMENT, CUSTOMARY, act())

    assert fault.value.facts == {
        "thing": "creditor allocation 1 enforcement",
        "column": "order",
        "stored": PRINCIPAL_FIRST.value,
        "given": CUSTOMARY.value,
    }


def test_the_order_for_voluntary_money_is_the_creditors_own_and_stands_once(desk: Desk) -> None:
    with desk.writing() as connection:
        assert not setup.add_allocation(connection, 1, Money.VOLUNTARY, CUSTOMARY, act())
    with pytest.raises(DataFault, match=r"office\.setup_differs") as fault, desk.writing() as connection:
        setup.add_allocation(connection, 1, Money.VOLUNTARY, PRINCIPAL_FIRST, act())

    assert (fault.value.facts["thing"], fault.value.facts["column"]) == ("creditor 1", "allocation_order")
    assert desk.rows(t.creditor_allocation) == []


def test_an_order_for_a_creditor_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(Stop, match=r"office\.no_such_creditor"), desk.writing() as connection:
        setup.add_allocation(connection, 2, Money.ENFORCEMENT, CUSTOMARY, act())


CASE, INVOICE = Names.CASE, Names.INVOICE


@pytest.mark.parametrize(
    ("structures", "code"),
    [
        ([KidStructure(9, "mod10", CASE), KidStructure(9, "mod11", INVOICE)], "office.kid_structures_alike"),
        ([KidStructure(9, "mod10", CASE), KidStructure(10, "mod10", CASE)], "office.two_case_kids"),
        ([KidStructure(5, "mod10", CASE)], "office.kid_structure"),
        ([KidStructure(26, "mod10", INVOICE)], "office.kid_structure"),
        ([KidStructure(9, "mod12", INVOICE)], "office.kid_structure"),  # type: ignore[arg-type] # the fault under test
    ],
)
def test_kid_structures_that_could_not_work_are_refused(desk: Desk, structures: list[KidStructure], code: str) -> None:
    with pytest.raises(DataFault, match=code), desk.writing() as connection:
        setup.add_agreement(connection, "99991042764", 1, "Other", structures, act())


def test_structures_are_not_added_to_an_agreement_later(desk: Desk) -> None:
    more = [*STRUCTURES, KidStructure(10, "mod10", INVOICE)]
    with pytest.raises(DataFault, match=r"office\.setup_differs"), desk.writing() as connection:
        setup.add_agreement(connection, ACCOUNT, 1, "Innbetaling", more, act())


def test_an_account_number_is_checked(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"identifiers\.bank_account"), desk.writing() as connection:
        setup.add_agreement(connection, "12345678901", 1, "Other", STRUCTURES, act())


def test_an_agreement_is_closed_by_its_account(desk: Desk) -> None:
    with desk.writing() as connection:
        close_agreement(connection, ACCOUNT, TODAY, "moved", act())

    assert [row.closed_on for row in desk.rows(t.payment_agreement)] == [TODAY]
    with pytest.raises(DataFault, match=r"office\.no_such_account"), desk.writing() as connection:
        close_agreement(connection, "99991042764", TODAY, "moved", act())


def test_what_is_not_served_is_named(desk: Desk) -> None:
    with desk.reading() as connection:
        with pytest.raises(Stop, match=r"office\.no_such_creditor"):
            creditors.load_creditor(connection, 2)
        with pytest.raises(Stop, match=r"office\.company_not_served"):
            creditors.creditor_of_company(connection, "ledger-1", 2)
