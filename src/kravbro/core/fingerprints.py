"""Fingerprints of content: a receiver that has an id compares them, so that the same id with other content is found."""

from __future__ import annotations

from hashlib import sha256

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def fingerprint(*values: object) -> str:
    """A SHA-256 over the canonical JSON of the values (structs, dates, text, numbers)."""
    return sha256(_encode(values)).hexdigest()
