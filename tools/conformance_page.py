"""What `docs/contributing/conformance.md` says: every rule of both suites, and the faults that each is tested by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kravbro.ports.conformance import collector, ledger
from kravbro.ports.conformance.broken.collector import FAULTS as BROKEN_COLLECTORS
from kravbro.ports.conformance.broken.ledger import FAULTS as BROKEN_LEDGERS
from kravbro.ports.conformance.checks import Check

HEAD = """# What every adapter is asked

The rules of both ports, as the conformance suites try them (`kravbro.ports.conformance`). Drawn from the code by
`make docs`; a test fails when this page has drifted. How to run them: [write a ledger](write_a_ledger.md).

Each rule is tested itself: an adapter with the fault that stands beside it must be named by it. The faults ship with
the suites (`kravbro.ports.conformance.broken`)."""


def conformance_page() -> str:
    """The whole page."""
    lines = [HEAD, "", "## Ledgers", "", *_table(ledger.CHECKS, BROKEN_LEDGERS)]
    lines += ["", "## Collectors", "", *_table(collector.CHECKS, BROKEN_COLLECTORS)]
    return "\n".join(lines) + "\n"


def _table(checks: Sequence[Check[Any]], faults: Sequence[Any]) -> Iterator[str]:
    yield "| Number | The rule | Methods | It needs | A fault that it names |"
    yield "|---|---|---|---|---|"
    for check in checks:
        methods = ", ".join(f"`{method}`" for method in check.methods)
        needs = ", ".join(need.value for need in check.needs)
        named = "; ".join(_told(fault) for fault in faults if check.number in fault.caught_by)
        yield f"| {check.number} | {check.rule} | {methods} | {needs} | {named} |"


def _told(fault: Any) -> str:
    sentence = " ".join((fault.__doc__ or "").split()).rstrip(".")
    return f"`{fault.__name__}`: {sentence[0].lower()}{sentence[1:]}"
