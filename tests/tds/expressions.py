"""What type an expression of T-SQL has, from the columns that it names: SQLite itself knows of none."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tests.tds.catalogue import Catalogue, Table
from tests.tds.faults import NO_COLUMN, Fault
from tests.tds.kinds import BIGINT, BIT, INT, LONG_TEXT, TEXT, Kind, kind_of

KIND = "kind"
"""Where a part that was rewritten remembers the type it had."""
_SAME_AS_FIRST = (
    exp.Round,
    exp.Max,
    exp.Min,
    exp.Abs,
    exp.Neg,
    exp.Paren,
    exp.Collate,
    exp.Alias,
    exp.Lower,
    exp.Upper,
    exp.Trim,
)
_ORDER = ("BIT", "TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "FLOAT")
_RESULTS: dict[str, Kind] = {"DB_ID": INT, "OBJECT_ID": INT, "DB_NAME": TEXT, "SERVERPROPERTY": TEXT}


class Scope:
    """The tables of a statement by the name they go by in it, and the types of expressions over them."""

    def __init__(self, catalogue: Catalogue, database: str) -> None:
        self._catalogue = catalogue
        self.database = database
        self._tables: dict[str, Table] = {}
        self._queries: dict[str, exp.Query] = {}

    def enter(self, statement: exp.Expr) -> None:
        """Learn the tables of a statement, and give each the name that SQLite has for it."""
        for cte in statement.find_all(exp.CTE):
            self._queries[cte.alias.lower()] = cte.this
        for query in statement.find_all(exp.Subquery):
            if query.alias:
                self._queries[query.alias.lower()] = query.this
        for table in list(statement.find_all(exp.Table)):
            if table.name.lower() in self._queries and not table.db:
                self._queries[table.alias_or_name.lower()] = self._queries[table.name.lower()]
                continue
            found = self._catalogue.table(table.catalog or self.database, table.db or "dbo", table.name)
            called = table.alias_or_name
            self._tables[called.lower()] = found
            table.set("db", None)
            table.set("catalog", None)
            table.set("this", exp.to_identifier(found.sqlite_name, quoted=True))
            if not isinstance(table.parent, exp.Insert | exp.Schema):
                table.set("alias", exp.TableAlias(this=exp.to_identifier(called, quoted=True)))
        for column in statement.find_all(exp.Column):
            column.set("db", None)
            column.set("catalog", None)

    @property
    def databases(self) -> frozenset[str]:
        """The databases whose tables the statement names."""
        return frozenset(table.sqlite_name.partition(".")[0] for table in self._tables.values())

    def target(self, statement: exp.Expr) -> Table:
        """The table that a statement writes."""
        table = statement.find(exp.Table)
        assert table is not None
        return next(one for one in self._tables.values() if one.sqlite_name == table.name)

    def column(self, column: exp.Column) -> Kind | None:
        """The type of a column. Raises Fault 207."""
        name, called = column.name.lower(), column.table.lower()
        if called in self._queries:
            return self._of_query(self._queries[called], name)
        tables = [self._tables[called]] if called in self._tables else list(self._tables.values())
        for table in tables:
            if name in table.columns:
                return table.columns[name][1]
        for query in self._queries.values():
            if found := self._of_query(query, name):
                return found
        if self._queries or any(alias.lower() == name for alias in _aliases(column)):
            return None
        raise Fault(NO_COLUMN, f"Invalid column name '{column.name}'.")

    def _of_query(self, query: exp.Query, name: str) -> Kind | None:
        return next((self.kind(one) for one in query.selects if one.alias_or_name.lower() == name), None)

    def kind(self, node: exp.Expr | None) -> Kind | None:  # noqa: C901, PLR0911, PLR0912 - one answer per shape
        """The type of an expression, or None where it can be any."""
        if node is not None and KIND in node.meta:
            known: Kind | None = node.meta[KIND]
            return known
        match node:
            case None | exp.Parameter() | exp.Null():
                return None
            case exp.Column():
                return self.column(node)
            case exp.Cast():
                return kind_of(node.to.sql(dialect="tsql"))
            case exp.Literal():
                if node.is_string:
                    return TEXT
                return INT if node.is_int else _decimal_of(node.name)
            case exp.National():
                return TEXT
            case exp.Boolean() | exp.Predicate():
                return BIT
            case exp.Count() | exp.Length():
                return INT
            case exp.Sum():
                return _of_sum(self.kind(node.this))
            case exp.Coalesce():
                return self._first((node.this, *node.expressions))
            case exp.Case():
                return self._widest((*(one.args["true"] for one in node.args["ifs"]), node.args.get("default")))
            case exp.Subquery():
                return self.kind(node.this.selects[0])
            case exp.Select():
                return self.kind(node.selects[0])
            case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Mod():
                return self._widest((node.left, node.right))
            case exp.DPipe() | exp.Concat():
                return LONG_TEXT
            case exp.Anonymous():
                return _RESULTS.get(node.name.upper())
        if isinstance(node, _SAME_AS_FIRST):
            return self.kind(node.this)
        return None

    def _first(self, nodes: tuple[exp.Expr | None, ...]) -> Kind | None:
        return next((kind for node in nodes if (kind := self.kind(node))), None)

    def _widest(self, nodes: tuple[exp.Expr | None, ...]) -> Kind | None:
        kinds = [kind for node in nodes if (kind := self.kind(node))]
        numbers = [kind for kind in kinds if kind.name in _ORDER]
        if numbers and len(numbers) == len(kinds):
            widest = max(numbers, key=lambda kind: _ORDER.index(kind.name))
            return Kind("DECIMAL", 38, max(one.scale for one in numbers)) if widest.name == "DECIMAL" else widest
        return kinds[0] if kinds else None


def _aliases(column: exp.Column) -> Iterator[str]:
    """Names that the query around a column gives to what it selects: ORDER BY may use them."""
    around = column.find_ancestor(exp.Select)
    while around is not None:
        yield from (one.alias for one in around.selects if one.alias)
        around = around.find_ancestor(exp.Select)


def _of_sum(kind: Kind | None) -> Kind | None:
    if kind is None or kind.name in {"BIT", "TINYINT", "SMALLINT", "INT"}:
        return INT if kind else None
    return Kind("DECIMAL", 38, kind.scale) if kind.name == "DECIMAL" else BIGINT if kind == BIGINT else kind


def _decimal_of(written: str) -> Kind:
    whole, _, fraction = written.partition(".")
    return Kind("DECIMAL", len(whole) + len(fraction), len(fraction))
