"""OCR giro files to test with: strategies, and the golden files that are kept beside this module.

`tests/formats/golden_files.py` keeps the golden files.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from kravbro.formats import ocr_giro

DAY = date(2026, 11, 20)
SOUND = ocr_giro.Transaction(
    type="10",
    number=1,
    settlement_date=DAY,
    centre_id="13",
    day_code="20",
    partial_settlement_number="1",
    serial_number="01464",
    sign="0",
    amount_ore=125_00,
    kid="123456782",
    card_issuer=None,
    form_number="9636827194",
    reference="099038562",
    bank_date=date(2026, 11, 19),
    debit_account="86011117947",
)


def payment(**changes: Any) -> ocr_giro.Transaction:
    """A sound payment of 125 kroner with some fields changed."""
    return msgspec.structs.replace(SOUND, **changes)


def part_of(
    *payments: ocr_giro.Transaction, number: str = "0000001", agreement_id: str = "001008566", nets_date: date = DAY
) -> ocr_giro.Assignment:
    """An assignment of these payments, numbered from 1."""
    numbered = tuple(msgspec.structs.replace(one, number=place) for place, one in enumerate(payments, start=1))
    return ocr_giro.assignment(
        agreement_id=agreement_id, number=number, account="99991042764", nets_date=nets_date, transactions=numbered
    )


def transmission_of(*parts: ocr_giro.Assignment, number: str = "0170031") -> ocr_giro.Transmission:
    """A transmission of these assignments."""
    return ocr_giro.Transmission("00008080", number, "00010200", parts[0].nets_date, parts)


def file_of(*payments: ocr_giro.Transaction, nets_date: date = DAY) -> bytes:
    """A file with one assignment of these payments."""
    return ocr_giro.render([transmission_of(part_of(*payments, nets_date=nets_date))])


def gathered(file: ocr_giro.OcrGiroFile) -> list[ocr_giro.Transmission]:
    """The transmissions of a file, with the second pass done and the transactions in tuples."""
    return [
        msgspec.structs.replace(
            transmission,
            assignments=tuple(
                msgspec.structs.replace(part, transactions=tuple(part.transactions))
                for part in transmission.assignments
            ),
        )
        for transmission in file.transmissions
    ]


def digits(width: int) -> st.SearchStrategy[str]:
    """Texts of that many digits."""
    return st.integers(0, 10**width - 1).map(lambda number: f"{number:0{width}d}")


FREE_TEXTS = st.text(st.characters(codec="iso-8859-1", exclude_categories=["Cc"]), max_size=40).map(
    lambda text: text.rstrip(" ")
)
KIDS = st.from_regex(r"[0-9]{1,24}[0-9-]", fullmatch=True).filter(lambda kid: kid.strip("0"))


@st.composite
def transactions(draw: st.DrawFn, settlement_dates: st.SearchStrategy[date]) -> ocr_giro.Transaction:
    """Any transaction that a file can hold; the number is for `part_of` to give."""
    type_ = draw(st.sampled_from([str(number) for number in range(10, 22)]))
    settlement_date = draw(settlement_dates)
    ore = draw(st.integers(0, 10**12))
    sign = draw(st.sampled_from("000-")) if ore else "0"
    return ocr_giro.Transaction(
        type=type_,
        number=0,
        settlement_date=settlement_date,
        centre_id=draw(digits(2)),
        day_code=f"{draw(st.integers(0, 31)):02d}",
        partial_settlement_number=draw(digits(1)),
        serial_number=draw(digits(5)),
        sign=sign,
        amount_ore=-ore if sign == "-" or type_ in {"18", "20"} else ore,
        kid=draw(st.none() | KIDS),
        card_issuer=draw(digits(2)) if type_ >= "18" else None,
        form_number=draw(digits(10)),
        reference=draw(digits(9)),
        bank_date=draw(st.none() | st.integers(0, 366).map(lambda days: settlement_date - timedelta(days=days))),
        debit_account=draw(st.none() | digits(11).filter(lambda account: account.strip("0"))),
        free_text=draw(st.none() | FREE_TEXTS) if type_ in {"20", "21"} else None,
    )


FIRST, LAST = date(1972, 1, 1), date(2068, 12, 31)
DATES = st.dates(FIRST, LAST)


def settled_by(nets_date: date) -> st.SearchStrategy[date]:
    """Settlement dates of an assignment that the bank made on that day."""
    return st.dates(FIRST, min(nets_date + timedelta(days=7), LAST))


@st.composite
def parts(draw: st.DrawFn, settlement_dates: st.SearchStrategy[date], nets_date: date) -> ocr_giro.Assignment:
    """Any assignment whose file total is not negative, which the format cannot write."""
    chosen = draw(st.lists(transactions(settlement_dates), min_size=1, max_size=5))
    part = part_of(*chosen, number=draw(digits(7)), agreement_id=draw(digits(9)))
    if part.totals.total_ore < 0:
        part = part_of(*chosen, payment(settlement_date=chosen[0].settlement_date, bank_date=None, amount_ore=10**13))
    return msgspec.structs.replace(part, account=draw(digits(11)), nets_date=nets_date)


@st.composite
def files(draw: st.DrawFn, *, one_day: bool = False) -> list[ocr_giro.Transmission]:
    """One or two transmissions of one or two assignments; with `one_day` each settles on one day only."""
    made = []
    for _ in range(draw(st.integers(1, 2))):
        nets_date = draw(DATES)
        dates = settled_by(nets_date)
        days = [st.just(draw(dates)) if one_day else dates for _ in range(draw(st.integers(1, 2)))]
        made.append(
            ocr_giro.Transmission(
                draw(digits(8)),
                draw(digits(7)),
                draw(digits(8)),
                nets_date,
                tuple(draw(parts(day, nets_date)) for day in days),
            )
        )
    return made


def golden_files() -> dict[str, bytes]:
    """Name -> bytes of each golden file."""
    every_type = [payment(type=str(type_), reference=f"{type_:09d}") for type_ in range(10, 18)]
    cards = [
        payment(type="18", amount_ore=-50_00, card_issuer="04", debit_account=None, partial_settlement_number="0"),
        payment(type="19", amount_ore=75_00, card_issuer="04", debit_account=None),
        payment(type="20", amount_ore=-1, kid=None, card_issuer="03", debit_account=None, free_text="Ærlig Ødegård"),
        payment(type="21", amount_ore=1, kid=None, card_issuer="03", debit_account=None, free_text=""),
    ]
    others = [
        payment(sign="-", amount_ore=-20_00),
        payment(kid="6-"),
        payment(kid="1234567890123456789012345", bank_date=None),
        payment(amount_ore=99_999_999_999_999_00, settlement_date=date(2026, 11, 18), bank_date=date(2026, 11, 18)),
    ]
    same_number = [
        part_of(payment(), agreement_id="000000001"),
        part_of(payment(), payment(), agreement_id="000000002"),
    ]
    plain = file_of(payment(), payment(type="21", free_text="Takk", card_issuer="02"))
    return {
        "every_type": file_of(*every_type, *cards, *others),
        "same_assignment_number_twice": ocr_giro.render(
            [transmission_of(*same_number), transmission_of(part_of(payment()), number="0170032")]
        ),
        "crlf_and_blanks": plain.replace(b"\n", b"   \r\n") + b"   \r\n\r\n",
        "fillers_in_use": plain.replace(b"0990385620000000", b"0990385621883206").replace(
            b"782000000\n", b"782AB    \n"
        ),
    }
