"""Every broken collector."""

from __future__ import annotations

from kravbro.ports.conformance.broken import collector_taking, collector_telling, converting, registering, returning
from kravbro.ports.conformance.broken.passing import PassingCollector

FAULTS: tuple[type[PassingCollector], ...] = tuple(
    fault
    for room in (collector_telling, collector_taking, returning, converting, registering)
    for fault in vars(room).values()
    if isinstance(fault, type) and issubclass(fault, PassingCollector) and fault.caught_by
)
"""In the order of the files that they stand in."""
