"""OCR giro: the bank's file of payments that carry a KID.

Fixed records of 80 columns, issued by Nets (now Mastercard Payment Services). Source: Nets, "System specification OCR
giro", 2010 and later. `parse` verifies a whole file before it yields anything, `render` writes one, `validate` only
verifies; docs/formats/ocr_giro.md tells the rules and why they are what they are.

>>> from datetime import date
>>> day = date(2026, 11, 20)
>>> payment = Transaction(
...     type="10", number=1, settlement_date=day, centre_id="13", day_code="20", partial_settlement_number="1",
...     serial_number="01464", sign="0", amount_ore=125_00, kid="123456782", card_issuer=None,
...     form_number="0000000000", reference="196368271", bank_date=date(2026, 11, 19), debit_account="86011117947")
>>> part = assignment(
...     agreement_id="001008566", number="0000001", account="99991042764", nets_date=day, transactions=(payment,))
>>> data = render([Transmission("00008080", "0170031", "00010200", day, (part,))])
>>> file = parse(data, "OCR.D201126")
>>> file.count, file.total_ore, [payment.kid for _, _, payment in file.payments()]
(1, 12500, ['123456782'])
"""

from kravbro.formats.ocr_giro.reading import parse, validate
from kravbro.formats.ocr_giro.records import (
    Assignment,
    OcrGiroFile,
    PaymentIdentity,
    Totals,
    Transaction,
    Transmission,
    assignment,
    identity,
)
from kravbro.formats.ocr_giro.writing import render

__all__ = [
    "Assignment",
    "OcrGiroFile",
    "PaymentIdentity",
    "Totals",
    "Transaction",
    "Transmission",
    "assignment",
    "identity",
    "parse",
    "render",
    "validate",
]
