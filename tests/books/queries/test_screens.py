"""What the screens and lists show of a busy ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import msgspec
import pytest

from kravbro.books.queries.customers import customers
from kravbro.books.queries.dump import LEFT_OUT, dump
from kravbro.books.queries.dunning import dunning_history
from kravbro.books.queries.journal import voucher_journal
from kravbro.books.queries.open_items import open_items
from kravbro.books.queries.proposals import print_proposal, proposals, proposed_lines
from kravbro.core.claims import LetterKind, Reason
from kravbro.core.errors import DataFault
from kravbro.core.statute.shipped import shipped_statute
from kravbro.texts.sentences import LANGUAGES, catalogue, sentence
from tests.books.busy import make_busy
from tests.books.world import TODAY, World
from tests.places import Kind, NewPlace, new_template


@cache
def made_busy(kind: Kind) -> World:
    world = World(new_template(kind), post_collector_vouchers=False)
    make_busy(world)
    return world


@pytest.fixture
def busy(kind: Kind) -> Iterator[World]:
    world = made_busy(kind)
    yield world
    world.close()


def test_open_items_show_what_remains_and_who_has_them(busy: World) -> None:
    with busy.reading() as connection:
        items = open_items(connection)
    assert [(item.entry, item.remaining_ore, item.at_collector, item.case_number) for item in items] == [
        (1, 65_000, True, "S-1"),
        (2, 74_000, True, "S-2"),
        (3, 99_800, True, "S-3"),
        (4, 100_000, False, ""),
        (5, 100_000, False, ""),
        (14, 70_000, False, ""),
    ]
    assert (items[0].claim_state, items[0].letters, items[0].customer_name) == ("registered", 2, "Debtor 1")


def test_open_items_are_filtered_and_paged(busy: World) -> None:
    with busy.reading() as connection:
        assert [item.entry for item in open_items(connection, customer_no=4)] == [4, 14]
        assert [item.entry for item in open_items(connection, invoice_no="F9")] == [14]
        assert [item.entry for item in open_items(connection, after=2, limit=2)] == [3, 4]
        assert 10 in [item.entry for item in open_items(connection, with_settled=True)]


def test_the_dunning_history_shows_letters_transfers_and_answers(busy: World) -> None:
    with busy.reading() as connection:
        accepted, refused = dunning_history(connection, 1), dunning_history(connection, 5)
    assert [letter.kind for letter in accepted.letters] == [LetterKind.NOTICE, LetterKind.DEMAND]
    (transfer,) = accepted.transfers
    assert (transfer.dunning_code, transfer.case_number, transfer.outcome) == ("PWS", "S-1", "accepted")
    (transfer,) = refused.transfers
    assert (transfer.outcome, transfer.reasons) == ("refused", (Reason("gate.name_missing"),))


def test_the_journal_is_filtered_by_registrar_and_explains_rejections(busy: World) -> None:
    with busy.reading() as connection:
        ours = voucher_journal(connection, registrar="WS-Inf")
        everything = voucher_journal(connection, limit=1000)
    assert [(one.id, one.state) for one in ours] == [
        (12, "posted"),
        (13, "rejected"),
        (14, "deleted"),
        (15, "posted"),
        (16, "draft"),
    ]
    assert len(everything) == 18
    rejection = ours[1].rejection
    assert rejection is not None
    for language in LANGUAGES:
        assert "office-2" in sentence(rejection.code, rejection.facts, language)


def test_customers_show_their_balance(busy: World) -> None:
    with busy.reading() as connection:
        balances = {shown.party.customer_no: shown.balance_ore for shown in customers(connection)}
        assert [shown.party.customer_no for shown in customers(connection, after=3, limit=1)] == [4]
    assert balances == {1: 65_000, 2: 64_000, 3: 99_800, 4: 170_000, 5: 100_000}


def test_a_proposal_shows_every_reason_that_the_ledger_can_see(busy: World) -> None:
    with busy.reading() as connection:
        first, second = proposals(connection)
        lines = proposed_lines(connection, 1, shipped_statute(), TODAY)
    assert (first.state, first.lines, first.removed, first.remaining_ore) == ("approved", 5, 1, 380_000)
    assert (second.state, second.lines, second.transfer_voucher) == ("draft", 3, None)
    assert {line.entry: [reason.code for reason in line.reasons] for line in lines} == {
        1: [],
        2: ["gate.unmatched_credits"],
        3: [],
        4: ["gate.batch_not_updated"],
        5: [],
    }
    assert lines[3].removed_because == "an agreement on instalments"


def test_an_early_day_is_a_reason(busy: World) -> None:
    with busy.reading() as connection:
        lines = proposed_lines(connection, 2, shipped_statute(), date(2026, 1, 20))
    assert all("gate.not_due_long_enough" in [reason.code for reason in line.reasons] for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposal_is_printed_in_every_language(busy: World, language: str) -> None:
    with busy.reading() as connection:
        paper = print_proposal(connection, 2, shipped_statute(), TODAY, language)
    assert "Debtor 4" in paper
    assert "F9" in paper
    assert paper.count(catalogue(language)["gate.batch_not_updated"]) == 2
    assert "gate." not in paper


def test_an_unknown_proposal_is_named(busy: World) -> None:
    with pytest.raises(DataFault, match=r"books\.unknown_proposal"), busy.reading() as connection:
        print_proposal(connection, 77, shipped_statute(), TODAY, "en")


def test_the_dump_is_plain_and_complete(busy: World, new_place: NewPlace) -> None:
    with busy.reading() as connection:
        whole = dump(connection)
    again = World(new_place.where(), post_collector_vouchers=False)
    make_busy(again)
    with again.reading() as connection:
        assert dump(connection) == whole
    again.close()

    assert msgspec.json.decode(msgspec.json.encode(whole)) == whole
    assert {name for rows in whole.values() for row in rows for name in row}.isdisjoint(LEFT_OUT)
    assert {row["actor"] for row in whole["voucher"]} == {"kari"}
    assert [row["remaining_ore"] for row in whole["open_items"]] == [65_000, 74_000, 99_800, 100_000, 100_000, 70_000]
