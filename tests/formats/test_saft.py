"""SAF-T files: every version, what is refused, and that nothing reads otherwise than it is written."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.formats import saft
from kravbro.formats.saft import AccountKind
from tests.formats.saft_files import (
    CHART,
    NAMESPACE,
    RECEIVABLES,
    SALES,
    Customer,
    Ledger,
    Line,
    Voucher,
    credit_note,
    invoice,
    kroner,
    payment,
    render,
)

DAY = date(2026, 3, 2)
SMALL = Ledger(
    (Customer("10001", opening_ore=250_00), Customer("K-7", "Birk & Co", "974760673", opening_ore=-10_00)),
    (
        invoice("501", "10001", 1_250_00, DAY, date(2026, 3, 23), "005017"),
        invoice("502", "K-7", 99_99, DAY, None),
        payment("P1", "10001", 1_000_00, date(2026, 4, 1), kid="005017"),
        credit_note("601", "10001", 50_00, date(2026, 4, 2), crossed="501"),
        Voucher("L1", DAY, (Line("5000", 30_000_00), Line("1920", -30_000_00)), journal="L"),
    ),
)


def code_of(data: bytes) -> str:
    with pytest.raises(DataFault) as caught:
        saft.parse(data, "file.xml")
    assert caught.value.facts["file"] == "file.xml"
    assert isinstance(caught.value.facts["line"], int)
    return caught.value.code.removeprefix("formats.").removeprefix("saft.")


def spoilt(found: str, instead: str, ledger: Ledger = SMALL) -> bytes:
    text = render(ledger).decode()
    assert found in text
    return text.replace(found, instead, 1).encode()


@pytest.mark.parametrize("version", ["1.00", "1.10", "1.20", "1.30"])
@pytest.mark.parametrize("prefix", ["", "n1"])
def test_every_version_reads_alike(version: str, prefix: str) -> None:
    file = saft.parse(render(replace(SMALL, version=version, prefix=prefix)), "file.xml")
    newest = saft.parse(render(SMALL), "file.xml")

    assert file.header.version == version
    assert [one.balances for one in file.customers] == [one.balances for one in newest.customers]
    assert [
        [(line.customer, line.amount_ore, line.kid, line.due_date) for line in voucher.lines]
        for voucher in file.transactions
    ] == [
        [(line.customer, line.amount_ore, line.kid, line.due_date) for line in voucher.lines]
        for voucher in newest.transactions
    ]
    assert [saft.kind_of(one, ()) for one in file.accounts] == [saft.kind_of(one, ()) for one in newest.accounts]


@pytest.mark.parametrize(("stated", "version"), [("1.0", "1.00"), ("1.1", "1.10"), ("1.2", "1.20"), ("1.3", "1.30")])
def test_a_version_may_be_written_short(stated: str, version: str) -> None:
    assert saft.parse(render(replace(SMALL, stated_version=stated)), "file.xml").header.version == version


@pytest.mark.parametrize("stated", ["2.00", "1.40", "0.9", "1.30.1", "a", "13"])
def test_other_versions_are_refused(stated: str) -> None:
    assert code_of(render(replace(SMALL, stated_version=stated))) == "version"


def test_what_is_read() -> None:
    file = saft.parse(render(SMALL), "file.xml")

    assert (file.header.company, file.header.organisation_number) == ("Nordvik kommune", "974760673")
    assert (file.header.period_start, file.header.period_end) == (date(2026, 1, 1), date(2026, 10, 31))
    assert [(one.id, one.name, one.postcode, one.country) for one in file.customers] == [
        ("10001", "Ada Aasen", "0150", "NO"),
        ("K-7", "Birk & Co", "0150", "NO"),
    ]
    assert [(one.opening_ore, one.closing_ore) for customer in file.customers for one in customer.balances] == [
        (250_00, 450_00),
        (-10_00, 89_99),
    ]
    assert file.counted == saft.Totals(5, 32_399_99, 32_399_99)
    assert [voucher.id for voucher in file.transactions] == ["F501", "F502", "K601", "P1"], "wages are let go"
    first = file.transactions[0].lines[0]
    assert (first.account, first.customer, first.amount_ore, first.reference, first.kid, first.due_date) == (
        RECEIVABLES, "10001", 1_250_00, "501", "005017", date(2026, 3, 23),
    )  # fmt: skip
    assert render(SMALL).decode().splitlines()[first.line - 1].strip() == "<Line>"


def test_months_in_place_of_days() -> None:
    dates = (
        "      <SelectionStartDate>2026-01-01</SelectionStartDate>\n"
        "      <SelectionEndDate>2026-10-31</SelectionEndDate>"
    )
    months = (
        "<PeriodStart>02</PeriodStart><PeriodStartYear>2026</PeriodStartYear>"
        "<PeriodEnd>{}</PeriodEnd><PeriodEndYear>2028</PeriodEndYear>"
    )
    for end, last in (("2", date(2028, 2, 29)), ("13", date(2028, 12, 31))):
        header = saft.parse(spoilt(dates, months.format(end)), "file.xml").header
        assert (header.period_start, header.period_end) == (date(2026, 2, 1), last)


@pytest.mark.parametrize(
    ("written", "amount_ore"),
    [("1250", 1_250_00), ("1250.5", 1_250_50), ("+1250.50", 1_250_50), (".5", 50), ("1250.500", 1_250_50)],
)
def test_amounts_as_programs_write_them(written: str, amount_ore: int) -> None:
    total = kroner(32_399_99 - 1_250_00 + amount_ore)
    data = spoilt("<Amount>1250.00</Amount>", f"<Amount>{written}</Amount>")
    data = data.replace(b"<TotalDebit>32399.99<", f"<TotalDebit>{total}<".encode())

    assert saft.parse(data, "file.xml").transactions[0].lines[0].amount_ore == amount_ore


@pytest.mark.parametrize("written", ["", "1e3", "1,00", "0.005", "NaN", "1 000", "--1", "१", "9" * 17, "."])
def test_what_is_no_amount(written: str) -> None:
    assert code_of(spoilt("<Amount>1250.00</Amount>", f"<Amount>{written}</Amount>")) == "amount"


def test_a_negative_debit_is_a_credit_and_counts_where_it_stands() -> None:
    data = spoilt("<Amount>1250.00</Amount>", "<Amount>-1250.00</Amount>")
    data = data.replace(b"<TotalDebit>32399.99<", b"<TotalDebit>29899.99<")

    assert saft.parse(data, "file.xml").transactions[0].lines[0].amount_ore == -1_250_00


BOMB = (
    '<!DOCTYPE AuditFile [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        '<!DOCTYPE AuditFile [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE AuditFile SYSTEM "http://127.0.0.1:9/evil.dtd">',
        "<!DOCTYPE AuditFile>",
    ],
)
def test_no_document_type_gets_in(doctype: str) -> None:
    data = render(SMALL).decode().replace("<AuditFile", f"{doctype}\n<AuditFile", 1)
    for entity in ("&i;", "&secret;", "x"):
        assert code_of(data.replace("Ada Aasen", entity).encode()) == "xml.doctype"


def test_an_entity_that_nobody_declared() -> None:
    assert code_of(spoilt("Ada Aasen", "&secret;")) == "xml.malformed"


def test_elements_of_somebody_else_are_not_read() -> None:
    other = '<x:CustomerID xmlns:x="urn:other">99999</x:CustomerID>'
    file = saft.parse(spoilt("<CustomerID>10001</CustomerID>", f"<CustomerID>10001</CustomerID>{other}"), "file.xml")

    assert file.customers[0].id == "10001"


def test_a_schema_editors_example_in_no_namespace_is_read_by_the_schema_it_names() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    named = f'{xsi} xsi:schemaLocation="{NAMESPACE} Norwegian_SAF-T_Financial_Schema_v_1.20.xsd"'
    data = spoilt(f'xmlns="{NAMESPACE}"', named, replace(SMALL, stated_version="a"))

    assert saft.parse(data, "file.xml").header.version == "1.20"
    assert code_of(data.replace(NAMESPACE.encode(), b"urn:other")) == "namespace"
    assert code_of(data.replace(b"_v_1.20", b"_v_2.00")) == "version"


def test_the_chart_of_a_municipality() -> None:
    accounts = [
        saft.Account("21050001", "Bank", "", "KA_K", "10"),
        saft.Account("21375000", "Kommunale avgifter", "", "KA_K", "13"),
        saft.Account("16400", "Gebyr", "", "KA_K", "640"),
        saft.Account("19000", "Renter", "", "KA_K", "900"),
        saft.Account("2135", "Gjeld", "", "KA_K", "32"),
    ]
    kinds = [saft.kind_of(one, ()) for one in accounts]

    assert kinds == [
        AccountKind.MONEY, AccountKind.RECEIVABLE, AccountKind.SALES, AccountKind.INTEREST, AccountKind.OTHER,
    ]  # fmt: skip
    assert saft.kind_of(saft.Account("1525", "Drift", "", "", "1500"), {"1525"}) is AccountKind.MONEY


def facts_of_any_reader(data: bytes) -> tuple[object, ...]:
    """What another reader finds: customers in order, and lines on them with amount, KID and due date."""
    tree = ET.fromstring(data)  # noqa: S314 - bytes that this test wrote
    name = f"{{{NAMESPACE}}}"

    def text(element: ET.Element, path: str) -> str:
        return " ".join((element.findtext("/".join(name + part for part in path.split("/"))) or "").split())

    lines = []
    for line in tree.iterfind(f"{name}GeneralLedgerEntries/{name}Journal/{name}Transaction/{name}Line"):
        debit, credit = text(line, "DebitAmount/Amount"), text(line, "CreditAmount/Amount")
        amount_ore = int((Decimal(debit) if debit else -Decimal(credit)) * 100)
        if text(line, "CustomerID"):
            lines.append((text(line, "CustomerID"), amount_ore, text(line, "CID"), text(line, "DueDate")[:10]))
    customers = [
        (text(one, "CustomerID"), text(one, "Name"))
        for one in tree.iterfind(f"{name}MasterFiles/{name}Customers/{name}Customer")
    ]
    return customers, sorted(lines)


def facts_of_ours(file: saft.SaftFile) -> tuple[object, ...]:
    lines = [
        (line.customer, line.amount_ore, line.kid, line.due_date.isoformat() if line.due_date else "")
        for voucher in file.transactions
        for line in voucher.lines
        if line.customer
    ]
    return [(one.id, one.name) for one in file.customers], sorted(lines)


def read(data: bytes) -> saft.SaftFile | None:
    """The file, None if it is refused with a fault of this format."""
    try:
        return saft.parse(data, "changed")
    except DataFault as fault:
        if not fault.code.startswith(("formats.saft.", "formats.xml.")):
            raise
        return None


def refused_or_right(data: bytes) -> bool:
    """Whether a file was refused; if not, it reads as another reader reads it."""
    file = read(data)
    if file is None:
        return True
    assert facts_of_ours(file) == facts_of_any_reader(data)
    return False


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_a_changed_byte_is_refused_or_read_as_what_it_says(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(render(SMALL))
    for _ in range(chance.choice((1, 1, 1, 3))):
        data[chance.randrange(len(data))] = chance.choice((chance.randrange(256), ord("<"), ord("0"), ord("9")))
    refused_or_right(bytes(data))


def test_no_beginning_of_a_file_is_taken_for_a_file() -> None:
    data = render(SMALL).rstrip()
    assert all(refused_or_right(data[:length]) for length in range(0, len(data), 37))


def test_a_line_of_text_that_is_gone_or_doubled_is_refused_or_read_as_what_it_says() -> None:
    rows = render(SMALL).splitlines()
    taken = 0
    for place, row in enumerate(rows):
        for changed in ([*rows[:place], *rows[place + 1 :]], [*rows[: place + 1], *rows[place:]]):
            taken += not refused_or_right(b"\n".join(changed))
        if b"Amount>" in row and b".00</" in row:
            assert refused_or_right(b"\n".join([*rows[:place], *rows[place + 1 :]])), row
    assert taken, "a street may go, an amount may not"


@pytest.mark.parametrize("field", ["DebitAmount", "TransactionID", "RecordID", "AccountID", "CustomerID"])
def test_a_second_value_of_one_thing_is_refused(field: str) -> None:
    text = render(SMALL).decode()
    start = text.index(f"<{field}>", text.index("<GeneralLedgerEntries>"))
    end = text.index(f"</{field}>", start) + len(f"</{field}>")
    assert code_of((text[:end] + text[start:end] + text[end:]).encode()) == "twice"


def test_memory_does_not_grow_with_what_is_not_receivables() -> None:
    wages = [
        Voucher(f"L{place}", DAY, (Line("5000", 1_00), Line("1920", -1_00)), journal="L") for place in range(4_000)
    ]
    data = render(replace(SMALL, vouchers=(*SMALL.vouchers, *wages)))
    small = render(replace(SMALL, vouchers=(*SMALL.vouchers, *wages[:400])))

    def most(content: bytes) -> int:
        """Python's own memory; the parser's is that of one element, as these are let go."""
        tracemalloc.start()
        saft.parse(content, "file.xml")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert len(data) > 8 * len(small)
    assert most(data) < 2 * most(small) + 100_000


def test_customers_that_name_no_account_stand_where_the_chart_says() -> None:
    data = render(SMALL).decode().replace("<AccountID>1500</AccountID>\n        <Opening", "<Opening")
    file = saft.parse(data.replace("        <AccountID>1500</AccountID>\n        <Ope", "<Ope").encode(), "file.xml")

    assert file.receivable_accounts == frozenset({RECEIVABLES})
    assert SALES in CHART


def test_the_official_shapes_of_older_files() -> None:
    """Files of 1.10 that call themselves 1.0, with balances on the customer and two-digit standard accounts."""
    old = replace(SMALL, version="1.10", stated_version="1.0")
    file = saft.parse(render(old), "file.xml")

    assert [one.standard for one in file.accounts][:2] == ["15", "19"]
    assert file.customers[0].balances[0].opening_ore == 250_00


def test_an_address_that_is_none_is_passed_over_for_one_that_is() -> None:
    none = (
        "<Address><StreetName>n.a</StreetName><City>n.a</City><PostalCode>n.a</PostalCode>"
        "<AddressType>PostalAddress</AddressType></Address>"
    )
    data = spoilt("<Address>", f"{none}<Address>").replace(
        b">PostalAddress</AddressType>\n", b">StreetAddress</AddressType>\n"
    )

    assert saft.parse(data, "file.xml").customers[0].postcode == "0150"
    assert saft.parse(data.replace(b"<PostalCode>0150", b"<PostalCode>"), "file.xml").customers[0].postcode == "n.a"
