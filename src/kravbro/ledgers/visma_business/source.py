"""Visma Business as the mirror asks for it: what the ERP holds now, and what the collector says written into it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, Status, Waiting
from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.core.movements import Discrepancy
from kravbro.core.vouchers import Voucher
from kravbro.db.bulk import portions
from kravbro.db.catalogue import columns_of
from kravbro.db.columns import written
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.sqlserver import told
from kravbro.ledgers.visma_business import delivery, mapping, queries
from kravbro.ledgers.visma_business.checking import Checked, lacks
from kravbro.ledgers.visma_business.company import Company
from kravbro.ledgers.visma_business.customers import known_of
from kravbro.ledgers.visma_business.databases import COMPANY, SYSTEM, Databases, Server
from kravbro.ledgers.visma_business.entries import fault_of, invoice_no_of, key_of
from kravbro.ledgers.visma_business.layout import Database, Found, Need, found, missing, renamed
from kravbro.ledgers.visma_business.mapping import Around, Changed
from kravbro.ledgers.visma_business.marks import write_marks, write_statuses
from kravbro.ledgers.visma_business.moments import Cursor, cursor_of, day_number, local_moment, moment_of, time_number
from kravbro.ledgers.visma_business.setup import Setup, Way
from kravbro.ledgers.visma_business.tables import OURS, Tables, installation, lacking, run, tables_of
from kravbro.ledgers.visma_business.waiting import write_waiting
from kravbro.mirror.source import Changes, Delivery, HandedOver, Lack, Mark, OpenItem, Proposal, Standing

KIND = "visma_business"
ABROAD = "??"
"""The country of a customer whose country's code is not known: no letter is sent there on a guess."""
COMPANIES_AT_ONCE = 100
INSTALLATION = installation.name


class VismaSource:
    """One system database with its companies, for one act."""

    def __init__(self, databases: Databases, setup: Setup, act: Act) -> None:
        self._databases = databases
        self._setup = setup
        self._act = act
        self._layout = renamed(setup.names)
        self._engines: dict[int, sa.Engine] = {}
        self._tables: dict[int | None, Tables] = {}
        self._companies: list[int] | None = None
        self._noted = False
        self._ahead: dict[int, Cursor] | None = None

    @property
    def kind(self) -> str:
        """The kind of ledger."""
        return KIND

    def installation(self) -> str:
        """The id that was given when our tables were made. Raises Stop `visma_business.not_installed`, and
        `visma_business.older_tables` where a version before this one made them."""
        with reading(self._databases.ours()) as connection:
            there = columns_of(connection, self._databases.schema(OURS, self._setup.ours))
            of_system = {"system": self._setup.system}
            known = connection.execute(queries.installation(), of_system).scalar() if INSTALLATION in there else None
        if known is None:
            raise Stop("visma_business.not_installed", address=self._databases.name)
        if older := lacking(there):
            raise Stop("visma_business.older_tables", address=self._databases.name, names=", ".join(older))
        return str(known)

    def companies(self) -> list[int]:
        """The numbers of all companies but those that the set-up leaves out."""
        with reading(self._databases.engine(None)) as connection:
            tables = self._checked(connection, None)
            numbers = connection.execute(queries.companies(tables)).scalars().all()
        return [number for number in numbers if number not in self._setup.without]

    def changes(self, company: int, cursor: str) -> Changes:
        """Items of customers with entries that are new or changed; all of them where nothing says when.

        A new entry has a higher journal than those before, whatever the clocks of the clients say; a change is known by
        its time, which is read again with an overlap.
        """
        last = cursor_of(cursor)
        self._known(company)
        self._note_run()
        counter = self._databases.counter(company)
        ahead = self._pulse_ahead(company) or Cursor(counter=counter)
        if last is not None and last.unchanged(ahead):
            return Changes(cursor, frozenset())
        with self._reading(company) as here:
            now = self._cursor(here.pulse(), counter)
            if last is not None and last.unchanged(now):
                return Changes(str(now), frozenset())
            if last is None or not here.tells_changes or now.stepped_back(last):
                return Changes(str(now), None)
            day, time = last.since(self._setup.time_unit, self._setup.overlap_minutes)
            chosen = queries.items_of_changed_customers(here.tables)
            rows = here.rows(chosen, journal=last.journal, day=day, time=time)
            return Changes(str(now), frozenset(key_of(*row) for row in rows))

    def _pulse_ahead(self, company: int) -> Cursor | None:
        """Where a company was when the first was asked about: all of them are asked about then, a hundred at a time.

        Each is told once. Whoever asks again is asked about alone.
        """
        if not isinstance(self._databases, Server):
            return None
        if self._ahead is None:
            self._ahead = {}
            for some in portions(self._companies or (), COMPANIES_AT_ONCE):
                self._ahead |= self._pulses(self._databases, some)
        return self._ahead.pop(company, None)

    def changed_companies(self, cursors: Mapping[int, str]) -> list[int]:
        """Those of the companies in which something may have changed since their cursors: a cheap look at many.

        One statement for a hundred companies on a server, the counters of the files in a folder.
        """
        known = {company: cursor_of(text) for company, text in cursors.items()}
        if not isinstance(self._databases, Server):
            counters = {company: self._databases.counter(company) for company in known}
            return [
                company
                for company, last in sorted(known.items())
                if last is None or last.counter < 0 or last.counter != counters[company]
            ]
        changed = []
        for some in portions(sorted(known), COMPANIES_AT_ONCE):
            pulses = self._pulses(self._databases, some)
            for company in some:
                last, pulse = known[company], pulses.get(company)
                if last is None or pulse is None or not last.unchanged(pulse):
                    changed.append(company)
        return changed

    def _pulses(self, server: Server, companies: Sequence[int]) -> dict[int, Cursor]:
        """Where each of these companies is. They are taken to have the columns of the first, and asked one by one only
        where that is not so: companies of one installation are upgraded together.
        """
        tokens = {f"{COMPANY}_{place}": company for place, company in enumerate(companies)}
        try:
            with self._reading(companies[0]) as here:
                alike = [_elsewhere(here.tables, token) for token in tokens]
            with reading(server.many(tokens)) as connection:
                rows = connection.execute(queries.pulse_of_many(alike)).fetchall()
        except (sa.exc.DBAPIError, KravbroError):
            return self._pulses_one_by_one(companies)
        return {companies[place]: self._cursor(pulse, -1) for place, *pulse in rows}

    def _pulses_one_by_one(self, companies: Sequence[int]) -> dict[int, Cursor]:
        """The same without those that cannot be read: whoever asks about one of them hears why, and nobody else."""
        found = {}
        for company in companies:
            try:
                with self._reading(company) as here:
                    found[company] = self._cursor(here.pulse(), -1)
            except KravbroError:
                continue
        return found

    def _cursor(self, pulse: Sequence[int | None], counter: int) -> Cursor:
        """Where a company is. Without the columns of changes its day is NULL, and nothing is ever settled."""
        journal, day, time = (number or 0 for number in pulse)
        unit, now = self._setup.time_unit, local_moment(self._act.at)
        last = moment_of(day, time, unit)
        overlap = timedelta(minutes=self._setup.overlap_minutes)
        if last and not time:  # where no time is written, more of the same may come all day
            overlap += timedelta(days=1)
        settled = pulse[1] is not None and (last + overlap < now if last else not day)
        if last and last > now:  # a clock that is ahead must not hide what others change until then
            day, time = day_number(now.date()), time_number(now, unit)
        return Cursor(journal, day, time, settled, counter)

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These items as they are at one moment, by entry."""
        with self._reading(company) as here:
            wanted = here.entries(entries)
            customers = {entry.customer for entry in wanted}
            of_customers = known_of(here, here.entries_that_matter(customers), self._act.on)
            marks = here.marks([entry.key for entry in wanted])
        changed: dict[int, Changed] = {}
        accepted = {entry for entry, last in marks.items() if last.outcome == Outcome.ACCEPTED}
        for every, known in of_customers:
            changed |= mapping.changes_of(every, known, self._setup)
            accepted -= {line.entry for line in known.echoes.twice.values()}
        columns = mapping.faulty_columns(self._setup)
        names = here.column_names
        for entry in wanted:
            if fault := fault_of(entry, columns, company, names):
                changed[entry.key] = Changed(fault=fault)
        return [
            mapping.open_item(entry, changed.get(entry.key, Changed()), accepted=entry.key in accepted)
            for entry in wanted
        ]

    def proposals(self, company: int) -> list[Proposal]:
        """Items that are to be reminded next and were reminded often enough, in the order in which that was said."""
        with self._reading(company) as here:
            rows = here.rows(queries.queue(here.tables))
        return [
            Proposal(key_of(journal, number), letters=mapping.letters(reminders or 0, reminded_on or 0, self._setup))
            for journal, number, reminders, reminded_on in rows
            if (reminders or 0) >= self._setup.minimum_reminders
        ]

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        """How these items stand now; those that hold something impossible are left out."""
        columns = mapping.faulty_columns(self._setup)
        with self._reading(company) as here:
            wanted = [one for one in here.entries(entries) if not fault_of(one, columns, company, {})]
            customers = {entry.customer for entry in wanted}
            rows, sums, drafts = here.customers(customers), here.sums(customers), here.drafts(customers)
            currencies, countries = here.codes("currencies"), here.codes("countries")
        debtors = {
            number: mapping.party(number, rows.get(number), _country(rows.get(number), countries), self._setup)
            for number in customers
        }
        return {
            entry.key: mapping.standing(
                entry,
                Around(
                    debtor=debtors[entry.customer],
                    preferences=int((rows.get(entry.customer) or {}).get("preferences") or 0),
                    currency=self._currency(entry.currency, currencies),
                    balance_ore=sums.get(entry.customer, (0, 0))[0],
                    unmatched_ore=sums.get(entry.customer, (0, 0))[1],
                    drafts=drafts.get(entry.customer, 0),
                ),
                self._setup,
            )
            for entry in wanted
        }

    def _currency(self, number: int, codes: Mapping[int, str]) -> str:
        """The code of a currency; one that has none is told by its number, which no gate takes for kroner."""
        return codes.get(number) or (str(number) if number else self._setup.domestic_currency)

    def transferred(self, company: int) -> list[HandedOver]:
        """Open items that were marked as sent to collection before we came, or by a person since."""
        with self._reading(company) as here:
            return [HandedOver(entry, case_number) for entry, case_number in sorted(here.sent_elsewhere().items())]

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        """The invoices with these numbers, open or settled."""
        found: dict[str, list[int]] = {}
        if invoice_nos:
            with self._reading(company) as here:
                for entry in here.invoices_named(invoice_nos):
                    found.setdefault(invoice_no_of(entry), []).append(entry.key)
        return found

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        """Show these answers on the item and its entry together."""
        if marks:
            with self._writing(company) as here:
                write_marks(here, marks, self._act)

    def show_waiting(self, company: int, waits: Sequence[Waiting]) -> None:
        """Show what these offers wait for in the window of what is not eligible."""
        if waits:
            with self._writing(company) as here:
                write_waiting(here, waits, self._act)

    def show(self, company: int, statuses: Sequence[Status]) -> None:
        """Show these statuses."""
        if statuses:
            with self._writing(company) as here:
                write_statuses(here, statuses, self._act)

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        """Take vouchers, each once by its key; raises as `delivery.take` and `delivery.publish` do."""
        if not vouchers:
            return []
        keys = [voucher.key for voucher in vouchers]
        with self._writing(company) as here:
            rejected = delivery.take(here, vouchers, self._act)
        with self._reading(company) as here:
            kept = delivery.kept_vouchers(here, keys)
            delivery.publish(here, kept.values())
            fates = {one.key: one for one in delivery.fates(here, kept.values(), self._act)}
        answers = fates | {one.key: one for one in rejected}
        return [answers[key] for key in dict.fromkeys(keys)]

    def fates(self, company: int, keys: Sequence[str]) -> list[Delivery]:
        """What has become of vouchers that were delivered; those that nobody delivered are left out."""
        with self._reading(company) as here:
            kept = delivery.kept_vouchers(here, keys).values()
            delivery.publish(here, kept)
            seen = delivery.unseen(here, kept)
        if seen:
            with self._writing(company) as here:
                delivery.note_seen(here, seen, self._act)
        with self._reading(company) as here:
            return delivery.fates(here, kept, self._act)

    def doubts(self, company: int, keys: Collection[str]) -> list[Discrepancy]:
        """What of our vouchers is there beyond what we delivered, and which of these nobody can follow."""
        with self._reading(company) as here:
            of_customers = known_of(here, here.every_entry(here.differing_customers()), self._act.on)
            kept = delivery.kept_vouchers(here, keys).values()
            lost = delivery.lost(here, delivery.fates(here, kept, self._act), kept, self._act.on)
        return [*(one for every, known in of_customers for one in mapping.beyond(every, known)), *lost]

    def check(self) -> list[Lack]:
        """What is missing, in the system database, in our own and in the companies."""
        return list(lacks(Checked(self._databases, self._setup, self._layout), self._listed()))

    def _listed(self) -> list[int]:
        """The companies, or none where the system database does not tell them: that is found then."""
        try:
            return self.companies()
        except Stop:
            return []

    def _note_run(self) -> None:
        """Note once when changes were looked for, and when they are to be next: the window of runs shows it."""
        if self._noted:
            return
        minutes = self._setup.run_every_minutes
        next_at = self._act.at + timedelta(minutes=minutes) if minutes else None
        with writing_anywhere(self._databases.ours()) as connection:
            last = connection.execute(queries.last_run()).scalar() or 0
            shown = {"shown_ran_at": _shown(self._act.at), "shown_next_at": _shown(next_at) if next_at else ""}
            row = {"number": last + 1, "ran_at": self._act.at, "next_at": next_at, **shown, **written(self._act)}
            connection.execute(queries.new_row(run), row)
        self._noted = True

    def close(self) -> None:
        """Close the connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        self._databases.close()

    @contextmanager
    def _reading(self, company: int) -> Iterator[Company]:
        with reading(self._engine(company)) as connection:
            yield Company(company, connection, self._checked(connection, company), self._setup)

    @contextmanager
    def _writing(self, company: int) -> Iterator[Company]:
        """Raises Stop `visma_business.not_taken` for what the tables of this site do not take."""
        try:
            with writing_anywhere(self._engine(company)) as connection:
                yield Company(company, connection, self._checked(connection, company), self._setup)
        except sa.exc.IntegrityError as error:
            raise Stop("visma_business.not_taken", company=company, reason=told(error.orig)) from error

    def _engine(self, company: int) -> sa.Engine:
        if company not in self._engines:
            self._engines[company] = self._databases.engine(self._known(company))
        return self._engines[company]

    def _known(self, company: int) -> int:
        """The company itself. Raises DataFault `mirror.unknown_company`."""
        if self._companies is None or company not in self._companies:
            self._companies = self.companies()
        if company not in self._companies:
            raise DataFault("mirror.unknown_company", company=company)
        return company

    def _checked(self, connection: sa.Connection, company: int | None) -> Tables:
        """The tables of a database, looked up once. Raises Stop `visma_business.missing` without the minimum."""
        if company not in self._tables:
            there = self._found(connection, company)
            database = Database.SYSTEM if company is None else Database.COMPANY
            needs = {Need.MINIMUM} | ({Need.DELIVERY} if self._setup.delivery is Way.TABLES else set())
            gone = [one for one in missing(self._layout, database, there) if one.need in needs]
            if gone:
                names = ", ".join(f"{one.name} ({one.sql or '?'})" for one in gone)
                raise Stop(
                    "visma_business.missing", database=self._databases.schema(database.value, company), names=names
                )
            self._tables[company] = tables_of(there)
        return self._tables[company]

    def _found(self, connection: sa.Connection, company: int | None) -> dict[str, Found]:
        database = Database.SYSTEM if company is None else Database.COMPANY
        token = SYSTEM if company is None else COMPANY
        return found(self._layout, database, columns_of(connection, self._databases.schema(token, company)))


def _shown(at: datetime) -> str:
    """A moment as a clock on a wall in Norway shows it."""
    return local_moment(at).isoformat(" ", "minutes")


def _country(customer: Mapping[str, object] | None, codes: Mapping[int, str]) -> str:
    """The code of a customer's country; none is Norway."""
    number = int(str((customer or {}).get("country") or 0))
    return codes.get(number) or ABROAD if number else "NO"


def _elsewhere(tables: Tables, token: str) -> Tables:
    """The same tables under another token."""
    return tables_of(
        {
            name: Found(table.name, {column.key: column.name for column in table.c})
            for name, table in tables.there.items()
        },
        token,
    )
