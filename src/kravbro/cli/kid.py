"""`kravbro kid`: make and check KIDs by the rules that the office itself uses."""

from __future__ import annotations

from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.cli import failure, output
from kravbro.core.errors import DataFault, Stop
from kravbro.core.identifiers import kid as rules

app = App(name="kid", help="Make and check payment references (KID).", help_format="plaintext")

Characters = Annotated[str, Parameter(allow_leading_hyphen=True)]
Method = Annotated[rules.Method, Parameter(help="How the check digit is worked out; the payment agreement says which.")]


class MadeKid(msgspec.Struct, frozen=True):
    """What `kid make --json` prints."""

    payload: str
    method: str
    kid: str


class CheckedKid(msgspec.Struct, frozen=True):
    """What `kid check --json` prints; `fault` is the code of what is wrong, or null."""

    kid: str
    method: str
    valid: bool
    fault: str | None


@app.command
def make(payload: Characters, /, *, method: Method, json: output.AsJson = False) -> None:
    """Print the KID of a payload: its digits and the check digit after them.

    Parameters
    ----------
    payload
        The digits before the check digit, 3 to 24 of them.
    """
    made = MadeKid(payload, method, rules.make(payload, method))
    if json:
        output.print_json(made)
    else:
        output.print_line(made.kid)


@app.command
def check(kid: Characters, /, *, method: Method, json: output.AsJson = False) -> int:
    """Say whether a KID is valid: exit code 0 if it is, 1 if not, and why on standard error.

    Parameters
    ----------
    kid
        The whole KID, 2 to 25 characters.
    """
    fault = None
    try:
        number = rules.validate(kid, method)
    except DataFault as found:
        fault, number = found, rules.compact(kid)
    if json:
        output.print_json(CheckedKid(number, method, fault is None, fault.code if fault else None))
    if fault is not None:
        raise Stop(fault.code, **fault.facts)
    if not json:
        output.print_line(output.words("kid.valid", kid=number, method=method.upper()))
    return failure.DONE
