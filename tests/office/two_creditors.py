"""An office with two creditors whose customers may be the same people, and claims that come from both."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.core.parties import Party
from kravbro.office import setup
from kravbro.office import tables as t
from kravbro.office.admission import accept_claims
from kravbro.office.parties import queries
from tests.office.builders import CREDITOR, STATUTE, STRUCTURES, Desk, act, offer, open_desk
from tests.places import Where

SECOND = msgspec.structs.replace(CREDITOR, number=2, name="Vann AS", company=2)
SECOND_ACCOUNT = "15030012345"


def with_two_creditors(where: Where) -> Desk:
    desk = open_desk(where)
    with desk.writing() as connection:
        setup.add_creditor(connection, SECOND, desk.act)
        setup.add_sub_ledger(connection, 2, "KOM", "1510", "K", desk.act)
        setup.add_agreement(connection, SECOND_ACCOUNT, 2, "Innbetaling", STRUCTURES, desk.act)
    return desk


class Numbered:
    """Offers numbered one after another for each creditor."""

    def __init__(self) -> None:
        self.last = {1: 0, 2: 0}

    def come(self, connection: sa.Connection, creditor: int, *debtors: Party) -> None:
        """Claims on these debtors, in one page."""
        offers = []
        for debtor in debtors:
            self.last[creditor] += 1
            offers.append(offer(self.last[creditor], company=creditor, debtor=debtor))
        accept_claims(connection, creditor, offers, STATUTE, act())


def groups_of(connection: sa.Connection) -> set[frozenset[tuple[int, int]]]:
    """The cards of each party, by creditor and customer number; each card stands in exactly one."""
    found = [
        frozenset((card.creditor, card.customer_no) for card in queries.party(connection, one.party).cards)
        for one in queries.parties(connection, queries.Search(), limit=10_000)
    ]
    cards = [card for cards in found for card in cards]
    assert len(cards) == len(set(cards))
    assert len(cards) == connection.execute(sa.select(sa.func.count()).select_from(t.debtor)).scalar_one()
    return set(found)
