"""Which SAF-T Financial this is: by the namespace of its elements, and by the version that its header states.

Source: Skatteetaten, github.com/Skatteetaten/saf-t, schemas 1.00 (2016), 1.10 (2017), 1.20 (2022) and 1.30 (2024). All
four have one namespace, and programs write `1.0` as well as `1.00`; files of 1.10 are common that still say 1.0. What
differs for receivables is only where a customer's balances stand, which is read wherever it is.
"""

from __future__ import annotations

import re

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
VERSIONS = ("1.00", "1.10", "1.20", "1.30")
_WRITTEN = {written: version for version in VERSIONS for written in (version, version.removesuffix("0"))}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)
_SCHEMA = re.compile(r"_v_([0-9]+\.[0-9]+)\.xsd", re.ASCII)


def is_ours(namespace: str, schema_location: str) -> bool:
    """Whether elements of this namespace are read.

    A file whose elements are in no namespace is, if it names ours with its schema: so is Skatteetaten's own example
    that a schema editor made.
    """
    return namespace == NAMESPACE or (not namespace and NAMESPACE in schema_location.split())


def version_of(stated: str, schema_location: str) -> str | None:
    """The version of a file, None if it is none of ours.

    What the header states counts. Where it is no version number at all, the schema that the file names tells.

    >>> version_of("1.0", ""), version_of("2.00", "x_v_1.30.xsd"), version_of("a", "x_v_1.30.xsd")
    ('1.00', None, '1.30')
    """
    if _NUMBER.fullmatch(stated):
        return _WRITTEN.get(stated)
    named = _SCHEMA.search(schema_location)
    return _WRITTEN.get(named[1]) if named else None
