"""The whole main job as a user runs it, and what a second run does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kravbro.bootstrap.demo.world import HANDED_OVER, PROTECTED_STREET
from kravbro.bridge.streams import ALL
from kravbro.cli.main import main
from kravbro.core.gate import Code
from kravbro.core.gate import judge as judged_by_gate
from kravbro.core.statute.shipped import shipped_statute
from tests.places import Where
from tests.raw import raw
from tests.stories.killing import dumped
from tests.stories.sites import carry_everything, reconciled, site_in
from tests.stories.test_recompute import recompute

COUNTS = (
    "claims_ready", "claims_refused", "claims_converted", "cases_created", "case_numbers_recorded", "payments_read",
    "payments_placed", "payments_unplaced", "vouchers_delivered", "ledger_transactions_applied", "reconciled_claims",
    "in_transit_ore", "differences",
)  # fmt: skip
NEW = tuple(name for name in COUNTS if name not in {"claims_ready", "reconciled_claims"})


def demo(where: Where, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, int], dict[str, dict[str, Any]]]:
    """Everything that the demo counted, and the facts of each step."""
    assert main(["demo", "--once", "--dir", str(where), "--json"]) == 0
    text = capsys.readouterr().out
    assert PROTECTED_STREET not in text
    printed = json.loads(text)
    return printed, {step["code"]: step["facts"] for step in printed["steps"]}


def test_the_whole_job_runs_and_a_second_run_creates_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "site"
    first, did = demo(whole, capsys)
    assert set(COUNTS) <= set(first)
    answered = first["case_numbers_recorded"] - first["claims_converted"] + first["claims_refused"]
    assert first["claims_ready"] == answered + first["claims_waiting"]
    assert (did["set_up"]["companies"], did["invoices"]["count"]) == (11, 2000)
    assert did["bank_file"]["lines"] + did["camt"]["lines"] == 500
    assert did["bank_file"]["count"] + did["camt"]["count"] == 500
    assert first["payments_read"] == first["payments_placed"] + first["payments_unplaced"] == 506, "six by hand"
    assert first["cases_created"] < first["case_numbers_recorded"], "some debtors have several claims in one case"
    assert min(first[name] for name in COUNTS if name not in {"differences", "in_transit_ore"}) > 0
    assert (first["differences"], first["in_transit_ore"]) == (0, 0)
    by_hand(did)
    before = dumped(whole)
    recomputed = recompute(before)
    assert recomputed.returncode == 0, recomputed.stdout
    files = {file: file.read_bytes() for file in sorted(whole.glob("*box/*"))}
    assert len(files) == 6
    second, did_again = demo(whole, capsys)
    assert {name: second[name] for name in NEW} == dict.fromkeys(NEW, 0)
    assert second["reconciled_claims"] == first["reconciled_claims"]
    assert second["claims_ready"] == second["claims_waiting"] == first["claims_waiting"]
    assert [did_again[step]["count"] for step in ("bank_file", "camt", "placing", "redelivery")] == [0, 0, 0, 0]
    assert [did_again["conversion"][name] for name in ("joined", "items_left", "cases_left")] == [0, 1, 1]
    assert {file: file.read_bytes() for file in sorted(whole.glob("*box/*"))} == files
    assert PROTECTED_STREET.encode() not in b"".join(files.values()) + dumped(whole).encode()
    assert dumped(whole) == before


def by_hand(did: dict[str, dict[str, Any]]) -> None:
    """Everything that people did by hand came to what it should."""
    assert did["parties"]["protected"] > 10
    assert min(did["parties"].values()) > 10
    assert did["corrections"]["count"] == 10
    assert (did["repetition"]["count"], did["repetition"]["known"]) == (0, "office.file_repeated")
    assert did["handed_over"]["count"] == HANDED_OVER
    conversion = {name: did["conversion"][name] for name in ("joined", "differing", "items_left", "cases_left")}
    assert conversion == {"joined": HANDED_OVER - 1, "differing": 1, "items_left": 1, "cases_left": 1}
    assert (did["by_hand"]["acts"], did["charges"]["acts"]) == (7, 6)
    assert did["without_ledger"]["case"].startswith("1-")
    assert did["placing"]["count"] == 3, "one on each account that strangers pay to"
    assert did["refunds"]["count"] == 3
    assert (did["returns"]["asked"], did["returns"]["given"] > 3) == (2, True)
    assert did["deliver"]["rejected"] == did["redelivery"]["count"] == did["redelivery"]["posted"] == 1
    assert did["redelivery"]["rejected"] == 0


def test_every_reason_of_the_gate_has_at_least_two_invoices(where: Where) -> None:
    site = site_in(where)
    found: Counter[str] = Counter()
    for company in (1, 2):
        for receipt in site.collector.receipts(company, 0, 10_000):
            found.update({reason.code for reason in receipt.reasons})
        for offer in site.ledger.ready_claims(company, 0, 10_000):
            policy = site_policy(company)
            found.update({one.code for one in judged_by_gate(offer, policy, shipped_statute(), site.act.on).reasons})
    assert {code for code in Code if found[code] < 2} == set()


def site_policy(company: int):  # type: ignore[no-untyped-def] # the gate's own type
    from kravbro.bootstrap.demo.setting import creditor

    return creditor(company).gate_policy(starts_after_notice=True)


def test_a_lost_position_changes_nothing(where: Where) -> None:
    before = dumped(where)
    bridge = raw(where, "bridge")
    assert bridge.execute("DELETE FROM position") > 0
    bridge.close()
    carry_everything(where)
    assert dumped(where) == before
    assert reconciled(where).differences == ()


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_every_stream_delivered_again_changes_nothing(where: Where, page: int) -> None:
    before = dumped(where)
    joined = site_in(where, page).join()
    for company in joined.companies():
        for stream in ALL * 2:
            joined.positions.forget(company, "delivered again")
            carried = stream(joined, company, lambda _carried: None)
            assert carried.new == 0, carried
    assert dumped(where) == before


def test_our_own_vouchers_never_come_back_as_transactions(where: Where) -> None:
    books = raw(where, "F0001")
    echoes = books.ask(
        "SELECT count(*) FROM claim_transaction t JOIN booking b ON b.number = t.booking"
        " JOIN entry e ON e.number = b.entry JOIN voucher v ON v.id = e.voucher WHERE v.registrar = 'WS-Inf'"
    )
    books.close()
    assert echoes == [(0,)]


def test_a_copied_database_behind_a_port_stops_everything(where: Where, capsys: pytest.CaptureFixture[str]) -> None:
    office = raw(where, "office")
    office.execute("UPDATE installation SET id = 'another-office'")
    office.close()
    assert main(["claims", "transfer", "--dir", str(where)]) == 1
    assert "another-office" in capsys.readouterr().err
