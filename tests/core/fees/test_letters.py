"""Letter fees: amounts by two days, which letter may cost something after which, and an oracle written otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.claims import Letter, LetterKind
from kravbro.core.errors import DataFault
from kravbro.core.fees.letters import Sending, letter_cap, letter_fee
from kravbro.core.fees.objections import Objection
from tests.core.fees.law import DEMAND, NOTICE, REMINDER, SHIPPED, codes, day, letter, rules

DUE = date(2026, 1, 5)
FIRST = letter(REMINDER, "2026-01-19", "2026-02-02", 38_00)


@pytest.mark.parametrize(
    ("sats_from", "due", "sent_on", "small_ore", "own_demand_ore"),
    [
        ("700 and a tenth", "2020-09-30", "2020-10-14", 70_00, 210_00),
        ("700", "2020-10-01", "2020-10-15", 35_00, 105_00),
        ("700", "2025-12-01", "2025-12-31", 35_00, 105_00),
        ("750", "2025-12-01", "2026-01-01", 38_00, 113_00),
        ("750 and a tenth", "2020-09-30", "2026-01-01", 75_00, 225_00),
        ("670 and a tenth", "2016-01-04", "2016-12-31", 67_00, 201_00),
    ],
)
def test_the_fraction_is_of_the_due_date_and_the_sats_of_the_day_of_sending(
    sats_from: str, due: str, sent_on: str, small_ore: int, own_demand_ore: int
) -> None:
    found = [letter_cap(Sending(kind, day(due), day(sent_on)), SHIPPED).amount_ore for kind in LetterKind]

    assert found == [small_ore, small_ore, own_demand_ore], sats_from


def test_a_fee_shows_each_row_that_it_rests_on() -> None:
    fee = letter_cap(Sending(REMINDER, DUE, day("2026-01-19")), SHIPPED)

    assert rules(fee.derivation) == {"purring_fee", "inkassosats", "letter_fee_rounding"}
    assert codes(fee.derivation)[0] == "fees.letter.allowed"


def test_a_letter_before_the_fourteenth_day_is_free_and_says_so() -> None:
    fee = letter_cap(Sending(NOTICE, DUE, day("2026-01-18")), SHIPPED)

    assert (fee.amount_ore, fee.derivation.code) == (0, "fees.letter.too_early")
    assert fee.derivation.facts["after"] == 13
    assert rules(fee.derivation) == {"letter_fee_days"}


def test_a_letter_is_free_while_an_objection_stands_and_costs_something_when_it_ended() -> None:
    sending = Sending(REMINDER, DUE, day("2026-02-10"))

    for until in (None, day("2026-02-10")):
        fee = letter_fee(sending, [], SHIPPED, [Objection(day("2026-02-01"), until)])
        assert (fee.amount_ore, fee.derivation.code) == (0, "fees.letter.disputed")
    assert letter_fee(sending, [], SHIPPED, [Objection(day("2026-02-01"), day("2026-02-09"))]).amount_ore == 38_00
    assert letter_fee(sending, [], SHIPPED, [Objection(day("2026-02-11"))]).amount_ore == 38_00


def test_a_letter_that_was_free_does_not_count() -> None:
    free = letter(NOTICE, "2026-01-06", "2026-01-20")

    assert letter_fee(Sending(REMINDER, DUE, day("2026-01-19")), [free], SHIPPED).amount_ore == 38_00


def test_the_count_begins_afresh_after_six_months_from_the_last_letter_with_a_fee() -> None:
    second = letter(REMINDER, "2026-02-03", "2026-02-17", 38_00)
    own = letter(DEMAND, "2026-02-18", "2026-03-04", 113_00)

    def fee(sent_on: str, *earlier: Letter) -> tuple[int, str]:
        found = letter_fee(Sending(REMINDER, DUE, day(sent_on)), earlier, SHIPPED)
        return found.amount_ore, found.derivation.code

    assert fee("2026-08-03", FIRST, second) == (0, "fees.letter.enough")
    assert fee("2026-08-04", FIRST, second) == (38_00, "fees.letter.allowed")
    assert fee("2026-08-18", FIRST, second, own) == (0, "fees.letter.out_of_order")
    assert fee("2026-08-19", FIRST, second, own) == (38_00, "fees.letter.allowed")


def test_a_count_that_began_afresh_is_said_with_the_row() -> None:
    fee = letter_fee(Sending(NOTICE, DUE, day("2026-12-01")), [FIRST], SHIPPED)

    assert "fees.letter.afresh" in codes(fee.derivation)
    assert "letter_fee_restart_months" in rules(fee.derivation)


def test_the_order_in_which_letters_are_given_does_not_matter() -> None:
    letters = [FIRST, letter(REMINDER, "2026-02-03", "2026-02-17", 38_00), letter(NOTICE, "2026-01-06", "2026-01-20")]
    sending = Sending(DEMAND, DUE, day("2026-02-18"))

    assert letter_fee(sending, letters, SHIPPED).amount_ore == 113_00
    assert letter_fee(sending, letters, SHIPPED) == letter_fee(sending, letters[::-1], SHIPPED)


def test_a_letter_cannot_be_judged_by_one_that_was_sent_after_it() -> None:
    with pytest.raises(DataFault, match=r"fees\.letter_sent_later"):
        letter_fee(Sending(REMINDER, DUE, day("2026-01-18")), [FIRST], SHIPPED)


def test_a_letter_about_a_claim_of_which_nothing_is_left_is_free() -> None:
    for left_ore, amount_ore in ((None, 38_00), (1, 38_00), (0, 0), (-1, 0)):
        sending = Sending(REMINDER, DUE, day("2026-01-19"), left_ore)
        assert letter_cap(sending, SHIPPED).amount_ore == letter_fee(sending, [], SHIPPED).amount_ore == amount_ore
    nothing = Sending(REMINDER, DUE, day("2026-01-19"), 0)
    assert letter_fee(nothing, [], SHIPPED).derivation.code == "fees.letter.nothing_left"


def asked(kind: LetterKind, sent_on: str, *earlier: Letter, objections: Sequence[Objection] = ()) -> tuple[int, str]:
    fee = letter_fee(Sending(kind, DUE, day(sent_on)), earlier, SHIPPED, objections)
    return fee.amount_ore, fee.derivation.code


@pytest.mark.parametrize(("sent_on", "fee"), [("2026-01-05", 0), ("2026-01-06", 113_00)])
def test_a_deadline_set_before_the_claim_was_overdue_cannot_be_missed(sent_on: str, fee: int) -> None:
    early = Letter(REMINDER, day(sent_on), day("2026-01-20"))

    assert asked(DEMAND, "2026-01-21", early)[0] == fee
    charged = Letter(REMINDER, day(sent_on), day("2026-01-20"), 38_00)
    assert asked(NOTICE, "2026-01-21", charged) == (
        (38_00, "fees.letter.allowed") if fee else (0, "fees.letter.first_void")
    )


def test_a_reason_why_no_deadline_was_missed_names_the_letter_that_was_sent_too_early() -> None:
    sending = Sending(DEMAND, DUE, day("2026-01-21"))
    fee = letter_fee(sending, [letter(REMINDER, "2025-12-20", "2026-01-10")], SHIPPED)

    assert codes(fee.derivation) == ["fees.letter.no_missed_deadline", "derivation.row", "fees.letter.before_due"]


def test_an_own_betalingsoppfordring_is_free_while_the_deadline_of_any_letter_runs() -> None:
    notice = letter(NOTICE, "2026-02-03", "2026-02-17", 38_00)
    free = letter(REMINDER, "2026-02-12", "2026-02-20")

    assert asked(DEMAND, "2026-02-03", FIRST) == (113_00, "fees.letter.allowed")
    assert asked(DEMAND, "2026-02-10", FIRST, notice) == (0, "fees.letter.still_running")
    assert asked(DEMAND, "2026-02-17", FIRST, notice) == (0, "fees.letter.still_running")
    assert asked(DEMAND, "2026-02-18", FIRST, notice) == (113_00, "fees.letter.allowed")
    assert asked(DEMAND, "2026-02-20", FIRST, notice, free) == (0, "fees.letter.still_running")
    assert asked(DEMAND, "2026-02-21", FIRST, notice, free) == (113_00, "fees.letter.allowed")


def test_days_with_an_objection_do_not_count_towards_the_deadline_of_an_earlier_letter() -> None:
    whole = [Objection(day("2026-01-20"), day("2026-02-02"))]
    some = [Objection(day("2026-01-30"), day("2026-02-02"))]

    assert asked(NOTICE, "2026-02-03", FIRST, objections=whole) == (0, "fees.letter.deadline_running")
    assert asked(DEMAND, "2026-02-03", FIRST, objections=whole) == (0, "fees.letter.no_missed_deadline")
    assert asked(NOTICE, "2026-02-16", FIRST, objections=whole) == (0, "fees.letter.deadline_running")
    assert asked(NOTICE, "2026-02-17", FIRST, objections=whole) == (38_00, "fees.letter.allowed")
    assert asked(NOTICE, "2026-02-06", FIRST, objections=some) == (0, "fees.letter.deadline_running")
    assert asked(NOTICE, "2026-02-07", FIRST, objections=some) == (38_00, "fees.letter.allowed")


def test_a_letter_sent_under_an_objection_sets_no_deadline_that_counts() -> None:
    under = [Objection(day("2026-01-19"), day("2026-01-19"))]

    assert asked(NOTICE, "2026-03-01", FIRST, objections=under) == (0, "fees.letter.first_void")
    assert asked(DEMAND, "2026-03-01", FIRST, objections=under) == (0, "fees.letter.no_missed_deadline")


def test_the_objections_may_be_an_iterator() -> None:
    under = Objection(day("2026-01-19"), day("2026-01-19"))
    sending = Sending(DEMAND, DUE, day("2026-03-01"))

    assert letter_fee(sending, [FIRST], SHIPPED, iter([under])).amount_ore == 0


def test_a_year_whose_sats_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(DataFault, match=r"statute\.not_confirmed") as fault:
        letter_cap(Sending(REMINDER, day("2011-01-03"), day("2011-03-01")), SHIPPED)

    assert fault.value.facts == {"rule": "inkassosats", "on": "2011-03-01"}


# The oracle: the sequences of § 1-3 written out, days counted as numbers, months by the calendar's own numbers.

ALLOWED_SEQUENCES = {"", "P", "V", "D", "PP", "PV", "PD", "VD", "PPD", "PVD"}
SIGN = {REMINDER: "P", NOTICE: "V", DEMAND: "D"}
AMOUNT = {REMINDER: 38_00, NOTICE: 38_00, DEMAND: 113_00}


def over_six_months(earlier: date, later: date) -> bool:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months > 6 or (months == 6 and later.day > earlier.day)


def oracle(sending: Sending, letters: Iterable[Letter], objections: Sequence[Objection]) -> int:
    sent, day_number = sending.sent_on, sending.sent_on.toordinal()
    known = sorted(letters, key=lambda each: each.sent_on)
    if day_number - sending.due_date.toordinal() < 14:
        return 0
    if any(each.since <= sent <= (each.until or date.max) for each in objections):
        return 0
    run: list[Letter] = []
    previous = None
    for each in [one for one in known if one.fee_ore]:
        run = [each] if previous is None or over_six_months(previous.sent_on, each.sent_on) else [*run, each]
        previous = each
    if previous is not None and over_six_months(previous.sent_on, sent):
        run = []
    if "".join(SIGN[each.kind] for each in run) + SIGN[sending.kind] not in ALLOWED_SEQUENCES:
        return 0

    def objected(number: int) -> bool:
        return any(each.since.toordinal() <= number <= (each.until or date.max).toordinal() for each in objections)

    def over(one: Letter) -> bool:
        """Day by day: whether as many days without an objection as the letter gave have gone before the sending."""
        given = one.deadline.toordinal() - one.sent_on.toordinal()
        free = [number for number in range(one.sent_on.toordinal() + 1, day_number) if not objected(number)]
        return len(free) >= given

    def missed(one: Letter) -> bool:
        founded = one.sent_on > sending.due_date and not objected(one.sent_on.toordinal())
        return founded and one.deadline.toordinal() - one.sent_on.toordinal() > 13 and over(one)

    if sending.kind is DEMAND:
        asked = any(missed(one) for one in known if one.kind is not DEMAND)
        return AMOUNT[DEMAND] if asked and all(over(one) for one in known) else 0
    return AMOUNT[sending.kind] if not run or missed(run[0]) else 0


@st.composite
def sequences(draw: st.DrawFn) -> tuple[list[Letter], Sending, list[Objection]]:
    """Letters about a claim due on 2026-01-05, with fees as the rule itself gives them, and one more to send."""
    letters: list[Letter] = []
    sent_on = DUE - timedelta(days=draw(st.sampled_from([0, 0, 16])))
    for _ in range(draw(st.integers(0, 6))):
        sent_on += timedelta(days=draw(st.sampled_from([1, 7, 13, 14, 15, 15, 16, 30, 180, 190])))
        kind = draw(st.sampled_from(LetterKind))
        deadline = sent_on + timedelta(days=draw(st.sampled_from([10, 13, 14, 14, 14, 20])))
        may_cost = letter_fee(Sending(kind, DUE, sent_on), letters, SHIPPED).amount_ore
        letters.append(Letter(kind, sent_on, deadline, may_cost if draw(st.booleans()) else 0))
    sent_on += timedelta(days=draw(st.sampled_from([0, 1, 13, 14, 15, 16, 28, 29, 181, 182, 185])))
    since = DUE + timedelta(days=draw(st.integers(0, 60)))
    until = draw(st.sampled_from([None, since, since + timedelta(days=20)]))
    objections = draw(st.sampled_from([[], [], [Objection(since, until)]]))
    return letters, Sending(draw(st.sampled_from(LetterKind)), DUE, sent_on), objections


@settings(max_examples=600, deadline=None)
@given(sequences())
def test_every_sequence_of_letters_is_judged_as_the_oracle_judges_it(
    drawn: tuple[list[Letter], Sending, list[Objection]],
) -> None:
    letters, sending, objections = drawn

    assert letter_fee(sending, letters, SHIPPED, objections).amount_ore == oracle(sending, letters, objections)


@settings(max_examples=200, deadline=None)
@given(sequences())
def test_no_run_of_six_months_ever_costs_more_than_two_small_fees_and_one_betalingsoppfordring(
    drawn: tuple[list[Letter], Sending, list[Objection]],
) -> None:
    letters, _, _ = drawn

    for first in letters:
        run = [one for one in letters if one.fee_ore and 0 <= (one.sent_on - first.sent_on).days <= 180]
        assert len([one for one in run if one.kind is not DEMAND]) <= 2
        assert len([one for one in run if one.kind is DEMAND]) <= 1
