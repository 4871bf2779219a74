"""What every field of a pain.001 message may hold: the one table that writing and messages are built on.

Sources: ISO 20022, pain.001.001.03 and .09 (lengths); the character set of references is the one that all banks take
("SWIFT x", without a slash at either end or two in a row). See docs/formats/pain001.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import bank_account, kid
from kravbro.formats.pain001.records import VERSIONS, Message, Payment, Transfer

FILE = "render"
"""What faults call the file that is being written."""

LARGEST_ORE = 10**18 - 1
"""18 digits in all are what the format has for an amount or a control sum."""

_REFERENCE = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<!/)")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


class Rule(NamedTuple):
    """One field of one record: where it is, what it must be, what it is, and whether it is that."""

    field: str
    expected: str
    found: str
    holds: bool


def refuse_unwritable(message: Message) -> None:
    """Raise DataFault `formats.pain001.unwritable` for the first value that the format cannot hold, or no bank takes.

    Ids must differ: those of payments, and the end-to-end ids of the whole message.
    """
    for rule in _of_message(message):
        if not rule.holds:
            raise DataFault(
                "formats.pain001.unwritable", file=FILE, field=rule.field, expected=rule.expected, found=rule.found
            )


def _of_message(message: Message) -> Iterator[Rule]:
    yield Rule("version", ", ".join(VERSIONS), message.version, message.version in VERSIONS)
    yield _reference("MsgId", message.id)
    yield Rule("CreDtTm", "whole seconds", message.created_at.isoformat(), message.created_at.microsecond == 0)
    yield _text("InitgPty/Nm", message.initiator_name, 70)
    yield _reference("InitgPty/Id/OrgId/Othr/Id", message.initiator_id)
    yield Rule("PmtInf", ">= 1", str(len(message.payments)), bool(message.payments))
    yield _different("PmtInfId", (payment.id for payment in message.payments))
    for payment in message.payments:
        yield from _of_payment(payment)
    transfers = [transfer for payment in message.payments for transfer in payment.transfers]
    yield _different("EndToEndId", (transfer.end_to_end_id for transfer in transfers))
    yield Rule("CtrlSum", f"<= {LARGEST_ORE}", str(message.total_ore), message.total_ore <= LARGEST_ORE)


def _of_payment(payment: Payment) -> Iterator[Rule]:
    yield _reference("PmtInfId", payment.id)
    yield _text("Dbtr/Nm", payment.debtor_name, 70)
    yield _account("DbtrAcct", payment.debtor_account)
    yield Rule("DbtrAgt/FinInstnId/BIC", "AAAABBCC[DDD]", payment.debtor_bic, bool(_BIC.fullmatch(payment.debtor_bic)))
    yield Rule("CdtTrfTxInf", ">= 1", str(len(payment.transfers)), bool(payment.transfers))
    for transfer in payment.transfers:
        yield from _of_transfer(transfer)


def _of_transfer(transfer: Transfer) -> Iterator[Rule]:
    yield _reference("EndToEndId", transfer.end_to_end_id)
    yield _text("Cdtr/Nm", transfer.creditor_name, 70)
    yield _account("CdtrAcct", transfer.creditor_account)
    yield Rule("InstdAmt", "> 0", str(transfer.amount_ore), transfer.amount_ore > 0)
    if transfer.text is not None:
        yield Rule("RmtInf/Strd", "-", transfer.kid or "", transfer.kid is None)
        yield _text("RmtInf/Ustrd", transfer.text, 140)
    else:
        number = transfer.kid or ""
        fits = any(kid.is_valid(number, method) for method in kid.METHODS) and number == kid.compact(number)
        yield Rule("RmtInf/Strd/CdtrRefInf/Ref", "KID (MOD10, MOD11)", number, fits)


def _reference(field: str, value: str) -> Rule:
    return Rule(field, "A-Z a-z 0-9 / - ? : ( ) . , ' + (1-35)", value, _is_reference(value))


def _is_reference(value: str) -> bool:
    return bool(_REFERENCE.fullmatch(value)) and value == value.strip()


def _text(field: str, value: str, longest: int) -> Rule:
    holds = 1 <= len(value) <= longest and value.isprintable() and value == value.strip()
    return Rule(field, f"1-{longest}", value, holds)


def _account(field: str, value: str) -> Rule:
    return Rule(field, "0-9 (11)", value, bank_account.is_valid(value) and value == bank_account.compact(value))


def _different(field: str, values: Iterable[str]) -> Rule:
    twice = next((value for value, times in Counter(values).items() if times > 1), None)
    return Rule(field, "1 x", twice or "", twice is None)
