"""Reading and writing OCR giro: what is read, what is refused, and what the refusal says."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import date

import msgspec
import netsgiro
import pytest

from kravbro.core.errors import DataFault
from kravbro.formats import ocr_giro
from kravbro.texts.sentences import LANGUAGES, explain
from tests.formats.ocr_giro_files import file_of, part_of, payment, transmission_of

TWO = file_of(payment(), payment(kid="0000018", amount_ore=1))


def refused(data: bytes) -> DataFault:
    """The fault that a file is refused with."""
    with pytest.raises(DataFault) as refusal:
        ocr_giro.parse(data, "OCR.D201126")
    return refusal.value


def spoilt(line: int, first: int, text: str, data: bytes = TWO) -> bytes:
    """The file with `text` written over one place; lines and columns are counted from 1."""
    lines = data.decode("iso-8859-1").split("\n")
    record = lines[line - 1]
    lines[line - 1] = record[: first - 1] + text + record[first - 1 + len(text) :]
    return "\n".join(lines).encode("iso-8859-1")


def only(data: bytes) -> ocr_giro.Transaction:
    """The single transaction of a file."""
    ((_, _, transaction),) = ocr_giro.parse(data, "one").payments()
    return transaction


def test_every_field_is_where_the_specification_puts_it() -> None:
    lines = (
        "NY000010000080800170031000102000000000000000000000000000000000000000000000000000",
        "NY090020001008566000000299991042764000000000000000000000000000000000000000000000",
        "NY09213000000012011261320101464000000000000102000                  0000531040000",
        "NY092131000000196368271940990385620000000161126860111179470000000000000000000000",
        "NY0921320000001Foo bar baz                             0000000000000000000000000",
        "NY090088000000010000000500000000000102000211126201126201126000000000000000000000",
        "NY000089000000010000000700000000000102000211126000000000000000000000000000000000",
    )
    file = ocr_giro.parse("\n".join(lines).encode(), "manual")
    (transmission,) = file.transmissions
    (part,) = transmission.assignments
    assert (transmission.transmitter, transmission.number, transmission.recipient) == (
        "00008080",
        "0170031",
        "00010200",
    )
    assert (part.agreement_id, part.number, part.account) == ("001008566", "0000002", "99991042764")
    assert (transmission.nets_date, part.nets_date) == (date(2026, 11, 21), date(2026, 11, 21))
    assert part.totals == ocr_giro.Totals(1, 5, 1020_00, date(2026, 11, 20), date(2026, 11, 20))
    assert list(part.transactions) == [
        ocr_giro.Transaction(
            type="21",
            number=1,
            settlement_date=date(2026, 11, 20),
            centre_id="13",
            day_code="20",
            partial_settlement_number="1",
            serial_number="01464",
            sign="0",
            amount_ore=1020_00,
            kid="0000531",
            card_issuer="04",
            form_number="9636827194",
            reference="099038562",
            bank_date=date(2026, 11, 16),
            debit_account="86011117947",
            free_text="Foo bar baz",
        )
    ]


def test_reversals_are_negative_but_added_in_the_totals_and_credit_notes_are_netted() -> None:
    file = ocr_giro.parse(
        file_of(
            payment(amount_ore=100_00),
            payment(type="18", amount_ore=-30_00, card_issuer="00"),
            payment(type="20", amount_ore=-5_00, card_issuer="00"),
            payment(sign="-", amount_ore=-1_00),
        ),
        "reversals",
    )
    assert file.total_ore == 100_00 + 30_00 + 5_00 - 1_00
    assert sum(transaction.amount_ore for _, _, transaction in file.payments()) == 100_00 - 30_00 - 5_00 - 1_00


def test_a_reversal_with_a_minus_is_still_money_out_and_netted_in_the_totals() -> None:
    data = file_of(payment(amount_ore=100_00), payment(type="18", sign="-", amount_ore=-30_00, card_issuer="00"))
    file = ocr_giro.parse(data, "signed reversal")
    assert file.total_ore == 70_00
    assert [transaction.amount_ore for _, _, transaction in file.payments()] == [100_00, -30_00]


def test_zeros_and_blanks_say_that_nothing_is_known() -> None:
    nothing = only(file_of(payment(kid=None, bank_date=None, debit_account=None)))
    assert (nothing.kid, nothing.bank_date, nothing.debit_account) == (None, None, None)
    assert only(spoilt(3, 50, "0" * 25, file_of(payment()))).kid is None


def test_the_century_is_that_of_posix() -> None:
    years = {"690101": 1969, "991231": 1999, "000101": 2000, "681231": 2068}
    for yymmdd, year in years.items():
        ddmmyy = yymmdd[4:] + yymmdd[2:4] + yymmdd[:2]
        data = file_of(payment(bank_date=None)).replace(b"0000001201126", f"0000001{ddmmyy}".encode())
        data = data.replace(b"201126201126201126", 3 * ddmmyy.encode()).replace(
            b"12500201126", b"12500" + ddmmyy.encode()
        )
        assert only(data).settlement_date.year == year


def test_the_oldest_order_and_the_latest_settlement_are_read() -> None:
    latest = payment(settlement_date=date(2026, 11, 27), bank_date=date(2025, 11, 26))
    assert only(file_of(latest)) == latest


def test_amounts_that_outweigh_each_other_are_added_up_all_the_same() -> None:
    """What a reader adds up on the way to a small total must fit as well."""
    large = 10**17 - 1
    both = payment(amount_ore=large), payment(amount_ore=-large, sign="-")
    assert ocr_giro.parse(46 * file_of(*both), "just").total_ore == 0
    assert refused(47 * file_of(*both)).facts["found"] == str(94 * large)


def test_blank_lines_at_the_end_cost_no_more_than_their_bytes() -> None:
    for blanks in (b"\n", b"\r\n", b" \n"):
        data = TWO + 5_000_000 * blanks
        tracemalloc.start()
        ocr_giro.validate(data, "blanks")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * len(data)


def test_a_lone_carriage_return_among_the_blank_lines_is_refused() -> None:
    assert refused(TWO + b"\n\r \n").facts["line"] == 9


def test_lines_after_the_first_wrong_one_are_not_looked_at() -> None:
    tracemalloc.start()
    assert refused(TWO[:81] + 5_000_000 * b"\n" + TWO).facts["line"] == 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 5_000_000


def test_the_largest_amount_fits() -> None:
    assert only(file_of(payment(amount_ore=10**17 - 1))).amount_ore == 99_999_999_999_999_999


def test_two_assignments_with_one_number_are_both_kept() -> None:
    data = ocr_giro.render([transmission_of(part_of(payment(), agreement_id="000000001"), part_of(payment()))])
    found = [ocr_giro.identity(*one) for one in ocr_giro.parse(data, "twins").payments()]
    assert len(found) == len(set(found)) == 2
    assert found[0] == ("0170031", "000000001", "0000001", date(2026, 11, 20), "01464", 1)


def test_transactions_can_be_gone_through_again_and_searched() -> None:
    ((part,),) = (transmission.assignments for transmission in ocr_giro.parse(TWO, "two").transmissions)
    assert list(part.transactions) == list(part.transactions)
    assert len(part.transactions) == 2
    assert payment() in part.transactions
    assert payment(amount_ore=3) not in part.transactions


@pytest.mark.parametrize(
    "shape",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r\n", 3),
        lambda data: data.replace(b"\n", b"     \n"),
        lambda data: data.removesuffix(b"\n"),
        lambda data: data + b"\n\r\n   \n",
    ],
    ids=["crlf", "mixed", "blanks beyond 80", "no last line end", "blank lines at the end"],
)
def test_the_shape_of_lines_does_not_matter(shape: Callable[[bytes], bytes]) -> None:
    assert list(ocr_giro.parse(shape(TWO), "s").payments())[1][2] == list(ocr_giro.parse(TWO, "t").payments())[1][2]
    assert shape(TWO) != TWO


FAULTS = {
    "nothing": (b"", "empty", 1, "record"),
    "blanks": (b"  \r\n\n", "empty", 1, "record"),
    "binary": (bytes(range(256)), "not_ocr_giro", 1, "record"),
    "camt": (b"<Document/>", "not_ocr_giro", 1, "record"),
    "utf-8 mark": (b"\xef\xbb\xbf" + TWO, "byte_order_mark", 1, "record"),
    "utf-16": (TWO.decode().encode("utf-16"), "byte_order_mark", 1, "record"),
    "79 columns": (TWO.replace(b"0\nNY091031", b"\nNY091031", 1), "length", 3, "record"),
    "81 columns": (TWO.replace(b"\nNY091031", b"X\nNY091031", 1), "length", 3, "record"),
    "one huge line": (b"NY" * 5_000_000, "length", 1, "record"),
    "a blank line within": (TWO.replace(b"\nNY091031", b"\n\nNY091031", 1), "length", 4, "record"),
    "old Macintosh line ends": (TWO.replace(b"\n", b"\r"), "length", 1, "record"),
    "payment claims": (spoilt(2, 1, "NY210020"), "record", 2, "record"),
    "no transaction": (TWO.replace(b"NY091030", b"NY090088", 1), "record", 3, "record"),
    "type 22": (spoilt(3, 5, "22"), "field", 3, "transaction_type (5-6)"),
    "types differ": (spoilt(3, 5, "11"), "record", 4, "record"),
    "items differ": (spoilt(4, 9, "0000007"), "transaction_number", 4, "transaction_number (9-15)"),
    "superscript two": (spoilt(3, 48, "²"), "field", 3, "amount (33-49)"),
    "letter in count": (spoilt(7, 16, "O"), "field", 7, "num_transactions (9-16)"),
    "day code 32": (spoilt(3, 24, "32"), "field", 3, "day_code (24-25)"),
    "sign +": (spoilt(3, 32, "+"), "field", 3, "sign (32-32)"),
    "KID to the left": (spoilt(3, 50, "123456782".ljust(25)), "field", 3, "kid (50-74)"),
    "minus alone as KID": (spoilt(3, 50, "-".rjust(25)), "field", 3, "kid (50-74)"),
    "29 February 2027": (spoilt(3, 16, "290227"), "date", 3, "settlement_date (16-21)"),
    "bank date that is no day": (spoilt(4, 42, "321126"), "date", 4, "bank_date (42-47)"),
    "bank date too late": (spoilt(6, 42, "211126"), "bank_date", 6, "bank_date (42-47)"),
    "bank date a year and two days old": (spoilt(6, 42, "181125"), "bank_date_old", 6, "bank_date (42-47)"),
    "bank date of another decade": (spoilt(6, 42, "191176"), "bank_date_old", 6, "bank_date (42-47)"),
    "minus nothing": (spoilt(5, 32, "-", file_of(payment(), payment(amount_ore=0))), "sign", 5, "sign (32-32)"),
    "settled long after the bank made the file": (
        file_of(payment(settlement_date=date(2026, 11, 27))).replace(b"271126", b"281126"),
        "settled_late",
        5,
        "latest_date (54-59)",
    ),
    "more than anybody can add up": (
        93 * file_of(payment(amount_ore=10**17 - 1)),
        "too_much",
        93 * 6,
        "total_amount (25-41)",
    ),
    "nets date that is no day": (spoilt(7, 42, "000000"), "date", 7, "nets_date (42-47)"),
    "nets dates differ": (spoilt(8, 42, "211126"), "control", 8, "nets_date (42-47)"),
    "latest date": (spoilt(7, 54, "211126"), "control", 7, "latest_date (54-59)"),
    "one øre too many": (spoilt(7, 41, "2"), "control", 7, "total_amount (25-41)"),
    "records of the file": (spoilt(8, 24, "9"), "control", 8, "num_records (17-24)"),
    "cut after the assignment": (b"\n".join(TWO.split(b"\n")[:7]), "record", 8, "record"),
    "cut between items": (b"\n".join(TWO.split(b"\n")[:5]), "record", 6, "record"),
    "something after the end": (TWO + TWO[-81:], "record", 9, "record"),
    "control character in text": (
        spoilt(5, 20, "\x1b", file_of(payment(type="21", free_text="Takk", card_issuer="00"))),
        "field",
        5,
        "free_text (16-55)",
    ),
    "second free text": (
        file_of(payment(type="21", free_text="Takk", card_issuer="00")).replace(
            b"NY0921320000001Takk", b"NY0921320000001" + b"x" * 65 + b"\nNY0921320000001Takk"
        ),
        "record",
        6,
        "record",
    ),
    "free text of a giro": (
        TWO.replace(b"\nNY0910300000002", b"\nNY0910320000001" + b" " * 65 + b"\nNY0910300000002"),
        "free_text_type",
        5,
        "transaction_type (5-6)",
    ),
}


@pytest.mark.parametrize(("data", "code", "line", "field"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_line_and_field(data: bytes, code: str, line: int, field: str) -> None:
    fault = refused(data)
    assert (fault.code, fault.facts["file"], fault.facts["line"]) == (f"formats.ocr_giro.{code}", "OCR.D201126", line)
    assert fault.facts["field"] == field
    assert str(fault.facts["found"]).isprintable()
    for language in LANGUAGES:
        assert "OCR.D201126" in explain(fault, language)


def test_a_faulty_file_yields_nothing_of_its_sound_beginning() -> None:
    with pytest.raises(DataFault):
        ocr_giro.validate(TWO[:-1] + b"X", "cut")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kid", "000"),
        ("kid", "12A"),
        ("amount_ore", -1),
        ("card_issuer", "04"),
        ("free_text", "nothing for type 10"),
        ("centre_id", "1"),
        ("serial_number", "²²²²²"),
        ("settlement_date", date(1950, 1, 1)),
        ("bank_date", date(2026, 11, 21)),
        ("debit_account", "00000000000"),
    ],
)
def test_what_would_not_read_as_it_was_given_is_not_written(field: str, value: object) -> None:
    with pytest.raises(DataFault, match=r"formats\.ocr_giro\."):
        file_of(payment(**{field: value}))


def test_a_text_that_latin_1_lacks_is_not_written() -> None:
    with pytest.raises(DataFault, match="unwritable"):
        file_of(payment(type="21", card_issuer="00", free_text="5 €"))


def test_numbers_with_gaps_are_not_written() -> None:
    part = part_of(payment(), payment())
    gap = msgspec.structs.replace(part, transactions=(payment(), payment(number=3)))
    with pytest.raises(DataFault, match="transaction_number"):
        ocr_giro.render([transmission_of(gap)])


def test_netsgiro_reads_the_same_records() -> None:
    """An independent reader agrees, except that it refuses card issuers and KIDs with a minus, and ignores signs."""
    cards = {"card_issuer": "00", "debit_account": None}
    data = file_of(
        *[payment(type=str(type_), reference=f"{type_:09d}", serial_number=f"{type_:05d}") for type_ in range(10, 18)],
        payment(type="18", amount_ore=-50_00, **cards),
        payment(type="19", amount_ore=75_05, **cards),
        payment(type="20", amount_ore=-1, free_text="Ærlig Ødegård", **cards),
        payment(type="21", free_text="Takk for det", **cards),
        payment(sign="-", amount_ore=-20_00, bank_date=None, settlement_date=date(2026, 11, 18)),
    )
    (theirs,) = netsgiro.parse(data.decode("iso-8859-1")).assignments
    ours = [transaction for _, _, transaction in ocr_giro.parse(data, "both").payments()]
    for their, our in zip(theirs.transactions, ours, strict=True):
        assert isinstance(their, netsgiro.Transaction)
        assert (f"{their.type.value}", their.number, their.date) == (our.type, our.number, our.settlement_date)
        assert (int(their.amount * 100), their.sign) == (abs(our.amount_ore), our.sign)
        assert (their.kid, their.reference, their.form_number) == (our.kid, our.reference, our.form_number)
        assert (their.bank_date, their.debit_account) == (our.bank_date, our.debit_account or "0" * 11)
        assert (their.partial_settlement_serial_number, their.text) == (our.serial_number, our.free_text)
    assert int(theirs.get_total_amount() * 100) == sum(abs(our.amount_ore) for our in ours)
