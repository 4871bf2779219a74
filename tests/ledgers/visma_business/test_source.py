"""What the adapter reads: items and what changed them, standings, the queue, and what has changed since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from kravbro.core.claims import LetterKind, Outcome, Reason, TransactionKind
from kravbro.core.errors import DataFault, Stop
from kravbro.core.parties import PartyKind
from kravbro.ledgers.visma_business.trial import erp
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, Entered
from kravbro.ledgers.visma_business.trial.schema import EXTENDED, MINIMUM, RENAMED, RICH, Generation
from kravbro.mirror.source import Mark, OpenItem
from tests.ledgers.visma_business.acting import ACT, CLOCK, COMPANY, OTHER, TODAY, Trial
from tests.ledgers.visma_business.conftest import NewTrial

NEXT_DAY = msgspec.structs.replace(ACT, on=TODAY + timedelta(days=1), at=datetime(2026, 11, 21, 8, tzinfo=UTC))


def the_item(trial: Trial, entry: int) -> OpenItem:
    (item,) = trial.source().items(COMPANY, [entry])
    return item


def changes_of(trial: Trial, entry: int) -> list[tuple[TransactionKind, int]]:
    return [(one.kind, one.amount_ore) for one in the_item(trial, entry).settlements]


@pytest.mark.parametrize("generation", [MINIMUM, RICH, RENAMED, EXTENDED], ids=lambda one: one.name)
def test_every_generation_is_read_and_marked(new_trial: NewTrial, generation: Generation) -> None:
    trial = new_trial(generation=generation)
    trial.customer(10_001)
    entry = trial.invoice(10_001, 1_000_00, "501", kid="5017")
    trial.pay(10_001, 300_50, cross_reference="501")
    trial.erp.propose([entry])
    source = trial.source()

    assert source.companies() == [COMPANY, OTHER]
    assert [one.entry for one in source.proposals(COMPANY)] == [entry]
    assert the_item(trial, entry).remaining_ore == 699_50
    assert changes_of(trial, entry) == [(TransactionKind.PAYMENT, -300_50)]
    standing = source.standings(COMPANY, [entry])[entry]
    assert (standing.invoice_no, standing.kid, standing.currency) == ("501", "5017", "NOK")
    assert (standing.debtor.name, standing.debtor.postcode) == ("Kunde 10001", "0150")
    assert (standing.facts.customer_balance_ore, standing.facts.voucher_meaning) == (699_50, "invoice")
    source.mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    assert source.proposals(COMPANY) == []
    assert source.standings(COMPANY, [entry])[entry].facts.already_sent
    cursor = source.changes(COMPANY, "").cursor
    trial.erp.rename(10_001, "Another Name")
    assert (source.changes(COMPANY, cursor).entries is None) == (generation is MINIMUM)


def test_the_queue_asks_for_reminders_and_tells_the_notice(new_trial: NewTrial) -> None:
    trial = new_trial(minimum_reminders=2, notice_reminder=2, notice_days=14)
    trial.customer(10_001)
    twice, once, exempt = (trial.invoice(10_001, 100_00, number) for number in ("1", "2", "3"))
    trial.erp.remind([twice, once, exempt], date(2026, 10, 10))
    trial.erp.remind([twice, exempt], date(2026, 10, 25))
    trial.erp.change([exempt], exemption=2)
    trial.erp.propose([exempt, once, twice])

    (proposal,) = trial.source().proposals(COMPANY)
    assert proposal.entry == twice
    (letter,) = proposal.letters
    assert (letter.kind, letter.sent_on, letter.deadline) == (
        LetterKind.NOTICE,
        date(2026, 10, 25),
        date(2026, 11, 8),
    )


def test_a_match_that_is_taken_back_lets_what_remains_rise(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 1_000_00, "501")
    paid = trial.pay(10_001, 1_000_00, cross_reference="501")
    assert (the_item(trial, entry).remaining_ore, changes_of(trial, entry)) == (
        0,
        [(TransactionKind.PAYMENT, -1_000_00)],
    )

    trial.erp.match(paid, entry, -400_00)

    assert (the_item(trial, entry).remaining_ore, changes_of(trial, entry)) == (
        400_00,
        [(TransactionKind.PAYMENT, -600_00)],
    )
    facts = trial.source().standings(COMPANY, [entry])[entry].facts
    assert (facts.unmatched_credits_ore, facts.customer_balance_ore) == (-400_00, 0)


def test_what_was_paid_and_taken_back_is_told_though_everything_is_owed_again(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")
    trial.pay(10_001, 100_00, cross_reference="501")
    back = Entered(erp.PAYMENT, TODAY, 100_00, debit=(10_001, CUSTOMER), cross_reference="501")
    trial.erp.post(back, Entered(erp.PAYMENT, TODAY, 100_00, credit=(BANK, ACCOUNT)))

    assert the_item(trial, entry).remaining_ore == 100_00
    assert changes_of(trial, entry) == [(TransactionKind.PAYMENT, -100_00), (TransactionKind.REVERSAL, 100_00)]


def test_what_is_settled_is_read_though_it_left_the_open_items(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")
    source = trial.source()
    cursor = source.changes(COMPANY, "").cursor
    trial.pay(10_001, 100_00, cross_reference="501")

    assert source.changes(COMPANY, cursor).entries == frozenset({entry})
    assert the_item(trial, entry).remaining_ore == 0


def test_compression_takes_old_entries_and_is_noticed(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    settled, still_open = trial.invoice(10_001, 100_00, "501"), trial.invoice(10_001, 200_00, "502")
    trial.pay(10_001, 100_00, cross_reference="501")
    trial.pay(10_001, 50_00, cross_reference="502")
    source = trial.source()
    cursor = source.changes(COMPANY, "").cursor
    trial.erp.compress(10_001)

    assert source.items(COMPANY, [settled]) == []
    assert source.changes(COMPANY, cursor).entries == frozenset({still_open})
    item = the_item(trial, still_open)
    assert (item.remaining_ore, item.settlements) == (150_00, ()), (
        "the payment is gone, and nobody says it was taken back"
    )


def test_a_claim_that_a_person_takes_back_is_told(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")
    source = trial.source()
    trial.erp.change([entry], exemption=0)
    assert the_item(trial, entry).wanted_back == ""
    source.mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    assert the_item(trial, entry).wanted_back == ""

    trial.erp.change([entry], exemption=1)
    assert the_item(trial, entry).wanted_back == "ExcRem 1"
    source.mark(COMPANY, [Mark(entry, 1, Outcome.ACCEPTED, TODAY, "1-000001")])
    assert the_item(trial, entry).wanted_back == "ExcRem 1", "the same answer again does not undo what a person did"

    source.mark(COMPANY, [Mark(entry, 1, Outcome.WITHDRAWN, TODAY, "1-000001", (Reason("return.creditors_wish"),))])
    assert the_item(trial, entry).wanted_back == ""
    assert source.standings(COMPANY, [entry])[entry].facts.exempt_from_dunning


def test_waiting_batches_of_others_are_counted_and_our_own_are_not(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")

    def drafts() -> int:
        return trial.source().standings(COMPANY, [entry])[entry].facts.draft_vouchers

    ours = Entered(77, TODAY, 10_00, credit=(10_001, CUSTOMER), voucher_no=900_001)
    trial.erp.register([ours], origin=31)
    assert drafts() == 0
    number = trial.erp.register([Entered(erp.PAYMENT, TODAY, 10_00, debit=(BANK, ACCOUNT), credit=(10_001, CUSTOMER))])
    assert drafts() == 1
    trial.erp.register([Entered(77, TODAY, 10_00, debit=(10_001, CUSTOMER), voucher_no=12)])
    assert drafts() == 2, "our voucher type, but a number that is not of our series"
    trial.erp.delete_batch(number)
    assert drafts() == 1


def test_currencies_countries_and_kinds_of_customers(new_trial: NewTrial) -> None:
    trial = new_trial(private_bit=3, no_reminders_bit=1)
    trial.customer(10_001, organisation_no="974760673", country=46)
    trial.customer(10_002, organisation_no="974760673", preferences=0b101)
    trial.customer(10_003, organisation_no="02013299997", country=99)
    trial.customer(10_004, identity_no="02013299997", country=47)
    entries = [trial.invoice(number, 100_00, str(number)) for number in (10_001, 10_002, 10_003, 10_004)]
    found = trial.source().standings(COMPANY, entries)
    parties = [found[entry].debtor for entry in entries]

    assert [one.kind for one in parties] == [PartyKind.BUSINESS, *[PartyKind.PERSON] * 3]
    assert [one.number for one in parties] == ["974760673", "", "02013299997", "02013299997"]
    assert [one.country for one in parties] == ["SE", "NO", "??", "NO"]
    assert [found[entry].facts.exempt_from_dunning for entry in entries] == [False, True, False, False]

    entries_table = trial.erp.tables["entries"]
    for number, entry in ((45, entries[0]), (99, entries[1])):
        journal = entry // 1_000_000_000
        with trial.erp.writing() as connection:
            connection.execute(entries_table.update().where(entries_table.c.journal == journal).values(currency=number))
    found = trial.source().standings(COMPANY, entries)
    assert [found[entry].currency for entry in entries] == ["SEK", "99", "NOK", "NOK"]


def test_an_invoice_without_a_customer_is_told_without_a_name(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = trial.invoice(10_001, 100_00, "501", voucher_type=98)
    standing = trial.source().standings(COMPANY, [entry])[entry]

    assert (standing.debtor.customer_no, standing.debtor.name) == (10_001, "")
    assert standing.facts.voucher_meaning == "98"


def test_what_has_no_meaning_explains_nothing(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    entry = trial.invoice(10_001, 100_00, "501")
    trial.credit(55, 10_001, 30_00, cross_reference="501")

    assert (the_item(trial, entry).remaining_ore, changes_of(trial, entry)) == (70_00, [])


def test_changes_are_found_by_journal_and_by_time(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    trial.customer(10_002)
    one, other = trial.invoice(10_001, 100_00, "501"), trial.invoice(10_002, 200_00, "502")
    trial.erp.clock = CLOCK + timedelta(hours=5)
    trial.erp.propose([other])
    source = trial.source(NEXT_DAY)
    first = source.changes(COMPANY, "")
    assert first.entries is None
    assert source.changes(COMPANY, first.cursor).entries == frozenset()

    trial.erp.clock = CLOCK - timedelta(days=30)
    trial.pay(10_001, 10_00)
    assert source.changes(COMPANY, first.cursor).entries == frozenset({one, other}), (
        "a clock that is wrong hides no new entry"
    )

    after = source.changes(COMPANY, first.cursor).cursor
    trial.erp.change([other], exemption=1)
    assert source.changes(COMPANY, after).entries is None, "what was changed last was changed again by a slower clock"
    after = source.changes(COMPANY, after).cursor
    trial.erp.clock = CLOCK + timedelta(hours=6)
    trial.erp.change([one], exemption=2)
    assert one in (source.changes(COMPANY, after).entries or ())
    assert source.changes(COMPANY, "of another form").entries is None


def test_a_clock_that_is_years_ahead_hides_no_change(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.customer(10_001)
    trial.customer(10_002)
    ahead, entry = trial.invoice(10_001, 100_00, "501"), trial.invoice(10_002, 100_00, "502")
    paid = trial.pay(10_002, 40_00)
    trial.erp.clock = CLOCK + timedelta(days=3650)
    trial.erp.change([ahead], exemption=1)
    cursor = trial.source(NEXT_DAY).changes(COMPANY, "").cursor

    trial.erp.clock = CLOCK + timedelta(hours=30)
    trial.erp.match(paid, entry, 40_00)

    assert entry in (trial.source(NEXT_DAY).changes(COMPANY, cursor).entries or ())


def test_an_unknown_company_is_an_error(new_trial: NewTrial) -> None:
    source = new_trial().source()
    for ask in (lambda: source.proposals(7777), lambda: source.changes(99, ""), lambda: source.items(99, [1])):
        with pytest.raises(DataFault, match=r"mirror\.unknown_company"):
            ask()


def test_an_installation_keeps_its_id(new_trial: NewTrial) -> None:
    trial = new_trial()
    assert trial.source().installation() == trial.source().installation() == "trial-1"


def test_what_is_not_there_is_named(new_trial: NewTrial) -> None:
    trial = new_trial(generation=RENAMED, names={})
    with pytest.raises(Stop) as stopped:
        trial.source().proposals(COMPANY)

    assert stopped.value.code == "visma_business.missing"
    assert stopped.value.facts["names"] == "open_items (OpCustTr), batches (WaBnd)"


def test_what_is_proposed_at_once_comes_customer_by_customer(new_trial: NewTrial) -> None:
    """So that each customer is read once; what was proposed before comes before it, whoever owes it."""
    trial = new_trial()
    for number in (10_001, 10_002, 10_003):
        trial.customer(number)
    by_place = [trial.invoice(customer, 100_00, str(place)) for place, customer in enumerate((10_002, 10_001) * 3, 1)]
    first = trial.invoice(10_003, 100_00, "7")
    trial.erp.propose([first])
    trial.erp.clock = CLOCK + timedelta(minutes=1)
    trial.erp.propose(by_place)
    source = trial.source()
    assert [one.entry for one in source.proposals(COMPANY)] == [first, *by_place[1::2], *by_place[::2]]
