"""A folder of files as the mirror asks for it: what the ledger's files say, and what the collector says in files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.importing.source import Kind as Meaning
from kravbro.core.acts import Act
from kravbro.core.claims import LedgerFacts, Status
from kravbro.core.errors import DataFault
from kravbro.core.movements import Discrepancy
from kravbro.core.vouchers import Voucher
from kravbro.db.engines import reading, writing_anywhere
from kravbro.ledgers.files import delivery, kept
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.answers import write_marks, write_statuses
from kravbro.ledgers.files.approvals import queue, wishes
from kravbro.ledgers.files.checking import lacks
from kravbro.ledgers.files.derivation import KeptItem
from kravbro.ledgers.files.folders import Folders, Found, signature
from kravbro.ledgers.files.incoming import Kind, look, waiting
from kravbro.ledgers.files.install import installation_of
from kravbro.ledgers.files.kept import Customer
from kravbro.ledgers.files.outgoing import publish
from kravbro.mirror.source import Changes, Delivery, HandedOver, Lack, Mark, OpenItem, Proposal, Standing

KIND = "files"
NO_DUE_DATE = "no_due_date"
"""What an invoice is for the gate that no file says the due date of: nothing that can be collected."""


class FilesSource:
    """One shared folder with its companies, for one act."""

    def __init__(self, folders: Folders, act: Act) -> None:
        self._folders = folders
        self._act = act

    @property
    def kind(self) -> str:
        """The kind of ledger."""
        return KIND

    def installation(self) -> str:
        """The id that was given when the state was made. Raises Stop `files.not_installed`."""
        return installation_of(self._folders)

    def companies(self) -> list[int]:
        """The companies that the set-up names."""
        return self._folders.setup.numbers()

    def changes(self, company: int, cursor: str) -> Changes:
        """Items that a snapshot has changed since the cursor. With no new file this costs a listing.

        Raises as the newest refused snapshot was refused, as long as it lies there.
        """
        last, sign = _cursor_of(cursor)
        listing = self._listing(company)
        if sign and sign == self._signature(listing):
            return Changes(cursor, frozenset())
        self._look(company, Kind.SNAPSHOT, listing=listing)
        sign = self._signature(listing)
        with reading(self._folders.engine(company)) as connection:
            now = kept.newest(connection).change
            changed = sa.select(t.item.c.entry).where(t.item.c.change > last)
            entries = frozenset(connection.execute(changed).scalars())
        return Changes(f"{now} {sign}", entries if 0 < last <= now else None)

    def changed_companies(self, cursors: Mapping[int, str]) -> list[int]:
        """Those in whose folders anything has come, gone or changed."""
        signs = {company: _cursor_of(cursor)[1] for company, cursor in cursors.items()}
        return [one for one, sign in sorted(signs.items()) if sign != self._signature(self._listing(one))]

    def _listing(self, company: int) -> list[Found]:
        self._known(company)
        return self._folders.listing(company)

    def _signature(self, listing: Sequence[Found]) -> str:
        """What a listing is known by; a file that is still being written is not there yet."""
        written = set(waiting(self._folders, listing, self._act))
        return signature([one for one in listing if one.name not in written])

    def _look(self, company: int, *kinds: Kind, listing: Sequence[Found] | None = None) -> None:
        """Take in what is new. Raises the first refusal of a file of these kinds, and, where there are any, of a file
        that nobody knows what it is."""
        listing = self._listing(company) if listing is None else listing
        publish(self._folders, company)
        for one in look(self._folders, company, listing, self._act):
            if kinds and one.kind in {*kinds, Kind.UNKNOWN}:
                raise one.error

    def _known(self, company: int) -> None:
        if str(company) not in self._folders.setup.companies:
            raise DataFault("mirror.unknown_company", company=company)

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These items as the newest snapshot has them, by entry."""
        self._look(company)
        with reading(self._folders.engine(company)) as connection:
            found = kept.items(connection, entries)
            customers = kept.customers(connection, {customer for customer, _ in found.values()})
            wanted = wishes(connection, found)
        return [
            msgspec.structs.replace(its.item, customer_no=customers[customer].number, wanted_back=wanted.get(entry, ""))
            for entry, (customer, its) in sorted(found.items())
        ]

    def proposals(self, company: int) -> list[Proposal]:
        """What was approved and is not answered, in order.

        Raises as a refused snapshot or table of approvals was refused, as long as it lies there.
        """
        self._look(company, Kind.SNAPSHOT, Kind.APPROVALS)
        with reading(self._folders.engine(company)) as connection:
            proposed = queue(connection)
            there = kept.items(connection, {one.entry for one in proposed})
        return [one for one in proposed if one.entry in there]

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        """How these items stand, as the newest snapshot has them."""
        self._look(company)
        with reading(self._folders.engine(company)) as connection:
            found = kept.items(connection, entries)
            customers = kept.customers(connection, {customer for customer, _ in found.values()})
        return {entry: _standing(its, customers[customer]) for entry, (customer, its) in found.items()}

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        """Write these answers for the ledger, as far as they are not shown."""
        self._known(company)
        with writing_anywhere(self._folders.engine(company)) as connection:
            write_marks(connection, self._folders, company, marks, self._act)
        publish(self._folders, company)

    def show(self, company: int, statuses: Sequence[Status]) -> None:
        """Write these statuses for the ledger, as far as they are not shown."""
        self._known(company)
        with writing_anywhere(self._folders.engine(company)) as connection:
            write_statuses(connection, self._folders, company, statuses, self._act)
        publish(self._folders, company)

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        """Take vouchers, each once by its key, a file each; raises as `delivery.take` does."""
        self._known(company)
        engine = self._folders.engine(company)
        with writing_anywhere(engine) as connection:
            rejected = delivery.take(connection, self._folders, company, vouchers, self._act)
        publish(self._folders, company)
        keys = [voucher.key for voucher in vouchers]
        with reading(engine) as connection:
            found = {one.key: one for one in delivery.fates(connection, self._folders, company, keys)}
        found |= {one.key: one for one in rejected}
        return [found[key] for key in dict.fromkeys(keys)]

    def fates(self, company: int, keys: Sequence[str]) -> list[Delivery]:
        """What has become of vouchers that were delivered; those that nobody delivered are left out.

        Raises as a refused receipt was refused, as long as it lies there.
        """
        self._look(company, Kind.RECEIPTS)
        with reading(self._folders.engine(company)) as connection:
            return delivery.fates(connection, self._folders, company, keys)

    def doubts(self, company: int, keys: Collection[str]) -> list[Discrepancy]:
        """Files of ours that somebody has altered: what the ledger would read is not what was delivered."""
        self._known(company)
        with reading(self._folders.engine(company)) as connection:
            return delivery.altered(connection, self._folders, company, keys)

    def transferred(self, company: int) -> list[HandedOver]:
        """None: files say what is approved, and not what somebody else has."""
        self._known(company)
        return []

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        """The invoices with these numbers in the newest snapshot."""
        self._look(company)
        with reading(self._folders.engine(company)) as connection:
            return kept.entries_numbered(connection, invoice_nos)

    def check(self) -> list[Lack]:
        """What is missing, and which files are refused."""
        return list(lacks(self._folders, self._act))

    def close(self) -> None:
        """Nothing is held open between calls."""


def _cursor_of(text: str) -> tuple[int, str]:
    """The snapshot and the listing that a cursor says; none where it has another form."""
    change, _, sign = text.partition(" ")
    return (int(change), sign) if change.isascii() and change.isdigit() else (0, "")


def _standing(its: KeptItem, customer: Customer) -> Standing:
    line = its.line
    facts = LedgerFacts(
        remaining_ore=its.item.remaining_ore,
        customer_balance_ore=customer.balance_ore,
        unmatched_credits_ore=customer.unmatched_ore,
        draft_vouchers=0,
        voucher_meaning=NO_DUE_DATE if line.kind is Meaning.INVOICE and not line.due_date else line.kind.value,
        already_sent=False,
        exempt_from_dunning=its.exempt == "dunning",
        exempt_from_collection=its.exempt == "collection",
    )
    return Standing(
        invoice_no=line.invoice_no,
        kid=line.kid,
        invoice_date=line.dated,
        due_date=line.due_date or line.dated,
        currency=line.currency,
        sub_ledger_type=line.account,
        debtor=customer.party,
        facts=facts,
    )
