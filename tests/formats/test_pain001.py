"""Writing and reading pain.001: what is written is what the schema allows, and nothing else is read."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sepaxml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kravbro.core.errors import DataFault
from kravbro.formats import pain001
from kravbro.texts.sentences import LANGUAGES, explain
from tests.formats.pain001_files import message, messages, payment, transfer

SCHEMAS = Path(sepaxml.__file__).parent / "schemas"
TWO = pain001.render(message(payment(transfer(), transfer(end_to_end_id="REFUND-2", kid="123456782", text=None))))


@cache
def schema(version: str) -> etree.XMLSchema:
    """The schema of ISO 20022, as another package ships it."""
    return etree.XMLSchema(etree.parse(SCHEMAS / f"pain.001.{version}.xsd"))


def refused(data: bytes) -> DataFault:
    with pytest.raises(DataFault) as refusal:
        pain001.parse(data, "refunds.xml")
    for language in LANGUAGES:
        assert "refunds.xml" in explain(refusal.value, language) or "render" in explain(refusal.value, language)
    return refusal.value


@settings(max_examples=60, deadline=None)
@given(messages())
def test_what_is_written_is_read_and_the_schema_allows_it(given_message: pain001.Message) -> None:
    data = pain001.render(given_message)
    assert pain001.parse(data, "again") == given_message
    assert pain001.render(pain001.parse(data, "again")) == data
    schema(given_message.version).assertValid(etree.fromstring(data))


def test_control_sums_are_those_of_the_transfers() -> None:
    big = message(
        payment(transfer(amount_ore=10_01), transfer(end_to_end_id="B", amount_ore=5)),
        payment(transfer(end_to_end_id="C", amount_ore=10**17), id="SECOND"),
    )
    text = pain001.render(big).decode()
    assert re.findall(r"<NbOfTxs>(.*)</NbOfTxs>", text) == ["3", "2", "1"]
    assert re.findall(r"<CtrlSum>(.*)</CtrlSum>", text) == ["1000000000000010.06", "10.06", "1000000000000000.00"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end_to_end_id": ""}, "EndToEndId"),
        ({"end_to_end_id": "a//b"}, "EndToEndId"),
        ({"end_to_end_id": "/a"}, "EndToEndId"),
        ({"end_to_end_id": "a\n"}, "EndToEndId"),
        ({"end_to_end_id": "Ø"}, "EndToEndId"),
        ({"end_to_end_id": "x" * 36}, "EndToEndId"),
        ({"creditor_name": ""}, "Cdtr/Nm"),
        ({"creditor_name": "x" * 71}, "Cdtr/Nm"),
        ({"creditor_name": "a\x1b[2J"}, "Cdtr/Nm"),
        ({"creditor_name": "\ud800"}, "Cdtr/Nm"),
        ({"creditor_account": "86011117948"}, "CdtrAcct"),
        ({"creditor_account": "8601 11 17947"}, "CdtrAcct"),
        ({"amount_ore": 0}, "InstdAmt"),
        ({"amount_ore": -1}, "InstdAmt"),
        ({"amount_ore": 10**18}, "CtrlSum"),
        ({"text": None}, "RmtInf/Strd/CdtrRefInf/Ref"),
        ({"text": ""}, "RmtInf/Ustrd"),
        ({"text": "x" * 141}, "RmtInf/Ustrd"),
        ({"kid": "123456782"}, "RmtInf/Strd"),
        ({"kid": "123456781", "text": None}, "RmtInf/Strd/CdtrRefInf/Ref"),
    ],
)
def test_what_no_bank_takes_is_not_written(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DataFault) as refusal:
        pain001.render(message(payment(transfer(**changes))))
    assert (refusal.value.code, refusal.value.facts["field"]) == ("formats.pain001.unwritable", field)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (message(payment(debtor_bic="DNB")), "DbtrAgt/FinInstnId/BIC"),
        (message(payment(debtor_account="1")), "DbtrAcct"),
        (message(payment(transfer(), transfer())), "EndToEndId"),
        (message(payment(), payment(transfer(end_to_end_id="B"))), "PmtInfId"),
        (message(payment(), payment(id="OTHER")), "EndToEndId"),
        (msgspec.structs.replace(message(), payments=()), "PmtInf"),
        (message(msgspec.structs.replace(payment(), transfers=())), "CdtTrfTxInf"),
        (message(version="001.02"), "version"),
        (message(created_at=datetime(2026, 1, 1, 0, 0, 0, 1)), "CreDtTm"),  # noqa: DTZ001 - banks write local time
    ],
)
def test_messages_that_no_bank_takes_are_not_written(changed: pain001.Message, field: str) -> None:
    with pytest.raises(DataFault) as refusal:
        pain001.render(changed)
    assert refusal.value.facts["field"] == field


@pytest.mark.parametrize(
    ("before", "after", "code", "field"),
    [
        (b"<NbOfTxs>2<", b"<NbOfTxs>3<", "differs", "NbOfTxs"),
        (b"<CtrlSum>500.00<", b"<CtrlSum>500.01<", "differs", "CtrlSum"),
        (b"250.00<", b"250.0<", "differs", "InstdAmt"),
        (b"250.00<", b"<", "value", "InstdAmt"),
        (b'Ccy="NOK"', b'Ccy="EUR"', "differs", "InstdAmt"),
        (b"<Cd>NURG</Cd>", b"<Cd>URGP</Cd>", "differs", "Cd"),
        (b"<Ustrd>", b"<Ustrd>a</Ustrd><Ustrd>", "differs", "Ustrd"),
        (b"<PmtMtd>TRF</PmtMtd>", b"", "differs", "NbOfTxs"),
        (b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>TRF</PmtMtd>x", "differs", "PmtMtd"),
        (b"2026-11-24", b"2026-11-31", "value", "ReqdExctnDt"),
        (b"2026-11-23T10", b"2026-11-23T25", "value", "CreDtTm"),
        (b"2026-11-23T10", b"20261123T10", "differs", "CreDtTm"),
        (b"<Nm>Kari Nordmann</Nm>", b"<Nm/>", "unwritable", "Cdtr/Nm"),
    ],
)
def test_what_was_changed_is_refused(before: bytes, after: bytes, code: str, field: str) -> None:
    assert before in TWO
    fault = refused(TWO.replace(before, after, 1))
    assert (fault.code, fault.facts["field"]) == (f"formats.pain001.{code}", field)


def canonical(data: bytes) -> bytes:
    """The elements of a document, without comments, instructions and blanks around elements."""
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, remove_pis=True)
    return etree.tostring(etree.fromstring(data, parser), method="c14n")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TWO) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_read_as_what_it_then_says(place: int, flip: int) -> None:
    changed = TWO[:place] + bytes([TWO[place] ^ flip]) + TWO[place + 1 :]
    try:
        read = pain001.parse(changed, "changed")
    except DataFault:
        return
    assert canonical(changed) == canonical(pain001.render(read))


@pytest.mark.parametrize(
    "data", [b"<Document/>", b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.02'/>"]
)
def test_another_document_is_named(data: bytes) -> None:
    assert refused(data).code == "formats.pain001.namespace"


def test_whitespace_between_elements_means_nothing() -> None:
    flat = re.sub(rb">\s+<", b"><", TWO)
    assert pain001.parse(flat, "flat") == pain001.parse(TWO, "two")
