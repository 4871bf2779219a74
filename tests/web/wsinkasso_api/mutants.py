"""Valid messages, damaged at random: as bytes, as XML, and with values that somebody might try."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from lxml import etree

from kravbro.formats.wsinkasso.envelopes import DEEPEST

BYTES = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"<?x?>",
    b"&amp;",
    b"&#0;",
    b"&e;",
    b"\r",
)
VALUES = (
    "", " ", "0", "-1", "1", "2", "3", "999999999", "9223372036854775807", "9223372036854775808", "1e9", "NaN", "INF",
    "0x1", "1.005", "-0.01", "0.00", "true", "2026-02-30", "2026-03-02", "0001-01-01", "9999-12-31", "2026-03-02Z",
    "GODTATT", "AVVIST", "' OR 1=1 --", "<script>", "../../etc/passwd", "%s%n", "Æ" * 500, "\u202e", "x" * 5_000, "\t",
)  # fmt: skip
DOCTYPE = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def mutant(random: Random, message: bytes) -> bytes:
    """A message with one to three damages."""
    if random.random() < 0.4:  # one that may well be taken
        return _plausible(random, message)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        change = random.choice((_byte, _cut, _doubled, _put_in, _prolog, _value, _value, _value, _element, _element))
        message = change(random, message)
    return message


def _byte(random: Random, message: bytes) -> bytes:
    at = random.randrange(len(message) or 1)
    return message[:at] + bytes([random.randrange(256)]) + message[at + 1 :]


def _cut(random: Random, message: bytes) -> bytes:
    start, end = sorted(random.randrange(len(message) + 1) for _ in range(2))
    return message[:start] + message[min(end, start + random.choice((1, 20, 10_000))) :]


def _doubled(random: Random, message: bytes) -> bytes:
    start, end = sorted(random.randrange(len(message) + 1) for _ in range(2))
    return message[:end] + message[start:end] * random.choice((1, 1, 50)) + message[end:]


def _put_in(random: Random, message: bytes) -> bytes:
    at = random.randrange(len(message) + 1)
    return message[:at] + random.choice(BYTES) + message[at:]


def _prolog(random: Random, message: bytes) -> bytes:
    changes = (
        lambda: message.replace(b"<soap:Envelope", DOCTYPE + b"<soap:Envelope", 1),
        lambda: message.replace(b"UTF-8", random.choice((b"UTF-16", b"ISO-8859-1", b"EBCDIC-CP-NO", b"utf8")), 1),
        lambda: b"\xef\xbb\xbf" + message,
        lambda: message.decode("utf-8", "replace").encode("utf-16"),
        lambda: message.replace(b"urn:kravbro:wsinkasso:1", b"urn:kravbro:wsinkasso:2"),
        lambda: message.replace(b"<soap:Body>", b"<soap:Header/><soap:Body>", 1),
        lambda: message.replace(b"<soap:Body>", b"<soap:Body>" + b"<a>" * (DEEPEST * random.choice((1, 300))), 1),
    )
    return random.choice(changes)()


def _value(random: Random, message: bytes) -> bytes:
    """Another text in one element."""
    root = _read(message)
    if root is None:
        return _byte(random, message)
    leaves = [one for one in root.iter(etree.Element) if len(one) == 0]
    random.choice(leaves).text = random.choice(VALUES)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _plausible(random: Random, message: bytes) -> bytes:
    """Another value of the same kind in one element."""
    root = etree.fromstring(message)
    leaves = [one for one in root.iter(etree.Element) if len(one) == 0 and one.text]
    if leaves:
        one = random.choice(leaves)
        one.text = _other(random, one.text or "")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _other(random: Random, text: str) -> str:
    if text.lstrip("-").isdecimal():
        return str(int(text) + random.choice((-1, 1, 2)))
    if text.lstrip("-").replace(".", "", 1).isdecimal():
        return f"{random.choice(('', '-'))}{random.randrange(500)}.{random.randrange(100):02d}"
    if len(text) == 10 and text[4] == text[7] == "-":
        return f"2026-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
    return text if text.isupper() else text + random.choice(("x", " ", "Å", "&"))


def _element(random: Random, message: bytes) -> bytes:
    """One element taken away, doubled, moved, renamed, or with an attribute."""
    root = _read(message)
    inner = [] if root is None else list(root.iter(etree.Element))[2:]
    if root is None or not inner:
        return _put_in(random, message)
    one = random.choice(inner)
    parent = one.getparent()
    assert parent is not None
    match random.randrange(5):
        case 0:
            parent.remove(one)
        case 1:
            parent.insert(parent.index(one), deepcopy(one))
        case 2:
            parent.append(one)
        case 3:
            one.tag = random.choice([str(other.tag) for other in inner])
        case _:
            one.set(random.choice(("{http://www.w3.org/2001/XMLSchema-instance}nil", "id", "navn")), "true")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _read(message: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
