"""What people choose for a proposal: kept when it is made again, shown with who and why, named when it does not fit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from kravbro.core.errors import DataFault, Skip
from kravbro.office import tables as t
from kravbro.office.manual.choices import Choice, Chosen, Field, NotKept, Unfit, apply, keep_choice
from kravbro.office.manual.corrections import Corrected, Correction, correct
from kravbro.office.manual.tables import posting_choice
from kravbro.office.posting import approve_posting, exclude_from_posting, include_again, regenerate_posting
from kravbro.office.queries.postings import NotBooked, VoucherShown, not_booked, posting
from kravbro.office.streams import vouchers
from kravbro.office.vouchers import DraftLine, DraftVoucher
from tests.office.builders import TODAY, Desk, act, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import clean, move, register, reverse
from tests.places import NewPlace

FEE, INTEREST, PRINCIPAL = 2, 3, 4
"""The lines of the first voucher after the bank's."""


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """A draft of one voucher: a payment that covers fees, interest and some principal."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1), offer(2, 2))
    desk.pay(payment(1, 50_000, invoice_kid(1)))
    with desk.writing() as connection:
        regenerate_posting(connection, 1, desk.act)
    return desk


def change(
    desk: Desk, value: str | None, line: int | None = INTEREST, field: Field = Field.ACCOUNT, **changes: Any
) -> Corrected:
    wanted = msgspec.structs.replace(Correction(1, 1, 1, line, field, value), **changes)
    with desk.writing() as connection:
        return correct(connection, wanted, "feil konto", desk.act)


def again(desk: Desk) -> tuple[list[str | None], list[str]]:
    """Make the proposal anew: the values that are kept, and why others are not."""
    with desk.writing() as connection:
        made = regenerate_posting(connection, 1, desk.act)
    return [one.value for one in made.kept], [one.because for one in made.unfit]


def shown(desk: Desk, number: int = 1) -> list[VoucherShown]:
    with desk.reading() as connection:
        return posting(connection, 1, number)


def approve(desk: Desk) -> None:
    with desk.writing() as connection:
        made = regenerate_posting(connection, 1, desk.act)
        approve_posting(connection, 1, made.posting, desk.act)


def test_a_line_is_coded_as_it_was_chosen_and_says_who_chose_it_and_why(desk: Desk) -> None:
    change(desk, "8051")
    change(desk, "200", field=Field.DEPARTMENT)
    change(desk, "Renter sak 1", field=Field.TEXT)
    change(desk, "P2", PRINCIPAL, Field.PROJECT)

    (voucher,) = shown(desk)
    interest, principal = voucher.lines[INTEREST - 1], voucher.lines[PRINCIPAL - 1]
    assert (interest.account, interest.department, interest.text) == ("8051", "200", "Renter sak 1")
    assert (principal.account, principal.project) == ("1510", "P2")
    assert [(one.field, one.was, one.actor, one.because) for one in interest.chosen] == [
        ("account", "8050", "kari", "feil konto"),
        ("department", "100", "kari", "feil konto"),
        ("text", "Sak 1-000001", "kari", "feil konto"),
    ]
    assert clean(desk)


def test_choices_survive_new_payments_reversals_and_moves(desk: Desk) -> None:
    change(desk, "8051")
    change(desk, "2026-11-30", None, Field.DATED)
    desk.pay(payment(2, 500, ""), payment(3, 10_000, invoice_kid(2)), name="next.txt")
    assert again(desk) == (["8051", "2026-11-30"], [])
    move(desk, 1, "1-000002")
    reverse(desk, 3)
    register(desk, 1_000)
    assert again(desk) == (["8051", "2026-11-30"], [])
    first = shown(desk)[0]

    assert (first.dated, first.lines[INTEREST - 1].account, len(first.chosen)) == (date(2026, 11, 30), "8051", 1)
    assert clean(desk)
    approve(desk)
    assert clean(desk)
    with desk.reading() as connection:
        sent = vouchers(connection, 1, 0, 1)[0]
    assert (sent.dated, sent.lines[INTEREST - 1].account) == (date(2026, 11, 30), "8051")


def test_what_is_left_out_takes_its_choice_out_and_it_is_back_when_it_is_taken_in(desk: Desk) -> None:
    change(desk, "8051")
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 1")
    with desk.writing() as connection:
        exclude_from_posting(connection, journal.number, "bokført for hånd", desk.act)
    assert again(desk) == ([], [Unfit.LINE_GONE.value])
    with desk.writing() as connection:
        include_again(connection, journal.number, desk.act)
    assert again(desk) == (["8051"], [])


def test_a_choice_that_was_made_on_another_coding_is_named_and_not_followed(desk: Desk) -> None:
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 1")
    with desk.writing() as connection:
        keep_choice(connection, 1, Chosen(journal.number, INTEREST, Field.ACCOUNT, "8051", "8049", "x"), desk.act)

    assert again(desk) == ([], [Unfit.CODED_OTHERWISE.value])
    assert shown(desk)[0].lines[INTEREST - 1].account == "8050"


def test_the_newest_choice_counts_and_can_be_taken_back(desk: Desk) -> None:
    change(desk, "8051")
    change(desk, "8052")
    assert again(desk) == (["8052"], [])
    assert change(desk, "8052").choice == 0
    change(desk, None)
    assert again(desk) == ([], [])
    assert change(desk, None).choice == 0
    assert [row.value for row in desk.rows(posting_choice)] == ["8051", "8052", None]


def test_what_is_booked_is_not_changed(desk: Desk) -> None:
    approve(desk)
    with pytest.raises(Skip, match=r"office\.voucher_booked"):
        change(desk, "8051")


@pytest.mark.parametrize(
    ("line", "field", "value", "code"),
    [
        (1, Field.ACCOUNT, "1921", "bank_line_fixed"),
        (9, Field.ACCOUNT, "1921", "no_such_line"),
        (PRINCIPAL, Field.ACCOUNT, "1511", "account_fixed"),
        (INTEREST, Field.ACCOUNT, " ", "value_missing"),
        (INTEREST, Field.ACCOUNT, "12345678901", "text_too_long"),
        (None, Field.DATED, "30.11.2026", "value_no_date"),
    ],
)
def test_what_cannot_be_chosen_is_refused(desk: Desk, line: int, field: Field, value: str, code: str) -> None:
    with pytest.raises(DataFault, match=rf"office\.{code}"):
        change(desk, value, line, field)
    with pytest.raises(DataFault, match=r"office\.no_such_line"):
        change(desk, "8051", ordinal=2)
    assert desk.rows(posting_choice) == []


def test_a_proposal_tells_what_is_not_booked_since_the_one_before(desk: Desk) -> None:
    def told(number: int) -> list[NotBooked]:
        with desk.reading() as connection:
            return not_booked(connection, 1, number)

    register(desk, 5_000, posted=False)
    desk.pay(payment(2, 500, ""), name="next.txt")
    (journal,) = desk.rows(t.journal, t.journal.c.source == "payment 3")
    with desk.writing() as connection:
        exclude_from_posting(connection, journal.number, "bokført for hånd", desk.act)
    outside, left_out = told(1)
    assert (outside.kind, outside.payment, outside.case, outside.amount_ore) == ("outside", 2, "1-000001", 5_000)
    assert (left_out.kind, left_out.amount_ore, left_out.because) == ("payment", 500, "bokført for hånd")
    desk.on = TODAY + timedelta(1)
    approve(desk)

    desk.on = TODAY + timedelta(2)
    desk.pay(payment(3, 600, invoice_kid(1)), name="third.txt")
    approve(desk)
    assert told(2) == []
    assert act().actor == outside.actor


def test_a_date_of_the_newest_choice_holds_for_a_voucher_of_several_journals() -> None:
    lines = tuple(DraftLine("1", 1, journal=journal, row_no=2) for journal in (1, 2))
    voucher = DraftVoucher(TODAY, "", "", lines)

    def choice(number: int, journal: int, value: str, was: str = TODAY.isoformat()) -> Choice:
        return Choice(number, journal, None, Field.DATED.value, value, was, "", TODAY, "kari")

    first, second = choice(1, 2, "2026-11-01"), choice(2, 1, "2026-11-02")
    stale = choice(3, 2, "2026-11-03", "2026-01-01")
    applied = apply([voucher], [first, second, stale])
    assert [one.dated for one in applied.vouchers] == [date(2026, 11, 2)]
    assert applied.unfit == [NotKept(stale, Unfit.CODED_OTHERWISE.value)]
