"""Claims on their way back: withdrawn by the creditor, returned by the office, closed unpaid; and proposed again.

As a bookkeeper and a case handler do it on the command line, on the real bridge. After every story both sides agree in
every movement of both periods, and each side finds nothing wrong with itself.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bridge.claims import carry_claims
from kravbro.bridge.receipts import carry_receipts
from kravbro.bridge.streams import ALL
from kravbro.bridge.transactions import carry_transactions
from kravbro.cli.main import main
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.reconciliation import Kind
from tests.places import Kind as Database
from tests.places import NewPlace, Where, new_template
from tests.stories.sites import copy_of
from tests.stories.worlds import World, prepared

INVOICE, OTHER, ALONE = "200001", "200002", "200003"
CHARGED_ORE = 36_25
"""What the notice of each invoice charged."""
BECAUSE = ("--because", "avtale med kunden")


@cache
def template(kind: Database) -> Where:
    """The plumber has two invoices of kr 1000 on one customer in one case, and one of kr 500 in another.

    The accountant posts what the collector sends by hand, so that money may be on its way for long.
    """
    where = copy_of(prepared(kind), new_template(kind))
    world = World(where)
    world.invoice(2, INVOICE, 1, 1000_00)
    world.invoice(2, OTHER, 1, 1000_00)
    world.invoice(2, ALONE, 2, 500_00)
    world.propose(2, "first")
    carry(world)
    return where


def carry(world: World) -> None:
    for stream in ALL:
        world.carry(stream, 2)


class Both:
    """The program on one installation, and what both sides say of an invoice."""

    def __init__(self, where: Where, capsys: pytest.CaptureFixture[str]) -> None:
        self.where = where
        self.capsys = capsys
        self.world = World(where)
        capsys.readouterr()

    def run(self, *words: str, exit_code: int = 0) -> Any:
        dated = () if words[:2] in {("items", "show"), ("cases", "show"), ("payments", "unplaced")} else (
            "--on", str(DEMO_DATE),
        )  # fmt: skip
        assert main([*words, "--dir", str(self.where), "--json", *dated]) == exit_code, self.capsys.readouterr().err
        captured = self.capsys.readouterr()
        return captured.err if exit_code else json.loads(captured.out)

    def carry(self) -> None:
        carry(self.world)

    def shown(self, invoice: str = INVOICE) -> Any:
        return self.run("items", "show", "2", invoice)

    def item(self, invoice: str = INVOICE) -> Any:
        return self.shown(invoice)["item"]

    def kid(self, invoice: str = INVOICE) -> str:
        return next(one.invoice_kid for one in self.world.payable(2) if one.invoice_no == invoice)

    def states(self, number: str = "2-000001") -> dict[str, str]:
        return {claim["invoice_no"]: claim["state"] for claim in self.run("cases", "show", number)["claims"]}

    def events(self, number: str = "2-000001") -> list[str]:
        return [event["event"] for event in self.run("cases", "show", number)["events"]]

    def pay_and_post(self, invoice: str, amount_ore: int, name: str) -> None:
        """Money comes to the collector, and its voucher is approved."""
        self.world.bank(2, name, [(self.kid(invoice), amount_ore)])
        self.world.post(2)

    def agree(self) -> None:
        """Both sides agree in every movement, and nothing is on its way."""
        result = self.world.reconciled()
        assert (result.differences, result.in_transit_ore) == ((), 0)


@pytest.fixture
def both(new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> Both:
    return Both(copy_of(template(new_place.kind), new_place.where()), capsys)


def test_a_withdrawn_claim_is_its_creditors_own_again(both: Both) -> None:
    before = both.item()
    assert (before["at_collector"], before["case_number"], before["no_interest"]) == (True, "2-000001", True)

    asked = both.run("claims", "withdraw", "2", INVOICE, *BECAUSE)
    assert both.item()["wanted_back_on"] == str(DEMO_DATE)
    assert both.item()["at_collector"], "it is the collector's until it says otherwise"
    assert both.run("claims", "withdraw", "2", INVOICE, *BECAUSE) == asked
    both.carry()

    item = both.item()
    assert (item["at_collector"], item["case_number"], item["claim_state"]) == (False, "", "withdrawn")
    assert (item["no_interest"], item["remaining_ore"]) == (False, 1000_00)
    (transfer,) = both.shown()["transfers"]
    assert (transfer["outcome"], transfer["case_number"]) == ("accepted", "2-000001"), "the history is kept"
    assert transfer["given_back"]["outcome"] == "withdrawn"
    assert transfer["given_back"]["reasons"] == [{"code": "return.creditors_wish", "detail": "avtale med kunden"}]
    assert both.states() == {INVOICE: "withdrawn", OTHER: "registered"}
    assert both.run("cases", "show", "2-000001")["line"]["state"] == "registered"
    shown = both.run("cases", "statement", "2-000001")
    assert sum(line["amount_ore"] for line in shown["lines"] if line["invoice_no"] == INVOICE) == 0
    assert {"claim", "given_back"} <= {line["kind"] for line in shown["lines"]}, "what was charged stays documented"
    both.agree()


def test_withdrawn_offered_again_accepted_and_paid(both: Both) -> None:
    both.run("items", "book", "2", "payment", INVOICE, "--against", setting.BANK, "--amount", "100")
    both.carry()
    both.run("claims", "withdraw", "2", INVOICE, *BECAUSE)
    both.carry()
    both.run("items", "book", "2", "payment", INVOICE, "--against", setting.BANK, "--amount", "200")
    both.carry()
    assert both.run("cases", "show", "2-000001")["claims"][0]["principal_ore"] == 1000_00
    both.agree()

    both.world.propose(2, "again")
    both.carry()
    item = both.item()
    assert (item["at_collector"], item["claim_state"], item["remaining_ore"]) == (True, "registered", 700_00)
    claims = [one for one in both.run("cases", "show", item["case_number"])["claims"] if one["invoice_no"] == INVOICE]
    assert [(one["state"], one["principal_ore"]) for one in claims] == [("withdrawn", 1000_00), ("registered", 700_00)]
    assert [one["offer"] for one in both.shown()["transfers"]] == [1, 4]

    both.run("items", "book", "2", "credit-note", INVOICE, "--against", setting.INCOME, "--amount", "50")
    both.carry()
    both.pay_and_post(INVOICE, 650_00 + CHARGED_ORE, "rest")
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    assert (both.item()["remaining_ore"], both.item()["claim_state"]) == (0, "paid")
    assert both.states()[INVOICE] == "paid"
    both.agree()


def test_a_case_is_closed_unpaid_and_its_claims_come_again_in_another(both: Both) -> None:
    closed = both.run("cases", "close", "2-000001", "--reason", "debtor_dead", "--because", "død 2026-10-01")
    assert [(one["invoice_no"], one["state"]) for one in closed["claims"]] == [
        (INVOICE, "returned"), (OTHER, "returned"),
    ]  # fmt: skip
    both.carry()

    assert both.run("cases", "show", "2-000001")["line"]["state"] == "closed"
    assert both.events()[-5:] == ["claim_leaves", "claim_returned", "claim_leaves", "give_back", "claim_returned"]
    assert both.run("cases", "statement", "2-000001")["owed_ore"] == 0
    assert [both.item(one)["claim_state"] for one in (INVOICE, OTHER)] == ["returned", "returned"]
    (transfer,) = both.shown()["transfers"]
    assert transfer["given_back"]["reasons"] == [{"code": "return.debtor_dead", "detail": "død 2026-10-01"}]
    assert "kravbro cases show" in both.run(
        "cases", "close", "2-000001", "--reason", "debtor_dead", "--because", "igjen", exit_code=1
    )
    both.agree()

    both.world.propose(2, "again")
    both.carry()
    assert both.item()["case_number"] == "2-000003"
    assert both.states("2-000003") == {INVOICE: "registered", OTHER: "registered"}
    both.agree()


def test_money_on_its_way_is_booked_before_the_claim_is_given_back(both: Both) -> None:
    both.world.bank(2, "half", [(both.kid(ALONE), 200_00)])
    leaving = both.run("cases", "return", "2-000002", "--reason", "disputed", "--because", "innsigelse")
    (claim,) = leaving["claims"]
    assert (claim["state"], [one["voucher"] for one in claim["awaits"]]) == ("leaving", [""])
    both.carry()
    assert (both.item(ALONE)["at_collector"], both.item(ALONE)["claim_state"]) == (True, "leaving")

    both.world.post(2)
    both.carry()
    assert both.item(ALONE)["claim_state"] == "leaving", "delivered is not posted"
    both.world.post_drafts(2)
    both.carry()
    item = both.item(ALONE)
    assert (item["at_collector"], item["claim_state"], item["remaining_ore"]) == (False, "returned", 300_00)
    both.agree()


def test_money_left_out_of_posting_is_not_waited_for(both: Both) -> None:
    both.world.bank(2, "one", [(both.kid(ALONE), 100_00)])
    both.run("cases", "return", "2-000002", "--reason", "other", *BECAUSE)
    shown = both.run("cases", "statement", "2-000002")
    journal = next(line["journal"] for line in shown["lines"] if line["kind"] == "payment")
    assert main(["postings", "exclude", str(journal), "--because", "ført for hånd", "--dir", str(both.where)]) == 0
    both.capsys.readouterr()

    assert both.states("2-000002") == {ALONE: "returned"}
    assert "200003" in text(both, "postings", "include", str(journal), exit_code=1)


def test_money_that_comes_for_a_claim_that_is_gone_goes_to_the_interim_account(both: Both) -> None:
    both.pay_and_post(ALONE, 100_00, "before")
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    kid = both.kid(ALONE)
    case_kid = next(one.case_kid for one in both.world.payable(2) if one.invoice_no == ALONE)
    both.run("cases", "return", "2-000002", "--reason", "insolvent", *BECAUSE)
    both.carry()

    both.world.bank(2, "after", [(kid, 300_00), (case_kid, 50_00)])
    both.world.bank(2, "bounced", [(kid, -100_00)])
    unplaced = both.run("payments", "unplaced")["unplaced"]
    assert {one["because"] for one in unplaced} == {"office.unplaced.claim_given_back"}
    assert sorted(one["amount_ore"] for one in unplaced) == [-100_00, 50_00, 300_00]
    both.world.post(2)
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    assert both.item(ALONE)["remaining_ore"] == 400_00
    both.agree()

    assert "2-000002" in text(
        both, "payments", "place", str(unplaced[0]["payment"]), "2-000002", "--on", str(DEMO_DATE), exit_code=2
    )
    both.world.propose(2, "again")
    both.carry()
    number = both.item(ALONE)["case_number"]
    text(both, "payments", "place", str(unplaced[0]["payment"]), number, "--on", str(DEMO_DATE))
    both.world.post(2)
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    assert both.item(ALONE)["remaining_ore"] < 400_00
    both.agree()


def test_a_payment_over_two_claims_is_taken_back_when_one_is_gone(both: Both) -> None:
    case_kid = next(one.case_kid for one in both.world.payable(2) if one.invoice_no == INVOICE)
    both.world.bank(2, "both", [(case_kid, 1500_00)])
    both.world.post(2)
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    gone = next(invoice for invoice in (INVOICE, OTHER) if both.item(invoice)["remaining_ore"] == 0)
    both.run("claims", "withdraw", "2", gone, *BECAUSE)
    both.carry()
    assert both.item(gone)["claim_state"] == "withdrawn"

    both.world.bank(2, "bounced", [(case_kid, -1500_00)])
    both.world.post(2)
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    stays = OTHER if gone == INVOICE else INVOICE
    assert (both.item(gone)["remaining_ore"], both.item(stays)["remaining_ore"]) == (0, 1000_00)
    (unplaced,) = both.run("payments", "unplaced")["unplaced"]
    assert unplaced["because"] == "office.unplaced.claim_given_back"
    assert -1500_00 < unplaced["amount_ore"] <= -1000_00
    both.agree()


def test_what_the_ledger_booked_before_it_knew_belongs_to_the_old_claim(both: Both) -> None:
    """Told after the claim has come again, it must not be counted a second time there."""
    both.run("cases", "return", "2-000002", "--reason", "wrong_claim", *BECAUSE)
    both.run("items", "book", "2", "payment", ALONE, "--against", setting.BANK, "--amount", "100")
    both.world.carry(carry_receipts, 2)
    both.run("items", "book", "2", "payment", ALONE, "--against", setting.BANK, "--amount", "50")
    both.world.propose(2, "again")
    both.world.carry(carry_claims, 2)
    both.world.carry(carry_receipts, 2)
    assert both.world.reconciled().differences == ()
    both.world.carry(carry_transactions, 2)

    number = both.item(ALONE)["case_number"]
    (claim,) = both.run("cases", "show", number)["claims"]
    assert (claim["principal_ore"], claim["balances"]["principal_ore"]) == (350_00, 350_00)
    both.carry()
    both.agree()


def test_a_withdrawal_that_crosses_a_return_changes_nothing(both: Both) -> None:
    both.run("claims", "withdraw", "2", ALONE, *BECAUSE)
    both.run("cases", "return", "2-000002", "--reason", "limitation", *BECAUSE)
    both.carry()

    assert both.item(ALONE)["claim_state"] == "returned"
    both.agree()


def test_a_paid_claim_and_an_ended_one_can_be_withdrawn(both: Both) -> None:
    both.pay_and_post(ALONE, 500_00 + CHARGED_ORE, "all")
    both.run("items", "book", "2", "write-off-claim-ended", INVOICE, "--against", setting.WRITTEN_OFF)
    both.carry()
    assert [both.item(one)["claim_state"] for one in (ALONE, INVOICE)] == ["paid", "ended"]
    for invoice in (ALONE, INVOICE):
        both.run("claims", "withdraw", "2", invoice, *BECAUSE)
    both.carry()
    assert [both.item(one)["claim_state"] for one in (ALONE, INVOICE)] == ["leaving", "withdrawn"]
    both.world.post_drafts(2)
    both.carry()
    assert both.item(ALONE)["claim_state"] == "withdrawn"
    assert both.run("cases", "show", "2-000002")["line"]["state"] == "closed"
    both.agree()


def test_a_deleted_voucher_holds_the_claim_until_it_is_delivered_again(both: Both) -> None:
    both.pay_and_post(ALONE, 100_00, "one")
    both.carry()
    both.run("claims", "withdraw", "2", ALONE, *BECAUSE)
    drafts = json.loads(text(both, "vouchers", "list", "2", "--state", "draft", "--json"))["vouchers"]
    text(both, "vouchers", "delete", "2", str(drafts[0]["id"]))
    both.carry()

    assert both.item(ALONE)["claim_state"] == "leaving"
    assert [one.kind for one in both.world.reconciled().differences] == [Kind.MISSING_IN_LEDGER]

    (waiting,) = both.run("vouchers", "waiting", "--creditor", "2")["vouchers"]
    both.run("vouchers", "redeliver", waiting["key"], "--because", "slettet ved en feil")
    both.carry()
    assert both.item(ALONE)["claim_state"] == "leaving", "delivered is not posted"
    both.world.post_drafts(2)
    both.carry()

    assert (both.item(ALONE)["claim_state"], both.item(ALONE)["at_collector"]) == ("withdrawn", False)
    both.agree()


def test_the_ledgers_interest_flag_is_what_a_person_last_said(both: Both) -> None:
    both.run("items", "interest", "2", INVOICE, "--no-interest", "--because", "rentefri avtale")
    assert both.item()["no_interest"]
    both.run("items", "interest", "2", OTHER, "--no-interest", "--because", "prøver")
    both.run("items", "interest", "2", OTHER, "--bears-interest", "--because", "likevel ikke")
    assert both.item(OTHER)["no_interest"], "the collector has it"
    both.run("cases", "return", "2-000001", "--reason", "other", *BECAUSE)
    both.carry()

    assert (both.item()["no_interest"], both.item(OTHER)["no_interest"]) == (True, False)
    again = both.run("items", "interest", "2", INVOICE, "--no-interest", "--because", "enda en gang")
    assert not again["new"]
    both.agree()


def test_receipts_in_any_order_end_the_same(both: Both) -> None:
    """An older receipt never brings the mark back, whatever is lost, repeated or late."""
    both.run("cases", "return", "2-000002", "--reason", "other", *BECAUSE)
    joined = both.world.joined()
    (accepted, returned) = [one for one in joined.collector.receipts(2, 0, 100) if one.offer == 3]
    refused = Receipt(99, 3, accepted.entry, Outcome.REFUSED, DEMO_DATE)
    for receipts in (
        [returned],
        [accepted],
        [accepted, returned],
        [returned, accepted],
        [refused],
        [refused, returned],
    ):
        joined.ledger.record_receipts(2, receipts)
        assert not both.item(ALONE)["at_collector"] or receipts == [accepted]
        recorded = {one.offer: one for one in joined.ledger.recorded_receipts(2, 0, 100)}
        assert recorded[3] == returned
    both.carry()
    both.agree()


def test_the_commands_speak_to_people(both: Both) -> None:
    both.world.bank(2, "half", [(both.kid(ALONE), 100_00)])
    assert "kravbro postings propose" in text(both, "cases", "withdraw", "2-000002", *BECAUSE)
    both.world.post(2)
    both.carry()
    both.world.post_drafts(2)
    both.carry()
    assert "withdrawn" in text(both, "items", "show", "2", ALONE)
    assert "avtale med kunden" in text(both, "items", "show", "2", ALONE)
    assert "2-000001" in text(both, "claims", "withdraw", "2", INVOICE, *BECAUSE)
    assert OTHER in text(both, "cases", "return", "2-000001", "--claim", OTHER, "--reason", "other", *BECAUSE)
    assert ALONE in text(both, "items", "interest", "2", ALONE, "--no-interest", *BECAUSE)
    both.carry()
    both.agree()


def text(both: Both, *words: str, exit_code: int = 0) -> str:
    assert main([*words, "--dir", str(both.where)]) == exit_code, both.capsys.readouterr().err
    captured = both.capsys.readouterr()
    return captured.err if exit_code else captured.out
