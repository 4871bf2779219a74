"""Which codes the program raises, and with which facts: read from its syntax, without running it.

A code is written out where the error is made (or is a constant, an enum member, or the argument of a function that
makes the error for its callers), so that a search for a code finds every place that can raise it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.tidy.sources import Source, exempted_lines, program_sources

KINDS = ("Retry", "Skip", "Stop", "DataFault")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
RULE = "code"


@dataclass(frozen=True)
class RaiseSite:
    """A place that makes an error. `open` says that more facts may come than can be read here."""

    path: str
    line: int
    kind: str
    code: str
    facts: frozenset[str]
    open: bool


@dataclass(frozen=True)
class Factory:
    """A function that makes an error with a code, or the end of a code, that its caller names."""

    kind: str
    path: str
    parameters: tuple[str, ...]
    parameter: str
    prefix: str
    facts: frozenset[str]
    passes_on: bool

    def argument(self, call: ast.Call) -> ast.expr | None:
        """The expression that a call passes as the code."""
        for keyword in call.keywords:
            if keyword.arg == self.parameter:
                return keyword.value
        position = self.parameters.index(self.parameter)
        return call.args[position] if position < len(call.args) else None

    def given(self, call: ast.Call) -> frozenset[str]:
        """The facts of an error that is made by a call of this function."""
        named = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
        return self.facts | (named - frozenset(self.parameters) if self.passes_on else frozenset())


Factories = dict[str, dict[str, Factory]]
"""Functions that make errors, by name and by the path of their file: two files may give one name to two functions."""


@dataclass(frozen=True)
class Unreadable:
    """A place that makes an error whose code cannot be read."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: a code that is not written out is banned, use a literal or an enum member"


@cache
def scan() -> tuple[tuple[RaiseSite, ...], tuple[Unreadable, ...]]:
    """All places in the program that make an error."""
    return scan_sources(program_sources())


def scan_sources(sources: list[Source]) -> tuple[tuple[RaiseSite, ...], tuple[Unreadable, ...]]:
    """All places in these sources that make an error, and those whose code cannot be read."""
    constants = {name: value for source in sources for name, value in _constants(source)}
    factories = _all_factories(sources)
    sites: list[RaiseSite] = []
    unreadable: list[Unreadable] = []
    for source in sources:
        exempt = exempted_lines(source, RULE)
        for call, function in _calls(source):
            making = _making(call, source, factories)
            if making is None or (function and _parameter(making.code, function)) or _passed_on(call, making.code):
                continue
            codes = [making.prefix + value for value in _values(making.code, constants)]
            sites += [
                RaiseSite(source.path, call.lineno, making.kind, code, making.facts, making.open) for code in codes
            ]
            if not codes and call.lineno not in exempt:
                unreadable.append(Unreadable(source.path, call.lineno))
    return tuple(sites), tuple(unreadable)


def enum_codes(sources: list[Source]) -> dict[str, str]:
    """Codes that stand as members of enums (reasons shown to people), with the path that declares them."""
    return {
        value: source.path
        for source in sources
        for name, value in _constants(source)
        if "." in name and CODE.fullmatch(value)
    }


def strings(sources: list[Source]) -> tuple[set[str], set[str]]:
    """Every string that the program writes out, and the beginnings of those that it puts together.

    Codes that are put together by a function that makes errors are known whole: their beginnings do not count.
    """
    whole: set[str] = set()
    beginnings: set[str] = set()
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                match node.values:
                    case [ast.Constant(value=str(start)), *_] if re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)*\.", start):
                        beginnings.add(start)
    whole |= {site.code for site in scan_sources(sources)[0]}
    return whole, beginnings - {
        factory.prefix for known in _all_factories(sources).values() for factory in known.values()
    }


def _constants(source: Source) -> Iterator[tuple[str, str]]:
    """Names of the module's string constants, `NAME`, and of enum members, `Class.NAME`."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
            for name, value in _assigned(node.body):
                yield f"{node.name}.{name}", value
    yield from _assigned(source.tree.body)


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for step in body:
        match step:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                yield name, value


@dataclass(frozen=True)
class _Making:
    """A call that makes an error, directly or by a factory."""

    kind: str
    prefix: str
    code: ast.expr
    facts: frozenset[str]
    open: bool
    passes_on: bool


def _making(call: ast.Call, source: Source, factories: Factories) -> _Making | None:
    """What error a call makes, or None if it makes none."""
    name = ast.unparse(call.func).rpartition(".")[2]
    is_open = any(keyword.arg is None for keyword in call.keywords)
    if name in KINDS and call.args:
        facts = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
        return _Making(name, "", call.args[0], facts, is_open, is_open)
    factory = _meant(source, name, factories.get(name, {}))
    code = None if factory is None else factory.argument(call)
    if factory is None or code is None:
        return None
    return _Making(
        factory.kind, factory.prefix, code, factory.given(call), factory.passes_on and is_open, factory.passes_on
    )


def _meant(source: Source, name: str, known: Mapping[str, Factory]) -> Factory | None:
    """The factory that a call of a name means: of its own file, of its package, or the one that is imported by name."""
    if source.path in known:
        return known[source.path]
    package, imported = source.path.rpartition("/")[0], source.imported_names.get(name, "")
    for path, factory in known.items():
        module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if path.rpartition("/")[0] == package or imported == f"{module}.{name}":
            return factory
    return None


def _all_factories(sources: list[Source]) -> Factories:
    """Functions that make errors for their callers, and functions that call those in turn: by name, then by file."""
    factories: Factories = {}
    while True:
        found: Factories = {}
        for source in sources:
            for name, factory in _factories(source, factories):
                found.setdefault(name, {})[source.path] = factory
        if _names(found) == _names(factories):
            return factories
        factories = found


def _names(factories: Factories) -> set[tuple[str, str]]:
    return {(name, path) for name, known in factories.items() for path in known}


def _factories(source: Source, known: Factories) -> Iterator[tuple[str, Factory]]:
    for call, function in _calls(source):
        making = _making(call, source, known)
        if making and function and (named := _parameter(making.code, function)):
            prefix, parameter = named
            yield (
                function.name,
                Factory(
                    making.kind,
                    source.path,
                    _parameters(function),
                    parameter,
                    making.prefix + prefix,
                    making.facts,
                    making.passes_on,
                ),
            )


def _calls(source: Source) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    """Every call, with the innermost function that it stands in."""
    inside: dict[int, ast.FunctionDef] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            inside.update({id(part): node for part in ast.walk(node)})
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, inside.get(id(node))


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    """The names of a function's parameters, those that can be given by position first."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return tuple(argument.arg for argument in arguments if argument.arg not in {"self", "cls"})


def _parameter(code: ast.expr, function: ast.FunctionDef) -> tuple[str, str] | None:
    """The parameter that a code is (or ends in), after the prefix that the function puts before it."""
    match code:
        case ast.Name(id=name) if name in _parameters(function):
            return "", name
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), ast.FormattedValue(value=ast.Name(id=name))]):
            return (prefix, name) if name in _parameters(function) else None
        case ast.Name(id=local):
            for step in ast.walk(function):
                match step:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.JoinedStr() as value) if name == local:
                        return _parameter(value, function)
    return None


def _passed_on(call: ast.Call, code: ast.expr) -> bool:
    """Whether a call gives a known error another kind: `Stop(fault.code, **fault.facts)`."""
    if not isinstance(code, ast.Attribute) or code.attr != "code":
        return False
    owner = ast.unparse(code.value)
    return any(keyword.arg is None and ast.unparse(keyword.value) == f"{owner}.facts" for keyword in call.keywords)


def _values(code: ast.expr, constants: dict[str, str]) -> list[str]:
    """The values that the expression of a code can have; none if they cannot be read."""
    match code:
        case ast.Constant(value=str(value)):
            return [value]
        case ast.IfExp(body=body, orelse=orelse):
            found = [_values(body, constants), _values(orelse, constants)]
            return [*found[0], *found[1]] if all(found) else []
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if f"{owner}.{name}" in constants:
            return [constants[f"{owner}.{name}"]]
    return []
