"""The files in `examples/ledger`: a small municipality in SAF-T, a plumber as a table, and what the bank sent for both.

`python -m tests.formats.ledger_examples` writes them anew. Everybody in them is made up, and every number synthetic.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from kravbro.bootstrap.demo.people import LAST_NAMES, business, person, synthetic_organisation_number
from kravbro.core.identifiers import kid
from kravbro.formats import ledger_csv, ocr_giro
from kravbro.formats.ledger_csv import Kind, Row
from tests.formats.saft_files import (
    BANK,
    INTEREST,
    RECEIVABLES,
    Customer,
    Ledger,
    Line,
    Voucher,
    credit_note,
    invoice,
    payment,
    render,
)

FOLDER = Path(__file__).parents[2] / "examples" / "ledger"
SAFT, SAFT_PAYMENTS = "nordvik_kommune.xml", "nordvik_kommune.ocr"
TABLE, TABLE_PAYMENTS = "fossum_ror.csv", "fossum_ror.ocr"
SETTLED, PAID = date(2026, 11, 13), date(2026, 11, 11)
CUSTOMERS = 24


def invoice_kid(number: str) -> str:
    """The KID of an invoice."""
    return kid.make(number.zfill(11), "mod10")


def number_of(place: int) -> str:
    """The number of the municipality's invoice in that place."""
    return str(260_100 + place)


def amount_ore(place: int) -> int:
    """What that invoice was for."""
    return 800_00 + place * 137_50


def municipality() -> Ledger:
    """Ten months of municipal fees: paid, half paid, credited, paid back, and not paid at all."""
    customers = []
    for place in range(CUSTOMERS):
        is_business = place % 6 == 5
        party = business(place + 1) if is_business else person(place + 1)
        customers.append(
            Customer(
                f"{10_001 + place}" if place != 11 else "GB-11",
                party.name,
                synthetic_organisation_number(300 + place) if is_business else "",
                opening_ore={3: 450_00, 7: -120_00}.get(place, 0),
                postcode=party.postcode,
            )
        )
    vouchers: list[Voucher] = []
    for place, customer in enumerate(customers):
        dated = date(2026, 1, 15) + timedelta(days=11 * place)
        number = number_of(place)
        vouchers.append(
            invoice(number, customer.id, amount_ore(place), dated, dated + timedelta(days=21), invoice_kid(number))
        )
        vouchers += _what_became(place, customer.id, number, dated)
    return Ledger(tuple(customers), tuple(vouchers), organisation_number=synthetic_organisation_number(701))


def _what_became(place: int, customer: str, number: str, dated: date) -> list[Voucher]:
    whole_ore, later = amount_ore(place), dated + timedelta(days=30)
    number_kid = invoice_kid(number)
    vouchers = {
        0: [payment(f"B{place}", customer, whole_ore, later, kid=number_kid)],
        1: [payment(f"B{place}", customer, 300_00, later, reference=number)],
        2: [credit_note(f"K{number}", customer, 150_00, later, crossed=number)],
        3: [payment(f"B{place}", customer, 450_00, later, reference="259900")] if place == 3 else [],
        4: [
            payment(f"B{place}", customer, whole_ore, later, kid=number_kid),
            Voucher(
                f"T{place}",
                later + timedelta(days=5),
                (Line(RECEIVABLES, whole_ore, customer, number, number_kid), Line(BANK, -whole_ore)),
                journal="B",
            ),
        ],
        5: [payment(f"B{place}", customer, 200_00, later)],
        7: [Voucher(f"R{place}", later, (Line(RECEIVABLES, 18_20, customer, f"R{number}"), Line(INTEREST, -18_20)))],
    }
    return vouchers.get(place % 8, [])


def plumber() -> tuple[Row, ...]:
    """Twelve invoices in a spreadsheet, of which some are paid."""
    rows: list[Row] = []
    for place in range(12):
        number = str(7_001 + place)
        dated = date(2026, 5, 4) + timedelta(days=9 * place)
        party = business(200 + place) if place % 4 == 0 else person(200 + place)
        rows.append(
            Row(
                len(rows) + 2,
                str(500 + place),
                Kind.INVOICE,
                number,
                dated,
                2_400_00 + place * 99_90,
                name=party.name,
                organisation_number=party.organisation_number,
                address=party.address,
                postcode=party.postcode,
                place=party.place,
                due_date=dated + timedelta(days=14),
                kid=kid.make(number, "mod11") if kid.check_digit(number, "mod11") != kid.NO_DIGIT else "",
                text=f"Rørarbeid {LAST_NAMES[place % len(LAST_NAMES)]}",
            )
        )
        if place % 3 == 1:
            paid = dated + timedelta(days=20)
            rows.append(
                Row(len(rows) + 2, str(500 + place), Kind.PAYMENT, f"9{number}", paid, -1_000_00, invoice_no=number)
            )
    return tuple(rows)


def bank_file(account: str, agreement: str, paid: list[tuple[str, int]]) -> bytes:
    """The bank's file of payments, each a KID and an amount; a negative one goes back."""
    transactions = tuple(
        ocr_giro.Transaction(
            type="10" if ore > 0 else "18",
            number=number,
            settlement_date=SETTLED,
            centre_id="13",
            day_code="13",
            partial_settlement_number="1" if ore > 0 else "0",
            serial_number="00001",
            sign="0",
            amount_ore=ore,
            kid=own_kid,
            card_issuer=None if ore > 0 else "00",
            form_number="0000000000",
            reference=f"{700_000_000 + number:09d}",
            bank_date=PAID if ore > 0 else SETTLED,
            debit_account=None,
            free_text=None,
        )
        for number, (own_kid, ore) in enumerate(paid, start=1)
    )
    part = ocr_giro.assignment(
        agreement_id=agreement, number="0000001", account=account, nets_date=SETTLED, transactions=transactions
    )
    return ocr_giro.render([ocr_giro.Transmission("00008080", "0000113", "00010200", SETTLED, (part,))])


def files() -> dict[str, bytes]:
    """Every file by name."""
    table = plumber()
    municipal = [(invoice_kid(number_of(place)), amount_ore(place)) for place in (6, 10, 14)]
    municipal += [
        (invoice_kid(number_of(15)), 500_00),
        (invoice_kid(number_of(9)), amount_ore(9)),
        (invoice_kid(number_of(9)), -amount_ore(9)),
        (kid.make("99999999999", "mod10"), 310_00),
    ]
    plumbers = [(row.kid, row.amount_ore) for row in table if row.kind is Kind.INVOICE and row.kid][:3]
    return {
        SAFT: render(municipality()),
        SAFT_PAYMENTS: bank_file("15030012345", "000000101", municipal),
        TABLE: ledger_csv.render(table),
        TABLE_PAYMENTS: bank_file("15060054328", "000000102", plumbers),
    }


def main() -> int:
    """Write the files that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        file = FOLDER / name
        if not file.exists() or file.read_bytes() != data:
            file.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
