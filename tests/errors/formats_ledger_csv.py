"""Errors of tables: one sound table, spoilt in one place each, and imported as an accountant would."""

from __future__ import annotations

from pathlib import Path

from tests.errors.gallery import command, provokes

NAME = "items.csv"
HEAD = "kundenr;navn;art;bilagsnr;dato;forfall;beløp"
SOUND = "10001;Ada Aasen;faktura;501;2026-03-02;2026-03-23;1 250,00"


def import_table(*rows: str, encoding: str = "utf-8") -> None:
    """Import a table of these rows into a new installation."""
    Path(NAME).write_bytes("\n".join([*rows, ""]).encode(encoding))
    command("ledger", "import", NAME, "--company", "1", "--dir", "site")


def import_spoilt(found: str, instead: str) -> None:
    """Import the sound table with one text of its row replaced."""
    assert found in SOUND
    import_table(HEAD, SOUND.replace(found, instead))


@provokes("formats.ledger_csv.empty")
def a_table_with_nothing_but_its_head(_: Path) -> None:
    import_table(HEAD)


@provokes("formats.ledger_csv.encoding")
def a_table_in_the_letters_of_windows(_: Path) -> None:
    import_table(HEAD, SOUND, encoding="windows-1252")


@provokes("formats.ledger_csv.not_csv")
def a_name_with_one_quotation_mark(_: Path) -> None:
    import_spoilt("Ada Aasen", '"Ada Aasen')


@provokes("formats.ledger_csv.column_unknown")
def a_column_that_is_written_wrongly(_: Path) -> None:
    import_table(HEAD.replace("forfall", "forfal"), SOUND)


@provokes("formats.ledger_csv.column_twice")
def two_columns_of_one_name(_: Path) -> None:
    import_table(HEAD.replace("forfall", "dato"), SOUND)


@provokes("formats.ledger_csv.column_missing")
def a_table_without_amounts(_: Path) -> None:
    import_table(HEAD.removesuffix(";beløp"), SOUND.removesuffix(";1 250,00"))


@provokes("formats.ledger_csv.cells")
def a_name_with_a_semicolon(_: Path) -> None:
    import_spoilt("Ada Aasen", "Aasen; Ada")


@provokes("formats.ledger_csv.missing")
def an_item_without_a_customer(_: Path) -> None:
    import_spoilt("10001", "")


@provokes("formats.ledger_csv.too_long")
def a_voucher_number_without_end(_: Path) -> None:
    import_spoilt("501", "5" * 30)


@provokes("formats.ledger_csv.kind")
def a_kind_that_nobody_knows(_: Path) -> None:
    import_spoilt("faktura", "regning")


@provokes("formats.ledger_csv.amount")
def an_amount_with_two_kinds_of_marks(_: Path) -> None:
    import_spoilt("1 250,00", "1.250,00")


@provokes("formats.ledger_csv.sign")
def an_invoice_below_zero(_: Path) -> None:
    import_spoilt("1 250,00", "-1250,00")


@provokes("formats.ledger_csv.date")
def a_day_as_people_write_it(_: Path) -> None:
    import_spoilt("2026-03-23", "23.03.2026")


@provokes("formats.ledger_csv.customer_differs")
def one_customer_with_two_names(_: Path) -> None:
    import_table(HEAD, SOUND, SOUND.replace("Ada Aasen", "Birk Aasen").replace("501", "502"))


@provokes("formats.ledger_csv.line_twice")
def one_invoice_on_two_rows(_: Path) -> None:
    import_table(HEAD, SOUND, SOUND)


@provokes("formats.ledger_csv.word")
def a_meaning_that_nobody_knows(_: Path) -> None:
    import_table(f"{HEAD};betydning", "10001;Ada Aasen;kreditnota;601;2026-03-02;;-50;gave")


@provokes("books.import.connected_column")
def a_table_of_open_items_for_a_connected_ledger(_: Path) -> None:
    import_table(f"{HEAD};rest", f"{SOUND};800,00")
