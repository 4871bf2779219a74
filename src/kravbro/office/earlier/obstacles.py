"""What keeps the office from taking an older case over as it stands. Each is cured by a person, not by the program."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.earlier.tables import adopted_claim, earlier_claim


class Obstacle(StrEnum):
    """Why an older case cannot be taken over: its number is one of ours or another case's, or it has two debtors."""

    NUMBER_OURS = "conversion.number_ours"
    NUMBER_TAKEN = "conversion.number_taken"
    SEVERAL_CUSTOMERS = "conversion.several_customers"


_OURS = re.compile("[0-9]{1,3}-[0-9]+", re.ASCII)
"""Case numbers of this office: the creditor's number and a serial number."""


def obstacles(connection: sa.Connection, creditor: int, case_numbers: Collection[str]) -> dict[str, Obstacle]:
    """The obstacle of each of these older case numbers of a creditor that has one."""
    found: dict[str, Obstacle] = {}
    for some in portions(sorted(case_numbers)):
        found |= dict.fromkeys(_taken(connection, creditor, some), Obstacle.NUMBER_TAKEN)
        several = (
            sa.select(earlier_claim.c.case_number)
            .where(earlier_claim.c.creditor == creditor, earlier_claim.c.case_number.in_(some))
            .group_by(earlier_claim.c.case_number)
            .having(sa.func.count(earlier_claim.c.customer_no.distinct()) > 1)
        )
        found |= dict.fromkeys(connection.execute(several).scalars(), Obstacle.SEVERAL_CUSTOMERS)
        found |= {number: Obstacle.NUMBER_OURS for number in some if _OURS.fullmatch(number)}
    return found


def _taken(connection: sa.Connection, creditor: int, case_numbers: Collection[str]) -> list[str]:
    """Those that a case has which did not come from this creditor's older system."""
    own = (
        sa.select(adopted_claim.c.number)
        .join(t.claim, t.claim.c.id == adopted_claim.c.claim)
        .where(t.claim.c.case == t.case.c.id, t.claim.c.creditor == creditor)
        .exists()
    )
    chosen = sa.select(t.case.c.number).where(t.case.c.number.in_(case_numbers), ~own)
    return list(connection.execute(chosen).scalars())


def usable_kids(connection: sa.Connection, creditor: int, case_numbers: Collection[str]) -> dict[str, str]:
    """The KID that each of these older cases keeps: the one that debtors were given, if it names that case alone.

    One that several older cases have, or a case of this office, names none of them any more; nor does one of two on
    the same case.
    """
    told: dict[str, set[str]] = {}
    earlier = earlier_claim.c
    for some in portions(sorted(case_numbers)):
        chosen = sa.select(earlier.case_number, earlier.case_kid).distinct()
        here = (earlier.creditor == creditor, earlier.case_number.in_(some), earlier.case_kid != "")
        for case_number, kid in connection.execute(chosen.where(*here)):
            told.setdefault(case_number, set()).add(kid)
    kids = {next(iter(kids)): case_number for case_number, kids in told.items() if len(kids) == 1}
    for some in portions(sorted(kids)):
        owners = sa.select(earlier.case_kid, earlier.creditor, earlier.case_number).where(earlier.case_kid.in_(some))
        for kid, owner, case_number in connection.execute(owners.distinct()):
            if kid in kids and (owner, case_number) != (creditor, kids[kid]):
                del kids[kid]
        for kid in connection.execute(sa.select(t.case.c.kid).where(t.case.c.kid.in_(some))).scalars():
            kids.pop(kid, None)
    return {case_number: kid for kid, case_number in kids.items()}
