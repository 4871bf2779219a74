"""A world in which people do everything that the program lets them do, one transaction each.

Each method is one act. It raises as the program does; what it answers is what the oracle has to add.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from kravbro.books import tables as b
from kravbro.books.commands.corrections import Correction as LedgerCorrection
from kravbro.books.commands.corrections import write_correction
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.reversals import Reversal, reverse_voucher
from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.meanings import Meaning
from kravbro.books.queries.credits import credits_with_rest
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.office_day import deliver_anew, slip_in_draft
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bootstrap.notice import remember_ages
from kravbro.bootstrap.site import Site
from kravbro.bridge.joined import PAGE, Joined, join
from kravbro.collectors.office.collector import OfficeCollector
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import Outcome, ReturnReason
from kravbro.core.errors import Stop
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.formats import camt054, ocr_giro
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.office import tables as t
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.adjustments.late_interest import charge_interest, waive_interest
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.adjustments.waiving import undo, waive
from kravbro.office.agreements import change_agreement
from kravbro.office.bank_files import read_bank_file
from kravbro.office.creditor_settings import set_intermediate_account
from kravbro.office.journals import MONEY_KINDS, OUTSIDE_KINDS, payment_source
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import Correction, correct
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.redelivery import redeliver
from kravbro.office.manual.refund_files import Order, make_refund_file
from kravbro.office.manual.refunds import Refund, cancel_refund, refund_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.manual.tables import refund as refund_table
from kravbro.office.manual.whereabouts import whereabouts
from kravbro.office.payment_import import ImportResult, import_payments
from kravbro.office.placing import Placed, place_unplaced
from kravbro.office.posting import (
    approve_posting,
    exclude_from_posting,
    generate_posting,
    include_again,
    regenerate_posting,
)
from kravbro.office.returns import Wish, give_back
from tests.places import Where
from tests.stories.worlds import ACT, TYPES, World

Answer = TypeVar("Answer")
PAID_BACK_TO = "86011117947"
GIRO, REVERSAL = "10", "18"
AGAINST = {
    Meaning.PAYMENT: setting.BANK,
    Meaning.CREDIT_NOTE: setting.INCOME,
    Meaning.WRITE_OFF_BOOKS_ONLY: setting.WRITTEN_OFF,
    Meaning.WRITE_OFF_CLAIM_ENDED: setting.WRITTEN_OFF,
}
BETWEEN = setting.AT_AGENCY
"""The account between the two companies' books."""


class Paid(NamedTuple):
    """One line of a bank file: a KID (None: without), and øre, negative for a reversal."""

    kid: str | None
    amount_ore: int


Letter = Sequence[Paid]
"""What the bank tells of together, such as one sum on the statement."""


class Booked(NamedTuple):
    """A booking that the ledger made itself: its number, on which open item, and øre (negative: the debt falls)."""

    number: int
    entry: int
    amount_ore: int


def bank_file(company: int, number: int, letters: Sequence[Letter], *, camt: bool) -> bytes:
    """The bytes of a bank's file on a company's account, OCR giro or camt.054; its payments are numbered in order."""
    if camt:
        return _camt054(company, number, letters)
    paid = [one for letter in letters for one in letter]
    transactions = tuple(_transaction(place, one) for place, one in enumerate(paid, 1))
    part = ocr_giro.assignment(
        agreement_id=f"{company:09d}",
        number=f"{number:07d}",
        account=setting.BANK_ACCOUNTS[company],
        nets_date=DEMO_DATE,
        transactions=transactions,
    )
    return ocr_giro.render([ocr_giro.Transmission("00008080", f"{number:07d}", "00010200", DEMO_DATE, (part,))])


def _transaction(number: int, paid: Paid) -> ocr_giro.Transaction:
    back = paid.amount_ore < 0
    return ocr_giro.Transaction(
        type=REVERSAL if back else GIRO,
        number=number,
        settlement_date=DEMO_DATE,
        centre_id="13",
        day_code=f"{DEMO_DATE.day:02d}",
        partial_settlement_number="0" if back else "1",
        serial_number=f"{1 + number // 3:05d}",
        sign="0",
        amount_ore=paid.amount_ore,
        kid=paid.kid,
        card_issuer="00" if back else None,
        form_number="0000000000",
        reference=f"{900_000_000 + number:09d}",
        bank_date=DEMO_DATE,
        debit_account=None,
    )


def _camt054(company: int, number: int, letters: Sequence[Letter]) -> bytes:
    """What came in one sum for each letter, and what went back in another."""
    entries = []
    for place, letter in enumerate(letters, 1):
        for back in (False, True):
            numbered = [(line, one) for line, one in enumerate(letter, 1) if (one.amount_ore < 0) == back]
            reference = f"{number}-{place}{'-back' if back else ''}"
            parts = [
                camt054.Transaction(
                    amount_ore=one.amount_ore,
                    kid=one.kid,
                    bank_reference=f"{company}{number:06d}{place:03d}{line:03d}",
                    accepted_on=DEMO_DATE,
                )
                for line, one in numbered
            ]
            if parts:
                entries.append(_sum(parts, reference, back=back))
    account = setting.BANK_ACCOUNTS[company]
    told = camt054.Notification(id=f"{number}", account=account, has_summary=True, entries=tuple(entries))
    name, made_at = f"{company}-{number}-{len(letters)}", datetime(2026, 11, 16, 18, tzinfo=UTC)
    file = camt054.Camt054File(name=name, version="001.08", message_id=name, created_at=made_at, notifications=(told,))
    return camt054.render(file)


def _sum(parts: Sequence[camt054.Transaction], reference: str, *, back: bool) -> camt054.Entry:
    return camt054.Entry(
        direction="DBIT" if back else "CRDT",
        amount_ore=sum(one.amount_ore for one in parts),
        booked_on=DEMO_DATE,
        value_on=DEMO_DATE,
        is_reversal=back,
        bank_reference=reference,
        transactions=tuple(parts),
    )


class BusyWorld(World):
    """One installation, and everything that may be done to it. Its databases stay open, as a service keeps them."""

    def __init__(self, where: Where) -> None:
        super().__init__(where)
        self._site = Site(self.place, ACT)

    def joined(self, page: int = PAGE) -> Joined:
        """Both ports, joined now."""
        site = self._site
        return join(site.own_ledger, site.collector, site.positions, page, self._remember)

    def sides(self) -> tuple[EmbeddedLedger, OfficeCollector]:
        """Both sides with all that they can do beside their ports."""
        return self._site.own_ledger, self._site.collector

    def _remember(self, company: int) -> None:
        remember_ages(self.place, [company_owner(company)])

    def serve_across(self) -> None:
        """The first company's account serves the second one too."""
        with writing(self._office) as connection:
            for creditor in TYPES:
                set_intermediate_account(connection, creditor, BETWEEN, "felles konto", ACT)
            served = {"creditors": tuple(TYPES)}
            change_agreement(connection, setting.BANK_ACCOUNTS[1], served, "felles konto", ACT)

    def in_office(self, act: Callable[[sa.Connection], Answer]) -> Answer:
        """One transaction in the office."""
        with writing(self._office) as connection:
            return act(connection)

    def in_books(self, company: int, act: Callable[[sa.Connection], Answer]) -> Answer:
        """One transaction in a company's books."""
        with writing(self._books[company]) as connection:
            return act(connection)

    def office_rows(self, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """Rows of the office, past the program."""
        with reading(self._office) as connection:
            return connection.execute(query).all()

    def book_rows(self, company: int, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """Rows of a company's books, past the program."""
        with reading(self._books[company]) as connection:
            return connection.execute(query).all()

    # What stands in the books.

    def own_bookings(self, company: int, after: int) -> list[Booked]:
        """What the ledger booked itself, after a booking."""
        one = b.booking.c
        query = sa.select(one.number, one.open_item, one.amount_ore).where(one.number > after, ~one.by_collector)
        return [Booked(*row) for row in self.book_rows(company, query.order_by(one.number))]

    def vouchers(self, company: int, state: str, *, collector: bool) -> list[int]:
        """Vouchers in a state: the collector's, or the ledger's own but invoices and transfers."""
        one, kind = b.voucher.c, b.voucher_type.c
        query = sa.select(one.id).join(b.voucher_type, kind.code == one.type).where(one.state == state)
        if collector:
            query = query.where(one.collector_key.is_not(None))
        else:
            others = (Meaning.INVOICE.value, Meaning.TRANSFER.value, Meaning.INTEREST_NOTE.value)
            query = query.where(one.collector_key.is_(None), kind.meaning.not_in(others))
        return [int(row[0]) for row in self.book_rows(company, query.order_by(one.id))]

    def transfers(self, company: int) -> list[int]:
        """Transfer vouchers that nobody has posted yet."""
        one = b.voucher.c
        query = sa.select(one.id).where(one.type == setting.TRANSFER, one.state == "draft").order_by(one.id)
        return [int(row[0]) for row in self.book_rows(company, query)]

    def pairs(self, company: int) -> list[tuple[int, int, int]]:
        """Credit, open item, and what the one has put on the other (øre, above zero)."""
        one, put_ore = b.booking.c, -sa.func.sum(b.booking.c.amount_ore)
        query = sa.select(one.entry, one.open_item, put_ore).group_by(one.entry, one.open_item).having(put_ore > 0)
        rows = self.book_rows(company, query.order_by(one.entry, one.open_item))
        return [(int(credit), int(item), int(ore)) for credit, item, ore in rows]

    def put_by(self, company: int, voucher: int) -> dict[int, int]:
        """What a voucher has on each open item (øre, negative: the debt fell)."""
        query = (
            sa.select(b.booking.c.open_item, sa.func.sum(b.booking.c.amount_ore))
            .join(b.entry, b.entry.c.number == b.booking.c.entry)
            .where(b.entry.c.voucher == voucher)
            .group_by(b.booking.c.open_item)
        )
        return {item: int(ore) for item, ore in self.book_rows(company, query)}

    def credits(self, company: int) -> list[tuple[int, int, int]]:
        """Credits with something left: the entry, its customer, and what is left (øre, above zero)."""
        with reading(self._books[company]) as connection:
            return [(one.entry, one.customer, -one.left_ore) for one in credits_with_rest(connection)]

    # What stands in the office.

    def payments(self) -> list[int]:
        """All payments."""
        return [row[0] for row in self.office_rows(sa.select(t.payment.c.number).order_by(t.payment.c.number))]

    def payment_as_it_came(self, payment: int) -> tuple[int, str, str | None, bool]:
        """Amount (øre), KID, the account if a bank file brought it, and whether the ledger books it another way."""
        one = t.payment.c
        columns = (one.amount_ore, one.kid, one.file, one.account_number, t.journal.c.kind)
        query = sa.select(*columns).join(t.journal, t.journal.c.source == payment_source(payment))
        ore, kid, file, account, kind = self.office_rows(query.where(one.number == payment))[0]
        return ore, kid, account if file is not None else None, kind in OUTSIDE_KINDS

    def loose(self) -> list[int]:
        """Payments that are unplaced, or were."""
        return [row[0] for row in self.office_rows(sa.select(t.unplaced.c.payment).order_by(t.unplaced.c.payment))]

    def stands_on(self, payment: int) -> list[str]:
        """The cases that a payment stands on."""
        with reading(self._office) as connection:
            cases = sorted(whereabouts(connection, [payment])[payment].cases)
        query = sa.select(t.case.c.number).where(t.case.c.id.in_(cases)).order_by(t.case.c.id)
        return [row[0] for row in self.office_rows(query)]

    def refunds(self) -> list[int]:
        """All refunds."""
        return [row[0] for row in self.office_rows(sa.select(refund_table.c.number).order_by(refund_table.c.number))]

    def journals(self, *, out: bool) -> list[int]:
        """Journals of money received that are left out of posting, or that are not."""
        excluded = sa.exists().where(t.posting_exclusion.c.journal == t.journal.c.number)
        query = sa.select(t.journal.c.number).where(t.journal.c.kind.in_(MONEY_KINDS), excluded if out else ~excluded)
        return [row[0] for row in self.office_rows(query.order_by(t.journal.c.number))]

    def keys(self) -> list[str]:
        """Keys of all approved vouchers."""
        query = sa.select(t.voucher.c.key).where(t.voucher.c.key.is_not(None)).order_by(t.voucher.c.key)
        return [row[0] for row in self.office_rows(query)]

    # What people do in the ledger.

    def propose_later(self, company: int, request: str) -> None:
        """Approve a proposal whose transfer voucher waits as a draft."""

        def act(connection: sa.Connection) -> None:
            number = generate_proposal(connection, TYPES[company], setting.FIRST_CODE, ACT, request)
            approve_proposal(connection, number, setting.TRANSFER, False, ACT)

        self.in_books(company, act)

    def post_voucher(self, company: int, voucher: int) -> None:
        """Post a draft."""
        self.in_books(company, lambda connection: post_vouchers(connection, [voucher], ACT))

    def delete_voucher(self, company: int, voucher: int) -> None:
        """Delete a draft."""
        self.in_books(company, lambda connection: delete_voucher(connection, voucher, ACT))

    def correct_item(self, company: int, entry: int, meaning: Meaning, amount_ore: int | None) -> None:
        """A payment to the creditor, a credit note or a write-off, on one open item (None: all that remains)."""

        def act(connection: sa.Connection) -> None:
            wanted = LedgerCorrection(entry, meaning, AGAINST[meaning], ACT.on, amount_ore)
            post_vouchers(connection, [write_correction(connection, wanted, ACT)], ACT)

        self.in_books(company, act)

    def put(self, company: int, credit: int, item: int, amount_ore: int) -> None:
        """Put what a credit has left on an open item, or with a negative amount take it off again."""
        self.in_books(company, lambda connection: book(connection, credit, item, amount_ore, ACT))

    def reverse_in_books(self, company: int, voucher: int) -> None:
        """Take a posted voucher back."""
        self.in_books(company, lambda connection: reverse_voucher(connection, Reversal(voucher, ACT.on), ACT))

    # What people do in the office.

    def bank_comes(self, name: str, data: bytes) -> ImportResult:
        """Import a bank's file, as bytes."""
        file = read_bank_file(data, name)

        def act(connection: sa.Connection, because: str | None = None) -> ImportResult:
            given = (name, file.sha256, file.format, file.payments, ACT)
            return import_payments(connection, *given, despite_lookalikes=because)

        try:
            return self.in_office(act)
        except Stop as alike:
            if alike.code != "office.payments_lookalike":
                raise
            return self.in_office(lambda connection: act(connection, "to innbetalinger"))

    def close_case(self, case_number: str) -> None:
        """Close a case unpaid: all of its claims go back."""
        wish = Wish(Outcome.RETURNED, ReturnReason.INSOLVENT, "konkurs")
        self.in_office(lambda connection: give_back(connection, case_number, wish, ACT))

    def put_on_case(self, payment: int, case_number: str) -> Placed:
        """Place unplaced money."""
        return self.in_office(lambda connection: place_unplaced(connection, payment, case_number, ACT))

    def register(self, given: Registration, why: Why) -> int:
        """Register money by hand; answers its payment."""
        return self.in_office(lambda connection: register_payment(connection, given, why, ACT)).payment

    def move(self, move: Move, why: Why) -> None:
        """Move money to another case."""
        self.in_office(lambda connection: move_payment(connection, move, why, ACT))

    def take_back(self, payment: int, how: TakenBack, why: Why) -> None:
        """Reverse a payment by hand."""
        self.in_office(lambda connection: reverse_payment(connection, payment, how, why, ACT))

    def charge(self, case_number: str, kind: ChargeKind, amount_ore: int, why: Why) -> None:
        """Register a cost on a case."""
        cost = Cost(kind, amount_ore, ACT.on, document="dok 1")
        self.in_office(lambda connection: register_cost(connection, case_number, cost, why, shipped_statute(), ACT))

    def charge_interest(self, case_number: str, why: Why, *, waived: bool) -> None:
        """Charge the late interest until today, or waive it before it is charged."""
        law = shipped_statute()

        def act(connection: sa.Connection) -> None:
            if waived:
                waive_interest(connection, case_number, ACT.on, None, why, law, ACT)
            else:
                charge_interest(connection, case_number, ACT.on, why, law, ACT)

        self.in_office(act)

    def waive(self, case_number: str, part: Part, amount_ore: int | None, why: Why) -> None:
        """Waive fees, costs or interest that stand on a case."""
        self.in_office(lambda connection: waive(connection, case_number, part, amount_ore, why, ACT))

    def undo(self, number: int, why: Why) -> None:
        """Take an act back that charged or waived."""
        self.in_office(lambda connection: undo(connection, number, why, ACT))

    def adjusted(self) -> list[int]:
        """The acts that charged, waived or undid something."""
        return [row[0] for row in self.office_rows(sa.select(adjustment.c.act).distinct().order_by(adjustment.c.act))]

    def refund(self, payment: int, why: Why, amount_ore: int | None = None) -> int:
        """Pay back what is overpaid, all or a part of it, or unplaced; answers how much."""
        wanted = Refund(payment, PAID_BACK_TO, "Ola Nordmann", amount_ore=amount_ore)
        return self.in_office(lambda connection: refund_payment(connection, wanted, why, ACT)).amount_ore

    def cancel_refund(self, number: int, why: Why) -> int:
        """Cancel a refund that is in no file; answers how much it was."""
        self.in_office(lambda connection: cancel_refund(connection, number, why, ACT))
        query = sa.select(refund_table.c.amount_ore).where(refund_table.c.number == number)
        return int(self.office_rows(query)[0][0])

    def refund_file(self, company: int) -> None:
        """Write the refunds of a creditor into a file for the bank."""
        order = Order(company, setting.BANK_ACCOUNTS[company], "DNBANOKK", ACT.on)
        self.in_office(lambda connection: make_refund_file(connection, order, ACT))

    def regenerate(self, company: int) -> None:
        """Make the posting proposal anew."""
        self.in_office(lambda connection: regenerate_posting(connection, company, ACT))

    def approve(self, company: int) -> None:
        """Approve the proposal as it stands, which may be stale."""

        def act(connection: sa.Connection) -> None:
            drafts = sa.select(t.posting.c.number).where(t.posting.c.creditor == company, t.posting.c.state == "draft")
            number = connection.execute(drafts).scalar()
            if number is not None:
                approve_posting(connection, company, number, ACT)

        self.in_office(act)

    def leave_out(self, journal: int) -> None:
        """Skal ikke bokføres."""
        self.in_office(lambda connection: exclude_from_posting(connection, journal, "skal ikke bokføres", ACT))

    def take_in(self, journal: int) -> None:
        """Skal bokføres likevel."""
        self.in_office(lambda connection: include_again(connection, journal, ACT, "likevel"))

    def code_anew(self, company: int, place: int, text: str) -> None:
        """Write another text on a line of the proposal."""

        def act(connection: sa.Connection) -> None:
            number = generate_posting(connection, company, ACT)
            if number:
                correct(connection, Correction(company, number, 1, 1 + place % 4, Field.TEXT, text), "utydelig", ACT)

        self.in_office(act)

    def code_wrongly(self, company: int) -> None:
        """Book fees of the proposal on an account that the ledger does not have."""

        def act(connection: sa.Connection) -> None:
            number = generate_posting(connection, company, ACT)
            if number:
                slip_in_draft(connection, company, number, ACT)

        self.in_office(act)

    def deliver_anew(self, company: int) -> int:
        """Correct and deliver again what the ledger did not take; answers how many vouchers."""
        return self.in_office(lambda connection: deliver_anew(connection, company, ACT))

    def deliver_again(self, key: str, why: Why) -> None:
        """Deliver a voucher again that the ledger did not take."""
        self.in_office(lambda connection: redeliver(connection, key, why, ACT))


def registration(company: int, amount_ore: int, how: How, case_number: str | None, *, posted: bool) -> Registration:
    """Money that came today."""
    return Registration(company, amount_ore, how, ACT.on, case_number, posted=posted)
