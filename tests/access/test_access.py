"""Who may call from outside is kept like everything else: under seals, in backups, copies and dumps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kravbro.access.logins import Kind, add_login, disable_login, login_named, login_with_certificate, logins
from kravbro.access.messages import Message, is_kept, keep, last_messages
from kravbro.access.passwords import fits, hashed, new_password
from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.backup import back_up, restore
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.notice import settle_new
from kravbro.bootstrap.service_logins import access_of
from kravbro.bootstrap.site import open_site
from kravbro.bootstrap.verification import verify_place
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from kravbro.ports.identity import Delivered
from tests.books.world import ACT
from tests.ledgers.embedded.acting import posting_at_once
from tests.places import NewPlace, copy_place
from tests.templates import copy_of, remove

HASH = PasswordHasher(1, 8, 1).hash("a password for the tests")  # cheap, for tests
SENT = Message("kk2", "m-1", "LeverBilag", 1, "0" * 64)
CALLER = Act("kk2", ACT.on, ACT.at)


def with_access(place: Place) -> Place:
    """A place with a login that was disabled, another, and a message."""
    with writing(access_of(place, ACT).open("access")) as connection:
        add_login(connection, "old", (1,), Kind.PASSWORD, HASH, ACT)
        disable_login(connection, "old", "the agreement has ended", ACT)
        add_login(connection, "kk2", (2, 1, 2), Kind.CERTIFICATE, "f" * 64, ACT)
        keep(connection, SENT, Delivered(3, 1, 0), CALLER)
    return place


def beginning(place: Place) -> None:
    """A ledger and an office that have done nothing yet."""
    posting_at_once(place)
    for owner in ("office", "bridge", "access"):
        upgrade(place.open(owner), owner)


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Iterator[Place]:
    """They, with access."""
    address = copy_of(beginning, kind, tmp_path / "place")
    place = place_at(address)
    settle_new(place, ACT)
    yield with_access(place)
    remove(address)


@pytest.mark.rules
def test_the_newest_row_of_a_name_is_the_login(place: Place) -> None:
    with writing(place.open("access")) as connection:
        assert [(one.name, one.companies, one.enabled) for one in logins(connection)] == [
            ("kk2", (1, 2), True),
            ("old", (1,), False),
        ]
        assert login_with_certificate(connection, "f" * 64) == login_named(connection, "kk2")
        disable_login(connection, "kk2", "a mistake", ACT)
        assert login_with_certificate(connection, "f" * 64) is None
        add_login(connection, "kk2", (1,), Kind.PASSWORD, HASH, ACT)
        assert login_with_certificate(connection, "f" * 64) is None
        assert login_named(connection, "nobody") is None


def test_a_password_is_kept_as_a_hash_that_fits_nothing_else() -> None:
    password = new_password()
    kept = hashed(password)
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert fits(password, kept)
    assert not fits(password + " ", kept)
    assert not fits(password, "no hash")
    assert new_password() != password


def test_a_message_is_kept_once(place: Place) -> None:
    with writing(place.open("access")) as connection:
        assert is_kept(connection, SENT)
        keep(connection, SENT, Delivered(0, 4), CALLER)
        (kept,) = last_messages(connection, 10)
        assert (kept.new, kept.known) == (3, 1)
        other = Message("kk2", "m-1", "LeverBilag", 2, "1" * 64)
        with pytest.raises(DataFault, match=r"wsinkasso\.message_differs"):
            is_kept(connection, other)
        assert not is_kept(connection, Message("old", "m-1", "LeverBilag", 2, "1" * 64))


@pytest.mark.rules
def test_the_dump_shows_who_may_call_and_nothing_that_proves_it(place: Place) -> None:
    dump = dump_site(open_site(place, ACT))
    assert [one["name"] for one in dump["access"]["service_login"]] == ["kk2", "old"]
    assert HASH not in str(dump)
    assert "f" * 64 not in str(dump)


@pytest.mark.rules
def test_what_was_altered_past_the_program_is_found(place: Place) -> None:
    assert verify_place(place, ACT).faults == ()
    with writing(place.open("access")) as connection:
        connection.exec_driver_sql("UPDATE service_login SET companies = '[1,2,3]' WHERE number = 3")
        connection.exec_driver_sql("DELETE FROM service_login WHERE number = 2")
        connection.exec_driver_sql("UPDATE message SET actor = 'somebody'")
    assert faults_of(place) == [
        ("number_without_row", "service_login 2"),
        ("content_differs", "service_login 3"),
        ("content_differs", "message 1"),
    ]
    with writing(place.open("access")) as connection:
        connection.exec_driver_sql("DELETE FROM message")
    assert faults_of(place)[-1] == ("number_without_row", "message 1")


def faults_of(place: Place) -> list[tuple[str, str]]:
    """The faults of access."""
    return [(one.kind, one.thing) for one in verify_place(place, ACT).faults if one.where == "access"]


def test_it_is_in_a_backup_and_comes_back(place: Place, new_place: NewPlace, tmp_path: Path) -> None:
    before = dump_site(open_site(place, ACT))
    back_up(place, tmp_path / "backup.zip", ACT)
    other = new_place()
    restored = restore(tmp_path / "backup.zip", other, ACT)
    assert "access" in restored.owners
    assert dump_site(open_site(other, ACT)) == before
    with reading(other.open("access")) as connection:
        assert [one.message for one in last_messages(connection, 10)] == ["m-1"]
    with pytest.raises(Stop, match=r"site\.not_adopted"):
        access_of(other, ACT)
    assert "access" in adopt(other, look(other, ACT), "a restore", ACT).databases
    access_of(other, ACT)
    assert verify_place(other, ACT).faults == ()


def test_a_copy_lets_nobody_in(place: Place, new_place: NewPlace) -> None:
    place.close()
    copy = place_at(copy_place(place.name, new_place.where()))
    with pytest.raises(Stop, match=r"site\.not_adopted"):
        access_of(copy, ACT)
    with pytest.raises(Stop, match=r"db\.copied"), writing(copy.open("access")) as connection:
        add_login(connection, "new", (1,), Kind.PASSWORD, HASH, ACT)
