"""A set-up file to what it says, and every fault in how it says it, each with its path. Pure.

A key that nobody knows is a fault: whoever wrote it meant something by it. A faulty key is read as its default, so that
the rest of the file is still read, and checked, in the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningCode,
    DunningRoutine,
    NumberSeries,
    SubLedgerType,
    VoucherType,
)
from kravbro.bootstrap.setup import layout
from kravbro.bootstrap.setup.description import CompanyPart, Setup, in_order
from kravbro.bootstrap.setup.layout import Field, Required
from kravbro.core.errors import DataFault, KravbroError
from kravbro.core.identifiers import bank_account, organisation_number
from kravbro.formats import toml
from kravbro.office.creditors import MONEY_WITH_AN_ORDER, Agreement, Collects, Creditor
from kravbro.office.kid_structures import structure_named
from kravbro.office.whole_setup import CreditorSetup, OfficeSetup, SubLedgerSetup, Workflow

WIDTHS = {"accounts": 10, "number_series": 10, "voucher_types": 10, "dunning_codes": 10, "sub_ledger_types": 20}
"""Letters of the codes in a company's tables."""
CODE_WIDTH = 20
PathOf = tuple[str, ...]


class Fault(msgspec.Struct, frozen=True):
    """One fault: where in the file, and what is wrong there."""

    path: PathOf
    error: KravbroError


class Read(msgspec.Struct, frozen=True):
    """What a file says, and what is wrong with how it says it. Without faults it is whole."""

    document: toml.Document
    setup: Setup
    faults: tuple[Fault, ...]


def read_setup(data: bytes, name: str, folder: Path) -> Read:
    """Read a set-up file that lies in a folder. Raises as `toml.parse` does: then nothing of it can be read."""
    document = toml.parse(data, name)
    reader = _Reader(folder)
    setup = reader.whole(document.tables)
    return Read(document, setup, tuple(reader.faults))


class _Reader:
    """Goes through the tables of one file and gathers faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []

    def fault(self, path: PathOf, code: str, **facts: object) -> None:
        self.faults.append(Fault(path, DataFault(code, path=".".join(path), **facts)))

    def whole(self, tables: dict[str, Any]) -> Setup:
        top = self.fields((), tables, layout.TOP)
        if top["format"] != layout.FORMAT:
            self.faults.append(Fault(("format",), DataFault("setup.format", found=top["format"], known=layout.FORMAT)))
        own = self.fields(("installation",), top["installation"], layout.INSTALLATION)
        return Setup(
            own["ledger"],
            own["office"],
            {number: self.company(path, number, one) for path, number, one in self.numbered("companies", top)},
            OfficeSetup(
                {
                    path[-1]: Workflow(path[-1], **self.fields(path, one, layout.WORKFLOW))
                    for path, one in self.coded(("workflows",), top["workflows"], CODE_WIDTH)
                },
                {number: self.creditor(path, number, one) for path, number, one in self.numbered("creditors", top)},
                self.agreements(top["agreements"]),
            ),
        )

    def company(self, path: PathOf, number: int, table: dict[str, Any]) -> CompanyPart:
        read = self.fields(path, table, layout.COMPANY)

        def rows(name: str, fields: Sequence[Field]) -> list[tuple[str, dict[str, Any]]]:
            found = self.coded((*path, name), read[name], WIDTHS[name])
            return [(at[-1], self.fields(at, one, fields)) for at, one in found]

        names = self.coded((*path, "accounts"), read["accounts"], WIDTHS["accounts"], of=str)
        routines: list[DunningRoutine] = []
        types = []
        for code, one in rows("sub_ledger_types", layout.SUB_LEDGER_TYPE):
            types.append(SubLedgerType(code, one["name"], one["receivable_account"]))
            at = (*path, "sub_ledger_types", code, "dunning")
            for of, days in self.coded(at, one["dunning"], WIDTHS["dunning_codes"], of=int):
                routines.append(DunningRoutine(code, of[-1], self.value(of, days, layout.DUNNING)))
        own = (read["collector_registrar"], read["collector_voucher_type"], read["post_collector_vouchers"])
        books = CompanySetup(
            accounts=tuple(Account(at[-1], self.value(at, one, Field("name"))) for at, one in names),
            number_series=tuple(NumberSeries(code, **one) for code, one in rows("number_series", layout.NUMBER_SERIES)),
            voucher_types=tuple(VoucherType(code, **one) for code, one in rows("voucher_types", layout.VOUCHER_TYPE)),
            dunning_codes=tuple(DunningCode(code, **one) for code, one in rows("dunning_codes", layout.DUNNING_CODE)),
            sub_ledger_types=tuple(types),
            dunning_routines=tuple(routines),
            collector=CollectorSetup(*own),
        )
        return CompanyPart(number, read["name"], self.organisation(path, read), in_order(books))

    def creditor(self, path: PathOf, number: int, table: dict[str, Any]) -> CreditorSetup:
        read = self.fields(path, table, layout.CREDITOR)
        accounts = self.fields((*path, "accounts"), read.pop("accounts"), layout.ACCOUNTS)
        orders = self.fields((*path, "allocation"), read.pop("allocation"), layout.ALLOCATION)
        sub_ledgers = [
            SubLedgerSetup(at[-1], **self.fields(at, one, layout.SUB_LEDGER))
            for at, one in self.coded((*path, "sub_ledgers"), read.pop("sub_ledgers"), CODE_WIDTH)
        ]
        read["organisation_number"] = self.organisation(path, read)
        company, ledger = read.pop("company"), read.pop("ledger")
        if company is None and read["collects"] is not Collects.HOUSE:
            self.fault((*path, "company"), "setup.missing_key")
        one = Creditor(
            number=number,
            ledger_installation=ledger,
            company=number if company is None else company,
            allocation_order=orders["voluntary"],
            **{f"{key}_account": accounts[key] for key in layout.ROLES},
            **read,
        )
        chosen = {money: orders[money] for money in MONEY_WITH_AN_ORDER if orders[money] is not None}
        by_type = tuple(sorted(sub_ledgers, key=lambda sub: sub.type))
        return CreditorSetup(one, chosen, by_type, accounts["costs_until_paid"], accounts["without_ledger"])

    def agreements(self, tables: dict[str, Any]) -> dict[str, Agreement]:
        found: dict[str, Agreement] = {}
        for key, table in tables.items():
            account, one = self.agreement(("agreements", key), table)
            if account in found:
                self.fault(("agreements", key), "setup.twice", name=account)
            found[account] = one
        return found

    def agreement(self, path: PathOf, table: Any) -> tuple[str, Agreement]:
        account = path[-1]
        try:
            account = bank_account.validate(account)
        except DataFault as error:
            self.faults.append(Fault(path, error))
        read = self.fields(path, table, layout.AGREEMENT)
        structures = []
        for text in read["structures"]:
            try:
                structures.append(structure_named(text))
            except DataFault as error:
                self.faults.append(Fault((*path, "structures"), error))
        served = tuple(sorted(set(read["creditors"])))
        ordered = tuple(sorted(structures, key=lambda one: (one.length, one.prefix)))
        return account, Agreement(account, **{**read, "structures": ordered, "creditors": served})

    def organisation(self, path: PathOf, read: Mapping[str, Any]) -> str:
        """An organisation number that is right, or none."""
        number: str = read["organisation_number"]
        try:
            return organisation_number.validate(number) if number else ""
        except DataFault as error:
            self.faults.append(Fault((*path, "organisation_number"), error))
            return ""

    def numbered(self, name: str, top: dict[str, Any]) -> list[tuple[PathOf, int, Any]]:
        """The tables under numbers, written plainly."""
        found: list[tuple[PathOf, int, Any]] = []
        most = layout.LARGEST[name]
        for key, one in top[name].items():
            if key.isascii() and key.isdecimal() and str(int(key[:20])) == key and 1 <= int(key) <= most:
                found.append(((name, key), int(key), one))
            else:
                self.fault((name, key), "setup.number_key", most=most)
        return found

    def coded(self, path: PathOf, table: dict[str, Any], longest: int, of: type = dict) -> list[tuple[PathOf, Any]]:
        """What stands under codes; a code that is no code is a fault."""
        found = []
        for key, one in table.items():
            if _is_text(key, longest):
                found.append(((*path, key), one))
            else:
                self.fault((*path, key), "setup.text", longest=longest)
        return found if of is dict else [(at, one) for at, one in found if self.is_kind(at, one, of)]

    def fields(self, path: PathOf, table: Any, fields: Sequence[Field]) -> dict[str, Any]:
        """The values of a table by key, each sound or its default."""
        if not self.is_kind(path, table, dict):
            table = {field.key: field.default for field in fields if field.default is not Required}
            return {field.key: table.get(field.key, _nothing(field)) for field in fields}
        choices = [field.key for field in fields]
        for key in table:
            if key not in choices:
                self.fault((*path, key), "setup.unknown_key", choices=", ".join(choices))
        return {field.key: self.field(path, table, field) for field in fields}

    def field(self, path: PathOf, table: dict[str, Any], field: Field) -> Any:
        at = (*path, field.key)
        if field.key not in table:
            if field.default is Required:
                self.fault(at, "setup.missing_key")
            return _nothing(field)
        return self.value(at, table[field.key], field)

    def value(self, path: PathOf, value: Any, field: Field) -> Any:
        """A value that is sound, else its default."""
        if not self.is_kind(path, value, field.kind):
            return _nothing(field)
        if isinstance(field.kind, type) and issubclass(field.kind, Enum):
            return field.kind(value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int) and not isinstance(one, bool) and not field.least <= one <= field.most:
                self.fault(path, "setup.number", least=field.least, most=field.most)
                return _nothing(field)
            if isinstance(one, str) and not (_is_text(one, field.longest) or (one == "" and field.default == "")):
                self.fault(path, "setup.text", longest=field.longest)
                return _nothing(field)
        return str((self.folder / value).absolute()) if field.folder and value else value

    def is_kind(self, path: PathOf, value: Any, kind: Any) -> bool:
        """Whether a value is of a kind; else that is a fault."""
        if isinstance(kind, type) and issubclass(kind, Enum):
            words = [str(one.value) for one in kind]
            sound = isinstance(value, str) and value in words
            if not sound:
                self.fault(path, "setup.choice", choices="; ".join(words))
            return sound
        sound = _is_kind(value, kind)
        if not sound:
            self.fault(path, "setup.kind", kind=layout.kind_name(kind))
        return sound


def _is_kind(value: Any, kind: Any) -> bool:
    if kind in {int, str, bool, dict}:
        return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, list) and all(_is_kind(one, kind.__args__[0]) for one in value)


def _is_text(text: str, longest: int) -> bool:
    """Whether a text can be kept and shown: not empty, not too long, nothing in it that is not printed."""
    return 0 < len(text) <= longest and text.isprintable() and text.strip() == text


def _nothing(field: Field) -> Any:
    """What stands for a key that is left out, or that has none of its own and is a fault."""
    if field.default is not Required:
        return field.default
    if isinstance(field.kind, type) and issubclass(field.kind, Enum):
        return next(iter(field.kind))
    return [] if not isinstance(field.kind, type) else field.kind()
