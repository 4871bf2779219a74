"""Money that comes in on one creditor's account for another: on its case, through both books, exactly once."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kravbro.core.errors import DataFault, Skip
from kravbro.core.vouchers import Voucher, refuse_unbalanced
from kravbro.office import tables as t
from kravbro.office.agreements import change_agreement, close_agreement
from kravbro.office.dump import dump_office
from kravbro.office.incoming import IncomingPayment
from kravbro.office.placing import Placed, place_unplaced
from kravbro.office.posting import exclude_from_posting, generate_posting, include_again
from kravbro.office.queries.suggestions import suggestions
from tests.office.builders import Desk
from tests.office.shared_accounts import (
    ACCOUNT_OF,
    ASK,
    BOOKED,
    FET,
    HOUSE,
    INVOICES_EACH,
    LOM,
    NES,
    book,
    came_in,
    case_of,
    faults,
    invoice,
    open_shared_desk,
)
from tests.places import NewPlace

OWED_ORE = 103_750
"""What each claim is worth: principal, letter fees and interest."""


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_shared_desk(new_place.where())


def lines(voucher: Voucher) -> list[tuple[str, int]]:
    return [(line.account, line.amount_ore) for line in voucher.lines]


def place(desk: Desk, payment: int, case: str) -> Placed:
    with desk.writing() as connection:
        return place_unplaced(connection, payment, case, desk.act)


def journal_of(desk: Desk, source: str) -> int:
    return int(desk.rows(t.journal, t.journal.c.source == source)[0].number)


def test_money_for_another_creditor_goes_through_both_books(desk: Desk) -> None:
    done = desk.pay(came_in(1, NES, OWED_ORE, invoice(NES)), came_in(2, NES, OWED_ORE, invoice(FET)))

    assert (done.placed_ore, done.unplaced, done.handed_over) == (2 * OWED_ORE, 0, 1)
    (here,) = book(desk, NES)
    (there,) = book(desk, FET)
    assert lines(here) == [
        ("1920", 2 * OWED_ORE), ("3900", -3_500), ("8050", -250), ("1510", -100_000), ("2981", -OWED_ORE),
    ]  # fmt: skip
    assert lines(there) == [("2982", OWED_ORE), ("3900", -3_500), ("8050", -250), ("1510", -100_000)]
    assert {line.text for line in (*here.lines, *there.lines) if line.account.startswith("298")} == {
        "Mellomregning innbetaling 2"
    }
    assert faults(desk) == []


def test_the_agreements_own_bank_account_is_booked(desk: Desk) -> None:
    desk.pay(came_in(1, FET, 500, invoice(NES)))
    (here,), (there,) = book(desk, FET), book(desk, NES)

    assert lines(here) == [("1921", 500), ("2982", -500)]
    assert lines(there) == [("2981", 500), ("3900", -500)]


def test_the_order_of_coverage_is_that_of_the_creditor_who_is_owed(desk: Desk) -> None:
    with desk.writing() as connection:
        update = sa.update(t.creditor).where(t.creditor.c.number == FET)
        connection.execute(update.values(allocation_order="principal,costs,fees,interest"))
    desk.pay(came_in(1, NES, 500, invoice(FET)))

    assert [line.account for line in book(desk, FET)[0].lines] == ["2982", "1510"]


def test_money_on_the_agencys_own_account_is_what_it_owes_the_creditor(desk: Desk) -> None:
    desk.pay(came_in(1, HOUSE, 500, invoice(ASK)), came_in(2, HOUSE, 40, ""))
    (voucher,) = book(desk, ASK)

    assert lines(voucher) == [("1580", 500), ("3900", -500)]
    assert [(row.creditor, row.amount_ore) for row in desk.rows(t.unplaced)] == [(HOUSE, 40)]
    with pytest.raises(DataFault, match=r"office\.house_posts_nothing"), desk.writing() as connection:
        generate_posting(connection, HOUSE, desk.act)
    assert faults(desk) == []


def test_a_creditor_whom_the_agreement_does_not_serve_gets_nothing(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(LOM)), came_in(2, NES, 500, invoice(ASK)))

    assert [row.because for row in desk.rows(t.unplaced)] == ["office.unplaced.not_served"] * 2
    with pytest.raises(DataFault, match=r"office\.creditor_not_served") as fault:
        place(desk, 1, case_of(desk, LOM))
    assert fault.value.facts == {"case": "4-000001", "creditor": LOM, "payment": 1, "account": ACCOUNT_OF[NES]}


def test_a_kid_of_two_creditors_names_neither(desk: Desk) -> None:
    with desk.writing() as connection:
        same = sa.update(t.claim).where(t.claim.c.creditor == FET, t.claim.c.offer == 21)
        connection.execute(same.values(invoice_kid=invoice(NES)))
    desk.pay(came_in(1, NES, 500, invoice(NES)))

    assert [row.because for row in desk.rows(t.unplaced)] == ["office.unplaced.kid_of_several"]


def test_a_reversal_takes_the_money_back_through_both_books(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(FET)))
    book(desk, NES), book(desk, FET)
    desk.pay(came_in(2, NES, -500, invoice(FET), "b"), name="next.txt")

    assert lines(book(desk, NES)[1]) == [("1920", -500), ("2981", 500)]
    assert lines(book(desk, FET)[1]) == [("2982", -500), ("3900", 500)]
    assert faults(desk) == []


def test_unplaced_money_is_placed_on_another_creditors_case_through_both_books(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, ""))
    placed = place(desk, 1, case_of(desk, FET))

    assert (placed.journal, placed.handover) == (journal_of(desk, "placing 1"), journal_of(desk, "handover 1"))
    assert [lines(one) for one in book(desk, NES)] == [
        [("1920", 500), ("2990", -500)], [("2990", 500), ("2981", -500)],
    ]  # fmt: skip
    assert [lines(one) for one in book(desk, FET)] == [[("2982", 500), ("3900", -500)]]
    desk.pay(came_in(2, NES, -500, "", "b"), name="next.txt")
    assert lines(book(desk, NES)[2]) == [("1920", -500), ("2981", 500)]
    assert lines(book(desk, FET)[1]) == [("2982", -500), ("3900", 500)]
    assert faults(desk) == []


def test_unplaced_money_of_the_agency_is_placed_on_a_creditors_case(desk: Desk) -> None:
    desk.pay(came_in(1, HOUSE, 500, ""))
    place(desk, 1, case_of(desk, ASK))

    assert [lines(one) for one in book(desk, ASK)] == [[("1580", 500), ("3900", -500)]]
    assert faults(desk) == []


@pytest.mark.parametrize("placed_later", [False, True])
@pytest.mark.parametrize("side", ["holder", "other"])
def test_what_is_left_out_of_one_book_is_left_out_of_the_other(desk: Desk, placed_later: bool, side: str) -> None:
    desk.pay(came_in(1, NES, 500, "" if placed_later else invoice(FET)))
    if placed_later:
        place(desk, 1, case_of(desk, FET))
    source = "handover 1" if side == "other" else "payment 1"
    journal = journal_of(desk, source)
    with desk.writing() as connection:
        exclude_from_posting(connection, journal, "settled by hand", desk.act)

    left_in = [[("1920", 500), ("2990", -500)]] if placed_later and side == "other" else []
    assert [lines(one) for one in (*book(desk, NES), *book(desk, FET))] == left_in
    if not left_in:
        with desk.writing() as connection:
            include_again(connection, journal, desk.act)
        assert len(book(desk, FET)) == 1
    assert faults(desk) == []


def test_what_one_book_has_taken_cannot_be_left_out_of_the_other(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(FET)))
    book(desk, NES)
    journal = journal_of(desk, "handover 1")

    with pytest.raises(Skip, match=r"office\.already_posted"), desk.writing() as connection:
        exclude_from_posting(connection, journal, "settled by hand", desk.act)
    assert desk.rows(t.posting_exclusion) == []


def test_a_placing_follows_the_payment_that_was_left_out_in_both_books(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, ""))
    with desk.writing() as connection:
        exclude_from_posting(connection, journal_of(desk, "payment 1"), "settled by hand", desk.act)
    place(desk, 1, case_of(desk, FET))

    assert len(desk.rows(t.posting_exclusion)) == 3
    assert book(desk, NES) == book(desk, FET) == []


def test_another_bank_account_makes_the_draft_anew(desk: Desk) -> None:
    desk.pay(came_in(1, NES, 500, invoice(FET)))
    with desk.writing() as connection:
        generate_posting(connection, NES, desk.act)
        changed = change_agreement(connection, ACCOUNT_OF[NES], {"bank_account": "1922"}, "new account", desk.act)

    assert (changed.items, changed.drafts) == (("bank_account",), ((NES, 1),))
    assert faults(desk) == []
    assert lines(book(desk, NES)[0])[0] == ("1922", 500)


def test_a_closed_agreement_hands_nothing_over(desk: Desk) -> None:
    with desk.writing() as connection:
        close_agreement(connection, ACCOUNT_OF[NES], desk.on, "moved", desk.act)
    done = desk.pay(came_in(1, NES, 500, invoice(FET)))

    assert (done.handed_over, done.unplaced) == (0, 1)


HOLDERS = st.sampled_from([NES, FET, HOUSE])
KIDS = st.one_of(
    st.tuples(st.sampled_from(BOOKED), st.integers(1, INVOICES_EACH)).map(lambda one: invoice(*one)),
    st.sampled_from(["", "", "001000000016", "002000000014", "123"]),
)
PAYMENT = st.tuples(HOLDERS, st.sampled_from([1, 250, 5_000, OWED_ORE, 2 * OWED_ORE]), KIDS, st.sampled_from("ab"))
STEP = st.one_of(
    st.tuples(st.just("pay"), st.lists(PAYMENT, min_size=1, max_size=5)),
    st.tuples(st.just("reverse"), st.integers(0, 30)),
    st.tuples(st.just("place"), st.tuples(st.integers(0, 30), st.sampled_from(BOOKED))),
    st.tuples(st.just("book"), st.sampled_from(BOOKED)),
    st.tuples(st.just("leave out"), st.integers(0, 60)),
)


class Office:
    """Takes drawn steps, and remembers every file that came, so that all can come once more."""

    def __init__(self, folder: Path) -> None:
        self.desk = open_shared_desk(folder)
        self.files: list[list[IncomingPayment]] = []
        self.serial = 0

    def pay(self, drawn: list[tuple[int, int, str, str]]) -> None:
        self.files.append([came_in(self.serial + n, h, ore, kid, lump) for n, (h, ore, kid, lump) in enumerate(drawn)])
        self.serial += len(drawn)
        self.desk.pay(*self.files[-1], name=f"{len(self.files)}.txt")

    def reverse(self, which: int) -> None:
        known = [one for file in self.files for one in file if one.amount_ore > 0]
        if known:
            one = known[which % len(known)]
            holder = next(number for number, account in ACCOUNT_OF.items() if account == one.account_number)
            self.pay([(holder, -one.amount_ore, one.kid, "r")])

    def place(self, what: tuple[int, int]) -> None:
        waiting = [row.payment for row in self.desk.rows(t.unplaced)]
        if waiting:
            with suppress(Skip, DataFault):
                place(self.desk, waiting[what[0] % len(waiting)], case_of(self.desk, what[1]))

    def book(self, creditor: int) -> None:
        book(self.desk, creditor)

    def leave_out(self, which: int) -> None:
        journals = self.desk.rows(t.journal, t.journal.c.kind != "claim")
        if journals:
            number = journals[which % len(journals)].number
            with suppress(Skip), self.desk.writing() as connection:
                exclude_from_posting(connection, number, "by hand", self.desk.act)


@settings(max_examples=15, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=8))
def test_money_between_creditors_is_conserved_whatever_happens(steps: list[tuple[str, object]]) -> None:
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for name, what in steps:
            getattr(office, name.replace(" ", "_"))(what)
        check_journals(office.desk)
        check_vouchers(office.desk)
        assert faults(office.desk) == []
        check_repetition(office)
        office.desk.engine.dispose()


def check_journals(desk: Desk) -> None:
    """Each journal balances; between creditors nothing is left over for any payment; money in is what the bank says."""
    sums: Counter[int] = Counter()
    between: Counter[str] = Counter()
    sources = {row.number: row.source.rpartition(" ")[2] for row in desk.rows(t.journal)}
    bank_ore = 0
    for row in desk.rows(t.journal_row):
        sums[row.journal] += row.amount_ore
        if row.account == "intermediate":
            between[sources[row.journal]] += row.amount_ore
        bank_ore += row.amount_ore * (row.account == "bank")
    assert set(sums.values()) <= {0}
    assert set(between.values()) <= {0}
    assert bank_ore == sum(row.amount_ore for row in desk.rows(t.payment))


def check_vouchers(desk: Desk) -> None:
    """Everything booked: each voucher balances, each lump is the bank's, and what creditors owe each other is nothing.

    Sums are made from the payments as they came, less those that are left out: nothing of the program's own sums.
    """
    booked = {creditor: book(desk, creditor) for creditor in BOOKED}
    left_out = {row.journal for row in desk.rows(t.posting_exclusion)}
    sources = {row.source: row.number for row in desk.rows(t.journal)}
    came: defaultdict[str, int] = defaultdict(int)
    for row in desk.rows(t.payment):
        if row.account_number != ACCOUNT_OF[HOUSE] and sources[f"payment {row.number}"] not in left_out:
            came[row.lump] += row.amount_ore
    on_bank: defaultdict[str, int] = defaultdict(int)
    between_ore = 0
    for creditor, its_vouchers in booked.items():
        for voucher in its_vouchers:
            refuse_unbalanced(voucher)
            for line in voucher.lines:
                between_ore += line.amount_ore * line.account.startswith("298")
                if line.account in {"1920", "1921"}:
                    assert creditor in {NES, FET}
                    on_bank[line.text] += line.amount_ore
    assert {lump: ore for lump, ore in on_bank.items() if ore} == {lump: ore for lump, ore in came.items() if ore}
    assert between_ore == 0


def check_repetition(office: Office) -> None:
    """Every file once more changes nothing."""
    with office.desk.reading() as connection:
        before = dump_office(connection)
    for file in office.files:
        with pytest.raises(Skip, match=r"office\.file_repeated"):
            office.desk.pay(*file, name="again.txt")
    with office.desk.reading() as connection:
        assert dump_office(connection) == before


def test_a_case_of_another_creditor_is_suggested_where_the_account_serves_it(desk: Desk) -> None:
    theirs, unserved = case_of(desk, FET), case_of(desk, LOM)
    told = replace(came_in(1, NES, 500, ""), free_text=f"sak {theirs}")
    lost = replace(came_in(2, NES, 500, ""), free_text=f"sak {unserved}")
    desk.pay(told, lost)
    with desk.reading() as connection:
        found = suggestions(connection, NES)

    assert {number: [one.case for one in some] for number, some in found.items()} == {1: [theirs], 2: []}
    place(desk, 1, theirs)
    desk.pay(came_in(3, FET, 9, ""), name="next.txt")
    with desk.reading() as connection:
        assert [one.case for one in suggestions(connection, FET)[3]] == [theirs]
