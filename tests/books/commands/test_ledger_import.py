"""Another ledger's file in the books: each line once, each øre where it belongs, and nothing of a file refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.books.importing.source import Unresolved, Why
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import kid
from tests.books.importing_files import Books
from tests.formats.saft_files import (
    BANK,
    INTEREST,
    LOSSES,
    RECEIVABLES,
    SALES,
    VAT,
    Customer,
    Ledger,
    Line,
    Voucher,
    closing_ore,
    credit_note,
    invoice,
    payment,
)

DAY, DUE = date(2026, 3, 2), date(2026, 3, 23)
KID = kid.make("000501", "mod10")
ADA = Customer("10001", "Ada Aasen")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def ledger_of(*vouchers: Voucher, customers: tuple[Customer, ...] = (ADA,), **other: object) -> Ledger:
    return replace(Ledger(customers, vouchers), **other)  # type: ignore[arg-type] # whatever a test wants to say


def whys(unresolved: tuple[Unresolved, ...]) -> list[tuple[Why, str, bool]]:
    return [(one.code, one.record, one.booked) for one in unresolved]


def test_an_invoice_with_everything_and_what_was_paid_of_it(books: Books) -> None:
    done = books.take(
        ledger_of(
            invoice("501", "10001", 1_250_00, DAY, DUE, KID),
            payment("P1", "10001", 1_000_00, date(2026, 4, 1), kid=KID),
            credit_note("601", "10001", 50_00, date(2026, 4, 2), crossed="501"),
            payment("P2", "10001", 30_00, date(2026, 4, 3), reference="501"),
        )
    )

    assert (done.customers, done.invoices, done.credit_notes, done.payments) == (1, 1, 1, 2)
    assert (done.unresolved, done.derived) == ((), ())
    assert books.remaining_ore() == {"501": 170_00}
    assert books.balances_ore() == {"10001": 170_00}
    assert books.ask(
        "SELECT meaning, kid, due_date, invoice_date, sub_ledger_type FROM entry WHERE invoice_no='501'"
    ) == [("invoice", KID, "2026-03-23", "2026-03-02", "1500")]
    assert books.audit() == []


def test_the_same_file_again_creates_nothing(books: Books) -> None:
    ledger = ledger_of(
        invoice("501", "10001", 1_250_00, DAY, DUE, KID),
        payment("P1", "10001", 100_00, date(2026, 4, 1)),
        customers=(replace(ADA, opening_ore=77_00),),
    )
    first = books.take(ledger)
    before = [books.ask(f"SELECT * FROM {table}") for table in ("voucher", "entry", "booking", "customer", "counter")]
    again = books.take(ledger)

    assert (first.openings, first.known, again.known) == (1, 0, 2)
    assert (again.number, again.customers, again.invoices, again.payments, again.openings) == (0, 0, 0, 0, 0)
    assert (again.derived, again.unresolved) == ((), ())
    after = [books.ask(f"SELECT * FROM {table}") for table in ("voucher", "entry", "booking", "customer", "counter")]
    assert after == before


def test_a_longer_file_brings_what_is_new_and_pays_what_was_there(books: Books) -> None:
    january = invoice("501", "10001", 1_250_00, DAY, DUE, KID)
    books.take(ledger_of(january, end=date(2026, 3, 31)))
    done = books.take(
        ledger_of(
            january,
            payment("P1", "10001", 400_00, date(2026, 4, 1), kid=KID),
            invoice("502", "10001", 99_00, date(2026, 4, 2), date(2026, 4, 23)),
        )
    )

    assert (done.known, done.invoices, done.payments, done.unresolved) == (1, 1, 1, ())
    assert books.remaining_ore() == {"501": 850_00, "502": 99_00}
    assert books.audit() == []


def test_the_next_period_begins_where_the_last_one_ended(books: Books) -> None:
    books.take(ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), end=date(2026, 3, 31)))
    april = ledger_of(
        payment("P1", "10001", 400_00, date(2026, 4, 1), reference="501"),
        customers=(replace(ADA, opening_ore=1_250_00),),
        start=date(2026, 4, 1),
    )
    done = books.take(april)

    assert (done.openings, done.unresolved) == (0, ())
    assert books.remaining_ore() == {"501": 850_00}
    assert books.balances_ore() == {"10001": closing_ore(april)["10001"]}


def test_a_period_that_was_left_out_is_noticed(books: Books) -> None:
    books.take(ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), end=date(2026, 3, 31)))
    done = books.take(ledger_of(customers=(replace(ADA, opening_ore=900_00),), start=date(2026, 5, 1)))

    assert [(one.code, one.customer, one.amount_ore) for one in done.unresolved] == [
        (Why.OPENING_DIFFERS, "10001", -350_00)
    ]
    assert books.balances_ore() == {"10001": 1_250_00}


def test_a_balance_from_before_the_period_is_owed_and_never_proposed(books: Books) -> None:
    done = books.take(
        ledger_of(
            payment("P1", "10001", 500_00, date(2026, 1, 9), reference="444"),
            payment("P2", "10001", 100_00, date(2026, 1, 10)),
            customers=(replace(ADA, opening_ore=800_00), Customer("10002", opening_ore=-60_00)),
        )
    )

    assert (done.openings, done.invoices, done.payments) == (2, 0, 2)
    assert [(one.rule.value, one.amount_ore) for one in done.derived] == [
        ("opening_balance", -500_00),
        ("oldest_first", -100_00),
    ]
    assert [(one.code, one.customer, one.booked) for one in done.unresolved] == [
        (Why.OPENING_BALANCE, "10001", True),
        (Why.OPENING_BALANCE, "10002", True),
    ]
    assert books.balances_ore() == {"10001": 200_00, "10002": -60_00}
    assert books.ask("SELECT count(*) FROM entry WHERE due_date IS NOT NULL OR meaning = 'invoice'") == [(0,)]
    assert books.audit() == []


@pytest.mark.parametrize("change", ["due", "amount", "kid", "customer", "reference", "day"])
def test_a_line_that_was_changed_stops_the_file_and_is_named(books: Books, change: str) -> None:
    customers = (ADA, Customer("10002"))
    books.take(ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), customers=customers))
    changed = {
        "due": invoice("501", "10001", 1_250_00, DAY, DUE + timedelta(1), KID),
        "amount": invoice("501", "10001", 1_250_01, DAY, DUE, KID),
        "kid": invoice("501", "10001", 1_250_00, DAY, DUE, ""),
        "customer": invoice("501", "10002", 1_250_00, DAY, DUE, KID),
        "reference": replace(
            invoice("502", "10001", 1_250_00, DAY, DUE, KID),
            id="F501",
        ),
        "day": invoice("501", "10001", 1_250_00, DAY + timedelta(1), DUE, KID),
    }[change]
    before = books.ask("SELECT * FROM entry")
    with pytest.raises(DataFault) as caught:
        books.take(ledger_of(invoice("500", "10001", 1_00, DAY, DUE), changed, customers=customers))

    assert caught.value.code == "books.import.line_differs"
    assert caught.value.facts["record"] == "S 2026 F501/1"
    assert books.ask("SELECT * FROM entry") == before


def test_the_text_of_a_line_may_change(books: Books) -> None:
    voucher = invoice("501", "10001", 1_250_00, DAY, DUE, KID)
    books.take(ledger_of(voucher))
    lines = tuple(replace(line, text="En annen tekst") for line in voucher.lines)

    assert books.take(ledger_of(replace(voucher, lines=lines))).known == 1


def test_a_file_that_fails_at_its_end_leaves_nothing(books: Books) -> None:
    lines = (Line("1500-MED-LANGT-NUMMER", 1_00, "10001", "9"), Line(SALES, -1_00))
    with pytest.raises(DataFault):
        books.take(
            ledger_of(
                invoice("501", "10001", 1_250_00, DAY, DUE, KID),
                Voucher("F9", DAY, lines),
                customers=(ADA, Customer("10002", account="1500-MED-LANGT-NUMMER")),
            )
        )

    for table in ("customer", "voucher", "entry", "imported_line", "ledger_import", "counter", "account"):
        assert books.ask(f"SELECT count(*) FROM {table}") == [(0,)]


CASES = {
    "sale": ((SALES, -1_00), 1_00, {"due": DUE, "reference": "9"}, "invoice", None),
    "sale without due date": ((SALES, -1_00), 1_00, {"reference": "9"}, "invoice", Why.NO_DUE_DATE),
    "only due date": (("2900", -1_00), 1_00, {"due": DUE, "reference": "9"}, "invoice", None),
    "interest": ((INTEREST, -1_00), 1_00, {"due": DUE, "reference": "9"}, "interest_note", None),
    "nobody knows": (("2900", -1_00), 1_00, {}, "correction", Why.UNCLEAR_KIND),
    "money out": ((BANK, -1_00), 1_00, {}, "reversal", Why.TARGET_UNKNOWN),
    "credited sale": ((SALES, 1_00), -1_00, {"reference": "9"}, "credit_note", Why.NOTHING_OPEN),
    "credited tax": ((VAT, 1_00), -1_00, {}, "credit_note", Why.NOTHING_OPEN),
    "money in": ((BANK, 1_00), -1_00, {"reference": "9"}, "payment", Why.TARGET_UNKNOWN),
    "loss": ((LOSSES, 1_00), -1_00, {}, "correction", Why.NOTHING_OPEN),
    "unknown credit": (("2900", 1_00), -1_00, {}, "correction", Why.UNCLEAR_KIND),
    "foreign": (
        (SALES, -1_00),
        1_00,
        {"due": DUE, "reference": "9", "currency": "EUR"},
        "invoice",
        Why.FOREIGN_CURRENCY,
    ),
    "long number": ((SALES, -1_00), 1_00, {"due": DUE, "reference": "9" * 21}, "correction", Why.LONG_NUMBER),
    "wrong KID": ((SALES, -1_00), 1_00, {"due": DUE, "reference": "9", "kid": "12346"}, "invoice", Why.NO_KID),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_line_is(books: Books, case: str) -> None:
    (account, amount_ore), own_ore, said, meaning, why = CASES[case]
    line = Line(RECEIVABLES, own_ore, "10001", **said)  # type: ignore[arg-type] # what a test says of it
    done = books.take(ledger_of(Voucher("V", DAY, (line, Line(account, amount_ore)), journal="X")))

    assert books.ask("SELECT meaning, amount_ore FROM entry") == [(meaning, own_ore)]
    assert (done.unresolved[0].code if done.unresolved else None) == why
    assert all(one.booked and one.line and one.record == "X 2026 V/1" for one in done.unresolved)
    assert books.balances_ore() == {"10001": own_ore}
    assert books.audit() == []


@pytest.mark.parametrize(
    ("type_", "name", "amount_ore", "meaning"),
    [
        ("SI", "", 1_00, "invoice"),
        ("", "Utgående faktura", 1_00, "invoice"),
        ("CN", "", -1_00, "credit_note"),
        ("", "Kreditnota, utgående faktura", -1_00, "credit_note"),
        ("P", "", -1_00, "payment"),
        ("", "OCR-innbetaling", -1_00, "payment"),
    ],
)
def test_the_vouchers_type_tells_where_the_accounts_do_not(
    books: Books, type_: str, name: str, amount_ore: int, meaning: str
) -> None:
    lines = (Line(RECEIVABLES, amount_ore, "10001", "9", due=DUE), Line("2900", -amount_ore))
    books.take(ledger_of(Voucher("V", DAY, lines, "X", type_, name)))

    assert books.ask("SELECT meaning FROM entry") == [(meaning,)]


def test_a_cash_sale_in_one_voucher_is_an_invoice_and_its_payment(books: Books) -> None:
    lines = (
        Line(RECEIVABLES, 1_00, "10001", "9", due=DUE),
        Line(SALES, -1_00),
        Line(BANK, 1_00),
        Line(RECEIVABLES, -1_00, "10001", "9"),
    )
    done = books.take(ledger_of(Voucher("V", DAY, lines)))

    assert (done.payments, books.remaining_ore()) == (1, {"9": 0})
    assert done.invoices + done.corrections == 1


def test_what_cannot_be_in_the_books_is_listed_and_left_out(books: Books) -> None:
    lines = (
        Line(RECEIVABLES, 1_00, "", "1", due=DUE),
        Line(RECEIVABLES, 2_00, "99999", "2", due=DUE),
        Line(RECEIVABLES, 0, "10001", "3", due=DUE),
        Line(SALES, -3_00, "10001"),
    )
    ledger = ledger_of(Voucher("V", DAY, lines), customers=(replace(ADA, closing_ore=0),))
    done = books.take(ledger)

    assert whys(done.unresolved) == [
        (Why.NO_CUSTOMER, "S 2026 V/1", False),
        (Why.UNKNOWN_CUSTOMER, "S 2026 V/2", False),
        (Why.NO_AMOUNT, "S 2026 V/3", False),
    ]
    assert books.ask("SELECT count(*) FROM entry") == [(0,)]
    again = books.take(ledger)
    assert again.unresolved == done.unresolved, "until the ledger is mended"


def test_a_closing_balance_that_the_lines_do_not_give_is_listed(books: Books) -> None:
    off = replace(ADA, closing_ore=1_300_00)
    done = books.take(ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), customers=(off,)))

    assert [(one.code, one.customer, one.amount_ore) for one in done.unresolved] == [
        (Why.CLOSING_DIFFERS, "10001", 50_00)
    ]


def test_a_ledger_in_another_currency_brings_customers_and_no_debt(books: Books) -> None:
    done = books.take(ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), currency="EUR"))

    assert (done.customers, done.invoices) == (1, 0)
    assert whys(done.unresolved) == [(Why.LEDGER_CURRENCY, "S 2026 F501/1", False)]


def test_a_customer_that_has_no_number_gets_one_for_good(books: Books) -> None:
    customers = (Customer("10001"), Customer("K-7", "Birk"), Customer("007"), Customer("1900000001"))
    vouchers = [invoice(f"5{place}", one.id, 1_00, DAY, DUE) for place, one in enumerate(customers)]
    books.take(ledger_of(vouchers[0], customers=customers[:1]))
    books.take(ledger_of(*vouchers, customers=customers))
    books.take(ledger_of(*vouchers, customers=customers[::-1]))

    assert dict(books.ask("SELECT source_id, customer FROM imported_customer")) == {
        "10001": 10001, "K-7": 1_900_000_001, "007": 1_900_000_002, "1900000001": 1_900_000_003,
    }  # fmt: skip
    assert set(books.balances_ore().values()) == {1_00}


def test_what_a_later_file_tells_of_a_customer_is_written_down_and_an_older_one_is_not(books: Books) -> None:
    books.take(ledger_of(end=date(2026, 5, 31)))
    books.take(ledger_of(customers=(replace(ADA, name="Ada Bråten", postcode="5003"),), end=date(2026, 6, 30)))
    assert books.ask("SELECT name, postcode FROM customer") == [("Ada Bråten", "5003")]
    books.take(ledger_of(end=date(2026, 5, 31)))
    assert books.ask("SELECT name, postcode FROM customer") == [("Ada Bråten", "5003")]


def test_who_a_customer_is(books: Books) -> None:
    numbers = {"1": "974760673", "2": "NO974760673MVA", "3": "974760674", "4": "30108299939", "5": "", "6": "12345"}
    customers = tuple(Customer(one, registration_number=number, country="S") for one, number in numbers.items())
    done = books.take(ledger_of(customers=customers))

    assert books.ask("SELECT number, kind, organisation_number, identity_number, country FROM customer") == [
        (1, "business", "974760673", "", "ZZ"),
        (2, "business", "974760673", "", "ZZ"),
        (3, "business", "", "", "ZZ"),
        (4, "person", "", "30108299939", "ZZ"),
        (5, "person", "", "", "ZZ"),
        (6, "person", "", "", "ZZ"),
    ]
    assert [(one.code, one.customer) for one in done.unresolved] == [
        (Why.REGISTRATION_NUMBER, "3"),
        (Why.REGISTRATION_NUMBER, "6"),
    ]
    assert "30108299939" not in repr(done)


TAMPERED = {
    "UPDATE imported_line SET amount_ore = amount_ore + 1 WHERE number = 1": "ledger imported line 1",
    "UPDATE imported_line SET content = 'x' WHERE number = 2": "ledger imported line 2",
    "UPDATE imported_line SET source_key = 'saft/S/2026/F999/1' WHERE number = 1": "ledger imported line 1",
    "DELETE FROM imported_line WHERE number = 1": "ledger imported line 1",
    "UPDATE imported_customer SET source_id = '10009'": "ledger imported customer 1",
    "UPDATE ledger_import SET period_end = '2027-01-01'": "ledger ledger import 1",
    "INSERT INTO imported_line SELECT 9, ledger_import, 'saft/x', content, kind, customer, account, dated, amount_ore,"
    " (SELECT max(id) FROM voucher WHERE id NOT IN (SELECT voucher FROM imported_line)), seal, actor, written_at"
    " FROM imported_line WHERE number = 1": "ledger imported line 9",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_the_audit_names_what_was_altered(books: Books, statement: str) -> None:
    from kravbro.books.commands.vouchers import write_vouchers  # a voucher that no file brought
    from kravbro.books.drafts import Draft, DraftLine
    from kravbro.db.engines import writing
    from tests.books.importing_files import ACT

    books.take(
        ledger_of(invoice("501", "10001", 1_250_00, DAY, DUE, KID), payment("P1", "10001", 100_00, DUE, kid=KID))
    )
    with writing(books.engine) as connection:
        write_vouchers(connection, [Draft("KO", DAY, "x", (DraftLine(1, "1920", 1), DraftLine(2, "1920", -1)))], ACT)
    assert books.audit() == []
    with writing(books.engine) as connection:
        connection.exec_driver_sql(statement)

    assert {one.thing for one in books.audit()} == {TAMPERED[statement]}


def random_ledger(chance: random.Random) -> Ledger:
    """A ledger with everything that ledgers do, also what they should not."""
    customers = tuple(
        Customer(chance.choice((f"{10_000 + place}", f"K-{place}")), opening_ore=chance.choice((0, 0, 500_00, -20_00)))
        for place in range(chance.randint(1, 4))
    )
    vouchers = []
    for place in range(chance.randint(0, 14)):
        customer = chance.choice(customers).id
        dated = date(2026, 1, 1) + timedelta(chance.randrange(300))
        amount_ore = chance.randint(1, 90_000)
        number = str(500 + chance.randrange(12))
        what = chance.randrange(6)
        if what < 3:
            due = chance.choice((dated + timedelta(21), None))
            vouchers.append(replace(invoice(number, customer, amount_ore, dated, due), id=f"V{place}"))
        elif what == 3:
            vouchers.append(payment(f"V{place}", customer, amount_ore, dated, chance.choice(("", number))))
        elif what == 4:
            note = credit_note(f"6{place}", customer, amount_ore, dated, chance.choice(("", number)))
            vouchers.append(replace(note, id=f"V{place}"))
        else:
            lines = (Line(RECEIVABLES, amount_ore, customer, number), Line(BANK, -amount_ore))
            vouchers.append(Voucher(f"V{place}", dated, lines))
    return Ledger(customers, tuple(vouchers))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_balances_are_the_files_and_a_file_in_parts_is_the_file_at_once(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    ledger = random_ledger(random.Random(seed))
    whole, parts = (Books(tmp_path_factory.mktemp("books")) for _ in range(2))
    done = whole.take(ledger)
    ordered = sorted(ledger.vouchers, key=lambda voucher: voucher.dated)
    for count in (len(ordered) // 2, len(ordered), len(ordered)):
        parts.take(replace(ledger, vouchers=tuple(ordered[:count])))

    expected = closing_ore(ledger)
    assert whole.balances_ore() == parts.balances_ore() == expected
    assert [one for one in done.unresolved if one.code is Why.CLOSING_DIFFERS] == []
    assert all(remaining >= 0 for remaining in whole.remaining_ore().values())  # type: ignore[operator] # whole øre, from plain SQL
    assert whole.audit() == parts.audit() == []
    whole.engine.dispose()
    parts.engine.dispose()


def test_a_table_from_a_spreadsheet(books: Books) -> None:
    rows = (
        "Kundenr;Navn;Orgnr;Postnr;Poststed;Art;Bilagsnr;Fakturanr;Dato;Forfall;Beløp;KID",
        f"10001;Ada Aasen;;0150;Oslo;faktura;501;501;2026-03-02;2026-03-23;1 250,00;{KID}",
        "10001;;;;;innbetaling;9001;501;2026-04-01;;-1 000,00;",
        "10001;;;;;kreditnota;601;501;2026-04-02;;-50.5;",
        "K-7;Fossum Rør AS;974760673;5003;Bergen;faktura;502;;2026-03-02;;99,99;",
    )
    done = books.take_table(*rows)
    again = books.take_table(*rows)

    assert (done.customers, done.invoices, done.credit_notes, done.payments) == (2, 2, 1, 1)
    assert whys(done.unresolved) == [(Why.NO_DUE_DATE, "invoice 502", True)]
    assert books.remaining_ore() == {"501": 199_50, "502": 99_99}
    assert (again.known, again.number, again.unresolved) == (4, 0, ())
    assert books.audit() == []
    with pytest.raises(DataFault) as caught:
        books.take_table(*rows[:2], rows[2].replace("1 000", "900"))
    assert (caught.value.code, caught.value.facts["line"]) == ("books.import.line_differs", 3)


def test_a_table_may_begin_before_another_since_it_has_no_balances(books: Books) -> None:
    head = "customer,type,number,date,amount,due_date"
    books.take_table(head, "1,invoice,501,2026-03-02,100.00,2026-03-23")
    books.take_table(head, "1,invoice,401,2025-03-02,50.00,2025-03-23", "1,payment,9,2026-04-01,-120.00,")

    assert books.remaining_ore() == {"501": 30_00, "401": 0}


def test_a_ledger_that_says_as_little_as_the_tax_administrations_own_example(books: Books) -> None:
    """No references and no due dates, one document number for many invoices, and balances from last year."""

    def sale(number: str, customer: str, ore: int, dated: date, document: str) -> Voucher:
        lines = (Line(SALES, -ore * 4 // 5), Line(RECEIVABLES, ore, customer, document=document), Line(VAT, -ore // 5))
        return Voucher(number, dated, lines, "GL")

    customers = (Customer("1001", opening_ore=2_000_00), Customer("1003", opening_ore=100_00))
    paid = (
        Line(BANK, 5_401_00, document="234"),
        Line(RECEIVABLES, -4_000_00, "1001", document="234"),
        Line(RECEIVABLES, -1_401_00, "1003", document="234"),
    )
    ledger = ledger_of(
        sale("1005", "1001", 4_400_00, date(2026, 1, 12), "14"),
        sale("1013", "1001", 2_036_00, date(2026, 1, 27), "14"),
        Voucher("1011", date(2026, 1, 23), paid, "GL"),
        customers=customers,
    )
    done = books.take(ledger)

    assert (done.invoices, done.payments, done.openings) == (2, 2, 2)
    assert [(one.customer, one.amount_ore) for one in done.derived] == [
        ("1001", -2_000_00),
        ("1001", -2_000_00),
        ("1003", -100_00),
    ]
    assert {one.code for one in done.unresolved} == {Why.NO_DUE_DATE, Why.OPENING_BALANCE, Why.NOTHING_OPEN}
    assert books.balances_ore() == closing_ore(ledger) == {"1001": 4_436_00, "1003": -1_301_00}
    assert books.audit() == []
