"""Which KID structures one payment agreement may have: each KID must have one structure, and one only. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import kid
from kravbro.office.creditors import KID_METHODS, KID_NAMES, KidStructure, Names

SHORTEST_CASE_KID = 6
"""Creditor number (3 digits), at least two digits of serial number, and the check digit."""
_FIELDS = 5


def structure_text(structure: KidStructure) -> str:
    """A structure as it is typed and shown: LENGTH,METHOD,NAMES[,PREFIX[,CREDITOR]].

    >>> structure_text(KidStructure(12, "mod10", Names.CASE))
    '12,mod10,case'
    >>> structure_text(KidStructure(9, "mod11", Names.INVOICE, "55", 2))
    '9,mod11,invoice,55,2'
    """
    fields = [str(structure.length), structure.method, structure.names.value, structure.prefix]
    fields.append("" if structure.creditor is None else str(structure.creditor))
    while not fields[-1]:
        fields.pop()
    return ",".join(fields)


def structure_named(text: str) -> KidStructure:
    """The structure that a text tells, as `structure_text` writes it. Raises DataFault `office.kid_structure_text`."""
    length, method, names, prefix, creditor, *rest = [*text.split(","), "", "", "", ""][
        : max(_FIELDS, text.count(",") + 1)
    ]
    whole = length.isdecimal() and method in KID_METHODS and names in KID_NAMES
    if rest or not whole or not (creditor == "" or creditor.isdecimal()):
        raise DataFault("office.kid_structure_text", text=text)
    return KidStructure(int(length), KID_METHODS[method], KID_NAMES[names], prefix, int(creditor) if creditor else None)


def structures_text(structures: Collection[KidStructure]) -> str:
    """All structures of an agreement in one text, in a fixed order."""
    return " ".join(map(structure_text, sorted(structures, key=lambda one: (one.length, one.prefix))))


def refuse_structures(account: str, structures: Sequence[KidStructure], creditors: Collection[int]) -> None:
    """Raise DataFault unless each KID has at most one structure, and case KIDs can be issued as theirs.

    `office.kid_structure` (length, method or prefix), `office.kid_structure_of_another` (for a creditor that the
    agreement does not serve), `office.kid_structures_alike` (neither length nor prefix tells two apart),
    `office.case_kid_prefix` (no case KID of that creditor begins so) and `office.two_case_kids`.
    """
    for one in structures:
        _refuse_form(account, one)
        if one.creditor is not None and one.creditor not in creditors:
            raise DataFault(
                "office.kid_structure_of_another",
                account=account,
                structure=structure_text(one),
                creditor=one.creditor,
            )
    for one, other in combinations(structures, 2):
        if one.length == other.length and _overlap(one.prefix, other.prefix):
            texts = sorted((structure_text(one), structure_text(other)))
            raise DataFault("office.kid_structures_alike", account=account, one=texts[0], other=texts[1])
    _refuse_case_kids(account, [one for one in structures if one.names is Names.CASE], creditors)


def _refuse_form(account: str, one: KidStructure) -> None:
    shortest = SHORTEST_CASE_KID if one.names is Names.CASE else kid.SHORTEST_READ
    has_form = one.method in kid.METHODS and shortest <= one.length <= kid.LONGEST
    has_prefix = not one.prefix or (one.prefix.isascii() and one.prefix.isdecimal() and len(one.prefix) < one.length)
    if not (has_form and has_prefix):
        raise DataFault(
            "office.kid_structure",
            account=account,
            length=one.length,
            method=one.method,
            prefix=one.prefix or "–",
            shortest=shortest,
            longest=kid.LONGEST,
        )


def _overlap(one: str, other: str) -> bool:
    """Whether a KID can begin with both."""
    return one.startswith(other) or other.startswith(one)


def _refuse_case_kids(account: str, structures: Sequence[KidStructure], creditors: Collection[int]) -> None:
    """A case KID begins with its creditor's number in three digits, and each creditor's are of one structure."""
    for creditor in creditors:
        own = [one for one in structures if one.creditor in {None, creditor}]
        for one in own:
            if not f"{creditor:03d}".startswith(one.prefix):
                raise DataFault(
                    "office.case_kid_prefix",
                    account=account,
                    prefix=one.prefix,
                    creditor=creditor,
                    start=f"{creditor:03d}",
                )
        if len(own) > 1:
            raise DataFault("office.two_case_kids", account=account, creditor=creditor)
