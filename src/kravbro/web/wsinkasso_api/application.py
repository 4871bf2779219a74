"""The service as an ASGI application: two addresses, and for each call who calls, how much, what, and the answer.

The loop only moves bytes: whatever asks a database or reads XML runs in threads, of which there are a few. Who is not
signed in takes none of them for a call, and nothing of what they send is kept.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from http import HTTPStatus
from threading import local

import msgspec

from kravbro.access.logins import Login
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Retry
from kravbro.engine.clock import Clock
from kravbro.formats.wsinkasso.description import action, description, schema_bytes
from kravbro.formats.wsinkasso.envelopes import Contract, answer
from kravbro.web.wsinkasso_api.call_log import Called, tell
from kravbro.web.wsinkasso_api.limits import Buckets, Limits
from kravbro.web.wsinkasso_api.outside import new_reference, outside
from kravbro.web.wsinkasso_api.reply import Reply, refusal, short, whole_seconds
from kravbro.web.wsinkasso_api.request import (
    ABORT,
    Gone,
    Head,
    Incoming,
    Receive,
    Scope,
    Send,
    head_of,
    require_charset,
    require_soap,
)
from kravbro.web.wsinkasso_api.service import Service
from kravbro.web.wsinkasso_api.signing_in import Gate

PATH = "/wsinkasso"
_PIECE = 2**16


class Speaking(msgspec.Struct, frozen=True):
    """How the service speaks: its address as callers know it, the language of its sentences, and the business date
    where it is not today's."""

    address: str
    language: str = "nb"
    on: date | None = None


class Application:
    """The service. Its threads end with `close`."""

    def __init__(self, service: Service, gate: Gate, clock: Clock, limits: Limits, speaking: Speaking) -> None:
        self._service = service
        self._gate = gate
        self._clock = clock
        self._limits = limits
        self._speaking = speaking
        self._described = {"wsdl": description(speaking.address), "xsd": schema_bytes()}
        self._rate = Buckets(clock, limits.calls_per_second, 2 * limits.calls_per_second)
        self._workers = ThreadPoolExecutor(limits.calls_at_once, "call")
        self._doors = ThreadPoolExecutor(2, "sign_in")
        self._verifiers = ThreadPoolExecutor(1, "verify")
        self._working = 0
        self._verifying = 0
        self._of_thread = local()

    def close(self) -> None:
        """Wait for what threads are doing, and end them."""
        for threads in (self._workers, self._doors, self._verifiers):
            threads.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, with an answer, a line in the log, and nothing of the cause."""
        called, began = Called(), self._clock.elapsed()
        try:
            reply = await self._replied(scope, Incoming(receive), called)
        except Gone:
            called.outcome = "gone"
        else:
            called.status, called.bytes_out = reply.status, len(reply.body)
            await self._send(reply, scope, send, called)
        called.ms = int((self._clock.elapsed() - began).total_seconds() * 1000)
        tell(called)

    async def _replied(self, scope: Scope, incoming: Incoming, called: Called) -> Reply:
        waits = False
        try:
            head = head_of(scope, self._limits.head_bytes)
            waits = head.waits
            called.address = self._gate.proxies.address(head)
            elsewhere = self._elsewhere(head)
            if elsewhere is not None:
                called.outcome = "elsewhere" if elsewhere.status >= HTTPStatus.BAD_REQUEST else "described"
                return elsewhere
            return await self._call(head, incoming, called)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - the outermost frame of a call: every error becomes an answer
            told = outside(error, new_reference())
            called.outcome, called.reference = told.code, str(told.facts.get("reference", ""))
            if not waits:
                await incoming.let_go(self._limits.body_bytes, self._limits.refused_s)
            return refusal(told, self._speaking.language, closes=not incoming.ended)

    def _elsewhere(self, head: Head) -> Reply | None:
        """What is answered to a request that is no call; None for a call."""
        has_body = head.length != 0
        if head.path.decode("latin-1") != PATH:
            return short(HTTPStatus.NOT_FOUND, closes=has_body)
        if head.method == "GET":
            found = self._described.get(head.query.lower())
            if found is None:
                return short(HTTPStatus.NOT_FOUND, closes=has_body)
            return Reply(HTTPStatus.OK, found, closes=has_body)
        if head.method != "POST":
            return short(HTTPStatus.METHOD_NOT_ALLOWED, closes=has_body, allow="GET, POST")
        return short(HTTPStatus.NOT_FOUND, closes=has_body) if head.query else None

    async def _call(self, head: Head, incoming: Incoming, called: Called) -> Reply:
        charset = require_soap(head, self._limits.body_bytes)
        login = await self._signed_in(head, called)
        if wait := self._rate.take(login.name):
            raise Retry("wsinkasso.too_many_calls", seconds=whole_seconds(wait))
        if self._working >= self._limits.calls_at_once:
            raise Retry("wsinkasso.busy", seconds=1)
        self._working += 1
        work: Future[bytes] | None = None
        try:
            body = await incoming.read(self._limits.body_bytes, self._limits.body_s)
            called.bytes_in = len(body)
            require_charset(charset, body)
            work = self._workers.submit(self._work, head, body, login, called)
            # A caller who leaves, or a server that stops, does not end a call half-way: its thread goes on.
            return Reply(HTTPStatus.OK, await asyncio.shield(asyncio.wrap_future(work)))
        finally:
            self._let_work_end(work)

    def _let_work_end(self, work: Future[bytes] | None) -> None:
        """Count a call as under way until its thread has ended."""
        if work is None or work.done():
            self._working -= 1
            return
        loop = asyncio.get_running_loop()
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._count_down))

    def _count_down(self) -> None:
        self._working -= 1

    async def _signed_in(self, head: Head, called: Called) -> Login:
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(self._doors, self._gate.recognise, head)
        if isinstance(known, Login):
            called.login = known.name
            return known
        # A name that is nobody's is not logged: it may be a password in the wrong place.
        called.login = known.name if known.known else ""
        if self._verifying >= self._limits.sign_ins_waiting:
            raise Retry("wsinkasso.busy", seconds=1)
        self._gate.require_try(known)
        self._verifying += 1
        try:
            return await loop.run_in_executor(self._verifiers, self._gate.verify, known)
        finally:
            self._verifying -= 1

    def _act(self, login: str) -> Act:
        return Act(login, self._speaking.on or self._clock.today(), self._clock.now())

    def _work(self, head: Head, body: bytes, login: Login, called: Called) -> bytes:
        """A call in its thread: read, done, answered."""
        call = self._contract().read_call(body)
        called.function = call.operation.name
        called.company = getattr(call.value, "company", None)
        announced = head.headers.get("soapaction", "").strip().strip('"')
        if announced not in {"", action(call.operation)}:
            raise DataFault("wsinkasso.action_differs", function=call.operation.name)
        answered = self._service.answer(call, login, self._act(login.name))
        called.rows = len(getattr(answered, "rows", None) or getattr(call.value, "rows", None) or ())
        return answer(call.operation, answered)

    def _contract(self) -> Contract:
        """The contract of this thread."""
        if not hasattr(self._of_thread, "contract"):
            self._of_thread.contract = Contract()
        contract: Contract = self._of_thread.contract
        return contract

    async def _send(self, reply: Reply, scope: Scope, send: Send, called: Called) -> None:
        """Send an answer piece by piece, as the caller takes it; one who does not is left."""
        try:
            async with asyncio.timeout(self._limits.answer_s):
                await send({"type": "http.response.start", "status": reply.status, "headers": reply.head()})
                for start in range(0, len(reply.body), _PIECE):
                    piece = reply.body[start : start + _PIECE]
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            called.outcome = "not_read"
            scope["extensions"][ABORT]()
