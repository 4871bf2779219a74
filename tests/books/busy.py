"""A ledger in which everything that can happen has happened once, for the tests of the audit."""

from __future__ import annotations

from datetime import date

from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal, remove_line
from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.journal import voucher_journal
from kravbro.core.claims import ClaimState, Letter, LetterKind, Outcome, Reason, Receipt, Status
from tests.books.world import ACT, COMPANY, TODAY, World, collector_voucher, invoice, settlement


def make_busy(world: World) -> None:
    """Entries 1 to 5 are invoices of customers 1 to 5; 4 is removed from the proposal, 5 is refused.

    Offers 1 to 4 are of entries 1, 2, 3 and 5. Entry 6 is a payment on 1 before the offer. Bookings 2 (on 1), 3 and 4
    (matched by hand on 2 and partly taken back) come after it; the collector's vouchers follow.
    """
    world.invoices(1, 2, 3, 4, 5, interest_ore=250)
    world.send_letter(1)
    world.send_letter(1, LetterKind.DEMAND, 7000)
    world.send_letter(2)
    world.post(settlement("INN", 1, 20_000, 1))
    _propose(world)
    world.post(settlement("INN", 1, 10_000, 1), settlement("KRE", 2, 30_000, None))
    with world.writing() as connection:
        book(connection, 8, 2, 25_000, ACT)
        book(connection, 8, 2, -5_000, ACT)
    _answer(world)
    world.post(settlement("INN", 3, 1_000, 3), settlement("INN", 3, -1_000, 3))
    _collect(world)
    world.post(invoice(4, 70_000, "F9"))
    world.draft(settlement("INN", 4, 5_000, None))
    with world.writing() as connection:
        generate_proposal(connection, "KOM", "PWS", ACT, "p2")
        late = Letter(LetterKind.REMINDER, date(2026, 2, 20), TODAY, 3500)
        send_letters(connection, [LetterSent(3, late)], ACT)


def _propose(world: World) -> None:
    with world.writing() as connection:
        number = generate_proposal(connection, "KOM", "PWS", ACT, "p1")
        remove_line(connection, number, 4, "an agreement on instalments", ACT)
        transfer = approve_proposal(connection, number, "OVF", False, ACT)
        post_vouchers(connection, [transfer], ACT)


def _answer(world: World) -> None:
    accepted = [
        Receipt(number, number, entry, Outcome.ACCEPTED, TODAY, f"S-{number}", "00112")
        for number, entry in [(1, 1), (2, 2), (3, 3)]
    ]
    refused = Receipt(4, 4, 5, Outcome.REFUSED, TODAY, reasons=(Reason("gate.name_missing"),))
    world.ledger.record_receipts(COMPANY, [*accepted, refused])
    world.ledger.publish_statuses(COMPANY, [Status(1, 1, 1, ClaimState.REGISTERED, "S-1", TODAY)])


def _collect(world: World) -> None:
    """Posted, rejected, deleted, posted later, and left as a draft."""
    vouchers = [
        collector_voucher(1, (1, 1, 5_000), (2, 2, 6_000)),
        collector_voucher(2, (1, 99, 5_000)),
        collector_voucher(3, (3, 3, 100)),
        collector_voucher(4, (3, 3, 200)),
        collector_voucher(5, (3, None, 300)),
    ]
    world.ledger.post_vouchers(COMPANY, vouchers)
    with world.reading() as connection:
        drafts = {one.collector_key: one.id for one in voucher_journal(connection, registrar="WS-Inf", state="draft")}
    with world.writing() as connection:
        post_vouchers(connection, [drafts["office-1"]], ACT)
        delete_voucher(connection, drafts["office-3"], ACT)
        post_vouchers(connection, [drafts["office-4"]], ACT)
