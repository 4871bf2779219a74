"""What the port promises of a ledger, asked of the embedded one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.customers import exempt_customer, exempt_open_item
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.dump import dump
from kravbro.books.queries.journal import voucher_journal
from kravbro.core.claims import (
    ClaimState,
    LedgerFacts,
    Outcome,
    Parts,
    Reason,
    Receipt,
    Status,
    TransactionKind,
)
from kravbro.core.errors import DataFault
from kravbro.core.movements import Movement
from kravbro.core.vouchers import Fate
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.ports.identity import Delivered, Heads, Identity
from kravbro.ports.ledger import Ledger
from tests.books.world import ACT, COMPANY, OTHER_MOMENT, TODAY, World, collector_voucher, settlement
from tests.places import NewPlace, Where


def accepted(offer: int, entry: int, number: int | None = None) -> Receipt:
    return Receipt(number or offer, offer, entry, Outcome.ACCEPTED, TODAY, f"S-{offer}", "0012345")


def refused(offer: int, entry: int, number: int | None = None, reason: str = "gate.name_missing") -> Receipt:
    return Receipt(number or offer, offer, entry, Outcome.REFUSED, TODAY, reasons=(Reason(reason),))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DataFault) as caught:
        call()
    return caught.value.code


def test_it_is_a_ledger(world: World) -> None:
    ledger: Ledger = world.ledger

    assert ledger.companies() == [COMPANY]
    assert ledger.identify() == Identity(
        "embedded",
        "test-1",
        (Heads(COMPANY, {"claims": 0, "transactions": 0, "withdrawals": 0, "voucher_receipts": 0}),),
    )


def test_the_heads_follow_the_streams(world: World) -> None:
    world.invoices(1, 2)
    world.offer()
    world.ledger.record_receipts(COMPANY, [accepted(1, 1)])
    world.post(settlement("INN", 1, 100, 1))
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 100))])

    (heads,) = world.ledger.identify().heads
    assert heads.streams == {"claims": 2, "transactions": 1, "withdrawals": 0, "voucher_receipts": 1}


def test_a_missing_database_is_named_and_not_made(new_place: NewPlace) -> None:
    place = new_place()
    ledger = EmbeddedLedger(place, ACT)

    assert code_of(ledger.companies) == "books.no_database"
    assert place.owners() == []


def test_an_offer_carries_what_was_frozen_and_what_is_known_now(world: World) -> None:
    (entry,) = world.invoices(1, amount_ore=100_000, interest_ore=250)
    world.send_letter(entry)
    world.post(settlement("INN", 1, 30_000, entry))
    world.offer()
    world.send_letter(entry, sent_on=TODAY)
    world.post(settlement("INN", 1, 10_000, entry), settlement("INN", 1, 5_000, None))

    (offer,) = world.ledger.ready_claims(COMPANY, 0, 10)
    assert (offer.number, offer.company, offer.entry, offer.sequence) == (1, COMPANY, entry, 1)
    assert offer.parts == Parts(70_000, 250, 3500, 120)
    assert len(offer.letters) == 1
    assert (offer.invoice_no, offer.currency, offer.sub_ledger_type) == ("F0", "NOK", "KOM")
    assert offer.debtor.name == "Debtor 1"
    assert offer.facts == LedgerFacts(60_000, 55_000, -5_000, 0, "invoice", False, False, False)


def test_nothing_is_ready_before_the_transfer_voucher_is_posted(world: World) -> None:
    world.invoices(1)
    transfer = world.offer(post_directly=False)

    assert world.ledger.ready_claims(COMPANY, 0, 10) == []
    with world.writing() as connection:
        post_vouchers(connection, [transfer], ACT)
    assert [offer.entry for offer in world.ledger.ready_claims(COMPANY, 0, 10)] == [1]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_come_to_every_offer_once_in_order(world: World, limit: int) -> None:
    world.invoices(1, 2, 3, 4, 5)
    world.offer()
    world.ledger.record_receipts(COMPANY, [accepted(2, 2), refused(4, 4)])
    found, after = [], 0
    while page := world.ledger.ready_claims(COMPANY, after, limit):
        assert len(page) <= limit
        found += page
        after = page[-1].number

    assert [offer.number for offer in found] == [1, 3, 5]
    assert found == world.ledger.ready_claims(COMPANY, 0, 100)


def test_the_facts_are_those_of_the_moment(world: World) -> None:
    world.invoices(1, 2, 3, 3)
    world.offer()
    world.draft(settlement("INN", 1, 100, None), settlement("INN", 1, 200, None), settlement("INK", 2, 100, None))
    with world.writing() as connection:
        exempt_customer(connection, 2, from_dunning=True, from_collection=False, act=ACT)
        exempt_open_item(connection, 3, from_dunning=False, from_collection=True, act=ACT)
    one, two, three, four = (offer.facts for offer in world.ledger.ready_claims(COMPANY, 0, 10))

    assert (one.draft_vouchers, two.draft_vouchers) == (2, 0)
    assert (two.exempt_from_dunning, two.exempt_from_collection) == (True, False)
    assert (three.exempt_from_dunning, three.exempt_from_collection) == (False, True)
    assert (three.customer_balance_ore, four.customer_balance_ore) == (200_000, 200_000)
    assert not four.exempt_from_collection


def test_a_claim_offered_twice_is_marked_as_sent_once(world: World) -> None:
    world.invoices(1)
    with world.writing() as connection:
        numbers = [generate_proposal(connection, "KOM", "PWS", ACT, request) for request in ("a", "b")]
        for number in numbers:
            approve_proposal(connection, number, "OVF", True, ACT)
    ready = world.ledger.ready_claims(COMPANY, 0, 10)

    assert [(offer.number, offer.facts.already_sent) for offer in ready] == [(1, False), (2, True)]
    world.ledger.record_receipts(COMPANY, [accepted(2, 1)])
    assert [offer.facts.already_sent for offer in world.ledger.ready_claims(COMPANY, 0, 10)] == [True]


def test_acceptance_replaces_refusal_and_never_the_reverse(world: World) -> None:
    world.invoices(1)
    world.offer()
    record = world.ledger.record_receipts

    assert record(COMPANY, [refused(1, 1, 1)]) == Delivered(1, 0)
    assert record(COMPANY, [refused(1, 1, 1)]) == Delivered(0, 1)
    assert record(COMPANY, [accepted(1, 1, 2)]) == Delivered(1, 0)
    assert record(COMPANY, [refused(1, 1, 1), accepted(1, 1, 2), refused(1, 1, 7)]) == Delivered(0, 3)
    assert world.ledger.recorded_receipts(COMPANY, 0, 10) == [accepted(1, 1, 2)]


def test_receipts_are_recorded_as_they_came(world: World) -> None:
    world.invoices(1, 2, 3)
    world.offer()
    receipts = [refused(3, 3, 1), accepted(1, 1, 2)]
    world.ledger.record_receipts(COMPANY, receipts)

    assert world.ledger.recorded_receipts(COMPANY, 0, 10) == [accepted(1, 1, 2), refused(3, 3, 1)]
    assert world.ledger.recorded_receipts(COMPANY, 1, 10) == [refused(3, 3, 1)]


@pytest.mark.parametrize(
    ("before", "receipt", "code"),
    [
        ([], accepted(9, 1), "port.unknown_offer"),
        ([], accepted(1, 2), "port.receipt_of_other_claim"),
        ([accepted(1, 1)], msgspec.structs.replace(accepted(1, 1), case_number="X"), "port.receipt_differs"),
        ([refused(1, 1)], refused(1, 1, reason="gate.postcode_missing"), "port.receipt_differs"),
        ([accepted(1, 1)], accepted(2, 2, 1), "port.receipt_number_taken"),
    ],
)
def test_a_receipt_that_contradicts_keeps_the_whole_batch_out(
    world: World, before: Sequence[Receipt], receipt: Receipt, code: str
) -> None:
    world.invoices(1, 2, 3)
    world.offer()
    world.ledger.record_receipts(COMPANY, before)

    assert code_of(lambda: world.ledger.record_receipts(COMPANY, [accepted(3, 3), receipt])) == code
    assert world.ledger.recorded_receipts(COMPANY, 0, 10) == before


def test_two_receipts_of_one_batch_cannot_share_a_number(world: World) -> None:
    world.invoices(1, 2)
    world.offer()
    batch = [accepted(1, 1, 5), accepted(2, 2, 5)]

    assert code_of(lambda: world.ledger.record_receipts(COMPANY, batch)) == "port.receipt_number_taken"


def test_transactions_begin_with_the_acceptance_and_miss_nothing_booked_meanwhile(world: World) -> None:
    world.invoices(1, 2, 3)
    world.post(settlement("INN", 1, 1_000, 1))
    world.offer()
    world.post(settlement("INN", 2, 200, 2), settlement("INN", 1, 100, 1), settlement("INN", 3, 300, 3))
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 7))])
    assert world.ledger.transactions(COMPANY, 0, 10) == []

    world.ledger.record_receipts(COMPANY, [accepted(1, 1, 1), accepted(2, 2, 2), refused(3, 3, 3)])
    world.post(settlement("TAE", 1, 50, 1, account="7830"), settlement("INN", 3, 1, 3))

    found = world.ledger.transactions(COMPANY, 0, 10)
    assert [(one.number, one.entry, one.amount_ore, one.kind) for one in found] == [
        (1, 1, -100, TransactionKind.PAYMENT),
        (2, 2, -200, TransactionKind.PAYMENT),
        (3, 1, -50, TransactionKind.WRITE_OFF_CLAIM_ENDED),
    ]
    assert found[0].text == "INN 1"
    assert world.ledger.transactions(COMPANY, 1, 1) == found[1:2]


def test_a_draft_posted_late_is_not_missed(world: World) -> None:
    world.invoices(1)
    late = world.draft(settlement("INN", 1, 400, 1))
    world.offer()
    world.ledger.record_receipts(COMPANY, [accepted(1, 1)])
    with world.writing() as connection:
        post_vouchers(connection, late, ACT)

    assert [one.amount_ore for one in world.ledger.transactions(COMPANY, 0, 10)] == [-400]


def test_a_claim_refused_and_offered_again_has_the_bookings_of_its_new_offer_only(world: World) -> None:
    world.invoices(1)
    world.offer("first")
    world.ledger.record_receipts(COMPANY, [refused(1, 1, 1)])
    world.post(settlement("INN", 1, 100, 1))
    world.offer("second")
    world.post(settlement("INN", 1, 200, 1))
    world.ledger.record_receipts(COMPANY, [accepted(2, 1, 2)])

    first, second = world.ledger.movements(COMPANY, [1, 2])
    assert [one.amount_ore for one in world.ledger.transactions(COMPANY, 0, 10)] == [-200]
    assert (first.opening_ore, [one.amount_ore for one in first.movements]) == (100_000, [-100])
    assert (second.opening_ore, [one.amount_ore for one in second.movements]) == (99_900, [-200])


def test_movements_name_our_money_by_voucher_and_the_ledgers_by_booking(world: World) -> None:
    world.invoices(1)
    world.offer()
    world.post(settlement("INN", 1, 100, 1))
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 30))])

    (waiting,) = world.ledger.movements(COMPANY, [1, 99])
    assert (waiting.case_number, waiting.receipt) == ("", 0)
    assert waiting.movements == (Movement("booking:1", -100, False), Movement("voucher:office-1/3", -30, True))
    world.ledger.record_receipts(COMPANY, [accepted(1, 1, 8)])
    (told,) = world.ledger.movements(COMPANY, [1])
    assert (told.case_number, told.receipt) == ("S-1", 8)
    assert told.movements[0] == Movement("booking:1", -100, True, 1)


def test_a_voucher_is_posted_once_under_the_fixed_registrar(world: World) -> None:
    world.invoices(1, 2)
    voucher = collector_voucher(1, (1, 1, 30), (2, 2, 40))

    assert world.ledger.post_vouchers(COMPANY, [voucher, voucher]) == Delivered(1, 1)
    assert world.ledger.post_vouchers(COMPANY, [voucher]) == Delivered(0, 1)
    with world.reading() as connection:
        (shown,) = voucher_journal(connection, registrar="WS-Inf")
    assert (shown.type, shown.number, shown.state, shown.collector_key) == ("INK", 9001, "posted", "office-1")
    assert [(line.line_no, line.amount_ore, line.settles) for line in shown.lines] == [
        (1, 70, None),
        (3, -30, 1),
        (4, -40, 2),
    ]
    (event,) = world.ledger.voucher_receipts(COMPANY, 0, 10)
    assert (event.voucher_key, event.fate, event.voucher_no) == ("office-1", Fate.POSTED, "9001")


def test_a_known_key_with_other_content_keeps_the_batch_out(world: World) -> None:
    world.invoices(1)
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 30))])
    batch = [collector_voucher(2, (1, 1, 5)), collector_voucher(1, (1, 1, 31))]

    assert code_of(lambda: world.ledger.post_vouchers(COMPANY, batch)) == "port.voucher_differs"
    assert [one.voucher_key for one in world.ledger.voucher_receipts(COMPANY, 0, 10)] == ["office-1"]


@pytest.mark.parametrize(
    ("part", "account", "code"),
    [
        ((1, 1, 10), "9999", "books.unknown_account"),
        ((77, None, 10), "1500", "books.unknown_customer_on_line"),
        ((2, 1, 10), "1500", "books.not_an_open_item"),
        ((1, 99, 10), "1500", "books.not_an_open_item"),
        ((1, 1, 10), "1920", "books.not_receivable_account"),
    ],
)
def test_a_voucher_that_the_ledger_cannot_take_is_kept_as_rejected_and_whole(
    world: World, part: tuple[int, int | None, int], account: str, code: str
) -> None:
    world.invoices(1, 2)
    before = world.column(tables.entry.c.number)
    bad, good = collector_voucher(1, part, account=account), collector_voucher(2, (2, 2, 5))

    assert world.ledger.post_vouchers(COMPANY, [bad, good]) == Delivered(2, 0)
    assert world.ledger.post_vouchers(COMPANY, [bad, good]) == Delivered(0, 2)
    fates = [(one.voucher_key, one.fate) for one in world.ledger.voucher_receipts(COMPANY, 0, 10)]
    assert fates == [("office-1", Fate.REJECTED), ("office-2", Fate.POSTED)]
    with world.reading() as connection:
        rejected, _ = voucher_journal(connection, registrar="WS-Inf")
    assert (rejected.state, rejected.lines, rejected.number) == ("rejected", (), None)
    assert rejected.rejection is not None
    assert rejected.rejection.code == code
    assert len(world.column(tables.entry.c.number)) == len(before) + 1


def test_a_voucher_that_does_not_balance_is_no_voucher(world: World) -> None:
    world.invoices(1)
    good = collector_voucher(1, (1, 1, 30))
    bad = msgspec.structs.replace(good, lines=good.lines[:1])

    assert code_of(lambda: world.ledger.post_vouchers(COMPANY, [bad])) == "voucher.unbalanced"


def test_a_delivered_voucher_is_followed_to_its_end(world_with_drafts: World) -> None:
    world = world_with_drafts
    world.invoices(1)
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 30)), collector_voucher(2, (1, 1, 40))])
    first, second = world.column(tables.voucher.c.id, tables.voucher.c.state == "draft")
    for _ in range(2):
        with world.writing() as connection:
            post_vouchers(connection, [first], ACT)
            delete_voucher(connection, second, ACT)

    events = [(one.number, one.voucher_key, one.fate) for one in world.ledger.voucher_receipts(COMPANY, 0, 10)]
    assert events == [
        (1, "office-1", Fate.DELIVERED),
        (2, "office-2", Fate.DELIVERED),
        (3, "office-1", Fate.POSTED),
        (4, "office-2", Fate.DELETED),
    ]


def test_a_lower_version_of_a_status_is_ignored(world: World) -> None:
    world.invoices(1)
    publish = world.ledger.publish_statuses
    second = Status(2, 1, 2, ClaimState.PAID, "S-1", TODAY)

    assert publish(COMPANY, [second]) == Delivered(1, 0)
    assert publish(COMPANY, [Status(1, 1, 1, ClaimState.REGISTERED, "S-1", TODAY), second]) == Delivered(0, 2)
    differing = msgspec.structs.replace(second, state=ClaimState.ENDED)
    assert code_of(lambda: publish(COMPANY, [differing])) == "port.status_differs"
    assert (
        code_of(lambda: publish(COMPANY, [Status(1, 9, 1, ClaimState.PAID, "S", TODAY)])) == "books.unknown_open_item"
    )
    assert publish(COMPANY, [Status(3, 1, 3, ClaimState.ENDED, "S-1", date(2026, 3, 5))]) == Delivered(1, 0)
    with world.reading() as connection:
        assert connection.execute(sa.select(tables.claim_status.c.state)).scalar_one() == "ended"


RECEIPTS = [
    refused(1, 1, 1),
    refused(2, 2, 2),
    accepted(3, 3, 3),
    accepted(1, 1, 4),
    accepted(4, 4, 5),
    refused(5, 5, 6),
]
VOUCHERS = [
    collector_voucher(1, (1, 1, 30), (2, 2, 40)),
    collector_voucher(2, (1, 99, 5)),
    collector_voucher(3, (3, 3, 100_000), (3, None, 11)),
    collector_voucher(4, (77, None, 5)),
    collector_voucher(5, (1, 1, 1)),
]
STATUSES = [
    Status(1, 1, 1, ClaimState.REGISTERED, "S-1", TODAY),
    Status(2, 3, 1, ClaimState.REGISTERED, "S-3", TODAY),
    Status(3, 1, 3, ClaimState.PAID, "S-1", TODAY),
    Status(4, 1, 2, ClaimState.ENDED, "S-1", TODAY),
]


def _deliver(
    where: Where, size: int, times: int, *, post_collector_vouchers: bool
) -> dict[str, list[dict[str, object]]]:
    world = World(where, post_collector_vouchers=post_collector_vouchers)
    world.invoices(1, 2, 3, 4, 5)
    world.offer()
    world.post(*(settlement("INN", number, 10 * number, number) for number in (4, 3, 2, 1)))
    later = EmbeddedLedger(world.place, OTHER_MOMENT)
    for ledger in [world.ledger, later][:times]:
        for start in range(0, 6, size):
            for _ in range(times):
                ledger.record_receipts(COMPANY, RECEIPTS[start : start + size])
                ledger.post_vouchers(COMPANY, VOUCHERS[start : start + size])
                ledger.publish_statuses(COMPANY, STATUSES[start : start + size])
    with world.reading() as connection:
        whole = dump(connection)
    assert world.ledger.audit(COMPANY) == []
    later.close()
    world.close()
    return whole


@pytest.mark.parametrize("post_collector_vouchers", [True, False])
def test_receivers_do_the_same_in_any_pages_and_however_often(
    new_place: NewPlace, post_collector_vouchers: bool
) -> None:
    once = _deliver(new_place.where(), 6, 1, post_collector_vouchers=post_collector_vouchers)
    for size in (1, 2, 6):
        again = _deliver(new_place.where(), size, 2, post_collector_vouchers=post_collector_vouchers)

        assert again == once
