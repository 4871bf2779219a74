"""`kravbro proposals`: dunning proposals in the embedded ledger, from generated to approved."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.books.commands.proposals import (
    approve_proposal,
    delete_proposal,
    generate_proposal,
    remove_customer,
    remove_line,
    restore_line,
)
from kravbro.books.queries.proposals import ProposalShown, print_proposal, proposals, proposed_lines
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.money import format_kroner
from kravbro.db.engines import Connection, reading, writing

app = App(name="proposals", help="Dunning proposals in the embedded ledger.", help_format="plaintext")

EVERYTHING = 2**31 - 1

Company = Annotated[int, Parameter(help="The company's number.")]
Number = Annotated[int, Parameter(help="The proposal's number.")]
Entry = Annotated[int, Parameter(help="The entry of the invoice, as `proposals show` prints it.")]


@app.command(name="list")
def list_proposals(company: Company, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List a company's proposals."""
    site = site_at(place, None)
    with reading(site.books(company)) as connection:
        made = proposals(connection, limit=EVERYTHING)
    if json:
        output.print_json({"count": len(made), "proposals": made})
        return
    headings = ("number", "type", "code", "made", "state", "lines", "removed", "remaining")
    output.print_table(
        output.words("proposals.list", count=len(made)),
        [output.words(f"proposals.{heading}") for heading in headings],
        [
            (
                str(one.number),
                one.sub_ledger_type,
                one.dunning_code,
                str(one.made_on),
                one.state,
                str(one.lines),
                str(one.removed),
                format_kroner(one.remaining_ore),
            )
            for one in made
        ],
        right=(5, 6, 7),
    )


@app.command
def show(
    company: Company,
    number: Number,
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Print a proposal for paper: each line with every reason against it. With --json also the entries."""
    site = site_at(place, on)
    with reading(site.books(company)) as connection:
        if json:
            lines = proposed_lines(connection, number, site.statute, site.act.on)
            output.print_json({"proposal": number, "lines": lines})
            return
        shown = print_proposal(connection, number, site.statute, site.act.on, output.language())
        output.print_line(shown.rstrip("\n"))


@app.command
def generate(
    company: Company,
    /,
    *,
    sub_ledger_type: Annotated[str, Parameter(name="--type", help="The sub-ledger type.")],
    code: Annotated[str, Parameter(help="The dunning code that transfers, such as PWS or EWS.")],
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Propose everything of a sub-ledger type that may be transferred. A draft of the same day is answered again."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        draft = _draft_of_today(connection, sub_ledger_type, code, site.act.on.isoformat())
        request = f"proposal {sub_ledger_type} {code} {site.act.on} {len(proposals(connection, limit=EVERYTHING))}"
        number = draft.number if draft else generate_proposal(connection, sub_ledger_type, code, site.act, request)
        (made,) = proposals(connection, after=number - 1, limit=1)
    if json:
        output.print_json(made)
        return
    output.print_line(
        output.words(
            "proposals.generated",
            company=company,
            number=number,
            lines=made.lines,
            amount=format_kroner(made.remaining_ore),
        )
    )


def _draft_of_today(connection: Connection, sub_ledger_type: str, code: str, day: str) -> ProposalShown | None:
    for one in proposals(connection, limit=EVERYTHING):
        made = (one.sub_ledger_type, one.dunning_code, one.made_on.isoformat())
        if one.state == "draft" and made == (sub_ledger_type, code, day):
            return one
    return None


@app.command
def remove(
    company: Company,
    number: Number,
    /,
    *,
    entry: Annotated[int | None, Parameter(help="Take this invoice out.")] = None,
    customer: Annotated[int | None, Parameter(help="Take every invoice of this customer out.")] = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
) -> None:
    """Take an invoice, or a whole customer, out of a draft proposal, with the reason."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        count = 0
        if entry is not None:
            remove_line(connection, number, entry, because, site.act)
            count += 1
        if customer is not None:
            count += remove_customer(connection, number, customer, because, site.act)
    output.print_line(output.words("proposals.changed", number=number, count=count))


@app.command
def restore(company: Company, number: Number, entry: Entry, /, *, place: At = DEFAULT_PLACE, on: OnDate = None) -> None:
    """Take an invoice back into a draft proposal."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        restore_line(connection, number, entry, site.act)
    output.print_line(output.words("proposals.changed", number=number, count=1))


@app.command
def approve(
    company: Company,
    number: Number,
    /,
    *,
    voucher_type: Annotated[str, Parameter(help="The voucher type of transfers.")],
    post: Annotated[bool, Parameter(negative="--leave-as-draft", help="Post the transfer voucher at once.")] = True,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Approve a proposal. When its transfer voucher is posted, its lines are ready for the collector."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        voucher = approve_proposal(connection, number, voucher_type, post, site.act)
    if json:
        output.print_json({"company": company, "proposal": number, "transfer_voucher": voucher, "posted": post})
    else:
        done = "approved" if post else "approved_as_draft"
        output.print_line(output.words(f"proposals.{done}", number=number, voucher=voucher))


@app.command
def delete(company: Company, number: Number, /, *, place: At = DEFAULT_PLACE, on: OnDate = None) -> None:
    """Delete a draft proposal."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        delete_proposal(connection, number, site.act)
    output.print_line(output.words("proposals.deleted", number=number))
