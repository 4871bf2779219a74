"""The style guide as a test: every rule over every file of the repository."""

import pytest

from tests.tidy.code_rules import CODE_RULES
from tests.tidy.sources import Finding, Rule, bad_exemptions, repository
from tests.tidy.text_rules import TEXT_RULES

RULES = [*CODE_RULES, *TEXT_RULES]


def report(findings: list[Finding]) -> str:
    return "\n".join(["", *map(str, findings)])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_repository_keeps_the_rule(rule: Rule) -> None:
    findings = [finding for source in repository() for finding in rule.findings(source)]

    assert not findings, report(findings)


def test_every_exemption_has_a_reason_and_is_still_needed() -> None:
    findings = [finding for source in repository() if source.is_python for finding in bad_exemptions(source, RULES)]

    assert not findings, report(findings)


def test_the_repository_is_read() -> None:
    paths = {source.path for source in repository()}

    assert {"pyproject.toml", "README.md", "src/kravbro/__init__.py", "tests/tidy/test_house.py"} <= paths
