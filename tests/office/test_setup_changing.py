"""The office's set-up changes as a whole; what claims and money rest on stays as it is while they do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kravbro.core.allocation_orders import Order
from kravbro.core.errors import KravbroError, Retry
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.creditors import Agreement, Collects, KidStructure, Names, Overpayment
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.queries.postings import posting
from kravbro.office.setup_changing import Applied, change_office, refusals
from kravbro.office.whole_setup import OfficeSetup, SubLedgerSetup, Workflow, standing_office, subjects
from tests.office.builders import ACCOUNT, Desk, act, invoice_kid, offer, open_desk, payment


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@pytest.fixture
def desk(fresh: Desk) -> Desk:
    """Two cases; money that was placed, money that nobody can place, and a proposal of both."""
    fresh.offer(offer(1, 1), offer(2, 2))
    fresh.pay(payment(1, 50_000, invoice_kid(1)), payment(2, 700, ""))
    with fresh.writing() as connection:
        generate_posting(connection, 1, act())
    return fresh


def standing(desk: Desk) -> OfficeSetup:
    with desk.reading() as connection:
        return standing_office(connection)


def creditor(setup: OfficeSetup, **changes: Any) -> OfficeSetup:
    """The set-up with its creditor changed."""
    one = setup.creditors[1]
    changed = msgspec.structs.replace(one, creditor=msgspec.structs.replace(one.creditor, **changes))
    return msgspec.structs.replace(setup, creditors={**setup.creditors, 1: changed})


def change(desk: Desk, after: OfficeSetup) -> Applied:
    with desk.writing() as connection:
        return change_office(connection, standing_office(connection), after, "vedtak", act())


def refused(desk: Desk, after: OfficeSetup) -> list[tuple[str, object]]:
    with desk.reading() as connection:
        found = refusals(connection, after)
    return [(one.code, one.facts.get("item")) for one in found]


def faults(desk: Desk) -> list[object]:
    with desk.reading() as connection:
        return [*audit(connection, 1)]


def test_what_may_change_changes_at_once_and_the_draft_is_made_anew(desk: Desk) -> None:
    before = standing(desk)
    one = before.creditors[1]
    after = creditor(before, name="Nye Nes", minimum_ore=5, fee_account="3901", department="7", days_after_due=30)
    after = msgspec.structs.replace(
        after,
        workflows={**before.workflows, "K": msgspec.structs.replace(before.workflows["K"], name="Kommunalt")},
        creditors={1: msgspec.structs.replace(
            after.creditors[1],
            orders={"enforcement": Order.PRINCIPAL_COSTS_FEES_INTEREST},
            sub_ledgers=(SubLedgerSetup("BHG", "1530", "F"), *one.sub_ledgers),
        )},
    )  # fmt: skip

    assert change(desk, after) == Applied(((1, 1),))
    assert standing(desk) == after
    assert faults(desk) == []
    with desk.reading() as connection:
        lines = [line for voucher in posting(connection, 1, 1) for line in voucher.lines]
    assert {line.department for line in lines} == {"", "7"}, "the bank's line has none"
    with desk.writing() as connection:
        assert change_office(connection, after, after, "again", act()) == Applied()


def test_orders_and_sub_ledgers_can_go_again(fresh: Desk) -> None:
    before = standing(fresh)
    one = before.creditors[1]
    richer = msgspec.structs.replace(one, orders={"wage_deduction": Order.PRINCIPAL_COSTS_FEES_INTEREST})
    change(fresh, msgspec.structs.replace(before, creditors={1: richer}))
    poorer = msgspec.structs.replace(one, sub_ledgers=one.sub_ledgers[:1])
    change(fresh, msgspec.structs.replace(before, creditors={1: poorer}))

    assert standing(fresh).creditors[1] == poorer
    assert faults(fresh) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organisation_number": "999000010"}, "office.setup_in_use"),
        ({"company": 7}, "office.setup_in_use"),
        ({"ledger_installation": "other"}, "office.setup_in_use"),
        ({"collects": Collects.AGENCY}, "office.setup_in_use"),
        ({"interim_account": "2991"}, "office.setup_money_open"),
    ],
)
def test_who_a_creditor_is_and_where_open_money_stands_does_not_change(
    desk: Desk, changes: dict[str, Any], code: str
) -> None:
    after = creditor(standing(desk), **changes)

    assert refused(desk, after) == [(code, next(iter(changes)))]
    with pytest.raises(KravbroError, match=code.replace(".", r"\.")):
        change(desk, after)
    assert faults(desk) == []


def test_before_anything_came_a_creditor_may_become_another(fresh: Desk) -> None:
    after = creditor(
        standing(fresh), organisation_number="999000010", company=7, collects=Collects.AGENCY, interim_account="2991",
        overpayment=Overpayment.REFUND,
    )  # fmt: skip
    change(fresh, after)

    assert standing(fresh) == after


def test_an_organisation_number_that_was_not_known_may_be_given(desk: Desk) -> None:
    known = standing(desk).creditors[1].creditor.organisation_number
    desk_without = creditor(standing(desk), organisation_number="")
    assert refused(desk, desk_without) == [("office.setup_in_use", "organisation_number")]
    with desk.writing() as connection:
        connection.execute(t.creditor.update().values(organisation_number=""))
    change(desk, creditor(standing(desk), organisation_number=known))
    assert standing(desk).creditors[1].creditor.organisation_number == known


def test_an_account_may_change_again_when_its_money_is_booked_and_gone(desk: Desk) -> None:
    after = creditor(standing(desk), refund_account="2985", overpayment=Overpayment.REFUND)
    assert refused(desk, after) == []
    desk.pay(payment(3, 100_000_00, invoice_kid(2)))
    assert [code for code, _ in refused(desk, after)] == ["office.setup_money_open"] * 2
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, act()), act())
    assert [code for code, _ in refused(desk, after)] == ["office.setup_money_open"] * 2, "it is still owed back"


@pytest.mark.parametrize("gone", ["workflows", "creditors", "agreements"])
def test_what_is_in_use_is_not_removed(desk: Desk, gone: str) -> None:
    after = msgspec.structs.replace(standing(desk), **{gone: {}})
    codes = {code for code, _ in refused(desk, after)}

    assert codes == {"office.setup_kept"}


def test_a_workflow_with_cases_starts_where_it_started(desk: Desk) -> None:
    before = standing(desk)
    after = msgspec.structs.replace(
        before, workflows={**before.workflows, "K": Workflow("K", "Kommunal", starts_after_notice=False)}
    )

    assert refused(desk, after) == [("office.setup_in_use", "starts_after_notice")]


def test_claims_keep_their_receivable_account(desk: Desk) -> None:
    before = standing(desk)
    subs = tuple(msgspec.structs.replace(one, receivable_account="1999") for one in before.creditors[1].sub_ledgers)
    after = msgspec.structs.replace(
        before, creditors={1: msgspec.structs.replace(before.creditors[1], sub_ledgers=subs)}
    )

    assert refused(desk, after) == [("office.setup_in_use", "receivable_account.KOM")]


def test_agreements_are_added_changed_and_removed_with_the_rest(fresh: Desk) -> None:
    before = standing(fresh)
    structures = (KidStructure(12, "mod10", Names.CASE), KidStructure(10, "mod11", Names.INVOICE))
    new = Agreement("99991042764", 1, "Ny konto", structures[::-1], (1,), inbox="/in", closed_on=date(2027, 1, 1))
    change(fresh, msgspec.structs.replace(before, agreements={**before.agreements, new.account_number: new}))
    assert standing(fresh).agreements == {**before.agreements, new.account_number: new}
    change(
        fresh,
        msgspec.structs.replace(before, agreements={ACCOUNT: msgspec.structs.replace(new, account_number=ACCOUNT)}),
    )

    assert [one.name for one in standing(fresh).agreements.values()] == ["Ny konto"]
    assert faults(fresh) == []


def test_what_somebody_else_changed_meanwhile_stops_it(fresh: Desk) -> None:
    seen = standing(fresh)
    change(fresh, creditor(seen, minimum_ore=1))
    with pytest.raises(Retry, match=r"office\.setup_moved"), fresh.writing() as connection:
        change_office(connection, seen, creditor(seen, minimum_ore=2), "vedtak", act())


def test_every_part_is_told_item_by_item(fresh: Desk) -> None:
    told = subjects(standing(fresh))

    assert set(told) == {"workflow K", "workflow F", "creditor 1", f"agreement {ACCOUNT}"}
    assert told["creditor 1"]["receivable_account.KOM"] == "1510"
