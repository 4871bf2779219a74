"""`kravbro ledger connect`, `show`, `compare`, `accept` and `fate`: the foreign ledger that one works beside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.bootstrap.foreign import KINDS, connect_ledger
from kravbro.bootstrap.site import Site
from kravbro.cli import output
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, acting, site_at
from kravbro.core.errors import DataFault, Stop
from kravbro.core.vouchers import Fate
from kravbro.db.engines import reading
from kravbro.db.place import Place
from kravbro.mirror.connections import Connection, connection_of
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import Lack

Kind = Annotated[str, Parameter(help=f"The kind of ledger: {', '.join(KINDS)}.")]
Address = Annotated[str, Parameter(help="Where the ledger is, as its page in docs/ledgers says. Never a password.")]
Settings = Annotated[
    Path | None, Parameter(help="What the adapter is told beside the address, in TOML: see the ledger's page.")
]


def add_to(app: App) -> None:
    """Add the commands to those of the noun."""
    app.command(connect)
    app.command(show)
    app.command(compare)
    app.command(accept)
    app.command(fate)


def connect(
    kind: Kind,
    address: Address,
    /,
    *,
    settings: Settings = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Connect an installation with a ledger that is not ours, and make the installation if it is not there.

    The ledger is asked who it is and what it lacks; where something lacks that is needed, nothing is connected.
    Repeated with other settings, these take the place of the old ones; another installation of the ledger is refused.
    """
    lacks = connect_ledger(place, Connection(kind, address, settings_text(settings)), acting(on))
    works = not any(one.needed for one in lacks)
    if json:
        output.print_json({"kind": kind, "address": address, "connected": works, "lacks": lacks})
    else:
        outcome = "ledger.connected" if works else "ledger.not_connected"
        output.print_line(output.words(outcome, kind=kind, address=address, place=place.name))
        _print_lacks(lacks)
    return int(not works)


def settings_text(file: Path | None) -> str:
    """The text of a settings file; empty without one. Raises DataFault `ledger.not_text`."""
    if file is None:
        return ""
    try:
        return read_file(file).decode("utf-8")
    except UnicodeDecodeError:
        raise DataFault("ledger.not_text", file=str(file)) from None


def show(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> int:
    """Show the connected ledger: who it is, its companies, and what it lacks. Exit code 1 if something needed lacks."""
    site = site_at(place, on)
    ledger = site.foreign
    with reading(place.open("mirror")) as connection:
        known = connection_of(connection)
    lacks = ledger.check()
    works = not any(one.needed for one in lacks)
    companies = ledger.companies() if works else []
    installation = ledger.identify().installation if works else site.installation
    if json:
        told = {"kind": known.kind, "address": known.address, "installation": installation}
        output.print_json({**told, "companies": companies, "lacks": lacks})
    else:
        told = {"kind": known.kind, "address": known.address, "installation": installation}
        output.print_line(output.words("ledger.shown", **told))
        output.print_line(output.words("ledger.companies", companies=", ".join(map(str, companies)) or "\u2013"))
        _print_lacks(lacks)
    return int(not works)


def compare(
    *,
    company: Annotated[int, Parameter(help="The company whose claims are compared.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Compare every claim with the connected ledger now, and give up those whose invoices it does not have any more.

    The way on where a run stopped because invoices had vanished: first find out where they went.
    """
    site = site_at(place, on)
    ledger = _ordered(site, place, company, because)
    site.positions.note_override("items_vanished", company, because.strip())
    gone = ledger.compare(company)
    if json:
        output.print_json({"company": company, "given_up": gone})
    else:
        output.print_line(output.words("ledger.compared", company=company, count=gone))


def accept(
    settlement: Annotated[str, Parameter(help="What is in doubt, as kravbro reconcile names it, such as 17/3.")],
    /,
    *,
    company: Annotated[int, Parameter(help="The company in which it stands.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say that something in the connected ledger is right that was in doubt: the collector is told of it from now on.

    Only where nothing was booked by mistake. What was is taken off in the ledger, and needs no command.
    """
    site = site_at(place, on)
    ledger = _ordered(site, place, company, because)
    items = ledger.accept(company, settlement)
    site.positions.note_override("doubt_accepted", company, f"{settlement}: {because.strip()}")
    if json:
        output.print_json({"company": company, "settlement": settlement, "claims": [one.entry for one in items]})
    else:
        output.print_line(output.words("ledger.accepted", settlement=settlement, company=company, count=len(items)))


def fate(
    voucher: Annotated[str, Parameter(help="The voucher's key, as kravbro reconcile names it.")],
    became: Annotated[Literal["posted", "deleted"], Parameter(help="What became of it in the ledger.")],
    /,
    *,
    company: Annotated[int, Parameter(help="The company to which it was delivered.")],
    because: Because,
    number: Annotated[str, Parameter(help="Its number in the ledger, where it was posted.")] = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say what became of a voucher that was delivered to the connected ledger, where nobody but a person can see it.

    One that the ledger shows waiting is refused, and what the ledger tells of it by now counts.
    """
    site = site_at(place, on)
    ledger = _ordered(site, place, company, because)
    told = ledger.settle_fate(company, voucher, Fate(became), number)
    site.positions.note_override("voucher_fate", company, f"{voucher} {became}: {because.strip()}")
    if json:
        output.print_json({"company": company, "voucher": voucher, "fate": told.fate, "number": told.voucher_no})
    else:
        output.print_line(output.words(f"ledger.fate_{told.fate.value}", voucher=voucher, company=company))


def _ordered(site: Site, place: Place, company: int, because: str) -> MirroredLedger:
    """The connected ledger, for what a person orders with a reason.

    Raises Stop `bridge.no_reason`, DataFault `ledger.own`, `ledger.remembers_itself`, and as `require_company` does.
    """
    if not because.strip():
        raise Stop("bridge.no_reason")
    ledger = site.foreign
    if not isinstance(ledger, MirroredLedger):
        raise DataFault("ledger.remembers_itself", place=place.name)
    site.require_company(company)
    return ledger


def _print_lacks(lacks: Sequence[Lack]) -> None:
    if not lacks:
        output.print_line(output.words("ledger.lacks_nothing"))
        return
    output.print_table(
        output.words("ledger.lacks", count=len(lacks)),
        [output.words(f"ledger.{heading}") for heading in ("thing", "needed", "purpose", "cure")],
        [(one.thing, _needed(one), one.purpose, one.cure) for one in lacks],
    )


def _needed(lack: Lack) -> str:
    return output.words("ledger.needed_yes" if lack.needed else "ledger.needed_no")
