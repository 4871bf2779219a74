"""Calls of the service: zeep writes them by the description, and the answers are read here.

zeep makes nothing of a value that it cannot read, and says so in a log that may then hold somebody's name; we refuse
it. Answers of our own contract are held against its schema, those of another against the mapping table.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import zeep.exceptions
from lxml import etree

from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.formats.wsinkasso.envelopes import ENVELOPE, Contract, body_of
from kravbro.formats.wsinkasso.faults import told
from kravbro.formats.wsinkasso.fields import NAMESPACE, content_of
from kravbro.formats.wsinkasso.operations import CONTRACT, PING, Known, Nothing, Operation
from kravbro.formats.xml_reading import local_name, shown
from kravbro.ledgers.wsinkasso.address import Address
from kravbro.ledgers.wsinkasso.fitting import lacks
from kravbro.ledgers.wsinkasso.mapping import Table
from kravbro.ledgers.wsinkasso.settings import Settings
from kravbro.ledgers.wsinkasso.transport import HttpTransport, Reply
from kravbro.ledgers.wsinkasso.wsdl import Described
from kravbro.mirror.source import Lack
from kravbro.texts.sentences import explain, sentence

_BUSY = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_REFUSED_MESSAGE = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
_XML = {"text/xml", "application/xml", "application/soap+xml"}
_KINDS: dict[str, type[KravbroError]] = {"retry": Retry, "skip": Skip, "stop": Stop, "data_fault": DataFault}
_LONGEST = 300


class Wire:
    """A service that can be called: its description, its names, and the connection."""

    def __init__(
        self, address: Address, settings: Settings, described: Described, table: Table, transport: HttpTransport
    ) -> None:
        self._address = address
        self._settings = settings
        self._described = described
        self._table = table
        self._transport = transport
        self._contract = Contract()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def has(self, operation: Operation) -> bool:
        """Whether the description has a function."""
        return self._described.function(self._table.function(operation)) is not None

    def lacks(self) -> list[Lack]:
        """What does not fit, and what the service says that does not: nothing is asked of one that lacks much."""
        found = lacks(self._described, self._table, self._settings)
        if any(one.needed for one in found):
            return found
        known: Known = self.call(PING, Nothing())
        language = self._settings.language
        if known.contract.partition(".")[0] != CONTRACT.partition(".")[0]:
            facts: dict[str, object] = {"found": shown(known.contract), "expected": CONTRACT}
            purpose, cure = (sentence(f"wsinkasso.{one}.contract", facts, language) for one in ("lack", "cure"))
            found.append(Lack(shown(known.system), purpose, cure))
        return found

    def call(self, operation: Operation, value: Any) -> Any:
        """The answer to a call: a value of what the function gives.

        Raises what the service raised, if it is one of ours; `wsinkasso.refused` for what else it said; Retry
        `wsinkasso.unreachable`, `wsinkasso.busy_now`; Stop `wsinkasso.no_function`, `wsinkasso.sign_in_refused`,
        `wsinkasso.tls`, `wsinkasso.redirected`, `wsinkasso.nothing_there`, `wsinkasso.no_soap`,
        `wsinkasso.message_refused`, `wsinkasso.bad_description`; DataFault `wsinkasso.unsuited`, `.answer_too_large`,
        `formats.wsinkasso.*`.
        """
        name = self._table.function(operation)
        if not self.has(operation):
            raise Stop("wsinkasso.no_function", function=operation.name, server=self._address.host)
        content = self._table.outgoing(operation.takes, operation.takes.content(value))
        try:
            reply = self._described.service[name](**content)
        except zeep.exceptions.ValidationError as fault:
            raise DataFault("wsinkasso.unsuited", function=name, reason=_short(str(fault))) from fault
        except (zeep.exceptions.Error, TypeError, ValueError, AttributeError) as fault:
            file = self._settings.description
            raise Stop("wsinkasso.bad_description", file=file, reason=_short(f"{name}: {fault}")) from fault
        body = self._body(name, reply)
        return operation.gives.value(self._content(operation, name, body))

    def _content(self, operation: Operation, name: str, body: etree._Element) -> dict[str, object]:
        expected = self._described.function(name).output.body.qname
        if body.tag != expected:
            raise self._no_soap(local_name(body))
        if self._table.is_ours and body.tag == f"{{{NAMESPACE}}}{operation.answer}":
            self._contract.require_valid(body)
            return content_of(body, operation.gives)
        return self._table.incoming(operation.gives, body)

    def _body(self, name: str, reply: Reply) -> etree._Element:
        """What the service answered, if it answered. Raises what it raised, or what stands between us and it."""
        if refusal := self._refusal(name, reply):
            raise refusal
        if reply.media_type not in _XML:
            raise self._no_soap(f"HTTP {reply.status}, {reply.media_type}")
        body = body_of(reply.content)
        if body.tag == f"{{{ENVELOPE}}}Fault":
            raise self._fault(name, body)
        if reply.status != HTTPStatus.OK:
            raise self._no_soap(f"HTTP {reply.status}")
        return body

    def _no_soap(self, found: str) -> Stop:
        return Stop("wsinkasso.no_soap", server=self._address.host, found=shown(found))

    def _refusal(self, name: str, reply: Reply) -> KravbroError | None:
        """What the status alone says; None if the body says more."""
        server, status = self._address.host, reply.status
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            who = self._settings.user or self._settings.certificate or "\u2013"
            return Stop("wsinkasso.sign_in_refused", server=server, user=who, status=status)
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return Stop("wsinkasso.redirected", server=server, to=shown(reply.location.partition("?")[0]))
        if status in _NOT_THERE:
            return Stop("wsinkasso.nothing_there", server=server, status=status)
        if status in _REFUSED_MESSAGE:
            return Stop("wsinkasso.message_refused", server=server, function=name, status=status)
        is_broken = status == HTTPStatus.INTERNAL_SERVER_ERROR and reply.media_type not in _XML
        if status in _BUSY or is_broken:
            return Retry("wsinkasso.busy_now", server=server, status=status, seconds=reply.retry_after)
        return None

    def _fault(self, name: str, found: etree._Element) -> KravbroError:
        """The error that a fault stands for: the one that was raised there, if it is one that we know."""
        blamed = (found.findtext("faultcode") or "").rpartition(":")[2].strip()
        said = _short(found.findtext("faultstring") or blamed)
        kind = _KINDS.get(self._settings.faults.get(blamed, ""), _blamed(blamed))
        detail = found.find(f"detail/{{{NAMESPACE}}}Feil")
        code = blamed
        if detail is not None:
            try:
                raised = told(detail)
            except DataFault:
                return self._refused(kind, name, code, said)
            if _is_known(raised.error):
                return raised.error
            kind, code, said = type(raised.error), raised.error.code, _short(raised.sentence or said)
        return self._refused(kind, name, code, said)

    def _refused(self, kind: type[KravbroError], name: str, code: str, said: str) -> KravbroError:
        facts = {"server": self._address.host, "function": name, "fault": shown(code) or "\u2013", "said": said}
        if kind is Retry:
            return Retry("wsinkasso.refused", **facts)
        if kind is Skip:
            return Skip("wsinkasso.refused", **facts)
        return Stop("wsinkasso.refused", **facts) if kind is Stop else DataFault("wsinkasso.refused", **facts)


def _blamed(code: str) -> type[KravbroError]:
    """Which of our kinds a SOAP 1.1 fault is, whose service says no more: the message is at fault, or the server."""
    if code.startswith("Client"):
        return DataFault
    return Retry if code.startswith("Server") else Stop


def _is_known(error: KravbroError) -> bool:
    """Whether there is a sentence for an error, with just its facts."""
    try:
        explain(error)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return False
    return True


def _short(text: str) -> str:
    """A text of the service, on one line that is not too long to be stored."""
    return shown_line(" ".join(text.split())[:_LONGEST])


def shown_line(text: str) -> str:
    """A line with nothing that a terminal would obey."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)
