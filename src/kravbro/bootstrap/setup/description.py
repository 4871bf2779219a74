"""What a set-up says: the ledger's companies and the office, and how a file's set-up goes over the one that stands."""

from __future__ import annotations

from typing import Any

import msgspec

from kravbro.books.commands.setup import CompanySetup
from kravbro.office.whole_setup import CreditorSetup, OfficeSetup

KINDS = {
    "accounts": ("number",),
    "number_series": ("code",),
    "voucher_types": ("code",),
    "dunning_codes": ("code",),
    "sub_ledger_types": ("code",),
    "dunning_routines": ("sub_ledger_type", "dunning_code"),
}
"""What a company's set-up consists of, and what names one of each."""


class CompanyPart(msgspec.Struct, frozen=True):
    """A company of the embedded ledger, and its set-up (None: it has none yet)."""

    number: int
    name: str
    organisation_number: str
    books: CompanySetup | None


class Setup(msgspec.Struct, frozen=True):
    """The set-up of both sides. `ledger` and `office` are the installations' ids, empty: not given one yet.

    A creditor whose `ledger_installation` is empty, and that keeps a ledger, keeps it in this ledger. One that is
    `foreign` has its own companies, accounts and dunning, which no set-up of ours describes.
    """

    ledger: str = ""
    office: str = ""
    companies: dict[int, CompanyPart] = {}
    own: OfficeSetup = OfficeSetup()
    foreign: bool = False


def merged(standing: Setup, wanted: Setup, *, remove: bool) -> Setup:
    """The set-up after `wanted` is applied: what it mentions is as it says, the rest as it was, or gone (`remove`).

    A company is never removed: its books would be lost.
    """
    ledger = wanted.ledger or standing.ledger
    companies = dict(standing.companies)
    for number, part in wanted.companies.items():
        known = standing.companies.get(number)
        books = None if known is None else known.books
        companies[number] = part if remove else msgspec.structs.replace(part, books=_over(books, part.books))
    creditors = {
        number: one if remove else _joined(standing.own.creditors.get(number), one)
        for number, one in _in_ledger(wanted.own.creditors, ledger).items()
    }
    was = OfficeSetup() if remove else standing.own
    own = OfficeSetup(
        was.workflows | wanted.own.workflows, was.creditors | creditors, was.agreements | wanted.own.agreements
    )
    return Setup(ledger, wanted.office or standing.office, companies, own, standing.foreign)


def _in_ledger(creditors: dict[int, CreditorSetup], ledger: str) -> dict[int, CreditorSetup]:
    return {
        number: one
        if one.creditor.ledger_installation or not one.creditor.keeps_ledger
        else msgspec.structs.replace(one, creditor=msgspec.structs.replace(one.creditor, ledger_installation=ledger))
        for number, one in creditors.items()
    }


def _over(standing: CompanySetup | None, wanted: CompanySetup | None) -> CompanySetup | None:
    """A company's set-up with that of a file over it. Routines belong to their sub-ledger type, and go with it."""
    if standing is None or wanted is None:
        return wanted or standing
    described = {one.code for one in wanted.sub_ledger_types}
    kept = tuple(one for one in standing.dunning_routines if one.sub_ledger_type not in described)
    standing = msgspec.structs.replace(standing, dunning_routines=kept)
    both = {kind: (*getattr(standing, kind), *getattr(wanted, kind)) for kind in KINDS}
    return in_order(CompanySetup(**both, collector=wanted.collector))


def in_order(books: CompanySetup) -> CompanySetup:
    """A company's set-up with everything in it once, in the order of its codes; of two under one code the last."""
    rows: dict[str, Any] = {}
    for kind, keys in KINDS.items():
        by_key = {tuple(getattr(one, key) for key in keys): one for one in getattr(books, kind)}
        rows[kind] = tuple(by_key[key] for key in sorted(by_key))
    return CompanySetup(**rows, collector=books.collector)


def _joined(standing: CreditorSetup | None, wanted: CreditorSetup) -> CreditorSetup:
    was = standing.sub_ledgers if standing else ()
    both = {one.type: one for one in (*was, *wanted.sub_ledgers)}
    return msgspec.structs.replace(wanted, sub_ledgers=tuple(both[code] for code in sorted(both)))
