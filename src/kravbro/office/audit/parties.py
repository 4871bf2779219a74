"""Who belongs together, what is kept about parties, and who stands on cases: every row is what it was written with.

Rows that are gone or too many are found by their numbers (`numbers`). A row that more creditors share is judged in the
audit of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.parties import tables as p
from kravbro.office.parties.matching import Told, may_be_one
from kravbro.office.parties.roles import ADDED, ENDED
from kravbro.office.parties.rows import COLUMNS

SHOWN = {
    p.party_number.name: "party number",
    p.party_member.name: "party member",
    p.party_fact.name: "party fact",
    p.party_access.name: "party access",
    p.case_party.name: "case party",
}
Own = Callable[[int], sa.ColumnElement[bool]]


def _cards_of(creditor: int) -> sa.Select[Any]:
    return sa.select(t.debtor.c.id).where(t.debtor.c.creditor == creditor)


def _of_cards(column: sa.Column[int]) -> Own:
    """Rows about the creditor's cards, and about cards that are nobody's."""
    return lambda creditor: sa.or_(column.in_(_cards_of(creditor)), column.not_in(sa.select(t.debtor.c.id)))


def _of_parties(column: sa.Column[int]) -> Own:
    """Rows about the parties that the creditor's cards belong or belonged to, and about parties without cards."""
    member = p.party_member.c

    def own(creditor: int) -> sa.ColumnElement[bool]:
        theirs = sa.select(member.party).where(member.debtor.in_(_cards_of(creditor)))
        return sa.or_(column.in_(theirs), column.not_in(sa.select(member.party)))

    return own


KEPT: tuple[tuple[sa.Table, Own], ...] = (
    (p.party_number, _of_parties(p.party_number.c.party)),
    (p.party_member, _of_cards(p.party_member.c.debtor)),
    (p.party_fact, _of_parties(p.party_fact.c.party)),
    (p.party_access, _of_parties(p.party_access.c.party)),
    (p.case_party, _of_cards(p.case_party.c.debtor)),
)


def check_parties(findings: Findings) -> None:
    """Every row about parties fits its fingerprint, every card has its party, and no party has two people's numbers."""
    for table, own in KEPT:
        columns = COLUMNS[table.name]
        chosen = sa.select(*as_stored(table, *columns), table.c.fingerprint).where(own(findings.creditor))
        for *values, fingerprint in findings.connection.execute(chosen.order_by(table.c.number)).all():
            number = values[0]
            if contents.of_row(values) != fingerprint and not findings.names(table.name, number):
                thing = f"office {SHOWN[table.name]} {number}"
                findings.add(table.name, number, thing, Fault.CONTENT, claim=_claim(findings, table, values))
    if not findings.some("debtor", "party_member"):
        _check_every_card(findings)
    if not findings.some("party_number"):
        _check_numbers(findings)


def check_role_events(findings: Findings) -> None:
    """Every role that a person added or ended has its event on the case, and every such event its row."""
    if findings.some("claim", p.case_party.name):
        return
    event, row = t.case_event.c, p.case_party.c
    own = sa.select(t.case.c.id).where(t.case.c.creditor == findings.creditor)
    told = sa.select(event.case, sa.func.count()).where(event.event.in_((ADDED, ENDED)), event.case.in_(own))
    said = sa.select(row.case, sa.func.count()).where(row.told_by == Told.PERSON.value, row.case.in_(own))
    events = dict(tuple(one) for one in findings.connection.execute(told.group_by(event.case)))
    rows = dict(tuple(one) for one in findings.connection.execute(said.group_by(row.case)))
    for case in sorted(events.keys() | rows.keys()):
        if events.get(case, 0) != rows.get(case, 0) and not findings.names("case", case):
            findings.add("case", case, f"office case {case}", Fault.STATE)


def _claim(findings: Findings, table: sa.Table, values: list[Any]) -> int | None:
    """The claim that a standing is about, if its case has exactly one."""
    case = values[contents.CASE_PARTY.index("case")] if table is p.case_party else None
    return findings.only_claim(t.case.c.id == case) if isinstance(case, int) else None


def _check_every_card(findings: Findings) -> None:
    there = sa.exists().where(p.party_member.c.debtor == t.debtor.c.id)
    alone = _cards_of(findings.creditor).where(~there).order_by(t.debtor.c.id)
    for card in list(findings.connection.execute(alone).scalars()):
        findings.add("party_member", f"of {card}", f"office party of debtor {card}", Fault.MISSING)


def _check_numbers(findings: Findings) -> None:
    number = p.party_number.c
    several = sa.select(number.party).group_by(number.party).having(sa.func.count() > 1)
    own = _of_parties(number.party)(findings.creditor)
    digits: defaultdict[int, list[str]] = defaultdict(list)
    for party, one in findings.connection.execute(
        sa.select(number.party, number.digits).where(number.party.in_(several), own).order_by(number.party)
    ):
        digits[party].append(one)
    for party, theirs in digits.items():
        if not may_be_one(theirs):
            findings.add("party", party, f"office party {party}", Fault.CONTENT)
