"""Write a camt.054 from its records: for tests, demonstrations, and systems that stand in for the bank."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from xml.sax.saxutils import escape

from msgspec import structs

from kravbro.core.errors import DataFault
from kravbro.core.money import plain_kroner
from kravbro.formats.camt054.converting import without_details
from kravbro.formats.camt054.layout import NAMESPACES, NOTIFICATIONS, ROOT, Version
from kravbro.formats.camt054.reading import parse
from kravbro.formats.camt054.records import Camt054File, Entry, Notification, Transaction
from kravbro.formats.camt054.summary import Tally
from kravbro.formats.camt054.values import LONGEST_TEXT

_FILE = "render"
"""What faults call the file that is being written."""


def render(file: Camt054File) -> bytes:
    """The file that `parse` reads as exactly these records, in the version that they name.

    Numbers and sums of transactions, and those of entries where `has_summary`, are counted here. Raises DataFault:
    `formats.camt054.unwritable` for a record that would read otherwise, and what `parse` raises for records that break
    a rule of the format together.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{ROOT} xmlns="{NAMESPACES[file.version]}"><{NOTIFICATIONS}>',
        _in("GrpHdr", _text("MsgId", file.message_id) + _text("CreDtTm", file.created_at.isoformat())),
        *(line for one in file.notifications for line in _notification(one, file)),
        f"</{NOTIFICATIONS}></{ROOT}>",
        "",
    ]
    data = "\n".join(lines).encode()
    _compare(file, structs.replace(parse(data, _FILE), name=file.name))
    return data


def _notification(one: Notification, file: Camt054File) -> Iterator[str]:
    created = _text("CreDtTm", file.created_at.isoformat())
    paging = ""
    if one.page:
        paging = _in("NtfctnPgntn", _text("PgNb", one.page) + _text("LastPgInd", "false"))
    yield "<Ntfctn>" + _text("Id", one.id) + paging + created + _text("CpyDplctInd", one.copy)
    yield _in("Acct", _account(one.account))
    if one.has_summary:
        yield _summary(one, file.version)
    for entry in one.entries:
        yield from _entry(entry, file.version)
    yield "</Ntfctn>"


def _summary(one: Notification, version: Version) -> str:
    tally = Tally()
    for entry in one.entries:
        tally.add(entry)
    net_ore = tally.credits_ore - tally.debits_ore
    direction = _text("CdtDbtInd", "CRDT" if net_ore >= 0 else "DBIT")
    if version == "001.02":
        net = _text("TtlNetNtryAmt", plain_kroner(abs(net_ore))) + direction
    else:
        net = _in("TtlNetNtry", _text("Amt", plain_kroner(abs(net_ore))) + direction)
    everything = _sum(tally.credits + tally.debits, tally.credits_ore + tally.debits_ore)
    return _in(
        "TxsSummry",
        _in("TtlNtries", everything + net)
        + _in("TtlCdtNtries", _sum(tally.credits, tally.credits_ore))
        + _in("TtlDbtNtries", _sum(tally.debits, tally.debits_ore)),
    )


def _sum(count: int, sum_ore: int) -> str:
    return _text("NbOfNtries", str(count)) + _text("Sum", plain_kroner(sum_ore))


def _entry(entry: Entry, version: Version) -> Iterator[str]:
    booked = "" if entry.booked_on is None else _in("BookgDt", _text("Dt", str(entry.booked_on)))
    value = "" if entry.value_on is None else _in("ValDt", _text("Dt", str(entry.value_on)))
    yield (
        "<Ntry>"
        + _text("NtryRef", entry.reference)
        + _amount("Amt", entry.amount_ore)
        + _text("CdtDbtInd", entry.direction)
        + ("<RvslInd>true</RvslInd>" if entry.is_reversal else "")
        + (_text("Sts", entry.status) if version == "001.02" else _in("Sts", _text("Cd", entry.status)))
        + booked
        + value
        + _text("AcctSvcrRef", entry.bank_reference)
        + _bank_code(entry.code)
    )
    if list(entry.transactions) != [without_details(entry)]:
        yield "<NtryDtls>"
        if len(entry.transactions) > 1:
            total_ore = sum(one.amount_ore for one in entry.transactions)
            yield _in("Btch", _text("NbOfTxs", str(len(entry.transactions))) + _amount("TtlAmt", total_ore))
        for one in entry.transactions:
            yield _transaction(one, entry, version)
        yield "</NtryDtls>"
    yield "</Ntry>"


def _transaction(one: Transaction, entry: Entry, version: Version) -> str:
    references = (
        _text("AcctSvcrRef", one.bank_reference)
        + _text("InstrId", one.instruction_id)
        + _text("EndToEndId", one.end_to_end_id)
        + _text("TxId", one.transaction_id)
    )
    if version == "001.02":
        amount = _in("AmtDtls", _in("TxAmt", _amount("Amt", one.amount_ore)))
        debtor = _in("Dbtr", _text("Nm", one.debtor_name))
    else:
        amount = _amount("Amt", one.amount_ore) + _text("CdtDbtInd", entry.direction)
        debtor = _in("Dbtr", _in("Pty", _text("Nm", one.debtor_name)))
    account = _in("DbtrAcct", _account(one.debtor_account)) if one.debtor_account else ""
    accepted = "" if one.accepted_on is None else _text("AccptncDtTm", f"{one.accepted_on}T12:00:00")
    return _in(
        "TxDtls",
        _in("Refs", references)
        + amount
        + (_bank_code(one.code) if one.code != entry.code else "")
        + _in("RltdPties", debtor + account)
        + _in("RmtInf", _remittance(one))
        + _in("RltdDts", accepted)
        + (_in("RtrInf", _in("Rsn", _text("Cd", "AC04"))) if one.is_returned else ""),
    )


def _remittance(one: Transaction) -> str:
    lines = textwrap.wrap(one.text, LONGEST_TEXT, break_on_hyphens=False) if one.text else []
    kids: list[tuple[str, int | None]] = [(part.kid, part.amount_ore) for part in one.parts]
    if one.kid:
        kids.append((one.kid, None))
    return "".join(_text("Ustrd", line) for line in lines) + "".join(
        _in(
            "Strd",
            ("" if amount_ore is None else _in("RfrdDocAmt", _amount("RmtdAmt", amount_ore)))
            + _in("CdtrRefInf", _in("Tp", _in("CdOrPrtry", _text("Cd", "SCOR"))) + _text("Ref", kid)),
        )
        for kid, amount_ore in kids
    )


def _account(account: str) -> str:
    """An account as somebody in Norway writes it, or as an IBAN."""
    if account[:2].isalpha():
        return _in("Id", _text("IBAN", account))
    return _in("Id", _in("Othr", _text("Id", account) + _in("SchmeNm", _text("Cd", "BBAN"))))


def _bank_code(code: str) -> str:
    if code.count("/") == 2:
        domain, family, sub_family = code.split("/")
        in_family = _in("Fmly", _text("Cd", family) + _text("SubFmlyCd", sub_family))
        return _in("BkTxCd", _in("Domn", _text("Cd", domain) + in_family))
    return _in("BkTxCd", _in("Prtry", _text("Cd", code)))


def _amount(name: str, amount_ore: int) -> str:
    return f'<{name} Ccy="NOK">{plain_kroner(abs(amount_ore))}</{name}>'


def _text(name: str, text: str) -> str:
    """An element with a text; nothing if there is none."""
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _in(name: str, content: str) -> str:
    """An element around others; nothing if there are none."""
    return f"<{name}>{content}</{name}>" if content else ""


def _compare(given: Camt054File, read: Camt054File) -> None:
    """Raise DataFault for the first record that would read otherwise than it was given."""
    if given == read:
        return
    pairs = [(given, read), *zip(given.notifications, read.notifications, strict=False)]
    pairs += zip((entry for _, entry in given.entries()), (entry for _, entry in read.entries()), strict=False)
    pairs += zip((one for *_, one in given.transactions()), (one for *_, one in read.transactions()), strict=False)
    for ours, theirs in reversed(pairs):
        for field in ours.__struct_fields__:
            expected, found = getattr(theirs, field), getattr(ours, field)
            if expected != found:
                raise DataFault(
                    "formats.camt054.unwritable", file=_FILE, element=field, expected=str(expected), found=str(found)
                )
