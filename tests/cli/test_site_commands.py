"""The commands on an installation, as a user gives them: what they print, their JSON, and their exit codes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kravbro.cli.main import main
from kravbro.core.money import format_kroner
from tests.stories.sites import copy_of, finished

ON = ("--on", "2026-11-20")


@pytest.fixture(scope="module")
def template() -> Path:
    return Path(finished("sqlite"))


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return copy_of(template, tmp_path / "site")


class Program:
    """The program on one installation; every run must succeed unless told otherwise."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def text(self, *arguments: str, exit_code: int = 0) -> str:
        assert main([*arguments, "--dir", str(self.folder)]) == exit_code, self.capsys.readouterr().err
        captured = self.capsys.readouterr()
        return captured.out if exit_code == 0 else captured.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))


@pytest.fixture
def kravbro(folder: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(folder, capsys)


def test_cases_are_listed_shown_and_accounted_for(kravbro: Program) -> None:
    listed = kravbro.json("cases", "list")
    assert listed["count"] == len(listed["cases"]) > 0
    owing = next(case for case in listed["cases"] if case["owed_ore"] > 0)
    shown = kravbro.json("cases", "show", owing["number"])
    assert sum(sum(claim["balances"].values()) for claim in shown["claims"]) == owing["owed_ore"]
    account = kravbro.json("cases", "statement", owing["number"], *ON)
    uncharged_ore = account["totals"]["late_interest_ore"]
    assert uncharged_ore > 0
    assert account["lines"][-1]["balance_ore"] == account["owed_ore"] == sum(account["totals"].values())
    assert account["owed_ore"] == owing["owed_ore"] - shown["overpaid_ore"] + uncharged_ore
    assert all(line["explain"]["text"] for line in account["lines"])
    closed = kravbro.json("cases", "list", "--creditor", "1", "--state", "closed")["cases"]
    assert {(case["creditor"], case["state"]) for case in closed} == {(1, "closed")}
    assert owing["number"] in kravbro.text("cases", "list")
    assert owing["number"] in kravbro.text("cases", "show", owing["number"])
    assert owing["number"] in kravbro.text("cases", "statement", owing["number"], *ON)
    explained = kravbro.text("cases", "statement", owing["number"], *ON, "--explain")
    assert "forsinkelsesrenteloven" in explained
    assert "2027 H1" in kravbro.text("cases", "statement", owing["number"], "--on", "2027-03-01", exit_code=2)


def test_a_case_shows_what_is_overpaid(kravbro: Program) -> None:
    cases = [kravbro.json("cases", "show", case["number"]) for case in kravbro.json("cases", "list")["cases"]]
    overpaid = next(case for case in cases if case["overpaid_ore"])
    other = next(case for case in cases if not case["owed_back_ore"])

    shown = [kravbro.text("cases", "show", case["line"]["number"]) for case in (overpaid, other)]
    sentence = f"Kr {format_kroner(overpaid['overpaid_ore'])} is overpaid here"
    assert [sentence in one for one in shown] == [True, False]
    assert ["Written off" in one for one in shown] == [False, False]


def test_a_case_that_is_not_there_is_refused(kravbro: Program) -> None:
    assert "9-999999" in kravbro.text("cases", "show", "9-999999", exit_code=2)


def test_a_day_in_the_ledger_from_proposal_to_posted_voucher(kravbro: Program) -> None:
    made = kravbro.json("proposals", "generate", "2", "--type", "KUNDE", "--code", "PWS", *ON)
    again = kravbro.json("proposals", "generate", "2", "--type", "KUNDE", "--code", "PWS", *ON)
    assert made["number"] == again["number"], "the draft of the day is answered again"
    number = str(made["number"])
    lines = kravbro.json("proposals", "show", "2", number, *ON)["lines"]
    kept = next(line for line in lines if not line["reasons"])
    for line in lines:
        if line["entry"] != kept["entry"]:
            entry = str(line["entry"])
            kravbro.text("proposals", "remove", "2", number, "--entry", entry, "--because", "not today")
    assert "not today" in kravbro.text("proposals", "show", "2", number, *ON)
    approved = kravbro.json("proposals", "approve", "2", number, "--voucher-type", "OI", "--leave-as-draft", *ON)
    before = kravbro.json("claims", "ready", *ON)["count"]
    kravbro.text("vouchers", "post", "2", str(approved["transfer_voucher"]), *ON)
    assert kravbro.json("claims", "ready", *ON)["count"] == before + 1
    streams = kravbro.json("claims", "transfer", *ON)["streams"]
    assert sum(one["new"] for one in streams if one["stream"] == "receipts") == 1


def test_unplaced_money_is_placed_proposed_approved_and_delivered(kravbro: Program) -> None:
    unplaced = kravbro.json("payments", "unplaced", "--creditor", "2")["unplaced"]
    payment = next(one for one in unplaced if one["amount_ore"] > 0)
    case = kravbro.json("cases", "list", "--creditor", "2")["cases"][0]["number"]
    printed = kravbro.text("payments", "place", str(payment["payment"]), case, "--explain", *ON)
    assert "What the money covered" in printed
    assert "received on" in printed
    number = kravbro.json("postings", "propose", "2", *ON)["posting"]
    (voucher,) = kravbro.json("postings", "show", "2", str(number))["vouchers"]
    assert sum(line["amount_ore"] for line in voucher["lines"]) == 0
    assert kravbro.json("postings", "approve", "2", str(number), *ON)["new"] is True
    assert kravbro.json("postings", "approve", "2", str(number), *ON)["new"] is False
    streams = kravbro.json("postings", "deliver", *ON)["streams"]
    assert sum(one["new"] for one in streams if one["stream"] == "vouchers") == 1
    drafts = kravbro.json("vouchers", "list", "2", "--registrar", "WS-Inf", "--state", "draft")["vouchers"]
    kravbro.text("vouchers", "post", "2", *(str(one["id"]) for one in drafts), *ON)
    kravbro.text("postings", "deliver", *ON)
    assert kravbro.json("postings", "show", "2", str(number))["vouchers"][0]["state"] == "posted"
    assert kravbro.json("reconcile")["differences"] == []


def test_what_was_deducted_from_wages_covers_the_principal_first_and_takes_no_choice(kravbro: Program) -> None:
    unplaced = kravbro.json("payments", "unplaced", "--creditor", "1")["unplaced"]
    payment = str(next(one for one in unplaced if one["amount_ore"] > 0)["payment"])
    cases = kravbro.json("cases", "list", "--creditor", "1", "--state", "registered")["cases"]
    case = max(cases, key=lambda case: int(case["owed_ore"]))["number"]
    invoice = kravbro.json("cases", "statement", case)["lines"][0]["invoice_no"]
    place = ("payments", "place", payment, case, "--money", "wage_deduction", *ON)
    assert "wage_deduction" in kravbro.text(*place, "--claim", invoice, exit_code=2)
    kravbro.text(*place)
    line = next(one for one in kravbro.json("cases", "statement", case)["lines"] if one["kind"] == "placing")
    assert (line["kind"], line["account"]) == ("placing", "principal")
    assert line["reason"] == "allocation.oldest_due_first allocation.wages_by_law"


def test_the_invoice_and_the_order_that_the_debtor_named_are_followed(kravbro: Program) -> None:
    unplaced = kravbro.json("payments", "unplaced", "--creditor", "1")["unplaced"]
    payment = str(next(one for one in unplaced if one["amount_ore"] > 0)["payment"])
    cases = kravbro.json("cases", "list", "--creditor", "1", "--state", "registered")["cases"]
    case = max(cases, key=lambda case: (int(case["claims"]), int(case["owed_ore"])))["number"]
    lines = kravbro.json("cases", "statement", case)["lines"]
    invoice = [line for line in lines if line["kind"] == "claim"][-1]["invoice_no"]
    order = "principal,costs,fees,interest"
    done = kravbro.json("payments", "place", payment, case, "--claim", invoice, "--order", order, *ON)
    placed = [one for one in kravbro.json("cases", "statement", case)["lines"] if one["kind"] == "placing"]
    covered = [one for one in placed if one["account"] != "overpaid"]
    keys = ("invoice_no", "amount_ore", "reason")
    assert (str(done["payment"]), done["case"], {one["journal"] for one in placed}) == (
        payment,
        case,
        {done["journal"]},
    )
    assert [[one[key] for key in keys] for one in done["shares"]] == [
        [one["invoice_no"], -one["amount_ore"], one["reason"]] for one in covered
    ]
    assert [one["part"] for one in done["shares"]] == [one["account"] for one in covered]
    assert sum(one["amount_ore"] for one in done["shares"]) + done["overpaid_ore"] == done["amount_ore"]
    assert done["explain"]["code"] == "allocation.money.voluntary"
    assert done["explain"]["facts"]["amount_ore"] == done["amount_ore"]
    assert (placed[0]["invoice_no"], placed[0]["account"]) == (invoice, "principal")
    assert placed[0]["reason"] == "allocation.debtor_names_claim allocation.debtor_order"


def test_money_is_placed_neither_by_an_empty_choice_nor_before_it_came(kravbro: Program) -> None:
    unplaced = kravbro.json("payments", "unplaced", "--creditor", "1")["unplaced"]
    payment = str(next(one for one in unplaced if one["amount_ore"] > 0)["payment"])
    case = kravbro.json("cases", "list", "--creditor", "1", "--state", "registered")["cases"][0]["number"]
    place = ("payments", "place", payment, case)
    assert "not an order" in kravbro.text(*place, "--order", "", *ON, exit_code=2)
    assert "no claim on invoice" in kravbro.text(*place, "--claim", "", *ON, exit_code=2)
    assert "did not come in before 2026-" in kravbro.text(*place, "--on", "2020-01-01", exit_code=2)
    assert kravbro.json("payments", "unplaced", "--creditor", "1")["unplaced"] == unplaced


def test_a_file_is_imported_once(kravbro: Program) -> None:
    (file,) = (kravbro.folder / "inbox").iterdir()
    renamed = file.rename(file.with_name("another name.txt"))
    renamed.write_bytes(renamed.read_bytes().replace(b"\n", b"\r\n"))
    refused = kravbro.text("payments", "import", str(renamed), exit_code=1)
    assert "OCR.D261113.T0101" in refused, "the repetition names the file that the payments came in"


def test_money_is_left_out_of_a_posting_and_taken_in_again(kravbro: Program) -> None:
    assert kravbro.json("postings", "propose", "1", *ON)["posting"] is None
    listed = kravbro.json("postings", "list")
    assert {posting["state"] for posting in listed["postings"]} == {"approved"}
    assert "1" in kravbro.text("postings", "list", "--creditor", "1")


def test_an_override_needs_a_reason_and_loses_nothing(kravbro: Program) -> None:
    kravbro.text("streams", "restart", "--company", "1", "--because", " ", exit_code=1)
    streams = kravbro.json("streams", "restart", "--company", "1", "--because", "Friday's copy", *ON)["streams"]
    assert sum(one["known"] for one in streams if one["stream"] == "receipts") > 0
    assert sum(one["new"] for one in streams) == 0, "nothing was missing"
    assert kravbro.json("reconcile")["differences"] == []
    assert "company 9" in kravbro.text("streams", "restart", "--company", "9", "--because", "typing", exit_code=2)


def test_what_a_restored_side_lacks_is_sent_again_and_listed(kravbro: Program) -> None:
    with sqlite3.connect(kravbro.folder / "F0001.db") as books:
        books.execute("DELETE FROM claim_status WHERE entry = 1")
    streams = kravbro.json("streams", "restart", "--company", "1", "--because", "restored", *ON)["streams"]
    assert {one["stream"] for one in streams if one["new"]} == {"statuses"}
    assert kravbro.json("reconcile")["differences"] == []


def test_a_lost_bridge_is_made_anew_and_a_lost_office_is_not(kravbro: Program) -> None:
    kravbro.text("reconcile")
    for name in ("bridge.db", "bridge.db-wal", "bridge.db-shm"):
        (kravbro.folder / name).unlink(missing_ok=True)
    kravbro.text("claims", "transfer", *ON)
    assert kravbro.json("reconcile")["differences"] == []
    for lost in ("office", "F0002", "system"):
        file = kravbro.folder / f"{lost}.db"
        kept = file.rename(file.with_suffix(".kept"))
        assert f"{lost}.db" in kravbro.text("reconcile", exit_code=2)
        assert f"{lost}.db" in kravbro.text("db", "dump", exit_code=2)
        assert not file.exists(), "asking does not make it"
        kept.rename(file)


def test_databases_are_upgraded_and_dumped(kravbro: Program) -> None:
    assert kravbro.json("db", "upgrade") == {"upgraded": []}
    assert set(json.loads(kravbro.text("db", "dump"))) == {"ledger", "office"}
    assert kravbro.text("db", "dump") == kravbro.text("db", "dump")


@pytest.mark.parametrize(
    "command",
    [
        ("reconcile",),
        ("db", "dump"),
        ("db", "upgrade"),
        ("claims", "transfer"),
        ("cases", "list"),
        ("postings", "list"),
        ("payments", "unplaced"),
        ("vouchers", "list", "1"),
    ],
)
def test_a_folder_without_an_installation_is_refused(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--dir", str(tmp_path / "nothing")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(tmp_path / "nothing") in captured.err
    assert not (tmp_path / "nothing").exists(), "asking makes no folder"
