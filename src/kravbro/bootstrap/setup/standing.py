"""The set-up of an installation as it stands, and everything that was ever changed in it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kravbro.books.commands.setup_changes import standing_setup
from kravbro.books.queries.companies import CompanyShown, companies_listed, identity
from kravbro.bootstrap.setup.description import CompanyPart, Setup, in_order
from kravbro.bootstrap.site import Site, open_site
from kravbro.core.acts import Act
from kravbro.db.engines import reading
from kravbro.db.place import LEDGER_OWNERS, Place, company_owner
from kravbro.db.setup_changes import Change, changes_of
from kravbro.migrations.upgrade import version
from kravbro.office.creditors import is_opened, office_installation
from kravbro.office.whole_setup import standing_office


class Kept(msgspec.Struct, frozen=True):
    """A change, and whose database keeps it."""

    owner: str
    change: Change


def standing(place: Place, act: Act) -> Setup:
    """The set-up of a place; nothing where no installation is. Raises as `open_site` does."""
    if not is_made(place):
        return Setup()
    site = open_site(place, act)
    ledger, listed = _of_ledger(site)
    companies = {}
    for one in listed:
        with reading(place.open(company_owner(one.number))) as connection:
            books = standing_setup(connection)
        whole = None if books is None else in_order(books)
        companies[one.number] = CompanyPart(one.number, one.name, one.organisation_number, whole)
    with reading(place.open("office")) as connection:
        office = office_installation(connection) if is_opened(connection) else ""
        return Setup(ledger, office, companies, standing_office(connection), foreign=site.is_foreign)


def _of_ledger(site: Site) -> tuple[str, list[CompanyShown]]:
    """The ledger's id, and its companies as far as they are described here. A foreign ledger is not asked."""
    if site.is_foreign:
        return site.installation, []
    with reading(site.place.open("system")) as connection:
        return identity(connection), companies_listed(connection)


def is_made(place: Place) -> bool:
    """Whether a place holds an installation: more than a run leaves that was killed while it made one."""
    if any(place.exists(owner) and version(place.open(owner), owner) is not None for owner in LEDGER_OWNERS):
        return True
    if not place.exists("office") or version(place.open("office"), "office") is None:
        return False
    with reading(place.open("office")) as connection:
        return is_opened(connection)


def kept_changes(place: Place, act: Act, subject: str | None = None) -> Iterator[Kept]:
    """Every change of the office's set-up, then of each company's, in order. Raises as `open_site` does."""
    site = open_site(place, act)
    companies = () if site.is_foreign else site.ledger.companies()
    for owner in ("office", *map(company_owner, companies)):
        with reading(place.open(owner)) as connection:
            yield from (Kept(owner, one) for one in changes_of(connection, subject))
