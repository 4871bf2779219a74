"""`kravbro db`: the databases of an installation."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.adoption import Found, look
from kravbro.bootstrap.adoption import adopt as adopt_place
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import upgrade_site
from kravbro.bridge.missing import Remedy
from kravbro.cli import output
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, acting, site_at

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


@app.command
def adopt(
    *,
    because: Annotated[str, Parameter(help="The reason, kept for a later reader.")] = "",
    only_list: Annotated[
        bool, Parameter(name="--list", negative="", help="Only list what is missing; change nothing.")
    ] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Go on with an installation that was copied, moved, or put back in part from an older copy.

    Lists what each side lacks first. Then numbers that the other side has seen are never given out again, and what is
    missing is sent again by the next runs. With --list: exit code 1 if anything does not fit.
    """
    act = acting(on)
    found = look(place, act)
    done = None if only_list else adopt_place(place, found, because, act)
    if json:
        output.print_json({"noticed": found.noticed, "missing": found.missing, "adopted": done})
    else:
        _print_found(found)
        if done:
            databases = ", ".join(done.databases)
            output.print_line(output.words("adopt.done", databases=databases, burnt=done.numbers_burnt))
    return REFUSED if only_list and (found.noticed or found.missing) else DONE


def _print_found(found: Found) -> None:
    none = "\u2013"
    copied = ", ".join(found.noticed.copied) or none
    older = ", ".join(f"{one.database} ({one.age} < {one.seen_age}, {one.seen_by})" for one in found.noticed.older)
    output.print_line(output.words("adopt.noticed", copied=copied, older=older or none))
    headings = ("company", "lacking", "kind", "thing", "claim", "number", "remedy")
    output.print_table(
        output.words("adopt.missing", count=len(found.missing)),
        [output.words(f"adopt.{heading}") for heading in headings],
        [
            (
                str(one.company),
                output.words(f"adopt.{one.lacking}"),
                output.words(f"adopt.{one.kind}_of"),
                one.thing,
                str(one.entry or none),
                one.number or none,
                output.words(f"adopt.{one.remedy}"),
            )
            for one in found.missing
        ],
        right=(0, 4),
    )
    if any(one.remedy is Remedy.LOST for one in found.missing):
        output.print_line(output.words("adopt.what_to_do"))
