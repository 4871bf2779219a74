"""The suite on the command line: `python -m kravbro.ports.conformance ledger my_adapter.testing:new_world`.

For an adapter's author, and for an operator with a test company of a living ledger. It speaks English, as the rules do.
Exit 0: every rule is kept, or could not be tried for a reason that was declared. 1: a rule is broken. 2: bad usage.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from kravbro.ports.conformance import collector, ledger
from kravbro.ports.conformance.checks import Check, Finding, Outcome, examine

SUITES: dict[str, tuple[Check[Any], ...]] = {"ledger": ledger.CHECKS, "collector": collector.CHECKS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite of one port, and tell each finding as it comes."""
    parser = argparse.ArgumentParser(prog="python -m kravbro.ports.conformance", description=(__doc__ or "").strip())
    parser.add_argument("port", choices=SUITES)
    parser.add_argument("world", metavar="MODULE:NAME", help="a callable that answers a new world for each check")
    parser.add_argument("--check", action="append", default=[], metavar="NUMBER", help="only this check, such as L17")
    parser.add_argument("--json", action="store_true", help="one JSON object per finding, on a line of its own")
    given = parser.parse_args(arguments)
    checks = [check for check in SUITES[given.port] if not given.check or check.number in given.check]
    if unknown := set(given.check) - {check.number for check in checks}:
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    findings = _told(examine(checks, _new_world(parser, given.world)), as_json=given.json)
    return int(any(finding.outcome is Outcome.BROKEN for finding in findings))


def _new_world(parser: argparse.ArgumentParser, name: str) -> Callable[[], Any]:
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        parser.error(f"{name} cannot be imported ({error}); write MODULE:NAME, and see that MODULE is on the path")
    if not callable(found):
        parser.error(f"{name} is not callable: it must answer a new world each time it is called")
    return found  # type: ignore[no-any-return] # it is whatever the author named


def _told(findings: Iterable[Finding], *, as_json: bool) -> list[Finding]:
    """Every finding, told when it is found."""
    kept = []
    for finding in findings:
        kept.append(finding)
        _say(msgspec.json.encode(finding).decode() if as_json else "\n".join(_lines(finding)))
    counted = Counter(finding.outcome for finding in kept)
    if not as_json:
        _say(", ".join(f"{counted[outcome]} {outcome.value}" for outcome in Outcome))
    return kept


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.outcome.value:8}{finding.check}: {finding.rule}"
    if finding.outcome is Outcome.BROKEN:
        yield from finding.told.splitlines()[1:]
    elif finding.told:
        yield f"  Without {finding.told}"


def _say(text: str) -> None:
    print(text, flush=True)  # tidy: print - the suite's own command line # noqa: T201 - as said


if __name__ == "__main__":
    sys.exit(main())
