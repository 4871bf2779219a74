"""What people do with claims without a ledger in tests: one transaction each, on a desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from kravbro.bootstrap.demo.people import synthetic_identity_number
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.parties import Party
from kravbro.office.adjustments.acting import Adjusted
from kravbro.office.creditor_settings import set_ledgerless_account
from kravbro.office.ledgerless import correcting
from kravbro.office.ledgerless.registering import NewClaim, Registered, register_claim
from kravbro.office.manual.acts import Why
from kravbro.office.parties.roles import person
from tests.office.builders import STATUTE, TODAY, Desk, act

ACCOUNT = "1599"
DEBTOR = person(
    "Per Hansen", identity_number=synthetic_identity_number(7), address="Gata 2", postcode="2040", place="Kløfta"
)
NOTICE = Letter(LetterKind.NOTICE, date(2026, 10, 1), date(2026, 10, 20), 3_500)
NEW = NewClaim(1, DEBTOR, 1_000_00, date(2026, 9, 1), "DOM-17", "17-042TVI", type="KOM", letters=(NOTICE,))
BECAUSE = Why("dom i forliksrådet")


def set_account(desk: Desk, account: str = ACCOUNT) -> None:
    with desk.writing() as connection:
        set_ledgerless_account(connection, 1, account, "revisor", desk.act)


def registered(desk: Desk, why: Why = BECAUSE, on: date = TODAY, **changes: Any) -> Registered:
    given = msgspec.structs.replace(NEW, **changes)
    with desk.writing() as connection:
        return register_claim(connection, given, why, STATUTE, act(on))


def credit(desk: Desk, case: str, amount_ore: int, why: Why = BECAUSE, claim: str | None = None) -> Adjusted:
    with desk.writing() as connection:
        return correcting.credit(connection, case, amount_ore, why, desk.act, claim)


def end(desk: Desk, case: str, why: Why = BECAUSE, claim: str | None = None) -> Adjusted:
    with desk.writing() as connection:
        return correcting.end_claim(connection, case, why, desk.act, claim)


def named(name: str, **details: Any) -> Party:
    return msgspec.structs.replace(DEBTOR, name=name, **details)
