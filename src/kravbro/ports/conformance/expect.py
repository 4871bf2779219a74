"""What a check says of what came: it is the same, it was refused, nothing changed. Else a sentence that can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kravbro.core.errors import KravbroError
from kravbro.ports.conformance.checks import Nonconformity

SHOWN = 700
"""Characters of a value that a message shows."""


def same(came: object, expected: object, when: str) -> None:
    """Raise Nonconformity unless both are equal. Of two lists it tells what is too much, and what is missing."""
    if came == expected:
        return
    if isinstance(came, Sequence) and isinstance(expected, Sequence) and not isinstance(came, str):
        more = [one for one in came if one not in expected]
        less = [one for one in expected if one not in came]
        counts = f"{len(came)} rows where {len(expected)} are right"
        if not more and not less:
            raise Nonconformity(when, shown(expected), f"the same rows, but in another order or number: {shown(came)}")
        raise Nonconformity(when, f"also {shown(less)}" if less else "nothing else", f"{counts}; wrong: {shown(more)}")
    raise Nonconformity(when, shown(expected), shown(came))


def true(holds: bool, when: str, expected: str, came: object) -> None:
    """Raise Nonconformity unless it holds."""
    if not holds:
        raise Nonconformity(when, expected, shown(came))


def refused(when: str, kind: type[KravbroError], call: Callable[..., object], *arguments: object) -> None:
    """Raise Nonconformity unless the call raises this kind of error."""
    wanted = f"{kind.__name__}, and nothing kept"
    try:
        answer = call(*arguments)
    except kind:
        return
    except Exception as error:
        raise Nonconformity(when, wanted, f"{type(error).__name__}: {error}") from error
    raise Nonconformity(when, wanted, f"the answer {shown(answer)}")


def shown(value: object) -> str:
    """A value as a message shows it."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ... ({len(text)} characters)"
