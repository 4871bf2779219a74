"""`kravbro ledger`: a ledger that is not ours: connected with, or its files taken into the embedded ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.books.commands.ledger_import import Imported
from kravbro.books.importing.source import Unresolved
from kravbro.books.queries.companies import imported_customers, sub_ledger_accounts
from kravbro.bootstrap.ledger_file import import_ledger_file, read_ledger_file
from kravbro.bootstrap.site import Site
from kravbro.cli import foreign_ledger, output
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, acting, site_at
from kravbro.core.identifiers import identity_number
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading
from kravbro.texts.sentences import sentence

app = App(name="ledger", help="A foreign ledger: to connect with, or to import files of.", help_format="plaintext")
foreign_ledger.add_to(app)

EVERYTHING = 2**31 - 1
COUNTS = (
    "customers", "invoices", "credit_notes", "payments", "reversals", "interest_notes", "corrections", "openings",
    "known",
)  # fmt: skip

FilePath = Annotated[Path, Parameter(help="The ledger's file: SAF-T Financial, or a table in CSV.")]
Company = Annotated[int, Parameter(help="The company's number. It is made if it is not there.")]


@app.command(name="import")
def import_file(
    file: FilePath,
    /,
    *,
    company: Company,
    name: Annotated[str, Parameter(help="The name of a new company, where the file does not tell it.")] = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take customers, invoices, credit notes and payments of a file into a company's books, each once.

    Installation and company are made if they are not there. What could not be derived from the file is listed with its
    line and the reason. A file that is damaged, or in which a line has changed since it was imported, is refused whole.
    """
    data = read_file(file)
    file_name = str(output.printable(file.name))
    with output.progress(output.words("ledger.running"), None, as_json=json):
        source = read_ledger_file(data, str(file))
        source = structs.replace(source, name=file_name, company=source.company or name)
        done = import_ledger_file(place, company, source, data, acting(on))
    if json:
        output.print_json(as_data(done) | {"company": company})
        return
    _print_counts(company, file_name, done)
    print_imported(done)
    _print_next(site_at(place, on), company, sorted(source.accounts))


@app.command
def customers(
    *,
    company: Annotated[int, Parameter(help="The company's number.")],
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List the customers that came in a file: our number, what the other ledger calls them, and what they owe."""
    site = site_at(place, None)
    with reading(site.books(company)) as connection:
        found = imported_customers(connection, limit=EVERYTHING)
    shown = [structs.replace(one, source_id=masked(one.source_id)) for one in found]
    if json:
        output.print_json({"count": len(shown), "customers": shown})
        return
    output.print_table(
        output.words("ledger.customers_title", count=len(shown)),
        [output.words(f"ledger.{heading}") for heading in ("number", "source_id", "name", "balance")],
        [(str(one.number), one.source_id, one.name, format_kroner(one.balance_ore)) for one in shown],
        right=(0, 3),
    )


def as_data(done: Imported) -> dict[str, object]:
    """What `--json` prints of an import: each thing unresolved with its sentence in the user's language."""
    return structs.asdict(done) | {
        "derived": [structs.asdict(one) | {"customer": masked(one.customer)} for one in done.derived],
        "unresolved": [
            structs.asdict(one) | {"customer": masked(one.customer), "text": _sentence(one)} for one in done.unresolved
        ],
    }


def masked(source_id: str) -> str:
    """An id of another ledger as it may be shown: some use a person's identity number for it."""
    return identity_number.masked(source_id) if identity_number.is_valid(source_id) else source_id


def _sentence(one: Unresolved) -> str:
    return sentence(one.code, {}, output.language())


def _print_counts(company: int, name: str, done: Imported) -> None:
    output.print_table(
        output.words("ledger.imported", file=name, company=company),
        [output.words("ledger.what"), output.words("ledger.count")],
        [(output.words(f"ledger.{what}"), str(getattr(done, what))) for what in COUNTS],
        right=(1,),
    )


def _print_next(site: Site, company: int, accounts: list[str]) -> None:
    """What to do with what was imported: propose it, once the office collects for the company."""
    with reading(site.books(company)) as connection:
        types = [code for code, account in sub_ledger_accounts(connection).items() if account in accounts]
    if types:
        output.print_line(output.words("ledger.next", company=company, types=", ".join(types)))
    if company not in site.collector.companies(site.installation):
        output.print_line(output.words("ledger.no_creditor", company=company))


def print_imported(done: Imported) -> None:
    """What was decided by us and not by the file, and what could not be derived."""
    if done.derived:
        output.print_table(
            output.words("ledger.derived", count=len(done.derived)),
            [output.words(f"ledger.{heading}") for heading in ("rule", "record", "customer", "invoice", "amount")],
            [
                (
                    output.words(f"ledger.rule.{one.rule}"),
                    one.record,
                    masked(one.customer),
                    one.invoice_no,
                    format_kroner(one.amount_ore),
                )
                for one in done.derived
            ],
            right=(4,),
        )
    if done.unresolved:
        output.print_table(
            output.words("ledger.unresolved", count=len(done.unresolved)),
            [
                output.words(f"ledger.{heading}")
                for heading in ("line", "record", "customer", "amount", "detail", "because")
            ],
            [
                (
                    str(one.line or ""),
                    one.record,
                    masked(one.customer),
                    format_kroner(one.amount_ore),
                    one.detail,
                    _sentence(one),
                )
                for one in done.unresolved
            ],
            right=(0, 3),
        )
