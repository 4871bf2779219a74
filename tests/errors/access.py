"""Errors of service logins."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.service_logins import Wanted, add_login, disable_login
from kravbro.bootstrap.site import Site, make_site
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from tests.books.world import ACT
from tests.errors.gallery import command, provokes
from tests.ledgers.embedded.acting import EmbeddedWorld
from tests.web.wsinkasso_api.authority import Authority

PASSWORD = "a password for the gallery"


def site(folder: Path) -> Site:
    """A ledger with two companies."""
    return Site(place_at(EmbeddedWorld(folder / "place")._address), ACT)


def login(folder: Path, *words: str) -> None:
    """A command on the logins of an installation that has no companies."""
    make_site(place_at(folder), ())
    command("wsinkasso", "login", *words, "--dir", str(folder))


@provokes("access.name")
def a_login_with_a_name_that_is_none(folder: Path) -> None:
    login(folder, "add", "KK 2", "--companies", "1")


@provokes("access.companies")
def companies_that_are_no_numbers(folder: Path) -> None:
    login(folder, "add", "kk2", "--companies", "all")


@provokes("access.no_companies")
def a_login_that_sees_nothing(folder: Path) -> None:
    add_login(site(folder), Wanted("kk2", (), PASSWORD))


@provokes("access.login_exists")
def a_login_is_added_twice(folder: Path) -> None:
    its = site(folder)
    for _ in range(2):
        add_login(its, Wanted("kk2", (1,), PASSWORD))


@provokes("access.no_login")
def a_login_is_disabled_that_never_was(folder: Path) -> None:
    login(folder, "disable", "kk2", "--because", "the agreement has ended")


@provokes("access.reason")
def a_login_is_disabled_without_a_reason(folder: Path) -> None:
    its = site(folder)
    add_login(its, Wanted("kk2", (1,), PASSWORD))
    disable_login(its, "kk2", " ")


@provokes("access.password")
def a_password_that_is_too_short(folder: Path) -> None:
    add_login(site(folder), Wanted("kk2", (1,), "secret"))


@provokes("access.two_proofs")
def a_password_and_a_certificate(folder: Path) -> None:
    login(folder, "add", "kk2", "--companies", "1", "--certificate", "kk2.pem", "--password-from-stdin")


@provokes("access.no_certificate")
def a_key_in_place_of_its_certificate(folder: Path) -> None:
    pair = Authority(folder).caller("kk2")
    add_login(site(folder), Wanted("kk2.key", (1,), certificate=pair.key.read_text()))


@provokes("access.certificate_taken")
def two_systems_with_one_certificate(folder: Path) -> None:
    its, text = site(folder), Authority(folder).caller("kk2").certificate.read_text()
    for name in ("kk2", "conecto"):
        add_login(its, Wanted(name, (1,), certificate=text))


@provokes("access.unreadable")
def a_login_was_altered_past_the_program(folder: Path) -> None:
    its = site(folder)
    add_login(its, Wanted("kk2", (1,), PASSWORD))
    with writing(its.place.open("access")) as connection:
        connection.exec_driver_sql("UPDATE service_login SET kind = 'friend'")
    add_login(its, Wanted("kk2", (1,), PASSWORD))
