"""Errors of a Tryton ledger: its address, its server, and what stands in its database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx

from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.source import open_tryton
from kravbro.ledgers.tryton.wire import Client
from tests.errors.gallery import provokes
from tests.ledgers.tryton import canned
from tests.ledgers.tryton.acting import voucher

TODAY = date(2026, 3, 2)
READ = "model.party.party.read"


@provokes("tryton.bad_address")
def the_address_has_no_user(_: Path) -> None:
    read_address("tryton+https://erp.example.no/regnskap")


@provokes("tryton.password_in_address")
def the_password_stands_in_the_address(_: Path) -> None:
    read_address("tryton+https://kravbro:hemmelig@erp.example.no/regnskap")


@provokes("tryton.bad_option")
def the_address_has_an_option_that_is_none(_: Path) -> None:
    read_address(f"{canned.ADDRESS}?jornal=KRAV")


@provokes("tryton.bad_value")
def a_journal_is_named_twice(_: Path) -> None:
    read_address(f"{canned.ADDRESS}?kinds=VIPPS:payment,VIPPS:correction")


@provokes("tryton.two_meanings")
def a_journal_has_two_meanings(_: Path) -> None:
    read_address(f"{canned.ADDRESS}?kinds=TAP:payment&claim_ended=TAP")


@provokes("tryton.no_password")
def there_is_no_password(_: Path) -> None:
    open_tryton(canned.ADDRESS, "", {}, TODAY)


@provokes("tryton.password_file")
def the_password_file_is_not_there(_: Path) -> None:
    open_tryton(canned.ADDRESS, "", {"KRAVBRO_TRYTON_PASSWORD_FILE": "password.txt"}, TODAY)


@provokes("tryton.settings")
def settings_are_given_in_a_file(_: Path) -> None:
    open_tryton(canned.ADDRESS, 'journal = "KRAV"', {}, TODAY)


@provokes("tryton.unreachable")
def nothing_listens_there(_: Path) -> None:
    Client(read_address("tryton+http://kravbro@127.0.0.1:1/regnskap"), "hemmelig").call(READ, [1])


def _answered(answer: httpx.Response) -> None:
    canned.client({READ: answer}).call(READ, [1])


@provokes("tryton.busy")
def tryton_is_starting(_: Path) -> None:
    _answered(httpx.Response(503))


@provokes("tryton.no_database")
def the_database_has_another_name(_: Path) -> None:
    _answered(httpx.Response(404))


@provokes("tryton.no_method")
def the_call_is_closed(_: Path) -> None:
    _answered(httpx.Response(403))


@provokes("tryton.no_tryton")
def something_else_answers(_: Path) -> None:
    _answered(httpx.Response(200, content=b"<html>"))


@provokes("tryton.changed_meanwhile")
def somebody_wrote_at_the_same_moment(_: Path) -> None:
    _answered(canned.error("ConcurrencyException", "The record was changed"))


@provokes("tryton.refused")
def a_person_may_not_do_that(_: Path) -> None:
    _answered(canned.error("UserError", ['You are not allowed to access "Party".', "", None]))


@provokes("tryton.fault")
def trytons_program_fails(_: Path) -> None:
    _answered(canned.error("'account.dunning'", "Traceback ..."))


@provokes("tryton.login_refused")
def the_password_is_wrong(_: Path) -> None:
    canned.client({canned.LOGIN: httpx.Response(401)}).call(READ, [1])


@provokes("tryton.no_company")
def there_is_no_company(_: Path) -> None:
    canned.source({"model.company.company.search_read": []}).installation()


@provokes("tryton.one_company_at_a_time")
def the_user_sees_one_company_at_a_time(_: Path) -> None:
    canned.source({canned.PREFERENCES: {"companies": [1, 2], "company_filter": "one"}}).companies()


@provokes("tryton.copied")
def the_database_is_a_copy(_: Path) -> None:
    noted = {"id": 1, "message": "[kravbro installation 5f1c erp.example.no/produksjon]"}
    canned.source({"model.ir.note.search_read": [noted]}).installation()


@provokes("tryton.no_journal")
def the_journal_is_missing(_: Path) -> None:
    canned.source({}).deliver(1, [voucher(1, "k-1", [], TODAY)])


@provokes("tryton.posted_twice")
def somebody_posted_a_copy_of_a_voucher(_: Path) -> None:
    moves = [{"id": number, "description": "k-1", "state": "posted", "number": f"2026-{number}"} for number in (7, 8)]
    answers = {"model.account.journal.search_read": [{"id": 1}], "model.account.move.search_read": moves}
    canned.source(answers).fates(1, ["k-1"])


@provokes("tryton.not_whole_ore")
def an_amount_has_three_decimals(_: Path) -> None:
    lines = [canned.line_row(5, "100.005") | {"party": 3, "reconciliation.": None}]
    answers = {"model.account.move.line.search_read": canned.Turns(lines, [], lines)}
    canned.source(answers).items(1, [5])


@provokes("tryton.moving")
def people_book_faster_than_can_be_read(_: Path) -> None:
    of_party = [canned.line_row(5) | {"party": 3, "reconciliation.": None}]
    looks = [[canned.line_row(number)] for number in range(10, 30)]
    turns = [of_party, looks[0]]
    for look in looks[1:]:
        turns += [of_party, look]
    canned.source({"model.account.move.line.search_read": canned.Turns(*turns)}).items(1, [5])
