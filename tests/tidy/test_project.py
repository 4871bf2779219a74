"""What the project file and the lock files promise: every layer has its place, and every pin its hash."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tidy.sources import ROOT

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)")
LOCKS = ("runtime", "dev", "lock", "tryton", "bankstatementparser")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def layer_names(layers: list[str]) -> Iterator[tuple[str, bool]]:
    """Every package in the layers, and whether it is marked as not built yet."""
    for layer in layers:
        for name in re.split(r"[|:]", layer):
            yield name.strip().strip("()"), name.strip().startswith("(")


def blocks(lock: str) -> Iterator[tuple[str, str, str]]:
    """Every pin of a lock file: name, version, and the text of its block."""
    for block in re.split(r"\n(?=[a-z0-9-]+==)", (ROOT / f"requirements/{lock}.txt").read_text(encoding="utf-8")):
        if match := PIN.match(block):
            yield match["name"], match["version"], block


def test_only_a_package_that_is_not_built_yet_stands_in_parentheses() -> None:
    (contract,) = (one for one in project()["tool"]["importlinter"]["contracts"] if one["type"] == "layers")

    assert contract["exhaustive"]
    for name, in_parentheses in layer_names(contract["layers"]):
        built = (ROOT / "src/kravbro" / name / "__init__.py").exists()
        assert not (built and in_parentheses), f"{name} is built: take it out of its parentheses in pyproject.toml"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    pins = list(blocks(lock))
    text = (ROOT / f"requirements/{lock}.txt").read_text(encoding="utf-8")

    assert pins
    assert [name for name, _, block in pins if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|file:|^-[a-z]|--[a-z-]*(?:index|links|host)", text, re.MULTILINE) == []


def test_developers_run_what_users_run() -> None:
    runtime = {name: version for name, version, _ in blocks("runtime")}
    development = {name: version for name, version, _ in blocks("dev")}

    assert runtime.items() <= development.items()


def test_every_dependency_is_locked() -> None:
    declared = project()["project"]
    names = {
        lock: {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in lines}
        for lock, lines in (
            ("runtime", declared["dependencies"]),
            ("dev", [*declared["optional-dependencies"]["dev"], *project()["build-system"]["requires"]]),
        )
    }

    for lock, wanted in names.items():
        assert wanted <= {name for name, _, _ in blocks(lock)}, f"run: make lock ({lock})"
