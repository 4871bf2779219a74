"""What a living Tryton's people see, and how they answer: blocks, notes, the queue, identity, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from kravbro.core.claims import ClaimState, Letter, LetterKind, Outcome, Reason, Status, TransactionKind
from kravbro.core.errors import DataFault, Skip, Stop
from kravbro.ledgers.tryton import trial_work
from kravbro.ledgers.tryton.address import LetterOfLevel, read_address
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.wire import Client
from kravbro.mirror.source import Mark, Proposal
from tests.ledgers.tryton.acting import Clerk
from tests.ledgers.tryton.living import COMPANY, OTHER, PASSWORD, Tryton, today


def notes(clerk: Clerk, entry: int) -> list[str]:
    (dunning,) = clerk.client.rows("account.dunning", [["line", "=", entry]], ["blocked"], company=COMPANY, hidden=True)
    rows = clerk.client.rows("ir.note", [["resource", "=", f"account.dunning,{dunning['id']}"]], ["message"])
    return [row["message"] for row in rows]


def queued(source: TrytonSource, company: int = COMPANY) -> list[int]:
    return [one.entry for one in source.proposals(company)]


def test_an_accepted_claim_is_blocked_and_says_its_case_once(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    clerk.offer(entry)
    assert entry in queued(source)
    accepted = Mark(entry, 7, Outcome.ACCEPTED, today(), "1-000123")

    for _ in range(2):
        source.mark(COMPANY, [accepted])

    assert entry not in queued(source)
    (note,) = notes(clerk, entry)
    assert note.startswith("Ekstern inkasso: sak 1-000123")
    (item,) = source.items(COMPANY, [entry])
    assert item.wanted_back == ""


def test_who_takes_the_block_off_a_claim_at_the_collector_wants_it_back(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    clerk.offer(entry)
    accepted = Mark(entry, 7, Outcome.ACCEPTED, today(), "1-000124")
    source.mark(COMPANY, [accepted])
    trial_work.unblock(clerk.client, clerk.chart, [entry])

    (item,) = source.items(COMPANY, [entry])
    assert item.wanted_back.endswith("admin")
    source.mark(COMPANY, [accepted])
    assert source.items(COMPANY, [entry])[0].wanted_back == item.wanted_back

    source.mark(
        COMPANY, [replace(accepted, outcome=Outcome.WITHDRAWN, reasons=(Reason("return.creditors_wish", "x"),))]
    )
    assert source.items(COMPANY, [entry])[0].wanted_back == ""
    assert entry not in queued(source)
    trial_work.unblock(clerk.client, clerk.chart, [entry])
    assert entry in queued(source)
    assert source.items(COMPANY, [entry])[0].wanted_back == ""


def test_a_refusal_that_comes_late_hides_no_wish(clerk: Clerk, source: TrytonSource) -> None:
    """Another process may have been slow to write an older answer: behind the newer one, or behind the wish."""
    entry = clerk.invoice(1_000_00).entry
    clerk.offer(entry)
    accepted = Mark(entry, 8, Outcome.ACCEPTED, today(), "1-000126")
    refused = Mark(entry, 7, Outcome.REFUSED, today(), reasons=(Reason("gate.name_missing"),))
    source.mark(COMPANY, [accepted])
    source.mark(COMPANY, [refused])
    trial_work.unblock(clerk.client, clerk.chart, [entry])
    assert source.items(COMPANY, [entry])[0].wanted_back

    source.mark(COMPANY, [replace(refused, offer=6)])

    assert len(notes(clerk, entry)) == 3
    assert source.items(COMPANY, [entry])[0].wanted_back
    source.mark(COMPANY, [replace(accepted, outcome=Outcome.RETURNED)])
    trial_work.unblock(clerk.client, clerk.chart, [entry])
    assert source.items(COMPANY, [entry])[0].wanted_back == ""


def test_what_a_person_says_was_handed_over_before_is_blocked_and_noted_each_time(
    clerk: Clerk, source: TrytonSource
) -> None:
    invoice = clerk.invoice(1_000_00)
    clerk.offer(invoice.entry)
    assert source.named(COMPANY, {invoice.invoice_no, "F-0"}) == {invoice.invoice_no: [invoice.entry]}
    said = Mark(invoice.entry, -1, Outcome.ACCEPTED, today())
    again = replace(said, offer=-2, case_number="K-7")
    for one in (said, said, again, replace(again, offer=-3, outcome=Outcome.WITHDRAWN)):
        source.mark(COMPANY, [one])

    assert invoice.entry not in queued(source)
    told = notes(clerk, invoice.entry)
    assert [("K-7" in one, "not-transferred" in one) for one in told] == [(False, True), (True, True), (False, False)]
    assert source.transferred(COMPANY) == []

    trial_work.unblock(clerk.client, clerk.chart, [invoice.entry])
    assert (invoice.entry in queued(source), source.items(COMPANY, [invoice.entry])[0].wanted_back) == (True, "")
    source.mark(COMPANY, [Mark(invoice.entry, 7, Outcome.REFUSED, today(), reasons=(Reason("gate.name_missing"),))])
    assert invoice.entry not in queued(source), "what was said is no acceptance that a refusal would come late to"


def test_a_refused_claim_tells_why_and_is_offered_anew_by_a_person(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    clerk.offer(entry)
    reasons = (Reason("gate.name_missing"), Reason("agency.own_reason", "42"))

    source.mark(COMPANY, [Mark(entry, 7, Outcome.REFUSED, today(), reasons=reasons)])

    (note,) = notes(clerk, entry)
    assert "mangler navn" in note
    assert "agency.own_reason 42" in note
    assert entry not in queued(source)
    trial_work.unblock(clerk.client, clerk.chart, [entry])
    assert entry in queued(source)


def test_a_status_is_noted_once_for_each_version_also_when_all_is_paid(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    clerk.offer(entry)
    clerk.book(TransactionKind.PAYMENT, entry, -1_000_00, today())
    paid = Status(1, entry, 2, ClaimState.PAID, "1-000125", today())

    for one in (paid, paid, replace(paid, version=3, state=ClaimState.ENDED)):
        source.show(COMPANY, [one])

    first, second = notes(clerk, entry)
    assert "betalt" in first
    assert "avsluttet" in second


def test_a_claim_below_the_level_for_collection_waits_and_its_letters_are_told(
    tryton: Tryton, source: TrytonSource
) -> None:
    """In a company that has no other invoice: Tryton raises all that are overdue."""
    clerk = Clerk(tryton, OTHER)
    entry = clerk.invoice(1_000_00).entry
    source.client.address = replace(source.client.address, letters=(LetterOfLevel(1, LetterKind.REMINDER, 14),))
    trial_work.propose(clerk.client, clerk.chart, today())
    trial_work.approve(clerk.client, clerk.chart, [entry])
    assert entry not in queued(source, OTHER)
    trial_work.propose(clerk.client, clerk.chart, today())
    assert entry not in queued(source, OTHER)
    trial_work.approve(clerk.client, clerk.chart, [entry])

    (proposal,) = [one for one in source.proposals(OTHER) if one.entry == entry]
    clerk.close()
    letter = Letter(LetterKind.REMINDER, today(), today().fromordinal(today().toordinal() + 14))
    assert proposal == Proposal(entry, letters=(letter,))


def test_an_installation_has_one_number_and_a_copy_is_found_out(source: TrytonSource, tryton: Tryton) -> None:
    number = source.installation()
    assert source.installation() == number
    moved = tryton.address.replace("127.0.0.1", "localhost")
    with pytest.raises(Stop, match="copied"):
        TrytonSource(Client(read_address(moved), PASSWORD), today()).installation()

    told = TrytonSource(Client(read_address(f"{moved}&identity={number}"), PASSWORD), today())
    assert told.installation() == number
    with pytest.raises(Stop, match="copied"):
        TrytonSource(Client(read_address(f"{moved}&identity=another"), PASSWORD), today()).installation()


def test_an_unknown_company_is_an_error(source: TrytonSource) -> None:
    with pytest.raises(DataFault, match="unknown_company"):
        source.proposals(987_654)


@pytest.fixture
def beginner(clerk: Clerk, tryton: Tryton) -> Iterator[TrytonSource]:
    """A user who was just made, and belongs to no group."""
    domain = [["login", "=", "beginner"]]
    if not clerk.client.rows("res.user", domain, ["id"]):
        values = {"name": "Ny", "login": "beginner", "password": PASSWORD, "companies": [["add", [1, 2]]], "company": 1}
        clerk.client.call("model.res.user.create", [values])
    address = tryton.address.replace("//kravbro@", "//beginner@")
    source = TrytonSource(Client(read_address(f"{address}&journal=MANGLER&level=9"), PASSWORD), today())
    yield source
    source.close()


def test_nothing_is_missing_where_everything_is_there(source: TrytonSource) -> None:
    assert source.check() == []


def test_what_is_missing_is_named_with_its_cure(beginner: TrytonSource) -> None:
    lacks = {lack.thing: lack for lack in beginner.check()}

    assert "account.move" in lacks
    assert "beginner" in lacks["account.move"].cure
    assert all(lack.needed and lack.purpose for lack in lacks.values())


def test_a_journal_that_the_address_names_wrongly_is_missing(source: TrytonSource) -> None:
    named = source.client.address
    kinds = (("VIPPS", TransactionKind.PAYMENT), ("DIV", TransactionKind.PAYMENT))
    source.client.address = replace(named, kinds=kinds, claim_ended=("TAP", "TAPP", "BANK"))

    told = {lack.thing: lack.purpose for lack in source.check()}

    assert told.keys() == {"VIPPS", "TAPP", "BANK"}
    assert "kinds" in told["VIPPS"]
    assert "Write-Off" in told["BANK"]


def test_an_account_of_customers_that_cannot_be_reconciled_is_told(clerk: Clerk, source: TrytonSource) -> None:
    here = f"code = '1500' AND company = {OTHER}"
    clerk.sql(f"UPDATE account_account SET reconcile = false WHERE {here}")
    try:
        (lack,) = source.check()
    finally:
        clerk.sql(f"UPDATE account_account SET reconcile = true WHERE {here}")
    assert (lack.thing, lack.needed) == ("1500", True)
    assert "Testvik vann" in lack.purpose


def test_a_user_that_sees_one_company_at_a_time_is_told_so_and_does_nothing(
    tryton: Tryton, clerk: Clerk, source: TrytonSource
) -> None:
    """Which company it sees is kept by Tryton: for every other, it answers as if nothing were there."""
    other = Clerk(tryton, OTHER)
    entry = other.invoice(1_000_00).entry
    mine = [["login", "=", source.client.address.user]]
    (user,) = clerk.client.rows("res.user", mine, ["id"])

    def shows(companies: str) -> None:
        clerk.client.call("model.res.user.write", [user["id"]], {"company_filter": companies})

    shows("one")
    try:
        lacks = {lack.thing: lack for lack in source.check()}
        assert source.client.address.user in lacks["company_filter"].cure
        with pytest.raises(Stop, match="one_company_at_a_time"):
            source.items(OTHER, [entry])
    finally:
        shows("all")
    assert [item.entry for item in source.items(OTHER, [entry])] == [entry]
    assert source.items(COMPANY, [clerk.invoice(1_000_00).entry])
    other.close()


def test_what_a_user_may_not_do_is_refused_in_trytons_words(beginner: TrytonSource) -> None:
    with pytest.raises(Skip, match="refused") as refused:
        beginner.client.call("model.account.journal.create", [{"name": "x", "type": "general"}])

    assert refused.value.facts["said"]
