"""Reading and writing camt.054: what is read, what is refused, and what the refusal says."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.money import plain_kroner
from kravbro.formats import camt054
from kravbro.formats.camt054 import layout
from kravbro.formats.camt054.layout import Children
from kravbro.formats.camt054.records import Kind
from kravbro.texts.sentences import LANGUAGES, explain
from tests.formats import camt054_oracle as oracle
from tests.formats.camt054_faults import FAULTS, ONE, OWN_ACCOUNT, SUMMED_08, TWO, changed, plain
from tests.formats.camt054_files import (
    ACCOUNT,
    DAY,
    file_of,
    golden_files,
    lump,
    notification,
    payment,
    reversal,
    written,
)


def refused(data: bytes) -> DataFault:
    """The fault that a file is refused with, whichever way it is read."""
    with pytest.raises(DataFault) as refusal:
        camt054.parse(data, "camt.xml")
    with pytest.raises(DataFault) as again:
        camt054.validate(io.BytesIO(data), "camt.xml")
    assert (again.value.code, again.value.facts) == (refusal.value.code, refusal.value.facts)
    for language in LANGUAGES:
        assert "camt.xml" in explain(refusal.value, language)
    return refusal.value


def only(data: bytes) -> camt054.Transaction:
    """The single transaction of a file."""
    ((_, _, transaction),) = camt054.parse(data, "one").transactions()
    return transaction


@pytest.mark.parametrize("name", golden_files())
def test_somebody_else_reads_the_same(name: str) -> None:
    data = golden_files()[name]
    file = camt054.parse(data, name)
    ours = [
        oracle.Read(
            str(Decimal(plain_kroner(abs(one.amount_ore)))),
            one.kid or ", ".join(part.kid for part in one.parts),
            one.bank_reference,
            one.debtor_name,
        )
        for _, _, one in file.transactions()
        if one.bank_reference
    ]
    assert ours == oracle.transactions(data, file.version)
    assert len(ours) == 11


@pytest.mark.parametrize("version", layout.VERSIONS)
def test_the_layout_is_that_of_the_schema(version: camt054.Version) -> None:
    def compare(children: Children, path: str) -> int:
        ours = [(node.name, node.many) for node in children.values()]
        assert (path, ours) == (path, oracle.children(version, path))
        return 1 + sum(compare(node.children, f"{path}/{node.name}") for node in children.values() if node.children)

    assert compare(layout.document(version), "") > 30


def test_both_versions_say_the_same() -> None:
    entries = lump(payment(), payment(amount_ore=7, bank_reference="2")), reversal(payment(amount_ore=-125_00))
    first, second = (camt054.parse(written(*entries, version=version), "x") for version in camt054.VERSIONS)
    assert first.notifications == second.notifications
    assert (first.count, first.net_ore) == (3, 7)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (lump(payment()), Kind.PAYMENT),
        (reversal(payment(amount_ore=-1)), Kind.REVERSAL),
        (lump(payment(amount_ore=-1, is_returned=True)), Kind.REVERSAL),
        (lump(payment(amount_ore=-1)), Kind.OWN_PAYMENT),
        (lump(payment(), is_reversal=True), Kind.OWN_PAYMENT_RETURNED),
        (lump(payment(is_returned=True)), Kind.PAYMENT),
        (lump(payment(), status="PDNG"), Kind.NOT_BOOKED),
        (lump(payment(), status="INFO"), Kind.NOT_BOOKED),
        (reversal(payment(amount_ore=-1), status="PDNG"), Kind.NOT_BOOKED),
    ],
)
def test_what_each_transaction_is(entry: camt054.Entry, kind: Kind) -> None:
    ((_, read, one),) = camt054.parse(written(entry), "kinds").transactions()
    assert read.kind(one) is kind


def test_an_entry_without_transactions_is_one_payment() -> None:
    bare = camt054.Transaction(amount_ore=500_00, code="230")
    data = written(lump(bare, code="230"))
    assert b"TxDtls" not in data
    assert only(data) == bare


def test_a_transaction_alone_may_leave_its_amount_to_the_entry() -> None:
    amount = '<AmtDtls><TxAmt><Amt Ccy="NOK">125.00</Amt></TxAmt></AmtDtls>'
    assert only(changed(ONE, (amount, ""))).amount_ore == 125_00
    abroad = changed(ONE, (amount, amount.replace("NOK", "EUR").replace("125.00", "10.50")))
    assert only(abroad).amount_ore == 125_00
    fault = refused(changed(TWO, (amount, "")))
    assert (fault.code, fault.facts["element"]) == (
        "formats.camt054.missing",
        "Ntfctn[1]/Ntry[1]/NtryDtls/TxDtls[1]/AmtDtls/TxAmt/Amt",
    )


def test_the_counter_value_in_kroner_is_the_amount_of_a_payment_from_abroad() -> None:
    amount = '<TxAmt><Amt Ccy="NOK">125.00</Amt></TxAmt>'
    both = '<TxAmt><Amt Ccy="EUR">10.50</Amt></TxAmt><CntrValAmt><Amt Ccy="NOK">125.00</Amt></CntrValAmt>'
    amounts = [one.amount_ore for _, _, one in camt054.parse(changed(TWO, (amount, both)), "x").transactions()]
    assert amounts == [125_00, 1]


@pytest.mark.parametrize(
    ("written_as", "account"),
    [
        ("<IBAN>NO9799991042764</IBAN>", "99991042764"),
        ("<Othr><Id>99991042764</Id></Othr>", "99991042764"),
    ],
)
def test_the_account_is_eleven_digits_however_it_is_written(written_as: str, account: str) -> None:
    (one,) = camt054.parse(changed(ONE, (OWN_ACCOUNT, written_as)), "x").notifications
    assert one.account == account


@pytest.mark.parametrize(
    ("written_as", "account"),
    [
        ("<IBAN>NO9386011117947</IBAN>", "86011117947"),
        ("<IBAN>NO9486011117947</IBAN>", "NO9486011117947"),
        ("<Othr><Id>12345</Id></Othr>", "12345"),
        ("<Othr><Id/></Othr>", ""),
    ],
)
def test_the_payers_account_is_told_as_it_is(written_as: str, account: str) -> None:
    before = "<Othr><Id>86011117947</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr>"
    assert only(changed(ONE, (before, written_as))).debtor_account == account


@pytest.mark.parametrize(
    ("before", "after", "kid", "text"),
    [
        ("<Cd>SCOR</Cd>", "<Cd>RPIN</Cd>", None, "123456782"),
        ("<Cd>SCOR</Cd>", "<Prtry>KID</Prtry>", None, "123456782"),
        ("<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>", "", "123456782", ""),
        ("<Ref>123456782</Ref>", "<Ref>RF18539007547034</Ref>", None, "RF18539007547034"),
        ("<Ref>123456782</Ref>", "<Ref>000</Ref>", None, "000"),
        ("<Ref>123456782</Ref>", "<Ref> 6-\n</Ref>", "6-", ""),
        ("<Ref>123456782</Ref>", "", None, ""),
        (
            "<Ref>123456782</Ref></CdtrRefInf>",
            "<Ref>18</Ref></CdtrRefInf><AddtlRmtInf>Takk</AddtlRmtInf>",
            "18",
            "Takk",
        ),
        ("<RmtInf>", "<RmtInf><Ustrd>Takk</Ustrd><Ustrd>for  alt</Ustrd>", "123456782", "Takk for alt"),
    ],
)
def test_what_is_a_kid_and_what_is_text(before: str, after: str, kid: str | None, text: str) -> None:
    read = only(changed(ONE, (before, after)))
    assert (read.kid, " ".join(read.text.split())) == (kid, text)


def several(*amounts: str) -> bytes:
    """A payment of 125 kroner under the KIDs 18, 26 and so on."""
    structured = "".join(
        f"<Strd>{amount}<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>{18 + 8 * place}</Ref></CdtrRefInf></Strd>"
        for place, amount in enumerate(amounts)
    )
    start, end = ONE.index(b"<Strd>"), ONE.index(b"</RmtInf>")
    return ONE[:start] + structured.encode() + ONE[end:]


def kroner(amount: str) -> str:
    return f'<RfrdDocAmt><RmtdAmt Ccy="NOK">{amount}</RmtdAmt></RfrdDocAmt>'


def test_one_payment_under_several_kids_is_divided_as_the_bank_says() -> None:
    read = only(several(kroner("25.00"), kroner("100.00")))
    assert (read.kid, read.parts) == (None, (camt054.Part("18", 25_00), camt054.Part("26", 100_00)))


@pytest.mark.parametrize("amounts", [(kroner("25.00"), kroner("99.00")), (kroner("125.00"), ""), ("", "")])
def test_several_kids_without_sound_amounts_are_text(amounts: tuple[str, ...]) -> None:
    read = only(several(*amounts))
    assert (read.kid, read.parts, read.text) == (None, (), "18 26")


def test_notifications_of_several_accounts_are_kept_apart() -> None:
    file = file_of(
        notification(lump(payment())),
        notification(id="N-2", account="12345678903"),
        notification(lump(payment(amount_ore=3)), id="N-3", account="12345678903"),
    )
    read = camt054.parse(camt054.render(file), "camt.xml")
    assert [(one.account, len(one.entries)) for one in read.notifications] == [
        (ACCOUNT, 1),
        ("12345678903", 0),
        ("12345678903", 1),
    ]


def test_sums_of_one_page_are_not_those_of_the_whole() -> None:
    whole = changed(
        SUMMED_08, ("<Id>N-1</Id>", "<Id>N-1</Id><NtfctnPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></NtfctnPgntn>")
    )
    (one,) = camt054.parse(whole, "x").notifications
    assert one.page == ""
    page = changed(whole, ("<LastPgInd>true", "<LastPgInd>false"), ("<NbOfNtries>1<", "<NbOfNtries>9<"))
    (one,) = camt054.parse(page, "x").notifications
    assert one.page == "1"
    assert refused(changed(whole, ("<NbOfNtries>1<", "<NbOfNtries>9<"))).code == "formats.camt054.control"


@pytest.mark.parametrize(("data", "code", "element"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_line_and_element(data: bytes, code: str, element: str) -> None:
    fault = refused(data)
    if code:
        assert fault.code == f"formats.camt054.{code}"
        assert str(fault.facts.get("element", "")).endswith(element) or element in str(fault.facts["element"])
    else:
        assert fault.code.startswith("formats.xml.")
    assert fault.facts["file"] == "camt.xml"
    assert all(str(value).isprintable() for value in fault.facts.values())


def test_the_line_is_that_of_the_element() -> None:
    fault = refused(changed(TWO, ("<Ref>0000018</Ref>", "\n\n<Ref>0000018<x/></Ref>")))
    assert (fault.facts["element"], fault.facts["line"]) == (
        "Ntfctn[1]/Ntry[1]/NtryDtls/TxDtls[2]/RmtInf/Strd/CdtrRefInf/Ref/x",
        TWO[: TWO.index(b"<Ref>0000018")].count(b"\n") + 3,
    )


def test_a_fault_of_a_later_entry_is_told_there() -> None:
    data = written(lump(payment()), lump(payment(), payment(), bank_reference="2"), lump(payment(), bank_reference="3"))
    before, found, after = data.rpartition(b">125.00<")
    fault = refused(before + found.replace(b"00", b"0x") + after)
    assert fault.facts["element"] == "Ntfctn[1]/Ntry[3]/NtryDtls/TxDtls[1]/AmtDtls/TxAmt/Amt"


def test_all_amounts_of_a_file_must_add_up() -> None:
    large = 10**18 - 1
    some = [lump(payment(amount_ore=large), bank_reference=str(place)) for place in range(10)]
    unsummed = notification(*some, has_summary=False)
    with pytest.raises(DataFault, match=r"formats\.camt054\.too_much"):
        camt054.render(file_of(unsummed))
    fewer = notification(*some[:9], has_summary=False)
    assert camt054.parse(camt054.render(file_of(fewer)), "x").net_ore == 9 * large


def test_a_zone_does_not_move_the_day() -> None:
    for zone in ("Z", "+01:00", "-05:00", ".123", ".123+01:00"):
        assert only(changed(ONE, ("19T12:00:00", f"19T23:59:59{zone}"))).accepted_on == date(2026, 11, 19)
    ((_, entry, _),) = camt054.parse(
        changed(ONE, ("<Dt>2026-11-20</Dt>", "<DtTm>2026-11-20T23:00:00Z</DtTm>")), "x"
    ).transactions()
    assert entry.booked_on == DAY


def test_iso_8859_1_and_prefixes_are_read() -> None:
    data = written(lump(payment(debtor_name="Åse Ødegård")))
    latin = data.replace(b"UTF-8", b"ISO-8859-1").decode().encode("iso-8859-1")
    assert only(latin).debtor_name == "Åse Ødegård"
    prefixed = data.replace(b"</", b"</c:").replace(b"<", b"<c:").replace(b"<c:/c:", b"</c:").replace(b"<c:?", b"<?")
    assert only(prefixed.replace(b"xmlns=", b"xmlns:c=")).debtor_name == "Åse Ødegård"


@pytest.mark.parametrize(
    ("entry", "element"),
    [
        (lump(payment(kid="000")), "kid"),
        (lump(payment(kid="12A")), "kid"),
        (lump(payment(text="two\nlines")), "text"),
        (lump(payment(code="")), "code"),
        (lump(payment(debtor_account="NO9386011117947")), "debtor_account"),
        (lump(payment(amount_ore=5), direction="DBIT"), "amount_ore"),
    ],
)
def test_what_would_not_read_as_it_was_given_is_not_written(entry: camt054.Entry, element: str) -> None:
    with pytest.raises(DataFault) as refusal:
        plain(entry)
    assert (refusal.value.code, refusal.value.facts["element"]) == ("formats.camt054.unwritable", element)
