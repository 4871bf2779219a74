"""An act of a person on money: asked for once, however often the command is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.journals import made_by, number_of, payment_source
from kravbro.office.manual.tables import manual_act

IDENTITY = "hand/"
"""How the identity of a payment by hand begins; the number of its act follows."""
LONGEST_REQUEST = 80
LONGEST_REASON = 200
LONGEST_ACCOUNT = 10


class ActKind(StrEnum):
    """What a person may do with money and claims by hand."""

    REGISTER = "register"
    REVERSE = "reverse"
    MOVE = "move"
    REFUND = "refund"
    REDELIVER = "redeliver"
    CHARGE = "charge"
    WAIVE = "waive"
    UNDO = "undo"
    REGISTER_CLAIM = "claim"
    CREDIT = "credit"
    END_CLAIM = "end"


class Why(msgspec.Struct, frozen=True):
    """Why something is done by hand, and the id under which it is asked for.

    Without a `request` the content is the id, so that the same command again is the same act.
    """

    because: str
    request: str | None = None


class Asked(NamedTuple):
    """An act that is asked for: its kind, the id, and the fingerprint of everything that was asked for."""

    kind: ActKind
    request_id: str
    content: str
    because: str


class Done(NamedTuple):
    """An act that was done: its number, its payment, and the day."""

    number: int
    payment: int | None
    done_on: date


def asked(kind: ActKind, why: Why, *content: object) -> Asked:
    """What is asked for. Raises DataFault `office.because_missing`, `office.text_too_long`."""
    because = why.because.strip()
    if not because:
        raise DataFault("office.because_missing")
    refuse_long("because", because, LONGEST_REASON)
    mark = fingerprint(kind.value, because, *content)
    request_id = (why.request or "").strip() or f"{kind.value}:{mark[:40]}"
    refuse_long("request", request_id, LONGEST_REQUEST)
    return Asked(kind, request_id, mark, because)


def refuse_long(name: str, text: str, longest: int) -> None:
    """Raise DataFault `office.text_too_long` for a text that its column cannot hold."""
    if len(text) > longest:
        raise DataFault("office.text_too_long", field=name, longest=longest)


def done_before(connection: sa.Connection, wanted: Asked) -> Done | None:
    """The act that was done under this id, None if there is none.

    Raises DataFault `office.request_differs` if it was asked for something else.
    """
    act = manual_act.c
    chosen = sa.select(act.number, act.payment, act.done_on, act.content).where(act.request_id == wanted.request_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    if row.content != wanted.content:
        raise DataFault("office.request_differs", request=wanted.request_id)
    return Done(row.number, row.payment, row.done_on)


def next_act(connection: sa.Connection) -> int:
    """The number of an act that is about to be kept."""
    return take(connection, t.counter, "manual_act")


class Particulars(NamedTuple):
    """What an act was about: the payment that it made or touched, how the money came or why it went back (øre)."""

    payment: int | None = None
    amount_ore: int = 0
    how: str = ""
    account: str = ""
    about: str = ""


def keep_act(  # noqa: PLR0917 - which act, by whom it was asked for, and what it was about
    connection: sa.Connection, number: int, wanted: Asked, creditor: int, particulars: Particulars, act: Act
) -> None:
    """Keep an act under its id."""
    asked_for = (creditor, wanted.kind.value, wanted.request_id, wanted.content)
    row = (number, *asked_for, *particulars, wanted.because, act.on, act.actor)
    columns = (*contents.MANUAL_ACT[:-1], "fingerprint")
    insert_rows(connection, manual_act, columns, [(*row[:-1], contents.of_row(row))], act)


def acts_of(connection: sa.Connection, payments: Sequence[int], *kinds: ActKind) -> list[tuple[int, int]]:
    """Number and payment of the acts of these kinds on some payments, in order."""
    act = manual_act.c
    chosen = sa.select(act.number, act.payment).where(
        act.payment.in_(payments), act.kind.in_([kind.value for kind in kinds])
    )
    return [(number, payment) for number, payment in connection.execute(chosen.order_by(act.number))]


def accounts_by_hand(connection: sa.Connection, sources: Iterable[str]) -> dict[str, str]:
    """The ledger's account that the bank's line of each act stands on, where it is not the creditor's money account.

    `sources` are those of journals; the answer is by what made them (`journals.made_by`). Money that came in by a
    payment agreement stands on the agreement's account, other money on what the person chose.
    """
    made = {made_by(source) for source in sources}
    payments = {number_of(one) for one in made if one.startswith("payment ")}
    acts = {number_of(one): one for one in made if not one.startswith("payment ")}
    found: dict[str, str] = {}
    payment, agreement = t.payment.c, t.payment_agreement.c
    for portion in portions(sorted(payments)):
        chosen = sa.select(payment.number, payment.identity, agreement.bank_account)
        chosen = chosen.outerjoin(t.payment_agreement, agreement.account_number == payment.account_number)
        for number, identity, bank_account in connection.execute(chosen.where(payment.number.in_(portion))):
            if bank_account:
                found[payment_source(number)] = bank_account
            elif identity.startswith(IDENTITY):
                acts[int(identity.removeprefix(IDENTITY))] = payment_source(number)
    act = manual_act.c
    for portion in portions(sorted(acts)):
        named = sa.select(act.number, act.account).where(act.number.in_(portion), act.account != "")
        found |= {acts[number]: account for number, account in connection.execute(named)}
    return found
