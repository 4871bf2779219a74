"""A living Tryton as a source for the mirror: every method repeatable, nothing kept here but the session."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kravbro.core.claims import LedgerFacts, Status
from kravbro.core.errors import DataFault, Stop
from kravbro.core.movements import Discrepancy
from kravbro.core.vouchers import Voucher
from kravbro.db.bulk import portions
from kravbro.ledgers.tryton import delivery, marks, queries
from kravbro.ledgers.tryton.address import KIND, Address, read_address
from kravbro.ledgers.tryton.installation import installation
from kravbro.ledgers.tryton.items import items_of, read_items
from kravbro.ledgers.tryton.mapping import kid_of, letters_of, party_of, references
from kravbro.ledgers.tryton.queries import Balance, level_of
from kravbro.ledgers.tryton.rights import companies_of, lacks
from kravbro.ledgers.tryton.wire import Client, Row
from kravbro.mirror.source import Changes, Delivery, HandedOver, Lack, Mark, OpenItem, Proposal, Standing

PASSWORD, PASSWORD_FILE = "KRAVBRO_TRYTON_PASSWORD", "KRAVBRO_TRYTON_PASSWORD_FILE"
INVOICE, OTHER = "invoice", "other"
"""Meanings of vouchers: only invoices go to collection."""


def open_tryton(address: str, settings: str, environment: Mapping[str, str], on: date) -> TrytonSource:
    """The Tryton at an address, for a business date; the password comes from the environment. Nothing is asked yet.

    All that is agreed stands in the address: raises DataFault `tryton.settings` for settings from a file, Stop
    `tryton.no_password` and `tryton.password_file`, and as `read_address` does.
    """
    if settings.strip():
        raise DataFault("tryton.settings")
    read = read_address(address)
    return TrytonSource(Client(read, _password(read, environment)), on)


def _password(address: Address, environment: Mapping[str, str]) -> str:
    if PASSWORD in environment:
        return environment[PASSWORD]
    if PASSWORD_FILE in environment:
        path = Path(environment[PASSWORD_FILE])
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as fault:
            raise Stop("tryton.password_file", path=str(path), cause=fault.strerror or "") from None
    raise Stop("tryton.no_password", variable=PASSWORD, file_variable=PASSWORD_FILE, server=address.name)


class TrytonSource:
    """`kravbro.mirror.source.Source` over JSON-RPC, for one business date."""

    def __init__(self, client: Client, on: date) -> None:
        self._client = client
        self._on = on
        self._companies: frozenset[int] = frozenset()

    @property
    def kind(self) -> str:
        """The kind of ledger."""
        return KIND

    @property
    def client(self) -> Client:
        """The session, for those who do more in Tryton than a ledger is asked for."""
        return self._client

    def installation(self) -> str:
        """The number noted in this database. Raises Stop `tryton.copied`, `tryton.no_company`."""
        return installation(self._client)

    def companies(self) -> list[int]:
        """The ids of all companies that the user belongs to. Raises Stop `tryton.one_company_at_a_time`."""
        found = companies_of(self._client)
        self._companies = frozenset(found)
        return found

    def changes(self, company: int, cursor: str) -> Changes:
        """Lines that may have changed; the cursor is the server's clock before the last reading, in seconds since 1970.

        A transaction bears the time of its beginning and is seen at its end: the overlap looks back for those. A clock
        that was set back by more than that has hidden changes behind the cursor: then everything is compared.
        """
        self._known(company)
        self._client.version()
        now = self._client.said_at
        overlap_s = self._client.address.overlap_s
        if not cursor or now + overlap_s < int(cursor):
            return Changes(str(now), None)
        since = datetime.fromtimestamp(int(cursor), UTC).replace(tzinfo=None)
        since -= timedelta(seconds=overlap_s)
        touched: set[int] = set()
        for row in queries.changed_lines(self._client, company, since):
            touched |= _touched(row)
        for row in queries.changed_invoices(self._client, company, since):
            touched.update(row["lines_to_pay"])
        touched |= {row["line"] for row in queries.changed_dunnings(self._client, company, since)}
        return Changes(str(now), frozenset(touched))

    def changed_companies(self, cursors: Mapping[int, str]) -> list[int]:
        """All of them: a look at one company costs as much as a look at all would."""
        return list(cursors)

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These open items as they are."""
        self._known(company)
        return items_of(self._client, company, entries)

    def proposals(self, company: int) -> list[Proposal]:
        """The dunnings in the queue, with the letters that processing has sent."""
        self._known(company)
        rows = queries.queue(self._client, company)
        letters = self._client.address.letters
        processed = queries.processed_on(self._client, company, [row["id"] for row in rows]) if letters else {}
        return [
            Proposal(row["line"], letters=letters_of(processed.get(row["id"], []), level_of(row), self._client.address))
            for row in rows
        ]

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        """How these open items stand, with their customers."""
        self._known(company)
        found: dict[int, Standing] = {}
        for page in queries.pages(entries):
            found |= self._standings(company, page)
        return found

    def _standings(self, company: int, entries: Sequence[int]) -> dict[int, Standing]:
        invoices = queries.standings_of(self._client, company, entries)
        of_line = {line["id"]: row for row in invoices for line in _lines_of(row)}
        rest = [entry for entry in entries if entry not in of_line]
        plain = {row["id"]: row for row in queries.plain_standings_of(self._client, company, rest)} if rest else {}
        parties = {row["party."]["id"] for row in [*of_line.values(), *plain.values()]}
        balances = queries.balances_of(self._client, company, parties)
        items = read_items(self._client, company, [entry for entry in entries if entry in of_line or entry in plain])
        found = {}
        for entry, item in items.items():
            row = of_line.get(entry) or plain[entry]
            balance = balances.get(row["party."]["id"], Balance())
            facts = _facts(item.remaining_ore, balance, INVOICE if entry in of_line else OTHER, row)
            found[entry] = _standing(row, item.line.due, facts, is_invoice=entry in of_line)
        return found

    def transferred(self, company: int) -> list[HandedOver]:
        """None: Tryton has no mark of a collector but ours, and a block or a note may mean anything."""
        self._known(company)
        return []

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        """The lines of the invoices with these numbers: several where an invoice is paid in parts."""
        self._known(company)
        found: dict[str, list[int]] = {}
        wanted = sorted(invoice_nos)
        for some in portions(wanted, queries.PAGE):
            for row in queries.invoices_numbered(self._client, company, some):
                found.setdefault(row["number"], []).extend(row["lines_to_pay"])
        return found

    def mark(self, company: int, marks_: Sequence[Mark]) -> None:
        """Block and note."""
        self._known(company)
        marks.mark(self._client, company, marks_)

    def show(self, company: int, statuses: Sequence[Status]) -> None:
        """Note how the cases stand."""
        self._known(company)
        marks.show(self._client, company, statuses)

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        """Create, post and put on their invoices; raises as `delivery.deliver` does."""
        self._known(company)
        return delivery.deliver(self._client, company, vouchers, self._on)

    def fates(self, company: int, keys: Sequence[str]) -> list[Delivery]:
        """What has become of vouchers."""
        self._known(company)
        return delivery.fates(self._client, company, keys, self._on)

    def doubts(self, company: int, keys: Collection[str]) -> list[Discrepancy]:
        """Nothing: a move bears one key, and is posted once."""
        return []

    def check(self) -> list[Lack]:
        """What is missing in this Tryton."""
        return lacks(self._client)

    def close(self) -> None:
        """Log out."""
        self._client.close()

    def _known(self, company: int) -> None:
        """Raise DataFault `mirror.unknown_company` for a company that is not there; companies may be new since."""
        if company not in self._companies and company not in self.companies():
            raise DataFault("mirror.unknown_company", company=company)


def _touched(line: Row) -> set[int]:
    """The open items that a changed line may be, or may have changed."""
    found = {line["id"], references(line["origin"], "account.move.line")}
    if line["reconciliation."]:
        found.update(line["reconciliation."]["lines"])
    for invoice in line["invoice_payments."]:
        found.update(invoice["lines_to_pay"])
    return found - {0}


def _lines_of(invoice: Row) -> list[Row]:
    moves = [invoice["move."], *invoice["additional_moves."]]
    return [{"id": line} for move in moves if move for line in move["lines"]]


def _facts(remaining_ore: int, balance: Balance, meaning: str, row: Row) -> LedgerFacts:
    """A customer without a dunning procedure is one that Tryton sends no reminders: that is its exemption."""
    return LedgerFacts(
        remaining_ore=remaining_ore,
        customer_balance_ore=balance.owed_ore,
        unmatched_credits_ore=balance.unmatched_ore,
        draft_vouchers=balance.drafts,
        voucher_meaning=meaning,
        already_sent=False,
        exempt_from_dunning=row["party."]["dunning_procedure"] is None,
        exempt_from_collection=False,
    )


def _standing(row: Row, due: date, facts: LedgerFacts, *, is_invoice: bool) -> Standing:
    currency = (row.get("second_currency.") or row["currency."])["code"]
    return Standing(
        invoice_no=(row["number"] if is_invoice else row["move."]["number"]) or "",
        kid=kid_of(row["customer_payment_reference"]) if is_invoice else "",
        invoice_date=row["invoice_date"] if is_invoice else row["date"],
        due_date=due,
        currency=currency,
        sub_ledger_type=row["account."]["code"] or "",
        debtor=party_of(row["party."]),
        facts=facts,
    )
