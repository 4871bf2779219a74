"""A small living installation for random stories: people act on it, and the streams run between their acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from kravbro.books.commands.customers import add_customers
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.commands.withdrawals import withdraw
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.queries.credits import credits_with_rest
from kravbro.books.queries.open_items import OpenItemShown, open_items
from kravbro.bootstrap.demo import ledger_day, setting
from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import CUSTOMERS, DEMO_DATE, FEES, INVOICE_KID_LENGTH, SMALL
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import Site
from kravbro.bridge.joined import PAGE, Joined
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import Stream
from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind, Outcome, ReturnReason
from kravbro.core.errors import Skip
from kravbro.core.identifiers import kid
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.office.incoming import IncomingPayment
from kravbro.office.payment_import import import_payments
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.queries.cases import AcceptedClaim, claims_as_accepted
from kravbro.office.returns import Wish, give_back
from tests.places import Kind, Where, make_empty, new_template
from tests.stories.canonical import canonical

ACT = Act("tester", DEMO_DATE, datetime(2026, 11, 16, 8, tzinfo=UTC))
DUE = DEMO_DATE - timedelta(days=90)
TYPES = {1: FEES, 2: CUSTOMERS}


@cache
def prepared(kind: Kind) -> Where:
    """An installation with everything set up and ten customers in each company, but nothing owed."""
    where = make_empty(new_template(kind))
    place = place_at(where)
    set_up(Demo(place, FixedClock(DEMO_DATE), SMALL, PAGE))
    for company in TYPES:
        with writing(place.open(company_owner(company))) as connection:
            add_customers(connection, [person(company * 1000 + number) for number in range(1, 11)], ACT)
    return where


class Interrupted(Exception):  # noqa: N818 - it is no error, but a kill that the test can see
    """Raised after some pages, as a kill would: what was delivered is delivered, the rest is not."""


class World:
    """One installation, and what may be done to it."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.place = place_at(where)
        self._books = {company: self.place.open(company_owner(company)) for company in TYPES}
        self._office = self.place.open("office")

    def invoice(self, company: int, invoice_no: str, customer: int, amount_ore: int) -> None:
        """Post an invoice that fell due long ago, and that a notice was sent about."""
        line = DraftLine(
            1,
            setting.RECEIVABLES,
            amount_ore,
            customer=company * 1000 + customer,
            sub_ledger_type=TYPES[company],
            invoice_no=invoice_no,
            kid=kid.make(invoice_no.zfill(INVOICE_KID_LENGTH - 1), "mod10"),
            due_date=DUE,
        )
        draft = Draft(
            setting.INVOICE, DUE, invoice_no, (line, DraftLine(2, setting.INCOME, -amount_ore)), request_id=invoice_no
        )
        notice_on = DUE + timedelta(days=20)
        notice = Letter(LetterKind.NOTICE, notice_on, notice_on + timedelta(days=14), 35_00, 1_25)
        with writing(self._books[company]) as connection:
            post_vouchers(connection, write_vouchers(connection, [draft], ACT), ACT)
            (item,) = open_items(connection, invoice_no=invoice_no)
            send_letters(connection, [LetterSent(item.entry, notice)], ACT)

    def propose(self, company: int, request: str) -> None:
        """Propose what may be proposed, and approve it. An empty proposal is left as a draft."""
        with writing(self._books[company]) as connection:
            number = generate_proposal(connection, TYPES[company], setting.FIRST_CODE, ACT, request)
            try:
                approve_proposal(connection, number, setting.TRANSFER, True, ACT)
            except Skip as empty:
                if empty.code != "books.proposal_empty":
                    raise

    def items(self, company: int) -> list[OpenItemShown]:
        """The company's invoices, settled ones too."""
        with reading(self._books[company]) as connection:
            return list(ledger_day.items_by_invoice(connection).values())

    def book_money(self, company: int, kind: str, item: OpenItemShown, amount_ore: int, name: str) -> None:
        """A voucher in the ledger: `payment`, `unmatched`, `credit_note`, `taken_back`, `written_off` or `ended`."""
        types = {
            "payment": (setting.PAYMENT, -amount_ore),
            "unmatched": (setting.PAYMENT, -amount_ore),
            "credit_note": (setting.CREDIT_NOTE, -amount_ore),
            "taken_back": (setting.REVERSAL, amount_ore),
            "written_off": (setting.BOOKS_ONLY, -amount_ore),
            "ended": (setting.CLAIM_ENDED, -amount_ore),
        }
        voucher_type, signed_ore = types[kind]
        draft = ledger_day.money(voucher_type, name, signed_ore, item, DEMO_DATE, matched=kind != "unmatched")
        with writing(self._books[company]) as connection:
            post_vouchers(connection, write_vouchers(connection, [draft], ACT), ACT)

    def match(self, company: int, name: str) -> None:
        """Put unmatched money on the invoices that its reference names, as far as it goes there."""
        with writing(self._books[company]) as connection:
            items = ledger_day.items_by_invoice(connection)
            for credit in credits_with_rest(connection):
                item = items.get(credit.reference)
                amount_ore = 0 if item is None else min(-credit.left_ore, item.remaining_ore)
                if item is not None and amount_ore > 0:
                    request = f"{name} {credit.entry}"
                    book(connection, credit.entry, item.entry, amount_ore, ACT, request_id=request)
                    items = ledger_day.items_by_invoice(connection)

    def payable(self, company: int) -> list[AcceptedClaim]:
        """The claims that debtors may pay."""
        with reading(self._office) as connection:
            return claims_as_accepted(connection, company)

    def bank(self, company: int, name: str, paid: Sequence[tuple[str, int]]) -> None:
        """A bank file with payments of (KID, øre); negative ones are reversals. All come in one sum."""
        payments = [
            IncomingPayment(
                identity=f"{name}/{number}",
                account_number=setting.BANK_ACCOUNTS[company],
                type="10" if amount_ore > 0 else "18",
                amount_ore=amount_ore,
                kid=kid_,
                bank_date=DEMO_DATE,
                settlement_date=DEMO_DATE,
                lump=f"{setting.BANK_ACCOUNTS[company]}/{name}",
                reference=str(number),
                debit_account="",
                free_text="",
            )
            for number, (kid_, amount_ore) in enumerate(paid, start=1)
        ]
        with writing(self._office) as connection:
            import_payments(connection, name, name, "test", payments, ACT)

    def withdraw(self, company: int, item: OpenItemShown) -> None:
        """The creditor wants the claim on an invoice back. One that no collector has is left alone."""
        with writing(self._books[company]) as connection:
            try:
                withdraw(connection, item.entry, "the creditor's wish", ACT)
            except Skip as idle:
                if idle.code != "books.not_at_collector":
                    raise

    def give_back(self, claim: AcceptedClaim, *, whole_case: bool) -> None:
        """The office returns a claim, or all of its case. One that is not collected any more is left alone."""
        wish = Wish(Outcome.RETURNED, ReturnReason.UNCOLLECTABLE, "nothing to be had")
        with writing(self._office) as connection:
            try:
                give_back(connection, claim.case_number, wish, ACT, None if whole_case else claim.invoice_no)
            except Skip as idle:
                if idle.code != "office.nothing_to_give_back":
                    raise

    def post(self, company: int) -> None:
        """Generate the posting proposal, and approve it if there is anything in it."""
        with writing(self._office) as connection:
            number = generate_posting(connection, company, ACT)
            if number:
                approve_posting(connection, company, number, ACT)

    def post_drafts(self, company: int) -> None:
        """The accountant posts what the collector sent."""
        with writing(self._books[company]) as connection:
            ledger_day.post_what_the_collector_sent(connection, setting.REGISTRAR, ACT)

    def joined(self, page: int = PAGE) -> Joined:
        """Both ports, joined."""
        return Site(self.place, ACT, page).join()

    def carry(self, stream: Stream, company: int, *, page: int = PAGE, pages: int | None = None) -> None:
        """Run one stream; with `pages` it is interrupted after so many pages."""
        left = [pages]

        def on_page(_carried: object) -> None:
            if left[0] is not None:
                left[0] -= 1
                if left[0] <= 0:
                    raise Interrupted

        try:
            stream(self.joined(page), company, on_page)
        except Interrupted:
            assert pages is not None

    def forget(self, company: int) -> None:
        """Lose every position of a company."""
        self.joined().positions.forget(company, "lost in a test")

    def reconciled(self) -> Reconciliation:
        """The reconciliation now."""
        return reconcile(self.joined())

    def dumped(self) -> str:
        """The canonical dump."""
        return canonical(msgspec.to_builtins(dump_site(Site(self.place, ACT))))
