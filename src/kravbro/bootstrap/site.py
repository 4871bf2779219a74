"""One installation, wired: where its data lie, which adapters stand behind the ports, and who is at work.

This is the only place that names a concrete adapter.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from kravbro.bridge.joined import PAGE, Joined, join
from kravbro.bridge.positions import Positions
from kravbro.collectors.office.collector import OfficeCollector
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.statute.deadlines import shipped_deadlines
from kravbro.db.engines import Engine, reading
from kravbro.db.place import Place, company_owner
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.migrations.upgrade import newest, upgrade, version
from kravbro.office.creditors import creditor_numbers

FIXED_OWNERS = ("system", "office", "bridge")


class Site:
    """An installation in a folder, opened for one act by one actor."""

    def __init__(self, place: Place, act: Act, page: int = PAGE) -> None:
        self.place = place
        self.act = act
        self.page = page

    @cached_property
    def ledger(self) -> EmbeddedLedger:
        """The embedded ledger."""
        return EmbeddedLedger(self.place, self.act)

    @cached_property
    def collector(self) -> OfficeCollector:
        """Our own office, serving the embedded ledger's installation."""
        return OfficeCollector(self.place, self.ledger.identify().installation, shipped_deadlines(), self.act)

    @cached_property
    def positions(self) -> Positions:
        """The bridge's memory."""
        return Positions(self.place.open("bridge"), self.act)

    def books(self, company: int) -> Engine:
        """A company's database. Raises DataFault `site.no_such_company`; no file is made by asking."""
        if company not in self.ledger.companies():
            raise DataFault("site.no_such_company", company=company, folder=str(self.place.folder))
        return self.place.open(company_owner(company))

    @cached_property
    def office(self) -> Engine:
        """The office's database."""
        return self.place.open("office")

    def creditors(self) -> list[int]:
        """The numbers of the office's creditors."""
        with reading(self.office) as connection:
            return creditor_numbers(connection)

    def join(self) -> Joined:
        """Both ports joined, with their identities read now."""
        return join(self.ledger, self.collector, self.positions, self.page)


def open_site(folder: Path, act: Act) -> Site:
    """Open an installation that exists and has the newest schema.

    Raises DataFault `site.not_made` for a folder without one, `site.not_upgraded` when `kravbro db upgrade` is due.
    """
    place = Place(folder)
    if not all(place.exists(owner) for owner in FIXED_OWNERS):
        raise DataFault("site.not_made", folder=str(folder))
    behind = [owner for owner, history in databases(place) if version(place.open(owner), history) != newest(history)]
    if behind:
        raise DataFault("site.not_upgraded", folder=str(folder), databases=", ".join(behind))
    return Site(place, act)


def databases(place: Place) -> list[tuple[str, str]]:
    """Every database that a folder has or must have: its owner, and the history it follows."""
    companies = sorted(file.stem for file in place.folder.glob("F*.db") if file.stem[1:].isdigit())
    return [(owner, owner) for owner in FIXED_OWNERS] + [(company, "books") for company in companies]


def upgrade_site(place: Place, companies: tuple[int, ...] = ()) -> list[str]:
    """Make or upgrade every database of a folder, and those of `companies`. Answers the owners that changed."""
    place.folder.mkdir(parents=True, exist_ok=True)
    wanted = dict(databases(place)) | {company_owner(company): "books" for company in companies}
    return [owner for owner, history in wanted.items() if upgrade(place.open(owner), history)]
