"""What is wrong in a whole set-up: names that nothing has, accounts that lack, KIDs that could not be told apart. Pure.

The rules of creditors and agreements are the office's own; what is added here is what only both sides together tell.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from kravbro.books.commands.setup import CompanySetup
from kravbro.books.meanings import Meaning
from kravbro.bootstrap.setup import layout
from kravbro.bootstrap.setup.description import CompanyPart, Setup
from kravbro.bootstrap.setup.reading import Fault, PathOf
from kravbro.core.errors import DataFault, Stop
from kravbro.office.agreements import agreement_faults
from kravbro.office.creditors import Agreement, Names, creditor_faults
from kravbro.office.whole_setup import CreditorSetup


def faults_of(setup: Setup) -> list[Fault]:
    """Every fault in a set-up that stands or is to stand, each at its path. Empty where it can work."""
    found: list[Fault] = []
    for part in setup.companies.values():
        if part.books is not None:
            found += _of_company(part, part.books)
    for number, one in setup.own.creditors.items():
        found += _of_creditor(setup, ("creditors", str(number)), one)
    found += _of_pairs(setup)
    for account, agreement in setup.own.agreements.items():
        found += _of_agreement(setup, ("agreements", account), agreement)
    return found


def _fault(path: PathOf, code: str, **facts: object) -> Fault:
    return Fault(path, DataFault(code, path=".".join(path), **facts))


def _unknown(path: PathOf, value: str, names: Container[str], section: str) -> Iterator[Fault]:
    """A name that nothing has. An empty one is a fault of its own already."""
    if value and value not in names:
        yield _fault(path, "setup.unknown_name", value=value, section=section)


def _of_company(part: CompanyPart, books: CompanySetup) -> Iterator[Fault]:
    path = ("companies", str(part.number))
    where = ".".join(path)
    accounts, series = {one.number for one in books.accounts}, {one.code for one in books.number_series}
    codes, types = {one.code for one in books.dunning_codes}, {one.code for one in books.sub_ledger_types}
    for one in books.voucher_types:
        yield from _unknown((*path, "voucher_types", one.code, "series"), one.series, series, f"{where}.number_series")
    for sub in books.sub_ledger_types:
        of = (*path, "sub_ledger_types", sub.code)
        yield from _unknown((*of, "receivable_account"), sub.receivable_account, accounts, f"{where}.accounts")
    for routine in books.dunning_routines:
        at = (*path, "sub_ledger_types", routine.sub_ledger_type, "dunning", routine.dunning_code)
        yield from _unknown(at, routine.dunning_code, codes, f"{where}.dunning_codes")
        yield from _unknown(at, routine.sub_ledger_type, types, f"{where}.sub_ledger_types")
    meanings = {one.code: one.meaning for one in books.voucher_types}
    code = books.collector.collector_voucher_type
    if code and meanings.get(code) is not Meaning.COLLECTOR_PAYMENT:
        yield Fault((*path, "collector_voucher_type"), DataFault("books.not_a_collector_type", type=code))
    transfers = [one.code for one in books.dunning_codes if one.to_collector]
    if transfers and Meaning.TRANSFER not in meanings.values():
        yield _fault((*path, "voucher_types"), "setup.no_transfer_type", codes=", ".join(transfers))
    used = {one.dunning_code for one in books.dunning_routines}
    for code in transfers if types else ():
        if code not in used:
            yield _fault((*path, "dunning_codes", code), "setup.code_without_routine", transfers=code)


def _of_creditor(setup: Setup, path: PathOf, one: CreditorSetup) -> Iterator[Fault]:
    creditor = one.creditor
    for error in creditor_faults(creditor):
        account = str(error.facts.get("account", "")).removesuffix("_account")
        yield Fault((*path, "accounts", account) if account else path, error)
    for sub in one.sub_ledgers:
        at = (*path, "sub_ledgers", sub.type)
        yield from _unknown((*at, "workflow"), sub.workflow, setup.own.workflows, "workflows")
    if not creditor.keeps_ledger:
        for key, account in _by_hand(one).items():
            if account:
                told = {"account": account, "creditor": creditor.number}
                yield Fault((*path, "accounts", key), DataFault("office.house_without_books", **told))
        return
    if not _has_case_kid(setup, creditor.number):
        yield Fault(path, Stop("office.no_case_kid", creditor=creditor.number))
    if setup.foreign or creditor.ledger_installation != setup.ledger:
        return
    yield from _unknown((*path, "company"), str(creditor.company), {*map(str, setup.companies)}, "companies")
    part = setup.companies.get(creditor.company)
    if part is None:
        return
    if part.organisation_number and creditor.organisation_number not in {"", part.organisation_number}:
        told = {"company": part.number, "value": creditor.organisation_number, "known": part.organisation_number}
        yield _fault((*path, "organisation_number"), "setup.organisations_differ", **told)
    if part.books is not None:
        yield from _of_books(path, one, part.number, part.books)


def _by_hand(one: CreditorSetup) -> dict[str, str]:
    """The accounts that only work by hand needs."""
    return {"costs_until_paid": one.costs_account, "without_ledger": one.ledgerless_account}


def _of_books(path: PathOf, one: CreditorSetup, company: int, books: CompanySetup) -> Iterator[Fault]:
    """What a creditor says of its company's books."""
    accounts, where = {account.number for account in books.accounts}, f"companies.{company}"
    named = {name: getattr(one.creditor, f"{name}_account") for name in layout.ROLES}
    for name, value in (named | _by_hand(one)).items():
        yield from _unknown((*path, "accounts", name), value, accounts, f"{where}.accounts")
    types = {sub.code: sub.receivable_account for sub in books.sub_ledger_types}
    for sub in one.sub_ledgers:
        at = (*path, "sub_ledgers", sub.type)
        yield from _unknown(at, sub.type, types, f"{where}.sub_ledger_types")
        known = types.get(sub.type, sub.receivable_account)
        if known != sub.receivable_account and sub.receivable_account:
            told = {"value": sub.receivable_account, "company": company, "known": known}
            yield _fault((*at, "receivable_account"), "setup.receivable_differs", **told)


def _of_pairs(setup: Setup) -> Iterator[Fault]:
    """A company is one creditor, and no two."""
    taken: dict[tuple[str, int], int] = {}
    for number, one in sorted(setup.own.creditors.items()):
        whose = (one.creditor.ledger_installation, one.creditor.company)
        other = taken.setdefault(whose, number)
        if one.creditor.keeps_ledger and other != number:
            told = {"company": one.creditor.company, "other": other}
            yield _fault(("creditors", str(number), "company"), "setup.company_twice", **told)


def _has_case_kid(setup: Setup, creditor: int) -> bool:
    """Whether an open agreement says what the creditor's case KIDs are issued as."""
    return any(
        structure.names is Names.CASE and structure.creditor in {None, creditor}
        for one in setup.own.agreements.values()
        if creditor in one.creditors and one.closed_on is None
        for structure in one.structures
    )


def _of_agreement(setup: Setup, path: PathOf, one: Agreement) -> Iterator[Fault]:
    creditors = {number: each.creditor for number, each in setup.own.creditors.items()}
    others = [
        (other.account_number, other.inbox, other.done_folder)
        for other in setup.own.agreements.values()
        if other.account_number != one.account_number
    ]
    for error in agreement_faults(one, creditors, others):
        yield Fault((*path, *_AT.get(error.code, ())), error)
    holder = creditors.get(one.holder)
    if holder is not None and holder.keeps_ledger and holder.ledger_installation == setup.ledger:
        part = setup.companies.get(holder.company)
        if part is not None and part.books is not None:
            accounts = {account.number for account in part.books.accounts}
            where = f"companies.{holder.company}.accounts"
            yield from _unknown((*path, "bank_account"), one.bank_account, accounts, where)


_AT: dict[str, PathOf] = {
    "office.no_such_creditor": ("creditors",),
    "office.agreement_serves_nobody": ("creditors",),
    "office.house_without_books": ("bank_account",),
    "office.inbox_folders": ("inbox",),
    "office.kid_structure": ("structures",),
    "office.kid_structures_alike": ("structures",),
    "office.kid_structure_of_another": ("structures",),
    "office.case_kid_prefix": ("structures",),
    "office.two_case_kids": ("structures",),
}
"""The key that each rule of agreements is about."""
