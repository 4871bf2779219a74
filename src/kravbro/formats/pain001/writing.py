"""Write a pain.001 message: the same records give the same bytes, always.

What differs between 001.03 and 001.09 is the namespace, the name of the BIC, and that the requested day has an element
of its own around it.
"""

from __future__ import annotations

from lxml import etree

from kravbro.core.money import plain_kroner
from kravbro.formats.pain001.records import Message, Payment, Transfer, Version
from kravbro.formats.pain001.rules import refuse_unwritable

NAMESPACES: dict[Version, str] = {
    "001.03": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03",
    "001.09": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
}
ROOT = "Document"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_BIC: dict[Version, str] = {"001.03": "BIC", "001.09": "BICFI"}


def render(message: Message) -> bytes:
    """The message as the bank takes it, with counts and control sums counted here.

    Raises DataFault `formats.pain001.unwritable` for the first value that a rule of docs/formats/pain001.md refuses.
    """
    refuse_unwritable(message)
    return DECLARATION + etree.tostring(document(message), encoding="UTF-8", xml_declaration=False, pretty_print=True)


def document(message: Message) -> etree._Element:
    """The message as a tree; its values are not looked at."""
    namespace = NAMESPACES[message.version]
    root = etree.Element(f"{{{namespace}}}{ROOT}", nsmap={None: namespace})
    initiation = _under(root, "CstmrCdtTrfInitn")
    header = _under(initiation, "GrpHdr")
    _under(header, "MsgId", text=message.id)
    _under(header, "CreDtTm", text=message.created_at.isoformat())
    _sums(header, message.count, message.total_ore)
    initiator = _under(header, "InitgPty")
    _under(initiator, "Nm", text=message.initiator_name)
    other = _under(initiator, "Id", "OrgId", "Othr")
    _under(other, "Id", text=message.initiator_id)
    _under(other, "SchmeNm", "Cd", text="CUST")
    for payment in message.payments:
        _payment(_under(initiation, "PmtInf"), payment, message.version)
    return root


def _payment(part: etree._Element, payment: Payment, version: Version) -> None:
    _under(part, "PmtInfId", text=payment.id)
    _under(part, "PmtMtd", text="TRF")
    _sums(part, len(payment.transfers), payment.total_ore)
    kind = _under(part, "PmtTpInf")
    _under(kind, "SvcLvl", "Cd", text="NURG")
    _under(kind, "CtgyPurp", "Cd", text="SUPP")
    day = ("ReqdExctnDt",) if version == "001.03" else ("ReqdExctnDt", "Dt")
    _under(part, *day, text=payment.requested_on.isoformat())
    _under(part, "Dbtr", "Nm", text=payment.debtor_name)
    account = _under(part, "DbtrAcct")
    _account(account, payment.debtor_account)
    _under(account, "Ccy", text="NOK")
    _under(part, "DbtrAgt", "FinInstnId", _BIC[version], text=payment.debtor_bic)
    for transfer in payment.transfers:
        _transfer(_under(part, "CdtTrfTxInf"), transfer)


def _transfer(part: etree._Element, transfer: Transfer) -> None:
    _under(part, "PmtId", "EndToEndId", text=transfer.end_to_end_id)
    _under(part, "Amt", "InstdAmt", text=plain_kroner(transfer.amount_ore)).set("Ccy", "NOK")
    _under(part, "Cdtr", "Nm", text=transfer.creditor_name)
    _account(_under(part, "CdtrAcct"), transfer.creditor_account)
    if transfer.kid is None:
        _under(part, "RmtInf", "Ustrd", text=transfer.text)
        return
    reference = _under(part, "RmtInf", "Strd", "CdtrRefInf")
    _under(reference, "Tp", "CdOrPrtry", "Cd", text="SCOR")
    _under(reference, "Ref", text=transfer.kid)


def _sums(part: etree._Element, count: int, total_ore: int) -> None:
    _under(part, "NbOfTxs", text=str(count))
    _under(part, "CtrlSum", text=plain_kroner(total_ore))


def _account(part: etree._Element, number: str) -> None:
    other = _under(part, "Id", "Othr")
    _under(other, "Id", text=number)
    _under(other, "SchmeNm", "Cd", text="BBAN")


def _under(parent: etree._Element, *names: str, text: str | None = None) -> etree._Element:
    """A new element, each name within the one before it; the last holds the text. Answers the last."""
    namespace = parent.nsmap[None]
    element = parent
    for name in names:
        element = etree.SubElement(element, f"{{{namespace}}}{name}")
    element.text = text
    return element
