"""camt.054 files that are wrong in one place each, with the fault to be found there and the element it names."""

from __future__ import annotations

from kravbro.formats import camt054
from tests.formats.camt054_files import file_of, lump, notification, payment, written

OWN_ACCOUNT = "<Othr><Id>99991042764</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr>"
MOMENT = "<DtTm>2026-11-20T10:00:00</DtTm>"


def plain(*entries: camt054.Entry, version: camt054.Version = "001.02") -> bytes:
    """A file of these entries without sums of them."""
    return camt054.render(file_of(notification(*entries, has_summary=False), version=version))


SECOND = payment(kid="0000018", amount_ore=1, bank_reference="00000000002")
ONE = plain(lump(payment()))
TWO = plain(lump(payment(), SECOND))
SUMMED = written(lump(payment(), SECOND))
IN_08 = plain(lump(payment(), SECOND), version="001.08")
SUMMED_08 = written(lump(payment(), SECOND), version="001.08")


def changed(data: bytes, *replacements: tuple[str, str]) -> bytes:
    """The file with the first of each text replaced; each must be there."""
    for before, after in replacements:
        assert before.encode() in data
        data = data.replace(before.encode(), after.encode(), 1)
    return data


FAULTS = {
    "another message": (changed(ONE, ("camt.054.001.02", "camt.053.001.02")), "namespace", ""),
    "another version": (changed(ONE, ("camt.054.001.02", "camt.054.001.03")), "namespace", ""),
    "no namespace": (b"<Document/>", "namespace", ""),
    "nothing in it": (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"/>', "missing", "Ntfctn"),
    "no header": (changed(ONE, ("<GrpHdr>", "<!--"), ("</GrpHdr>", "-->")), "missing", "GrpHdr"),
    "no account": (changed(ONE, ("<Acct>", "<!--"), ("</Acct>", "-->")), "missing", "Ntfctn[1]/Acct/Id/Othr/Id"),
    "account": (changed(ONE, ("<Id>99991042764", "<Id>99991042765")), "account", "Ntfctn[1]/Acct/Id/Othr/Id"),
    "IBAN": (
        changed(ONE, (OWN_ACCOUNT, "<IBAN>NO0099991042764</IBAN>")),
        "account",
        "Ntfctn[1]/Acct/Id/IBAN",
    ),
    "foreign IBAN": (
        changed(ONE, (OWN_ACCOUNT, "<IBAN>DE89370400440532013000</IBAN>")),
        "account",
        "Ntfctn[1]/Acct/Id/IBAN",
    ),
    "currency of the entry": (changed(ONE, ('<Amt Ccy="NOK">', '<Amt Ccy="EUR">')), "currency", "Ntry[1]/Amt"),
    "no currency": (changed(ONE, ('<Amt Ccy="NOK">', "<Amt>")), "currency", "Ntry[1]/Amt"),
    "currency of one of two": (
        changed(TWO, ('<TxAmt><Amt Ccy="NOK">', '<TxAmt><Amt Ccy="SEK">')),
        "currency",
        "TxDtls[1]",
    ),
    "three decimals": (changed(ONE, (">125.00<", ">125.000<")), "value", "Ntry[1]/Amt"),
    "comma": (changed(ONE, (">125.00<", ">125,00<")), "value", "Ntry[1]/Amt"),
    "minus": (changed(ONE, (">125.00<", ">-125.00<")), "value", "Ntry[1]/Amt"),
    "plus": (changed(ONE, (">125.00<", ">+125.00<")), "value", "Ntry[1]/Amt"),
    "exponent": (changed(ONE, (">125.00<", ">125e0<")), "value", "Ntry[1]/Amt"),
    "other digits": (changed(ONE, (">125.00<", ">१२५.00<")), "value", "Ntry[1]/Amt"),
    "no amount": (changed(ONE, ('<Amt Ccy="NOK">125.00</Amt><Cdt', "<Cdt")), "missing", "Ntry[1]/Amt"),
    "entry is not its transactions": (changed(TWO, (">125.01<", ">125.02<")), "control", "Ntry[1]/Amt"),
    "sum of the entry alone": (
        changed(ONE, ('<TxAmt><Amt Ccy="NOK">125.00', '<TxAmt><Amt Ccy="NOK">125.01')),
        "control",
        "Ntry[1]/Amt",
    ),
    "batch sum": (changed(TWO, ('<TtlAmt Ccy="NOK">125.01', '<TtlAmt Ccy="NOK">125.02')), "control", "Btch/TtlAmt"),
    "batch count": (changed(TWO, ("<NbOfTxs>2", "<NbOfTxs>3")), "control", "Btch/NbOfTxs"),
    "batch direction": (
        changed(TWO, ("</TtlAmt>", "</TtlAmt><CdtDbtInd>DBIT</CdtDbtInd>")),
        "direction",
        "Btch/CdtDbtInd",
    ),
    "summary count": (changed(SUMMED, ("<NbOfNtries>1", "<NbOfNtries>2")), "control", "TtlNtries/NbOfNtries"),
    "summary sum": (changed(SUMMED, ("<Sum>125.01", "<Sum>125.02")), "control", "TtlNtries/Sum"),
    "summary of credits": (
        changed(SUMMED, ("</TtlNtries><TtlCdtNtries><NbOfNtries>1", "</TtlNtries><TtlCdtNtries><NbOfNtries>2")),
        "control",
        "TtlCdtNtries/NbOfNtries",
    ),
    "net": (changed(SUMMED, ("<TtlNetNtryAmt>125.01", "<TtlNetNtryAmt>125.02")), "control", "TtlNetNtryAmt"),
    "net direction": (changed(SUMMED, ("<CdtDbtInd>CRDT", "<CdtDbtInd>DBIT")), "control", "TtlNtries/CdtDbtInd"),
    "two amounts that differ": (
        changed(
            IN_08,
            (
                "</CdtDbtInd><RltdPties>",
                '</CdtDbtInd><AmtDtls><TxAmt><Amt Ccy="NOK">1</Amt></TxAmt></AmtDtls><RltdPties>',
            ),
        ),
        "control",
        "TxDtls[1]/AmtDtls/TxAmt/Amt",
    ),
    "direction": (
        changed(ONE, ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>crdt</CdtDbtInd><Sts>")),
        "value",
        "Ntry[1]/CdtDbtInd",
    ),
    "direction of a transaction": (
        changed(
            IN_08, ("</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties>", "</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties>")
        ),
        "direction",
        "TxDtls[1]/CdtDbtInd",
    ),
    "status": (changed(ONE, ("<Sts>BOOK", "<Sts>DONE")), "value", "Ntry[1]/Sts"),
    "status of 02 in 08": (changed(IN_08, ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")), "text", "Ntry[1]/Sts"),
    "status of its own": (changed(IN_08, ("<Cd>BOOK</Cd>", "<Prtry>X</Prtry>")), "missing", "Ntry[1]/Sts/Cd"),
    "reversal": (changed(ONE, ("<Sts>", "<RvslInd>yes</RvslInd><Sts>")), "value", "Ntry[1]/RvslInd"),
    "booked without a day": (
        changed(ONE, ("<BookgDt><Dt>2026-11-20</Dt></BookgDt>", "")),
        "missing",
        "Ntry[1]/BookgDt",
    ),
    "day": (changed(ONE, ("<Dt>2026-11-20", "<Dt>2026-11-31")), "value", "Ntry[1]/BookgDt/Dt"),
    "day in another notation": (changed(ONE, ("<Dt>2026-11-20", "<Dt>20261120")), "value", "Ntry[1]/BookgDt/Dt"),
    "hour": (changed(ONE, ("19T12:00", "19T24:00")), "value", "TxDtls[1]/RltdDts/AccptncDtTm"),
    "booked next month": (changed(ONE, ("<Dt>2026-11-20", "<Dt>2026-11-28")), "date", "Ntry[1]/BookgDt"),
    "value of another decade": (changed(ONE, ("<ValDt><Dt>2026", "<ValDt><Dt>2016")), "date", "Ntry[1]/ValDt"),
    "accepted after it was booked": (changed(ONE, ("19T12", "21T12")), "date", "TxDtls[1]/RltdDts/AccptncDtTm"),
    "accepted years ago": (changed(ONE, ("2026-11-19T", "2024-11-19T")), "date", "TxDtls[1]/RltdDts/AccptncDtTm"),
    "the second was accepted late": (
        changed(TWO, ("19T12:00:00", "18T12:00:00"), ("19T12:00:00", "21T12:00:00")),
        "date",
        "TxDtls[2]/RltdDts/AccptncDtTm",
    ),
    "long reference": (
        changed(ONE, ("<EndToEndId>E-1", "<EndToEndId>" + "E" * 36)),
        "value",
        "TxDtls[1]/Refs/EndToEndId",
    ),
    "long name": (changed(ONE, ("<Nm>", "<Nm>" + "K" * 140)), "value", "TxDtls[1]/RltdPties/Dbtr/Nm"),
    "unknown element": (changed(ONE, ("<Refs>", "<Refs><Kid>1</Kid>")), "element", "TxDtls[1]/Refs/Kid"),
    "element of another namespace": (
        changed(ONE, ("<Refs>", '<Refs><TxId xmlns="urn:x">1</TxId>')),
        "element",
        "TxDtls[1]/Refs/TxId",
    ),
    "element in the wrong place": (
        changed(
            ONE, ("<AcctSvcrRef>LUMP-1</AcctSvcrRef>", ""), ("<NtryRef>", "<AcctSvcrRef>LUMP-1</AcctSvcrRef><NtryRef>")
        ),
        "element",
        "Ntry[1]/NtryRef",
    ),
    "element twice": (changed(ONE, ("<Sts>BOOK</Sts>", "<Sts>BOOK</Sts><Sts>BOOK</Sts>")), "element", "Ntry[1]/Sts"),
    "element within a text": (changed(ONE, ("<Ref>1234", "<Ref>12<b/>34")), "element", "Ref/b"),
    "text between elements": (changed(ONE, ("<Refs>", "125<Refs>")), "text", "TxDtls[1]"),
    "text after a transaction": (changed(TWO, ("</TxDtls>", "</TxDtls>125")), "text", ""),
    "text after an entry": (changed(ONE, ("</Ntry>", "</Ntry>125")), "text", ""),
    "transaction outside an entry": (changed(ONE, ("</Ntry>", "</Ntry><TxDtls/>")), "element", ""),
    "entry outside a notification": (changed(ONE, ("</Ntfctn>", "</Ntfctn><Ntry/>")), "element", ""),
    "two days": (changed(ONE, ("<BookgDt><Dt>", f"<BookgDt>{MOMENT}<Dt>")), "element", "Ntry[1]/BookgDt/Dt"),
    "a day and a moment": (
        changed(ONE, ("20</Dt></BookgDt>", f"20</Dt>{MOMENT}</BookgDt>")),
        "element",
        "Ntry[1]/BookgDt/DtTm",
    ),
    "details without transactions": (
        changed(TWO, ("</NtryDtls>", "</NtryDtls><NtryDtls><Btch><NbOfTxs>0</NbOfTxs></Btch></NtryDtls>")),
        "missing",
        "NtryDtls[2]/TxDtls",
    ),
    "a batch of which nothing is told": (
        changed(
            written(lump(camt054.Transaction(amount_ore=5, code="1"), code="1")),
            ("</BkTxCd>", "</BkTxCd><NtryDtls><Btch><NbOfTxs>500</NbOfTxs></Btch></NtryDtls>"),
        ),
        "control",
        "NtryDtls/Btch/NbOfTxs",
    ),
    "head after the transactions": (
        changed(TWO, ("</NtryDtls>", "</NtryDtls><NtryRef>2</NtryRef>")),
        "element",
        "Ntry[1]/NtryRef",
    ),
    "head of the notification after its entries": (
        changed(ONE, ("</Ntry>", "</Ntry><Acct><Id><IBAN>NO9386011117947</IBAN></Id></Acct>")),
        "element",
        "Ntfctn[1]/Acct",
    ),
    "second header": (
        changed(ONE, ("</GrpHdr>", "</GrpHdr><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-20T18:00:00</CreDtTm></GrpHdr>")),
        "element",
        "GrpHdr",
    ),
    "only some were returned": (
        written(lump(payment(amount_ore=-1, is_returned=True))).replace(
            b"</TxDtls>", b'</TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy="NOK">0.00</Amt></TxAmt></AmtDtls></TxDtls>'
        ),
        "mixed",
        "NtryDtls",
    ),
    "an amount of more digits than any": (changed(ONE, (">125.00<", ">90000000000000000.00<")), "value", "Ntry[1]/Amt"),
    "cut": (ONE[:-40], "", ""),
    "a document type": (b"<!DOCTYPE Document>" + ONE.partition(b"\n")[2], "", ""),
}
