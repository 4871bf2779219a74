"""Between the port's words and the office's: pure."""

from __future__ import annotations

from collections.abc import Mapping

from kravbro.ports.identity import Heads, Identity

KIND = "office"


def identity(installation: str, streams: Mapping[int, Mapping[str, int]]) -> Identity:
    """The office's identity: its installation id, and the heads of its streams per company of the ledger."""
    return Identity(
        KIND, installation, tuple(Heads(company, dict(heads)) for company, heads in sorted(streams.items()))
    )
