"""`kravbro agreements`: payment agreements with the bank, and everything that was changed in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, site_at
from kravbro.cli.setup_history import print_history
from kravbro.core.identifiers import bank_account as account_numbers
from kravbro.db.engines import reading, writing
from kravbro.office import agreements
from kravbro.office.agreements import Changed, agreement_values, load_agreement
from kravbro.office.creditors import Agreement
from kravbro.office.kid_structures import structure_named, structure_text
from kravbro.office.queries.setup import agreements_shown
from kravbro.office.setup_history import agreement_subject, history

app = App(name="agreements", help="Payment agreements with the bank.", help_format="plaintext")

Account = Annotated[str, Parameter(help="The bank account number, eleven digits.")]
Holder = Annotated[
    int, Parameter(help="The creditor in whose books the account stands; the house for a client account.")
]
Served = Annotated[list[int], Parameter(name="--serve", negative="", help="A creditor whose money comes in on it.")]
Dropped = Annotated[list[int], Parameter(name="--drop", negative="", help="A creditor that it no longer serves.")]
Structures = Annotated[
    list[str],
    Parameter(
        name="--structure",
        negative="",
        help="A KID as agreed: LENGTH,METHOD,NAMES[,PREFIX[,CREDITOR]], such as 12,mod10,case or 9,mod10,invoice,55,2. "
        "NAMES is case, invoice, or older_case.",
    ),
]
BankAccount = Annotated[str | None, Parameter(help="The account's G/L account in its holder's books.")]
Inbox = Annotated[str | None, Parameter(help="The folder that the bank's files come in. Empty: none.")]
DoneFolder = Annotated[str | None, Parameter(name="--done", help="Where imported files are moved. Empty: they stay.")]
Name = Annotated[str | None, Parameter(help="What people call it.")]


class Told(msgspec.Struct, frozen=True):
    """What a change prints as JSON: the agreement after it, what differs, drafts made anew, and warnings."""

    agreement: dict[str, object]
    items: tuple[str, ...]
    drafts: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...]


@app.command(name="list")
def list_agreements(*, creditor: Creditor = None, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List payment agreements."""
    with reading(site_at(place, None).office) as connection:
        found = agreements_shown(connection, creditor)
    if json:
        output.print_json({"count": len(found), "agreements": [_as_data(one) for one in found]})
        return
    headings = ("account", "name", "holder", "creditors", "closed_on", "inbox")
    output.print_table(
        output.words("agreements.list", count=len(found)),
        [output.words(f"agreements.{heading}") for heading in headings],
        [
            (
                account_numbers.format(one.account_number),
                one.name,
                str(one.holder),
                ", ".join(map(str, one.creditors)),
                str(one.closed_on or ""),
                one.inbox,
            )
            for one in found
        ],
        right=(2,),
    )


@app.command
def show(account: Account, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Show one agreement, its KID structures, and everything that was changed in it."""
    with reading(site_at(place, None).office) as connection:
        one = load_agreement(connection, account_numbers.compact(account))
        changes = history(connection, agreement_subject(one.account_number))
    if json:
        output.print_json(_as_data(one) | {"history": changes, "warnings": _warnings(one)})
        return
    output.print_table(
        account_numbers.format(one.account_number),
        [output.words("setup.item"), output.words("setup.value")],
        [(item, value) for item, value in agreement_values(one).items()],
    )
    print_history(changes)
    _print_warnings(one)


@app.command
def add(  # noqa: PLR0913 - one parameter for each thing that is agreed
    account: Account,
    name: Annotated[str, Parameter(help="What people call it.")],
    /,
    *,
    holder: Holder,
    serve: Served,
    structure: Structures,
    because: Because,
    bank_account: BankAccount = None,
    inbox: Inbox = None,
    done: DoneFolder = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Add a payment agreement. Adding it again as it stands changes nothing."""
    one = Agreement(
        account_number=account_numbers.compact(account),
        holder=holder,
        name=name,
        structures=tuple(map(structure_named, structure)),
        creditors=tuple(serve),
        bank_account=bank_account or "",
        inbox=_whole(inbox or ""),
        done_folder=_whole(done or ""),
    )
    site = site_at(place, on)
    with writing(site.office) as connection:
        new = agreements.add(connection, one, site.act, because)
        stored = load_agreement(connection, account_numbers.validate(account))
    _print_told(stored, Changed(tuple(agreement_values(stored)) if new else ()), as_json=json)


@app.command
def change(  # noqa: PLR0913 - one parameter for each thing that is agreed
    account: Account,
    /,
    *,
    because: Because,
    name: Name = None,
    holder: Annotated[int | None, Parameter(help="Another holder, as long as no money has come in.")] = None,
    serve: Served = [],  # noqa: B006 - never changed
    drop: Dropped = [],  # noqa: B006 - never changed
    structure: Structures = [],  # noqa: B006 - never changed
    bank_account: BankAccount = None,
    inbox: Inbox = None,
    done: DoneFolder = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Change an agreement, with the reason. Structures that are given replace those that it had.

    A proposal that is not approved is made anew if it is booked otherwise now.
    """
    site = site_at(place, on)
    number = account_numbers.compact(account)
    given = {
        "name": name,
        "holder": holder,
        "bank_account": bank_account,
        "inbox": None if inbox is None else _whole(inbox),
        "done_folder": None if done is None else _whole(done),
        "structures": tuple(map(structure_named, structure)) or None,
    }
    changes: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    with writing(site.office) as connection:
        if serve or drop:
            served = set(load_agreement(connection, number).creditors) | set(serve)
            changes["creditors"] = tuple(sorted(served - set(drop)))
        changed = agreements.change_agreement(connection, number, changes, because, site.act)
        stored = load_agreement(connection, number)
    _print_told(stored, changed, as_json=json)


@app.command
def close(
    account: Account,
    /,
    *,
    because: Because,
    from_: Annotated[
        date | None, Parameter(name="--from", help="The first day that it is closed. Default: the business date.")
    ] = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Close an agreement: money settled from that day on is taken, and waits for a person to place it."""
    site = site_at(place, on)
    number = account_numbers.compact(account)
    with writing(site.office) as connection:
        changed = agreements.close_agreement(connection, number, from_ or site.act.on, because, site.act)
        stored = load_agreement(connection, number)
    _print_told(stored, changed, as_json=json)


@app.command
def reopen(
    account: Account,
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Open an agreement again. Money that came in meanwhile stays unplaced until a person places it."""
    site = site_at(place, on)
    number = account_numbers.compact(account)
    with writing(site.office) as connection:
        changed = agreements.reopen_agreement(connection, number, because, site.act)
        stored = load_agreement(connection, number)
    _print_told(stored, changed, as_json=json)


def _whole(folder: str) -> str:
    """The folder's whole path: commands are run from anywhere."""
    return str(Path(folder).expanduser().absolute()) if folder.strip() else ""


def _as_data(one: Agreement) -> dict[str, object]:
    data = msgspec.structs.asdict(one)
    return data | {"structures": [structure_text(structure) for structure in one.structures]}


def _warnings(one: Agreement) -> tuple[str, ...]:
    """What may be as it should, and most often is not: folders that are not there."""
    folders = [folder for folder in (one.inbox, one.done_folder) if folder and not Path(folder).is_dir()]
    return tuple(output.words("agreements.no_folder", folder=output.printable(folder)) for folder in folders)


def _print_warnings(one: Agreement) -> None:
    for warning in _warnings(one):
        output.print_line(warning)


def _print_told(one: Agreement, changed: Changed, *, as_json: bool) -> None:
    if as_json:
        output.print_json(Told(_as_data(one), changed.items, changed.drafts, _warnings(one)))
        return
    code = "agreements.changed" if changed.items else "agreements.as_it_was"
    items = ", ".join(changed.items)
    output.print_line(output.words(code, account=account_numbers.format(one.account_number), items=items))
    for creditor, posting in changed.drafts:
        output.print_line(output.words("setup.draft", creditor=creditor, number=posting))
    _print_warnings(one)
