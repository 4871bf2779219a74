"""zeep as a caller of the service: another library's reading of our description, over a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
import zeep
from zeep.helpers import serialize_object
from zeep.transports import Transport

from kravbro.formats.wsinkasso import operations as ops
from tests.web.wsinkasso_api.authority import Pair


class Soap:
    """A caller that fetches the description from the service, and calls the address that it finds there."""

    def __init__(
        self, description: str, authority: Path, *, password: tuple[str, str] | None = None, pair: Pair | None = None
    ) -> None:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(authority)
        session.auth = password
        session.cert = (str(pair.certificate), str(pair.key)) if pair else None
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        self._client = zeep.Client(description, transport=Transport(session=session), settings=settings)

    def call(self, operation: ops.Operation, value: Any) -> Any:
        """The value of an answer. Raises what zeep raises for a fault."""
        answered = self._client.service[operation.name](**operation.takes.content(value))
        return operation.gives.value(_content(answered, operation))


def _content(answered: Any, operation: ops.Operation) -> dict[str, Any]:
    """What zeep read, as content: it answers the only element of an answer alone, without its name."""
    found = _plain(serialize_object(answered, dict))
    if isinstance(found, dict) or found is None:
        return found or {}
    return {operation.gives.fields[0].element: found}


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(value) for name, value in found.items() if value is not None}
    return [_plain(one) for one in found] if isinstance(found, list) else found
