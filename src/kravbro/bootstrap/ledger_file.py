"""Another ledger's file into a company of an installation: both are made if they are not there.

The file is read as a whole before anything is made. Each step may be killed and done again: the company is listed last,
and what is in its books already is known.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.ledger_import import Imported, import_ledger
from kravbro.books.importing.csv_source import from_csv
from kravbro.books.importing.saft_source import from_saft
from kravbro.books.importing.source import Source, refuse_too_much
from kravbro.books.queries.companies import CompanyShown, company_shown, has_identity
from kravbro.bootstrap.notice import refuse_copies, settle_new
from kravbro.bootstrap.site import make_site, open_site
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place, company_owner
from kravbro.formats import ledger_csv, saft, xml_reading
from kravbro.migrations.upgrade import upgrade
from kravbro.office.creditors import is_opened
from kravbro.office.setup import open_office

LARGEST_COMPANY = 9_999_999
NAME_WIDTH = 120


def read_ledger_file(data: bytes, name: str) -> Source:
    """A file as the books take it in; its format is known by its content.

    Raises as the format's reader does, and DataFault `books.import.connected_column` and `books.import.too_much`.
    """
    source = from_saft(saft.parse(data, name)) if xml_reading.is_xml(data) else _from_table(data, name)
    refuse_too_much(source)
    return source


def _from_table(data: bytes, name: str) -> Source:
    """A table; the books have no place for what only a connected ledger tells, and leave nothing out in silence."""
    rows = ledger_csv.parse(data, name)
    for row in rows:
        for column in ledger_csv.CONNECTED:
            if getattr(row, column if column != "remaining" else "remaining_ore") not in {"", None}:
                raise DataFault("books.import.connected_column", file=name, line=row.line, column=column)
    return from_csv(rows, name)


def import_ledger_file(place: Place, company: int, source: Source, data: bytes, act: Act) -> Imported:
    """Take a file into a company's books.

    Raises DataFault `books.import.company_number` and `books.import.other_company`, and as `import_ledger`,
    `open_site`, `make_site` and `refuse_copies` do.
    """
    if not 1 <= company <= LARGEST_COMPANY:
        raise DataFault("books.import.company_number", company=company, largest=LARGEST_COMPANY)
    if place.exists("system"):
        open_site(place, act)
        refuse_copies(place)
    else:
        make_site(place, (company,))
    _name_installation(place, act)
    listed = _listed(place, company)
    _refuse_other(source, company, listed)
    books = place.open(company_owner(company))
    if listed is None:
        upgrade(books, "books")
        settle_new(place, act)
    with writing(books) as connection:
        done = import_ledger(connection, source, sha256(data).hexdigest(), act)
    if listed is None:
        with writing(place.open("system")) as connection:
            name = source.company[:NAME_WIDTH] or f"Firma {company}"
            add_company(connection, company, name, source.organisation_number, act)
    return done


def _name_installation(place: Place, act: Act) -> None:
    """Give ledger and office their identities, if they have none."""
    with writing(place.open("office")) as connection:
        if not is_opened(connection):
            open_office(connection, f"office-{uuid4().hex}", act)
    with writing(place.open("system")) as connection:
        if not has_identity(connection):
            open_installation(connection, f"ledger-{uuid4().hex}", act)


def _listed(place: Place, company: int) -> CompanyShown | None:
    with reading(place.open("system")) as connection:
        return company_shown(connection, company)


def _refuse_other(source: Source, company: int, listed: CompanyShown | None) -> None:
    """Nobody's debts come into the books of another: the organisation numbers must agree where both are known."""
    if listed is None or not source.organisation_number or not listed.organisation_number:
        return
    if listed.organisation_number != source.organisation_number:
        raise DataFault(
            "books.import.other_company",
            file=source.name,
            company=company,
            name=listed.name,
            known=listed.organisation_number,
            found=source.organisation_number,
        )
