"""A company's set-up changes with its history; what vouchers, entries and proposals rest on stays as it is."""

from __future__ import annotations

import msgspec
import pytest

from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningRoutine,
    NumberSeries,
    SubLedgerType,
)
from kravbro.books.commands.setup_changes import change_setup, refusals, remove_setup, standing_setup
from kravbro.books.meanings import Meaning
from kravbro.books.queries.audit import audit
from kravbro.core.errors import Stop
from kravbro.db.setup_changes import changes_of
from tests.books.world import ACT, COMPANY, World, collector_voucher, company_setup


@pytest.fixture
def used(world: World) -> World:
    """Books with two invoices, a proposal, and a voucher of the collector."""
    world.invoices(1, 2)
    world.offer()
    world.ledger.post_vouchers(COMPANY, [collector_voucher(1, (1, 1, 5_000))])
    return world


def standing(world: World) -> CompanySetup:
    with world.reading() as connection:
        found = standing_setup(connection)
        assert audit(connection) == []
    assert found is not None
    return found


def in_order(setup: CompanySetup) -> dict[str, object]:
    """What a set-up says, in one order."""
    return {name: sorted(map(repr, rows)) if isinstance(rows, tuple) else rows
            for name, rows in msgspec.structs.asdict(setup).items()}  # fmt: skip


def by_code(rows: tuple[msgspec.Struct, ...], code: str, **changes: object) -> tuple[msgspec.Struct, ...]:
    """The rows, with one of them changed."""
    return tuple(
        msgspec.structs.replace(one, **changes)
        if code in (getattr(one, "code", ""), getattr(one, "number", ""))
        else one
        for one in rows
    )


def test_what_was_set_up_is_read_back(world: World) -> None:
    assert in_order(standing(world)) == in_order(company_setup())


def test_what_nothing_rests_on_changes_with_its_history(world: World) -> None:
    setup = company_setup()
    wanted = msgspec.structs.replace(
        setup,
        accounts=(*by_code(setup.accounts, "1920", name="DNB"), Account("1921", "KLP")),
        dunning_routines=(DunningRoutine("KOM", "PWS", 21),),
        collector=CollectorSetup("WS-Inf", "INK", post_collector_vouchers=False),
    )
    with world.writing() as connection:
        assert refusals(connection, wanted) == []
        change_setup(connection, setup, wanted, "vedtak", ACT)
        told = [(one.subject, one.item, one.value_before, one.value_after) for one in changes_of(connection)
                if one.because == "vedtak"]  # fmt: skip

    assert told == [
        ("account 1920", "name", "Bank", "DNB"),
        ("account 1921", "name", "", "KLP"),
        ("dunning routine KOM/PWS", "days_after_due", "30", "21"),
        ("collector set-up", "post_collector_vouchers", "true", "false"),
    ]
    assert {one.number for one in standing(world).accounts} == {one.number for one in wanted.accounts}
    assert len(standing(world).dunning_routines) == 2, "the other routine is not mentioned, and stays"


def test_what_is_removed_leaves_its_history(world: World) -> None:
    setup = company_setup()
    fewer = msgspec.structs.replace(
        setup,
        sub_ledger_types=tuple(one for one in setup.sub_ledger_types if one.code != "BHG"),
        accounts=tuple(one for one in setup.accounts if one.number not in {"7830", "1530"}),
    )
    with world.writing() as connection:
        remove_setup(connection, setup, fewer, "rydding", ACT)
        told = [(one.subject, one.value_after) for one in changes_of(connection) if one.because == "rydding"]

    assert set(told) == {("account 7830", ""), ("account 1530", ""), ("sub-ledger type BHG", "")}
    assert in_order(standing(world)) == in_order(fewer)


def test_what_came_since_somebody_looked_is_not_removed(world: World) -> None:
    setup = company_setup()
    with world.writing() as connection:
        change_setup(connection, None, msgspec.structs.replace(setup, accounts=(Account("1921", "KLP"),)), "ny", ACT)
        remove_setup(connection, setup, setup, "rydding", ACT)

    assert Account("1921", "KLP") in standing(world).accounts


def test_what_somebody_else_changed_meanwhile_is_not_changed_back(world: World) -> None:
    setup = company_setup()
    mine = msgspec.structs.replace(setup, accounts=by_code(setup.accounts, "1920", name="DNB"))
    theirs = msgspec.structs.replace(setup, accounts=by_code(setup.accounts, "1500", name="Kundekrav"))
    with world.writing() as connection:
        change_setup(connection, setup, theirs, "deres", ACT)
        change_setup(connection, setup, mine, "mitt", ACT)
        told = [(one.subject, one.value_after) for one in changes_of(connection) if one.because == "mitt"]

    assert told == [("account 1920", "DNB")]
    assert {one.number: one.name for one in standing(world).accounts}["1500"] == "Kundekrav"


@pytest.mark.parametrize(
    ("kind", "code", "changes", "subject"),
    [
        ("number_series", "A", {"first_number": 1}, "number series A"),
        ("voucher_types", "FAK", {"meaning": Meaning.CORRECTION}, "voucher type FAK"),
        ("voucher_types", "FAK", {"series": "W"}, "voucher type FAK"),
        ("sub_ledger_types", "KOM", {"receivable_account": "1530"}, "sub-ledger type KOM"),
        ("dunning_codes", "PWS", {"to_collector": False}, "dunning code PWS"),
    ],
)
def test_what_is_in_use_says_on_what_it_says(
    used: World, kind: str, code: str, changes: dict[str, object], subject: str
) -> None:
    setup = standing(used)
    other = msgspec.structs.replace(setup, **{kind: by_code(getattr(setup, kind), code, **changes)})
    with used.writing() as connection:
        found = refusals(connection, other)
        with pytest.raises(Stop, match=r"books\.setup_in_use"):
            change_setup(connection, setup, other, "vedtak", ACT)

    assert {(one.code, one.facts["subject"]) for one in found} == {("books.setup_in_use", subject)}
    assert {one.facts["item"] for one in found} == set(changes)
    assert standing(used) == setup


@pytest.mark.parametrize(
    ("kind", "code", "subject"),
    [
        ("accounts", "1500", "account 1500"),
        ("number_series", "A", "number series A"),
        ("voucher_types", "FAK", "voucher type FAK"),
        ("sub_ledger_types", "KOM", "sub-ledger type KOM"),
        ("dunning_codes", "PWS", "dunning code PWS"),
    ],
)
def test_what_is_in_use_is_not_removed(used: World, kind: str, code: str, subject: str) -> None:
    setup = standing(used)
    kept = tuple(
        one for one in getattr(setup, kind) if code not in (getattr(one, "code", ""), getattr(one, "number", ""))
    )
    fewer = msgspec.structs.replace(setup, **{kind: kept})
    with used.writing() as connection:
        assert {(one.code, one.facts["subject"]) for one in refusals(connection, fewer)} == {
            ("books.setup_kept", subject)
        }
        with pytest.raises(Stop, match=r"books\.setup_kept"):
            remove_setup(connection, setup, fewer, "rydding", ACT)
    assert standing(used) == setup


def test_how_the_collectors_vouchers_are_marked_is_for_good_once_there_are_any(used: World) -> None:
    setup = standing(used)
    other = msgspec.structs.replace(setup, collector=CollectorSetup("KARI", "INN", post_collector_vouchers=False))
    with used.reading() as connection:
        found = refusals(connection, other)

    assert [(one.code, one.facts["item"]) for one in found] == [
        ("books.setup_in_use", "collector_registrar"), ("books.setup_in_use", "collector_voucher_type"),
    ]  # fmt: skip


def test_names_may_change_whatever_rests_on_them(used: World) -> None:
    setup = standing(used)
    renamed = msgspec.structs.replace(
        setup,
        accounts=by_code(setup.accounts, "1500", name="Krav"),
        sub_ledger_types=by_code(setup.sub_ledger_types, "KOM", name="Avgifter"),
        number_series=(*by_code(setup.number_series, "A", name="Bilag"), NumberSeries("B", "Ny", 1)),
    )
    with used.writing() as connection:
        change_setup(connection, setup, renamed, "nye navn", ACT)

    assert SubLedgerType("KOM", "Avgifter", "1500") in standing(used).sub_ledger_types
    assert used.ledger.audit(COMPANY) == []
