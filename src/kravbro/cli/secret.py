"""`kravbro secret`: passwords in the operating system's keyring. None is ever an argument, and none is ever shown."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap import secrets
from kravbro.cli import output

app = App(name="secret", help="Passwords that are kept in the operating system's keyring.", help_format="plaintext")

Name = Annotated[str, Parameter(help=f"The variable that it stands for: {', '.join(secrets.NAMES)}.")]


@app.command(name="set")
def set_secret(name: Name, /, *, json: output.AsJson = False) -> None:
    """Put a password into the keyring of the user who runs this, in place of one that is there.

    It is asked for on the terminal, or read from standard input where that is none; never given as an argument, where
    every user of the machine could read it. Used where neither the variable nor a file that it names is set.
    """
    value = getpass(output.words("secret.prompt", name=name)) if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")
    secrets.keep(name, value)
    _tell(name, "secret.kept", as_json=json)


@app.command(name="remove")
def remove_secret(name: Name, /, *, json: output.AsJson = False) -> None:
    """Take a password out of the keyring; one that is not there is left."""
    there = secrets.forget(name)
    _tell(name, "secret.removed" if there else "secret.not_there", as_json=json)


@app.command(name="list")
def list_secrets(*, json: output.AsJson = False) -> None:
    """List the passwords that Kravbro may need, and where each comes from here. None is shown."""
    known = secrets.Secrets(os.environ)
    found = {name: known.place_of(name) for name in secrets.NAMES}
    if json:
        output.print_json({"secrets": [{"name": name, "place": place} for name, place in found.items()]})
        return
    headings = [output.words(f"secret.{heading}") for heading in ("name", "place")]
    rows = [(name, output.words(f"secret.place.{place or 'missing'}")) for name, place in found.items()]
    output.print_table(output.words("secret.title"), headings, rows)


def _tell(name: str, code: str, *, as_json: bool) -> None:
    if as_json:
        known = secrets.Secrets(os.environ)
        output.print_json({"name": name, "place": known.place_of(name)})
    else:
        output.print_line(output.words(code, name=name))
