"""A claim without a ledger: judged by the gate, on a case, paid where its creditor says, told to no ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kravbro.core.claims import Letter, LetterKind, Outcome, ReturnReason, Withdrawal
from kravbro.core.errors import DataFault
from kravbro.core.parties import Protection
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.formats.earlier_claims import Row
from kravbro.office import tables as t
from kravbro.office.earlier.claims import import_earlier_claims
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.ledgerless.registering import IN_OLDER_CASE
from kravbro.office.ledgerless.shown import claims_by_hand, claims_without_ledger
from kravbro.office.ledgerless.tables import registered_claim
from kravbro.office.manual.acts import Why
from kravbro.office.manual.outside import awaited
from kravbro.office.manual.registering import How
from kravbro.office.parties.commands import set_protection
from kravbro.office.parties.tables import party
from kravbro.office.returns import Wish, give_back
from kravbro.office.streams import claims, receipts, statuses
from kravbro.office.withdrawals import accept_withdrawals
from tests.interest_oracle import interest_ore
from tests.office.adjustments.acts import account_on, balances_on, cost
from tests.office.builders import TODAY, Desk, offer, open_desk, payment, transaction
from tests.office.ledgerless_acts import ACCOUNT, DEBTOR, NOTICE, credit, registered, set_account
from tests.office.manual.acts import clean, lines, move, post, register, states


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = open_desk(tmp_path)
    set_account(one)
    yield one
    assert clean(one)
    one.engine.dispose()


def kid(desk: Desk, place: int = 0) -> str:
    return str(desk.rows(t.case)[place].kid)


def test_it_gets_a_case_a_kid_and_a_card_below_zero(desk: Desk) -> None:
    done = registered(desk)
    (case,), (claim,), (debtor,) = desk.rows(t.case), desk.rows(t.claim), desk.rows(t.debtor)
    assert (done.case, done.case_kid, done.number, done.new) == ("1-000001", case.kid, 1, True)
    assert (claim.offer, claim.entry, claim.state, claim.invoice_no) == (-1, -1, "registered", "DOM-17")
    assert (debtor.customer_no, debtor.name) == (-debtor.id, "Per Hansen")
    assert [(one.principal_ore, one.fees_ore) for one in balances_on(desk)] == [(1_000_00, 35_00)]
    assert account_on(desk).owed_ore == 1_000_00 + 35_00 + interest_ore([(date(2026, 9, 1), 1_000_00)], TODAY)


def test_it_is_judged_as_an_offer_with_the_same_facts(desk: Desk) -> None:
    done = registered(desk)
    parts = replace(offer().parts, interest_charged_ore=0)
    desk.offer(offer(1, 1, debtor=replace(DEBTOR, customer_no=1), letters=(NOTICE,), parts=parts))
    by_hand, offered = balances_on(desk)
    assert by_hand._replace(claim=0) == offered._replace(claim=0)
    assert done.case != desk.rows(t.case)[1].number


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letters": ()}, "gate.notice_missing"),
        ({"due_date": date(2026, 11, 15), "letters": (), "type": "SFO"}, "gate.not_due_long_enough"),
        ({"due_date": date(2023, 11, 1)}, "gate.limitation_passed"),
        ({"principal_ore": 99_99}, "gate.below_minimum"),
        ({"principal_ore": 0}, "gate.nothing_remains"),
        ({"principal_ore": -1}, "gate.nothing_remains"),
        ({"debtor": replace(DEBTOR, name=" ")}, "gate.name_missing"),
        ({"debtor": replace(DEBTOR, postcode="")}, "gate.postcode_missing"),
        ({"debtor": replace(DEBTOR, country="SE")}, "gate.foreign_address"),
    ],
)
def test_the_gate_refuses_and_nothing_is_kept(desk: Desk, changes: dict[str, Any], code: str) -> None:
    before = [desk.rows(table) for table in sorted(t.office.tables.values(), key=lambda one: one.name)]
    done = registered(desk, **changes)
    assert [one.code for one in done.refused] == [code]
    assert (done.case, done.act, done.new) == ("", 0, False)
    assert [desk.rows(table) for table in sorted(t.office.tables.values(), key=lambda one: one.name)] == before


def test_what_the_gate_lets_pass_is_told_again(desk: Desk) -> None:
    done = registered(desk, debtor=replace(DEBTOR, identity_number=""))
    assert [one.code for one in done.warnings] == ["gate.identity_number_missing"]
    assert registered(desk, debtor=replace(DEBTOR, identity_number="")) == replace(done, new=False)


def test_the_same_request_is_the_same_claim(desk: Desk) -> None:
    done = registered(desk, why=Why("dom", "A-1"))
    assert registered(desk, why=Why("dom", "A-1"), on=date(2026, 11, 30)) == replace(done, new=False)
    with pytest.raises(DataFault, match=r"office\.request_differs"):
        registered(desk, why=Why("dom", "A-1"), principal_ore=2_000_00)
    assert len(desk.rows(t.claim)) == 1


def test_the_same_invoice_is_taken_once_whoever_tells_of_it(desk: Desk) -> None:
    registered(desk)
    desk.offer(offer(1, 1))
    assert [one.code for one in registered(desk, why=Why("en gang til")).refused] == ["gate.already_sent"]
    assert [one.code for one in registered(desk, invoice_no="20001").refused] == ["gate.already_sent"]
    desk.offer(offer(2, 1, invoice_no="DOM-17"))
    with desk.reading() as connection:
        told = receipts(connection, 1, 0, 10)
    assert [one.outcome for one in told] == [Outcome.ACCEPTED, Outcome.REFUSED]
    assert [(one.code, one.detail) for one in told[1].reasons] == [("office.registered_by_hand", "1-000001")]


def test_an_invoice_on_an_older_case_is_refused_until_a_person_says_why_not(desk: Desk) -> None:
    rows = [older(1, "K-1", "00 501"), older(2, "K-2", "501"), older(3, "K-3", "1501"), older(4, "K-4", "F501")]
    with desk.writing() as connection:
        import_earlier_claims(connection, 1, rows, "saker.csv", desk.act)
    refused = registered(desk, invoice_no="0501").refused
    assert [(one.code, one.detail) for one in refused] == [(IN_OLDER_CASE, "K-1"), (IN_OLDER_CASE, "K-2")]
    refused = registered(desk, invoice_no="501", despite=("K-1",)).refused
    assert [(one.code, one.detail) for one in refused] == [(IN_OLDER_CASE, "K-2")]
    assert desk.rows(t.claim) == []
    assert registered(desk, invoice_no="501", despite=("K-1", "K-2")).case == "1-000001"


def older(line: int, case: str, invoice_no: str) -> Row:
    return Row(line, case, 1, invoice_no, date(2026, 3, 2), date(2026, 3, 23), 1_000_00)


def test_what_was_paid_is_not_asked_for_again(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 1_035_00, kid(desk)))
    assert states(desk) == [("paid", "closed")]
    assert [one.code for one in registered(desk, why=Why("en gang til")).refused] == ["gate.already_sent"]
    desk.offer(offer(2, 1, invoice_no="DOM-17"))
    with desk.reading() as connection:
        (told,) = receipts(connection, 1, 0, 10)
    assert [one.code for one in told.reasons] == ["office.registered_by_hand"]


def test_once_it_is_withdrawn_the_ledger_may_send_the_invoice(desk: Desk) -> None:
    registered(desk)
    withdrawn(desk)
    desk.offer(offer(2, 1, invoice_no="DOM-17"))
    assert states(desk) == [("withdrawn", "closed"), ("registered", "registered")]


def withdrawn(desk: Desk) -> None:
    with desk.writing() as connection:
        give_back(connection, "1-000001", Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, "feil"), desk.act)


def test_no_stream_of_the_ledger_tells_of_it(desk: Desk) -> None:
    registered(desk)
    desk.offer(offer(1, 1))
    credit(desk, "1-000001", 1_000_00)
    desk.pay(payment(1, 35_00, kid(desk)))
    streams = (receipts, claims, statuses)
    with desk.reading() as connection:
        told = [{one.entry for one in stream(connection, 1, 0, 100)} for stream in streams]
        assert told == [{1_001}] * 3
        (one,) = claims_without_ledger(connection, 1, 0, 10)
        assert claims_without_ledger(connection, 1, one.number, 10) == []
    assert (one.invoice_no, one.principal_ore, one.left_ore) == ("DOM-17", 1_000_00, 0)


def test_a_ledger_that_names_it_touches_nothing(desk: Desk) -> None:
    registered(desk)
    for sent in (transaction(1, -1, -100), transaction(1, -1, -100, offer=-1)):
        with pytest.raises(DataFault, match=r"office\.no_such_claim"), desk.writing() as connection:
            accept_transactions(connection, 1, [sent], desk.act)
    with pytest.raises(DataFault, match=r"office\.withdrawal_of_nothing"), desk.writing() as connection:
        accept_withdrawals(connection, 1, [Withdrawal(1, -1, -1, TODAY, "feil")], desk.act)
    with pytest.raises(DataFault, match=r"office\.ledger_key"):
        desk.offer(replace(offer(1, 1), number=-1))
    assert states(desk) == [("registered", "registered")]


def test_what_is_paid_goes_where_the_creditor_says(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 500_00, kid(desk)))
    (voucher,) = post(desk)
    assert lines(voucher) == [("1920", 500_00, None), ("3900", -35_00, None), (ACCOUNT, -465_00, None)]
    assert {(line.customer_no, line.invoice_no, line.reference) for line in voucher.lines} == {(None, "", "")}


def test_it_keeps_the_account_that_it_was_registered_with(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 535_00, kid(desk)))
    post(desk)
    set_account(desk, "1598")
    desk.pay(payment(2, -535_00, kid(desk)), name="reversal")
    (voucher,) = post(desk)
    assert (ACCOUNT, 500_00, None) in lines(voucher)
    later = registered(desk, debtor=desk.rows(t.debtor)[0].customer_no, invoice_no="DOM-18", letters=(NOTICE,))
    assert (later.account, later.case) == ("1598", "1-000001")


def test_too_much_is_owed_back_on_no_sub_ledger(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 5_000_00, kid(desk)))
    (voucher,) = post(desk)
    assert {line.customer_no for line in voucher.lines} == {None}
    assert "2980" in {line.account for line in voucher.lines}
    assert states(desk) == [("paid", "closed")]


def test_a_customer_may_have_both_kinds_on_one_case(desk: Desk) -> None:
    desk.offer(offer(1, 1))
    done = registered(desk, debtor=1)
    assert (done.case, done.customer_no) == ("1-000001", 1)
    desk.pay(payment(1, 5_000_00, kid(desk)))
    (voucher,) = post(desk)
    by_account = {line.account: line for line in voucher.lines}
    assert (by_account[ACCOUNT].customer_no, by_account[ACCOUNT].claim_entry) == (None, None)
    of_ledger = [line for line in voucher.lines if line.account == "1510"]
    assert [(line.customer_no, line.claim_entry) for line in of_ledger] == [(1, 1_001), (1, None)]


def test_it_is_withdrawn_once_its_money_is_booked_and_no_ledger_is_told(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 535_00, kid(desk)))
    withdrawn(desk)
    assert states(desk) == [("leaving", "closed")]
    (voucher,) = post(desk)
    with desk.writing() as connection:
        fates = [
            VoucherReceipt(1, voucher.key, Fate.DELIVERED, TODAY, ""),
            VoucherReceipt(2, voucher.key, Fate.POSTED, TODAY, "9"),
        ]
        accept_voucher_receipts(connection, 1, fates, desk.act)
    assert states(desk) == [("withdrawn", "closed")]
    assert desk.rows(t.receipt) == []
    assert balances_on(desk)[0].total_ore == 0


def test_one_person_is_one_party_whichever_way_they_came(desk: Desk) -> None:
    registered(desk)
    registered(desk, invoice_no="DOM-18", why=Why("to"))
    assert len(desk.rows(t.case)) == len(desk.rows(t.debtor)) == 2
    assert len(desk.rows(party)) == 1


def test_a_protected_address_is_not_written_into_it(desk: Desk) -> None:
    protected = replace(DEBTOR, protection=Protection.CONFIDENTIAL)
    with pytest.raises(DataFault, match=r"office\.protected_in_text"):
        registered(desk, debtor=protected, why=Why("sendt til gata 2"))
    assert desk.rows(t.debtor) == []
    registered(desk, debtor=protected)
    with desk.writing() as connection:
        set_protection(connection, 1, Protection.STRICTLY_CONFIDENTIAL, desk.act, because="melding")


def test_a_fee_above_the_law_is_refused(desk: Desk) -> None:
    dear = Letter(LetterKind.NOTICE, date(2026, 10, 1), date(2026, 10, 20), 5_000_00)
    for letter, code in (
        (dear, "office.cost_above_maximum"),
        (replace(NOTICE, interest_ore=1), "office.amount_not_positive"),
        (replace(NOTICE, fee_ore=-1), "office.amount_not_positive"),
        (replace(NOTICE, sent_on=date(2026, 12, 1)), "office.cost_later"),
        (replace(NOTICE, deadline=date(2026, 9, 1)), "office.letter_deadline"),
    ):
        with pytest.raises(DataFault, match=code):
            registered(desk, letters=(letter,))


def test_costs_are_charged_on_it_as_on_any_other(desk: Desk) -> None:
    registered(desk)
    cost(desk, 900_00)
    assert balances_on(desk)[0].costs_ore == 900_00


def test_it_is_listed_with_what_proves_it(desk: Desk) -> None:
    registered(desk)
    desk.pay(payment(1, 135_00, kid(desk)))
    with desk.reading() as connection:
        (one,) = claims_by_hand(connection, 1)
    assert (one.document, one.because, one.account, one.left_ore) == (
        "17-042TVI",
        "dom i forliksrådet",
        ACCOUNT,
        900_00,
    )
    assert desk.rows(registered_claim)[0].claim == 1


def test_what_its_creditor_books_is_waited_for_by_nobody(desk: Desk) -> None:
    registered(desk)
    register(desk, 100_00, posted=False, how=How.DIRECT)
    with desk.reading() as connection:
        assert awaited(connection, 1) == []
    withdrawn(desk)
    assert states(desk) == [("withdrawn", "closed")]


def test_money_moved_onto_it_is_booked_on_its_account(desk: Desk) -> None:
    desk.offer(offer(1, 1))
    registered(desk)
    desk.pay(payment(1, 535_00, kid(desk)))
    post(desk)
    move(desk, 1, "1-000002")
    (voucher,) = post(desk)
    assert (ACCOUNT, -500_00, None) in lines(voucher)
