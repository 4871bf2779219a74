"""An office where money comes in for others: two holders of accounts, three creditors, and the agency's own account.

Nes (1) and Fet (2) are one municipality's: each holds an account that serves both. Ask (3) is collected for by the
agency (9), whose client account serves it alone. Lom (4) is served by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec
import sqlalchemy as sa

from kravbro.core.claims import Offer
from kravbro.core.movements import Discrepancy
from kravbro.core.vouchers import Voucher
from kravbro.db.engines import writing
from kravbro.office import agreements, setup
from kravbro.office import tables as t
from kravbro.office.admission import accept_claims
from kravbro.office.audit import audit
from kravbro.office.creditors import Agreement, Collects, KidStructure, Names, house
from kravbro.office.incoming import IncomingPayment
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.streams import vouchers
from tests.office.builders import CREDITOR, STATUTE, Desk, act, invoice_kid, offer, open_database, open_engine, payment
from tests.places import Kind, Where, copy_place, kind_of, new_template

NES, FET, ASK, LOM, HOUSE = 1, 2, 3, 4, 9
BOOKED = (NES, FET, ASK, LOM)
"""Those that keep a ledger."""
ACCOUNT_OF = {NES: "86011117947", FET: "99991042764", HOUSE: "12345678903"}
STRUCTURES = (KidStructure(9, "mod10", Names.INVOICE), KidStructure(12, "mod10", Names.CASE))
INVOICES_EACH = 3


def open_shared_desk(where: Where) -> Desk:
    """The office, with three claims of each creditor: its invoices are numbered 10 * creditor + 1, 2, 3."""
    copy_place(_made_once(kind_of(where)), where)
    return Desk(open_engine(where))


@cache
def _made_once(kind: Kind) -> Where:
    """Such an office, for copying."""
    where = new_template(kind)
    engine = open_database(where)
    with writing(engine) as connection:
        _set_up(connection)
        for creditor in BOOKED:
            numbers = [10 * creditor + one for one in range(1, INVOICES_EACH + 1)]
            accept_claims(connection, creditor, [offer_of(creditor, one) for one in numbers], STATUTE, act())
    engine.dispose()
    return where


def offer_of(creditor: int, number: int) -> Offer:
    """A claim of a creditor: the first two on one customer."""
    return offer(number, customer_no=number // 2, company=creditor)


def _set_up(connection: sa.Connection) -> None:
    setup.open_office(connection, "kontor", act())
    setup.add_workflow(connection, "K", "Kommunal", starts_after_notice=True, act=act())
    for number in BOOKED:
        collects = Collects.AGENCY if number == ASK else Collects.OWN
        money, intermediate = ("1580" if number == ASK else "1920"), ("" if number == ASK else f"298{number}")
        creditor = msgspec.structs.replace(
            CREDITOR,
            number=number,
            company=number,
            name=f"Creditor {number}",
            collects=collects,
            money_account=money,
            intermediate_account=intermediate,
        )
        setup.add_creditor(connection, creditor, act())
        setup.add_sub_ledger(connection, number, "KOM", "1510", "K", act())
    setup.add_creditor(connection, house(HOUSE, "Byrået", "938679089"), act())
    for holder, serves in ((NES, (NES, FET)), (FET, (NES, FET)), (HOUSE, (ASK,))):
        agreement = Agreement(
            ACCOUNT_OF[holder], holder, f"Account {holder}", STRUCTURES, serves, "1921" if holder == FET else ""
        )
        agreements.add(connection, agreement, act(), "as agreed with the bank")
    structures = (KidStructure(12, "mod10", Names.CASE),)
    agreements.add(connection, Agreement("15032080119", LOM, "Lom", structures, (LOM,)), act())


def came_in(serial: int, holder: int, amount_ore: int, kid: str, lump: str = "a") -> IncomingPayment:
    """A payment on the account of a holder."""
    account = ACCOUNT_OF[holder]
    return payment(serial, amount_ore, kid, account_number=account, lump=f"{account}/2026-11-23/{lump}")


def invoice(creditor: int, one: int = 1) -> str:
    """The KID of one of a creditor's invoices."""
    return invoice_kid(10 * creditor + one)


def case_of(desk: Desk, creditor: int) -> str:
    """The number of a creditor's first case."""
    return str(desk.rows(t.case, t.case.c.creditor == creditor)[0].number)


def book(desk: Desk, creditor: int) -> list[Voucher]:
    """Propose and approve what is to be booked for a creditor; answers all of its vouchers."""
    with desk.writing() as connection:
        if number := generate_posting(connection, creditor, desk.act):
            approve_posting(connection, creditor, number, desk.act)
        return vouchers(connection, creditor, 0, 1000)


def faults(desk: Desk, creditors: Iterable[int] = (*BOOKED, HOUSE)) -> list[Discrepancy]:
    """What the audits of all find."""
    with desk.reading() as connection:
        return [fault for creditor in creditors for fault in audit(connection, creditor)]
