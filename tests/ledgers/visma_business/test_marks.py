"""What the ERP shows of the collector's answers: on the open item and its entry together, and put back afterwards."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from kravbro.core.claims import ClaimState, Outcome, Reason, Status
from kravbro.ledgers.visma_business.trial.schema import MINIMUM
from kravbro.mirror.source import Mark
from tests.ledgers.visma_business.acting import COMPANY, TODAY, Trial
from tests.ledgers.visma_business.conftest import NewTrial

CASE = "1-000001"
REASONS = (Reason("gate.name_missing"), Reason("gate.below_minimum", "500,00"))
NAMES = ("exemption", "proposal", "no_interest", "case_number", "case_status", "reasons")


def shown(trial: Trial, entry: int) -> list[dict[str, Any]]:
    """What stands on the entry and on the open item, which must be alike in all of it."""
    found = []
    for name in ("entries", "open_items"):
        table = trial.erp.tables[name]
        columns = [table.c[column] for column in NAMES if column in table.c]
        here = (table.c.journal == entry // 1_000_000_000, table.c.number == entry % 1_000_000_000)
        with trial.erp.writing() as connection:
            row = connection.execute(sa.select(*columns).where(*here)).one()
        found.append(dict(zip([column.key for column in columns], row, strict=True)))
    return found


def accepted(entry: int) -> Mark:
    return Mark(entry, 1, Outcome.ACCEPTED, TODAY, CASE)


def invoiced(trial: Trial, **values: Any) -> int:
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")
    trial.erp.change([entry], proposal=1, **values)
    return entry


def test_an_accepted_item_shows_its_case_and_bears_no_interest_here(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = invoiced(trial)
    trial.source().mark(COMPANY, [accepted(entry)])

    told = dict(zip(NAMES, (3, 0, "x", CASE, "accepted", ""), strict=True))
    assert shown(trial, entry) == [told, told]


@pytest.mark.parametrize("before", ["", "x"])
def test_an_item_that_is_given_back_is_as_it_was(new_trial: NewTrial, before: str) -> None:
    trial = new_trial()
    entry = invoiced(trial, no_interest=before)
    source = trial.source()
    source.mark(COMPANY, [accepted(entry)])
    source.mark(COMPANY, [accepted(entry)])
    source.show(COMPANY, [Status(1, entry, 1, ClaimState.REGISTERED, CASE, TODAY)])
    assert shown(trial, entry)[0]["case_status"] == "registered"

    source.mark(COMPANY, [Mark(entry, 1, Outcome.RETURNED, TODAY, CASE, (Reason("return.other", "for gammelt"),))])
    told = dict(zip(NAMES, (0, 2, before, "", "returned", "Gitt tilbake: for gammelt"), strict=True))
    assert shown(trial, entry) == [told, told]


def test_a_refused_item_leaves_the_queue_with_its_reasons_until_a_person_proposes_it_anew(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = invoiced(trial)
    source = trial.source()
    source.mark(COMPANY, [Mark(entry, 1, Outcome.REFUSED, TODAY, reasons=REASONS)])

    why = "Kunden mangler navn. Registrer det i reskontroen og foreslå kravet på nytt. "
    why += "Restbeløpet er under oppdragsgiverens minstebeløp på 500,00 kroner. Ta fakturaen ut av forslaget, eller "
    told = dict(zip(NAMES, (0, 2, "", "", "refused", (why + "endre minstebeløpet.")[:250]), strict=True))
    assert shown(trial, entry) == [told, told]
    assert source.proposals(COMPANY) == []
    trial.erp.propose([entry])
    assert [one.entry for one in source.proposals(COMPANY)] == [entry]


def test_an_item_that_left_the_open_items_is_marked_on_its_entry(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = invoiced(trial)
    trial.pay(10_001, 100_00, cross_reference="501")
    trial.source().mark(COMPANY, [accepted(entry)])

    (item,) = trial.source().items(COMPANY, [entry])
    assert item.wanted_back == ""
    assert trial.source().standings(COMPANY, [entry])[entry].facts.already_sent


def test_the_minimum_has_room_for_the_mark_alone(new_trial: NewTrial) -> None:
    trial = new_trial(generation=MINIMUM)
    entry = invoiced(trial)
    source = trial.source()
    source.mark(COMPANY, [accepted(entry)])
    source.show(COMPANY, [Status(1, entry, 1, ClaimState.PAID, CASE, TODAY)])

    assert shown(trial, entry) == [{"exemption": 3, "proposal": 0}] * 2


def test_an_older_status_is_not_shown(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = invoiced(trial)
    source = trial.source()
    paid = Status(3, entry, 3, ClaimState.PAID, CASE, TODAY)
    source.show(COMPANY, [Status(2, entry, 2, ClaimState.REGISTERED, CASE, TODAY), paid])
    source.show(COMPANY, [Status(2, entry, 2, ClaimState.REGISTERED, CASE, TODAY)])
    source.show(COMPANY, [paid])

    assert [one["case_status"] for one in shown(trial, entry)] == ["paid", "paid"]


def test_a_change_of_ours_is_seen_as_a_change(new_trial: NewTrial) -> None:
    """Others who read by the time of change hear of it, as they do of what the standard client writes."""
    trial = new_trial()
    entry = invoiced(trial)
    trial.source().mark(COMPANY, [accepted(entry)])
    for name in ("entries", "open_items"):
        table = trial.erp.tables[name].c
        with trial.erp.writing() as connection:
            row = connection.execute(sa.select(table.changed_on, table.changed_at).where(table.amount > 0)).one()
        assert tuple(row) == (20261120, 900)


def test_what_was_sent_before_us_is_told_with_its_case_and_what_we_sent_is_not(new_trial: NewTrial) -> None:
    trial = new_trial()
    before, ours, refused = (trial_invoice(trial, number) for number in ("1", "2", "3"))
    source = trial.source()
    source.mark(COMPANY, [accepted(ours), Mark(refused, 2, Outcome.REFUSED, TODAY, reasons=REASONS)])
    trial.erp.change([before, refused], exemption=3, case_number="K-7")

    told = [(one.entry, one.case_number) for one in source.transferred(COMPANY)]
    assert told == [(before, "K-7"), (refused, "K-7")], "a person sent the refused one elsewhere"


def trial_invoice(trial: Trial, number: str) -> int:
    customer = 10_000 + int(number)
    trial.customer(customer)
    return trial.invoice(customer, 100_00, number)


@pytest.mark.parametrize(("outcome", "left"), [(Outcome.REFUSED, 3), (Outcome.WITHDRAWN, 0)])
def test_a_mark_of_before_us_ends_when_the_item_is_with_nobody(
    new_trial: NewTrial, outcome: Outcome, left: int
) -> None:
    trial = new_trial()
    entry = trial_invoice(trial, "1")
    trial.erp.change([entry], exemption=3)
    source = trial.source()
    source.mark(COMPANY, [Mark(entry, 1, outcome, TODAY)])
    assert {one["exemption"] for one in shown(trial, entry)} == {left}


def test_a_converted_claim_that_is_given_back_is_not_sent_any_more(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = trial_invoice(trial, "1")
    trial.erp.change([entry], exemption=3, no_interest="")
    source = trial.source()
    source.mark(COMPANY, [accepted(entry)])
    source.mark(COMPANY, [Mark(entry, 1, Outcome.RETURNED, TODAY, CASE)])
    assert [(one["exemption"], one["no_interest"]) for one in shown(trial, entry)] == [(0, "")] * 2
    assert source.transferred(COMPANY) == []


def test_what_a_person_says_is_shown_and_taken_back(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = invoiced(trial)
    source = trial.source()
    for said in (Mark(entry, -1, Outcome.ACCEPTED, TODAY, "K-7"), Mark(entry, -2, Outcome.ACCEPTED, TODAY, "K-8")):
        source.mark(COMPANY, [said])
        (one, _) = shown(trial, entry)
        assert (one["exemption"], one["case_number"], one["no_interest"]) == (3, said.case_number, "x")
    source.mark(COMPANY, [Mark(entry, -3, Outcome.WITHDRAWN, TODAY)])
    assert [(one["exemption"], one["proposal"], one["no_interest"]) for one in shown(trial, entry)] == [(0, 2, "")] * 2


def test_invoices_are_named_by_their_numbers_or_those_of_their_vouchers(new_trial: NewTrial) -> None:
    trial = new_trial()
    one, two, settled = (trial_invoice(trial, number) for number in ("501", "502", "503"))
    entries = trial.erp.tables["entries"]
    with trial.erp.writing() as connection:
        connection.execute(
            sa.update(entries).where(entries.c.journal == two // 1_000_000_000).values(invoice_no="", voucher_no=77)
        )
    trial.pay(10_503, 100_00, cross_reference="503")

    names = {"501", "77", "503", "502", "x" * 60, "9" * 30}
    assert trial.source().named(COMPANY, names) == {"501": [one], "77": [two], "503": [settled]}
    assert trial.source().named(COMPANY, ()) == {}
