"""Corrections from the ledger, as a bookkeeper gives them on the command line, followed to the case and back.

Each story is one sentence of what happens to an invoice that is at the collector. It ends with both sides alike, an
account that says what is owed with interest by an oracle of its own, and the state that the ledger shows.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.cli.main import main
from tests.interest_oracle import interest_ore
from tests.places import Kind, NewPlace, Where, new_template
from tests.stories.sites import copy_of
from tests.stories.worlds import DUE, World, prepared

FEE_ORE, CHARGED_ORE = 35_00, 1_25
"""What the notice of each invoice charged."""
TODAY = DEMO_DATE
INVOICE, OTHER = "100001", "100002"


@cache
def template(kind: Kind) -> Where:
    """The municipality has two invoices of kr 1000 on one customer in one case, and one of kr 500 on another."""
    where = copy_of(prepared(kind), new_template(kind))
    world = World(where)
    world.invoice(1, INVOICE, 1, 1000_00)
    world.invoice(1, OTHER, 1, 1000_00)
    world.invoice(1, "100003", 2, 500_00)
    world.propose(1, "first")
    assert main(["claims", "transfer", "--dir", str(where), "--on", str(TODAY)]) == 0
    return where


class Office:
    """The program on one installation, and what both sides say of an invoice."""

    def __init__(self, where: Where, capsys: pytest.CaptureFixture[str]) -> None:
        self.where = where
        self.capsys = capsys
        self.world = World(where)
        self.on = TODAY
        capsys.readouterr()

    def run(self, *words: str, dated: bool = True) -> Any:
        more = ["--on", str(self.on)] if dated else []
        assert main([*words, "--dir", str(self.where), "--json", *more]) == 0, self.capsys.readouterr().err
        return json.loads(self.capsys.readouterr().out)

    def item(self, invoice: str = INVOICE) -> Any:
        """The invoice in the ledger, with its bookings."""
        return self.run("items", "show", "1", invoice, dated=False)

    def book(self, kind: str, *words: str, invoice: str = INVOICE) -> Any:
        """Book something on an invoice, and let it reach the case."""
        against = {"payment": setting.BANK, "credit-note": setting.INCOME}.get(kind, setting.WRITTEN_OFF)
        made = self.run("items", "book", "1", kind, invoice, "--against", against, *words)
        self.fetch()
        return made

    def fetch(self) -> None:
        self.run("transactions", "fetch")

    def case(self, number: str = "1-000001") -> Any:
        return self.run("cases", "show", number, dated=False)

    def claim(self, invoice: str = INVOICE) -> Any:
        """The claim on an invoice, wherever it is."""
        found = [one for number in ("1-000001", "1-000002") for one in self.case(number)["claims"]]
        return next(one for one in found if one["invoice_no"] == invoice)

    def statement(self, number: str = "1-000001", on: date | None = None) -> Any:
        self.on, today = on or self.on, self.on
        shown = self.run("cases", "statement", number)
        self.on = today
        assert shown["owed_ore"] == sum(line["amount_ore"] for line in shown["lines"])
        return shown

    def events(self, number: str = "1-000001") -> list[str]:
        return [event["event"] for event in self.case(number)["events"]]

    def agree(self, *invoices: str) -> None:
        """Both sides agree in every movement, and each claim's principal is what remains in the ledger."""
        result = self.world.reconciled()
        assert (result.differences, result.in_transit_ore) == ((), 0)
        for invoice in invoices:
            shown = self.item(invoice)["item"]
            assert shown["claim_state"] == self.claim(invoice)["state"]


@pytest.fixture
def office(new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(copy_of(template(new_place.kind), new_place.where()), capsys)


def late(*changes: tuple[date, int], on: date = TODAY) -> int:
    """Late-payment interest up to a day on the changes of one principal, less what the notice charged."""
    return max(interest_ore(changes, on) - CHARGED_ORE, 0)


def of_claim(shown: Any, invoice: str = INVOICE) -> dict[str, int]:
    """What a statement says of one invoice, by account."""
    found: dict[str, int] = {}
    for line in shown["lines"]:
        if line["invoice_no"] == invoice:
            found[line["account"]] = found.get(line["account"], 0) + line["amount_ore"]
    return found


def test_a_partial_credit_note_lowers_the_claim_from_the_due_date(office: Office) -> None:
    office.book("credit-note", "--amount", "400")

    assert of_claim(office.statement()) == {
        "principal": 600_00, "fees": FEE_ORE, "interest": CHARGED_ORE, "late_interest": late((DUE, 600_00)),
    }  # fmt: skip
    assert of_claim(office.statement(), OTHER)["principal"] == 1000_00
    assert office.item()["item"]["remaining_ore"] == office.claim()["balances"]["principal_ore"] == 600_00
    office.agree(INVOICE, OTHER)


def test_a_full_credit_note_leaves_fees_and_no_interest(office: Office) -> None:
    office.book("credit-note", invoice="100003")

    shown = office.statement("1-000002")
    assert of_claim(shown, "100003") == {"principal": 0, "fees": FEE_ORE, "interest": CHARGED_ORE}
    assert office.claim("100003")["state"] == "registered"
    office.agree("100003")


def test_a_credit_note_taken_back_bears_interest_only_from_then_on(office: Office) -> None:
    made = office.book("credit-note", "--amount", "400", "--dated", "2026-09-01")
    office.run("items", "reverse", "1", str(made["voucher"]), "--dated", "2026-11-01")
    office.fetch()

    assert of_claim(office.statement()) == {
        "principal": 1000_00,
        "fees": FEE_ORE,
        "interest": CHARGED_ORE,
        "late_interest": late((DUE, 600_00), (date(2026, 11, 1), 400_00)),
    }
    assert office.item()["bookings"][-1]["meaning"] == "credit_note"
    office.agree(INVOICE)


def test_a_payment_taken_off_again_opens_the_claim_and_its_case(office: Office) -> None:
    office.world.bank(1, "fees", [(office.claim("100003")["invoice_kid"], FEE_ORE + CHARGED_ORE)])
    office.book("payment", "--dated", "2026-10-01", invoice="100003")
    paid = office.item("100003")
    assert (paid["item"]["remaining_ore"], paid["item"]["claim_state"]) == (0, "paid")
    assert office.case("1-000002")["line"]["state"] == "closed"

    credit = str(paid["bookings"][0]["credit"])
    office.on = TODAY + timedelta(days=4)
    office.run("items", "unmatch", "1", credit, "100003", "--amount", "200")
    office.fetch()

    assert office.claim("100003")["state"] == "registered"
    assert office.case("1-000002")["line"]["state"] == "in_progress"
    assert office.events("1-000002")[-3:] == ["settle", "booked_after_closing", "reopen"]
    assert of_claim(office.statement("1-000002"), "100003")["principal"] == 200_00
    expected = late((DUE, 500_00), (date(2026, 10, 1), -500_00), (office.on, 200_00), on=date(2026, 12, 20))
    assert of_claim(office.statement("1-000002", date(2026, 12, 20)), "100003")["late_interest"] == expected
    office.agree("100003")


def test_a_write_off_in_the_books_only_is_watched_and_a_later_payment_settles_it(office: Office) -> None:
    office.book("write-off-books-only", "--amount", "700")
    watched = office.statement()
    assert of_claim(watched)["principal"] + of_claim(watched)["written_off"] == 1000_00
    assert main(["cases", "show", "1-000001", "--dir", str(office.where)]) == 0
    assert "Written off in the books, kr" in office.capsys.readouterr().out
    assert of_claim(watched)["late_interest"] == late((DUE, 1000_00)), "the debtor owes what the books wrote off"

    office.book("payment", "--amount", "1000")
    paid = of_claim(office.statement())
    assert paid["principal"] + paid["written_off"] == 0
    assert office.item()["item"]["remaining_ore"] == -700_00, "the books have 700 to take out of their losses"
    office.world.bank(1, "rest", [(office.claim()["invoice_kid"], FEE_ORE + CHARGED_ORE)])
    office.fetch()
    assert office.claim()["state"] == "paid"
    office.world.post(1)
    office.run("postings", "deliver")
    office.agree(INVOICE)


def test_a_write_off_in_the_books_only_is_reversed(office: Office) -> None:
    made = office.book("write-off-books-only")
    office.run("items", "reverse", "1", str(made["voucher"]))
    office.fetch()

    shown = of_claim(office.statement())
    assert (shown["principal"], shown["written_off"]) == (1000_00, 0)
    assert shown["late_interest"] == late((DUE, 1000_00))
    office.agree(INVOICE)


def test_a_claim_that_is_ended_and_paid_after_all_is_owed_back(office: Office) -> None:
    office.book("write-off-claim-ended", invoice="100003")
    assert office.item("100003")["item"]["claim_state"] == "ended"
    assert office.statement("1-000002")["owed_ore"] == 0

    office.book("payment", "--amount", "500", invoice="100003")

    shown = office.statement("1-000002")
    assert (shown["owed_ore"], shown["owed_back_ore"]) == (-500_00, 500_00)
    assert office.case("1-000002")["owed_back_ore"] == 500_00
    assert office.item("100003")["item"]["remaining_ore"] == -500_00
    assert office.events("1-000002")[-1] == "booked_after_closing"
    assert office.claim("100003")["state"] == "ended"
    office.agree("100003")


def test_the_reversal_of_the_write_off_that_ended_a_claim_opens_it_again(office: Office) -> None:
    made = office.book("write-off-claim-ended", invoice="100003")
    office.on = TODAY + timedelta(days=1)
    office.run("items", "reverse", "1", str(made["voucher"]))
    office.fetch()

    assert office.claim("100003")["state"] == "registered"
    assert office.events("1-000002")[-1] == "reopen"
    shown = of_claim(office.statement("1-000002"), "100003")
    assert (shown["principal"], shown["fees"]) == (500_00, FEE_ORE)
    office.agree("100003")


def test_a_direct_payment_on_one_invoice_of_two_in_a_case(office: Office) -> None:
    office.book("payment", "--amount", "250,50", "--dated", "2026-10-01", invoice=OTHER)

    shown = office.statement()
    assert of_claim(shown)["principal"] == 1000_00
    assert of_claim(shown, OTHER) == {
        "principal": 749_50,
        "fees": FEE_ORE,
        "interest": CHARGED_ORE,
        "late_interest": late((DUE, 1000_00), (date(2026, 10, 1), -250_50)),
    }
    office.agree(INVOICE, OTHER)


def test_a_payment_booked_after_the_case_is_closed_reaches_it_and_is_told_as_such(office: Office) -> None:
    office.world.bank(1, "all", [(office.claim("100003")["invoice_kid"], 500_00 + FEE_ORE + CHARGED_ORE)])
    office.world.post(1)
    office.run("postings", "deliver")
    assert office.case("1-000002")["line"]["state"] == "closed"

    office.book("payment", "--amount", "500", invoice="100003")

    told = office.case("1-000002")["events"][-1]
    assert (told["event"], told["source"], told["target"]) == ("booked_after_closing", "closed", "closed")
    assert "100003" in told["note"]
    assert (office.case("1-000002")["owed_back_ore"], office.statement("1-000002")["owed_back_ore"]) == (500_00, 500_00)
    office.agree("100003")


def test_money_that_we_delivered_is_matched_to_another_invoice(office: Office) -> None:
    office.world.bank(1, "one", [(office.claim()["invoice_kid"], 1000_00 + FEE_ORE + CHARGED_ORE)])
    office.world.post(1)
    office.run("postings", "deliver")
    assert office.claim()["state"] == "paid"
    ours = office.item()["bookings"][-1]
    assert ours["by_collector"]

    office.run("items", "unmatch", "1", str(ours["credit"]), INVOICE)
    office.run("items", "match", "1", str(ours["credit"]), OTHER)
    office.fetch()

    assert (office.claim()["state"], office.claim(OTHER)["state"]) == ("registered", "registered")
    principals = [office.claim(one)["balances"]["principal_ore"] for one in (INVOICE, OTHER)]
    assert principals == [office.item(one)["item"]["remaining_ore"] for one in (INVOICE, OTHER)] == [1000_00, 0]
    office.agree(INVOICE, OTHER)


def test_a_credit_note_on_what_our_voucher_settles_meanwhile(office: Office) -> None:
    office.world.bank(1, "all", [(office.claim("100003")["invoice_kid"], 500_00 + FEE_ORE + CHARGED_ORE)])
    office.book("credit-note", "--amount", "120", invoice="100003")
    office.world.post(1)
    office.run("postings", "deliver")

    assert office.item("100003")["item"]["remaining_ore"] == -120_00
    assert office.claim("100003")["balances"]["principal_ore"] == -120_00
    assert office.statement("1-000002")["owed_back_ore"] == 120_00
    assert office.claim("100003")["state"] == "paid"
    office.agree("100003")


def test_what_is_owed_back_on_one_claim_pays_nothing_on_another(office: Office) -> None:
    office.book("payment", "--amount", "1300")

    shown = office.statement()
    assert shown["owed_back_ore"] == 300_00
    others = sum(amount for amount in of_claim(shown, OTHER).values())
    left = FEE_ORE + CHARGED_ORE + of_claim(shown)["late_interest"]
    assert shown["owed_ore"] + shown["owed_back_ore"] == others + left
    assert office.claim(OTHER)["balances"]["principal_ore"] == 1000_00
    assert "300,00" in text(office, "cases", "statement", "1-000001", "--on", str(TODAY)).replace("\xa0", " ")


def test_a_voucher_is_reversed_once_from_wherever_its_money_stands(office: Office) -> None:
    made = office.book("payment", "--amount", "900")
    credit = str(office.item()["bookings"][0]["credit"])
    office.run("items", "unmatch", "1", credit, INVOICE, "--amount", "600")
    office.run("items", "match", "1", credit, OTHER, "--amount", "500")
    first = office.run("items", "reverse", "1", str(made["voucher"]))
    again = office.run("items", "reverse", "1", str(made["voucher"]), "--dated", "2026-11-20")
    office.fetch()

    assert first == again
    assert [office.item(one)["item"]["remaining_ore"] for one in (INVOICE, OTHER)] == [1000_00, 1000_00]
    assert office.run("items", "credits", "1", dated=False)["credits"] == []
    assert [office.claim(one)["balances"]["principal_ore"] for one in (INVOICE, OTHER)] == [1000_00, 1000_00]
    office.agree(INVOICE, OTHER)


def test_a_request_that_is_given_again_books_nothing_twice(office: Office) -> None:
    first = office.book("credit-note", "--request", "kn 17")
    assert office.book("credit-note", "--request", "kn 17") == first
    credit = str(office.item()["bookings"][0]["credit"])
    for _ in range(2):
        office.run("items", "unmatch", "1", credit, INVOICE, "--request", "away 1")
        office.run("items", "match", "1", credit, INVOICE, "--request", "on 1")
    office.fetch()

    assert [one["amount_ore"] for one in office.item()["bookings"]] == [-1000_00, 1000_00, -1000_00]
    office.agree(INVOICE)


def test_a_draft_counts_for_nothing_before_it_is_posted(office: Office) -> None:
    made = office.book("payment", "--amount", "100", "--dated", "2026-10-01", "--leave-as-draft")
    assert office.item()["item"]["remaining_ore"] == 1000_00
    assert main(["vouchers", "post", "1", str(made["voucher"]), "--dir", str(office.where)]) == 0
    office.capsys.readouterr()
    office.fetch()

    expected = late((DUE, 1000_00), (date(2026, 10, 1), -100_00))
    assert of_claim(office.statement())["late_interest"] == expected
    office.agree(INVOICE)


def test_the_lists_are_printed_for_people_too(office: Office) -> None:
    office.book("payment", "--amount", "100", invoice="100003")
    assert "100001" in text(office, "items", "list", "1", "--customer", "1001")
    assert INVOICE in text(office, "items", "show", "1", "#1")
    assert "900,00" in text(office, "items", "book", "1", "payment", OTHER, "--against", "1920", "--amount", "100")
    assert "1 100,00" in text(
        office, "items", "book", "1", "payment", OTHER, "--against", "1920", "--amount", "2000"
    ).replace("\xa0", " ")
    drafted = text(office, "items", "book", "1", "payment", INVOICE, "--against", "1920", "--leave-as-draft")
    assert "kravbro vouchers post 1" in drafted
    office.run("items", "unmatch", "1", str(office.item(OTHER)["bookings"][0]["credit"]), OTHER)
    assert "100,00" in text(office, "items", "credits", "1")
    assert "reversed by" in text(office, "items", "reverse", "1", str(office.item("100003")["bookings"][0]["voucher"]))


def text(office: Office, *words: str) -> str:
    assert main([*words, "--dir", str(office.where)]) == 0, office.capsys.readouterr().err
    return str(office.capsys.readouterr().out)
