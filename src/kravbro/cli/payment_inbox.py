"""What `kravbro payments inbox` and `kravbro payments import --inbox` print."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.bootstrap.inbox import InboxFile, InboxFolder, Listing, Outcome, State
from kravbro.cli import failure, output
from kravbro.cli.inspection import print_left_out
from kravbro.core.errors import KravbroError
from kravbro.core.identifiers import bank_account
from kravbro.core.money import format_kroner
from kravbro.texts.sentences import explain


def print_inboxes(listing: Listing, *, as_json: bool) -> None:
    """The folders that cannot be read, and every file with what it holds and what the office knows of it."""
    unread = sum(file.state is State.UNREAD for file in listing.files)
    if as_json:
        files, folders = [_file(file) for file in listing.files], [_folder(folder) for folder in listing.folders]
        output.print_json({"count": len(files), "unread": unread, "files": files, "folders": folders})
        return
    headings = ("file", "size", "format", "account", "count", "sum", "left_out", "state")
    output.print_table(
        output.words("inbox.list", unread=unread, count=len(listing.files)),
        [output.words(f"inbox.{heading}") for heading in headings],
        [
            (
                str(file.path),
                str(file.size),
                file.format,
                ", ".join(map(bank_account.format, file.accounts)),
                str(file.payments) if file.format else "",
                format_kroner(file.net_ore) if file.format else "",
                str(file.left_out or ""),
                output.words(f"inbox.state.{file.state}"),
            )
            for file in listing.files
        ],
        right=(1, 4, 5, 6),
    )
    faults = [folder.fault for folder in listing.folders] + [file.fault for file in listing.files]
    for fault in faults:
        if fault is not None:
            output.print_line(_sentence(fault))


def print_outcomes(folders: Sequence[InboxFolder], outcomes: Sequence[Outcome], *, as_json: bool) -> int:
    """What became of each file; answers the exit code: 1 if anything was refused, or could not be read or moved."""
    told = [folder.fault for folder in folders] + [one.fault for one in outcomes]
    faults = [fault for fault in told if fault is not None]
    imported = [one for one in outcomes if one.state is State.IMPORTED]
    if as_json:
        files, shown = [_outcome(one) for one in outcomes], [_folder(folder) for folder in folders]
        counts = {"imported": len(imported), "refused": sum(one.state is State.REFUSED for one in outcomes)}
        output.print_json({**counts, "files": files, "folders": shown})
    else:
        _print_outcomes(imported, outcomes, faults)
    return failure.REFUSED if faults else failure.DONE


def _print_outcomes(imported: Sequence[Outcome], outcomes: Sequence[Outcome], faults: Sequence[KravbroError]) -> None:
    headings = ("file", "state", "new", "placed", "unplaced", "moved_to")
    output.print_table(
        output.words("inbox.imported", imported=len(imported), count=len(outcomes)),
        [output.words(f"inbox.{heading}") for heading in headings],
        [
            (
                str(one.file.path),
                output.words(f"inbox.state.{one.state}"),
                "" if one.result is None else str(one.result.new),
                "" if one.result is None else format_kroner(one.result.placed_ore),
                "" if one.result is None else format_kroner(one.result.unplaced_ore),
                one.moved_to,
            )
            for one in outcomes
        ],
        right=(2, 3, 4),
    )
    print_left_out([entry for one in imported for entry in one.left_out])
    for fault in faults:
        output.print_line(_sentence(fault))


def _sentence(fault: KravbroError) -> str:
    facts = {name: output.printable(fact) for name, fact in fault.facts.items()}
    return explain(type(fault)(fault.code, **facts), output.language())


def _fault(fault: KravbroError | None) -> dict[str, str] | None:
    return None if fault is None else {"code": fault.code, "sentence": _sentence(fault)}


def _file(file: InboxFile) -> dict[str, object]:
    data = msgspec.structs.asdict(file)
    del data["path"]
    return data | {"fault": _fault(file.fault)}


def _folder(folder: InboxFolder) -> dict[str, object]:
    return msgspec.structs.asdict(folder) | {"fault": _fault(folder.fault)}


def _outcome(one: Outcome) -> dict[str, object]:
    became = {"state": one.state, "result": one.result, "moved_to": one.moved_to, "fault": _fault(one.fault)}
    return _file(one.file) | became | {"left_out": one.left_out}
