"""The description of a service, read by zeep from a local file: ours, or the one that a site was given.

Nothing is fetched: no document type, no entity, and no reference that leads out of the description's own folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import zeep
import zeep.exceptions
import zeep.wsdl
from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding
from zeep.xsd.elements import Element
from zeep.xsd.elements.indicators import Choice, Group, OrderIndicator

from kravbro.core.errors import Stop
from kravbro.formats.wsinkasso.description import PORT, SERVICE, description
from kravbro.ledgers.wsinkasso.address import Address
from kravbro.ledgers.wsinkasso.settings import Settings
from kravbro.ledgers.wsinkasso.transport import HttpTransport

SETTINGS = {"strict": True, "forbid_dtd": True, "forbid_entities": True, "forbid_external": True, "raw_response": True}
_REASON = 200
_FAULTS = (
    zeep.exceptions.Error,
    etree.LxmlError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,  # tidy: unfinished - what zeep raises for other transports than HTTP
)
"""What zeep lets through of a description that is not sound."""


class Described(NamedTuple):
    """A description that was read, and the port of it that we call."""

    client: zeep.Client
    binding: Any
    service: Any

    def function(self, name: str) -> Any:
        """A function by its name; None if there is none."""
        return self.binding.all().get(name)


class Part(NamedTuple):
    """An element that stands in another: its name and type, and whether it must be there and may be there often."""

    name: str
    type: Any
    required: bool
    many: bool


def read_description(address: Address, settings: Settings, transport: HttpTransport) -> Described:
    """Read the description, and choose the port. Raises Stop `wsinkasso.bad_description`."""
    file = settings.description
    try:
        document = _ours() if not settings.wsdl else _read(str(Path(settings.wsdl).resolve()), transport)
        client = zeep.Client(document, transport=transport, settings=zeep.Settings(**SETTINGS))
    except _FAULTS as fault:
        reason = " ".join(str(fault).split())[:_REASON] or type(fault).__name__
        raise Stop("wsinkasso.bad_description", file=file, reason=reason) from fault
    port = _port(client, settings, file)
    if not isinstance(port.binding, Soap11Binding):
        raise Stop("wsinkasso.bad_description", file=file, reason=f"{port.name} is not SOAP 1.1 over HTTP")
    return Described(client, port.binding, client.create_service(str(port.binding.name), address.url))


@cache
def _ours() -> zeep.wsdl.Document:
    """Our own description. Where it says that the service is does not matter: the address is what a person gave."""
    return _read(BytesIO(description("http://localhost/wsinkasso")), None)


def _read(source: str | BytesIO, transport: Any) -> zeep.wsdl.Document:
    return zeep.wsdl.Document(source, transport, settings=zeep.Settings(**SETTINGS))


def _port(client: zeep.Client, settings: Settings, file: str) -> Any:
    services = client.wsdl.services
    names = [settings.service or SERVICE, settings.port or PORT] if settings.wsdl else [SERVICE, PORT]
    service = services.get(names[0]) or _only(services, settings.service)
    ports = service.ports if service is not None else {}
    port = ports.get(names[1]) or _only(ports, settings.port)
    if port is None:
        has = ", ".join(f"{one}/{its}" for one in services for its in services[one].ports)
        raise Stop("wsinkasso.bad_description", file=file, reason=f"{'/'.join(names)} is not there, but: {has}")
    return port


def _only(named: Any, wanted: str) -> Any:
    """The only one there is, where nobody asked for one by name."""
    return next(iter(named.values())) if not wanted and len(named) == 1 else None


def parts(kind: Any) -> dict[str, Part]:
    """What stands in an element of a type; one of a choice need not be there."""
    nested = [one for _, one in getattr(kind, "elements_nested", ())]
    return {one.name: one for one in _parts(nested, required=True)}


def _parts(nested: Iterable[Any], *, required: bool) -> Iterator[Part]:
    for one in nested:
        needed = required and one.min_occurs != 0
        if isinstance(one, Element):
            yield Part(str(one.name), one.type, needed, bool(one.accepts_multiple))
        elif isinstance(one, Group):
            yield from _parts([one.child], required=needed)
        elif isinstance(one, OrderIndicator):
            yield from _parts(one, required=needed and not isinstance(one, Choice))
