"""Every broken ledger."""

from __future__ import annotations

from kravbro.ports.conformance.broken import converting, ledger_taking, ledger_telling, returning
from kravbro.ports.conformance.broken.passing import PassingLedger

FAULTS: tuple[type[PassingLedger], ...] = tuple(
    fault
    for room in (ledger_telling, ledger_taking, returning, converting)
    for fault in vars(room).values()
    if isinstance(fault, type) and issubclass(fault, PassingLedger) and fault.caught_by
)
"""In the order of the files that they stand in."""
