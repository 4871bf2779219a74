"""House rules that read the structure of Python code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tests.tidy.sources import Rule, Source

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500

CLOCK_READS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.localtimestamp",
    "sqlalchemy.func.now",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
    "time.process_time_ns",
    "time.strftime",
    "time.time",
    "time.time_ns",
}
SQL_CLOCK = re.compile(r"(?<![.\w])CURRENT_(TIMESTAMP|DATE|TIME)\b|\(\s*'now'", re.IGNORECASE)
VAGUE_WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
SQL_CALLS = {"text", "execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars"}
SQL_WITHOUT_PARAMETERS = ("PRAGMA ", "BEGIN ")


def _python(path: str) -> bool:
    return path.endswith(".py")


def _program(path: str) -> bool:
    return path.startswith("src/") and _python(path)


def _test(path: str) -> bool:
    return path.startswith("tests/") and _python(path)


def clock(source: Source) -> Iterator[tuple[int, str]]:
    """Nothing but the clock reads the clock."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.dotted(node) in CLOCK_READS:
            yield (
                node.lineno,
                f"{source.dotted(node)} is banned, use a date or moment that is passed in (engine/clock.py)",
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCK.search(node.value):
            yield node.lineno, "the database's clock is banned, use a moment that is passed in (engine/clock.py)"


def sleep(source: Source) -> Iterator[tuple[int, str]]:
    """Waiting a while is a guess; waiting for the thing itself is not."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.dotted(node) == "time.sleep":
            yield node.lineno, "time.sleep is banned, use an event, a lock or a process's end to wait for"


def function_length(source: Source) -> Iterator[tuple[int, str]]:
    """A function is read in one go."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield (
                    node.lineno,
                    f"{node.name} with {lines} lines is banned, use functions of at most {FUNCTION_LINES_MAX}",
                )


def file_length(source: Source) -> Iterator[tuple[int, str]]:
    """A file has one subject."""
    lines = len(source.lines)
    if lines > FILE_LINES_MAX:
        yield 1, f"a file of {lines} lines is banned, use files of at most {FILE_LINES_MAX}, one subject each"


def module_docstring(source: Source) -> Iterator[tuple[int, str]]:
    """Every module says what it is for."""
    if not ast.get_docstring(source.tree):
        yield 1, "a module without a docstring is banned, use one that says what the module is for"


def vague_name(source: Source) -> Iterator[tuple[int, str]]:
    """A name says what the thing is."""
    for part in source.path.removesuffix(".py").split("/"):
        for word in VAGUE_WORDS & set(part.lower().split("_")):
            yield 1, f"{word} in {part} is banned, use a name that says what it is or does"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", node.name)
            for word in VAGUE_WORDS & {word.lower() for word in words}:
                yield node.lineno, f"{word} in {node.name} is banned, use a name that says what it is or does"


def _names_ore(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id.endswith("_ore"))
        or (isinstance(part, ast.Attribute) and part.attr.endswith("_ore"))
        for part in ast.walk(node)
    )


def _float_ore(node: ast.AST) -> str:  # noqa: PLR0911 - one answer per shape
    """What makes a float of an amount in øre here, or an empty string."""
    match node:
        case ast.Call(func=ast.Name(id="float"), args=arguments) if any(_names_ore(one) for one in arguments):
            return "float() of øre"
        case ast.BinOp(left=left, op=ast.Div(), right=right) if _names_ore(left) or _names_ore(right):
            return "/ on øre"
        case ast.AugAssign(target=target, op=ast.Div(), value=value) if _names_ore(target) or _names_ore(value):
            return "/ on øre"
        case ast.BinOp(left=left, op=ast.Mult(), right=ast.Constant(value=float())) if _names_ore(left):
            return "a float factor on øre"
        case ast.BinOp(left=ast.Constant(value=float()), op=ast.Mult(), right=right) if _names_ore(right):
            return "a float factor on øre"
        case ast.AnnAssign(target=target, annotation=ast.Name(id="float")) if _names_ore(target):
            return "a float amount"
        case ast.arg(arg=name, annotation=ast.Name(id="float")) if name.endswith("_ore"):
            return "a float amount"
        case ast.Call(args=[ast.Constant(value=str(name)), kind, *_]) if name.endswith("_ore"):
            columns = {part.attr for part in ast.walk(kind) if isinstance(part, ast.Attribute)}
            return "a float column" if columns & {"Float", "Double", "REAL", "Numeric"} else ""
    return ""


def float_money(source: Source) -> Iterator[tuple[int, str]]:
    """Money is whole øre."""
    for node in ast.walk(source.tree):
        if what := _float_ore(node):
            line: int = getattr(node, "lineno", 1)
            yield line, f"{what} is banned, use whole øre and // or Fraction with a visible rounding (core/money.py)"


def swallowed(source: Source) -> Iterator[tuple[int, str]]:
    """An error that nobody hears of is a lost øre."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield node.lineno, "a bare except is banned, use the one exception that is expected"
            elif all(isinstance(step, ast.Pass) or _is_ellipsis(step) for step in node.body):
                yield node.lineno, "a swallowed exception is banned, use an answer, a raise or a logged reason"
        elif isinstance(node, ast.Call) and source.dotted(node.func) == "contextlib.suppress":
            broad = {"Exception", "BaseException"} & {source.dotted(argument) for argument in node.args}
            if broad:
                yield node.lineno, f"suppress({broad.pop()}) is banned, use the one exception that is expected"


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...


def printing(source: Source) -> Iterator[tuple[int, str]]:
    """Only the command line talks to a person directly."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and source.dotted(node.func) in {"print", "sys.stdout.write", "sys.stderr.write"}:
            yield node.lineno, "print is banned, use a returned value or an error with a code"


def _built_sql(argument: ast.expr) -> bool:
    """Whether a string is put together here, rather than written out with bound parameters."""
    match argument:
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start.startswith(SQL_WITHOUT_PARAMETERS):
            return False
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return any(
                isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
                for part in ast.walk(argument)
            )
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format" | "join")):
            return True
    return False


def built_sql(source: Source) -> Iterator[tuple[int, str]]:
    """A value never becomes part of a statement's text."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.args:
            name = source.dotted(node.func).rpartition(".")[2] or getattr(node.func, "attr", "")
            if name in SQL_CALLS and _built_sql(node.args[0]):
                yield (
                    node.lineno,
                    f"{name}() of a built string is banned, use bound parameters or SQLAlchemy's expressions",
                )


def mocked_story(source: Source) -> Iterator[tuple[int, str]]:
    """A story runs the real thing."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.dotted(node).startswith("unittest.mock"):
            yield node.lineno, "a mock in a story is banned, use the real part with data of its own"
        elif isinstance(node, ast.arg) and node.arg in {"monkeypatch", "mocker"}:
            yield node.lineno, f"{node.arg} in a story is banned, use the real part with data of its own"


def toothless_test(source: Source) -> Iterator[tuple[int, str]]:
    """A test can fail."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant):
            yield node.lineno, "an assert of a constant is banned, use one that can fail"
        elif isinstance(node, ast.Attribute) and source.dotted(node) in {"pytest.skip", "pytest.mark.skip"}:
            yield node.lineno, "skipping a test is banned, use a capability that the suite asks for"


def unexplained_suppression(source: Source) -> Iterator[tuple[int, str]]:
    """A linter is silenced with a reason; the first use of a code in a file gives it for the whole file."""
    explained: set[str] = set()
    pattern = re.compile(
        r"#\s*(?:noqa:|type:\s*ignore)\s*\[?(?P<codes>[A-Za-z0-9, -]*?)\]?(?P<reason>\s+[-#]\s*\S.{4,})?$"
    )
    for number, comment in source.comments.items():
        if match := pattern.search(comment):
            codes = {code.strip() for code in match["codes"].split(",")}
            if match["reason"]:
                explained |= codes
            elif codes - explained:
                yield number, "a silenced linter without a reason is banned, use `# noqa: CODE - REASON`"


def hidden_definition(source: Source) -> Iterator[tuple[int, str]]:
    """Two functions of one name in one place: the second hides the first."""
    for parent in ast.walk(source.tree):
        body = getattr(parent, "body", None)
        if not isinstance(body, list):
            continue
        names = sorted(
            (step.name, step.lineno)
            for step in body
            if isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef) and not step.decorator_list
        )
        for (first, _), (second, line) in pairwise(names):
            if first == second:
                yield line, f"a second {second} is banned, use another name: it hides the first"


CODE_RULES = [
    Rule("clock", lambda path: _python(path) and not _may_read_clock(path), clock),
    Rule("sleep", _python, sleep),
    Rule("function-length", lambda path: _python(path) and not _revision(path), function_length),
    Rule("file-length", lambda path: _python(path) and not _revision(path), file_length),
    Rule("module-docstring", _python, module_docstring),
    Rule("vague-name", _python, vague_name),
    Rule("float-money", _python, float_money),
    Rule("swallowed", _python, swallowed),
    Rule("print", lambda path: _program(path) and not path.startswith("src/kravbro/cli/"), printing),
    Rule("built-sql", _program, built_sql),
    Rule("mocked-story", lambda path: path.startswith("tests/stories/") and _python(path), mocked_story),
    Rule("toothless-test", _test, toothless_test),
    Rule("unexplained-suppression", _python, unexplained_suppression),
    Rule("hidden-definition", _python, hidden_definition),
]


def _may_read_clock(path: str) -> bool:
    """The clock itself, and what measures speed."""
    return path == "src/kravbro/engine/clock.py" or path.startswith("benchmarks/")


def _revision(path: str) -> bool:
    """A revision of the database: one list of tables, generated from the models and never edited afterwards."""
    return re.fullmatch(r"src/kravbro/migrations/[a-z]+/[a-z]+_[0-9]{4}_\w+\.py", path) is not None
