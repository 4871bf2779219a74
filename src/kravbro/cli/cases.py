"""`kravbro cases`: cases, what they consist of, and what is owed on them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_FOLDER, Creditor, Folder, OnDate, chosen_creditors, site_at
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading
from kravbro.office.queries import cases as queries
from kravbro.office.queries.statement import Statement
from kravbro.office.queries.statement import statement as account_on
from kravbro.texts.derivations import as_data, told

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
    headings = ("invoice", "due", "state", "principal", "interest", "fees", "costs")
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
                format_kroner(claim.balances.fees_ore),
                format_kroner(claim.balances.costs_ore),
            )
            for claim in case.claims
        ],
        right=(3, 4, 5, 6),
    )
    output.print_table(
        output.words("cases.events"),
        [output.words(f"cases.{heading}") for heading in ("date", "event", "to", "actor")],
        [(str(event.happened_on), event.event, event.target, event.actor) for event in case.events],
    )


@app.command
def statement(
    number: CaseNumber,
    /,
    *,
    on: OnDate = None,
    explain: Annotated[bool, Parameter(negative="", help="Print below the table where each line comes from.")] = False,
    folder: Folder = DEFAULT_FOLDER,
    json: output.AsJson = False,
) -> None:
    """Print the account of a case as it stands on a date, line by line, with interest up to and including that day."""
    site = site_at(folder, on)
    statute = site.statute
    with reading(site.office) as connection:
        found = account_on(connection, number, site.act.on, statute)
    if json:
        output.print_json(_as_json(found))
        return
    headings = ("counts_from", "what", "part", "invoice", "amount", "balance")
    output.print_table(
        output.words("cases.statement", number=number, on=found.on),
        [output.words(f"cases.{heading}") for heading in headings],
        [
            (
                str(line.counts_from),
                line.kind,
                line.account,
                line.invoice_no,
                format_kroner(line.amount_ore),
                format_kroner(line.balance_ore),
            )
            for line in found.lines
        ],
        right=(4, 5),
    )
    if explain:
        for line in found.lines:
            for text in told(line.explain, output.language()):
                output.print_line(text)


def _as_json(found: Statement) -> dict[str, object]:
    lines = [structs.asdict(line) | {"explain": as_data(line.explain, output.language())} for line in found.lines]
    return {"case": found.case, "on": found.on, "lines": lines, "totals": found.totals, "owed_ore": found.owed_ore}
