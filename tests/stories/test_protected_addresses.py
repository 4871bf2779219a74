"""A protected address is shown by `parties address` alone: every command there is, and will be, is run and read.

Three people are protected: one by the ledger, one by hand in the office, and a co-debtor by the ledger. The program
lists its own commands, and the kind and name of each parameter say what it is given, so a new command is run too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
from cyclopts import App

from kravbro.books.commands.customers import add_customers, change_customer
from kravbro.books.commands.relations import relate
from kravbro.bootstrap.demo.people import person, synthetic_identity_number
from kravbro.bridge.streams import ALL
from kravbro.cli.main import app, main
from kravbro.core.parties import MARK, Protection, Role
from kravbro.db.engines import writing
from kravbro.db.place import company_owner
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared

SECRETS = ("Løyndomsgata", "Gøymevegen", "Skjulestien", "6789", "6790", "6791", "Gøymestad")
"""Streets, postcodes and a place that nobody else has."""
CASE = "1-000001"
EXEMPT = {
    ("parties", "address"): "shows it knowingly, to somebody who said why",
    ("demo",): "makes an installation of its own",
}
WORDS = {"NUMBER": CASE, "CASE": CASE, "KIND": "payment", "PAYLOAD": "123", "KID": "1230"}
"""What a parameter of text is given; any other gets a 1, which is also a principal, an account and a rate."""
ON = date(2026, 11, 16)


def commands(program: App, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Every command of the program."""
    for name in program:
        if not name.startswith("-"):
            if program[name].default_command:
                yield (*path, name), program[name]
            yield from commands(program[name], (*path, name))


ALL_COMMANDS = dict(commands(app))


def word(argument: Any, file: Path) -> str:
    """A value that a parameter takes."""
    kind = argument.hint
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    if kind is date:
        return ON.isoformat()
    if kind is Path:
        return str(file)
    return "1" if kind is not str else WORDS.get(argument.name, "1")


def arguments(command: App, file: Path, *, all_flags: bool) -> list[str]:
    """Everything that a command cannot do without, and every switch if that is asked for."""
    words: list[str] = []
    for one in command.assemble_argument_collection():
        if one.required:
            words += ([one.name] if one.name.startswith("--") else []) + [word(one, file)]
        elif all_flags and one.hint is bool:
            words.append(next(name for name in one.names if name.startswith("--")))
    return words


def secret(number: int, street: str, postcode: str, protection: Protection = Protection.NONE) -> Any:
    changes = {"address": f"{street} 13\nH0202", "postcode": postcode, "place": "Gøymestad", "protection": protection}
    return msgspec.structs.replace(person(number), **changes)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with claims on all three, each with a case."""
    folder = copy_of(prepared("sqlite"), tmp_path_factory.mktemp("protected") / "site")
    world = World(folder)
    with writing(world.place.open(company_owner(1))) as connection:
        change_customer(connection, secret(1001, "Løyndomsgata", "6789", Protection.CONFIDENTIAL), ACT)
        change_customer(connection, secret(1002, "Gøymevegen", "6790"), ACT)
        beside = secret(1999, "Skjulestien", "6791", Protection.STRICTLY_CONFIDENTIAL)
        add_customers(connection, [beside], ACT)
        relate(connection, 1001, Role.CO_DEBTOR, 1999, date(2020, 1, 1), ACT, because="begge har skrevet under")
    for customer in (1, 2, 3):
        world.invoice(1, f"10000{customer}", customer, 500_00)
    world.propose(1, "first")
    for stream in ALL:
        world.carry(stream, 1)
    world.invoice(1, "100009", 1, 700_00)
    world.propose(1, "second")
    by_hand = ["parties", "list", "--customer", "1002", "--json", "--dir", str(folder)]
    assert main(by_hand) == 0
    assert main(["parties", "set", "3", "--protection", "confidential", "--because", "x", "--dir", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("all_flags", [False, True])
@pytest.mark.parametrize("path", [path for path in ALL_COMMANDS if path not in EXEMPT], ids=" ".join)
def test_no_command_shows_a_protected_address(
    path: tuple[str, ...], all_flags: bool, office: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, command = tmp_path / "site", ALL_COMMANDS[path]
    copy_of(office, folder)
    (tmp_path / "file.txt").write_text("NY000010", encoding="utf-8")
    given = arguments(command, tmp_path / "file.txt", all_flags=all_flags)
    has_place = any("--dir" in one.names for one in command.assemble_argument_collection())

    main([*path, *given, *(["--dir", str(folder)] if has_place else [])])

    told = "".join(capfd.readouterr())
    assert told
    assert not [one for one in (*SECRETS, *whole_numbers()) if one in told]


def whole_numbers() -> list[str]:
    return [synthetic_identity_number(number) for number in (1001, 1002, 1003, 1999)]


@pytest.mark.parametrize("path", EXEMPT, ids=" ".join)
def test_every_exempt_command_exists(path: tuple[str, ...]) -> None:
    assert path in ALL_COMMANDS


READERS = (
    ("cases", "show", CASE), ("cases", "list"), ("cases", "statement", CASE, "--for-debtor"), ("parties", "list"),
    ("parties", "show", "1"), ("parties", "show", "2"), ("parties", "show", "3"), ("claims", "ready"),
    ("customers", "list", "--company", "1"), ("db", "dump"), ("reconcile",),
)  # fmt: skip


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_what_reads_most_is_read_to_the_end(
    words: tuple[str, ...], office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for more in ([], ["--json"]):
        assert main([*words, *more, "--dir", str(office)]) == 0
        told = "".join(capfd.readouterr())
        assert not [one for one in (*SECRETS, *whole_numbers()) if one in told]


def test_a_mark_stands_where_an_address_would_stand(office: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "dump", "--dir", str(office)]) == 0
    dump = json.loads(capfd.readouterr().out)
    cards = {card["customer_no"]: card["address"] for card in dump["office"]["debtors"]}
    books = {one["number"]: one["address"] for one in dump["ledger"]["companies"]["1"]["customer"]}
    for shown in (cards, books):
        assert [shown[number] for number in (1001, 1002, 1999)] == [MARK] * 3
        assert shown[1003].startswith("Storgata")


def test_an_address_is_shown_to_somebody_who_said_why_and_that_is_written_down_first(
    office: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(office, tmp_path / "site")
    assert main(["parties", "address", "1", "--because", "", "--dir", str(folder)]) == 2
    assert "Løyndomsgata" not in "".join(capfd.readouterr())

    assert main(["parties", "address", "1", "--because", "brev i retur", "--json", "--dir", str(folder)]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert [one["address"] for one in shown["addresses"]] == ["Løyndomsgata 13, H0202, 6789 Gøymestad"]
    assert main(["parties", "show", "1", "--json", "--dir", str(folder)]) == 0
    (read,) = json.loads(capfd.readouterr().out)["read"]
    assert (read["because"], read["what"]) == ("brev i retur", "address")


def test_nothing_is_shown_when_the_reading_cannot_be_written_down(
    office: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(office, tmp_path / "site")
    world = World(folder)
    with writing(world.place.open("office")) as locked:
        locked.exec_driver_sql("UPDATE counter SET last = last")
        locked.exec_driver_sql(
            "CREATE TRIGGER nobody BEFORE INSERT ON party_access BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    assert main(["parties", "address", "1", "--because", "brev i retur", "--dir", str(folder)]) != 0
    assert not [one for one in SECRETS if one in "".join(capfd.readouterr())]


def test_lifting_a_protection_is_an_act_and_the_ledger_silence_is_none(
    office: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copy_of(office, tmp_path / "site")
    world = World(folder)
    with writing(world.place.open(company_owner(1))) as connection:
        change_customer(connection, secret(1001, "Løyndomsgata", "6789"), ACT)
    for stream in ALL:
        world.carry(stream, 1)
    assert main(["cases", "show", CASE, "--json", "--dir", str(folder)]) == 0
    assert json.loads(capfd.readouterr().out)["address"] == MARK

    lift = ["parties", "set", "1", "--protection", "none", "--because", "opphevet", "--dir", str(folder)]
    assert main(lift) == 0
    capfd.readouterr()
    assert main(["cases", "show", CASE, "--json", "--dir", str(folder)]) == 0
    assert json.loads(capfd.readouterr().out)["address"] == "Løyndomsgata 13\nH0202"
    assert world.reconciled().differences == ()


def test_an_altered_row_about_a_protection_protects(office: Path, tmp_path: Path) -> None:
    folder = copy_of(office, tmp_path / "site")
    world = World(folder)
    with writing(world.place.open("office")) as connection:
        assert connection.exec_driver_sql("UPDATE party_fact SET value = 'none'").rowcount >= 2

    assert not [one for one in SECRETS if one in world.dumped()]
    assert [one.thing for one in world.reconciled().differences if "party fact" in one.thing]
