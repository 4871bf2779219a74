"""Each house rule catches a bad sample and lets a good one pass.

Samples are written with `·` inside words that are banned in text, so that this file keeps the rules that it tests.
"""

import pytest

from tests.tidy.sources import Source, bad_exemptions
from tests.tidy.test_house import RULES

PROGRAM = "src/kravbro/core/sample.py"
DOC = '"""Sample."""\n'

BAD: list[tuple[str, str, str]] = [
    ("clock", PROGRAM, "from datetime import datetime, UTC\nx = datetime.now(UTC)"),
    ("clock", PROGRAM, "import datetime as dt\nx = dt.date.today()"),
    ("clock", PROGRAM, "from time import monotonic as tick\nx = sorted([], key=tick)"),
    ("clock", PROGRAM, "import time\nx = time.perf_counter()"),
    ("clock", PROGRAM, "import sqlalchemy as sa\nx = sa.func.now()"),
    ("clock", PROGRAM, 'x = "select CURRENT_·TIMESTAMP"'),
    ("clock", "tests/core/test_sample.py", "import time\nx = time.time()"),
    ("sleep", "tests/core/test_sample.py", "import time\ntime.sleep(1)"),
    ("function-length", PROGRAM, "def f() -> None:\n" + "    print()\n" * 70),
    ("file-length", PROGRAM, "x = 1\n" * 500),
    ("vague-name", "src/kravbro/core/date_utils.py", "x = 1"),
    ("vague-name", "src/kravbro/common/dates.py", "x = 1"),
    ("vague-name", PROGRAM, "class CaseManager: ..."),
    ("vague-name", PROGRAM, "class SQLHelper: ..."),
    ("float-money", PROGRAM, "x = float(amount_ore)"),
    ("float-money", PROGRAM, "x = claim.principal_ore / 100"),
    ("float-money", PROGRAM, "total_ore /= 2"),
    ("float-money", PROGRAM, "x = 0.5 * fee_ore"),
    ("float-money", PROGRAM, "def f(fee_ore: float) -> None: ..."),
    ("float-money", PROGRAM, "fee_ore: float = 0"),
    ("float-money", PROGRAM, "import sqlalchemy as sa\nx = sa.Column('fee_ore', sa.Float)"),
    ("swallowed", PROGRAM, "try:\n    f()\nexcept KeyError:\n    pass"),
    ("swallowed", PROGRAM, "try:\n    f()\nexcept KeyError:\n    ..."),
    ("swallowed", PROGRAM, "try:\n    f()\nexcept:\n    g()"),
    ("swallowed", PROGRAM, "from contextlib import suppress\nwith suppress(Exception):\n    f()"),
    ("print", PROGRAM, "print(1)"),
    ("print", PROGRAM, "import sys\nsys.stdout.write('1')"),
    ("built-sql", PROGRAM, "text(f'select * from t where id = {id}')"),
    ("built-sql", PROGRAM, "import sqlalchemy as sa\nsa.text('select * from ' + table)"),
    ("built-sql", PROGRAM, "connection.execute('select * from %s' % table)"),
    ("built-sql", PROGRAM, "connection.cursor().execute('select {}'.format(x))"),
    ("mocked-story", "tests/stories/test_day.py", "from unittest import mock\nx = mock.Mock()"),
    ("mocked-story", "tests/stories/test_day.py", "def test(monkeypatch: object) -> None: ..."),
    ("toothless-test", "tests/core/test_sample.py", "assert True"),
    ("toothless-test", "tests/core/test_sample.py", "import pytest\npytest.skip('later')"),
    ("unexplained-suppression", PROGRAM, "x = 1  # noqa: E501"),
    ("unexplained-suppression", PROGRAM, "x = 1  # type: ignore[misc]"),
    ("hidden-definition", PROGRAM, "def f() -> None: ...\ndef f() -> None: ..."),
    ("unfinished", PROGRAM, "x = 1  # TO·DO: more"),
    ("unfinished", "docs/page.md", "This is enough for· now."),
    ("unfinished", "docs/page.md", "In a· real system it would be checked."),
    ("unfinished", PROGRAM, "raise Not·ImplementedError"),
    ("place", "docs/page.md", "Install it from https://py·pi.org/simple"),
    ("place", "requirements/dev.txt", "--index-·url https://example.org"),
    ("place", "docs/page.md", "See /ro·ot/kravbro"),
    ("place", "docs/page.md", "See /ho·me/kari/kravbro"),
    ("place", "docs/page.md", "See C:\\Us·ers\\kari"),
    ("trailing-space", "docs/page.md", "A line. \n"),
    ("trailing-space", "docs/page.md", "A line."),
]
GOOD: list[tuple[str, str, str]] = [
    ("clock", PROGRAM, "from datetime import date\ndef f(today: date) -> int:\n    return today.year"),
    ("clock", PROGRAM, "x = clock.now()"),
    ("clock", "src/kravbro/engine/clock.py", "import time\nx = time.monotonic_ns()"),
    ("clock", "benchmarks/ocr_giro.py", "import time\nx = time.perf_counter()"),
    ("sleep", PROGRAM, "event.wait()"),
    ("function-length", PROGRAM, "def f() -> None:\n" + "    print()\n" * 69),
    ("function-length", "src/kravbro/migrations/office/office_0001_first.py", "def f() -> None:\n" + "    g()\n" * 99),
    ("file-length", PROGRAM, "x = 1\n" * 499),
    ("module-docstring", PROGRAM, "x = 1"),
    ("vague-name", "src/kravbro/core/accommodation.py", "class Communication: ..."),
    ("float-money", PROGRAM, "x = amount_ore // 100 + days / 365"),
    ("float-money", PROGRAM, "import sqlalchemy as sa\nx = sa.Column('fee_ore', sa.BigInteger)"),
    ("swallowed", PROGRAM, "try:\n    x = f()\nexcept KeyError:\n    x = None"),
    ("swallowed", PROGRAM, "from contextlib import suppress\nwith suppress(FileNotFoundError):\n    f()"),
    ("print", "src/kravbro/cli/cases.py", "print(1)"),
    ("built-sql", PROGRAM, "text('select * from t where id = :id')"),
    ("built-sql", PROGRAM, "connection.execute(sa.select(t).where(t.c.id == id))"),
    ("built-sql", PROGRAM, "connection.exec_driver_sql(f'PRAGMA {pragma}')"),
    ("mocked-story", "tests/core/test_day.py", "def test(monkeypatch: object) -> None: ..."),
    ("toothless-test", "tests/core/test_sample.py", "assert f() == 1"),
    ("unexplained-suppression", PROGRAM, "x = 1  # noqa: E501 - a link cannot be broken\ny = 2  # noqa: E501"),
    ("hidden-definition", PROGRAM, "def f() -> None: ...\ndef g() -> None: ..."),
    ("unfinished", PROGRAM, "x = 1  # the todos of a clerk are rows"),
    ("place", "docs/page.md", "Settings lie in /etc/kravbro, the log in /var/log; see docs/root/page.md."),
    ("trailing-space", "docs/page.md", "A line.\n"),
]


def sample(path: str, body: str) -> Source:
    return Source(path, (DOC if path.endswith(".py") else "") + body.replace("·", ""))


def findings(rule_name: str, source: Source) -> list[str]:
    (rule,) = (rule for rule in RULES if rule.name == rule_name)
    return [str(finding) for finding in rule.findings(source)]


@pytest.mark.parametrize(("rule", "path", "body"), BAD)
def test_a_bad_sample_is_caught(rule: str, path: str, body: str) -> None:
    (message, *_) = findings(rule, sample(path, body))

    assert message.startswith(f"{path}:")
    assert " is banned, " in message


@pytest.mark.parametrize(("rule", "path", "body"), GOOD)
def test_a_good_sample_passes(rule: str, path: str, body: str) -> None:
    assert findings(rule, sample(path, body)) == []


def test_a_module_without_docstring_is_caught() -> None:
    assert findings("module-docstring", Source(PROGRAM, "x = 1\n"))


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_every_rule_has_a_bad_and_a_good_sample(rule: str) -> None:
    caught = {name for name, _, _ in BAD} | {"module-docstring"}

    assert rule in caught
    assert rule in {name for name, _, _ in GOOD}


def test_an_exemption_with_a_reason_holds_for_its_rule_and_line_only() -> None:
    source = sample(PROGRAM, "x = float(a_ore)  # tidy: float-money - shown in a chart only\ny = float(b_ore)")

    assert [message.split(":")[1] for message in findings("float-money", source)] == ["3"]


@pytest.mark.parametrize(
    "comment",
    ["# tidy: float-money", "# tidy: float-money - why", "# tidy: no-such-rule - a long enough reason"],
)
def test_an_exemption_without_rule_and_reason_is_caught(comment: str) -> None:
    (finding,) = bad_exemptions(sample(PROGRAM, f"x = float(a_ore)  {comment}"), RULES)

    assert "without rule and reason is banned" in finding.message


def test_an_exemption_that_nothing_needs_is_caught() -> None:
    (finding,) = bad_exemptions(sample(PROGRAM, "x = 1  # tidy: float-money - shown in a chart only"), RULES)

    assert "that nothing needs is banned" in finding.message
