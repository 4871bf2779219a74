"""`kravbro cases`: cases, what they consist of, and what is owed on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.bootstrap.site import Site
from kravbro.cli import case_adjustments, earlier_claims, output
from kravbro.cli.case_parties import print_case_parties
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading, writing
from kravbro.office import interest_terms
from kravbro.office.parties.on_case import case_parties
from kravbro.office.queries import cases as queries
from kravbro.office.queries.interest_terms import ClaimInterest, interest_of_case
from kravbro.office.queries.statement import Statement
from kravbro.office.queries.statement import statement as account_on
from kravbro.texts.derivations import as_data

app = App(name="cases", help="Cases, what they consist of, and what is owed on them.", help_format="plaintext")
earlier_claims.add_to(app)
case_adjustments.add_to(app)

app.command("kravbro.cli.case_returns:withdraw", name="withdraw", help="Give claims back that their creditor wants.")
app.command(
    "kravbro.cli.case_returns:return_claims", name="return", help="Give claims back to their creditor, with the reason."
)
app.command("kravbro.cli.case_returns:close", name="close", help="Close a case unpaid: its claims go back.")

PAGE = 1000

_DECIMAL_COMMA = frozenset({"nb", "nn"})

CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]

State = Literal["registered", "in_progress", "closed"]
FirstDay = Annotated[date, Parameter(name="--from", help="The first day, YYYY-MM-DD.")]
LastDay = Annotated[
    date | None, Parameter(name="--until", help="The last day, YYYY-MM-DD. Default: until further notice.")
]
OneInvoice = Annotated[str | None, Parameter(name="--claim", help="Only the claims on the invoice of this number.")]


@app.command(name="list")
def list_cases(
    *,
    creditor: Creditor = None,
    state: Annotated[State | None, Parameter(help="Only cases in this state.")] = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List cases with debtor, state and what is owed."""
    site = site_at(place, None)
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
def show(number: CaseNumber, /, *, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """Show one case: who stands on it, claims with what is owed of each part, and what was said and has happened."""
    site = site_at(place, on)
    with reading(site.office) as connection:
        case = queries.case(connection, number)
        said = interest_of_case(connection, number)
        who = case_parties(connection, number, site.act.on)
    if json:
        output.print_json(structs.asdict(case) | {"interest": said} | structs.asdict(who))
        return
    output.print_line(
        output.words("cases.of", number=case.line.number, kid=case.line.kid, debtor=case.line.debtor_name)
    )
    _print_claims(case)
    if said:
        _print_terms(number, said)
        _print_said(said)
    print_case_parties(who)
    output.print_table(
        output.words("cases.events"),
        [output.words(f"cases.{heading}") for heading in ("date", "event", "to", "actor")],
        [(str(event.happened_on), event.event, event.target, event.actor) for event in case.events],
    )


def _print_claims(case: queries.CaseShown) -> None:
    """What is owed of each part; what was written off in the books only, and what the debtor has coming, if any."""
    parts = ["principal", "interest", "fees", "costs"]
    if any(claim.balances.written_off_ore for claim in case.claims):
        parts.append("written_off")
    headings = ("invoice", "due", "state", *parts)
    output.print_table(
        output.words("cases.claims"),
        [output.words(f"cases.{heading}") for heading in headings],
        [
            (
                claim.invoice_no,
                str(claim.due_date),
                claim.state,
                *(format_kroner(getattr(claim.balances, f"{part}_ore")) for part in parts),
            )
            for claim in case.claims
        ],
        right=range(3, len(headings)),
    )
    in_ledger_ore = case.owed_back_ore - case.overpaid_ore
    for word, amount_ore in (("overpaid", case.overpaid_ore), ("owed_back_in_ledger", in_ledger_ore)):
        if amount_ore:
            output.print_line(output.words(f"cases.{word}", amount=format_kroner(amount_ore)))


@app.command
def statement(
    number: CaseNumber,
    /,
    *,
    on: OnDate = None,
    explain: Annotated[bool, Parameter(negative="", help="Print below the table where each line comes from.")] = False,
    for_debtor: Annotated[
        bool, Parameter(negative="", help="In the debtor's language, with the debtor's name above.")
    ] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Print the account of a case as it stands on a date, line by line, with interest up to and including that day."""
    site = site_at(place, on)
    statute = site.statute
    with reading(site.office) as connection:
        found = account_on(connection, number, site.act.on, statute)
        who = case_parties(connection, number, site.act.on)
    spoken = who.language if for_debtor else output.language()
    if json:
        output.print_json(_as_json(found, spoken))
        return
    headings = ("counts_from", "what", "part", "invoice", "amount", "balance")
    if for_debtor:
        output.print_line(str(output.printable(who.name)))
    output.print_table(
        output.words_in(spoken, "cases.statement", number=number, on=found.on),
        [output.words_in(spoken, f"cases.{heading}") for heading in headings],
        [
            (
                str(line.counts_from),
                _in_words(line.kind, spoken),
                _in_words(line.account, spoken),
                line.invoice_no,
                format_kroner(line.amount_ore),
                format_kroner(line.balance_ore),
            )
            for line in found.lines
        ],
        right=(4, 5),
    )
    if found.owed_back_ore:
        owed = format_kroner(found.owed_ore + found.owed_back_ore)
        output.print_line(output.words("cases.owed_back", back=format_kroner(found.owed_back_ore), owed=owed))
    if explain:
        for line in found.lines:
            output.print_derivation(line.explain, spoken)


def _in_words(code: str, spoken: str) -> str:
    """A kind of line or a part of the debt, in a language."""
    return output.words_in(spoken, f"cases.line.{code}")


def _as_json(found: Statement, spoken: str) -> dict[str, object]:
    lines = [structs.asdict(line) | {"explain": as_data(line.explain, spoken)} for line in found.lines]
    sums = {"totals": found.totals, "owed_ore": found.owed_ore, "owed_back_ore": found.owed_back_ore}
    return {"case": found.case, "on": found.on, "lines": lines} | sums


@app.command(name="pause")
def pause_interest(
    number: CaseNumber,
    /,
    *,
    first: FirstDay,
    last: LastDay = None,
    claim: OneInvoice = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Let the claims of a case bear no interest on some days, both included, such as while an objection is judged."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        touched = interest_terms.pause(
            connection, number, site.act, first=first, last=last, because=because, invoice_no=claim
        )
    _print_changed(site, number, touched, as_json=json)


@app.command(name="resume")
def resume_interest(
    number: CaseNumber,
    /,
    *,
    first: FirstDay,
    last: LastDay = None,
    claim: OneInvoice = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Let the claims of a case bear interest again on some days, both included, whatever pause was set on them."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        touched = interest_terms.resume(
            connection, number, site.act, first=first, last=last, because=because, invoice_no=claim
        )
    _print_changed(site, number, touched, as_json=json)


@app.command
def terms(  # noqa: PLR0913 - one parameter for each kind of terms
    number: CaseNumber,
    /,
    *,
    interest_free: Annotated[bool, Parameter(negative="", help="The claims bear no interest.")] = False,
    agreed_rate: Annotated[
        str | None,
        Parameter(help="Percent a year that two businesses have agreed on.", allow_leading_hyphen=True),
    ] = None,
    late_interest: Annotated[
        bool, Parameter(negative="", help="The claims bear late-payment interest by law.")
    ] = False,
    claim: OneInvoice = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say which interest the claims of a case bear, on all their days: none, an agreed rate, or the law's."""
    if [interest_free, agreed_rate is not None, late_interest].count(True) != 1:
        raise DataFault("cli.interest_terms.choice", case=number)
    chosen = interest_terms.INTEREST_FREE if interest_free else interest_terms.BY_LAW
    if agreed_rate is not None:
        chosen = interest_terms.agreed_rate(agreed_rate)
    site = site_at(place, on)
    with writing(site.office) as connection:
        touched = interest_terms.set_terms(connection, number, chosen, site.act, because=because, invoice_no=claim)
    _print_changed(site, number, touched, as_json=json)


def _print_changed(site: Site, number: str, touched: Sequence[int], *, as_json: bool) -> None:
    """The claims that a command changed something for, with what holds for them now."""
    with reading(site.office) as connection:
        said = interest_of_case(connection, number, touched)
    if as_json:
        output.print_json({"case": number, "claims": said})
        return
    output.print_line(output.words("interest_terms.changed", count=len(said)))
    _print_terms(number, said)


def _print_terms(number: str, said: Sequence[ClaimInterest]) -> None:
    output.print_table(
        output.words("interest_terms.title", case=number),
        [output.words(f"interest_terms.{heading}") for heading in ("invoice", "interest", "paused")],
        [
            (
                one.invoice_no,
                _terms_in_words(one.agreed_percent, bears=one.bears_interest),
                ", ".join(_days_in_words(pause.first, pause.last) for pause in one.pauses),
            )
            for one in said
        ],
    )


def _print_said(said: Sequence[ClaimInterest]) -> None:
    """Every row about the interest of some claims, in the order of the business dates on which they were added."""
    rows = []
    for claim in said:
        for term in claim.terms_said:
            what = _terms_in_words(term.agreed_percent, bears=term.bears_interest)
            rows.append((str(term.set_on), claim.invoice_no, what, term.because, term.set_by))
        for row in claim.pauses_said:
            days = _days_in_words(row.first_day, row.last_day)
            what = output.words(f"interest_terms.{'pauses' if row.pauses else 'runs'}", days=days)
            rows.append((str(row.set_on), claim.invoice_no, what, row.because, row.set_by))
    headings = ("date", "invoice", "what", "because", "actor")
    output.print_table(
        output.words("interest_terms.history"),
        [output.words(f"interest_terms.{heading}") for heading in headings],
        sorted(rows, key=lambda row: row[0]),
    )


def _terms_in_words(percent: str, *, bears: bool) -> str:
    if not bears:
        return output.words("interest_terms.free")
    if not percent:
        return output.words("interest_terms.by_law")
    shown = percent.replace(".", ",") if output.language() in _DECIMAL_COMMA else percent
    return output.words("interest_terms.agreed", percent=shown)


def _days_in_words(first: date, last: date | None) -> str:
    if last is None:
        return output.words("interest_terms.open_days", first=first)
    return output.words("interest_terms.days", first=first, last=last)
