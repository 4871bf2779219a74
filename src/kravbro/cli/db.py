"""`kravbro db`: the databases of an installation."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import upgrade_site
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, site_at

app = App(name="db", help="The databases of an installation.", help_format="plaintext")


@app.command
def upgrade(*, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Bring every database of the installation to this program's schema. Safe to run again."""
    changed = upgrade_site(place)
    if json:
        output.print_json({"upgraded": changed})
    else:
        output.print_line(output.words("db.upgraded", databases=", ".join(changed) or "\u2013"))


@app.command
def dump(
    *,
    place: At = DEFAULT_PLACE,
    json: Annotated[bool, Parameter(name="--json", negative="", help="A dump is always JSON.")] = True,
) -> None:
    """Print everything that matters of both sides as one canonical JSON; see docs/dump.md for what is left out."""
    assert json, "there is no other form"  # noqa: S101 - the option is accepted because every command has it
    output.print_json(dump_site(site_at(place, None)))
