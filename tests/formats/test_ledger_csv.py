"""The table of a sub-ledger: it reads as it was written, and each fault names line and column."""

from __future__ import annotations

from codecs import BOM_UTF8
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import ledger_csv
from kravbro.formats.ledger_csv import Kind, Row

HEAD = "customer;name;type;number;date;due_date;amount;kid"
SOUND = "10001;Ada Aasen;invoice;501;2026-03-02;2026-03-23;1250,00;005017"
ADA = Row(
    2, "10001", Kind.INVOICE, "501", date(2026, 3, 2), 1_250_00, name="Ada Aasen", due_date=date(2026, 3, 23),
    kid="005017",
)  # fmt: skip


def fault_of(data: bytes) -> tuple[str, object, object]:
    with pytest.raises(DataFault) as caught:
        ledger_csv.parse(data, "items.csv")
    facts = caught.value.facts
    return caught.value.code.removeprefix("formats.ledger_csv."), facts["line"], facts["column"]


@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_line_ends_of_every_spreadsheet(mark: bytes, end: str) -> None:
    assert ledger_csv.parse(mark + end.join([HEAD, SOUND, ""]).encode(), "items.csv") == (ADA,)


def test_commas_norwegian_names_any_order_and_empty_rows() -> None:
    rows = (
        "Beløp,Bilagsnr,ART,Dato,Kundenr,Navn,Forfall,KID",
        '"1 250,00",501,Faktura,2026-03-02,10001,Ada Aasen,2026-03-23,005017',
        ",,,,,,,",
        "",
        '"-1,5",9,innbetaling,2026-03-03,10001,,,',
    )
    first, second = ledger_csv.parse("\n".join(rows).encode(), "items.csv")

    assert first == ADA
    assert (second.line, second.kind, second.amount_ore) == (5, Kind.PAYMENT, -1_50)


@pytest.mark.parametrize(
    ("found", "instead", "fault"),
    [
        ("1250,00", "1.250,00", ("amount", 3, "amount")),
        ("1250,00", "1250,005", ("amount", 3, "amount")),
        ("1250,00", "-1250,00", ("sign", 3, "amount")),
        ("1250,00", "0", ("sign", 3, "amount")),
        ("1250,00", "", ("missing", 3, "amount")),
        ("2026-03-23", "20260323", ("date", 3, "due_date")),
        ("2026-03-02", "2026-W10-1", ("date", 3, "date")),
        ("2026-03-02", "1026-03-02", ("date", 3, "date")),
        ("invoice", "bill", ("kind", 3, "type")),
        ("Ada Aasen", "Ada; Aasen", ("cells", 3, "kid")),
        ("10001", "  ", ("missing", 3, "customer")),
        ("501", "500", ("line_twice", 3, "number")),
        ("Ada Aasen", "Birk", ("customer_differs", 3, "name")),
        ("005017", "1" * 26, ("too_long", 3, "kid")),
        ("Ada Aasen", '"Ada', ("not_csv", 3, "customer")),
    ],
)
def test_each_fault_names_line_and_column(found: str, instead: str, fault: tuple[str, int, str]) -> None:
    rows = (HEAD, SOUND.replace("501", "500"), SOUND.replace(found, instead))

    assert fault_of("\n".join(rows).encode()) == fault


def test_faults_of_the_head_and_of_the_letters() -> None:
    assert fault_of(f"{HEAD};forfal\n".encode()) == ("column_unknown", 1, "forfal")
    assert fault_of(f"{HEAD};kundenr\n".encode()) == ("column_twice", 1, "customer")
    assert fault_of(HEAD.replace(";number", "").encode()) == ("column_missing", 1, "number")
    assert fault_of(HEAD.encode()) == ("empty", 1, "customer")
    assert fault_of(f"{HEAD}\n{SOUND}\n".replace("Ada", "Åda").encode("iso-8859-1")) == ("encoding", 2, "customer")
    assert fault_of(f"{HEAD}\n{SOUND}\n".replace("Ada", "A\0da").encode()) == ("encoding", 2, "customer")
    assert fault_of(f"{HEAD}\n{SOUND}\n".encode("utf-16")) == ("encoding", 1, "customer")


def test_an_identity_number_is_not_shown_whole() -> None:
    head = "customer;identity_number;type;number;date;amount"
    rows = (head, "1;30108299939;invoice;1;2026-03-02;1", "1;02013299997;invoice;2;2026-03-02;1")
    with pytest.raises(DataFault) as caught:
        ledger_csv.parse("\n".join(rows).encode(), "items.csv")

    assert (caught.value.facts["expected"], caught.value.facts["found"]) == ("301082*****", "020132*****")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)
IDS = WORDS.filter(bool)
ORE = st.integers(1, 10**15)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def rows(draw: st.DrawFn) -> tuple[Row, ...]:
    found = []
    for place in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(Kind))
        amount_ore = draw(ORE) if kind in {Kind.INVOICE, Kind.REVERSAL} else -draw(ORE)
        found.append(
            Row(
                place + 2,
                draw(IDS),
                kind,
                f"{place}",
                draw(DAYS),
                amount_ore,
                invoice_no=draw(WORDS),
                due_date=draw(st.none() | DAYS),
                kid=draw(WORDS),
                text=draw(WORDS),
            )
        )
    return tuple(found)


@settings(max_examples=150, deadline=None)
@given(rows())
def test_what_is_written_is_read(written: tuple[Row, ...]) -> None:
    assert ledger_csv.parse(ledger_csv.render(written), "items.csv") == written


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"{HEAD}\n{text}".encode()))
def test_anything_else_is_refused_by_name(data: bytes) -> None:
    try:
        found = ledger_csv.parse(data, "items.csv")
    except DataFault as fault:
        code = fault.code
    else:
        assert found
        return
    assert code.startswith("formats.ledger_csv.")
