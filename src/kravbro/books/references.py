"""Whether the ledger can take a voucher: its accounts, types, customers and open items must exist and belong together.

`load_references` asks the database once for a whole batch; `lines_to_write` judges without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import known_code
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.meanings import CANNOT_SETTLE, Meaning
from kravbro.books.tables import account, customer, entry, sub_ledger_type, voucher_line, voucher_type
from kravbro.core.errors import DataFault
from kravbro.db.bulk import portions


class TypeOfVoucher(msgspec.Struct, frozen=True):
    """What a voucher's type says of it."""

    meaning: Meaning
    series: str


class OpenItem(msgspec.Struct, frozen=True, gc=False):
    """Whose an open item is, and where it stands."""

    customer: int
    sub_ledger_type: str


class References(msgspec.Struct, frozen=True):
    """What the ledger knows of everything that a batch of drafts names."""

    accounts: frozenset[str]
    types: dict[str, TypeOfVoucher]
    receivable_accounts: dict[str, str]
    customers: frozenset[int]
    open_items: dict[int, OpenItem]


def load_references(connection: sa.Connection, drafts: Sequence[Draft]) -> References:
    """Everything that the drafts name, as far as the ledger has it."""
    lines = [line for draft in drafts for line in draft.lines]
    customers: set[int] = set()
    for some in portions(sorted({line.customer for line in lines if line.customer is not None})):
        customers.update(connection.execute(sa.select(customer.c.number).where(customer.c.number.in_(some))).scalars())
    types = sa.select(voucher_type.c.code, voucher_type.c.meaning, voucher_type.c.series)
    receivables = sa.select(sub_ledger_type.c.code, sub_ledger_type.c.receivable_account)
    return References(
        accounts=frozenset(connection.execute(sa.select(account.c.number)).scalars()),
        types={
            row.code: TypeOfVoucher(known_code(Meaning, row.meaning, "voucher_type", row.code), row.series)
            for row in connection.execute(types)
        },
        receivable_accounts={
            row.code: row.receivable_account for row in connection.execute(receivables.order_by(sub_ledger_type.c.code))
        },
        customers=frozenset(customers),
        open_items=find_open_items(connection, sorted({line.settles for line in lines if line.settles is not None})),
    )


def find_open_items(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, OpenItem]:
    """Those of the entries that are open items: debits that did not go onto another item themselves."""
    found: dict[int, OpenItem] = {}
    of_line = sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no)
    for some in portions(numbers):
        rows = connection.execute(
            sa.select(entry.c.number, entry.c.customer, entry.c.sub_ledger_type)
            .join(voucher_line, of_line)
            .where(entry.c.number.in_(some), entry.c.amount_ore > 0, voucher_line.c.settles.is_(None))
        )
        found.update({row.number: OpenItem(row.customer, row.sub_ledger_type) for row in rows})
    return found


def _type_of(line: DraftLine, references: References) -> str | None:
    item = references.open_items.get(line.settles or 0)
    if item is not None:
        return item.sub_ledger_type
    matching = (code for code, number in references.receivable_accounts.items() if number == line.account)
    return next(matching, None)


def lines_to_write(draft: Draft, references: References) -> list[DraftLine]:
    """The draft's lines, each line on a customer with its sub-ledger type.

    Raises the DataFault that names the first thing in the draft that the ledger cannot take.

    Codes: `books.unknown_voucher_type`, `books.unknown_account`, `books.unknown_customer_on_line`,
    `books.unknown_sub_ledger_type`, `books.not_receivable_account`, `books.not_an_open_item`, `books.cannot_settle`,
    `books.transfer_with_customer`, `books.sub_ledger_without_customer`.
    """
    found = references.types.get(draft.type)
    if found is None:
        raise DataFault("books.unknown_voucher_type", voucher=draft.name, type=draft.type[:40])
    lines = []
    for given in draft.lines:
        line = given
        if line.customer is not None and not line.sub_ledger_type:
            line = msgspec.structs.replace(line, sub_ledger_type=_type_of(line, references))
        lines.append(line)
        if line.account not in references.accounts:
            raise DataFault("books.unknown_account", voucher=draft.name, line=line.line_no, account=line.account[:40])
        if line.customer is None:
            if line.settles is not None or line.sub_ledger_type:
                raise DataFault("books.sub_ledger_without_customer", voucher=draft.name, line=line.line_no)
        else:
            _refuse_customer_line(draft, line, found.meaning, references)
    return lines


def _refuse_customer_line(draft: Draft, line: DraftLine, meaning: Meaning, references: References) -> None:
    if meaning is Meaning.TRANSFER:
        raise DataFault("books.transfer_with_customer", voucher=draft.name, line=line.line_no)
    if line.customer not in references.customers:
        raise DataFault("books.unknown_customer_on_line", voucher=draft.name, line=line.line_no, customer=line.customer)
    if line.settles is not None:
        if meaning in CANNOT_SETTLE:
            raise DataFault("books.cannot_settle", voucher=draft.name, line=line.line_no, type=draft.type)
        item = references.open_items.get(line.settles)
        if item is None or item.customer != line.customer or item.sub_ledger_type != line.sub_ledger_type:
            raise DataFault(
                "books.not_an_open_item",
                voucher=draft.name,
                line=line.line_no,
                entry=line.settles,
                customer=line.customer,
            )
    if line.sub_ledger_type is None:
        raise DataFault("books.not_receivable_account", voucher=draft.name, line=line.line_no, account=line.account)
    receivable = references.receivable_accounts.get(line.sub_ledger_type)
    if receivable is None:
        raise DataFault(
            "books.unknown_sub_ledger_type", voucher=draft.name, line=line.line_no, type=line.sub_ledger_type[:40]
        )
    if receivable != line.account:
        raise DataFault("books.not_receivable_account", voucher=draft.name, line=line.line_no, account=line.account)
