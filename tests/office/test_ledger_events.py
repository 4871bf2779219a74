"""What the ledger tells: its bookings change exactly one principal, and its fates move vouchers on."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from kravbro.core.claims import Transaction, TransactionKind
from kravbro.core.errors import DataFault, Skip
from kravbro.core.movements import ClaimMovements, Movement
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting
from kravbro.office.streams import claims, heads, statuses
from kravbro.ports.identity import Delivered
from tests.office.builders import TODAY, Desk, invoice_kid, offer, open_desk, payment, transaction
from tests.places import NewPlace

pytestmark = pytest.mark.rules

ENDED = TransactionKind.WRITE_OFF_CLAIM_ENDED
BOOKS_ONLY = TransactionKind.WRITE_OFF_BOOKS_ONLY


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 1), offer(3, 2))
    return desk


def book(desk: Desk, *transactions: Transaction) -> Delivered:
    with desk.writing() as connection:
        return accept_transactions(connection, 1, transactions, desk.act)


def tell(desk: Desk, *receipts: VoucherReceipt) -> Delivered:
    with desk.writing() as connection:
        return accept_voucher_receipts(connection, 1, receipts, desk.act)


def states(desk: Desk) -> tuple[list[str], list[str]]:
    return [row.state for row in desk.rows(t.claim)], [row.state for row in desk.rows(t.case)]


def movements(desk: Desk) -> dict[int, tuple[Movement, ...]]:
    with desk.reading() as connection:
        assert audit(connection, 1) == []
        return {one.entry: one.movements for one in claims(connection, 1, 0, 100)}


def balances(desk: Desk, claim: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in desk.rows(t.journal_row, t.journal_row.c.claim == claim):
        found[row.account] = found.get(row.account, 0) + row.amount_ore
    return found


def test_a_booking_changes_exactly_that_principal(desk: Desk) -> None:
    assert book(desk, transaction(1, 1002, -30_000)) == Delivered(new=1, known=0)

    assert balances(desk, 1)["principal"] == 100_000
    assert {key: balances(desk, 2)[key] for key in ("principal", "fees", "interest")} == {
        "principal": 70_000,
        "fees": 3_500,
        "interest": 250,
    }
    assert movements(desk)[1002] == (Movement("booking:9001", -30_000, settled=True, number=1),)


@pytest.mark.parametrize(
    ("kind", "value_on", "counts_from"),
    [
        (TransactionKind.PAYMENT, date(2026, 10, 5), date(2026, 10, 5)),
        (TransactionKind.PAYMENT, date(2026, 8, 5), date(2026, 9, 1)),
        (TransactionKind.CORRECTION, date(2026, 10, 5), date(2026, 10, 5)),
        (BOOKS_ONLY, date(2026, 10, 5), date(2026, 10, 5)),
        (ENDED, date(2026, 10, 5), date(2026, 10, 5)),
        (TransactionKind.CREDIT_NOTE, date(2026, 10, 5), date(2026, 9, 1)),
    ],
)
def test_a_booking_counts_from_its_value_date_and_a_credit_note_from_the_due_date(
    desk: Desk, kind: TransactionKind, value_on: date, counts_from: date
) -> None:
    book(desk, transaction(1, 1003, -30_000, kind=kind, value_on=value_on))

    made = desk.rows(t.journal)[-1]
    assert made.dated == TODAY
    assert {row.counts_from for row in desk.rows(t.journal_row, t.journal_row.c.journal == made.number)} == {
        counts_from
    }
    assert [row.value_on for row in desk.rows(t.ledger_transaction)] == [value_on]
    assert movements(desk)[1003]


def test_the_principal_may_go_below_zero_and_settles_nothing_else(desk: Desk) -> None:
    book(desk, transaction(1, 1003, -120_000))

    assert balances(desk, 3)["principal"] == -20_000
    assert states(desk)[0][2] == "registered"
    desk.pay(payment(1, 3_750, invoice_kid(3)))
    assert states(desk)[0][2] == "paid"


def test_bookings_and_money_together_pay_a_claim_and_a_reversal_reopens_it(desk: Desk) -> None:
    desk.pay(payment(1, 3_750, invoice_kid(3)))
    book(desk, transaction(1, 1003, -100_000))
    assert states(desk) == (["registered", "registered", "paid"], ["registered", "closed"])

    book(desk, transaction(2, 1003, 40_000, kind=TransactionKind.REVERSAL))
    assert states(desk) == (["registered", "registered", "registered"], ["registered", "in_progress"])
    with desk.reading() as connection:
        of_claim = [(one.version, one.state) for one in statuses(connection, 1, 0, 100) if one.entry == 1003]
    assert of_claim == [(1, "registered"), (2, "paid"), (3, "registered")]


def test_a_write_off_in_the_books_only_is_watched(desk: Desk) -> None:
    book(desk, transaction(1, 1003, -100_000, kind=BOOKS_ONLY))

    assert (balances(desk, 3)["principal"], balances(desk, 3)["written_off"]) == (0, 100_000)
    assert states(desk)[0][2] == "registered"
    assert movements(desk)[1003] == (Movement("booking:9001", -100_000, settled=True, number=1),)
    desk.pay(payment(1, 103_750, invoice_kid(3)))
    assert states(desk)[0][2] == "paid"
    assert movements(desk)[1003] == (Movement("booking:9001", -100_000, settled=True, number=1),)


def test_a_write_off_may_end_the_claim_with_fees_left(desk: Desk) -> None:
    book(desk, transaction(1, 1003, -100_000, kind=ENDED))

    assert states(desk) == (["registered", "registered", "ended"], ["registered", "closed"])
    assert balances(desk, 3)["fees"] == 3_500
    book(desk, transaction(2, 1003, 100_000, kind=TransactionKind.REVERSAL))
    assert states(desk) == (["registered"] * 3, ["registered", "in_progress"])
    assert movements(desk)


def test_a_known_booking_is_known_and_a_changed_one_is_a_fault(desk: Desk) -> None:
    one = transaction(1, 1001, -100)
    book(desk, one)

    assert book(desk, one, transaction(2, 1001, -50)) == Delivered(new=1, known=1)
    for changed in (
        msgspec.structs.replace(one, amount_ore=-101),
        msgspec.structs.replace(one, entry=1002),
        msgspec.structs.replace(one, booking=77),
        msgspec.structs.replace(one, number=77),
        msgspec.structs.replace(one, value_on=TODAY - timedelta(1)),
    ):
        with pytest.raises(DataFault, match=r"office\.transaction_changed"):
            book(desk, changed)
    assert len(desk.rows(t.ledger_transaction)) == 2


def test_a_booking_on_an_unknown_claim_keeps_nothing(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.no_such_claim") as fault:
        book(desk, transaction(1, 1001, -100), transaction(2, 4711, -100))

    assert fault.value.facts == {"entry": 4711, "transaction": 2, "creditor": 1}
    assert desk.rows(t.ledger_transaction) == []


def approved(desk: Desk) -> None:
    desk.pay(payment(1, 50_000, invoice_kid(1)), payment(2, 60_000, invoice_kid(2)), payment(3, 70_000, invoice_kid(3)))
    excluded = desk.rows(t.journal, t.journal.c.source == "payment 3")[0].number
    with desk.writing() as connection:
        exclude_from_posting(connection, excluded, "settled by hand", desk.act)
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)


def test_money_moves_a_principal_under_its_voucher_line(desk: Desk) -> None:
    approved(desk)
    desk.pay(payment(4, 1_000, invoice_kid(1)))

    assert movements(desk) == {
        1001: (Movement("voucher:kontor-1-1/4", -46_250, False), Movement("journal:7/2", -1_000, False)),
        1002: (Movement("voucher:kontor-1-1/7", -56_250, False),),
        1003: (Movement("journal:6/4", -66_250, True),),
    }
    tell(desk, VoucherReceipt(1, "kontor-1-1", Fate.POSTED, TODAY, "77"))
    assert movements(desk)[1002] == (Movement("voucher:kontor-1-1/7", -56_250, True),)


def test_claims_are_told_in_pages_by_offer(desk: Desk) -> None:
    with desk.reading() as connection:
        first, rest = claims(connection, 1, 0, 1), claims(connection, 1, 1, 10)
        assert claims(connection, 1, 3, 10) == []

    assert first == [ClaimMovements(1, 1001, 100_000, "1-000001", 1, ())]
    assert [one.offer for one in rest] == [2, 3]


def test_fates_move_a_voucher_on_once(desk: Desk) -> None:
    approved(desk)
    delivered = VoucherReceipt(1, "kontor-1-1", Fate.DELIVERED, TODAY, "12")
    posted = VoucherReceipt(2, "kontor-1-1", Fate.POSTED, TODAY, "13")

    assert tell(desk, delivered) == Delivered(new=1, known=0)
    assert [row.state for row in desk.rows(t.voucher)] == ["delivered"]
    assert tell(desk, delivered, posted) == Delivered(new=1, known=1)
    assert [row.state for row in desk.rows(t.voucher)] == ["posted"]


@pytest.mark.parametrize(
    ("receipt", "error", "code"),
    [
        (VoucherReceipt(1, "kontor-1-1", Fate.REJECTED, TODAY), DataFault, "office.voucher_receipt_changed"),
        (VoucherReceipt(2, "kontor-1-9", Fate.POSTED, TODAY), DataFault, "office.no_such_voucher"),
        (VoucherReceipt(2, "kontor-1-1", Fate.DELETED, TODAY), Skip, "transition.not_allowed"),
    ],
)
def test_a_fate_that_cannot_be_is_refused(
    desk: Desk, receipt: VoucherReceipt, error: type[Exception], code: str
) -> None:
    approved(desk)
    tell(desk, VoucherReceipt(1, "kontor-1-1", Fate.POSTED, TODAY))

    with pytest.raises(error, match=code):
        tell(desk, receipt)


def test_heads_are_the_last_numbers(desk: Desk) -> None:
    approved(desk)

    with desk.reading() as connection:
        assert heads(connection, 1) == {"receipts": 3, "vouchers": 1, "statuses": 3}
        assert heads(connection, 2) == {"receipts": 0, "vouchers": 0, "statuses": 0}
