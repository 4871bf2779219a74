"""What a living Tryton's people do to invoices, as the source tells it: each øre once, and as what it is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from kravbro.core.claims import TransactionKind
from kravbro.ledgers.tryton import trial_work
from kravbro.ledgers.tryton.source import TrytonSource
from kravbro.ledgers.tryton.trial_work import Sale
from kravbro.mirror.source import OpenItem
from kravbro.ports.conformance.ledger.world import Part
from tests.ledgers.tryton.acting import Clerk, voucher
from tests.ledgers.tryton.living import COMPANY, today

PAYMENT, CREDIT_NOTE = TransactionKind.PAYMENT, TransactionKind.CREDIT_NOTE
REVERSAL, CORRECTION = TransactionKind.REVERSAL, TransactionKind.CORRECTION


def told(item: OpenItem) -> list[tuple[TransactionKind, int]]:
    assert item.amount_ore + sum(one.amount_ore for one in item.settlements) == item.remaining_ore
    return [(one.kind, one.amount_ore) for one in item.settlements]


def one(source: TrytonSource, entry: int) -> OpenItem:
    (item,) = source.items(COMPANY, [entry])
    return item


def receivable_of(clerk: Clerk, move: int) -> int:
    (line,) = clerk.client.rows(
        "account.move.line", [["move", "=", move], ["account.type.receivable", "=", True]], ["id"], company=COMPANY
    )
    return int(line["id"])


def test_a_payment_that_is_taken_off_its_invoice_is_gone(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    move = clerk.book(PAYMENT, entry, -300_00, today())
    assert told(one(source, entry)) == [(PAYMENT, -300_00)]

    clerk.client.call(
        "model.account.move.line.write", [receivable_of(clerk, move)], {"invoice_payment": None}, company=COMPANY
    )

    assert told(one(source, entry)) == []


def test_a_payment_that_is_cancelled_is_gone(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    move = clerk.book(PAYMENT, entry, -300_00, today())
    with clerk.client.wizard("account.move.cancel", COMPANY) as click:
        click("cancel", {"default": {"description": "Feil", "reversal": True}}, "account.move", [move])

    assert told(one(source, entry)) == []
    assert one(source, entry).remaining_ore == 1_000_00


def test_an_invoice_that_is_credited_in_full_is_settled_by_its_credit_note(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    (invoice,) = clerk.client.rows("account.invoice", [["move.lines", "in", [entry]]], ["id"], company=COMPANY)
    with clerk.client.wizard("account.invoice.credit", COMPANY) as click:
        start = {"with_refund": True, "with_refund_allowed": True, "invoice_date": today() - timedelta(100)}
        click("credit", {"start": start}, "account.invoice", [invoice["id"]])

    assert told(one(source, entry)) == [(CREDIT_NOTE, -1_000_00)]


def test_two_claims_and_one_payment_reconciled_together_are_paid_what_each_was(
    clerk: Clerk, source: TrytonSource
) -> None:
    first = clerk.invoice(1_000_00)
    second = clerk.invoice(500_00, first.customer_no)
    move = clerk.book(PAYMENT, first.entry, -200_00, today())
    loose = clerk.loose_payment(first.customer_no, 1_300_00)
    trial_work.reconcile(
        clerk.client, clerk.chart, [first.entry, second.entry, receivable_of(clerk, move), receivable_of(clerk, loose)]
    )

    assert told(one(source, first.entry)) == [(PAYMENT, -200_00), (PAYMENT, -800_00)]
    assert told(one(source, second.entry)) == [(PAYMENT, -500_00)]
    keys = {key for entry in (first.entry, second.entry) for key in (s.key for s in one(source, entry).settlements)}
    assert len(keys) == 2


def test_what_is_taken_back_stays_itself_when_the_rest_is_paid(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(1_000_00).entry
    for kind, amount_ore in ((PAYMENT, -400_00), (REVERSAL, 150_00)):
        clerk.book(kind, entry, amount_ore, today())
    clerk.book(PAYMENT, entry, -750_00, today())

    assert told(one(source, entry)) == [(PAYMENT, -400_00), (REVERSAL, 150_00), (PAYMENT, -750_00)]
    assert one(source, entry).remaining_ore == 0


def test_instalments_are_paid_in_their_order(clerk: Clerk, source: TrytonSource) -> None:
    """Tryton puts a payment on the invoice, not on one of its instalments."""
    customer = clerk.invoice(1_00).customer_no
    sale = Sale(customer, 900_00, today() - timedelta(100))
    ((_, number),) = trial_work.sell(clerk.client, clerk.chart, [sale], instalments=4)
    here = [["company", "=", COMPANY], ["number", "=", number]]
    lines = clerk.client.rows("account.invoice", here, ["lines_to_pay"], company=COMPANY)
    parts = lines[0]["lines_to_pay"]
    clerk.book(PAYMENT, parts[0], -300_00, today())
    ours = voucher(1, f"part-{parts[3]}", [Part(customer, parts[3], 10_00)])
    source.deliver(COMPANY, [ours])

    assert [told(item) for item in source.items(COMPANY, parts)] == [
        [(PAYMENT, -225_00)],
        [(PAYMENT, -75_00)],
        [],
        [(PAYMENT, -10_00)],
    ]


def test_more_than_was_owed_stands_beside_the_invoice_until_it_is_used(clerk: Clerk, source: TrytonSource) -> None:
    claim = clerk.invoice(100_00)
    other = clerk.invoice(30_00, claim.customer_no)
    clerk.book(PAYMENT, claim.entry, -100_00, today())
    ours = voucher(1, f"over-{claim.entry}", [Part(claim.customer_no, claim.entry, 30_00)])
    (delivery,) = source.deliver(COMPANY, [ours])
    item = one(source, claim.entry)
    assert told(item) == [(PAYMENT, -100_00), (PAYMENT, -30_00)]
    assert [(s.voucher_key, s.line_no) for s in item.settlements] == [("", 0), (ours.key, 3)]
    facts = source.standings(COMPANY, [other.entry])[other.entry].facts
    assert (facts.unmatched_credits_ore, facts.customer_balance_ore) == (-30_00, 0)

    (line,) = clerk.client.rows(
        "account.move.line",
        [["move.number", "=", delivery.voucher_no], ["credit", ">", 0], ["move.company", "=", COMPANY]],
        ["id"],
        company=COMPANY,
    )
    trial_work.reconcile(clerk.client, clerk.chart, [line["id"], other.entry])

    assert told(one(source, claim.entry)) == [(PAYMENT, -100_00)]
    assert told(one(source, other.entry)) == [(PAYMENT, -30_00)]


def test_a_line_without_an_invoice_is_an_item_that_no_gate_lets_through(clerk: Clerk, source: TrytonSource) -> None:
    customer = clerk.invoice(1_00).customer_no
    entry = receivable_of(clerk, clerk.loose_payment(customer, -70_00))
    assert told(one(source, entry)) == []

    source.deliver(COMPANY, [voucher(1, f"plain-{entry}", [Part(customer, entry, 20_00)])])

    assert told(one(source, entry)) == [(PAYMENT, -20_00)]
    standing = source.standings(COMPANY, [entry])[entry]
    assert (standing.facts.voucher_meaning, standing.facts.remaining_ore) == ("other", 50_00)


def test_other_peoples_drafts_move_nothing_and_are_counted(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(100_00).entry
    clerk.book(PAYMENT, entry, -100_00, today(), post=False)

    assert told(one(source, entry)) == []
    facts = source.standings(COMPANY, [entry])[entry].facts
    assert (facts.draft_vouchers, facts.customer_balance_ore) == (1, 100_00)


def test_what_changes_is_found_by_the_cursor(clerk: Clerk, source: TrytonSource) -> None:
    claim, other = clerk.invoice(1_000_00), clerk.invoice(2_000_00)
    cursor = source.changes(COMPANY, "").cursor
    move = clerk.book(PAYMENT, claim.entry, -10_00, today(), post=False)
    clerk.post(move)
    clerk.offer(other.entry)

    changes = source.changes(COMPANY, cursor)

    assert changes.entries is not None
    assert {claim.entry, other.entry} <= changes.entries
    assert int(changes.cursor) >= int(cursor)


def test_what_is_taken_off_an_invoice_or_out_of_a_reconciliation_is_found_by_the_cursor(
    clerk: Clerk, source: TrytonSource
) -> None:
    taken_off, opened = clerk.invoice(1_000_00), clerk.invoice(100_00)
    part = receivable_of(clerk, clerk.book(PAYMENT, taken_off.entry, -10_00, today()))
    clerk.book(PAYMENT, opened.entry, -100_00, today())
    (reconciled,) = clerk.client.rows(
        "account.move.line", [["id", "=", opened.entry]], ["reconciliation"], company=COMPANY
    )
    clerk.sql(f"UPDATE account_invoice SET write_date = write_date - INTERVAL '1 hour' WHERE company = {COMPANY}")
    clerk.sql("UPDATE account_move_line SET write_date = write_date - INTERVAL '1 hour'")
    clerk.sql("UPDATE account_move_line SET create_date = create_date - INTERVAL '1 hour'")
    clerk.sql("UPDATE account_move SET write_date = write_date - INTERVAL '1 hour'")
    cursor = source.changes(COMPANY, "").cursor
    before = source.changes(COMPANY, cursor).entries or frozenset()
    assert not {taken_off.entry, opened.entry} & before

    clerk.client.call("model.account.move.line.write", [part], {"invoice_payment": None}, company=COMPANY)
    clerk.client.call("model.account.move.reconciliation.delete", [reconciled["reconciliation"]], company=COMPANY)

    changed = source.changes(COMPANY, cursor).entries or frozenset()
    assert {taken_off.entry, opened.entry} <= changed
    assert one(source, taken_off.entry).remaining_ore == 1_000_00
    assert told(one(source, opened.entry)) == [(PAYMENT, -100_00)]


def test_an_invoice_in_another_currency_says_so_and_is_counted_in_kroner(clerk: Clerk, source: TrytonSource) -> None:
    begun = {"date": date(2020, 1, 1)}
    kroner = begun | {"currency": clerk.chart.currency, "rate": Decimal(1)}
    clerk.client.call("model.currency.currency.rate.create", [kroner])
    euro = {"name": "Euro", "symbol": "EUR", "code": "EUR", "numeric_code": "978"}
    rates = {"digits": 2, "rounding": Decimal("0.01"), "rates": [["create", [begun | {"rate": Decimal("0.1")}]]]}
    (currency,) = clerk.client.call("model.currency.currency.create", [euro | rates])
    customer = clerk.invoice(1_00).customer_no
    sale = Sale(customer, 10_00, today() - timedelta(100))
    ((entry, _),) = trial_work.sell(clerk.client, replace(clerk.chart, currency=currency), [sale])

    assert one(source, entry).amount_ore == 100_00
    standing = source.standings(COMPANY, [entry])[entry]
    assert (standing.currency, standing.facts.remaining_ore) == ("EUR", 100_00)


def test_an_invoice_that_is_rescheduled_is_put_on_other_lines(clerk: Clerk, source: TrytonSource) -> None:
    entry = clerk.invoice(900_00).entry
    clerk.book(PAYMENT, entry, -100_00, today())
    chart = clerk.chart
    term = {"currency": chart.currency, "amount": Decimal(300)}
    terms = [term | {"date": today() + timedelta(30 * place)} for place in (1, 2, 3)]
    preview = {"journal": chart.journals["SALG"], "currency": chart.currency, "terms": terms, "description": "Avtale"}
    with clerk.client.wizard("account.move.line.reschedule", COMPANY) as click:
        click("reschedule", {"preview": preview}, "account.move.line", [entry])
    (invoice,) = clerk.client.rows(
        "account.invoice", [["move.lines", "in", [entry]]], ["lines_to_pay"], company=COMPANY
    )

    assert told(one(source, entry)) == [(CORRECTION, -900_00)]
    others = source.items(COMPANY, [line for line in invoice["lines_to_pay"] if line != entry])
    assert [item.amount_ore for item in others] == [300_00] * 3
    assert sum(item.remaining_ore for item in others) == 800_00
