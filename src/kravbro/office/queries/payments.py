"""Money that came in: payments, and what is on no case yet."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.office import tables as t
from kravbro.office.codes import known
from kravbro.office.incoming import Because

REASONS = {because.value: because for because in Because}


class PaymentShown(msgspec.Struct, frozen=True):
    """A payment, as the bank sent it, and what of it was placed when it came (øre).

    File and account are empty for one that was registered by hand.
    """

    number: int
    file: str
    account_number: str
    amount_ore: int
    kid: str
    bank_date: date
    settlement_date: date
    placed_ore: int
    reverses: int | None


class UnplacedShown(msgspec.Struct, frozen=True):
    """Money on no case: why, and what the bank told of it."""

    payment: int
    creditor: int
    amount_ore: int
    because: str
    kid: str
    settlement_date: date
    debit_account: str
    free_text: str


def payments(connection: sa.Connection, creditor: int, *, after: int = 0, limit: int = 100) -> list[PaymentShown]:
    """The creditor's payments by number, with the file that each came in."""
    payment = t.payment.c
    columns = (
        payment.number, sa.func.coalesce(t.payment_file.c.name, ""), sa.func.coalesce(payment.account_number, ""),
        payment.amount_ore, payment.kid, payment.bank_date, payment.settlement_date, payment.placed_ore,
        payment.reverses,
    )  # fmt: skip
    rows = connection.execute(
        sa.select(*columns)
        .outerjoin(t.payment_file, t.payment_file.c.number == payment.file)
        .where(payment.creditor == creditor, payment.number > after)
        .order_by(payment.number)
        .limit(limit)
    )
    return [PaymentShown(*row) for row in rows]


def unplaced_money(connection: sa.Connection, creditor: int) -> list[UnplacedShown]:
    """Money of the creditor that is on no case yet, oldest first. Raises DataFault `office.unknown_code`."""
    unplaced, payment = t.unplaced.c, t.payment.c
    columns = (
        unplaced.payment, unplaced.creditor, unplaced.amount_ore, unplaced.because, payment.kid,
        payment.settlement_date, payment.debit_account, payment.free_text,
    )  # fmt: skip
    rows = connection.execute(
        sa.select(*columns)
        .join(t.payment, payment.number == unplaced.payment)
        .where(unplaced.creditor == creditor, unplaced.placed_by.is_(None))
        .order_by(unplaced.payment)
    ).all()
    for row in rows:
        known(REASONS, row.because, "unplaced", row.payment, "because")
    return [UnplacedShown(*row) for row in rows]
