"""Set-up as it is shown: creditors with the settings that may change, and payment agreements."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.office import tables as t
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.creditors import Agreement, agreements, allocation_orders, load_creditor
from kravbro.office.ledgerless.tables import creditor_ledgerless


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
    ledgerless_account: str
    allocation: dict[str, str]


def creditors_shown(connection: sa.Connection, *numbers: int) -> list[CreditorShown]:
    """These creditors. Raises Stop `office.no_such_creditor`, DataFault `office.unknown_code`."""
    orders = allocation_orders(connection, numbers)
    costs, ledgerless = _accounts(connection, creditor_costs), _accounts(connection, creditor_ledgerless)
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
                ledgerless_account=ledgerless.get(number, ""),
                allocation={money: order.value for money, order in chosen.items() if order is not None},
            )
        )
    return found


def _accounts(connection: sa.Connection, table: sa.Table) -> dict[int, str]:
    return dict(connection.execute(sa.select(table.c.creditor, table.c.account)).all())


def agreements_shown(connection: sa.Connection, creditor: int | None = None) -> list[Agreement]:
    """All payment agreements, or those that a creditor holds or is served by, by account number."""
    if creditor is None:
        return list(agreements(connection).values())
    serves = t.agreement_creditor.c
    served = sa.select(serves.account_number).where(serves.creditor == creditor)
    own = t.payment_agreement.c
    return list(agreements(connection, sa.or_(own.holder == creditor, own.account_number.in_(served))).values())
