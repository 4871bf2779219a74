"""A creditor as the office has set it up: how its claims are judged, its money divided, and its vouchers coded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.allocation_orders import CreditorOrders, Money, Order
from kravbro.core.errors import DataFault, Stop
from kravbro.core.gate import GatePolicy, Missing
from kravbro.core.identifiers.kid import METHODS, Method
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.codes import known, unknown_code

LARGEST_CREDITOR_NUMBER = 999
"""A case KID begins with the creditor's number in three digits."""


class Collects(StrEnum):
    """Whose claims an office collects: the creditor's own office, or an agency for it.

    The house is the agency itself. It has no claims and no ledger that the office serves: it holds client accounts.
    """

    OWN = "own"
    AGENCY = "agency"
    HOUSE = "house"


class Overpayment(StrEnum):
    """Where the ledger is told to book what a debtor paid too much."""

    ON_ACCOUNT = "on_account"
    REFUND = "refund"


class Names(StrEnum):
    """What a KID of one structure points at; KIDs of older cases are read, and never issued."""

    CASE = "case"
    OLDER_CASE = "older_case"
    INVOICE = "invoice"


KID_METHODS: dict[str, Method] = {method: method for method in METHODS}
KID_NAMES = {names.value: names for names in Names}
ORDERS = {order.value: order for order in Order}
MONEY_WITH_AN_ORDER = {money.value: money for money in (Money.ENFORCEMENT, Money.WAGE_DEDUCTION)}
"""Sources of money that a creditor may choose another order for than for voluntary payments."""


class Creditor(msgspec.Struct, frozen=True):
    """A creditor: a company of a ledger installation, seen from the office. Accounts are the ledger's (G/L).

    `allocation_order` is for money that debtors pay voluntarily without saying what it is for; `allocation_orders` are
    for money from elsewhere. `intermediate_account` is what other creditors' accounts owe it, and it them; empty: none.
    """

    number: int
    name: str
    organisation_number: str
    ledger_installation: str
    company: int
    money_account: str
    interest_account: str
    fee_account: str
    cost_account: str
    interim_account: str
    refund_account: str
    collects: Collects = Collects.OWN
    allocation_order: Order = Order.COSTS_FEES_INTEREST_PRINCIPAL
    minimum_ore: int = 0
    days_after_due: int = 14
    identity_number_missing: Missing = Missing.WARN
    organisation_number_missing: Missing = Missing.WARN
    foreign_address: Missing = Missing.BLOCK
    overpayment: Overpayment = Overpayment.ON_ACCOUNT
    department: str = ""
    project: str = ""
    intermediate_account: str = ""

    @property
    def keeps_ledger(self) -> bool:
        """Whether the office's money is booked in a ledger of the creditor's own."""
        return self.collects is not Collects.HOUSE

    def gate_policy(self, starts_after_notice: bool) -> GatePolicy:
        """The gate's thresholds for claims that enter a workflow."""
        return GatePolicy(
            minimum_ore=self.minimum_ore,
            days_after_due=self.days_after_due,
            starts_after_notice=starts_after_notice,
            identity_number_missing=self.identity_number_missing,
            organisation_number_missing=self.organisation_number_missing,
            foreign_address=self.foreign_address,
        )


class SubLedger(msgspec.Struct, frozen=True):
    """One sub-ledger type of a creditor: its receivable account, and the workflow that its claims enter."""

    type: str
    receivable_account: str
    workflow: str
    starts_after_notice: bool


class KidStructure(msgspec.Struct, frozen=True):
    """A KID as agreed with the bank: its length (check digit included), method, and what it names.

    `prefix` is what its KIDs begin with, where the length alone does not tell structures apart. `creditor` is whose
    cases or invoices it names; None: those of any creditor that the agreement serves.
    """

    length: int
    method: Method
    names: Names
    prefix: str = ""
    creditor: int | None = None


class Agreement(msgspec.Struct, frozen=True):
    """A payment agreement with the bank: the account that money comes in on, and the KIDs it comes with.

    `holder` is the creditor in whose books the account stands, `bank_account` the G/L account that it is there (empty:
    the holder's money account). `creditors` are those it serves. Bank files come in the folder `inbox` (empty: none)
    and are moved to `done_folder` once they are imported (empty: they stay).
    """

    account_number: str
    holder: int
    name: str
    structures: tuple[KidStructure, ...]
    creditors: tuple[int, ...] = ()
    bank_account: str = ""
    inbox: str = ""
    done_folder: str = ""
    closed_on: date | None = None

    def structure(self, kid: str) -> KidStructure | None:
        """The structure that a KID has by its length and beginning, None if no structure has it."""
        fitting = (one for one in self.structures if one.length == len(kid) and kid.startswith(one.prefix))
        return next(fitting, None)


def scope(creditor: int) -> str:
    """The scope of a creditor's own counters."""
    return f"creditor {creditor}"


def load_creditor(connection: sa.Connection, number: int) -> Creditor:
    """One creditor. Raises Stop `office.no_such_creditor`, DataFault `office.unknown_code`."""
    row = connection.execute(sa.select(t.creditor).where(t.creditor.c.number == number)).mappings().first()
    if row is None:
        raise Stop("office.no_such_creditor", creditor=number)
    values = {}
    for field in msgspec.structs.fields(Creditor):
        try:
            values[field.name] = msgspec.convert(row[field.name], field.type)
        except msgspec.ValidationError as error:
            raise unknown_code("creditor", number, field.name, row[field.name]) from error
    return Creditor(**values)


def allocation_orders(connection: sa.Connection, creditors: Iterable[int]) -> dict[int, CreditorOrders]:
    """What each of these creditors has chosen for each source of money. Raises DataFault `office.unknown_code`."""
    numbers = sorted(creditors)
    own, other = t.creditor.c, t.creditor_allocation.c
    rest: dict[int, dict[str, Order]] = {number: {} for number in numbers}
    for row in connection.execute(sa.select(t.creditor_allocation).where(other.creditor.in_(numbers))):
        name = f"{row.creditor}/{row.money}"
        money = known(MONEY_WITH_AN_ORDER, row.money, "creditor_allocation", name, "money")
        rest[row.creditor][money.value] = known(ORDERS, row.order, "creditor_allocation", name, "order")
    chosen = sa.select(own.number, own.allocation_order).where(own.number.in_(numbers))
    return {
        number: CreditorOrders(known(ORDERS, order, "creditor", number, "allocation_order"), **rest[number])
        for number, order in connection.execute(chosen)
    }


def creditor_of_company(connection: sa.Connection, installation: str, company: int) -> int:
    """The creditor that a company of a ledger installation is here. Raises Stop `office.company_not_served`."""
    here = sa.and_(t.creditor.c.ledger_installation == installation, t.creditor.c.company == company)
    number = connection.execute(sa.select(t.creditor.c.number).where(here)).scalar()
    if number is None:
        raise Stop("office.company_not_served", company=company, installation=installation)
    return int(number)


def companies_of(connection: sa.Connection, installation: str) -> list[int]:
    """The companies of a ledger installation that the office serves, in order."""
    served = sa.select(t.creditor.c.company).where(t.creditor.c.ledger_installation == installation)
    return list(connection.execute(served.order_by(t.creditor.c.company)).scalars())


def creditor_numbers(connection: sa.Connection) -> list[int]:
    """The numbers of all creditors, in order."""
    return list(connection.execute(sa.select(t.creditor.c.number).order_by(t.creditor.c.number)).scalars())


def houses(connection: sa.Connection) -> list[int]:
    """The numbers of those that keep no ledger: the office itself, as the holder of client accounts."""
    own = t.creditor.c
    chosen = sa.select(own.number).where(own.collects == Collects.HOUSE.value).order_by(own.number)
    return list(connection.execute(chosen).scalars())


def sub_ledgers_of(connection: sa.Connection, creditor: int) -> dict[str, SubLedger]:
    """The creditor's sub-ledgers, by type."""
    rows = connection.execute(
        sa.select(
            t.creditor_sub_ledger.c.sub_ledger_type,
            t.creditor_sub_ledger.c.receivable_account,
            t.creditor_sub_ledger.c.workflow,
            t.workflow.c.starts_after_notice,
        )
        .join(t.workflow, t.workflow.c.code == t.creditor_sub_ledger.c.workflow)
        .where(t.creditor_sub_ledger.c.creditor == creditor)
    )
    return {row[0]: SubLedger(*row) for row in rows}


def agreements(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> dict[str, Agreement]:
    """The payment agreements that a condition on `payment_agreement` selects, by account number."""
    chosen = sa.select(t.payment_agreement).where(*where).order_by(t.payment_agreement.c.account_number)
    rows = connection.execute(chosen).all()
    structures: dict[str, list[KidStructure]] = defaultdict(list)
    served: dict[str, list[int]] = defaultdict(list)
    kid, serves = t.kid_structure.c, t.agreement_creditor.c
    for accounts in portions([row.account_number for row in rows]):
        of_these = sa.select(t.kid_structure).where(kid.account_number.in_(accounts))
        for row in connection.execute(of_these.order_by(kid.account_number, kid.length, kid.prefix)):
            structures[row.account_number].append(_structure(row))
        creditors = sa.select(serves.account_number, serves.creditor).where(serves.account_number.in_(accounts))
        for account, number in connection.execute(creditors.order_by(serves.account_number, serves.creditor)):
            served[account].append(number)
    return {
        row.account_number: Agreement(
            account_number=row.account_number,
            holder=row.holder,
            name=row.name,
            structures=tuple(structures[row.account_number]),
            creditors=tuple(served[row.account_number]),
            bank_account=row.bank_account,
            inbox=row.inbox,
            done_folder=row.done_folder,
            closed_on=row.closed_on,
        )
        for row in rows
    }


def _structure(row: Any) -> KidStructure:
    name = f"{row.account_number}/{row.length}{row.prefix and f'/{row.prefix}'}"
    return KidStructure(
        row.length,
        known(KID_METHODS, row.method, "kid_structure", name, "method"),
        known(KID_NAMES, row.names, "kid_structure", name, "names"),
        row.prefix,
        row.creditor,
    )


def case_kid_structure(connection: sa.Connection, creditor: int) -> KidStructure:
    """What the creditor's case KIDs are issued as: the case structure of the first open agreement that serves it, those
    that it holds itself before others.

    Raises Stop `office.no_case_kid` if no open agreement that serves the creditor has one.
    """
    serving = sa.select(t.agreement_creditor.c.account_number).where(t.agreement_creditor.c.creditor == creditor)
    here = (t.payment_agreement.c.account_number.in_(serving), t.payment_agreement.c.closed_on.is_(None))
    found = agreements(connection, *here).values()
    for agreement in sorted(found, key=lambda one: (one.holder != creditor, one.account_number)):
        for structure in agreement.structures:
            if structure.names is Names.CASE and structure.creditor in {None, creditor}:
                return structure
    raise Stop("office.no_case_kid", creditor=creditor)


def office_installation(connection: sa.Connection) -> str:
    """The office's own installation id. Raises Stop `office.not_opened` before the office is set up."""
    own = connection.execute(sa.select(t.installation.c.id)).scalar()
    if own is None:
        raise Stop("office.not_opened")
    return str(own)


def house(number: int, name: str, organisation_number: str) -> Creditor:
    """The agency itself, as the holder of client accounts."""
    return Creditor(
        number=number,
        name=name,
        organisation_number=organisation_number,
        ledger_installation="",
        company=number,
        money_account="",
        interest_account="",
        fee_account="",
        cost_account="",
        interim_account="",
        refund_account="",
        collects=Collects.HOUSE,
    )


def is_opened(connection: sa.Connection) -> bool:
    """Whether the office has been given its installation id."""
    return connection.execute(sa.select(t.installation.c.id)).scalar() is not None


def identity(connection: sa.Connection) -> str:
    """The office's own installation id; empty before it has one."""
    return str(connection.execute(sa.select(t.installation.c.id)).scalar() or "")


def refuse_creditor(creditor: Creditor) -> None:
    """Raise DataFault if the number has no place in a case KID, or an account that vouchers need is missing.

    A house has no ledger (`office.house_with_ledger`), and so no accounts in one.
    """
    for fault in creditor_faults(creditor):
        raise fault


POSTING_ACCOUNTS = (
    "money_account", "interest_account", "fee_account", "cost_account", "interim_account", "refund_account",
)  # fmt: skip
"""Accounts without which no voucher of a creditor's could be written."""


def creditor_faults(creditor: Creditor) -> Iterator[DataFault]:
    """Everything that `refuse_creditor` refuses in a creditor."""
    if not 1 <= creditor.number <= LARGEST_CREDITOR_NUMBER:
        yield DataFault("office.creditor_number", creditor=creditor.number, largest=LARGEST_CREDITOR_NUMBER)
    if not creditor.keeps_ledger:
        if creditor.ledger_installation:
            yield DataFault(
                "office.house_with_ledger", creditor=creditor.number, installation=creditor.ledger_installation
            )
        return
    for name in POSTING_ACCOUNTS:
        if not getattr(creditor, name).strip():
            yield DataFault("office.account_missing", creditor=creditor.number, account=name)
