"""Ledgers and collectors that convert claims of older cases wrongly."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Transaction
from kravbro.core.errors import DataFault
from kravbro.ports.conformance.broken.passing import PassingCollector, PassingLedger
from kravbro.ports.conformance.streams import LARGE
from kravbro.ports.identity import Delivered

replace = msgspec.structs.replace


class OffersWhatIsCollected(PassingLedger):
    """Offers a joined item as an ordinary claim too, so that its debtor gets a second case."""

    caught_by = ("L52",)

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        joined = [one.offer for one in self.able.adoptions(company, after, limit)]
        return sorted([*self.right.ready_claims(company, after, limit), *joined], key=lambda one: one.number)[:limit]


class TellsWhatTheCaseHas(PassingLedger):
    """Tells every booking on a joined item, also what counts before the cut-off: the case has that already."""

    caught_by = ("L53",)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        told = self.right.transactions(company, after, limit)
        known = {(one.entry, one.amount_ore) for one in told}
        joined = {one.entry for one in self.able.joined_claims(company, 0, LARGE)}
        more = [one for one in self.diary.booked if one.entry in joined and (one.entry, one.amount_ore) not in known]
        return told + [
            replace(
                told[-1], number=told[-1].number + place, booking=told[-1].booking + place, amount_ore=one.amount_ore
            )
            for place, one in enumerate(more, 1)
            if told
        ]


class JoinsAnew(PassingLedger):
    """Says of a joined item each time that it is new."""

    caught_by = ("L52",)

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        self.able.join_claims(company, joinings)
        return Delivered(len(joinings), 0)


class AdoptsAnew(PassingCollector):
    """Says of an adopted case each time that it is new."""

    caught_by = ("C37",)

    def adopt_cases(self, company: int, adoptions: Sequence[Adoption]) -> Delivered:
        self.able.adopt_cases(company, adoptions)
        return Delivered(len(adoptions), 0)


class AdoptsAnything(PassingCollector):
    """Says nothing of an adoption that was changed, or that is of no case."""

    caught_by = ("C38",)

    def adopt_cases(self, company: int, adoptions: Sequence[Adoption]) -> Delivered:
        try:
            return self.able.adopt_cases(company, adoptions)
        except DataFault:
            return Delivered(0, len(adoptions))
