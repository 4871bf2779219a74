"""`kravbro setup`: the set-up of a whole installation as one TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.bootstrap.setup.applying import Applied, Item, Plan, apply_plan, plan
from kravbro.bootstrap.setup.reading import Fault, Read, read_setup
from kravbro.bootstrap.setup.standing import is_made, kept_changes, standing
from kravbro.bootstrap.setup.writing import setup_text
from kravbro.cli import output
from kravbro.cli.failure import BAD_INPUT, REFUSED
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, acting, site_at
from kravbro.core.errors import DataFault
from kravbro.db.place import Place
from kravbro.texts.sentences import explain

app = App(name="setup", help="The set-up of a whole installation, as one TOML file.", help_format="plaintext")

FilePath = Annotated[Path, Parameter(help="The set-up, in TOML.")]
Remove = Annotated[
    bool,
    Parameter(
        name="--remove", negative="", help="Also remove what the file does not mention. What is in use is refused."
    ),
]


class Told(msgspec.Struct, frozen=True):
    """One thing that is wrong with a set-up, as JSON: where in the file (line 0: nowhere), and what."""

    line: int
    path: str
    code: str
    text: str


@app.command
def show(*, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Print the whole set-up of both sides, as a file that `setup apply` takes. --json prints the same as JSON."""
    act = site_at(place, None).act
    text = setup_text(standing(place, act), _about)
    if json:
        output.print_json(tomllib.loads(text))
    else:
        output.print_line(text.rstrip("\n"))


@app.command
def check(
    file: FilePath,
    /,
    *,
    remove: Remove = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Say everything that is wrong with a set-up file, each with its line. Writes nothing.

    Where there is an installation, also what of it is in use and cannot become what the file says.
    """
    read, decided = _decided(file, place, remove=remove, on=on)
    told = _told(read, decided)
    if json:
        found = [one.owner for one in decided.items]
        output.print_json({"file": str(file), "faults": told, "changes": len(found)})
    elif told:
        _print_told(file, told)
    else:
        output.print_line(output.words("setup.sound", file=str(file), count=len(decided.items)))
    return _exit_code(read, decided)


@app.command
def apply(
    file: FilePath,
    /,
    *,
    because: Because,
    dry_run: Annotated[bool, Parameter(negative="", help="Only show what would change.")] = False,
    remove: Remove = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Make the set-up what a file says, and show every change. Where there is no installation, one is made.

    An entry that the file mentions is as the file says it; what it does not mention stays. A set-up with a fault is
    refused whole. Applying it again changes nothing.
    """
    read, decided = _decided(file, place, remove=remove, on=on)
    told = _told(read, decided)
    if told:
        if json:
            output.print_json({"file": str(file), "faults": told})
        else:
            _print_told(file, told)
        return _exit_code(read, decided)
    done = Applied(decided.items, ()) if dry_run else apply_plan(place, decided, because, acting(on))
    if json:
        output.print_json({"items": done.items, "drafts": done.drafts, "dry_run": dry_run})
    else:
        _print_items(done, dry_run=dry_run)
    return 0


@app.command
def history(
    *,
    subject: Annotated[str | None, Parameter(help="Only what was changed of this, such as 'creditor 1'.")] = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List every change of the set-up: when, by whom, from what to what, and why."""
    kept = list(kept_changes(place, site_at(place, None).act, subject))
    if json:
        found = [msgspec.structs.asdict(one.change) | {"owner": one.owner} for one in kept]
        output.print_json({"count": len(found), "changes": found})
        return
    headings = ("changed_on", "actor", "owner", "subject", "item", "before", "after", "because")
    output.print_table(
        output.words("setup.history", count=len(kept)),
        [output.words(f"setup.{heading}") for heading in headings],
        [
            (
                str(one.change.changed_on),
                one.change.actor,
                one.owner,
                one.change.subject,
                one.change.item,
                one.change.value_before,
                one.change.value_after,
                one.change.because,
            )
            for one in kept
        ],
    )


def _decided(file: Path, place: Place, *, remove: bool, on: OnDate) -> tuple[Read, Plan]:
    """The file as it was read, and what it would change here."""
    read = read_setup(read_file(file), str(file), file.resolve().parent)
    if is_made(place):
        site_at(place, on)
    return read, plan(place, read.setup, acting(on), remove=remove)


def _told(read: Read, decided: Plan) -> list[Told]:
    refused = (Fault((str(error.facts.get("subject", "")),), error) for error in decided.refusals)
    faults = (*read.faults, *decided.faults, *refused)
    told = [Told(read.document.line(one.path), ".".join(one.path), one.error.code, _sentence(one)) for one in faults]
    return sorted({(one.line, one.path, one.text): one for one in told}.values(), key=lambda one: one.line)


def _sentence(fault: Fault) -> str:
    return str(output.printable(explain(fault.error, output.language())))


def _exit_code(read: Read, decided: Plan) -> int:
    errors = [*(one.error for one in (*read.faults, *decided.faults)), *decided.refusals]
    if any(isinstance(error, DataFault) for error in errors):
        return BAD_INPUT
    return REFUSED if errors else 0


def _print_told(file: Path, told: Sequence[Told]) -> None:
    output.print_table(
        output.words("setup.faults", file=str(file), count=len(told)),
        [output.words(f"setup.{heading}") for heading in ("line", "path", "fault")],
        [(str(one.line or ""), one.path, one.text) for one in told],
        right=(0,),
    )


def _print_items(done: Applied, *, dry_run: bool) -> None:
    code = "setup.nothing" if not done.items else "setup.would_change" if dry_run else "setup.changed"
    if not done.items:
        output.print_line(output.words(code))
        return
    output.print_table(
        output.words(code, count=len(done.items)),
        [output.words(f"setup.{heading}") for heading in ("owner", "subject", "item", "before", "after")],
        [_row(one) for one in done.items],
    )
    for creditor, posting in done.drafts:
        output.print_line(output.words("setup.draft", creditor=creditor, number=posting))


def _row(one: Item) -> tuple[str, str, str, str, str]:
    return one.owner, one.subject, one.item, one.before, one.after


def _about(section: str) -> str:
    return output.words(f"setup.about.{section.lower() or 'top'}")
