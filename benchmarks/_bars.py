"""The bars of a benchmark: each is printed with what was measured, and a broken one ends `make bench` with 1."""

from __future__ import annotations

BROKEN = 3
"""The exit code of a benchmark that came to its end and broke a bar."""

_broken: list[str] = []


def at_most(what: str, ratio: float, bar: float) -> None:
    """Print a ratio that may not be above its bar."""
    _tell(what, ratio, f"at most {bar:g} x", holds=ratio <= bar)


def at_least(what: str, ratio: float, bar: float) -> None:
    """Print a ratio that may not be below its bar."""
    _tell(what, ratio, f"at least {bar:g} x", holds=ratio >= bar)


def true(what: str, *, holds: bool) -> None:
    """Print something that must be so."""
    print(f"BAR  {what:72} {'holds' if holds else 'BROKEN'}", flush=True)
    if not holds:
        _broken.append(what)


def exit_code() -> int:
    """0, or `BROKEN`."""
    return BROKEN if _broken else 0


def _tell(what: str, ratio: float, bar: str, *, holds: bool) -> None:
    true(f"{what:46} {ratio:6.2f} x   {bar}", holds=holds)
