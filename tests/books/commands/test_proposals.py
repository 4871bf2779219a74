"""Dunning proposals from generation to offers, and letters."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.books import tables
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import (
    approve_proposal,
    delete_proposal,
    generate_proposal,
    remove_customer,
    remove_line,
    restore_line,
)
from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.dump import dump
from kravbro.core.claims import Letter, LetterKind, Outcome, Receipt
from kravbro.core.errors import DataFault, Skip
from tests.books.world import ACT, COMPANY, DUE, TODAY, World, invoice, settlement

pytestmark = pytest.mark.rules


def proposed(world: World, request_id: str = "p") -> list[int]:
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, request_id)
        here = sa.select(tables.proposal_line.c.entry).where(tables.proposal_line.c.proposal == number)
        return list(connection.execute(here.order_by(tables.proposal_line.c.entry)).scalars())


def test_proposed_is_what_is_due_long_enough_and_still_owed(world: World) -> None:
    last_day = TODAY - timedelta(days=30)
    world.post(
        invoice(1, 100, due=last_day),
        invoice(1, 100, due=last_day + timedelta(days=1)),
        invoice(2, 100, due=last_day),
        settlement("KRE", 3, 100, None),
    )
    world.post(settlement("INN", 2, 100, 3), settlement("TIL", 2, -40, 3))
    world.post(settlement("INN", 2, 40, 3))

    assert proposed(world) == [1]


def test_a_reversal_is_on_its_invoice_and_is_not_proposed_beside_it(world: World) -> None:
    world.invoices(1)
    world.post(settlement("INN", 1, 500, 1))
    reversal = settlement("TIL", 1, -500, 1)
    dated = tuple(msgspec.structs.replace(line, due_date=DUE) for line in reversal.lines)
    world.post(msgspec.structs.replace(reversal, lines=dated))

    assert proposed(world) == [1]


def test_what_a_collector_has_or_has_yet_to_answer_for_is_not_proposed_again(world: World) -> None:
    world.invoices(1, 2, 3)
    world.offer("first")
    assert proposed(world, "second") == []
    world.ledger.record_receipts(
        COMPANY, [Receipt(1, 1, 1, Outcome.ACCEPTED, TODAY, "S"), Receipt(2, 2, 2, Outcome.REFUSED, TODAY)]
    )
    assert proposed(world, "third") == [2]


def test_a_known_request_answers_its_proposal(world: World) -> None:
    world.invoices(1)
    with world.writing() as connection:
        assert generate_proposal(connection, "KOM", "PWS", ACT, "p") == 1
        assert generate_proposal(connection, "KOM", "PWS", ACT, "p") == 1
        with pytest.raises(DataFault, match=r"books\.request_differs"):
            generate_proposal(connection, "KOM", "P1", ACT, "p")


@pytest.mark.parametrize(
    ("kind", "code", "fault"),
    [("BHG", "PWS", "books.no_dunning_routine"), ("KOM", "P1", "books.code_not_to_collector")],
)
def test_a_proposal_needs_a_routine_that_transfers(world: World, kind: str, code: str, fault: str) -> None:
    with pytest.raises(DataFault, match=fault), world.writing() as connection:
        generate_proposal(connection, kind, code, ACT, "p")


def test_only_lines_that_were_kept_become_offers_in_order_of_entry(world: World) -> None:
    world.invoices(1, 2, 2, 3, 4)
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, "p")
        assert remove_customer(connection, number, 2, "dispute", ACT) == 2
        remove_line(connection, number, 4, "instalments", ACT)
        restore_line(connection, number, 3, ACT)
        approve_proposal(connection, number, "OVF", True, ACT)

    assert [offer.entry for offer in world.ledger.ready_claims(COMPANY, 0, 9)] == [1, 3, 5]


def test_the_transfer_voucher_moves_no_balance(world: World) -> None:
    world.invoices(1, 2, amount_ore=700)
    transfer = world.offer()
    with world.reading() as connection:
        whole = dump(connection)

    lines = [(line["account"], line["amount_ore"]) for line in whole["voucher_line"] if line["voucher"] == transfer]
    assert lines == [("1500", 1400), ("1500", -1400)]
    assert [entry["number"] for entry in whole["entry"]] == [1, 2]


def test_an_offer_freezes_the_moment_when_the_transfer_is_posted(world: World) -> None:
    world.invoices(1, amount_ore=1000)
    transfer = world.offer(post_directly=False)
    world.post(settlement("INN", 1, 300, 1))
    world.send_letter(1)
    with world.writing() as connection:
        post_vouchers(connection, [transfer], ACT)

    (offer,) = world.ledger.ready_claims(COMPANY, 0, 9)
    assert (offer.parts.principal_ore, offer.sequence, len(offer.letters)) == (700, 1, 1)


def test_approving_twice_is_approving_once(world: World) -> None:
    world.invoices(1)
    first = world.offer()
    with world.writing() as connection:
        assert approve_proposal(connection, 1, "OVF", True, ACT) == first
    assert len(world.ledger.ready_claims(COMPANY, 0, 9)) == 1


def test_deleting_the_draft_transfer_frees_the_invoices(world: World) -> None:
    world.invoices(1)
    transfer = world.offer(post_directly=False)
    with world.writing() as connection:
        with pytest.raises(Skip, match=r"books\.proposal_approved"):
            delete_proposal(connection, 1, ACT)
        delete_voucher(connection, transfer, ACT)
        delete_proposal(connection, 1, ACT)
        assert connection.execute(sa.select(tables.proposal.c.state)).scalar_one() == "deleted"
    assert proposed(world) == [1]


def test_a_proposal_is_edited_only_as_a_draft(world: World) -> None:
    world.invoices(1)
    world.offer()
    with world.writing() as connection:
        with pytest.raises(Skip, match=r"transition\.not_allowed"):
            remove_line(connection, 1, 1, "too late", ACT)
        with pytest.raises(DataFault, match=r"books\.unknown_proposal"):
            remove_line(connection, 7, 1, "no such", ACT)


def test_what_is_not_in_a_proposal_cannot_be_removed(world: World) -> None:
    world.invoices(1)
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, "p")
        with pytest.raises(DataFault, match=r"books\.not_in_proposal"):
            remove_line(connection, number, 9, "", ACT)
        with pytest.raises(DataFault, match=r"books\.customer_not_in_proposal"):
            remove_customer(connection, number, 5, "", ACT)


def test_an_empty_or_wrongly_typed_approval_is_refused(world: World) -> None:
    world.invoices(1)
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, "p")
        with pytest.raises(DataFault, match=r"books\.not_a_transfer_type"):
            approve_proposal(connection, number, "INN", True, ACT)
        remove_line(connection, number, 1, "", ACT)
        with pytest.raises(Skip, match=r"books\.proposal_empty"):
            approve_proposal(connection, number, "OVF", True, ACT)


def test_a_letter_is_known_by_item_kind_and_day(world: World) -> None:
    world.invoices(1)
    letter = Letter(LetterKind.NOTICE, date(2026, 2, 1), date(2026, 2, 15), 3500, 10)
    with world.writing() as connection:
        assert send_letters(connection, [LetterSent(1, letter), LetterSent(1, letter)], ACT) == 1
        assert send_letters(connection, [LetterSent(1, letter)], ACT) == 0
        other = Letter(LetterKind.NOTICE, date(2026, 2, 1), date(2026, 2, 15), 3501, 10)
        with pytest.raises(DataFault, match=r"books\.letter_differs"):
            send_letters(connection, [LetterSent(1, other)], ACT)
        with pytest.raises(DataFault, match=r"books\.unknown_open_item"):
            send_letters(connection, [LetterSent(2, letter)], ACT)
        before = Letter(LetterKind.DEMAND, date(2026, 2, 1), date(2026, 1, 31))
        with pytest.raises(DataFault, match=r"books\.letter_amounts"):
            send_letters(connection, [LetterSent(1, before)], ACT)
