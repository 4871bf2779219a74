"""Which elements a camt.054 has, in which order: the one table that reading, writing and messages are built on.

Every element that may stand within one that is read is named here, also those that are not read themselves. So a name
that the format does not have, one in the wrong place, and a second one where there may be one, are refused and not
overlooked. Source: ISO 20022, `BankToCustomerDebitCreditNotification`, camt.054.001.02 and .08.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal, NamedTuple, TypeAlias, get_args

Version: TypeAlias = Literal["001.02", "001.08"]
VERSIONS: tuple[Version, ...] = get_args(Version)
NAMESPACES: dict[Version, str] = {
    "001.02": "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02",
    "001.08": "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
}
VERSION_OF = {namespace: version for version, namespace in NAMESPACES.items()}
ROOT = "Document"
NOTIFICATIONS = "BkToCstmrDbtCdtNtfctn"

Children: TypeAlias = "dict[str, Node]"
"""Tag -> what may stand there. The tags carry the namespace."""


class Reading(Enum):
    """What is read of an element that is not gone into."""

    TEXT = "text"
    PRESENCE = "presence"
    NONE = "none"


class Node(NamedTuple):
    """An element that may stand within another one.

    `position` is its place in the order; `many`: it may stand there again and again. `children` is None for a text.
    """

    name: str
    position: int
    many: bool
    reading: Reading
    children: Children | None


Lines: TypeAlias = tuple[object, ...]
"""A table as it is written below: `Name` is a text that is read, `-Name` may hold anything and is not read, of `?Name`
only whether it is there; `Name*` may come again; (`Name`, ...) holds the others."""


def children_of(lines: Lines, namespace: str) -> Children:
    """The table of one element, from the notation of this module."""
    found: Children = {}
    for position, line in enumerate(lines):
        written, within = line if isinstance(line, tuple) else (line, None)
        name = written.strip("-?*")
        children = None if within is None else children_of(within, namespace)
        reading = Reading.NONE if written[0] == "-" else Reading.PRESENCE if written[0] == "?" else Reading.TEXT
        node = Node(name, position, written.endswith("*"), reading, children)
        found[f"{{{namespace}}}{name}"] = node
    return found


_CODE = ("Cd", "Prtry")
_ACCOUNT_ID = (("Id", ("IBAN", ("Othr", ("Id", "-SchmeNm", "-Issr")))),)
_ACCOUNT_02 = (*_ACCOUNT_ID, "-Tp", "-Ccy", "-Nm")
_ACCOUNT_08 = (*_ACCOUNT_02, "-Prxy")
_BANK_CODE = (
    "BkTxCd",
    (("Domn", ("Cd", ("Fmly", ("Cd", "SubFmlyCd")))), ("Prtry", ("Cd", "-Issr"))),
)
_DAY = ("Dt", "DtTm")
_PARTY = ("Nm", "-PstlAdr", "-Id", "-CtryOfRes", "-CtctDtls")
_REFERENCES_02 = (
    "-MsgId", "AcctSvcrRef", "-PmtInfId", "InstrId", "EndToEndId", "TxId", "-MndtId", "-ChqNb", "-ClrSysRef", "-Prtry",
)  # fmt: skip
_REFERENCES_08 = (
    "-MsgId", "AcctSvcrRef", "-PmtInfId", "InstrId", "EndToEndId", "-UETR", "TxId", "-MndtId", "-ChqNb", "-ClrSysRef",
    "-AcctOwnrTxId", "-AcctSvcrTxId", "-MktInfrstrctrTxId", "-PrcgId", "-Prtry*",
)  # fmt: skip
_AMOUNTS = (
    "AmtDtls",
    ("-InstdAmt", ("TxAmt", ("Amt", "-CcyXchg")), ("CntrValAmt", ("Amt", "-CcyXchg")), "-AnncdPstngAmt", "-PrtryAmt*"),
)
_CREDITOR_REFERENCE = ("CdtrRefInf", (("Tp", (("CdOrPrtry", _CODE), "-Issr")), "Ref"))
_AMOUNTS_02 = ("-DuePyblAmt", "-DscntApldAmt", "-CdtNoteAmt", "-TaxAmt", "-AdjstmntAmtAndRsn*", "RmtdAmt")
_AMOUNTS_08 = ("-DuePyblAmt", "-DscntApldAmt*", "-CdtNoteAmt", "-TaxAmt*", "-AdjstmntAmtAndRsn*", "RmtdAmt")
_STRUCTURED_02 = (
    "-RfrdDocInf*", ("RfrdDocAmt", _AMOUNTS_02), _CREDITOR_REFERENCE, "-Invcr", "-Invcee", "AddtlRmtInf*",
)  # fmt: skip
_STRUCTURED_08 = (
    "-RfrdDocInf*", ("RfrdDocAmt", _AMOUNTS_08), _CREDITOR_REFERENCE, "-Invcr", "-Invcee", "-TaxRmt", "-GrnshmtRmt",
    "AddtlRmtInf*",
)  # fmt: skip
_DATES = (
    "RltdDts",
    (
        "AccptncDtTm",
        "-TradActvtyCtrctlSttlmDt",
        "-TradDt",
        "-IntrBkSttlmDt",
        "-StartDt",
        "-EndDt",
        "-TxDtTm",
        "-Prtry*",
    ),
)


def _parties(debtor: Lines, account: Lines) -> Lines:
    return (
        "RltdPties",
        (
            "-InitgPty", ("Dbtr", debtor), ("DbtrAcct", account), "-UltmtDbtr", "-Cdtr", "-CdtrAcct", "-UltmtCdtr",
            "-TradgPty", "-Prtry*",
        ),
    )  # fmt: skip


_TRANSACTION: dict[Version, Lines] = {
    "001.02": (
        ("Refs", _REFERENCES_02), _AMOUNTS, "-Avlbty*", _BANK_CODE, "-Chrgs*", "-Intrst*",
        _parties(_PARTY, _ACCOUNT_02), "-RltdAgts", "-Purp", "-RltdRmtInf*",
        ("RmtInf", ("Ustrd*", ("Strd*", _STRUCTURED_02))), _DATES, "-RltdPric", "-RltdQties*", "-FinInstrmId", "-Tax",
        "?RtrInf", "-CorpActn", "-SfkpgAcct", "-AddtlTxInf",
    ),
    "001.08": (
        ("Refs", _REFERENCES_08), "Amt", "CdtDbtInd", _AMOUNTS, "-Avlbty*", _BANK_CODE, "-Chrgs", "-Intrst",
        _parties((("Pty", _PARTY), "-Agt"), _ACCOUNT_08), "-RltdAgts", "-LclInstrm", "-Purp", "-RltdRmtInf*",
        ("RmtInf", ("Ustrd*", ("Strd*", _STRUCTURED_08))), _DATES, "-RltdPric", "-RltdQties*", "-FinInstrmId", "-Tax",
        "?RtrInf", "-CorpActn", "-SfkpgAcct", "-CshDpst*", "-CardTx", "-AddtlTxInf", "-SplmtryData*",
    ),
}  # fmt: skip
_BATCH = ("Btch", ("-MsgId", "-PmtInfId", "NbOfTxs", "TtlAmt", "CdtDbtInd"))
_TOTAL = ("NbOfNtries", "Sum")
_NET: dict[Version, Lines] = {
    "001.02": ("TtlNetNtryAmt", "CdtDbtInd"),
    "001.08": (("TtlNetNtry", ("Amt", "CdtDbtInd")),),
}


def _entry(version: Version) -> Lines:
    status: object = "Sts" if version == "001.02" else ("Sts", _CODE)
    card = () if version == "001.02" else ("-CardTx",)
    details = ("NtryDtls*", (_BATCH, ("TxDtls*", _TRANSACTION[version])))
    many = "*" if version == "001.02" else ""
    return (
        "NtryRef", "Amt", "CdtDbtInd", "RvslInd", status, ("BookgDt", _DAY), ("ValDt", _DAY), "AcctSvcrRef", "-Avlbty*",
        _BANK_CODE, "-ComssnWvrInd", "-AddtlInfInd", "-AmtDtls", f"-Chrgs{many}", "-TechInptChanl", f"-Intrst{many}",
        *card, details, "-AddtlNtryInf",
    )  # fmt: skip


def _notification(version: Version) -> Lines:
    account = _ACCOUNT_02 if version == "001.02" else _ACCOUNT_08
    paging = () if version == "001.02" else (("NtfctnPgntn", ("PgNb", "LastPgInd")),)
    sequence = () if version == "001.02" else ("-RptgSeq",)
    summary = (
        "TxsSummry",
        (
            ("TtlNtries", (*_TOTAL, *_NET[version])), ("TtlCdtNtries", _TOTAL), ("TtlDbtNtries", _TOTAL),
            "-TtlNtriesPerBkTxCd*",
        ),
    )  # fmt: skip
    return (
        "Id", *paging, "-ElctrncSeqNb", *sequence, "-LglSeqNb", "CreDtTm", "-FrToDt", "CpyDplctInd", "-RptgSrc",
        ("Acct", (*account, "-Ownr", "-Svcr")), "-RltdAcct", "-Intrst*", summary, ("Ntry*", _entry(version)),
        "-AddtlNtfctnInf",
    )  # fmt: skip


def _header(version: Version) -> Lines:
    query = () if version == "001.02" else ("-OrgnlBizQry",)
    return ("MsgId", "CreDtTm", "-MsgRcpt", ("MsgPgntn", ("PgNb", "LastPgInd")), *query, "-AddtlInf")


def document(version: Version) -> Children:
    """What a whole document of one version holds, below its root."""
    rest = () if version == "001.02" else ("-SplmtryData*",)
    message = (("GrpHdr", _header(version)), ("Ntfctn*", _notification(version)), *rest)
    return children_of(((NOTIFICATIONS, message),), NAMESPACES[version])
