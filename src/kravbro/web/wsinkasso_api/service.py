"""Each function of the web service as a call of the ledger port, whichever ledger it is.

Nothing is decided here but whom a caller may ask about: a company that a login may not see is answered like one that is
not there. A function that the ledger does not have is refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from kravbro.access.logins import Login
from kravbro.access.messages import Message, is_kept, keep
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.fingerprints import fingerprint
from kravbro.db.engines import Engine, reading, writing
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.records import CompanyHeads, Head
from kravbro.ports.identity import Delivered, Identity
from kravbro.ports.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kravbro.formats.wsinkasso.envelopes import Call

SYSTEM = "kravbro"
_NOT_THERE = frozenset({"books.no_database", "mirror.unknown_company"})


OpenLedger = Callable[[Act], AbstractContextManager[Ledger]]
"""The ledger behind the service, for one act."""
Method = Callable[[Any, Any], Any]
"""What a function is, given the ledger and the value of its call."""


def _page(method: str) -> Method:
    return lambda ledger, asked: getattr(ledger, method)(asked.company, asked.after, asked.limit)


def _write(method: str) -> Method:
    return lambda ledger, sent: getattr(ledger, method)(sent.company, sent.rows)


def _write_because(method: str) -> Method:
    return lambda ledger, sent: getattr(ledger, method)(sent.company, sent.rows, sent.because)


def _chosen(method: str) -> Method:
    return lambda ledger, asked: getattr(ledger, method)(asked.company, asked.offers)


def _transferred(ledger: Any, asked: ops.PageBefore) -> Any:
    return ledger.transferred_claims(asked.company, asked.cut_off, asked.after, asked.limit)


def _offer_unjoined(ledger: Any, sent: ops.Write[int]) -> Delivered:
    new: int = ledger.offer_unjoined(sent.company, sent.rows, sent.because)
    return Delivered(new, len(sent.rows) - new)


METHODS: Mapping[str, tuple[str, Method]] = {
    operation.name: (method, make(method))
    for operation, method, make in (
        (ops.READY, "ready_claims", _page),
        (ops.RECORD_RECEIPTS, "record_receipts", _write),
        (ops.RECORDED_RECEIPTS, "recorded_receipts", _page),
        (ops.ANSWERED_OFFERS, "answered_offers", _chosen),
        (ops.TRANSACTIONS, "transactions", _page),
        (ops.WITHDRAWALS, "withdrawals", _page),
        (ops.POST_VOUCHERS, "post_vouchers", _write),
        (ops.VOUCHER_RECEIPTS, "voucher_receipts", _page),
        (ops.PUBLISH_STATUSES, "publish_statuses", _write),
        (ops.RECORDED_STATUSES, "recorded_statuses", _page),
        (ops.REMAINING, "movements", _chosen),
        (ops.AUDIT, "audit", lambda _: lambda ledger, asked: ledger.audit(asked.company)),
        (ops.TRANSFERRED_CLAIMS, "transferred_claims", lambda _: _transferred),
        (ops.JOIN_CLAIMS, "join_claims", _write),
        (ops.JOINED_CLAIMS, "joined_claims", _page),
        (ops.ADOPTIONS, "adoptions", _page),
        (ops.OFFER_UNJOINED, "offer_unjoined", lambda _: _offer_unjoined),
        (ops.RECORD_CASE_NUMBERS, "record_case_numbers", _write_because),
    )
}
"""Of each function the port's method, and how it is called."""


class Service:
    """The functions of the web service over a ledger, and the messages that wrote into it."""

    def __init__(self, open_ledger: OpenLedger, access: Engine) -> None:
        self._open_ledger = open_ledger
        self._access = access
        self._messages = Turns()

    def answer(self, call: Call, login: Login, act: Act) -> msgspec.Struct:
        """What a call is answered. Raises as the ledger does, and DataFault `wsinkasso.no_such_company`,
        `wsinkasso.message_differs`, `wsinkasso.no_message_id`, Stop `wsinkasso.no_such_function`."""
        if call.operation.name == ops.PING.name:
            return ops.Known(ops.CONTRACT, SYSTEM)
        with self._open_ledger(act) as ledger:
            if call.operation.name == ops.IDENTIFY.name:
                return _who(ledger.identify(), login)
            if call.operation.writes:
                return self._written(ledger, call, login, act)
            return ops.Rows(tuple(_done(ledger, call, login)))

    def _written(self, ledger: Ledger, call: Call, login: Login, act: Act) -> ops.Taken:
        """Do what a message asks for, and keep it; one that is kept is done again, and the ledger knows its rows."""
        sent: Any = call.value
        if not sent.message.strip():
            raise DataFault("wsinkasso.no_message_id", function=call.operation.name)
        content = fingerprint(call.operation.name, sent)
        message = Message(login.name, sent.message, call.operation.name, sent.company, content)
        with self._messages.turn((message.login, message.message)):
            with reading(self._access) as connection:
                known = is_kept(connection, message)
            outcome: Delivered = _done(ledger, call, login)
            if not known:
                with writing(self._access) as connection:
                    keep(connection, message, outcome, act)
        return ops.Taken(outcome.new, outcome.known, outcome.waiting)


def _done(ledger: Ledger, call: Call, login: Login) -> Any:
    """What the ledger answers to a call about a company."""
    asked: Any = call.value
    if not login.sees(asked.company):
        raise DataFault("wsinkasso.no_such_company", company=asked.company)
    method, run = METHODS[call.operation.name]
    if not hasattr(ledger, method):
        raise Stop("wsinkasso.no_such_function", function=call.operation.name)
    try:
        return run(ledger, asked)
    except DataFault as error:
        if error.code in _NOT_THERE:
            raise DataFault("wsinkasso.no_such_company", company=asked.company) from error
        raise


def _who(known: Identity, login: Login) -> ops.Who:
    """The ledger as a login may see it."""
    companies = tuple(
        CompanyHeads(one.company, tuple(Head(name, number) for name, number in one.streams.items()))
        for one in known.heads
        if login.sees(one.company)
    )
    return ops.Who(known.kind, known.installation, companies)


class Turns:
    """One at a time for each key: the same message, sent twice at once, is one after the other."""

    def __init__(self) -> None:
        self._all = Lock()
        self._locks: dict[object, tuple[Lock, int]] = {}

    @contextmanager
    def turn(self, key: object) -> Iterator[None]:
        """Hold the key; who else wants it waits."""
        with self._all:
            lock, users = self._locks.get(key, (Lock(), 0))
            self._locks[key] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._all:
                lock, users = self._locks.pop(key)
                if users > 1:
                    self._locks[key] = (lock, users - 1)
