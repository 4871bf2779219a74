"""A claim that a collector was given by hand, and that no ledger knows: how it stands, for who reconciles."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import ClaimState


class LedgerlessClaim(msgspec.Struct, frozen=True, gc=False):
    """A claim without a ledger, in øre: its principal when it was registered, and what is left of that.

    `number` orders them; a ledger's books hold nothing that it could be compared with.
    """

    number: int
    case_number: str
    invoice_no: str
    state: ClaimState
    principal_ore: int
    left_ore: int
