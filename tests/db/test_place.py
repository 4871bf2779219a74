"""Where data live: what an address names, what is there, and what people are shown of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.bootstrap.site import make_site, open_site, upgrade_site
from kravbro.cli.main import main
from kravbro.cli.options import acting
from kravbro.core.errors import DataFault
from kravbro.db.engines import reading, writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import company_owner, is_company, known_owners
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import version
from tests.places import NewPlace
from tests.postgresql import LOGIN_WITH_PASSWORD, Server

ALL = ["system", "office", "bridge", "F0002", "F0010", "F12345"]


def test_an_address_names_a_folder_or_a_database() -> None:
    assert place_at("some/folder") == place_at(Path("some/folder")) == FolderPlace(Path("some/folder"))
    assert place_at("postgresql://u@h/d") is place_at("postgresql://u@h/d")


@pytest.mark.parametrize(
    "address",
    ["mysql://u:secret@h/d", "postgresql://u:secret@h", "postgresql://u:secret@h:port/d", "postgresql:///"],
)
def test_what_is_no_address_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(DataFault, match=r"db\.not_a_place") as refused:
        place_at(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://u:secret@h/d", "postgresql://u@h/d"),
        ("postgres://u:se%40cret@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require"),
        ("postgresql://u@h/d?password=secret&sslpassword=secret", "postgresql://u@h/d"),
    ],
)
def test_a_password_is_never_shown(address: str, shown: str) -> None:
    place = place_at(address)
    assert place.name == shown
    assert place.database("F0001") == f"{shown}, schema f0001"


def test_a_password_typed_in_the_wrong_place_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", "postgresql://u:very@secret@h/d"]) == 2
    said = capsys.readouterr().err
    assert "postgresql://u@h/d" in said
    assert "secret" not in said


def test_only_owners_count_and_companies_come_in_order_of_number() -> None:
    assert known_owners(["F0010", "copy", "bridge", "F12345", "F01", "F00010", "office", "F0002", "system"]) == ALL
    assert known_owners(["F0010", "access", "mirror", "bridge"]) == ["mirror", "bridge", "access", "F0010"]
    assert [is_company(name) for name in (company_owner(1), company_owner(12345), "F1", "f0001", "F")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_place_tells_what_was_made_in_it(new_place: NewPlace) -> None:
    place = new_place()
    place.make()
    assert place.owners() == []
    assert set(make_site(place, (2, 10, 12345))) == set(ALL)
    assert place.owners() == ALL
    assert [place.exists(owner) for owner in ("office", "F0010", "F0011")] == [True, True, False]
    assert upgrade_site(place) == []
    assert make_site(place, ()) == []


def test_owners_do_not_see_each_others_tables(new_place: NewPlace) -> None:
    place = new_place()
    make_site(place, (1, 2))
    with writing(place.open("F0001")) as connection:
        connection.exec_driver_sql("INSERT INTO counter (scope, name, last) VALUES ('', 'seen', 7)")
    seen = "SELECT last FROM counter WHERE name = 'seen'"
    for owner, expected in (("F0001", [7]), ("F0002", []), ("office", [])):
        with reading(place.open(owner)) as connection:
            assert list(connection.exec_driver_sql(seen).scalars()) == expected


def test_a_lost_part_is_named_and_the_bridge_is_made_anew(new_place: NewPlace) -> None:
    place = new_place()
    make_site(place, (1,))
    new_place.lose(place, "bridge")
    assert open_site(place, acting(None)).place is place
    assert version(place.open("bridge"), "bridge")
    new_place.lose(place, "office")
    with pytest.raises(DataFault, match=r"site\.database_missing") as missing:
        open_site(place, acting(None))
    assert missing.value.facts["database"] == place.database("office")
    with pytest.raises(DataFault, match=r"site\.database_missing"):
        upgrade_site(place)


def test_a_password_in_the_address_opens_and_schemas_may_be_made_beforehand(postgresql: Server) -> None:
    empty = postgresql.database()
    name = empty.rpartition("/")[2]
    schemas = [f"CREATE SCHEMA {one} AUTHORIZATION {LOGIN_WITH_PASSWORD}" for one in ("system", "office", "bridge")]
    postgresql.run(f'REVOKE CREATE ON DATABASE "{name}" FROM PUBLIC', *schemas, database=name)
    place = place_at(postgresql.address(name, f"{LOGIN_WITH_PASSWORD}:open%20sesame"))
    assert sorted(make_site(place, ())) == ["bridge", "office", "system"]
    place.close()
    postgresql.drop(empty)


def test_text_is_sorted_by_its_bytes_whatever_the_locale_of_the_database(postgresql: Server) -> None:
    address = postgresql.database()
    place = place_at(address)
    make_site(place, (1,))
    with reading(place.open("office")) as connection:
        others = connection.exec_driver_sql(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE data_type IN"
            " ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).all()
    place.close()
    postgresql.drop(address)
    assert others == []
