"""A day on which claims are corrected, withdrawn, returned and proposed again, as one job that may be killed anywhere.

Every step may be done again: it asks by an id of its own, or finds that what it asks for is done.
"""

from __future__ import annotations

from functools import cache

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.meanings import Meaning
from kravbro.books.queries.dunning import dunning_history
from kravbro.books.queries.open_items import named_item
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bridge.streams import ALL
from kravbro.core.errors import Skip
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from tests.places import Kind, Where, new_template
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared

COMPANY = 2
WITHDRAWN, RETURNED, KEPT = "200001", "200002", "200003"


@cache
def evening_before(kind: Kind) -> Where:
    """Three claims at the collector, each in a case of its own; the accountant posts what the collector sends."""
    where = copy_of(prepared(kind), new_template(kind))
    world = World(where)
    for customer, invoice in enumerate((WITHDRAWN, RETURNED, KEPT), 1):
        world.invoice(COMPANY, invoice, customer, 900_00)
    world.propose(COMPANY, "first")
    _carry(world)
    return where


def day(where: Where) -> None:
    """The whole day. What was done before it was killed is not done again."""
    world = World(where)
    _book(world, WITHDRAWN, Meaning.PAYMENT, 100_00, "in the morning")
    withdraw_once(world)
    _money(world, "morning file", {RETURNED: 300_00, KEPT: 200_00})
    world.give_back(claim_on(world, RETURNED), whole_case=True)
    _carry(world)
    world.post(COMPANY)
    _carry(world)
    world.post_drafts(COMPANY)
    _carry(world)
    _book(world, WITHDRAWN, Meaning.CREDIT_NOTE, 50_00, "while nobody has it")
    world.propose(COMPANY, "second")
    _carry(world)
    _book(world, WITHDRAWN, Meaning.PAYMENT, 70_00, "when it is back")
    _money(world, "evening file", {RETURNED: 100_00, WITHDRAWN: 80_00})
    world.post(COMPANY)
    _carry(world)
    world.post_drafts(COMPANY)
    _carry(world)


def _carry(world: World) -> None:
    for stream in ALL:
        world.carry(stream, COMPANY, page=2)


def claim_on(world: World, invoice: str):  # type: ignore[no-untyped-def] # the office's own type
    """The claim on an invoice as it came first."""
    return next(one for one in world.payable(COMPANY) if one.invoice_no == invoice)


def _book(world: World, invoice: str, meaning: Meaning, amount_ore: int, request: str) -> None:
    against = setting.BANK if meaning is Meaning.PAYMENT else setting.INCOME
    with writing(world.place.open(company_owner(COMPANY))) as connection:
        correction = Correction(named_item(connection, invoice), meaning, against, DEMO_DATE, amount_ore)
        post_vouchers(connection, [write_correction(connection, correction, ACT, request)], ACT)


def withdraw_once(world: World) -> None:
    """One wish: a claim that came back and went again is not withdrawn a second time."""
    with reading(world.place.open(company_owner(COMPANY))) as connection:
        entry = named_item(connection, WITHDRAWN)
        is_back = dunning_history(connection, entry).transfers[0].given_back is not None
    if not is_back:
        world.withdraw(COMPANY, next(item for item in world.items(COMPANY) if item.entry == entry))


def _money(world: World, name: str, paid: dict[str, int]) -> None:
    try:
        world.bank(COMPANY, name, [(claim_on(world, invoice).invoice_kid, ore) for invoice, ore in paid.items()])
    except Skip as known:
        if known.code != "office.file_repeated":
            raise
