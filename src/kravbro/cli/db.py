"""`kravbro db`: the databases of an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.adoption import Found, look
from kravbro.bootstrap.adoption import adopt as adopt_place
from kravbro.bootstrap.backup import back_up
from kravbro.bootstrap.backup import restore as restore_place
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.site import upgrade_site
from kravbro.bootstrap.verification import Verified, verify_archive, verify_place
from kravbro.bridge.missing import Remedy
from kravbro.cli import output
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, acting, site_at
from kravbro.db.archive.manifest import Manifest

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


Archive = Annotated[Path, Parameter(help="The archive.")]


@app.command
def backup(
    *,
    to: Annotated[Path, Parameter(help="The file to write. It must not exist.")],
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Write every database of the installation into one archive, as they are at one moment, while others work.

    The file is there when it is whole, readable by you alone; nothing is overwritten. See docs/databases.md.
    """
    with output.progress(output.words("backup.running"), None, as_json=json) as advance:
        done = back_up(place, to, acting(None), advance)
    if json:
        output.print_json(done)
        return
    _print_owners(done.manifest, str(to))
    output.print_line(output.words("backup.done", file=str(to), fingerprint=done.fingerprint))


@app.command
def restore(
    file: Archive,
    /,
    *,
    only: Annotated[
        list[str] | None, Parameter(negative="", help="Only this database, such as office; may be given again.")
    ] = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Make the databases of an archive in a place that has none: a folder, or a database of PostgreSQL.

    All of them or nothing. What is restored is only read until `kravbro db adopt`. With --only: one database that is
    missing in an installation.
    """
    with output.progress(output.words("backup.restoring"), None, as_json=json) as advance:
        done = restore_place(file, place, acting(None), only or (), advance)
    if json:
        output.print_json(done)
        return
    _print_owners(done.manifest, str(file))
    output.print_line(output.words("backup.restored", databases=", ".join(done.owners), place=place.name))


@app.command
def verify(
    file: Annotated[Path | None, Parameter(help="The archive; without one, the installation.")] = None,
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Verify an archive, or the installation itself, and name each fault. Changes nothing.

    Of an archive: every part against its digest. Of an installation: files, schema, references, whether a database was
    copied or put back, positions, and what each side finds in itself. Exit code 1 if there is any fault.
    """
    with output.progress(output.words("backup.verifying"), None, as_json=json) as advance:
        found = verify_archive(file, advance) if file else verify_place(place, acting(on))
    if found.copied:
        output.warn(output.words("site.reads_only", place=place.name))
    if json:
        output.print_json(found)
    else:
        _print_verified(found)
    return REFUSED if found.faults else DONE


def _print_owners(manifest: Manifest, name: str) -> None:
    made_at = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    output.print_line(output.words("backup.title", file=name, made_at=made_at, by=manifest.made_by))
    output.print_table(
        output.words("backup.databases", count=len(manifest.owners)),
        [output.words(f"backup.{heading}") for heading in ("owner", "version", "tables", "rows")],
        [(one.owner, one.version, str(len(one.parts)), str(one.rows)) for one in manifest.owners],
        right=(2, 3),
    )


def _print_verified(found: Verified) -> None:
    if found.manifest:
        _print_owners(found.manifest, found.what)
    if found.faults:
        output.print_table(
            output.words("verify.faults", count=len(found.faults)),
            [output.words(f"verify.{heading}") for heading in ("where", "kind", "thing")],
            [(one.where, one.kind, one.thing) for one in found.faults],
        )
    elif found.manifest:
        output.print_line(output.words("verify.whole", what=found.what, fingerprint=found.fingerprint))
    else:
        output.print_line(output.words("verify.sound", what=found.what))


@app.command
def adopt(
    *,
    because: Annotated[str, Parameter(help="The reason, kept for a later reader.")] = "",
    only_list: Annotated[
        bool, Parameter(name="--list", negative="", help="Only list what is missing; change nothing.")
    ] = False,
    last_case: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="A case number that was given out, from a letter or a bank file: none up to it is given again. "
            "Once for each creditor.",
        ),
    ] = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Go on with an installation that was copied, moved, or put back in part from an older copy.

    Lists what each side lacks first. Then numbers that the other side has seen are never given out again, cases that
    the office forgot are taken up again from what the ledger holds, and what is missing is sent again by the next runs.
    With --list: exit code 1 if anything does not fit.
    """
    act = acting(on)
    found = look(place, act)
    done = None if only_list else adopt_place(place, found, because, act, last_case or ())
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
