"""pain.001: credit transfers for the bank to carry out (`CustomerCreditTransferInitiation`, 001.03 and 001.09).

What goes out of an account, such as money that was paid twice: in NOK, between Norwegian accounts, with a KID or a
text to the receiver. `render` writes a message, `parse` reads one that `render` wrote and refuses every other,
`validate` only checks. Source: ISO 20022, pain.001.001.03 and .09; docs/formats/pain001.md tells the rules.

>>> from datetime import date, datetime
>>> refund = Transfer(
...     end_to_end_id="REFUND-0000017", creditor_name="Kari Nordmann", creditor_account="86011117947",
...     amount_ore=250_00, text="Overpaid on case 1-000017")
>>> to_a_company = Transfer(
...     end_to_end_id="REFUND-0000018", creditor_name="Fjord AS", creditor_account="99991042764",
...     amount_ore=99_50, kid="123456782")
>>> orders = Payment(
...     id="REFUNDS-20261123", debtor_name="Lilleby kommune", debtor_account="12345678903", debtor_bic="DNBANOKK",
...     requested_on=date(2026, 11, 24), transfers=(refund, to_a_company))
>>> message = Message(
...     id="KRAVBRO-000001", created_at=datetime(2026, 11, 23, 10, 0, 0), initiator_name="Lilleby kommune",
...     initiator_id="974760673", payments=(orders,))
>>> data = render(message)
>>> parse(data, "refunds.xml") == message, message.count, message.total_ore
(True, 2, 34950)
"""

from kravbro.formats.pain001.reading import parse, validate
from kravbro.formats.pain001.records import DEFAULT_VERSION, VERSIONS, Message, Payment, Transfer, Version
from kravbro.formats.pain001.writing import render

__all__ = ["DEFAULT_VERSION", "VERSIONS", "Message", "Payment", "Transfer", "Version", "parse", "render", "validate"]
