"""Errors of interest on a case: terms and pauses that cannot be, or change nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.parties import PartyKind
from kravbro.office import tables as t
from kravbro.office.interest_terms import BY_LAW, agreed_rate, pause, resume, set_terms
from kravbro.office.queries.statement import statement
from tests.errors.gallery import command, provokes
from tests.office.builders import STATUTE, TODAY, Desk, offer, open_desk, party

CASE = "1-000001"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def with_a_case(folder: Path, *, business: bool = False) -> Desk:
    desk = open_desk(folder)
    debtor = (
        party(kind=PartyKind.BUSINESS, identity_number="", organisation_number="938679089") if business else party()
    )
    desk.offer(offer(1, debtor=debtor))
    return desk


def say_pause(desk: Desk, because: str = "innsigelse", last: date | None = LAST) -> None:
    with desk.writing() as connection:
        pause(connection, CASE, desk.act, first=FIRST, last=last, because=because)


def see_statement(desk: Desk) -> None:
    with desk.reading() as connection:
        statement(connection, CASE, TODAY, STATUTE)


@provokes("office.interest_reason_missing")
def a_pause_for_no_reason(folder: Path) -> None:
    say_pause(with_a_case(folder), because=" ")


@provokes("office.interest_reason_too_long")
def a_pause_with_the_whole_story(folder: Path) -> None:
    say_pause(with_a_case(folder), because="x" * 201)


@provokes("office.interest_days")
def days_the_wrong_way_round(folder: Path) -> None:
    say_pause(with_a_case(folder), last=date(2026, 10, 31))


@provokes("office.interest_paused_already")
def the_same_pause_twice(folder: Path) -> None:
    desk = with_a_case(folder)
    say_pause(desk)
    say_pause(desk)


@provokes("office.interest_runs_already")
def an_end_of_no_pause(folder: Path) -> None:
    desk = with_a_case(folder)
    with desk.writing() as connection:
        resume(connection, CASE, desk.act, first=FIRST, because="innsigelsen er avklart")


@provokes("office.interest_terms_hold")
def interest_by_law_as_it_always_was(folder: Path) -> None:
    desk = with_a_case(folder)
    with desk.writing() as connection:
        set_terms(connection, CASE, BY_LAW, desk.act, because="avtale")


@provokes("office.interest_rate")
def a_rate_below_zero(folder: Path) -> None:
    command("cases", "terms", CASE, "--agreed-rate", "-1", "--because", "avtale", "--dir", str(folder))


@provokes("cli.interest_terms.choice")
def terms_that_do_not_say_which(folder: Path) -> None:
    command("cases", "terms", CASE, "--because", "avtale", "--dir", str(folder))


@provokes("office.interest_consumer_now")
def a_business_that_became_a_person(folder: Path) -> None:
    desk = with_a_case(folder, business=True)
    with desk.writing() as connection:
        set_terms(connection, CASE, agreed_rate("14"), desk.act, because="avtale")
    desk.offer(offer(2))
    see_statement(desk)


@provokes("office.interest_altered")
def a_pause_that_was_changed_in_the_database(folder: Path) -> None:
    desk = with_a_case(folder)
    say_pause(desk)
    with desk.writing() as connection:
        connection.execute(sa.update(t.interest_pause).values(last_day=date(2027, 11, 30)))
    see_statement(desk)
