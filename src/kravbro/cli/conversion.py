"""`kravbro claims match` and `convert`: which claims that were transferred earlier are the same, and joining them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.bootstrap.site import Site
from kravbro.bridge import convert as bridge
from kravbro.bridge.joined import Joined
from kravbro.cli import output
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, chosen_creditors, site_at
from kravbro.core.adoption import Choice, Chosen
from kravbro.core.claims import claim_name
from kravbro.core.conversion import Ambiguous, EarlierClaim, Matching, Pair, TransferredClaim
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading
from kravbro.formats import conversion_choices
from kravbro.office.creditors import load_creditor

LISTS = ("matched", "differing", "ambiguous", "missing_in_collector", "missing_in_ledger")
HEADINGS = ("customer", "claim", "invoice", "remaining", "case", "case_invoice", "case_remaining", "note")


CreditorNumber = Annotated[int, Parameter(help="The creditor's number.")]
CutOff = Annotated[
    date, Parameter(help="What the ledger counts before this day, YYYY-MM-DD, is in the older cases' amounts already.")
]


def add_to(app: App) -> None:
    """Add the commands to `kravbro claims`."""
    app.command(name="match")(match_earlier)
    app.command(name="convert")(convert_earlier)


def match_earlier(
    *,
    creditor: CreditorNumber,
    cut_off: CutOff,
    write_numbers: Annotated[
        bool, Parameter(negative="", help="Write the case number of everything that matched on its open item.")
    ] = False,
    because: Because = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Match the open items that were handed over earlier with the claims of the older system's cases.

    Two are the same when customer, invoice number and what remained at the cut-off are equal and nothing else could be
    meant. Whatever is not that clear is listed with all that it could be. Nothing is changed,
    unless the case numbers are to be written: that needs a reason, and done again it writes nothing twice.
    """
    site = site_at(place, on)
    joined, company = _joined(site, creditor)
    matching = bridge.preview(site.ledger, site.collector, company, cut_off, joined.page)
    name = _Names(joined.ledger_identity.installation, company)
    done = bridge.write_numbers(site.ledger, company, matching, because, joined.page) if write_numbers else None
    if json:
        written = {} if done is None else {"numbers": {"new": done.new, "known": done.known}}
        output.print_json({"creditor": creditor, "cut_off": cut_off} | name.as_data(matching) | written)
        return
    name.print(matching)
    if done is not None:
        output.print_line(output.words("conversion.numbers", new=done.new, known=done.known))


def convert_earlier(  # noqa: PLR0913 - the options of one command
    *,
    creditor: CreditorNumber,
    cut_off: CutOff,
    preview: Annotated[bool, Parameter(negative="", help="Show what would be joined, and change nothing.")] = False,
    choices: Annotated[
        Path | None, Parameter(help="What a person chose, in CSV: docs/formats/conversion_choices.md.")
    ] = None,
    make_cases: Annotated[
        bool, Parameter(negative="", help="Offer open items that no case has, through the gate, for new cases.")
    ] = False,
    because: Because = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Join open items that were handed over earlier with the older system's cases: each pair becomes one claim.

    What matched is joined; what differs, or could be several, only where --choices says so. The open item gets the
    number of its case, and is collected from then on like any other claim. Given again it joins nothing twice.
    """
    site = site_at(place, on)
    if cut_off > site.act.on:
        raise DataFault("conversion.cut_off_ahead", cut_off=cut_off, on=site.act.on)
    if not (preview or because.strip()):
        raise DataFault("conversion.reason_missing", creditor=creditor)
    rows = conversion_choices.parse(read_file(choices), str(choices)) if choices else ()
    joined, company = _joined(site, creditor)
    chosen = _choices(site, company, rows)
    name = _Names(joined.ledger_identity.installation, company)
    if preview:
        both = bridge.sides(site.ledger, site.collector, company, cut_off, joined.page)
        found, done = both.chosen(chosen, because), {}
    else:
        asked = bridge.Asked(cut_off, because.strip(), chosen, make_cases)
        converted = bridge.convert(joined, site.ledger, site.collector, company, asked)
        found, done = converted.chosen, {"joined": converted.joined, "offered": converted.offered}
    if json:
        output.print_json({"creditor": creditor, "cut_off": cut_off} | name.as_data(_with_chosen(found)) | done)
        return
    name.print(_with_chosen(found))
    if done:
        output.print_line(output.words("conversion.joined", **done))


def _joined(site: Site, creditor: int) -> tuple[Joined, int]:
    """Both ports, and the company that is this creditor."""
    chosen_creditors(site, creditor)
    with reading(site.office) as connection:
        company = load_creditor(connection, creditor).company
    joined = site.join()
    if company not in joined.companies():
        raise DataFault("site.no_such_company", company=company, place=site.place.name)
    return joined, company


def _choices(site: Site, company: int, rows: Sequence[conversion_choices.Row]) -> tuple[Choice, ...]:
    """The choices of a file, with the items that they name. Raises as `Site.named_items` does."""
    entries = site.named_items(company, [row.item for row in rows])
    return tuple(
        Choice(
            line=row.line,
            entry=entries[row.item],
            case_number=row.case_number,
            case_invoice=row.case_invoice,
            difference_ore=row.difference_ore,
            because=row.because,
        )
        for row in rows
    )


def _with_chosen(found: Chosen) -> Matching:
    """Everything in its list; what a person chose stands with what matched, with what it differs in."""
    return msgspec.structs.replace(found.rest, matched=tuple(pair for pair, _ in found.pairs))


class _Names:
    """How claims are shown: an open item under the claim's name."""

    def __init__(self, installation: str, company: int) -> None:
        self._installation = installation
        self._company = company

    def as_data(self, matching: Matching) -> dict[str, object]:
        """The five lists, and how many each has."""
        lists: dict[str, list[dict[str, object]]] = {
            "matched": [self._of_pair(pair) for pair in matching.matched],
            "differing": [self._of_pair(pair) for pair in matching.differing],
            "ambiguous": [self._of_several(several) for several in matching.ambiguous],
            "missing_in_collector": [self._of_item(item) for item in matching.missing_in_collector],
            "missing_in_ledger": [_of_earlier(claim) for claim in matching.missing_in_ledger],
        }
        return {"counts": {name: len(lists[name]) for name in LISTS}, **lists}

    def _of_pair(self, pair: Pair) -> dict[str, object]:
        return {
            "transferred": self._of_item(pair.transferred),
            "earlier": _of_earlier(pair.earlier),
            "difference_ore": pair.difference_ore,
            "differs": list(pair.differs),
        }

    def _of_several(self, several: Ambiguous) -> dict[str, object]:
        return {
            "transferred": [self._of_item(item) for item in several.transferred],
            "earlier": [_of_earlier(claim) for claim in several.earlier],
        }

    def _of_item(self, item: TransferredClaim) -> dict[str, object]:
        return {"claim": self._claim(item)} | {name: getattr(item, name) for name in item.__struct_fields__}

    def _claim(self, item: TransferredClaim) -> str:
        return claim_name(self._installation, self._company, item.entry)

    def print(self, matching: Matching) -> None:
        """One table for each list that has anything."""
        rows = {
            "matched": [self._row(pair.transferred, pair.earlier, pair) for pair in matching.matched],
            "differing": [self._row(pair.transferred, pair.earlier, pair) for pair in matching.differing],
            "ambiguous": [row for several in matching.ambiguous for row in self._rows_of(several)],
            "missing_in_collector": [self._row(item, None) for item in matching.missing_in_collector],
            "missing_in_ledger": [self._row(None, claim) for claim in matching.missing_in_ledger],
        }
        for name in LISTS:
            count = len(getattr(matching, name))
            if not count:
                output.print_line(output.words(f"conversion.{name}", count=count))
                continue
            headings = [output.words(f"conversion.{heading}") for heading in HEADINGS]
            output.print_table(output.words(f"conversion.{name}", count=count), headings, rows[name], right=(0, 3, 6))

    def _rows_of(self, several: Ambiguous) -> Sequence[tuple[str, ...]]:
        return [
            *(self._row(item, None) for item in several.transferred),
            *(self._row(None, claim) for claim in several.earlier),
        ]

    def _row(
        self, item: TransferredClaim | None, claim: EarlierClaim | None, pair: Pair | None = None
    ) -> tuple[str, ...]:
        """One line: the ledger's side, the collector's side, and what they do not agree on."""
        customer = item.customer_no if item else claim.customer_no if claim else 0
        ours = (self._claim(item), item.invoice_no, format_kroner(item.remaining_ore)) if item else ("", "", "")
        theirs = (claim.case_number, claim.invoice_no, format_kroner(claim.remaining_ore)) if claim else ("", "", "")
        note = ", ".join(output.words(f"conversion.differs_{what}") for what in pair.differs) if pair else ""
        return (str(customer), *ours, *theirs, note)


def _of_earlier(claim: EarlierClaim) -> dict[str, object]:
    fields = {name: getattr(claim, name) for name in claim.__struct_fields__}
    return fields | {"remaining_ore": claim.remaining_ore}
