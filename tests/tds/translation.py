"""T-SQL in, SQLite out: by sqlglot, and by what it does not know: exact decimals, conversions, names of tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.tds.catalogue import Catalogue, sqlite_collation
from tests.tds.definitions import Column, Definition, definition_of
from tests.tds.expressions import KIND, Scope
from tests.tds.faults import SYNTAX, Fault
from tests.tds.functions import DECIMAL
from tests.tds.kinds import TEXT, Kind
from tests.tds.tokens import Command

_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "dec_add", exp.Sub: "dec_sub", exp.Mul: "dec_mul"}
_OF_ONE: dict[type[exp.Expr], str] = {
    exp.Neg: "dec_neg",
    exp.Abs: "dec_abs",
    exp.Sum: "dec_sum",
    exp.Max: "dec_max",
    exp.Min: "dec_min",
}
_COMMANDS = {exp.Insert: Command.INSERT, exp.Update: Command.UPDATE, exp.Delete: Command.DELETE}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_CONSTANT = (exp.Literal, exp.Parameter, exp.National, exp.Neg)
_LOCKING = {"UPDLOCK", "XLOCK", "TABLOCKX", "HOLDLOCK"}


@dataclass(frozen=True)
class Translated:
    """A statement for SQLite: its text, what it answers, and whether it writes or takes the lock of a writer."""

    sql: str
    columns: tuple[tuple[str, Kind | None], ...] = ()
    writes: bool = False
    counts: bool = False
    command: Command = Command.SELECT
    databases: frozenset[str] = frozenset()


def parsed(text: str) -> list[exp.Expr]:
    """The statements of a batch. Raises Fault 102 for what is no T-SQL."""
    try:
        return [one for one in sqlglot.parse(text, read="tsql") if one is not None]
    except SqlglotError as error:
        raise Fault(SYNTAX, f"Incorrect syntax: {error}", 15) from error


def translated(statement: exp.Expr, catalogue: Catalogue, database: str) -> Translated | Definition:
    """One statement for SQLite. Raises Fault for a table or column that is not there, or what is not understood."""
    if isinstance(statement, exp.Create) and statement.kind == "VIEW":
        return _view(statement, catalogue, database)
    if isinstance(statement, exp.Create | exp.Drop | exp.Alter):
        return definition_of(statement, database)
    if not isinstance(statement, exp.Query | exp.Insert | exp.Update | exp.Delete):
        raise Fault(SYNTAX, f"This server does not take {statement.sql(dialect='tsql')[:80]}")
    locks = any(
        hint.name.upper() in _LOCKING for hints in statement.find_all(exp.WithTableHint) for hint in hints.expressions
    )
    for hints in list(statement.find_all(exp.WithTableHint)):
        hints.pop()
    scope = Scope(catalogue, database)
    scope.enter(statement)
    columns = _columns(statement, scope)
    if not isinstance(statement, exp.Query):
        _convert_written(statement, scope)
    _rewrite(statement, scope)
    writes = not isinstance(statement, exp.Query)
    command = next((one for kind, one in _COMMANDS.items() if isinstance(statement, kind)), Command.SELECT)
    return Translated(statement.sql(dialect="sqlite"), columns, writes or locks, writes, command, scope.databases)


def _view(statement: exp.Create, catalogue: Catalogue, database: str) -> Definition:
    """A view, whose name SQL Server takes without a database only."""
    name = statement.this
    if name.catalog:
        raise Fault(
            166, "'CREATE/ALTER VIEW' does not allow specifying the database name as a prefix to the object name."
        )
    shown = translated(statement.expression, catalogue, database)
    assert isinstance(shown, Translated)
    columns = [Column(one, kind or TEXT) for one, kind in shown.columns]
    place = (database, name.db or "dbo", name.name)
    return Definition([f'CREATE VIEW "{".".join(place)}" AS {shown.sql}'], place, columns)


def _columns(statement: exp.Expr, scope: Scope) -> tuple[tuple[str, Kind | None], ...]:
    """Name and type of everything that a statement answers."""
    if isinstance(statement, exp.Query):
        return tuple((one.alias_or_name, scope.kind(one)) for one in statement.selects)
    returning = statement.args.get("returning")
    if returning is None:
        return ()
    for column in returning.find_all(exp.Column):
        column.set("table", None)
    return tuple((one.alias_or_name, scope.kind(one)) for one in returning.expressions)


def _call(name: str, *arguments: exp.Expr | str) -> exp.Anonymous:
    given = [exp.Literal.string(one) if isinstance(one, str) else one for one in arguments]
    return exp.Anonymous(this=name, expressions=given)


def _convert_written(statement: exp.Expr, scope: Scope) -> None:
    """Let each value become what its column keeps."""
    columns = scope.target(statement).columns

    def kept(value: exp.Expr, name: str) -> exp.Expr:
        if name.lower() not in columns:
            raise Fault(207, f"Invalid column name '{name}'.")
        return _call("stored", value.copy(), str(columns[name.lower()][1]))

    if isinstance(statement, exp.Update):
        for change in statement.expressions:
            change.set("expression", kept(change.expression, change.this.name))
        return
    if not isinstance(statement, exp.Insert):
        return
    if not isinstance(statement.this, exp.Schema):
        raise Fault(SYNTAX, "This server takes no INSERT without the names of its columns.")
    names = [one.name for one in statement.this.expressions]
    source = statement.expression
    rows = source.expressions if isinstance(source, exp.Values) else [source]
    for row in rows:
        values = row.expressions
        row.set("expressions", [kept(one.unalias(), name) for one, name in zip(values, names, strict=True)])


def _rewrite(statement: exp.Expr, scope: Scope) -> None:
    """Rewrite every part that SQLite would take in another sense, the innermost first; each keeps the type it had."""
    for node in reversed(list(statement.dfs())):
        rewrite = next((one for kinds, one in _REWRITES if isinstance(node, kinds)), None)
        if rewrite is None or (isinstance(node.parent, exp.Update) and node.arg_key == "expressions"):
            continue
        kind, parent, key, index = scope.kind(node), node.parent, node.arg_key, node.index
        new = rewrite(node, scope)
        if new is not node and parent is not None and key is not None:
            new.meta[KIND] = kind
            parent.set(key, new, index)


def _is_decimal(scope: Scope, *nodes: exp.Expr) -> bool:
    return any((kind := scope.kind(node)) is not None and kind.name == "DECIMAL" for node in nodes)


def _of_cast(node: exp.Cast, _scope: Scope) -> exp.Expr:
    return _call("stored", node.this, node.to.sql(dialect="tsql"))


def _of_arithmetic(node: exp.Binary, scope: Scope) -> exp.Expr:
    if _is_decimal(scope, node.left, node.right):
        return _call(_ARITHMETIC[type(node)], node.left, node.right)
    kinds = (scope.kind(node.left), scope.kind(node.right))
    if isinstance(node, exp.Add) and any(kind is not None and kind.is_text for kind in kinds):
        return exp.DPipe(this=node.left, expression=node.right)
    return node


def _of_round(node: exp.Round, scope: Scope) -> exp.Expr:
    digits = node.args.get("decimals") or exp.Literal.number(0)
    return _call("dec_round", node.this, digits) if _is_decimal(scope, node.this) else node


def _of_one(node: exp.Expr, scope: Scope) -> exp.Expr:
    return _call(_OF_ONE[type(node)], node.this) if _is_decimal(scope, node.this) else node


def _of_comparison(node: exp.Expr, scope: Scope) -> exp.Expr:
    """Both sides as the wider type, as SQL Server converts before it compares."""
    if isinstance(node, exp.In) and not node.expressions:
        return node
    others = (
        node.expressions
        if isinstance(node, exp.In)
        else [node.args[key] for key in ("expression", "low", "high") if node.args.get(key)]
    )
    sides = [node.this, *others]
    kinds = [scope.kind(one) for one in sides]
    if any(kind is not None and kind.name == "DECIMAL" for kind in kinds):
        as_exact = [
            exp.Collate(this=_call("dec_add", one, exp.Literal.number(0)), expression=exp.var(DECIMAL)) for one in sides
        ]
        return _with_sides(node, as_exact)
    wanted = next((kind for kind in kinds if kind is not None and kind.is_day_or_moment), None)
    wanted = wanted or next(
        (kind for kind in kinds if kind is not None and kind.name in {"INT", "BIGINT", "SMALLINT"}), None
    )
    if wanted is None:
        return node
    written = "BIGINT" if not wanted.is_day_or_moment else str(wanted)
    converted = [
        _call("stored", one, written) if isinstance(one, _CONSTANT) and not _is_number(one) else one for one in sides
    ]
    return _with_sides(node, converted)


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


def _with_sides(node: exp.Expr, sides: Sequence[exp.Expr]) -> exp.Expr:
    node.set("this", sides[0])
    if isinstance(node, exp.In):
        node.set("expressions", list(sides[1:]))
        return node
    for key, side in zip([key for key in ("expression", "low", "high") if node.args.get(key)], sides[1:], strict=True):
        node.set(key, side)
    return node


def _of_national(node: exp.National, _scope: Scope) -> exp.Expr:
    return exp.Literal.string(node.name)


def _of_collation(node: exp.Collate, _scope: Scope) -> exp.Expr:
    node.set("expression", exp.var(sqlite_collation(node.expression.name)))
    return node


def _of_literal(node: exp.Literal, _scope: Scope) -> exp.Expr:
    """A number with a point is exact; SQLite would make a float of it."""
    return node if node.is_string or node.is_int else exp.Literal.string(node.name)


def _of_length(node: exp.Length, _scope: Scope) -> exp.Expr:
    return _call("len_of", node.this)


_REWRITES: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[..., exp.Expr]], ...] = (
    (exp.Cast, _of_cast),
    ((exp.Add, exp.Sub, exp.Mul), _of_arithmetic),
    (tuple(_OF_ONE), _of_one),
    (exp.Round, _of_round),
    ((*_COMPARISONS, exp.In, exp.Between), _of_comparison),
    (exp.Literal, _of_literal),
    (exp.National, _of_national),
    (exp.Collate, _of_collation),
    (exp.Length, _of_length),
)
