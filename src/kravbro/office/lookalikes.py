"""Payments that may have come before in another format, and the override by which a person says that they have not.

A payment that a bank tells of in OCR giro and in camt.054 has no reference that is the same in both. But account, KID,
amount and day are: such a payment is a lookalike, and importing it would credit a debtor twice. An account is meant to
have one source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.money import format_kroner
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.incoming import IncomingPayment

OTHER_FORMAT = "other_format"
LONGEST_REASON = 200

_Key: TypeAlias = tuple[str, str, int, date]


class Lookalike(msgspec.Struct, frozen=True):
    """A payment of a file that looks like one that is here: what both have, and where the other one came from."""

    account_number: str
    kid: str
    amount_ore: int
    settlement_date: date
    payment: int
    file: int
    file_name: str
    format: str


def lookalikes(connection: sa.Connection, file_format: str, payments: Sequence[IncomingPayment]) -> list[Lookalike]:
    """Those of these payments that look like payments which came in another format, each beside another one.

    `payments` are those that the office does not have. Two of them that look like one are one lookalike: the second
    is new for sure.
    """
    wanted: Counter[_Key] = Counter(
        (one.account_number, one.kid, one.amount_ore, one.settlement_date) for one in payments
    )
    accounts = sorted({key[0] for key in wanted})
    days = sorted({key[3] for key in wanted})
    payment, file = t.payment.c, t.payment_file.c
    found = []
    for portion in portions(days):
        rows = connection.execute(
            sa.select(
                payment.account_number, payment.kid, payment.amount_ore, payment.settlement_date, payment.number,
                payment.file, file.name, file.format,
            )
            .join(t.payment_file, file.number == payment.file)
            .where(payment.account_number.in_(accounts), payment.settlement_date.in_(portion))
            .where(file.format != file_format)
            .order_by(payment.number)
        )  # fmt: skip
        for row in rows:
            key = (row.account_number, row.kid, row.amount_ore, row.settlement_date)
            if wanted[key] > 0:
                wanted[key] -= 1
                found.append(Lookalike(*row))
    return found


def refuse_lookalikes(found: Sequence[Lookalike], file_name: str, because: str | None) -> None:
    """Raise Stop `office.payments_lookalike` unless a reason is given.

    Raises DataFault `office.override_reason` for a reason that is no text, or longer than 200 characters.
    """
    if because is not None and not 0 < len(because.strip()) <= LONGEST_REASON:
        raise DataFault("office.override_reason", file=file_name, longest=LONGEST_REASON)
    if found and because is None:
        first = found[0]
        raise Stop(
            "office.payments_lookalike",
            file=file_name,
            count=len(found),
            payment=first.payment,
            earlier=", ".join(sorted({f"{one.file_name} ({one.file})" for one in found})),
            account=first.account_number,
            amount=format_kroner(first.amount_ore),
            day=first.settlement_date,
        )


def keep_override(connection: sa.Connection, file: int, count: int, because: str, act: Act) -> None:
    """Note that payments of a file were imported although they look like others, and why."""
    number = take(connection, t.counter, "payment_file_override")
    row = (number, file, OTHER_FORMAT, count, because.strip(), act.on)
    columns = (*contents.PAYMENT_FILE_OVERRIDE[:-1], "fingerprint")
    insert_rows(connection, f.payment_file_override, columns, [(*row, contents.of_row((*row, act.actor)))], act)
