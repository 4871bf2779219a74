"""An older system's cases in a busy world: an invoice that was handed over before, and its claim taken over."""

from __future__ import annotations

from kravbro.books.commands.transferred_items import mark_transferred
from kravbro.bridge.convert import Asked, convert
from kravbro.bridge.joined import Joined
from kravbro.formats.earlier_claims import Row
from kravbro.office.earlier.claims import import_earlier_claims
from tests.stories.busy_world import BusyWorld
from tests.stories.worlds import ACT, DUE

WHY = "liste fra forrige leverandør"


def hand_over(world: BusyWorld, company: int, customer: int, invoice_no: str, amount_ore: int) -> int:
    """Post an invoice that somebody else collects, and take that case in; answers its open item."""
    world.invoice(company, invoice_no, customer, amount_ore)
    entry = next(item.entry for item in world.items(company) if item.invoice_no == invoice_no)
    world.in_books(company, lambda connection: mark_transferred(connection, {entry: ""}, WHY, ACT))
    row = Row(
        line=2,
        case_number=f"K-{invoice_no}",
        customer=company * 1000 + customer,
        invoice_no=invoice_no,
        invoice_date=DUE,
        due_date=DUE,
        principal_ore=amount_ore,
        interest_ore=12_00,
        costs_ore=50_00,
    )
    world.in_office(lambda connection: import_earlier_claims(connection, company, [row], f"{invoice_no}.csv", ACT))
    return entry


def take_over(world: BusyWorld, joined: Joined, company: int) -> int:
    """Join what matched, at a cut-off of today; answers how many claims."""
    ledger, collector = world.sides()
    return convert(joined, ledger, collector, company, Asked(ACT.on, WHY)).joined
