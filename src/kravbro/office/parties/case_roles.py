"""Who stands on cases beside their debtors, as ledgers tell it: loaded in one go, and saved in one go.

Co-debtors owe a claim together with the debtor, so they are part of what decides which case a claim joins: nobody is
asked for a claim that they do not owe. The other roles follow what the ledger told last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.parties import Role
from kravbro.db.bulk import among
from kravbro.office.codes import known
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import Told
from kravbro.office.parties.rows import add_rows, counts

ROLES = {role.value: role for role in Role}
IS_ROLE = counts(p.case_party, "case", "debtor", "role", "stands_for")


class Standing(NamedTuple):
    """One card in one role on a case, for one of those who owe (a co-debtor: for the debtor)."""

    card: int
    role: Role
    stands_for: int


class Kept(NamedTuple):
    """From when to when a standing holds (None: until further notice), and who told it."""

    first_day: date
    last_day: date | None
    told_by: str

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


def roles_of_cases(connection: sa.Connection, cases: Collection[int]) -> dict[int, dict[Standing, Kept]]:
    """Every standing on each of these cases, with the row that counts. Raises DataFault `office.unknown_code`."""
    row = p.case_party.c
    columns = (
        row.number, row.case, row.debtor, row.role, row.stands_for, row.first_day, row.last_day, row.told_by,
    )  # fmt: skip
    found: defaultdict[int, dict[Standing, Kept]] = defaultdict(dict)
    wanted = set(cases)
    for these in among(row.case, wanted):
        chosen = sa.select(*columns).where(these, IS_ROLE).order_by(row.number)
        for number, case, card, role, stands_for, *kept in connection.execute(chosen):
            if case in wanted:
                standing = Standing(card, known(ROLES, role, "case_party", number, "role"), stands_for)
                found[case][standing] = Kept(*kept)
    return dict(found)


class CaseRoles:
    """The standings on the cases of one page of claims."""

    def __init__(self, connection: sa.Connection, act: Act) -> None:
        self._connection = connection
        self._act = act
        self._of: dict[int, dict[Standing, Kept]] = {}
        self._said: list[tuple[Any, ...]] = []

    def load(self, cases: Collection[int]) -> None:
        """Read the standings on cases that may be joined."""
        self._of |= roles_of_cases(self._connection, cases)

    def co_debtors(self, case: int) -> frozenset[int]:
        """Who owes the claims of a case together with its debtor."""
        on = self._act.on
        held = self._of.get(case, {}).items()
        return frozenset(one.card for one, kept in held if one.role is Role.CO_DEBTOR and kept.holds(on))

    def tell(self, case: int, standings: Sequence[Standing]) -> None:
        """Take note of everything that the ledger tells of who stands on a case; what it tells no more has ended."""
        kept, on = self._of.setdefault(case, {}), self._act.on
        for standing in standings:
            if standing not in kept or not kept[standing].holds(on):
                self._say(case, standing, on, None)
        told = set(standings)
        for standing in [one for one in self._ended(kept, told) if kept[one].holds(on)]:
            self._say(case, standing, kept[standing].first_day, on - timedelta(days=1))

    @staticmethod
    def _ended(kept: dict[Standing, Kept], told: set[Standing]) -> Iterator[Standing]:
        for standing, how in kept.items():
            if how.told_by == Told.LEDGER and standing.role is not Role.CO_DEBTOR and standing not in told:
                yield standing

    def _say(self, case: int, standing: Standing, first: date, last: date | None) -> None:
        self._of[case][standing] = Kept(first, last, Told.LEDGER.value)
        who = (case, standing.card, standing.role.value, standing.stands_for)
        self._said.append((*who, first, last, Told.LEDGER.value, "", self._act.on))

    def save(self) -> None:
        """Write what was noted."""
        add_rows(self._connection, p.case_party, self._said, self._act)
