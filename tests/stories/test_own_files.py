"""The whole main job on files of one's own, as a municipality would try it: those in `examples/ledger`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kravbro.bootstrap.demo.files import LedgerFile, PaymentFile, run_on_files
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.ledger_file import read_ledger_file
from kravbro.bootstrap.site import Site
from kravbro.cli.main import main
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.formats import camt054
from kravbro.office.bank_files import read_bank_file
from tests.formats.camt054_files import file_of, lump, notification, reversal
from tests.formats.camt054_files import payment as transaction
from tests.formats.ledger_examples import (
    FOLDER,
    SAFT,
    SAFT_PAYMENTS,
    SETTLED,
    TABLE,
    TABLE_PAYMENTS,
    amount_ore,
    files,
    invoice_kid,
)
from tests.formats.saft_files import NAMESPACE, Customer, Ledger, closing_ore, credit_note, invoice, payment, render
from tests.places import new_places
from tests.stories.canonical import canonical
from tests.stories.killing import dumped
from tests.stories.sites import ACT

CREATED = (
    "claims_refused", "cases_created", "case_numbers_recorded", "payments_read", "vouchers_delivered",
    "ledger_transactions_applied",
)  # fmt: skip


def kravbro(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def demo(capsys: pytest.CaptureFixture[str], site: Path, ledger: str, payments: str, *more: str) -> Any:
    own = ("--ledger", str(FOLDER / ledger), "--payments", str(FOLDER / payments))
    return kravbro(capsys, "demo", "--once", "--dir", str(site), *own, *more)


@pytest.mark.parametrize("name", [SAFT, SAFT_PAYMENTS, TABLE, TABLE_PAYMENTS])
def test_the_examples_are_what_their_writer_writes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == files()[name], "run: python -m tests.formats.ledger_examples"


def balances_by_another_reader() -> dict[str, int]:
    """What each customer owes when the period ends, from the file's lines and opening balances alone."""
    tree = ET.parse(FOLDER / SAFT)  # noqa: S314 - our own file
    of = f"{{{NAMESPACE}}}"
    owed_ore: defaultdict[str, int] = defaultdict(int)
    for customer in tree.iter(f"{of}Customer"):
        number = customer.findtext(f"{of}CustomerID") or ""
        debit = customer.findtext(f"{of}BalanceAccount/{of}OpeningDebitBalance")
        credit = customer.findtext(f"{of}BalanceAccount/{of}OpeningCreditBalance")
        owed_ore[number] += int(Decimal(debit or "0") * 100) - int(Decimal(credit or "0") * 100)
    for line in tree.iter(f"{of}Line"):
        number = line.findtext(f"{of}CustomerID") or ""
        if number:
            debit, credit = (line.findtext(f"{of}{side}/{of}Amount") or "0" for side in ("DebitAmount", "CreditAmount"))
            owed_ore[number] += int(Decimal(debit) * 100) - int(Decimal(credit) * 100)
    return dict(owed_ore)


def test_a_municipality_goes_from_its_own_file_to_posted_vouchers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    first = demo(capsys, site, SAFT, SAFT_PAYMENTS)

    assert first["on"] == SETTLED.isoformat(), "the last day that the files tell of"
    assert first["differences"] == first["in_transit_ore"] == 0
    assert first["claims_ready"] == first["case_numbers_recorded"] + first["claims_refused"]
    assert (first["payments_read"], first["payments_unplaced"]) == (7, 1)
    assert first["vouchers_delivered"] > 0
    imported = first["imported"]
    assert (imported["customers"], imported["invoices"], imported["credit_notes"]) == (24, 24, 3)
    assert {one["code"] for one in imported["unresolved"]} == {"import.opening_balance"}
    listed = kravbro(capsys, "ledger", "customers", "--company", "1", "--dir", str(site))["customers"]
    paid_ore = {
        number: sum(amount_ore(place) if place != 15 else 500_00 for place in places)
        for number, places in {"10007": [6], "10011": [10], "10015": [14], "10016": [15]}.items()
    }
    assert {one["source_id"]: one["balance_ore"] for one in listed} == {
        number: owed_ore - paid_ore.get(number, 0) for number, owed_ore in balances_by_another_reader().items()
    }
    before = dumped(site)
    second = demo(capsys, site, SAFT, SAFT_PAYMENTS)
    assert {name: second[name] for name in CREATED} == dict.fromkeys(CREATED, 0)
    assert second["imported"]["known"] == 46
    assert second["reconciled_claims"] == first["reconciled_claims"]
    assert dumped(site) == before


def in_camt054(data: bytes) -> bytes:
    """The payments of an OCR giro file as the bank tells of them in camt.054, and one of the municipality's own."""
    found = [
        transaction(kid=one.kid, amount_ore=one.amount_ore, bank_reference=f"R{one.reference}", accepted_on=None)
        for one in read_bank_file(data, SAFT_PAYMENTS).payments
    ]
    days = {"booked_on": SETTLED, "value_on": SETTLED}
    came = lump(*(one for one in found if one.amount_ore > 0), **days)
    went = reversal(*(one for one in found if one.amount_ore < 0), **days)
    own = lump(transaction(amount_ore=-75_00, accepted_on=None), **days)
    return camt054.render(file_of(notification(came, went, own, account="15030012345")))


def test_the_bank_may_tell_of_the_payments_in_camt054(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "camt.xml"
    file.write_bytes(in_camt054((FOLDER / SAFT_PAYMENTS).read_bytes()))
    of_ocr = demo(capsys, tmp_path / "ocr", SAFT, SAFT_PAYMENTS)
    of_camt = demo(capsys, tmp_path / "camt", SAFT, str(file))

    told = (*CREATED, "on", "payments_unplaced", "reconciled_claims", "in_transit_ore", "differences")
    assert {name: of_camt[name] for name in told} == {name: of_ocr[name] for name in told}
    owed = [kravbro(capsys, "cases", "list", "--dir", str(tmp_path / name))["cases"] for name in ("ocr", "camt")]
    assert owed[0] == owed[1]
    assert main(["demo", "--once", "--dir", str(tmp_path / "camt"), "--ledger", str(FOLDER / SAFT),
                 "--payments", str(FOLDER / SAFT_PAYMENTS)]) == 1  # fmt: skip
    assert "camt.xml" in capsys.readouterr().err


def test_whoever_has_money_on_no_invoice_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site"
    demo(capsys, site, SAFT, SAFT_PAYMENTS)
    dump = json.loads(dumped(site))
    receipts = dump["ledger"]["companies"]["1"]["offer_receipt"]
    (refused,) = [one for one in receipts if one["outcome"] == "refused"]
    entries = {one["number"]: one for one in dump["ledger"]["companies"]["1"]["entry"]}
    offers = {one["number"]: one for one in dump["ledger"]["companies"]["1"]["offer"]}

    assert entries[offers[refused["offer"]]["entry"]]["customer"] == 10_008, "120 kroner to its credit from last year"
    assert "gate.unmatched_credits" in refused["reasons"]


def test_a_plumbers_spreadsheet_does_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = demo(capsys, tmp_path / "site", TABLE, TABLE_PAYMENTS)

    assert (done["claims_ready"], done["claims_refused"], done["payments_unplaced"]) == (12, 0, 0)
    assert (done["payments_placed"], done["differences"], done["imported"]["unresolved"]) == (3, 0, [])


def test_another_day_is_another_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ("--ledger", str(FOLDER / SAFT))
    early = kravbro(capsys, "demo", "--once", "--dir", str(tmp_path / "early"), *own, "--on", "2026-02-20")
    late = kravbro(capsys, "demo", "--once", "--dir", str(tmp_path / "late"), *own, "--on", "2026-12-31")

    assert (early["on"], early["claims_ready"]) == ("2026-02-20", 0), "the one that is due was paid"
    assert (late["on"], late["claims_ready"]) == ("2026-12-31", 21)


def test_nothing_overdue_is_said_and_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2026, 10, 1)
    ledger = Ledger((Customer("1"),), (invoice("5", "1", 1_00, day, day + timedelta(60)),))
    file = tmp_path / "ledger.xml"
    file.write_bytes(render(ledger))
    assert main(["demo", "--once", "--ledger", str(file), "--dir", str(tmp_path / "site")]) == 0
    printed = capsys.readouterr().out

    assert "No invoice in the file has been overdue" in printed
    assert closing_ore(ledger) == {"1": 1_00}


def test_a_file_is_the_same_on_postgresql(tmp_path: Path) -> None:
    """The identities of the two installations differ, and fingerprints with them: everything else is the same."""
    dumps = []
    with new_places(tmp_path, "postgresql") as new:
        for place in (new(), place_at(tmp_path / "site")):
            ledger, bank = (FOLDER / SAFT).read_bytes(), (FOLDER / SAFT_PAYMENTS).read_bytes()
            file = LedgerFile(ledger, read_ledger_file(ledger, SAFT))
            payments = PaymentFile(SAFT_PAYMENTS, read_bank_file(bank, SAFT_PAYMENTS))
            for is_first in (True, False):
                done = run_on_files(place, FixedClock(SETTLED), file, payments)
                assert (done.differences, done.cases_created > 0, done.imported.invoices > 0) == (0, is_first, is_first)
            site = Site(place, ACT)
            dumped_here = canonical(dump_site(site))
            for name in (site.ledger.identify().installation, site.collector.identify().installation):
                dumped_here = dumped_here.replace(name, "installation")
            dumps.append(re.sub('"fingerprint": "[0-9a-f]+"', "", dumped_here))

    assert dumps[0] == dumps[1]


def test_what_a_later_file_brings_of_a_transferred_claim_reaches_its_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, file = tmp_path / "site", tmp_path / "ledger.xml"
    day = date(2026, 3, 2)
    sold = invoice("501", "10001", 1_250_00, day, day + timedelta(21), invoice_kid("501"))
    march = Ledger((Customer("10001"),), (sold,), end=date(2026, 5, 31))
    paid = payment("B1", "10001", 400_00, date(2026, 6, 9), kid=invoice_kid("501"))
    credited = credit_note("601", "10001", 50_00, date(2026, 6, 10), crossed="501")
    june = Ledger(march.customers, (sold, paid, credited), end=date(2026, 6, 30))
    results = []
    for ledger in (march, june, june):
        file.write_bytes(render(ledger))
        results.append(kravbro(capsys, "demo", "--once", "--dir", str(site), "--ledger", str(file)))

    assert [one["cases_created"] for one in results] == [1, 0, 0]
    assert [one["ledger_transactions_applied"] for one in results] == [0, 2, 0]
    assert [(one["differences"], one["in_transit_ore"], one["reconciled_claims"]) for one in results] == [(0, 0, 1)] * 3
    (case,) = kravbro(capsys, "cases", "list", "--dir", str(site))["cases"]
    assert case["owed_ore"] == 800_00
