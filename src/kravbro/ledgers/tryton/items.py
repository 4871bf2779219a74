"""Open items as Tryton has them now, each with all that has settled it: every item of one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from kravbro.core.errors import Retry
from kravbro.ledgers.tryton import queries, settling
from kravbro.ledgers.tryton.mapping import Line, line_of, settlement
from kravbro.ledgers.tryton.marks import wanted_back
from kravbro.ledgers.tryton.wire import Client, Row
from kravbro.mirror.source import OpenItem

LOOKS = 5


class Item:
    """One open item while it is put together: the line, and what has changed it so far (øre)."""

    def __init__(self, line: Line, customer: int) -> None:
        self.line = line
        self.customer = customer
        self.shares: list[tuple[Line, int]] = []
        self.closed = False

    @property
    def remaining_ore(self) -> int:
        """What is left of it."""
        return self.line.change_ore + sum(part_ore for _, part_ore in self.shares)


def items_of(client: Client, company: int, entries: Collection[int]) -> list[OpenItem]:
    """These open items, by entry. Raises Retry `tryton.moving` where people book faster than can be read."""
    found: list[OpenItem] = []
    for page in queries.pages(entries):
        items = _of_one_moment(client, company, page)
        wanted = wanted_back(client, company, items)
        found += [_item(client, items[entry], wanted.get(entry, "")) for entry in page if entry in items]
    return found


def read_items(client: Client, company: int, entries: Collection[int]) -> dict[int, Item]:
    """The same as they are put together, for whoever is about to pay them."""
    return {
        entry: item for page in queries.pages(entries) for entry, item in _of_one_moment(client, company, page).items()
    }


def _item(client: Client, item: Item, wanted: str) -> OpenItem:
    shares = sorted(item.shares, key=lambda share: (share[0].posted_on, share[0].id))
    return OpenItem(
        entry=item.line.id,
        customer_no=item.customer,
        amount_ore=item.line.change_ore,
        remaining_ore=item.remaining_ore,
        settlements=tuple(settlement(line, ore, item.line, client.address) for line, ore in shares if ore),
        wanted_back=wanted,
    )


def _of_one_moment(client: Client, company: int, entries: Sequence[int]) -> dict[int, Item]:
    """Invoices are read in one call; lines of ours that no invoice holds before and after it, until both agree.

    Such a line is read on its own because Tryton has no way from the claim to it.
    """
    parties = set(queries.parties_of(client, company, entries).values())
    if not parties:
        return {}
    loose = queries.loose_lines(client, company, parties)
    for _ in range(LOOKS):
        items = _with_plain(client, company, entries, _of_invoices(client, company, entries))
        again = queries.loose_lines(client, company, parties)
        if again == loose:
            _add_loose(items, [line_of(row, client.address.journal) for row in loose])
            return items
        loose = again
    raise Retry("tryton.moving", server=client.address.name)


def _of_invoices(client: Client, company: int, entries: Sequence[int]) -> dict[int, Item]:
    journal = client.address.journal
    wanted = set(entries)
    items: dict[int, Item] = {}
    for row in queries.invoices_of(client, company, entries):
        lines = [(line_of(one, journal), one["reconciliation."]) for one in row["lines_to_pay."]]
        claims = {line.id: Item(line, row["party"]) for line, _ in lines if line.change_ore > 0 and line.posted}
        open_claims = [line for line, closed in lines if line.id in claims and not closed]
        paying = [line_of(one, journal) for one in row["payment_lines."] if one["reconciliation"] is None]
        paying += [line for line, closed in lines if line.change_ore < 0 and not closed]
        shares = settling.of_invoice(open_claims, [line for line in paying if line.posted])
        for line, closed in lines:
            if line.id in claims and closed:
                claims[line.id].closed = True
                shares |= {line.id: _shares_of(closed, journal)[line.id]}
        for line_id, item in claims.items():
            item.shares = shares[line_id]
        items |= {line_id: item for line_id, item in claims.items() if line_id in wanted}
    return items


def _with_plain(client: Client, company: int, entries: Sequence[int], items: dict[int, Item]) -> dict[int, Item]:
    rest = [entry for entry in entries if entry not in items]
    if not rest:
        return items
    journal = client.address.journal
    for row in queries.plain_lines(client, company, rest):
        line = line_of(row, journal)
        if line.change_ore > 0:
            items[line.id] = item = Item(line, row["party"] or 0)
            if row["reconciliation."]:
                item.closed = True
                item.shares = _shares_of(row["reconciliation."], journal).get(line.id, [])
    return items


def _shares_of(reconciliation: Row, journal: str) -> settling.Shares:
    shares: settling.Shares = defaultdict(list)
    return shares | settling.of_reconciliation([line_of(one, journal) for one in reconciliation["lines."]])


def _add_loose(items: dict[int, Item], loose: Sequence[Line]) -> None:
    """Our own lines that name the claim and stand beside it: more than was owed, or a claim that no invoice has."""
    for line in loose:
        if line.origin in items:
            items[line.origin].shares.append((line, line.change_ore))
