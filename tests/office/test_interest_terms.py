"""Terms of interest and pauses: what a command adds, what it refuses, and the interest that follows, to the øre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.parties import PartyKind
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.interest_terms import (
    BY_LAW,
    INTEREST_FREE,
    ClaimTerms,
    agreed_rate,
    pause,
    resume,
    set_terms,
)
from kravbro.office.queries.balances import balances
from kravbro.office.queries.interest_terms import ClaimInterest, interest_of_case
from kravbro.office.queries.statement import statement
from tests.interest_oracle import interest_ore
from tests.office.builders import STATUTE, TODAY, Desk, act, offer, open_desk, party
from tests.places import NewPlace

pytestmark = pytest.mark.rules

PERSON, BUSINESS = "1-000001", "1-000002"
"""A case of two claims on a person, and one of two on a business."""
DUE, ON = date(2026, 9, 1), date(2026, 12, 20)
PRINCIPAL_ORE, CHARGED_ORE = 100_000, 250
WHY = "innsigelse"


@pytest.fixture
def desk(new_place: NewPlace) -> Iterator[Desk]:
    one = open_desk(new_place.where())
    firm = party(2, kind=PartyKind.BUSINESS, identity_number="", organisation_number="938679089")
    one.offer(offer(1), offer(2), offer(3, debtor=firm), offer(4, debtor=firm))
    yield one
    one.engine.dispose()


def say(desk: Desk, command: Callable[..., list[int]], *words: object, **named: object) -> list[int]:
    """Run a command in a transaction of its own; a reason is given if none is."""
    with desk.writing() as connection:
        if command is set_terms:
            case, terms = words
            return command(connection, case, terms, desk.act, **{"because": WHY, **named})
        return command(connection, *words, desk.act, **{"because": WHY, **named})


def said(desk: Desk, case: str) -> list[ClaimInterest]:
    with desk.reading() as connection:
        return interest_of_case(connection, case)


def interest_on(desk: Desk, claim: int, on: date = ON) -> int:
    """Interest on a claim by the rule, as `balances` gives it; what letters charged is added again."""
    with desk.reading() as connection:
        (row,) = [one for one in balances(connection, on, STATUTE) if one.claim == claim]
    return row.uncharged_ore + CHARGED_ORE


def written(desk: Desk) -> list[list[object]]:
    tables = (t.interest_terms, t.interest_pause, t.case_event, t.counter)
    return [list(desk.rows(table)) for table in tables]


def oracle(**facts: object) -> int:
    """Interest by counting days; never less than letters charged, since that is not paid back."""
    counted = interest_ore([(DUE, PRINCIPAL_ORE)], ON, **facts)  # type: ignore[arg-type] # passed on
    return max(counted, CHARGED_ORE)


def test_a_pause_is_set_on_every_claim_of_the_case(desk: Desk) -> None:
    touched = say(desk, pause, PERSON, first=date(2026, 10, 1), last=date(2026, 10, 31))

    assert touched == [1, 2]
    october = [(date(2026, 10, 1), date(2026, 10, 31))]
    assert interest_on(desk, 1) == interest_on(desk, 2) == oracle(pauses=october)
    assert interest_on(desk, 3) == oracle(consumer=False)
    assert [(one.claim, one.first_day, one.last_day, one.pauses) for one in desk.rows(t.interest_pause)] == [
        (1, *october[0], True),
        (2, *october[0], True),
    ]


def test_one_invoice_alone_can_be_meant(desk: Desk) -> None:
    assert say(desk, pause, PERSON, first=date(2026, 10, 1), invoice_no="20002") == [2]
    assert [one.invoice_no for one in said(desk, PERSON)] == ["20002"]
    assert interest_on(desk, 1) == oracle()
    assert interest_on(desk, 2) == oracle(pauses=[(date(2026, 10, 1), ON)])


def test_interest_runs_again_from_the_day_that_is_said(desk: Desk) -> None:
    say(desk, pause, PERSON, first=date(2026, 10, 1))
    assert said(desk, PERSON)[0].pauses[0].last is None

    say(desk, resume, PERSON, first=date(2026, 11, 1), because="avklart")

    (shown, _) = said(desk, PERSON)
    assert [(one.first, one.last) for one in shown.pauses] == [(date(2026, 10, 1), date(2026, 10, 31))]
    assert [(one.pauses, one.because) for one in shown.pauses_said] == [(True, WHY), (False, "avklart")]
    assert interest_on(desk, 1) == oracle(pauses=[(date(2026, 10, 1), date(2026, 10, 31))])


def test_a_claim_for_which_nothing_changes_gets_no_row(desk: Desk) -> None:
    say(desk, pause, PERSON, first=date(2026, 10, 1), last=date(2026, 10, 31), invoice_no="20001")

    assert say(desk, pause, PERSON, first=date(2026, 10, 1), last=date(2026, 10, 31)) == [2]
    assert len(desk.rows(t.interest_pause)) == 2


def test_the_terms_that_were_set_last_hold_for_all_days(desk: Desk) -> None:
    assert interest_on(desk, 3) == oracle(consumer=False)
    assert say(desk, set_terms, BUSINESS, agreed_rate("14,50")) == [3, 4]
    assert interest_on(desk, 3) == oracle(agreed=Fraction("14.5"))
    assert said(desk, BUSINESS)[0].agreed_percent == "14.5"
    assert say(desk, set_terms, BUSINESS, INTEREST_FREE, invoice_no="20003") == [3]
    assert interest_on(desk, 3) == oracle(bears=False)
    assert interest_on(desk, 4) == oracle(agreed=Fraction("14.5"))
    assert say(desk, set_terms, BUSINESS, BY_LAW) == [3, 4]
    assert interest_on(desk, 3) == interest_on(desk, 4) == oracle(consumer=False)
    assert len(desk.rows(t.interest_terms)) == 5


def test_a_statement_tells_the_terms_and_the_pauses(desk: Desk) -> None:
    say(desk, set_terms, BUSINESS, agreed_rate("14"))
    say(desk, pause, BUSINESS, first=date(2026, 10, 1), last=date(2026, 10, 31))
    with desk.reading() as connection:
        shown = statement(connection, BUSINESS, ON, STATUTE)

    (interest,) = shown.lines[-1].explain.steps
    assert "interest.pause" in {one.code for one in interest.steps}
    assert {one.code for segment in interest.steps for one in segment.steps} == {"interest.agreed"}


def test_each_row_has_its_event_and_the_case_stays_in_its_state(desk: Desk) -> None:
    say(desk, pause, PERSON, first=date(2026, 10, 1))
    say(desk, resume, PERSON, first=date(2026, 11, 1), invoice_no="20002")
    say(desk, set_terms, PERSON, INTEREST_FREE, invoice_no="20001")

    events = desk.rows(t.case_event, t.case_event.c.case == 1)
    assert [(one.event_no, one.event, one.note) for one in events[2:]] == [
        (3, "interest_pause", "20001"),
        (4, "interest_pause", "20002"),
        (5, "interest_resume", "20002"),
        (6, "interest_terms", "20001"),
    ]
    assert {one.source for one in events[1:]} == {one.target for one in events} == {"registered"}
    with desk.reading() as connection:
        assert audit(connection, 1) == []


@pytest.mark.parametrize(
    ("code", "command", "words", "named"),
    [
        ("office.no_such_case", pause, ("1-9",), {"first": DUE}),
        ("office.no_such_invoice", pause, (PERSON,), {"first": DUE, "invoice_no": "20003"}),
        ("office.no_such_invoice", pause, (PERSON,), {"first": DUE, "invoice_no": ""}),
        ("office.interest_reason_missing", pause, (PERSON,), {"first": DUE, "because": " \n"}),
        ("office.interest_reason_too_long", resume, (PERSON,), {"first": DUE, "because": "x" * 201}),
        ("office.interest_days", pause, (PERSON,), {"first": DUE, "last": date(2026, 8, 31)}),
        ("office.interest_days", resume, (PERSON,), {"first": DUE, "last": date(2026, 8, 31)}),
        ("office.interest_paused_already", pause, (BUSINESS,), {"first": date(2026, 10, 2), "last": date(2026, 10, 9)}),
        ("office.interest_runs_already", resume, (BUSINESS,), {"first": date(2026, 11, 1)}),
        ("office.interest_runs_already", resume, (PERSON,), {"first": DUE}),
        ("office.no_such_case", set_terms, ("1-9", INTEREST_FREE), {}),
        ("office.no_such_invoice", set_terms, (PERSON, INTEREST_FREE), {"invoice_no": "20003"}),
        ("office.interest_reason_missing", set_terms, (PERSON, INTEREST_FREE), {"because": ""}),
        ("interest.agreed_for_consumer", set_terms, (PERSON, ClaimTerms(agreed_percent="1")), {}),
        ("office.interest_terms_hold", set_terms, (PERSON, BY_LAW), {}),
        ("office.interest_terms_hold", set_terms, (BUSINESS, ClaimTerms(agreed_percent="8")), {}),
    ],
)
def test_what_is_refused_leaves_nothing(
    desk: Desk, code: str, command: Callable[..., list[int]], words: tuple[object, ...], named: dict[str, object]
) -> None:
    say(desk, pause, BUSINESS, first=date(2026, 10, 1), last=date(2026, 10, 31))
    say(desk, set_terms, BUSINESS, agreed_rate("8.0"))
    before = written(desk)

    with pytest.raises(DataFault) as fault:
        say(desk, command, *words, **named)

    assert fault.value.code == code
    assert written(desk) == before


@pytest.mark.parametrize("text", ["-1", "+1", "fourteen", "", "1e2", "1/2", "14 %", "14.", ".5", "nan", "1,2,3"])
def test_a_rate_that_is_no_decimal_from_zero_up_is_refused(text: str) -> None:
    with pytest.raises(DataFault, match=r"office\.interest_rate"):
        agreed_rate(text)


@pytest.mark.parametrize(("text", "kept"), [("14", "14"), ("014.50", "14.5"), (" 8,125 ", "8.125"), ("0", "0")])
def test_a_rate_is_kept_exactly_and_in_one_way(text: str, kept: str) -> None:
    assert agreed_rate(text).agreed_percent == kept


def test_a_business_that_became_a_person_stops_the_reckoning_until_terms_are_set(desk: Desk) -> None:
    say(desk, set_terms, BUSINESS, agreed_rate("14"), invoice_no="20004")
    desk.offer(offer(5, debtor=party(2)))

    with pytest.raises(DataFault, match=r"office\.interest_consumer_now") as fault:
        interest_on(desk, 1)
    assert fault.value.facts == {"case": BUSINESS, "invoice": "20004", "percent": "14"}

    say(desk, set_terms, BUSINESS, BY_LAW)
    assert interest_on(desk, 4) == oracle()


@pytest.mark.parametrize("kind", ["sqlite"])  # a server refuses most of these itself
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE interest_pause SET pauses = FALSE",
        "UPDATE interest_pause SET pauses = 'x'",
        "UPDATE interest_pause SET last_day = 'soon'",
        "UPDATE interest_terms SET agreed_percent = 'x'",
        "UPDATE interest_terms SET bears_interest = TRUE",
    ],
)
def test_a_row_that_was_changed_past_the_program_is_used_by_nobody(desk: Desk, change: str) -> None:
    say(desk, pause, PERSON, first=date(2026, 10, 1))
    say(desk, set_terms, PERSON, INTEREST_FREE)
    with desk.writing() as connection:
        connection.execute(sa.text(change))

    for ask in (
        lambda: interest_on(desk, 1),
        lambda: said(desk, PERSON),
        lambda: say(desk, pause, PERSON, first=date(2026, 9, 2)),
        lambda: say(desk, set_terms, PERSON, BY_LAW),
    ):
        with pytest.raises(DataFault, match=r"office\.interest_altered"):
            ask()


def test_whatever_is_said_in_whatever_order_gives_the_interest_of_counting_days(desk: Desk) -> None:
    """A hundred and fifty commands on one claim; the oracle keeps a set of days that bear no interest."""
    chance = Random(20261123)
    free: set[date] = set()
    kept = refused = 0
    for _ in range(150):
        first = DUE + timedelta(days=chance.randrange(-5, 115))
        last = None if chance.random() < 0.2 else first + timedelta(days=chance.randrange(30))
        days = {first + timedelta(days=n) for n in range(((last or date(2027, 6, 1)) - first).days + 1)}
        command = chance.choice([pause, resume])
        after = free | days if command is pause else free - days
        if after == free:
            with pytest.raises(DataFault, match=r"already"):
                say(desk, command, PERSON, first=first, last=last, invoice_no="20001")
            refused += 1
            continue
        say(desk, command, PERSON, first=first, last=last, invoice_no="20001")
        free, kept = after, kept + 1
        assert interest_on(desk, 1) == oracle(pauses=[(day, day) for day in sorted(free)])

    assert kept > 50
    assert refused > 5
    with desk.reading() as connection:
        assert audit(connection, 1) == []


def test_who_said_it_and_on_which_day_is_kept(desk: Desk) -> None:
    with desk.writing() as connection:
        pause(connection, PERSON, act(ON, "ola"), first=TODAY, because=f"  {WHY} ")

    (row, _) = said(desk, PERSON)[0].pauses_said + said(desk, PERSON)[1].pauses_said
    assert (row.set_by, row.set_on, row.because) == ("ola", ON, WHY)
