"""Two payments of one file with the same numbers are two payments; the same file again is a repetition.

The bank numbers a payment by transmission, agreement, assignment, settlement date, serial and transaction number. A
file may say all of that twice, and each time it is money.
"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kravbro.core.errors import Skip
from kravbro.formats import ocr_giro
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.incoming import from_ocr_giro, told_apart
from kravbro.office.payment_import import ImportResult
from tests.office.builders import ACCOUNT, STRUCTURES, Desk, offer, open_desk, payment
from tests.places import NewPlace

pytestmark = pytest.mark.rules

DAY = date(2026, 11, 20)
OTHER_ACCOUNT = "99991042764"
KID = "001000000016"
Parts = list[list[ocr_giro.Assignment]]


def paid(amount_ore: int, number: int = 1, kid: str = KID) -> ocr_giro.Transaction:
    return ocr_giro.Transaction(
        type="10",
        number=number,
        settlement_date=DAY,
        centre_id="13",
        day_code="20",
        partial_settlement_number="1",
        serial_number="01464",
        sign="0",
        amount_ore=amount_ore,
        kid=kid,
        card_issuer=None,
        form_number="0000000000",
        reference="196368271",
        bank_date=DAY,
        debit_account="86011117947",
    )


def part(*transactions: ocr_giro.Transaction, account: str = ACCOUNT) -> ocr_giro.Assignment:
    return ocr_giro.assignment(
        agreement_id="001008566", number="0000001", account=account, nets_date=DAY, transactions=transactions
    )


def file_of(transmissions: Parts) -> bytes:
    parts = [
        ocr_giro.Transmission("00008080", "0170031", "00010200", DAY, tuple(assignments))
        for assignments in transmissions
    ]
    return ocr_giro.render(parts)


FILES: dict[str, Parts] = {
    "equal amounts": [[part(paid(12_500)), part(paid(12_500))]],
    "other amounts": [[part(paid(12_500)), part(paid(7_700))]],
    "other account": [[part(paid(12_500)), part(paid(12_500), account=OTHER_ACCOUNT)]],
    "two transmissions": [[part(paid(12_500))], [part(paid(12_500))]],
}


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    desk = open_desk(new_place.where())
    with desk.writing() as connection:
        setup.add_agreement(connection, OTHER_ACCOUNT, 1, "Other", STRUCTURES, desk.act)
    desk.offer(offer(1, 1))
    return desk


def take(desk: Desk, data: bytes) -> ImportResult:
    content = ocr_giro.parse(data, "OCR.D201126")
    done = desk.pay(*from_ocr_giro(content))
    assert done.new + done.known == content.count
    return done


@pytest.mark.parametrize("name", FILES)
def test_every_payment_of_the_file_is_taken(desk: Desk, name: str) -> None:
    data = file_of(FILES[name])
    done = take(desk, data)

    assert (done.new, done.known, done.net_ore) == (2, 0, ocr_giro.parse(data, "x").total_ore)
    assert sum(row.amount_ore for row in desk.rows(t.payment)) == done.net_ore
    with desk.reading() as connection:
        assert audit(connection, 1) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_the_same_file_again_in_any_shape_is_a_repetition(desk: Desk, name: str, line_end: bytes) -> None:
    data = file_of(FILES[name])
    take(desk, data)
    before = desk.rows(t.payment)

    with pytest.raises(Skip, match=r"office\.file_repeated"):
        take(desk, line_end.join(data.splitlines()) + line_end)
    assert desk.rows(t.payment) == before


@pytest.mark.parametrize("name", FILES)
def test_one_payment_more_is_the_only_new_one(desk: Desk, name: str) -> None:
    take(desk, file_of(FILES[name]))
    done = take(desk, file_of([*FILES[name], [part(paid(900))]]))

    assert (done.new, done.known, done.net_ore) == (1, 2, 900)
    assert desk.rows(t.payment)[-1].identity.endswith("/1#2" if name == "other account" else "/1#3")


def test_the_account_that_was_paid_to_is_part_of_the_identity(desk: Desk) -> None:
    take(desk, file_of([[part(paid(12_500))]]))
    done = take(desk, file_of([[part(paid(12_500), account=OTHER_ACCOUNT)]]))

    assert (done.new, done.known) == (1, 0)


def test_occurrences_are_numbered_in_the_order_of_the_file() -> None:
    one, other = payment(1, 100, ""), payment(2, 200, "")
    found = told_apart([one, other, msgspec.structs.replace(one, amount_ore=300), one])

    assert [(each.identity, each.amount_ore) for each in found] == [
        ("test/1", 100),
        ("test/2", 200),
        ("test/1#2", 300),
        ("test/1#3", 100),
    ]
