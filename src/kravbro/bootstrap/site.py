"""One installation, wired: where its data lie, which adapters stand behind the ports, and who is at work.

This is the only place that names a concrete adapter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path

from kravbro.books.queries.companies import has_identity
from kravbro.books.queries.open_items import named_item
from kravbro.bootstrap.foreign import ForeignLedger, foreign_ledger
from kravbro.bootstrap.notice import (
    Noticed,
    ReadOnlyPlace,
    noticed,
    refusal,
    refuse_copies,
    remember_ages,
    settle_new,
)
from kravbro.bridge.joined import PAGE, Joined, join
from kravbro.bridge.positions import Positions
from kravbro.collectors.office.collector import OfficeCollector
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.statute.law import Statute
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import Engine, reading
from kravbro.db.place import FIXED_OWNERS, LEDGER_OWNERS, OPTIONAL_OWNERS, Place, company_owner, is_company
from kravbro.engine.clock import SystemClock
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.migrations.upgrade import newest, upgrade, version
from kravbro.mirror.connections import known_installation
from kravbro.office.creditors import creditor_numbers, is_opened
from kravbro.office.statute import load_statute

DEFAULT_FOLDER = Path("kravbro-demo")
"""The place of an installation, and of what the demo writes beside it, where nobody named one."""


class Site:
    """An installation in a place, opened for one act by one actor.

    `noticed` says what was copied or put back from an older copy; then it may only be read.
    """

    def __init__(self, place: Place, act: Act, page: int = PAGE, found: Noticed | None = None) -> None:
        self.noticed = found or Noticed()
        self._refusal = refusal(place, found) if found else None
        self.place: Place = ReadOnlyPlace(place, self._refusal) if self._refusal else place
        self.act = act
        self.page = page

    @cached_property
    def ledger(self) -> EmbeddedLedger | ForeignLedger:
        """The embedded ledger, or the foreign one that the installation is connected with."""
        if self.is_foreign:
            return foreign_ledger(self.place, self.act, self._refusal)
        return EmbeddedLedger(self.place, self.act)

    @property
    def is_foreign(self) -> bool:
        """Whether the ledger is not ours."""
        return self.place.exists("mirror")

    @property
    def own_ledger(self) -> EmbeddedLedger:
        """The embedded ledger. Raises DataFault `site.foreign_ledger` where the ledger is not ours."""
        if not isinstance(self.ledger, EmbeddedLedger):
            raise DataFault("site.foreign_ledger", place=self.place.name)
        return self.ledger

    @property
    def foreign(self) -> ForeignLedger:
        """The ledger that is not ours. Raises DataFault `ledger.own` where it is."""
        if isinstance(self.ledger, EmbeddedLedger):
            raise DataFault("ledger.own", place=self.place.name)
        return self.ledger

    @cached_property
    def installation(self) -> str:
        """The ledger's installation. A foreign ledger is only asked if it never was: the office works without it."""
        if self.is_foreign:
            with reading(self.place.open("mirror")) as connection:
                if known := known_installation(connection):
                    return known
        return self.ledger.identify().installation

    @cached_property
    def collector(self) -> OfficeCollector:
        """Our own office, serving the ledger's installation."""
        return OfficeCollector(self.place, self.installation, shipped_statute(), self.act)

    @cached_property
    def statute(self) -> Statute:
        """The law as this installation has it: what is shipped, and over it the rows that the office keeps."""
        with reading(self.office) as connection:
            return load_statute(connection, shipped_statute())

    @cached_property
    def positions(self) -> Positions:
        """The bridge's memory."""
        return Positions(self.place.open("bridge"), self.act)

    def books(self, company: int) -> Engine:
        """A company's database. Raises DataFault `site.no_such_company`, `site.foreign_ledger`; nothing is made by
        asking."""
        if company not in self.own_ledger.companies():
            raise DataFault("site.no_such_company", company=company, place=self.place.name)
        return self.place.open(company_owner(company))

    def named_items(self, company: int, names: Collection[str]) -> dict[str, int]:
        """The entries of the invoices that a person means, by their numbers or by entries as `#12`.

        Raises as `books` does, and as `books.queries.open_items.named_item` or the foreign ledger's `named_items`.
        """
        if not isinstance(self.ledger, EmbeddedLedger):
            return self.ledger.named_items(company, names)
        with reading(self.books(company)) as connection:
            return {name: named_item(connection, name) for name in names}

    def require_company(self, company: int) -> None:
        """Raise DataFault `site.no_such_company` for a company that the ledger does not have."""
        if company not in self.ledger.companies():
            raise DataFault("site.no_such_company", company=company, place=self.place.name)

    @cached_property
    def office(self) -> Engine:
        """The office's database."""
        return self.place.open("office")

    def creditors(self) -> list[int]:
        """The numbers of the office's creditors."""
        with reading(self.office) as connection:
            return creditor_numbers(connection)

    def is_opened(self) -> bool:
        """Whether ledger and office have their identities: before that, nothing was carried."""
        owner = "mirror" if self.is_foreign else "system"
        with reading(self.place.open(owner)) as ledger, reading(self.office) as office:
            named = known_installation(ledger) != "" if self.is_foreign else has_identity(ledger)
            return named and is_opened(office)

    def join(self) -> Joined:
        """Both ports joined, with their identities read now."""
        return join(self.ledger, self.collector, self.positions, self.page, self._remember)

    def _remember(self, company: int) -> None:
        """After rows were carried for a company: let its database, the office and the bridge see how old each is."""
        remember_ages(self.place, [] if self.is_foreign else [company_owner(company)])


def holds_installation(place: Place) -> bool:
    """Whether a place holds an installation, or what is left of one."""
    return not {*LEDGER_OWNERS, "office"}.isdisjoint(place.owners())


def open_site(place: Place, act: Act) -> Site:
    """Open an installation that exists and has the newest schema.

    Raises DataFault `site.not_made` for a place without one, `site.database_missing` when a part of it is gone, and
    `site.not_upgraded` when `kravbro db upgrade` is due. A missing bridge is made anew: it holds only savings. What was
    copied, or put back from an older copy, is opened for reading only.
    """
    if not holds_installation(place):
        raise DataFault("site.not_made", place=place.name)
    _require(place, ("office",) if place.exists("mirror") else ("system", "office"))
    if not place.exists("bridge"):
        upgrade(place.open("bridge"), "bridge")
        settle_new(place, act)
    behind = [owner for owner, history in databases(place) if version(place.open(owner), history) != newest(history)]
    if behind:
        raise DataFault("site.not_upgraded", place=place.name, databases=", ".join(behind))
    site = Site(place, act, found=noticed(place))
    if not site.is_foreign:
        _require(place, map(company_owner, site.ledger.companies()))
    return site


def _require(place: Place, owners: Iterable[str]) -> None:
    """Raises DataFault `site.database_missing` for the first of the owners whose database is gone."""
    there = set(place.owners())
    for owner in owners:
        if owner not in there:
            raise DataFault("site.database_missing", database=place.database(owner))


def databases(place: Place) -> list[tuple[str, str]]:
    """Every database that a place has or must have: its owner, and the history it follows."""
    companies = [owner for owner in place.owners() if is_company(owner)]
    fixed = [owner for owner in FIXED_OWNERS if owner not in OPTIONAL_OWNERS or place.exists(owner)]
    return [(owner, owner) for owner in fixed] + [(company, "books") for company in companies]


def upgrade_site(place: Place) -> list[str]:
    """Upgrade every database of an installation. Answers the owners that changed. Raises as `open_site` does.

    A copy is upgraded too: only its schema changes, and it must have the newest before it can be adopted.
    """
    if not any(place.exists(owner) for owner in LEDGER_OWNERS):
        raise DataFault("site.not_made", place=place.name)
    _require(place, ("office",))
    changed = [owner for owner, history in databases(place) if upgrade(place.open(owner), history)]
    settle_new(place, _installing())
    return changed


def _installing() -> Act:
    """The act of making databases, which no person is asked about."""
    clock = SystemClock()
    return Act("kravbro", clock.today(), clock.now())


def make_site(place: Place, companies: tuple[int, ...]) -> list[str]:
    """Make the databases of an installation, and of its companies; what is there is upgraded. Answers what changed.

    The system database is made last: where it stands, the others were made, and one that is missing then was lost and
    is not made anew in silence. Raises DataFault `site.database_missing`, Stop `site.not_adopted`, and as the place's
    `make`.
    """
    place.make()
    if any(place.exists(owner) for owner in LEDGER_OWNERS):
        changed = upgrade_site(place)
        refuse_copies(place)
        return changed
    owners = {"office": "office", "bridge": "bridge"} | {company_owner(company): "books" for company in companies}
    histories = (owners | {"system": "system"}).items()
    changed = [owner for owner, history in histories if upgrade(place.open(owner), history)]
    settle_new(place, _installing())
    return changed
