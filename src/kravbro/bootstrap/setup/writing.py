"""A set-up as a file: the same set-up is the same bytes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from kravbro.bootstrap.setup import layout
from kravbro.bootstrap.setup.description import CompanyPart, Setup
from kravbro.bootstrap.setup.layout import Field
from kravbro.formats import toml
from kravbro.formats.toml import Block
from kravbro.office.creditors import Agreement
from kravbro.office.kid_structures import structure_text
from kravbro.office.whole_setup import CreditorSetup

About = Callable[[str], str]
"""What is said above a part of the file, by its name in `layout.SECTIONS`."""


def setup_text(setup: Setup, about: About) -> str:
    """The file that says a set-up; read again, it says the same. What is empty is left out."""
    told: set[str] = set()
    blocks = []
    for section, block in _blocks(setup):
        comment = "" if section in told else about(section)
        told.add(section)
        blocks.append(msgspec.structs.replace(block, comment=comment))
    return toml.render(blocks)


def _blocks(setup: Setup) -> Iterator[tuple[str, Block]]:
    yield "", Block((), {"format": layout.FORMAT})
    own = {"ledger": setup.ledger, "office": setup.office}
    yield "installation", Block(("installation",), _told(own, layout.INSTALLATION))
    for _, part in sorted(setup.companies.items()):
        yield from _company(part)
    flows = {code: _told(_plain(one), layout.WORKFLOW) for code, one in sorted(setup.own.workflows.items())}
    if flows:
        yield "workflows.CODE", Block(("workflows",), flows)
    for number, one in sorted(setup.own.creditors.items()):
        yield from _creditor(setup, ("creditors", str(number)), one)
    for account, agreement in sorted(setup.own.agreements.items()):
        yield "agreements.ACCOUNT", Block(("agreements", account), _agreement(agreement))


def _company(part: CompanyPart) -> Iterator[tuple[str, Block]]:
    path, section = ("companies", str(part.number)), "companies.NUMBER"
    books = part.books
    values = {"name": part.name, "organisation_number": part.organisation_number}
    if books is None:
        yield section, Block(path, _told(values, layout.COMPANY[:2]))
        return
    yield section, Block(path, _told(values | _plain(books.collector), layout.COMPANY))
    accounts = {one.number: one.name for one in sorted(books.accounts, key=lambda one: one.number)}
    yield f"{section}.accounts", Block((*path, "accounts"), accounts)
    kinds = (
        ("number_series", books.number_series, layout.NUMBER_SERIES),
        ("voucher_types", books.voucher_types, layout.VOUCHER_TYPE),
        ("dunning_codes", books.dunning_codes, layout.DUNNING_CODE),
    )
    for name, rows, fields in kinds:
        by_code = sorted(map(_plain, rows), key=lambda row: str(row["code"]))
        if by_code:
            yield f"{section}.{name}.CODE", Block((*path, name), {row["code"]: _told(row, fields) for row in by_code})
    types = {}
    for sub in sorted(books.sub_ledger_types, key=lambda one: one.code):
        routines = sorted(one.dunning_code for one in books.dunning_routines if one.sub_ledger_type == sub.code)
        days = {(one.sub_ledger_type, one.dunning_code): one.days_after_due for one in books.dunning_routines}
        row = _plain(sub) | {"dunning": {code: days[sub.code, code] for code in routines}}
        types[sub.code] = _told(row, layout.SUB_LEDGER_TYPE)
    if types:
        yield f"{section}.sub_ledger_types.CODE", Block((*path, "sub_ledger_types"), types)


def _creditor(setup: Setup, path: tuple[str, ...], one: CreditorSetup) -> Iterator[tuple[str, Block]]:
    row, section = _plain(one.creditor), "creditors.NUMBER"
    row["ledger"] = "" if one.creditor.ledger_installation == setup.ledger else one.creditor.ledger_installation
    if not one.creditor.keeps_ledger and one.creditor.company == one.creditor.number:
        row["company"] = None
    yield section, Block(path, _told(row, layout.CREDITOR))
    accounts = {key: row[f"{key}_account"] for key in layout.ROLES}
    accounts |= {"costs_until_paid": one.costs_account, "without_ledger": one.ledgerless_account}
    if any(accounts.values()):
        yield f"{section}.accounts", Block((*path, "accounts"), _told(accounts, layout.ACCOUNTS))
    orders = {"voluntary": one.creditor.allocation_order} | dict(one.orders)
    yield f"{section}.allocation", Block((*path, "allocation"), _told(orders, layout.ALLOCATION, whole=True))
    subs = {sub.type: _told(_plain(sub), layout.SUB_LEDGER) for sub in one.sub_ledgers}
    if subs:
        yield f"{section}.sub_ledgers.TYPE", Block((*path, "sub_ledgers"), subs)


def _agreement(one: Agreement) -> dict[str, object]:
    row = _plain(one) | {"structures": list(map(structure_text, one.structures)), "creditors": list(one.creditors)}
    return _told(row, layout.AGREEMENT)


def _plain(one: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(one)


def _told(row: Mapping[str, Any], fields: tuple[Field, ...], *, whole: bool = False) -> dict[str, object]:
    """The keys that a row has, in the order of the layout. Without `whole`, texts that are empty are left out."""
    values = {field.key: row[field.key] for field in fields if row.get(field.key) is not None}
    return {key: value for key, value in values.items() if whole or value not in ("", {}, [], ())}
