"""Everything that matters of both sides in one canonical value: what two runs must agree on, and what scripts check.

Left out: moments of writing, the bridge's positions (they are only a saving), and the columns that each side lists
beside its own dump. `docs/dump.md` describes the shape.
"""

from __future__ import annotations

from typing import Any

from kravbro.access.dump import dump as dump_access
from kravbro.books.queries.dump import dump as dump_books
from kravbro.bootstrap.hidden import hidden_by_office
from kravbro.bootstrap.site import Site
from kravbro.db.engines import reading
from kravbro.mirror.dump import companies_seen
from kravbro.mirror.dump import dump as dump_mirror
from kravbro.office.dump import dump_office


def dump_site(site: Site) -> dict[str, Any]:
    """Dump every company of the ledger, the office, and who may call from outside, where anybody may.

    Whom the office protects, the books do not show either.
    """
    companies = _of_mirror(site) if site.is_foreign else _of_books(site)
    with reading(site.office) as connection:
        office = dump_office(connection)
    both = {"ledger": {"installation": site.installation, "companies": companies}, "office": office}
    if not site.place.exists("access"):
        return both
    with reading(site.place.open("access")) as connection:
        return {**both, "access": dump_access(connection)}


def _of_books(site: Site) -> dict[str, Any]:
    companies: dict[str, Any] = {}
    hidden = hidden_by_office(site)
    for company in site.ledger.companies():
        with reading(site.books(company)) as connection:
            companies[str(company)] = dump_books(connection, hidden.customers(company), hidden.numbers)
    return companies


def _of_mirror(site: Site) -> dict[str, Any]:
    """What is remembered of a foreign ledger, which is not asked; there is no name or address of anybody in it."""
    with reading(site.place.open("mirror")) as connection:
        return {str(company): dump_mirror(connection, company) for company in companies_seen(connection)}
