"""Errors of set-up files: keys and values that cannot be, names that nothing has, and what is in use."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from kravbro.books.commands.setup import NumberSeries
from kravbro.bootstrap.ledger_file import import_ledger_file, read_ledger_file
from kravbro.bootstrap.setup.applying import apply_plan, plan
from kravbro.bootstrap.setup.checking import faults_of
from kravbro.bootstrap.setup.description import Setup, merged
from kravbro.bootstrap.setup.reading import read_setup
from kravbro.core.acts import Act
from kravbro.core.errors import KravbroError
from kravbro.db.places import place_at
from kravbro.formats.toml import LARGEST
from kravbro.office.setup_changing import change_office
from kravbro.office.whole_setup import standing_office
from tests.bootstrap.setups import TEXT, changed, whole
from tests.errors.gallery import command, provokes
from tests.office.builders import Desk, act, invoice_kid, offer, open_desk, payment
from tests.tidy.sources import ROOT

ACT = Act("kari", date(2026, 11, 2), datetime(2026, 11, 2, 9, tzinfo=UTC))


def check(data: bytes) -> None:
    Path("setup.toml").write_bytes(data)
    command("setup", "check", "setup.toml", "--dir", "site")


def fault(*changes: tuple[str, str], more: str = "") -> None:
    """Raise the one fault of the example with these changes."""
    one = read_setup((changed(*changes) + more).encode(), "setup.toml", Path())
    raise next(found.error for found in (*one.faults, *faults_of(merged(Setup(), one.setup, remove=False))))


def refusal(code: str, wanted: Setup, *, remove: bool = False) -> None:
    """Raise what keeps the set-up that stands in a place from becoming this one."""
    place = place_at("site")
    apply_plan(place, plan(place, whole(), ACT), "innføring", ACT)
    raise next(one for one in plan(place, wanted, ACT, remove=remove).refusals if one.code == code)


@provokes("toml.too_large")
def a_film_is_taken_for_a_set_up(_folder: Path) -> None:
    check(b"#" * (LARGEST + 1))


@provokes("toml.not_text")
def a_set_up_is_saved_in_latin_1(_folder: Path) -> None:
    check(TEXT.encode("iso-8859-1"))


@provokes("toml.syntax")
def a_quote_is_forgotten(_folder: Path) -> None:
    check(TEXT.replace('"Bank"', '"Bank').encode())


@provokes("toml.deep")
def a_file_is_nothing_but_brackets(_folder: Path) -> None:
    check(b"a = " + b"[" * (10 * sys.getrecursionlimit()))


@provokes("setup.format")
def a_file_is_of_another_release(_folder: Path) -> None:
    fault(("format = 1", "format = 2"))


@provokes("setup.unknown_key")
def a_key_is_mistyped(_folder: Path) -> None:
    fault(("minimum_ore", "minimun_ore"))


@provokes("setup.missing_key")
def a_creditor_has_no_company(_folder: Path) -> None:
    fault(("company = 1\n", ""))


@provokes("setup.kind")
def an_amount_has_a_decimal_point(_folder: Path) -> None:
    fault(("minimum_ore = 10000", "minimum_ore = 100.00"))


@provokes("setup.text")
def a_name_is_empty(_folder: Path) -> None:
    fault(('name = "Kommunale krav"', 'name = ""'))


@provokes("setup.number")
def a_claim_must_wait_for_a_hundred_years(_folder: Path) -> None:
    fault(("PWS = 14", "PWS = 36500"))


@provokes("setup.number_key")
def a_creditor_has_a_name_for_a_number(_folder: Path) -> None:
    fault(("[companies.1]", "[companies.nordvik]"))


@provokes("setup.choice")
def a_voucher_type_means_nothing_known(_folder: Path) -> None:
    fault(('meaning = "reversal"', 'meaning = "reversed"'))


@provokes("setup.twice")
def an_account_stands_there_in_two_ways(_folder: Path) -> None:
    fault(more='[agreements."1503.00.12345"]\nname = "Igjen"\nholder = 1\ncreditors = [1]\n')


@provokes("setup.unknown_name")
def a_creditor_names_an_account_that_the_company_has_not(_folder: Path) -> None:
    fault(('interim = "2990"', 'interim = "2999"'))


@provokes("setup.no_transfer_type")
def a_company_has_no_voucher_type_for_transfers(_folder: Path) -> None:
    fault(('meaning = "transfer"', 'meaning = "correction"'))


@provokes("setup.code_without_routine")
def a_dunning_code_has_no_days(_folder: Path) -> None:
    fault(("PWS = 14", "P1 = 14"))


@provokes("setup.organisations_differ")
def a_creditor_has_the_number_of_another(_folder: Path) -> None:
    fault(('"310007013"\ncompany', '"310003050"\ncompany'))


@provokes("setup.receivable_differs")
def a_sub_ledger_is_booked_on_the_bank(_folder: Path) -> None:
    fault(('receivable_account = "1500", workflow', 'receivable_account = "1920", workflow'))


@provokes("setup.company_twice")
def a_company_is_two_creditors(_folder: Path) -> None:
    second = TEXT[TEXT.index("[creditors.1]") : TEXT.index("# The bank account")].replace("creditors.1", "creditors.2")
    one = read_setup(changed(("creditors = [1]", "creditors = [1, 2]")).encode() + second.encode(), "a", Path())
    found = faults_of(merged(Setup(), one.setup, remove=False))
    raise next(each.error for each in found if each.error.code == "setup.company_twice")


@provokes("setup.company_stays")
def a_file_without_the_company_is_to_remove_it(_folder: Path) -> None:
    refusal("setup.company_stays", Setup("nordvik-ledger", "nordvik-office"), remove=True)


@provokes("books.setup_in_use")
def a_series_that_vouchers_have_is_to_begin_elsewhere(_folder: Path) -> None:
    series = NumberSeries("IMP", "Importert", 7)
    wanted = whole()
    part = wanted.companies[1]
    assert part.books is not None
    books = msgspec.structs.replace(part.books, number_series=(*part.books.number_series, series))
    imported()
    raise standing_in_the_way(
        msgspec.structs.replace(wanted, companies={1: msgspec.structs.replace(part, books=books)})
    )


@provokes("books.setup_kept")
def an_account_that_vouchers_name_is_to_go(_folder: Path) -> None:
    imported()
    raise standing_in_the_way(whole(), remove=True)


def imported() -> None:
    """The example, with a ledger's file in its books."""
    place = place_at("site")
    apply_plan(place, plan(place, whole(), ACT), "innføring", ACT)
    data = (ROOT / "examples/ledger/nordvik_kommune.xml").read_bytes()
    import_ledger_file(place, 1, read_ledger_file(data, "nordvik.xml"), data, ACT)


def standing_in_the_way(wanted: Setup, *, remove: bool = False) -> KravbroError:
    """The first thing that keeps the set-up from becoming this one."""
    return plan(place_at("site"), wanted, ACT, remove=remove).refusals[0]


def worked(folder: Path) -> Desk:
    """Claims, money on one of them, and money that nobody can place."""
    desk = open_desk(folder)
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 50_000, invoice_kid(1)), payment(2, 700, ""))
    return desk


def change_creditor(desk: Desk, **changes: object) -> None:
    with desk.writing() as connection:
        before = standing_office(connection)
        one = before.creditors[1]
        changed_one = msgspec.structs.replace(one, creditor=msgspec.structs.replace(one.creditor, **changes))
        change_office(connection, before, msgspec.structs.replace(before, creditors={1: changed_one}), "x", act())


@provokes("office.setup_in_use")
def a_creditor_with_claims_is_to_be_another_company(folder: Path) -> None:
    change_creditor(worked(folder), organisation_number="999000010")


@provokes("office.setup_money_open")
def an_interim_account_is_to_change_while_money_stands_there(folder: Path) -> None:
    change_creditor(worked(folder), interim_account="2991")


@provokes("office.setup_kept")
def an_agreement_that_money_came_in_on_is_to_go(folder: Path) -> None:
    with worked(folder).writing() as connection:
        before = standing_office(connection)
        change_office(connection, before, msgspec.structs.replace(before, agreements={}), "x", act())


@provokes("office.setup_moved")
def two_change_the_set_up_in_the_same_moment(folder: Path) -> None:
    desk = open_desk(folder)
    with desk.reading() as connection:
        seen = standing_office(connection)
    change_creditor(desk, minimum_ore=1)
    with desk.writing() as connection:
        change_office(connection, seen, seen, "x", act())
