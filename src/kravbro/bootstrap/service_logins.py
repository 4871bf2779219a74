"""Who may call an installation from outside: the database of it, and the commands on it."""

from __future__ import annotations

import msgspec

from kravbro.access import logins
from kravbro.access.certificates import fingerprint_of_pem
from kravbro.access.logins import Kind, Login, require_name
from kravbro.access.messages import Kept, last_messages
from kravbro.access.passwords import hashed, new_password
from kravbro.bootstrap.notice import refuse_copies, settle_new
from kravbro.bootstrap.site import Site
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.migrations.upgrade import upgrade

OWNER = "access"


class Wanted(msgspec.Struct, frozen=True):
    """A login that is to be: its name, its companies, and a password or the text of its certificate.

    With neither it gets a password that is made here.
    """

    name: str
    companies: tuple[int, ...]
    password: str = ""
    certificate: str = ""


def access_of(place: Place, act: Act) -> Place:
    """The place, with a database for access; it is made the first time. Raises Stop `site.not_adopted`."""
    refuse_copies(place)
    if not place.exists(OWNER):
        upgrade(place.open(OWNER), OWNER)
        settle_new(place, act)
    return place


def add_login(site: Site, wanted: Wanted) -> str:
    """Let somebody in; answers the password where one was made.

    Raises DataFault `site.no_such_company`, `access.password`, `access.no_certificate`, and as
    `access.logins.add_login`.
    """
    require_name(wanted.name)
    for company in wanted.companies:
        site.require_company(company)
    made = "" if wanted.password or wanted.certificate else new_password()
    if wanted.certificate:
        kind, secret = Kind.CERTIFICATE, fingerprint_of_pem(wanted.certificate, wanted.name)
    else:
        kind, secret = Kind.PASSWORD, hashed(made or wanted.password)
    with writing(access_of(site.place, site.act).open(OWNER)) as connection:
        logins.add_login(connection, wanted.name, wanted.companies, kind, secret, site.act)
    return made


def disable_login(site: Site, name: str, because: str) -> Login:
    """Let somebody in no more; raises as `access.logins.disable_login`."""
    if not site.place.exists(OWNER):
        raise DataFault("access.no_login", name=name)
    with writing(site.place.open(OWNER)) as connection:
        return logins.disable_login(connection, name, because, site.act)


def all_logins(site: Site) -> list[Login]:
    """Every login as it is now."""
    if not site.place.exists(OWNER):
        return []
    with reading(site.place.open(OWNER)) as connection:
        return logins.logins(connection)


def newest_messages(site: Site, count: int) -> list[Kept]:
    """The newest messages from outside that wrote something, in order."""
    if not site.place.exists(OWNER):
        return []
    with reading(site.place.open(OWNER)) as connection:
        return last_messages(connection, count)
