"""What the accountants of the demo do in their own ledger: invoices, letters, proposals, and money that comes there.

Every step asks by request ids of its own, in one transaction per company, so that doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kravbro.books.commands.customers import add_customers, exempt_customer
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.matching import book
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal, remove_line
from kravbro.books.commands.protections import set_protection
from kravbro.books.commands.relations import relate
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.commands.withdrawals import withdraw
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.queries.credits import credits_with_rest
from kravbro.books.queries.journal import voucher_journal
from kravbro.books.queries.open_items import OpenItemShown, open_items
from kravbro.books.queries.proposals import proposals
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.beside import BECAUSE, FROM, PROTECTED_BECAUSE, beside, protected
from kravbro.bootstrap.demo.world import DEMO_DATE, MUNICIPALITY, RENT, Invoice, Scenario, Size
from kravbro.core.acts import Act
from kravbro.core.errors import Skip
from kravbro.db.engines import Connection

PROPOSED_ON = DEMO_DATE - timedelta(days=2)
"""The proposals are made and approved two days before the business date."""
EVERYTHING = 2**31 - 1
WITHOUT_REFERENCE = 40
"""How many claims there are among which one of ten is paid without reference."""
LEFT_OUT = "Kunden har bedt om utsettelse"
"""Why one invoice is taken out of the proposal: the accountant's own words, kept as they are."""


def invoice_and_remind(connection: Connection, invoices: Sequence[Invoice], act: Act) -> int:
    """Customers, posted invoices and letters; answers how many open items there are."""
    add_customers(connection, list({one.debtor.customer_no: one.debtor for one in invoices}.values()), act)
    for one in invoices:
        if one.exempt_from_dunning or one.exempt_from_collection:
            exempt_customer(
                connection,
                one.debtor.customer_no,
                from_dunning=one.exempt_from_dunning,
                from_collection=one.exempt_from_collection,
                act=act,
            )
    post_vouchers(connection, write_vouchers(connection, [_invoice_draft(one) for one in invoices], act), act)
    entries = items_by_invoice(connection)
    letters = [LetterSent(entries[one.invoice_no].entry, letter) for one in invoices for letter in one.letters]
    send_letters(connection, letters, act)
    _payments_that_hold_a_transfer(connection, invoices, entries, act)
    return len(invoices)


def items_by_invoice(connection: Connection) -> dict[str, OpenItemShown]:
    """The company's invoices by number, settled ones too. A payment taken back is an open item without a number."""
    items: dict[str, OpenItemShown] = {}
    for item in open_items(connection, with_settled=True, limit=EVERYTHING):
        if item.invoice_no:
            items.setdefault(item.invoice_no, item)
    return items


def _invoice_draft(invoice: Invoice) -> Draft:
    return Draft(
        type=invoice.voucher_type,
        dated=invoice.dated,
        text=f"Faktura {invoice.invoice_no}",
        request_id=f"demo invoice {invoice.invoice_no}",
        lines=(
            DraftLine(
                1,
                setting.RECEIVABLES,
                invoice.amount_ore,
                customer=invoice.debtor.customer_no,
                sub_ledger_type=invoice.sub_ledger_type,
                currency=invoice.currency,
                invoice_no=invoice.invoice_no,
                kid=invoice.kid,
                due_date=invoice.due,
                interest_before_due_ore=invoice.interest_before_due_ore,
            ),
            DraftLine(2, setting.INCOME, -invoice.amount_ore, currency=invoice.currency),
        ),
    )


def money(
    voucher_type: str,
    name: str,
    amount_ore: int,
    item: OpenItemShown,
    dated: date,
    *,
    matched: bool = True,
    against: str = setting.BANK,
) -> Draft:
    """A voucher that puts `amount_ore` on a customer (negative when the debt falls), on the item itself if matched."""
    return Draft(
        type=voucher_type,
        dated=dated,
        text=name,
        request_id=f"demo {name} {item.invoice_no}",
        lines=(
            DraftLine(1, against, -amount_ore),
            DraftLine(
                2,
                setting.RECEIVABLES,
                amount_ore,
                customer=item.customer,
                sub_ledger_type=item.sub_ledger_type,
                settles=item.entry if matched else None,
                reference=item.invoice_no,
            ),
        ),
    )


def _payments_that_hold_a_transfer(
    connection: Connection, invoices: Sequence[Invoice], items: dict[str, OpenItemShown], act: Act
) -> None:
    """Unmatched payments, draft payments, and customers with more to their credit than they owe."""
    posted: list[Draft] = []
    drafts: list[Draft] = []
    for one in invoices:
        item = items[one.invoice_no]
        if one.scenario is Scenario.UNMATCHED_PAYMENT:
            posted.append(money(setting.PAYMENT, "unmatched payment", -100_00, item, PROPOSED_ON, matched=False))
        elif one.scenario is Scenario.CREDIT_BALANCE:
            more_ore = -one.amount_ore - 300_00
            posted.append(money(setting.PAYMENT, "payment in advance", more_ore, item, PROPOSED_ON, matched=False))
        elif one.scenario is Scenario.DRAFT_PAYMENT:
            drafts.append(money(setting.PAYMENT, "payment not updated", -150_00, item, PROPOSED_ON))
    post_vouchers(connection, write_vouchers(connection, posted, act), act)
    write_vouchers(connection, drafts, act)


def people_beside(connection: Connection, company: int, size: Size, act: Act) -> int:
    """Who stands beside the customers, and whose address is protected; answers how many of both there are."""
    around, hidden = beside(company, size), protected(company, size)
    if add_customers(connection, [one.other for one in around], act):
        for one in around:
            because = BECAUSE[one.role]
            relate(connection, one.customer_no, one.role, one.other.customer_no, FROM, act, because=because)
        for number, level in hidden.items():
            set_protection(connection, number, level, act, because=PROTECTED_BECAUSE)
    return len(around) + len(hidden)


def ask_back(connection: Connection, transferred: Sequence[OpenItemShown], act: Act) -> int:
    """Ask for the last of every tenth claim back, which nobody has paid on; answers how many are on their way."""
    for item in transferred[5::10][-1:]:
        try:
            withdraw(connection, item.entry, "avtale med kunden", act)
        except Skip as done:
            if done.code != "books.not_at_collector":
                raise
            return 0
        return 1
    return 0


def propose_and_approve(connection: Connection, company: int, size: Size, act: Act) -> int:
    """The dunning proposals: generated, one invoice taken out, approved; answers how many transfer vouchers wait.

    The rent is proposed twice before either is approved, so that the same invoices are offered twice. The
    municipality's vouchers are posted with the approval; the clients' accountants post them afterwards.
    """
    codes = [(code, setting.FIRST_CODE) for code in setting.sub_ledgers(company, size)]
    codes += [(code, setting.SECOND_CODE) for code in setting.sub_ledgers(company, size) if code == RENT]
    numbers = [
        generate_proposal(connection, code, dunning, act, f"demo proposal {code} {dunning}") for code, dunning in codes
    ]
    (first,) = proposals(connection, after=numbers[0] - 1, limit=1)
    if first.state == "draft":
        remove_line(connection, first.number, _left_out(connection, company), LEFT_OUT, act)
    directly = company == MUNICIPALITY
    vouchers = [approve_proposal(connection, number, setting.TRANSFER, directly, act) for number in numbers]
    return 0 if directly else len(vouchers)


def _left_out(connection: Connection, company: int) -> int:
    """The entry of the company's third invoice: a plain one."""
    return items_by_invoice(connection)[f"{company}000003"].entry


def post_transfers(connection: Connection, company: int, size: Size, act: Act) -> int:
    """Approve the transfer vouchers that were left as drafts; only then is anything ready."""
    numbers = [
        generate_proposal(connection, code, setting.FIRST_CODE, act, f"demo proposal {code} {setting.FIRST_CODE}")
        for code in setting.sub_ledgers(company, size)
    ]
    vouchers = [approve_proposal(connection, number, setting.TRANSFER, False, act) for number in numbers]
    return post_vouchers(connection, vouchers, act)


def pay_after_approval(connection: Connection, invoices: Sequence[Invoice], act: Act) -> int:
    """Invoices paid at the last moment: approved, but with nothing left when the transfer comes."""
    items = items_by_invoice(connection)
    drafts = [
        money(setting.PAYMENT, "last-minute payment", -one.amount_ore, items[one.invoice_no], act.on)
        for one in invoices
        if one.scenario is Scenario.PAID_AFTER_APPROVAL
    ]
    return post_vouchers(connection, write_vouchers(connection, drafts, act), act)


def book_on_claims(connection: Connection, transferred: Sequence[OpenItemShown], act: Act) -> int:
    """What debtors and accountants do behind the collector's back; answers how many vouchers were posted.

    Of each twenty claims two are paid in part to the creditor, one is credited whole and one in part; now and then one
    is paid and taken back, or written off, either way. Some of the first are paid without reference, and matched by
    hand.
    """
    drafts: list[Draft] = []
    for place, item in enumerate(transferred):
        drafts += _drafts_on(place, item, act.on)
    posted = post_vouchers(connection, write_vouchers(connection, drafts, act), act)
    _match_by_hand(connection, transferred, act)
    return posted


def _drafts_on(place: int, item: OpenItemShown, dated: date) -> list[Draft]:
    opening_ore = item.amount_ore
    kind = place % 10
    if kind == 6:
        return [money(setting.PAYMENT, "direct payment", -(opening_ore // 3), item, dated)]
    if kind == 7:
        income = setting.INCOME
        whole = place % 20 == 7
        amount_ore = opening_ore if whole else opening_ore // 4
        return [money(setting.CREDIT_NOTE, "credit note", -amount_ore, item, dated, against=income)]
    if kind == 8 and place < WITHOUT_REFERENCE:
        return [money(setting.PAYMENT, "payment without reference", -200_00, item, dated, matched=False)]
    if place % 40 == 9:
        return [
            money(setting.PAYMENT, "bounced payment", -120_00, item, dated),
            money(setting.REVERSAL, "payment taken back", 120_00, item, dated),
        ]
    if place % 40 in {19, 29}:
        kind_of_loss = setting.BOOKS_ONLY if place % 40 == 19 else setting.CLAIM_ENDED
        return [money(kind_of_loss, "write-off", -opening_ore, item, dated, against=setting.WRITTEN_OFF)]
    return []


def _match_by_hand(connection: Connection, transferred: Sequence[OpenItemShown], act: Act) -> None:
    """Put the payments without reference on the invoices that they belong to."""
    waiting = {credit.reference: credit for credit in credits_with_rest(connection, limit=EVERYTHING)}
    for place, item in enumerate(transferred):
        if place % 10 == 8 and place < WITHOUT_REFERENCE and item.invoice_no in waiting:
            credit = waiting[item.invoice_no]
            name = f"demo match {item.invoice_no}"
            book(connection, credit.entry, item.entry, -credit.left_ore, act, request_id=name)


def post_what_the_collector_sent(connection: Connection, registrar: str, act: Act) -> int:
    """Post the vouchers that lie as drafts under the collector's registrar; answers how many those were."""
    drafts = voucher_journal(connection, registrar=registrar, state="draft", limit=EVERYTHING)
    return post_vouchers(connection, [draft.id for draft in drafts], act)
