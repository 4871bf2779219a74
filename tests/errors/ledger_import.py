"""What the books refuse of another ledger's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from kravbro.books.commands.setup import SetupRows, SubLedgerType, add_setup
from kravbro.bootstrap.ledger_file import import_ledger_file, read_ledger_file
from kravbro.core.acts import Act
from kravbro.core.identifiers import kid
from kravbro.db.engines import writing
from kravbro.db.place import company_owner
from kravbro.db.places import place_at
from tests.errors.formats_ledger_csv import HEAD
from tests.errors.formats_ledger_csv import SOUND as SOUND_ROW
from tests.errors.formats_saft import NAME, SOUND, import_bytes
from tests.errors.gallery import command, provokes
from tests.formats.saft_files import Customer, Ledger, Line, render

ACT = Act("kari", date(2026, 11, 16), datetime(2026, 11, 16, 8, 0, tzinfo=UTC))


def imported_before(data: bytes) -> None:
    """A file that was imported into company 1 without anybody looking."""
    import_ledger_file(place_at("site"), 1, read_ledger_file(data, NAME), data, ACT)


def with_lines(lines: Sequence[Line]) -> Ledger:
    """The sound file with other lines of its one voucher."""
    (voucher,) = SOUND.vouchers
    return replace(SOUND, vouchers=(replace(voucher, lines=tuple(lines)),))


@provokes("books.import.line_differs")
def an_invoice_that_was_changed_after_it_was_imported(_: Path) -> None:
    imported_before(render(SOUND))
    first, *rest = SOUND.vouchers[0].lines
    import_bytes(render(with_lines([replace(first, due=date(2026, 4, 6)), *rest])))


@provokes("books.import.earlier_period")
def the_file_of_last_year_after_that_of_this_year(_: Path) -> None:
    imported_before(render(SOUND))
    import_bytes(render(replace(SOUND, vouchers=(), start=date(2025, 1, 1), end=date(2025, 12, 31))))


@provokes("books.import.other_company")
def the_file_of_another_company(_: Path) -> None:
    imported_before(render(SOUND))
    import_bytes(render(replace(SOUND, organisation_number="889640782")))


@provokes("books.import.other_format")
def a_table_after_a_saft_file(_: Path) -> None:
    imported_before(render(SOUND))
    import_bytes(f"{HEAD}\n{SOUND_ROW}".encode())


@provokes("books.import.company_number")
def a_company_without_a_number(_: Path) -> None:
    Path(NAME).write_bytes(render(SOUND))
    command("ledger", "import", NAME, "--company", "0", "--dir", "site")


@provokes("books.import.too_much")
def a_ledger_of_more_money_than_there_is(_: Path) -> None:
    one = "10001;Ada Aasen;faktura;{number};2026-03-02;2026-03-23;9999999999999999,00"
    import_bytes("\n".join([HEAD, *(one.format(number=number) for number in range(10))]).encode())


@provokes("books.import.account_width")
def a_ledger_with_very_long_account_numbers(_: Path) -> None:
    account = "1500-KUNDEFORDRINGER"
    first, *rest = SOUND.vouchers[0].lines
    long = with_lines([replace(first, account=account), *rest])
    import_bytes(render(replace(long, customers=(Customer("10001", account=account),))))


@provokes("books.import.several_types")
def a_company_with_two_kinds_of_receivables_on_one_account(_: Path) -> None:
    imported_before(render(SOUND))
    with writing(place_at("site").open(company_owner(1))) as connection:
        add_setup(connection, SetupRows(sub_ledger_types=(SubLedgerType("HUSLEIE", "Husleie", "1500"),)), ACT)
    import_bytes(render(SOUND))


@provokes("cli.demo_needs_ledger")
def payments_without_a_ledger(_: Path) -> None:
    command("demo", "--payments", "OCR.D261116", "--dir", "site")


@provokes("demo.kid_lengths_taken")
def a_ledger_with_kids_of_every_length(_: Path) -> None:
    one = "{length};Ada Aasen;faktura;{length};2026-03-02;2026-03-23;1 250,00;{kid}"
    rows = [one.format(length=length, kid=kid.make("7" * (length - 1), "mod10")) for length in range(6, 26)]
    Path(NAME).write_bytes("\n".join([f"{HEAD};kid", *rows]).encode())
    command("demo", "--ledger", NAME, "--dir", "site", "--once")
