"""The web service's contract: the schema and our records say the same, and nothing that is not right comes through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import zeep
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kravbro.core.claims import ClaimState, LetterKind, Outcome, Parts, TransactionKind
from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.core.parties import Party, PartyKind
from kravbro.core.vouchers import Fate
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso import records
from kravbro.formats.wsinkasso.description import XS, description, schema_bytes
from kravbro.formats.wsinkasso.envelopes import DEEPEST, ENVELOPE, LARGEST, Contract, answer, fault
from kravbro.formats.wsinkasso.faults import told
from kravbro.formats.wsinkasso.fields import NAMESPACE, Kind, Record, as_name, content_of, element
from tests.formats.wsinkasso_messages import ADDRESS, ANSWERS, CALLS, CONTRACT, RECORDS, VOUCHERS, call, read_answer

SCHEMA = etree.fromstring(schema_bytes())
SOUND = call("LeverBilag", CALLS["LeverBilag"])


def records_in(tops: tuple[Record[Any], ...]) -> Iterator[Record[Any]]:
    """These records and all that stand in them."""
    for one in tops:
        yield one
        yield from records_in(tuple(its.kind.inner for its in one.fields if its.kind.inner is not None))


def declared(name: str) -> list[tuple[str, str, bool, bool]]:
    """The elements that the schema declares in a type or an element: name, type, optional, and whether many."""
    (found,) = SCHEMA.xpath(f"*[@name='{name}']/descendant-or-self::xs:complexType/xs:sequence", namespaces={"xs": XS})
    return [
        (
            one.get("name"),
            one.get("type").removeprefix("t:"),
            one.get("minOccurs") == "0",
            one.get("maxOccurs") is not None,
        )
        for one in found
    ]


@pytest.mark.parametrize(
    "record", {one.type_name: one for one in records_in(RECORDS)}.values(), ids=lambda r: r.type_name
)
def test_the_schema_and_our_records_say_the_same(record: Record[Any]) -> None:
    ours = [(one.element, one.kind.type, one.optional, one.kind.many) for one in record.fields]
    assert ours == declared(record.type_name)
    made = set(record.made.__struct_fields__)  # type: ignore[attr-defined] # every record is a struct
    assert {one.attribute for one in record.fields} <= made


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        (records.LETTERS, LetterKind),
        (records.OUTCOMES, Outcome),
        (records.TRANSACTIONS, TransactionKind),
        (records.STATES, ClaimState),
        (records.FATES, Fate),
        (records.PARTIES, PartyKind),
    ],
)
def test_every_member_has_its_word_in_the_schema(kind: Kind, members: Any) -> None:
    words = SCHEMA.xpath(f"*[@name='{kind.type}']//xs:enumeration/@value", namespaces={"xs": XS})
    assert [kind.plain(one) for one in members] == words or {kind.plain(one) for one in members} == set(words)
    assert [kind.value(kind.plain(one)) for one in members] == list(members)


def test_everything_in_the_schema_is_explained() -> None:
    named = SCHEMA.xpath("//xs:element | xs:complexType | xs:simpleType", namespaces={"xs": XS})
    silent = [one.get("name") for one in named if not one.findtext(f"{{{XS}}}annotation/{{{XS}}}documentation")]
    assert silent == []


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_read_as_it_was_meant(name: str) -> None:
    found = CONTRACT.read_call(call(name, CALLS[name]))
    assert (found.operation.name, found.value) == (name, CALLS[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_fits_the_schema_and_is_read_as_it_was_meant(name: str) -> None:
    message = answer(ops.BY_NAME[name], ANSWERS[name])
    CONTRACT.require_valid(etree.fromstring(message)[-1][0])
    assert read_answer(name, message) == ANSWERS[name]


def test_every_function_has_an_example() -> None:
    assert list(CALLS) == list(ANSWERS) == [one.name for one in ops.OPERATIONS]


def test_another_library_reads_the_description_and_sends_what_we_read(tmp_path: Any) -> None:
    (tmp_path / "ws.wsdl").write_bytes(description(ADDRESS))
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    client = zeep.Client(str(tmp_path / "ws.wsdl"), settings=settings)
    for one in ops.OPERATIONS:
        made = client.create_message(client.service, one.name, **one.takes.content(CALLS[one.name]))
        assert CONTRACT.read_call(etree.tostring(made)).value == CALLS[one.name]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(name=TEXTS, ore=st.integers(-(10**16), 10**16))
def test_texts_and_amounts_come_through_whole(name: str, ore: int) -> None:
    party = Party(1, PartyKind.PERSON, name)
    made = element("Skyldner", records.PARTY.content(party), records.PARTY)
    read = records.PARTY.value(content_of(etree.fromstring(etree.tostring(made)), records.PARTY))
    assert read.name == "".join(
        one if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff") else "\ufffd" for one in name
    )
    line = etree.tostring(element("Krevd", records.PARTS.content(Parts(ore)), records.PARTS))
    assert records.PARTS.value(content_of(etree.fromstring(line), records.PARTS)).principal_ore == ore


@given(name=TEXTS)
def test_whatever_a_ledger_calls_its_invoices_a_voucher_with_it_fits_the_schema(name: str) -> None:
    (sent,) = VOUCHERS
    line = msgspec.structs.replace(sent.lines[1], invoice_no=name, reference=f"1\t{name}\n")
    voucher = msgspec.structs.replace(sent, lines=(sent.lines[0], line))
    read: Any = CONTRACT.read_call(call("LeverBilag", ops.Write("m", 1, (voucher,)))).value
    assert read.rows[0].lines[1].reference == f"1 {as_name(name)} "
    assert len(read.rows[0].lines[1].invoice_no) == len(name)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ((b"<Belop>100.50<", b"<Belop>100.505<"), "schema", "LeverBilag/Bilag/Linje[1]/Belop"),
        ((b"<Belop>100.50<", b"<Belop>1e2<"), "schema", "LeverBilag/Bilag/Linje[1]/Belop"),
        ((b"<Belop>100.50<", b"<Belop>NaN<"), "schema", "LeverBilag/Bilag/Linje[1]/Belop"),
        ((b"<Dato>2026-03-02<", b"<Dato>2026-02-30<"), "schema", "LeverBilag/Bilag/Dato"),
        ((b"<Dato>2026-03-02<", b"<Dato>2026-03-02Z<"), "schema", "LeverBilag/Bilag/Dato"),
        ((b"<Nokkel>V-9</Nokkel>", b""), "schema", "LeverBilag/Bilag/Dato"),
        ((b"<Firma>1</Firma>", b"<Firma>99999999999</Firma>"), "schema", "LeverBilag/Firma"),
        ((b"<Tekst>Bank</Tekst>", b"<Tekst>Bank</Tekst><Mer/>"), "schema", "LeverBilag/Bilag/Linje[1]/Mer"),
        ((b"LeverBilag", b"SlettAlt"), "unknown_operation", None),
        ((NAMESPACE.encode(), b"urn:other"), "unknown_operation", None),
        ((ENVELOPE.encode(), b"http://www.w3.org/2003/05/soap-envelope"), "no_envelope", None),
        ((b"<soap:Body>", b"<soap:Body/><soap:Body>"), "no_body", None),
        ((b"</soap:Body>", b"<x/></soap:Body>"), "no_body", None),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: tuple[bytes, bytes], code: str, place: str | None) -> None:
    damaged = SOUND.replace(*change)
    assert damaged != SOUND
    with pytest.raises(DataFault) as refusal:
        CONTRACT.read_call(damaged)
    assert refusal.value.code == f"formats.wsinkasso.{code}"
    assert refusal.value.facts.get("place") == place


def test_a_fault_names_no_value_of_the_message() -> None:
    secret = call("RegistrerSaksnummer", CALLS["RegistrerSaksnummer"]).replace(b"S-1", b"01010750160\n")
    with pytest.raises(DataFault) as refusal:
        CONTRACT.read_call(secret)
    assert "01010750160" not in str(refusal.value)


def test_a_header_that_must_be_understood_is_refused_and_another_is_passed_over() -> None:
    header = b'<soap:Header><x:a xmlns:x="urn:x" soap:mustUnderstand="%s"/></soap:Header><soap:Body>'
    assert CONTRACT.read_call(SOUND.replace(b"<soap:Body>", header % b"0")).value == CALLS["LeverBilag"]
    with pytest.raises(DataFault) as refusal:
        CONTRACT.read_call(SOUND.replace(b"<soap:Body>", header % b"1"))
    assert b"<faultcode>soap:MustUnderstand<" in fault(refusal.value, "x")


def test_a_message_that_is_too_large_or_too_deep_is_refused() -> None:
    deep = b"<a>" * DEEPEST + b"</a>" * DEEPEST
    for damaged, code in (
        (SOUND + b" " * LARGEST, "too_large"),
        (SOUND.replace(b"Oppgj", deep + b"Oppgj"), "too_deep"),
    ):
        with pytest.raises(DataFault) as refusal:
            CONTRACT.read_call(damaged)
        assert refusal.value.code == f"formats.wsinkasso.{code}"


@pytest.mark.parametrize(
    ("error", "blame"),
    [
        (Retry("db.busy", seconds=3), "Server"),
        (Skip("voucher.empty", voucher="V\x0b-1"), "Client"),
        (Stop("mirror.other_installation", found="x", day=ANSWERS["HentTilbaketrekkinger"].rows[0].on), "Server"),  # type: ignore[attr-defined] # rows
        (DataFault("formats.wsinkasso.schema", place="A/B[2]", rule="r"), "Client"),
        (DataFault("formats.wsinkasso.no_envelope", found="a"), "VersionMismatch"),
    ],
)
def test_an_error_comes_back_as_it_was_raised(error: KravbroError, blame: str) -> None:
    found = etree.fromstring(fault(error, "Setningen."))[0][0]
    assert found.findtext("faultcode") == f"soap:{blame}"
    (detail,) = found.find("detail")  # type: ignore[misc] # it is there
    CONTRACT.require_valid(detail)
    back = told(detail)
    clean = {name: "V\ufffd-1" if value == "V\x0b-1" else value for name, value in error.facts.items()}
    assert (type(back.error), back.error.code, back.error.facts) == (type(error), error.code, clean)
    assert back.sentence == "Setningen."


@pytest.mark.parametrize("detail", ["", "<Slag>STOPP</Slag>", "<Slag>ANNET</Slag><Kode>x</Kode>"])
def test_a_fault_that_says_nothing_is_refused(detail: str) -> None:
    with pytest.raises(DataFault) as refusal:
        told(etree.fromstring(f'<Feil xmlns="{NAMESPACE}">{detail}</Feil>'))
    assert refusal.value.code == "formats.wsinkasso.fault"


def test_faults_of_many_threads_are_their_own() -> None:
    own = threading.local()

    def place(line: int) -> object:
        own.contract = getattr(own, "contract", None) or Contract()
        damaged = SOUND.replace(b"<Linjenr>%d<" % (line % 2 + 1), b"<Linjenr>x<")
        with pytest.raises(DataFault) as refusal:
            own.contract.read_call(damaged)
        return refusal.value.facts["place"]

    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(place, range(200)))
    assert places == [f"LeverBilag/Bilag/Linje[{line % 2 + 1}]/Linjenr" for line in range(200)]
