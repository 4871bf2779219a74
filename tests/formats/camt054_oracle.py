"""camt.054 as somebody else reads it: bindings generated from the schemas of ISO 20022, and xsdata.

Shares nothing with the reader of the program but the file. It knows no lumps, no KIDs and no rules; what it gives is
what the schema says the elements are.
"""

from __future__ import annotations

import dataclasses
import importlib
import typing
from typing import Any, NamedTuple

from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from kravbro.formats import camt054


class Read(NamedTuple):
    """What the oracle finds of a transaction: amount as it is written, KID, bank's reference, payer."""

    amount: str
    kid: str
    reference: str
    name: str


def module(version: camt054.Version) -> Any:
    """The bindings of one version."""
    name = f"camt_054_{version.replace('.', '_')}"
    return importlib.import_module(f"pyiso20022.camt.{name}.{name}")


def transactions(data: bytes, version: camt054.Version) -> list[Read]:
    """The transactions of a file, refused if an element is unknown to the schema."""
    parser = XmlParser(config=ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True))
    document = parser.from_bytes(data, module(version).Document)
    return [
        _read(one, version)
        for notification in document.bk_to_cstmr_dbt_cdt_ntfctn.ntfctn
        for entry in notification.ntry
        for details in entry.ntry_dtls
        for one in details.tx_dtls
    ]


def _read(one: Any, version: camt054.Version) -> Read:
    amount = one.amt_dtls.tx_amt.amt if version == "001.02" else one.amt
    debtor = one.rltd_pties.dbtr if one.rltd_pties else None
    party = debtor if version == "001.02" or debtor is None else debtor.pty
    kids = [strd.cdtr_ref_inf.ref for strd in (one.rmt_inf.strd if one.rmt_inf else [])]
    return Read(str(amount.value), ", ".join(kids), one.refs.acct_svcr_ref or "", (party.nm if party else "") or "")


def children(version: camt054.Version, path: str) -> list[tuple[str, bool]]:
    """The elements within the one at a path from the root, in their order, and whether each may come again."""
    kind: Any = module(version).Document
    for step in filter(None, path.split("/")):
        kind = next(found for name, _, found in _fields(kind) if name == step)
    return [(name, many) for name, many, _ in _fields(kind)]


def _fields(kind: Any) -> list[tuple[str, bool, Any]]:
    hints = typing.get_type_hints(kind)
    elements = [field for field in dataclasses.fields(kind) if field.metadata.get("type") == "Element"]
    return [(field.metadata["name"], "list" in str(hints[field.name]), _inner(hints[field.name])) for field in elements]


def _inner(hint: Any) -> Any:
    """The class within `None | list[X]` and their like."""
    while inner := [one for one in typing.get_args(hint) if one is not type(None)]:
        hint = inner[0]
    return hint
