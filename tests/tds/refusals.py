"""What SQL Server refuses although sqlglot reads it, and SQLite runs it: each would pass here and fail there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from tests.tds.faults import SYNTAX, Fault

_WORDS = re.compile(r"\b(LIMIT|FOR UPDATE|ON CONFLICT|RETURNING|NATURAL|USING)\b|::|\|\|", re.IGNORECASE)
_LITERAL = re.compile(r"N?'(?:[^']|'')*'|\[[^\]]*\]")
_MOST_PARAMETERS = 2_100


def require_accepted(text: str, statements: list[exp.Expr], parameters: int) -> None:
    """Raises Fault with the number that SQL Server gives."""
    if found := _WORDS.search(_LITERAL.sub("''", text)):
        raise Fault(SYNTAX, f"Incorrect syntax near '{found[0]}'.", 15)
    if parameters > _MOST_PARAMETERS:
        raise Fault(8003, "The incoming request has too many parameters. The server supports a maximum of 2100.")
    for statement in statements:
        for number, said in _refused(statement):
            raise Fault(number, said, 15)


def _refused(statement: exp.Expr) -> Iterator[tuple[int, str]]:
    for node in statement.walk():
        for kinds, check in _CHECKS:
            if isinstance(node, kinds) and (said := check(node)):
                yield said


def _is(node: exp.Expr) -> tuple[int, str] | None:
    return None if isinstance(node.expression, exp.Null) else (156, "Incorrect syntax near IS: only NULL may follow.")


def _boolean(node: exp.Expr) -> tuple[int, str] | None:
    return (207, f"Invalid column name '{node.this}': there is no such constant.")


def _row_value(node: exp.Expr) -> tuple[int, str] | None:
    inside = node.find_ancestor(exp.In, exp.Binary, exp.Values)
    if isinstance(inside, exp.Values) or not isinstance(inside, exp.In | exp.Binary):
        return None
    return (4145, "A row of values cannot be compared.")


def _query(node: exp.Expr) -> tuple[int, str] | None:
    limited = node.args.get("limit") or node.args.get("offset")
    inner = isinstance(node.parent, exp.Subquery | exp.CTE | exp.In | exp.Exists)
    if inner and node.args.get("order") and not limited:
        return (1033, "The ORDER BY clause is invalid in subqueries unless TOP or OFFSET is also specified.")
    if node.args.get("offset") and not node.args.get("order"):
        return (102, "OFFSET needs ORDER BY.")
    return None


def _select(node: exp.Expr) -> tuple[int, str] | None:
    """Grouping, as the standard has it, and conditions where a value should stand."""
    assert isinstance(node, exp.Select)
    if any(isinstance(one.unalias(), exp.Predicate | exp.Connector | exp.Not) for one in node.selects):
        return (102, "A condition cannot be selected as a value.")
    if node.args.get("distinct") and (order := node.args.get("order")):
        chosen = {one.unalias().sql() for one in node.selects} | {one.alias_or_name for one in node.selects}
        if any(one.this.sql() not in chosen for one in order.expressions):
            return (145, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.")
    group = node.args.get("group")
    aggregated = any(_own(node, one) for one in node.find_all(exp.AggFunc))
    if group is None and not aggregated:
        return None
    grouped = {one.sql() for one in group.expressions} if group is not None else set()
    parts = [*node.selects, *([node.args["having"]] if node.args.get("having") else [])]
    free = {column.sql() for part in parts for column in _outside_aggregates(node, part) if column.sql() not in grouped}
    if free and not all(one.unalias().sql() in grouped or not set(_names(one)) & free for one in node.selects):
        return (8120, f"{min(free)} is neither aggregated nor grouped.")
    return None


def _names(node: exp.Expr) -> Iterator[str]:
    return (column.sql() for column in node.find_all(exp.Column))


def _own(query: exp.Select, node: exp.Expr) -> bool:
    return node.find_ancestor(exp.Select) is query


def _outside_aggregates(query: exp.Select, part: exp.Expr) -> Iterator[exp.Column]:
    for column in part.find_all(exp.Column):
        if _own(query, column) and column.find_ancestor(exp.AggFunc, exp.Select) is query:
            yield column


def _bare_condition(node: exp.Expr) -> tuple[int, str] | None:
    conditions = [node.this, node.args["expression"]] if isinstance(node, exp.Binary) else [node.this]
    bare = [one for one in conditions if isinstance(one.unnest(), exp.Column | exp.Literal | exp.Parameter)]
    return (4145, f"A condition is expected, not {bare[0].sql()}.") if bare else None


_CHECKS: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[..., tuple[int, str] | None]], ...] = (
    (exp.Is, _is),
    (exp.Boolean, _boolean),
    (exp.Tuple, _row_value),
    ((exp.Select, exp.Union), _query),
    (exp.Select, _select),
    (exp.Filter, lambda _: (156, "Incorrect syntax near FILTER.")),
    ((exp.NullSafeEQ, exp.NullSafeNEQ), lambda _: (156, "IS DISTINCT FROM is there since SQL Server 2022 only.")),
    ((exp.Where, exp.Having, exp.And, exp.Or, exp.Not), _bare_condition),
)
