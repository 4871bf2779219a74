"""Set-up as it is shown: creditors with the settings that may change, and payment agreements."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.office import tables as t
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.creditors import Agreement, agreements, allocation_orders, load_creditor


class CreditorShown(msgspec.Struct, frozen=True):
    """A creditor, with its order of coverage for each source of money that has one of its own."""

    number: int
    name: str
    organisation_number: str
    ledger_installation: str
    company: int
    collects: str
    money_account: str
    intermediate_account: str
    costs_account: str
    allocation: dict[str, str]


def creditors_shown(connection: sa.Connection, *numbers: int) -> list[CreditorShown]:
    """These creditors. Raises Stop `office.no_such_creditor`, DataFault `office.unknown_code`."""
    orders = allocation_orders(connection, numbers)
    of_costs = sa.select(creditor_costs.c.creditor, creditor_costs.c.account)
    costs: dict[int, str] = dict(connection.execute(of_costs).all())
    found = []
    for number in numbers:
        one, chosen = load_creditor(connection, number), msgspec.structs.asdict(orders[number])
        found.append(
            CreditorShown(
                number=one.number,
                name=one.name,
                organisation_number=one.organisation_number,
                ledger_installation=one.ledger_installation,
                company=one.company,
                collects=one.collects.value,
                money_account=one.money_account,
                intermediate_account=one.intermediate_account,
                costs_account=costs.get(number, ""),
                allocation={money: order.value for money, order in chosen.items() if order is not None},
            )
        )
    return found


def agreements_shown(connection: sa.Connection, creditor: int | None = None) -> list[Agreement]:
    """All payment agreements, or those that a creditor holds or is served by, by account number."""
    if creditor is None:
        return list(agreements(connection).values())
    serves = t.agreement_creditor.c
    served = sa.select(serves.account_number).where(serves.creditor == creditor)
    own = t.payment_agreement.c
    return list(agreements(connection, sa.or_(own.holder == creditor, own.account_number.in_(served))).values())
