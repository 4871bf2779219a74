"""A set-up file is refused with every fault and its line, or it is read whole: never half."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.bootstrap.setup import layout
from kravbro.bootstrap.setup.checking import faults_of
from kravbro.bootstrap.setup.description import Setup, merged
from kravbro.bootstrap.setup.layout import Required, kind_name
from kravbro.core.errors import DataFault
from kravbro.office.creditors import Collects, house
from kravbro.office.whole_setup import CreditorSetup
from tests.bootstrap.setups import ACCOUNT, TEXT, changed, faults, read, shown, whole
from tests.tidy.sources import ROOT

FEE = 'fee = "3090"'
LACKING = {"setup.missing_key", "office.account_missing"}
"""Faults of what is not there: they are told at the table that lacks it."""
STRUCTURES = '"11,mod10,case", "12,mod10,invoice"'


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_example_is_sound() -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        (FEE, 'fees = "3090"', "creditors.1.accounts.fees", "setup.unknown_key"),
        ("format = 1", "format = 2", "format", "setup.format"),
        ("[workflows]", "[workflow]", "workflow", "setup.unknown_key"),
        ("minimum_ore = 10000", "minimum_ore = 100.50", "creditors.1.minimum_ore", "setup.kind"),
        ("minimum_ore = 10000", "minimum_ore = -1", "creditors.1.minimum_ore", "setup.number"),
        ("minimum_ore = 10000", "minimum_ore = true", "creditors.1.minimum_ore", "setup.kind"),
        ("minimum_ore = 10000", 'collects = "us"', "creditors.1.collects", "setup.choice"),
        ("minimum_ore = 10000", 'project = " P1"', "creditors.1.project", "setup.text"),
        ("minimum_ore = 10000", 'department = "\\u0000"', "creditors.1.department", "setup.text"),
        ("[creditors.1]", "[creditors.01]", "creditors.01", "setup.number_key"),
        ("[creditors.1]", "[creditors.1000]", "creditors.1000", "setup.number_key"),
        ('1500 = "Kundefordringer"', "1500 = 1500", "companies.1.accounts.1500", "setup.kind"),
        ("PWS = 14", "PWS = 4000", "companies.1.sub_ledger_types.KOM.dunning.PWS", "setup.number"),
        ("PWS = 14", "PSW = 14", "companies.1.sub_ledger_types.KOM.dunning.PSW", "setup.unknown_name"),
        ('name = "Purring"', 'nane = "Purring"', "companies.1.dunning_codes.P1.nane", "setup.unknown_key"),
        ("to_collector = true", "to_collector = 1", "companies.1.dunning_codes.PWS.to_collector", "setup.kind"),
        ('meaning = "transfer"', 'meaning = "move"', "companies.1.voucher_types.OI.meaning", "setup.choice"),
        ('meaning = "transfer"', 'meaning = "payment"', "companies.1.voucher_types", "setup.no_transfer_type"),
        ('collector_voucher_type = "WS"', 'collector_voucher_type = "IB"', "companies.1.collector_voucher_type",
         "books.not_a_collector_type"),
        ('receivable_account = "1500", dunning', 'receivable_account = "1510", dunning',
         "companies.1.sub_ledger_types.KOM.receivable_account", "setup.unknown_name"),
        ('receivable_account = "1500", workflow', 'receivable_account = "1920", workflow',
         "creditors.1.sub_ledgers.KOM.receivable_account", "setup.receivable_differs"),
        ('workflow = "EGEN"', 'workflow = "EGNE"', "creditors.1.sub_ledgers.KOM.workflow", "setup.unknown_name"),
        ('interim = "2990"', 'interim = "2999"', "creditors.1.accounts.interim", "setup.unknown_name"),
        (f"{FEE}\n", "", "creditors.1.accounts.fee", "office.account_missing"),
        ("company = 1\n", "company = 7\n", "creditors.1.company", "setup.unknown_name"),
        ("company = 1\n", "", "creditors.1.company", "setup.missing_key"),
        ('"310007013"\ncompany', '"310007014"\ncompany', "creditors.1.organisation_number",
         "identifiers.organisation_number.check_digit"),
        ('"310007013"\ncompany', '"310003050"\ncompany', "creditors.1.organisation_number",
         "setup.organisations_differ"),
        (STRUCTURES, '"11,mod10,case", "11,mod10,invoice"', f"agreements.{ACCOUNT}.structures",
         "office.kid_structures_alike"),
        (STRUCTURES, '"11,mod10,case", "12"', f"agreements.{ACCOUNT}.structures", "office.kid_structure_text"),
        (STRUCTURES, '"12,mod10,invoice"', "creditors.1", "office.no_case_kid"),
        (f"[agreements.{ACCOUNT}]", "[agreements.15030012346]", "agreements.15030012346",
         "identifiers.bank_account.check_digit"),
        ("holder = 1", 'bank_account = "1921"\nholder = 1', f"agreements.{ACCOUNT}.bank_account",
         "setup.unknown_name"),
        ("holder = 1", "holder = 1\nclosed_on = 2026-10-01T10:00:00", f"agreements.{ACCOUNT}.closed_on", "setup.kind"),
        ("holder = 1", 'inbox = "in"\ndone_folder = "in"\nholder = 1', f"agreements.{ACCOUNT}.inbox",
         "office.inbox_folders"),
        ("creditors = [1]", "creditors = [1, 2]", f"agreements.{ACCOUNT}.creditors", "office.no_such_creditor"),
        ("creditors = [1]", 'creditors = ["1"]', f"agreements.{ACCOUNT}.creditors", "setup.kind"),
    ],
)  # fmt: skip
def test_one_fault_is_named_with_its_line(old: str, new: str, path: str, code: str) -> None:
    text = changed((old, new))
    found = faults(text)

    (line,) = {line for line, *told in found if told == [path, code]}
    *_, above, last = ["", *path.split(".")]
    said = text.splitlines()[line - 1]
    assert last in said or (code in LACKING and above in said)


def test_every_fault_is_named_at_once() -> None:
    text = changed(
        (FEE, 'fees = "3090"'), ('interim = "2990"', 'interim = "2999"'), ("PWS = 14", "P1 = 14"),
        ('workflow = "EGEN"', 'workflow = "EGNE"'), ("minimum_ore = 10000", "minimum_ore = 1.5"),
    )  # fmt: skip

    assert faults(text) == sorted([
        (line_of(text, "[creditors.1.accounts]"), "creditors.1.accounts.fee", "office.account_missing"),
        (line_of(text, "fees ="), "creditors.1.accounts.fees", "setup.unknown_key"),
        (line_of(text, "2999"), "creditors.1.accounts.interim", "setup.unknown_name"),
        (line_of(text, "to_collector"), "companies.1.dunning_codes.PWS", "setup.code_without_routine"),
        (line_of(text, "EGNE"), "creditors.1.sub_ledgers.KOM.workflow", "setup.unknown_name"),
        (line_of(text, "= 1.5"), "creditors.1.minimum_ore", "setup.kind"),
    ])  # fmt: skip


def test_two_creditors_of_one_company_and_one_account_twice_are_named() -> None:
    second = TEXT[TEXT.index("[creditors.1]") : TEXT.index("# The bank account")].replace("creditors.1", "creditors.2")
    again = '[agreements."1503.00.12345"]\nname = "Again"\nholder = 1\ncreditors = [1]\n'
    codes = {code for _, _, code in faults(f"{TEXT}\n{second}\n{again}")}

    assert {"setup.company_twice", "setup.twice"} <= codes


def test_a_house_needs_no_company() -> None:
    text = f'{TEXT}\n[creditors.900]\nname = "Byrået"\norganisation_number = "999000010"\ncollects = "house"\n'
    one = whole(text).own.creditors[900]

    assert one == CreditorSetup(house(900, "Byrået", "999000010"))
    assert one.creditor.collects is Collects.HOUSE


@pytest.mark.parametrize("text", [TEXT, f'{TEXT}\n[creditors.900]\nname = "B"\ncollects = "house"\n', "", "format = 1"])
def test_what_is_shown_is_read_again(text: str) -> None:
    setup = whole(text)

    assert whole(shown(setup)) == setup
    assert shown(whole(shown(setup))) == shown(setup)


def test_folders_are_told_from_the_files_own_folder() -> None:
    text = changed(("holder = 1", 'inbox = "inn"\ndone_folder = "/done"\nholder = 1'))
    one = whole(text).own.agreements[ACCOUNT]

    assert (one.inbox, one.done_folder) == ("/etc/kravbro/inn", "/done")


LINES = TEXT.splitlines()
WORDS = ("= ", "1", '"', "[", "]", "true", "{", "}", "name", "PWS", "KOM", "\n", "é", "\u2028", "\x00", "1e9", "-", ",")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1), st.sampled_from(["drop", "twice", "swap", "put"]), st.sampled_from(WORDS),
            st.integers(0, 60),
        ),
        min_size=1, max_size=3,
    )
)  # fmt: skip
def test_a_damaged_file_is_refused_or_right_and_never_partial(damage: list[tuple[int, str, str, int]]) -> None:
    lines = list(LINES)
    for place, how, word, column in damage:
        at = min(place, len(lines) - 1)
        if how == "drop":
            del lines[at]
        elif how == "twice":
            lines.insert(at, lines[at])
        elif how == "swap":
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
        else:
            lines[at] = f"{lines[at][:column]}{word}{lines[at][column:]}"
    try:
        one = read("\n".join(lines))
    except DataFault as fault:
        if fault.code != "toml.syntax":
            raise
        return
    setup = merged(Setup(), one.setup, remove=False)
    for found in (*one.faults, *faults_of(setup)):
        assert one.document.line(found.path) <= len(lines) + 1
        assert found.error.code
    if not one.faults:
        assert whole(shown(setup)) == setup


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=5, max_size=5, unique=True))
def test_any_names_survive_being_shown(names: list[str]) -> None:
    company, creditor, account, code, workflow = names
    setup = whole()
    part, one = setup.companies[1], setup.own.creditors[1]
    assert part.books is not None
    books = msgspec.structs.replace(
        part.books,
        accounts=(*part.books.accounts, type(part.books.accounts[0])(account, code)),
        voucher_types=(*part.books.voucher_types, msgspec.structs.replace(part.books.voucher_types[0], code=code)),
    )
    flow = msgspec.structs.replace(setup.own.workflows["EGEN"], code=workflow, name=account)
    own = msgspec.structs.replace(
        setup.own,
        workflows={**setup.own.workflows, workflow: flow},
        creditors={1: msgspec.structs.replace(one, creditor=msgspec.structs.replace(one.creditor, name=creditor))},
    )
    part = msgspec.structs.replace(part, name=company, books=books)
    told = msgspec.structs.replace(setup, companies={1: part}, own=own)
    again = whole(shown(told))

    assert again.own == told.own
    assert again.companies[1].books is not None
    assert set(again.companies[1].books.accounts) == set(books.accounts)
    assert set(again.companies[1].books.voucher_types) == set(books.voucher_types)
    assert again.companies[1].name == company


def test_the_page_has_every_key_with_its_kind_and_default() -> None:
    page = (ROOT / "docs/setup.md").read_text(encoding="utf-8").split("## Every key")[1]
    told = {}
    for part in page.split("\n### ")[1:]:
        title, _, rest = part.partition("\n")
        section = "" if title == "At the top" else title.strip("`")
        rows = [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in rest.splitlines()]
        told[section] = [tuple(row[:3]) for row in rows if len(row) == 4 and row[0] != "Key"]
    expected = {
        section: [(field.key, kind_name(field.kind), default_of(field.default)) for field in fields]
        for section, fields in layout.SECTIONS.items()
    }

    assert told == expected


def default_of(default: object) -> str:
    if default is Required:
        return "required"
    if default in ("", None, {}, ()):
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)
