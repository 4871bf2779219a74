"""Files of refunds for the bank (pain.001): everything in them is stored first, so that a file can be written again.

A refund goes into one file and stays there. Writing a file again gives the same bytes under the same message id, which
a bank that has it refuses: never a second payment.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.identifiers import bank_account
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.formats import pain001
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.creditors import load_creditor
from kravbro.office.manual.refunds import file_prefix
from kravbro.office.manual.tables import refund, refund_file

DEFAULT_TEXT = "Tilbakebetaling"


class Order(msgspec.Struct, frozen=True):
    """What a file is to say of the sender: the account that pays, its bank (BIC), and the day.

    `initiator_id` is what the bank knows the sender by, empty for the creditor's organisation number.
    """

    creditor: int
    debtor_account: str
    debtor_bic: str
    requested_on: date
    initiator_id: str = ""
    version: pain001.Version = pain001.DEFAULT_VERSION


class RefundFile(msgspec.Struct, frozen=True):
    """A file of refunds: its number, message id, count and sum (øre), and the bytes for the bank."""

    number: int
    message_id: str
    refunds: int
    sum_ore: int
    content: bytes


class RefundShown(msgspec.Struct, frozen=True):
    """A refund in a list (øre). The account is shown in its last five digits."""

    number: int
    creditor: int
    payment: int
    case: str
    amount_ore: int
    name: str
    account: str
    end_to_end_id: str
    file: int | None
    cancelled: bool


def make_refund_file(connection: sa.Connection, order: Order, act: Act) -> RefundFile:
    """Put every refund of a creditor that is in no file into a new one.

    Raises Skip `office.no_refunds`; DataFault `office.no_such_account` (the paying account must be one of the
    creditor's agreements), `office.pays_in_the_past`, those of `identifiers.bank_account` and of `formats.pain001`.
    """
    account = bank_account.validate(order.debtor_account)
    _refuse(connection, order, account, act)
    waiting = (refund.c.creditor == order.creditor, refund.c.file.is_(None), refund.c.cancelled_by.is_(None))
    rows = connection.execute(sa.select(refund).where(*waiting).order_by(refund.c.number)).all()
    if not rows:
        raise Skip("office.no_refunds", creditor=order.creditor)
    creditor = load_creditor(connection, order.creditor)
    number = take(connection, t.counter, "refund_file")
    head = {
        "number": number,
        "creditor": order.creditor,
        "message_id": f"{file_prefix(connection)}-F{number}",
        "version": order.version,
        "debtor_name": creditor.name,
        "debtor_account": account,
        "debtor_bic": order.debtor_bic.strip().upper(),
        "initiator_id": order.initiator_id.strip() or creditor.organisation_number,
        "requested_on": order.requested_on,
        "created_at": act.at.replace(tzinfo=None).isoformat(timespec="seconds"),
        "refund_count": len(rows),
        "sum_ore": sum(row.amount_ore for row in rows),
    }
    content = _render(head, rows)
    values = (*head.values(), sha256(content).hexdigest(), act.actor)
    columns = (*contents.REFUND_FILE[:-1], "fingerprint")
    insert_rows(connection, refund_file, columns, [(*values[:-1], contents.of_row(values))], act)
    connection.execute(sa.update(refund).where(*waiting).values(file=number))
    return RefundFile(number, head["message_id"], len(rows), head["sum_ore"], content)


def _refuse(connection: sa.Connection, order: Order, account: str, act: Act) -> None:
    agreement = t.payment_agreement.c
    own = (agreement.account_number == account, agreement.holder == order.creditor)
    if connection.execute(sa.select(agreement.account_number).where(*own)).scalar() is None:
        raise DataFault("office.no_such_account", account=account)
    if order.requested_on < act.on:
        raise DataFault("office.pays_in_the_past", requested_on=order.requested_on, on=act.on)


def refund_file_again(connection: sa.Connection, number: int) -> RefundFile:
    """The bytes of a file that was made before, the same as then.

    Raises DataFault `office.no_such_refund_file`, and `office.refund_file_differs` if what is stored gives others.
    """
    row = connection.execute(sa.select(refund_file).where(refund_file.c.number == number)).mappings().one_or_none()
    if row is None:
        raise DataFault("office.no_such_refund_file", file=number)
    rows = connection.execute(sa.select(refund).where(refund.c.file == number).order_by(refund.c.number)).all()
    content = _render(dict(row), rows)
    if sha256(content).hexdigest() != row["sha256"]:
        raise DataFault("office.refund_file_differs", file=number)
    return RefundFile(number, row["message_id"], row["refund_count"], row["sum_ore"], content)


def _render(head: dict[str, Any], rows: Any) -> bytes:
    transfers = tuple(
        pain001.Transfer(
            end_to_end_id=row.end_to_end_id,
            creditor_name=row.name,
            creditor_account=row.account_number,
            amount_ore=row.amount_ore,
            text=row.text or DEFAULT_TEXT,
        )
        for row in rows
    )
    payment = pain001.Payment(
        id=f"{head['message_id']}-1",
        debtor_name=head["debtor_name"],
        debtor_account=head["debtor_account"],
        debtor_bic=head["debtor_bic"],
        requested_on=head["requested_on"],
        transfers=transfers,
    )
    message = pain001.Message(
        id=head["message_id"],
        created_at=datetime.fromisoformat(head["created_at"]),
        initiator_name=head["debtor_name"],
        initiator_id=head["initiator_id"],
        payments=(payment,),
        version=head["version"],
    )
    return pain001.render(message)


def refunds(connection: sa.Connection, creditor: int) -> list[RefundShown]:
    """The creditor's refunds, newest first."""
    one = refund.c
    rows = connection.execute(
        sa.select(
            one.number, one.creditor, one.payment, t.case.c.number, one.amount_ore, one.name, one.account_number,
            one.end_to_end_id, one.file, one.cancelled_by,
        )
        .outerjoin(t.case, t.case.c.id == one.case)
        .where(one.creditor == creditor)
        .order_by(one.number.desc())
    )  # fmt: skip
    return [
        RefundShown(number, of, payment, case or "", ore, name, f"*{account[-5:]}", e2e, file, cancelled is not None)
        for number, of, payment, case, ore, name, account, e2e, file, cancelled in rows
    ]
