"""JSON-RPC to Tryton over HTTP: sessions, timeouts, and Tryton's errors as ours.

One call is one transaction in Tryton (PostgreSQL: repeatable read), so what one call reads is of one moment, and what
it writes is written whole or not at all. Whether a call that was cut off had effect, only Tryton knows: whoever wrote
looks again before writing anew.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, cast

import httpx

from kravbro.core.errors import Retry, Skip, Stop
from kravbro.ledgers.tryton.address import Address
from kravbro.ledgers.tryton.values import dumped, loaded

CONNECT_S = 10.0
_BUSY = {
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
Row = dict[str, Any]


class Client:
    """A user's session in one Tryton database. It logs in at the first call, and again when the session is over."""

    def __init__(self, address: Address, password: str, transport: httpx.BaseTransport | None = None) -> None:
        self.address = address
        self._password = password
        timeout = httpx.Timeout(float(address.timeout_s), connect=CONNECT_S)
        self._http = httpx.Client(base_url=address.url, timeout=timeout, transport=transport)
        self._session = ""
        self._calls = 0
        self.said_at = 0
        """The server's clock at the last answer, in seconds since 1970: what changes are counted by."""

    def close(self) -> None:
        """Log out and close the connection. A client that is closed can be used again."""
        if self._session and not self._http.is_closed:
            try:
                self._answer("common.db.logout", [])
            except (Retry, Stop):
                self._session = ""
            self._session = ""
        self._http.close()
        self._http = httpx.Client(base_url=self._http.base_url, timeout=self._http.timeout)

    def call(
        self, method: str, *parameters: object, company: int | None = None, context: Mapping[str, object] | None = None
    ) -> Any:
        """Call a method of a model or wizard, in the context of a company.

        Raises Retry `tryton.unreachable`, `tryton.busy`, `tryton.changed_meanwhile`; Skip `tryton.refused` with what
        Tryton said; Stop `tryton.login_refused`, `tryton.no_database`, `tryton.no_method`, `tryton.fault`.
        """
        around = {} if company is None else {"company": company, "companies": [company]}
        around |= context or {}
        if not self._session:
            self._log_in()
        answer = self._answer(method, [*parameters, around])
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._log_in()
            answer = self._answer(method, [*parameters, around])
        return self._result(method, answer)

    def rows(
        self,
        model: str,
        domain: Sequence[object],
        fields: Sequence[str],
        *,
        company: int | None = None,
        order: Sequence[tuple[str, str]] = (("id", "ASC"),),
        limit: int | None = None,
        hidden: bool = False,
    ) -> list[Row]:
        """The records of a model in a domain, each with these fields; `a.b` is field b of what field a points at.

        Tryton hides what is not active from whoever does not ask for it, such as the dunning of a line that is paid.
        """
        context = {"active_test": False} if hidden else None
        method = f"model.{model}.search_read"
        by = [list(one) for one in order]
        found = self.call(method, list(domain), 0, limit, by, list(fields), company=company, context=context)
        return cast("list[Row]", found)

    @contextmanager
    def wizard(self, name: str, company: int) -> Iterator[Callable[[str, Row, str, Sequence[int]], None]]:
        """A wizard, to be clicked once or often: (state, or empty for its first; data; model; records)."""
        session, start, _ = self.call(f"wizard.{name}.create", company=company)

        def click(state: str, data: Row, model: str, records: Sequence[int]) -> None:
            context = {"active_model": model, "active_ids": list(records), "active_id": records[0]} if records else {}
            self.call(f"wizard.{name}.execute", session, data, state or start, company=company, context=context)

        try:
            yield click
        finally:
            self.call(f"wizard.{name}.delete", session, company=company)

    def version(self) -> str:
        """Tryton's series, as `8.2`. Nobody needs to be logged in for that."""
        body = {"id": 0, "method": "common.server.version", "params": []}
        return str(self._result("common.server.version", self._post("/rpc/", body, {})))

    def _log_in(self) -> None:
        self._session = ""
        answer = self._answer("common.db.login", [self.address.user, {"password": self._password}, "en"])
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise Stop("tryton.login_refused", user=self.address.user, server=self.address.name)
        user_id, session, *_ = self._result("common.db.login", answer)
        words = f"{self.address.user}:{user_id}:{session}".encode()
        self._session = base64.b64encode(words).decode()

    def _answer(self, method: str, parameters: list[object]) -> httpx.Response:
        self._calls += 1
        headers = {"Authorization": f"Session {self._session}"} if self._session else {}
        body = {"id": self._calls, "method": method, "params": parameters}
        return self._post(f"/{self.address.database}/rpc/", body, headers)

    def _post(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> httpx.Response:
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            answer = self._http.post(path, content=dumped(body), headers={**kind, **headers})
        except httpx.TransportError as fault:
            raise Retry("tryton.unreachable", server=self.address.name, cause=type(fault).__name__) from fault
        said = answer.headers.get("Date")
        if said:
            self.said_at = int(parsedate_to_datetime(said).timestamp())
        return answer

    def _result(self, method: str, answer: httpx.Response) -> Any:
        if answer.status_code != HTTPStatus.OK:
            raise self._failure(method, answer.status_code)
        try:
            told = loaded(answer.content)
        except ValueError:
            raise Stop("tryton.no_tryton", server=self.address.name) from None
        if not isinstance(told, dict) or not {"result", "error"} & told.keys():
            raise Stop("tryton.no_tryton", server=self.address.name)
        if "error" in told:
            raise self._error(method, told["error"])
        return told["result"]

    def _failure(self, method: str, status: int) -> Retry | Stop:
        server = self.address.name
        if status == HTTPStatus.UNAUTHORIZED:
            return Stop("tryton.login_refused", user=self.address.user, server=server)
        if status == HTTPStatus.NOT_FOUND:
            return Stop("tryton.no_database", server=server)
        if status == HTTPStatus.FORBIDDEN:
            return Stop("tryton.no_method", server=server, method=method)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status in _BUSY:
            return Retry("tryton.busy", server=server, status=int(status))
        return Stop("tryton.fault", server=server, method=method, said=f"HTTP {int(status)}")

    def _error(self, method: str, error: list[Any]) -> Retry | Skip | Stop:
        """What Tryton raised: its exceptions come as name and arguments, faults of its program as a text."""
        name, told, *_ = [*error, "", ""]
        if name == "ConcurrencyException":
            return Retry("tryton.changed_meanwhile", server=self.address.name)
        if name == "UserError":
            return Skip("tryton.refused", said=_words(told[:2]), method=method)
        if name == "UserWarning":
            return Skip("tryton.refused", said=_words(told[1:3]), method=method)
        if name == "LoginException":
            return Stop("tryton.login_refused", user=self.address.user, server=self.address.name)
        return Stop("tryton.fault", server=self.address.name, method=method, said=_words([str(name)]))


def _words(told: Sequence[Any]) -> str:
    """What Tryton says to people, in one line that is not too long to be stored."""
    return " ".join(" ".join(str(part).split()) for part in told if part)[:300]
