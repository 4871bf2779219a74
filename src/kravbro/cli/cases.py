"""`kravbro cases`: cases, what they consist of, and what is owed on them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_FOLDER, Creditor, Folder, chosen_creditors, site_at
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading
from kravbro.office.queries import cases as queries

app = App(name="cases", help="Cases, what they consist of, and what is owed on them.", help_format="plaintext")

PAGE = 1000

CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]


@app.command(name="list")
def list_cases(
    *,
    creditor: Creditor = None,
    state: Annotated[str | None, Parameter(help="Only cases in this state: registered, in_progress, closed.")] = None,
    folder: Folder = DEFAULT_FOLDER,
    json: output.AsJson = False,
) -> None:
    """List cases with debtor, state and what is owed."""
    site = site_at(folder, None)
    lines: list[queries.CaseLine] = []
    with reading(site.office) as connection:
        for one in chosen_creditors(site, creditor):
            after = ""
            while page := queries.cases(connection, one, state=state, after=after, limit=PAGE):
                lines += page
                after = page[-1].number
    if json:
        output.print_json({"count": len(lines), "cases": lines})
        return
    headings = ("number", "kid", "debtor", "state", "claims", "owed")
    output.print_table(
        output.words("cases.list", count=len(lines)),
        [output.words(f"cases.{heading}") for heading in headings],
        [
            (line.number, line.kid, line.debtor_name, line.state, str(line.claims), format_kroner(line.owed_ore))
            for line in lines
        ],
        right=(4, 5),
    )


@app.command
def show(number: CaseNumber, /, *, folder: Folder = DEFAULT_FOLDER, json: output.AsJson = False) -> None:
    """Show one case: debtor, claims with what is owed of each part, and what has happened."""
    with reading(site_at(folder, None).office) as connection:
        case = queries.case(connection, number)
    if json:
        output.print_json(case)
        return
    output.print_line(
        output.words("cases.of", number=case.line.number, kid=case.line.kid, debtor=case.line.debtor_name)
    )
    headings = ("invoice", "due", "state", "principal", "interest", "costs")
    output.print_table(
        output.words("cases.claims"),
        [output.words(f"cases.{heading}") for heading in headings],
        [
            (
                claim.invoice_no,
                str(claim.due_date),
                claim.state,
                format_kroner(claim.balances.principal_ore),
                format_kroner(claim.balances.interest_ore),
                format_kroner(claim.balances.costs_ore),
            )
            for claim in case.claims
        ],
        right=(3, 4, 5),
    )
    output.print_table(
        output.words("cases.events"),
        [output.words(f"cases.{heading}") for heading in ("date", "event", "to", "actor")],
        [(str(event.happened_on), event.event, event.target, event.actor) for event in case.events],
    )


@app.command
def statement(number: CaseNumber, /, *, folder: Folder = DEFAULT_FOLDER, json: output.AsJson = False) -> None:
    """Print the account of a case, row by row, with what is owed after each."""
    with reading(site_at(folder, None).office) as connection:
        lines = queries.statement(connection, number)
    if json:
        output.print_json({"case": number, "lines": lines})
        return
    headings = ("date", "what", "part", "invoice", "amount", "balance")
    output.print_table(
        output.words("cases.statement", number=number),
        [output.words(f"cases.{heading}") for heading in headings],
        [
            (
                str(line.dated),
                line.kind,
                line.account,
                line.invoice_no,
                format_kroner(line.amount_ore),
                format_kroner(line.balance_ore),
            )
            for line in lines
        ],
        right=(4, 5),
    )
