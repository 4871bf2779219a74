"""Whatever comes in whatever order: money is conserved, all balances, nothing is taken twice, pages do not matter."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.claims import Transaction, TransactionKind
from kravbro.core.errors import Skip
from kravbro.core.vouchers import Fate, VoucherReceipt, refuse_unbalanced
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.dump import dump_office
from kravbro.office.incoming import IncomingPayment
from kravbro.office.journals import OWED
from kravbro.office.ledger_events import accept_transactions, accept_voucher_receipts
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.streams import claims, vouchers
from tests.office.builders import TODAY, Desk, invoice_kid, offer, open_desk, payment, transaction

CLAIMS = 5
AMOUNTS = st.one_of(st.integers(1, 5_000), st.sampled_from([103_750, 207_500, 100_000]))
KIDS = st.one_of(
    st.integers(1, CLAIMS + 1).map(invoice_kid), st.sampled_from(["", "123", "001000000016", "001000000024"])
)
PAYMENTS = st.lists(st.tuples(AMOUNTS, KIDS, st.booleans(), st.sampled_from("ab")), min_size=1, max_size=12)
BOOKINGS = st.lists(
    st.tuples(
        st.integers(1, CLAIMS),
        st.sampled_from([-100_000, -40_000, -1, 25_000]),
        st.sampled_from(list(TransactionKind)),
    ),
    max_size=6,
)


def incoming(drawn: list[tuple[int, str, bool, str]]) -> list[IncomingPayment]:
    """Payments, each followed by its reversal where that was drawn."""
    found: list[IncomingPayment] = []
    for amount_ore, kid, reversed_too, lump in drawn:
        found.append(payment(len(found), amount_ore, kid, lump=lump))
        if reversed_too:
            found.append(payment(len(found), -amount_ore, kid, lump=lump))
    return found


def bookings(drawn: list[tuple[int, int, TransactionKind]]) -> list[Transaction]:
    return [
        transaction(number, 1_000 + claim, amount_ore, kind=kind)
        for number, (claim, amount_ore, kind) in enumerate(drawn, 1)
    ]


def pages(items: list[Any], size: int) -> list[list[Any]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def work(folder: Path, payments: list[IncomingPayment], booked: list[Transaction], size: int) -> Desk:
    """A day's work with every receiver called in pages of `size`, and then once more."""
    desk = open_desk(folder)
    for _ in range(2):
        for page in pages([offer(number, number // 2 + 1) for number in range(1, CLAIMS + 1)], size):
            desk.offer(*page)
    desk.pay(*payments)
    for _ in range(2):
        for page in pages(booked, size):
            with desk.writing() as connection:
                accept_transactions(connection, 1, page, desk.act)
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
        keys = [one.key for one in vouchers(connection, 1, 0, 100)]
    told = [VoucherReceipt(number, key, Fate.POSTED, TODAY) for number, key in enumerate(keys, 1)]
    for _ in range(2):
        for page in pages(told, size):
            with desk.writing() as connection:
                accept_voucher_receipts(connection, 1, page, desk.act)
    return desk


@settings(max_examples=6, deadline=None)
@given(PAYMENTS, BOOKINGS)
def test_everything_balances_and_pages_do_not_matter(
    payments: list[tuple[int, str, bool, str]], booked: list[tuple[int, int, TransactionKind]]
) -> None:
    dumps = []
    for size in (1, 2, 100):
        with TemporaryDirectory() as folder:
            desk = work(Path(folder), incoming(payments), bookings(booked), size)
            with desk.reading() as connection:
                assert audit(connection, 1) == []
                dumps.append(dump_office(connection))
            check_money(desk)
            desk.engine.dispose()

    assert dumps[0] == dumps[1] == dumps[2]


def check_money(desk: Desk) -> None:
    """Money in is what stands on cases and what is unplaced; vouchers book it; movements explain each principal."""
    rows = desk.rows(t.journal_row)
    bank_ore = sum(row.amount_ore for row in rows if row.account == "bank")
    assert bank_ore == sum(row.amount_ore for row in desk.rows(t.payment))
    assert bank_ore == sum(row.placed_ore for row in desk.rows(t.payment)) + sum(
        row.amount_ore for row in desk.rows(t.unplaced)
    )
    with desk.reading() as connection:
        booked = vouchers(connection, 1, 0, 100)
        explained = claims(connection, 1, 0, 100)
    for voucher in booked:
        refuse_unbalanced(voucher)
    assert sum(one.lines[0].amount_ore for one in booked) == bank_ore
    principal = {row.claim: 0 for row in rows if row.account in OWED}
    for row in rows:
        if row.account == "principal":
            principal[row.claim] += row.amount_ore
    assert [one.opening_ore + sum(move.amount_ore for move in one.movements) for one in explained] == [
        principal[number] for number in sorted(principal)
    ]


@settings(max_examples=8, deadline=None)
@given(PAYMENTS, st.integers(1, 20))
def test_a_file_in_two_halves_and_again_whole_is_the_file_once(
    drawn: list[tuple[int, str, bool, str]], cut: int
) -> None:
    payments = incoming(drawn)
    ends = []
    for parts in ([payments], [payments[:cut], payments[cut:], payments]):
        with TemporaryDirectory() as folder:
            desk = open_desk(Path(folder))
            desk.offer(*(offer(number, number // 2 + 1) for number in range(1, CLAIMS + 1)))
            for part in parts:
                with suppress(Skip):
                    desk.pay(*part)
            with desk.reading() as connection:
                whole = dump_office(connection)
            ends.append({name: whole[name] for name in ("claims", "cases", "journals", "unplaced", "statuses")})
            desk.engine.dispose()

    assert ends[0] == ends[1]
