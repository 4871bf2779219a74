"""Open a Visma Business by its address and the text of its settings, as an installation keeps both."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db import postgresql, sqlserver
from kravbro.formats import toml
from kravbro.ledgers.visma_business.databases import Databases, databases_at
from kravbro.ledgers.visma_business.setup import Setup, read_setup
from kravbro.ledgers.visma_business.source import VismaSource

PASSWORD = "KRAVBRO_VISMA_PASSWORD"  # noqa: S105 - the name of the variable that holds it
"""The environment variable with the password of the SQL login, and its name in the keyring."""
SETTINGS = "visma_business.toml"
"""What the text of the settings is called in messages."""


def open_databases(address: str, settings: str, environment: Mapping[str, str]) -> tuple[Databases, Setup]:
    """The databases at an address, and the set-up of the settings.

    Raises DataFault `visma_business.bad_address` and `visma_business.password_in_address`, and as `read_setup` and
    `databases_at` do.
    """
    setup = read_setup(toml.parse(settings.encode(), SETTINGS).tables)
    if "://" not in address and "@" in address:
        raise DataFault("visma_business.bad_address")
    if "://" in address:
        url = _url(address)
        if password := environment.get(PASSWORD, ""):
            address = url.set(password=password).render_as_string(hide_password=False)
    return databases_at(address, setup.system, setup.ours, setup.owner), setup


def _url(address: str) -> sa.URL:
    """The URL of a server. An address is kept and shown, so nothing of one that may hold a password is repeated."""
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise DataFault("visma_business.bad_address") from None
    if url.get_backend_name() not in {postgresql.DIALECT, sqlserver.DIALECT}:
        raise DataFault("visma_business.bad_address")
    if url.password is not None or any("password" in name.lower() or name.lower() == "pwd" for name in url.query):
        raise DataFault("visma_business.password_in_address", server=url.host or "")
    return url


def open_source(address: str, settings: str, environment: Mapping[str, str], act: Act) -> VismaSource:
    """The adapter. Nothing is asked yet; raises as `open_databases` does."""
    return VismaSource(*open_databases(address, settings, environment), act)
