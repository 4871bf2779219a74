"""A password is looked up in the environment, then in the keyring, and never anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from kravbro.bootstrap.secrets import NAMES, SERVICE, Secrets, forget, keep
from kravbro.core.errors import DataFault, Stop
from kravbro.ledgers.tryton.source import open_tryton
from kravbro.ledgers.visma_business.opening import open_databases
from tests.keyrings import KeyringInMemory, LockedKeyring, NoKeyring, keyring_of

TRYTON, VISMA, *_ = NAMES
ADDRESS = "tryton+https://kravbro@erp.example.no/regnskap"


@pytest.fixture
def ring() -> Iterator[KeyringInMemory]:
    with keyring_of(KeyringInMemory) as ring:
        assert isinstance(ring, KeyringInMemory)
        yield ring


def test_what_is_kept_is_found_under_the_name_of_its_variable(ring: KeyringInMemory) -> None:
    keep(TRYTON, "hemmelig ært")

    assert ring.kept == {(SERVICE, TRYTON): "hemmelig ært"}
    assert Secrets({})[TRYTON] == "hemmelig ært"
    assert Secrets({}).get(VISMA, "") == ""
    assert [forget(TRYTON), forget(TRYTON)] == [True, False]
    assert TRYTON not in Secrets({})


@pytest.mark.usefixtures("ring")
def test_the_environment_comes_first_and_then_the_file_that_it_names() -> None:
    keep(TRYTON, "in the keyring")
    of_file = {f"{TRYTON}_FILE": "/run/secrets/tryton"}

    places = [Secrets(one).place_of(TRYTON) for one in ({TRYTON: "said"}, of_file, {})]

    assert places == ["environment", "file", "keyring"]
    assert Secrets({TRYTON: "said"})[TRYTON] == "said"
    assert TRYTON not in Secrets(of_file)


def test_nothing_but_our_secrets_is_asked_of_the_keyring(ring: KeyringInMemory) -> None:
    ring.kept[SERVICE, "PATH"] = "/tmp"  # noqa: S108 - no path is used

    assert "PATH" not in Secrets({})
    with pytest.raises(DataFault, match=r"secret\.unknown"):
        keep("PATH", "x")


@pytest.mark.usefixtures("ring")
def test_both_adapters_take_it() -> None:
    keep(TRYTON, "for tryton")
    keep(VISMA, "for visma")
    settings = (
        'voucher_type = 77\nfirst_voucher_no = 1\nlast_voucher_no = 9\ndelivery = "tables"\n[meanings]\n11 = "invoice"'
    )

    assert open_tryton(ADDRESS, "", Secrets({}), date(2026, 3, 2)).client._password == "for tryton"
    databases, _ = open_databases("postgresql://kravbro@127.0.0.1:1/vb", settings, Secrets({}))
    assert databases.engine(1).url.password == "for visma"
    databases.close()


@pytest.mark.parametrize("value", ["", "two\nlines", "x" * 1_001])
def test_what_is_no_password_is_not_kept(ring: KeyringInMemory, value: str) -> None:
    with pytest.raises(DataFault, match=r"secret\.unusable") as refused:
        keep(TRYTON, value)

    assert not ring.kept
    assert not value or value not in str(refused.value)


def test_a_machine_without_a_keyring_has_no_secret_there_and_keeps_none() -> None:
    with keyring_of(NoKeyring):
        assert TRYTON not in Secrets({})
        assert Secrets({}).place_of(TRYTON) == ""
        with pytest.raises(Stop, match=r"secret\.no_keyring"):
            keep(TRYTON, "x")


def test_a_keyring_that_is_locked_says_so_and_is_not_taken_for_empty() -> None:
    with keyring_of(LockedKeyring), pytest.raises(Stop, match=r"secret\.keyring_refused"):
        Secrets({}).get(TRYTON)
