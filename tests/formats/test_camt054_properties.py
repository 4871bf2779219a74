"""What must hold of every camt.054: it reads as it was written, and what is damaged is refused or reads as it says."""

from __future__ import annotations

import gc
import io
import re
import tracemalloc
from collections.abc import Iterator
from random import Random
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kravbro.core.errors import DataFault
from kravbro.formats import camt054
from kravbro.formats.camt054 import forms, layout
from kravbro.formats.camt054.walking import walk
from tests.formats.camt054_files import file_of, files, golden_files, lump, notification, payment, reversal

TYPE = "{*}CdtrRefInf/{*}Tp/{*}CdOrPrtry"
SEEDS = list(golden_files().values())


def accepted(data: bytes) -> camt054.Camt054File | None:
    """The file as it is read, None if it is refused with a fault of its own that names the file."""
    try:
        return camt054.parse(data, "changed")
    except DataFault as fault:
        if not fault.code.startswith(("formats.camt054.", "formats.xml.")) or fault.facts["file"] != "changed":
            raise
        return None


def plain_reading(data: bytes) -> list[tuple[str, str, str, str]]:
    """What a file says, read once more in the simplest way: amount, side, KIDs and reference of each transaction.

    An entry without transactions counts as one, and one alone without an amount has that of its entry.
    """
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)
    found = []
    for entry in etree.fromstring(data, parser).iter("{*}Ntry"):
        side, own = entry.findtext("{*}CdtDbtInd", ""), entry.findtext("{*}Amt", "")
        parts = entry.findall("{*}NtryDtls/{*}TxDtls") or [etree.Element("none")]
        for one in parts:
            amounts = [
                one.find(path) for path in ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt", "{*}AmtDtls/{*}CntrValAmt/{*}Amt")
            ]
            in_kroner = [amount.text or "" for amount in amounts if amount is not None and amount.get("Ccy") == "NOK"]
            kids = [
                strd.findtext("{*}CdtrRefInf/{*}Ref", "").strip()
                for strd in one.findall("{*}RmtInf/{*}Strd")
                if strd.findtext(f"{TYPE}/{{*}}Cd", "SCOR").strip() == "SCOR"
                and strd.find(f"{TYPE}/{{*}}Prtry") is None
            ]
            sound = [kid for kid in kids if re.fullmatch("[0-9]{1,24}[0-9-]", kid) and kid.strip("0")]
            reference = " ".join(one.findtext("{*}Refs/{*}AcctSvcrRef", "").split())
            kid = sound[0] if len(set(sound)) == 1 else ""
            found.append((in_ore((in_kroner or [own])[0]), side.strip(), kid, reference))
    return found


def in_ore(amount: str) -> str:
    whole, _, decimals = amount.strip().partition(".")
    return str(int(whole + decimals.ljust(2, "0")))


def as_read(file: camt054.Camt054File) -> list[tuple[str, str, str, str]]:
    return [
        (str(abs(one.amount_ore)), entry.direction, one.kid or "", " ".join(one.bank_reference.split()))
        for _, entry, one in file.transactions()
    ]


def check(data: bytes) -> bool:
    """Whether a file is accepted; if so, it reads exactly as it says, its sums hold, and it can be written again."""
    file = accepted(data)
    if file is None:
        return False
    assert as_read(file) == plain_reading(data)
    for _, entry in file.entries():
        assert sum(one.amount_ore for one in entry.transactions) == entry.amount_ore
    streamed = [one for *_, one in camt054.stream(io.BytesIO(data), "changed")]
    assert streamed == [one for *_, one in file.transactions()]
    return True


@settings(max_examples=40, deadline=None)
@given(files())
def test_what_is_written_is_read(file: camt054.Camt054File) -> None:
    data = camt054.render(file)
    assert camt054.parse(data, file.name) == file
    assert check(data)


@settings(max_examples=20, deadline=None)
@given(files())
def test_forms_only_save_time(file: camt054.Camt054File) -> None:
    """What a form reads of an element is what going through the element reads."""
    data = camt054.render(file)
    (message,) = layout.document(file.version).values()
    namespace = layout.NAMESPACES[file.version]
    entry = ((message.children or {})[f"{{{namespace}}}Ntfctn"].children or {})[f"{{{namespace}}}Ntry"].children or {}
    known = forms.Forms(entry)
    elements = list(etree.fromstring(data).iter(f"{{{namespace}}}Ntry"))
    for element in elements * 2:
        assert known.read(element) == walk(element, entry)[0]


@settings(max_examples=25, deadline=None)
@given(files(), st.randoms(use_true_random=False))
def test_forms_refuse_what_going_through_refuses(file: camt054.Camt054File, random: Random) -> None:
    namespace = layout.NAMESPACES[file.version]
    (message,) = layout.document(file.version).values()
    entry = ((message.children or {})[f"{{{namespace}}}Ntfctn"].children or {})[f"{{{namespace}}}Ntry"].children or {}
    for element in etree.fromstring(camt054.render(file)).iter(f"{{{namespace}}}Ntry"):
        known = forms.Forms(entry)
        known.read(element)
        spoil(element, random)
        try:
            expected = walk(element, entry)[0]
        except DataFault:
            with pytest.raises(DataFault):
                known.read(element)
        else:
            assert known.read(element) == expected


def spoil(element: etree._Element, random: Random) -> None:
    """Change one thing within an element, as no bank would."""
    one = random.choice(list(element.iter()))
    change = random.choice(["tag", "text", "attribute", "child", "tail", "escape", "twin", "lose"])
    if change == "tag":
        one.tag = str(one.tag) + "x"
    elif change == "text":
        one.text = f"{one.text or ''}7"
    elif change == "attribute":
        one.set("Ccy", "EUR")
    elif change == "child":
        etree.SubElement(one, str(one.tag))
    elif change == "tail" and one is not element:
        one.tail = "7"
    elif change == "escape":
        one.text = f"{one.text or ''}&<"
    elif (above := one.getparent()) is not None and one is not element:
        if change == "twin":
            above.append(etree.fromstring(etree.tostring(one, with_tail=False)))
        else:
            above.remove(one)


def flips(data: bytes, random: Random, times: int) -> Iterator[bytes]:
    """The file with one byte changed."""
    for _ in range(times):
        place, flip = random.randrange(len(data)), random.randrange(1, 256)
        yield data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_a_changed_byte_is_refused_or_reads_as_it_says(seed: int) -> None:
    data, random = SEEDS[seed], Random(20261120 + seed)
    outcomes = [check(changed) for changed in flips(data, random, 400)]
    assert 0 < sum(outcomes) < len(outcomes)


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_a_file_that_breaks_off_is_refused(seed: int) -> None:
    data = SEEDS[seed]
    for length in range(0, len(data.rstrip()), 61):
        assert not check(data[:length])


def damaged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every element lost, and every element twice, one at a time."""
    count = sum(1 for _ in etree.fromstring(data).iter())
    for place in range(1, count):
        for change in ("lost", "twice"):
            tree = etree.fromstring(data)
            element = list(tree.iter())[place]
            above = element.getparent()
            assert above is not None
            if change == "lost":
                above.remove(element)
            else:
                element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))
            yield f"{change} {etree.QName(element).localname}", etree.tostring(tree)


@pytest.mark.parametrize("version", camt054.VERSIONS)
def test_an_element_lost_or_twice_is_refused_or_reads_as_it_says(version: camt054.Version) -> None:
    two = lump(payment(), payment(bank_reference="2", text="Takk"))
    back = reversal(payment(amount_ore=-1, is_returned=True))
    data = camt054.render(file_of(notification(two, back), version=version))
    accepted_changes = {what for what, changed in damaged(data) if check(changed)}
    assert {what for what in accepted_changes if what.startswith("twice")} == {
        "twice Ustrd", "twice Strd", "twice Ntfctn", "twice Rsn", "twice Cd",
    }  # fmt: skip
    assert not accepted_changes & {"lost Sts", "lost Acct", "lost GrpHdr", "lost MsgId", "lost BookgDt"}


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_garbage_is_refused(data: bytes) -> None:
    assert not check(data)
    assert not check(SEEDS[0][:120] + data)


def batch_of(count: int) -> Iterator[bytes]:
    """The bytes of a file with one entry of that many payments of one krone, piece by piece."""
    one = camt054.render(
        file_of(notification(lump(payment(amount_ore=1_00), payment(amount_ore=1_00)), has_summary=False))
    )
    first, end = one.index(b"<TxDtls>"), one.index(b"</NtryDtls>")
    transaction = one[first : one.index(b"<TxDtls>", first + 1)]
    head = one[:first].replace(b"<NbOfTxs>2", b"<NbOfTxs>%d" % count).replace(b">2.00<", b">%d.00<" % count)
    yield head
    for number in range(count):
        yield transaction.replace(b"00000000001", b"%011d" % number)
    yield one[end:]


class Pieces(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _: int = -1) -> bytes:
        """A hundred pieces or so."""
        return b"".join(piece for _, piece in zip(range(100), self._pieces, strict=False))


def peak(count: int) -> int:
    """Bytes that reading an entry of so many payments takes at its peak, and that all of them come.

    What other tests left in this process is kept from the collector, which else waits the longer the more there is.
    """
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    source = cast(BinaryIO, Pieces(batch_of(count)))
    read = sum(one.amount_ore for _, _, one in camt054.stream(source, "large"))
    _, found = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gc.unfreeze()
    assert read == count * 1_00
    return found


def test_memory_does_not_grow_with_the_payments_of_an_entry() -> None:
    small, large = peak(1_000), peak(10_000)
    assert large < 1.2 * small


@pytest.mark.soak
def test_a_million_payments_in_one_entry_take_no_more_memory() -> None:
    assert peak(1_000_000) < 1.2 * peak(1_000)
