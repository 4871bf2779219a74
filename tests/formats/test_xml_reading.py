"""Reading XML of strangers: what is hostile is refused before it costs anything, and element by element otherwise."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from kravbro.core.errors import DataFault
from kravbro.formats import xml_reading

LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"lol") for level in range(10)
)
EXTERNAL = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'


def ends(data: bytes, *tags: str) -> list[tuple[str, str | None]]:
    """Name and text of each element with one of these tags, read to the end of the document."""
    met = xml_reading.elements(xml_reading.chunks(io.BytesIO(data)), "bank.xml", tags or ("a",), ("end",))
    return [(xml_reading.local_name(element), element.text) for _, element in met]


def refused(data: bytes) -> DataFault:
    """The fault that both ways of reading refuse a document with."""
    with pytest.raises(DataFault) as refusal:
        ends(data)
    with pytest.raises(DataFault) as again:
        xml_reading.whole(data, "bank.xml")
    assert again.value.code == refusal.value.code
    assert refusal.value.facts["file"] == "bank.xml"
    return refusal.value


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"<!DOCTYPE r [" + LAUGHS + b"]><r><a>&l9;</a></r>", "doctype", 1),
        (b"<!DOCTYPE r [" + LAUGHS + b"]><r><a b='&l9;'/></r>", "doctype", 1),
        (EXTERNAL, "doctype", 1),
        (b'<!DOCTYPE r SYSTEM "http://bank.example/r.dtd"><r/>', "doctype", 1),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<?pi b?>\n<!DOCTYPE r><r/>", "doctype", 4),
        (b"\xef\xbb\xbf<!DOCTYPE r><r/>", "doctype", 1),
        (b"<r><!DOCTYPE r><a/></r>", "malformed", 1),
        (b"<r>&x;</r>", "malformed", 1),
        (b'<?xml version="1.0" encoding="UTF-16"?><r/>', "encoding", 1),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE r+AD4-<r/>', "encoding", 1),
        (b'<?xml version="1.0"' + b" " * 5_000 + b'encoding="UTF-7"?><r/>', "encoding", 1),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-BE'?><r/>", "encoding", 1),
        ("<r/>".encode("utf-16"), "encoding", 1),
        ("<r/>".encode("utf-16-le"), "encoding", 1),
        (b"", "prolog", 1),
        (b"\n\n  text <r/>", "prolog", 3),
        (b"<!-- never closed <r/>", "prolog", 1),
        (b"<!doctype r><r/>", "prolog", 1),
        (b"NY000010", "prolog", 1),
        (b"<!--" + b" " * xml_reading.CHUNK + b"--><r/>", "prolog", 1),
        (b"<r>\n<a>\n</r>", "malformed", 3),
        (b"<r>\n<a/>", "malformed", 2),
        (b"<r/>\n<r/>", "malformed", 2),
        (b"<root>\x00</root>", "malformed", 1),
        (b"<r>\n\xff</r>", "malformed", 2),
        (b"<r>&#27;</r>", "malformed", 1),
        (b"<r><b:a/></r>", "malformed", 1),
        (b"<r a='1' a='2'/>", "malformed", 1),
        (b"<a>" * 300 + b"</a>" * 300, "malformed", 1),
        (b"<r><a>" + b"x" * 10_100_000 + b"</a></r>", "malformed", 1),
    ],
)
def test_what_is_hostile_or_broken_is_refused(data: bytes, code: str, line: int) -> None:
    fault = refused(data)
    assert (fault.code, fault.facts["line"]) == (f"formats.xml.{code}", line)
    assert all(str(value).isprintable() for value in fault.facts.values())


@pytest.mark.parametrize(
    "data",
    [
        b"<r><a>\xc3\xa6</a></r>",
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<r><a>\xc3\xa6</a></r>",
        b'<?xml version="1.0" encoding="ISO-8859-1"?><r><a>\xe6</a></r>',
        b"<!-- <!DOCTYPE x> --><?x <!DOCTYPE y> ?><r><!-- b --><a>&#230;</a></r>",
        b"<r><a><![CDATA[\xc3\xa6]]></a></r>",
    ],
)
def test_what_is_sound_is_read(data: bytes) -> None:
    assert ends(data) == [("a", "æ")]
    assert xml_reading.root(data, "bank.xml") == xml_reading.Root("", "r")
    assert xml_reading.is_xml(data)


def test_the_root_tells_its_namespace() -> None:
    assert xml_reading.root(b'<p:Document xmlns:p="urn:x"><p:a/>', "x") == ("urn:x", "Document")


def test_the_root_is_told_of_the_first_bytes_alone() -> None:
    assert xml_reading.root(b"<r>" + b"<a/>" * 40_000 + b"&x;", "x").name == "r"
    with pytest.raises(DataFault, match=r"formats\.xml\.prolog"):
        xml_reading.root(b"<r " + b"a" * 2 * xml_reading.CHUNK + b"='1'/>", "x")


def test_what_nobody_asked_for_may_not_grow_without_end() -> None:
    data = b"<r><b>" + b"<c/>" * (xml_reading.LARGEST_ELEMENT // 4 + 50_000) + b"</b></r>"
    with pytest.raises(DataFault, match=r"formats\.xml\.too_large"):
        ends(data)


def test_lines_are_counted_beyond_65535() -> None:
    data = b"<r>" + b"\n" * 70_000 + b"<a>x</a></r>"
    met = xml_reading.elements(xml_reading.chunks(io.BytesIO(data)), "bank.xml", ("a",), ("end",))
    assert [element.sourceline for _, element in met] == [70_001]


def test_elements_that_are_cleared_cost_no_memory() -> None:
    data = b"<r>" + b"<a><b>text</b></a>\n" * 200_000 + b"</r>"
    tracemalloc.start()
    for _, element in xml_reading.elements(xml_reading.chunks(io.BytesIO(data)), "bank.xml", ("a",), ("end",)):
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
