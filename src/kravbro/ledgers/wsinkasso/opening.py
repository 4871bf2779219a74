"""Open a service by its address and the text of its settings, as an installation keeps both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx

from kravbro.core.errors import DataFault
from kravbro.ledgers.wsinkasso.address import read_address
from kravbro.ledgers.wsinkasso.mapping import Table
from kravbro.ledgers.wsinkasso.settings import read_settings
from kravbro.ledgers.wsinkasso.transport import HttpTransport, http_client
from kravbro.ledgers.wsinkasso.wire import Wire
from kravbro.ledgers.wsinkasso.wsdl import read_description


def open_service(
    address: str, text: str, environment: Mapping[str, str], over: httpx.BaseTransport | None = None
) -> tuple[Wire, int]:
    """A service, and how many rows one call carries. Nothing is asked of it yet. `over` is in place of the network.

    Raises DataFault `wsinkasso.bad_address`, `wsinkasso.not_encrypted`, `wsinkasso.settings`, Stop
    `wsinkasso.bad_description`, and as `http_client` does.
    """
    where, settings = read_address(address), read_settings(text)
    folder = Path(settings.wsdl).resolve().parent if settings.wsdl else None
    if settings.wsdl and not Path(settings.wsdl).is_absolute():
        raise DataFault("wsinkasso.settings", problem="wsdl is an absolute path")
    connect = partial(http_client, where, settings, environment, over)
    transport = HttpTransport(where, connect, folder, timedelta(seconds=settings.timeout_s))
    return Wire(
        where, settings, read_description(where, settings, transport), Table(settings), transport
    ), settings.page
