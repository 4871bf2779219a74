"""Tables and indexes: CREATE, ALTER and DROP of T-SQL as SQLite's, with the types and collations that it lacks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from tests.tds import catalogue
from tests.tds.catalogue import USUAL_COLLATION, sqlite_collation
from tests.tds.faults import NO_COLUMN, SYNTAX, Fault
from tests.tds.functions import DECIMAL
from tests.tds.kinds import INTEGERS, Kind, kind_of

Place = tuple[str, str, str]
"""Database, schema and table."""


@dataclass
class Column:
    """A column as it is defined."""

    name: str
    kind: Kind
    nullable: bool = True
    collation: str = USUAL_COLLATION
    counted: bool = False
    default: str = ""


@dataclass
class Definition:
    """What a statement makes or removes: the statements for SQLite, and what the catalogue is told."""

    statements: list[str] = field(default_factory=list)
    place: Place | None = None
    new: list[Column] = field(default_factory=list)
    removed: bool = False
    unique: tuple[str, list[str]] | None = None
    """The name and the columns of a unique index over all rows."""
    keys: list[list[str]] = field(default_factory=list)
    """The columns of each key and index."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Do it, within the transaction that is open."""
        for key in self.keys:
            assert self.place is not None
            catalogue.add_key(connection, self.place, key)
        for statement in self.statements:
            connection.execute(statement)
        if self.place and self.unique:
            name, columns = self.unique
            known = {one.name.lower(): one for one in _known_columns(connection, self.place)}
            connection.execute(_unique_index(self.place, name, [known[one.lower()] for one in columns]))
        if self.place and self.removed:
            catalogue.forget_table(connection, self.place)
        for one in self.new:
            assert self.place is not None
            catalogue.add_column(
                connection, self.place, one.name, one.kind, nullable=one.nullable, collation=one.collation
            )


def definition_of(statement: exp.Expr, database: str) -> Definition:
    """What a statement defines. Raises Fault 102 for what this server does not take."""
    if isinstance(statement, exp.Create) and statement.kind == "TABLE":
        return _table(statement, database)
    if isinstance(statement, exp.Create) and statement.kind == "INDEX":
        return _index(statement, database)
    if isinstance(statement, exp.Drop) and statement.kind in {"TABLE", "VIEW"}:
        (table,) = statement.args["tables"]
        place = _place(table, database)
        there = "IF EXISTS " if statement.args.get("exists") else ""
        return Definition([f"DROP {statement.kind} {there}{_quoted(place)}"], place, removed=True)
    if isinstance(statement, exp.Alter) and statement.kind == "TABLE":
        added = [one for one in statement.args["actions"] if isinstance(one, exp.ColumnDef)]
        if added and len(added) == len(statement.args["actions"]):
            place = _place(statement.this, database)
            columns = [_column(one) for one in added]
            return Definition(
                [f"ALTER TABLE {_quoted(place)} ADD COLUMN {_written(one)}" for one in columns], place, columns
            )
    raise Fault(SYNTAX, f"This server does not take {statement.sql(dialect='tsql')[:80]}")


def _place(table: exp.Expr, database: str) -> Place:
    assert isinstance(table, exp.Table)
    return (table.catalog or database, table.db or "dbo", table.name)


def _quoted(place: Place) -> str:
    return f'"{".".join(place)}"'


def _table(statement: exp.Create, database: str) -> Definition:
    place = _place(statement.this.this, database)
    parts = list(statement.this.expressions)
    columns = [_column(one) for one in parts if isinstance(one, exp.ColumnDef)]
    nullable = {one.name.lower(): one for one in columns if one.nullable}
    lines, indexes, keys = [_written(one) for one in columns], [], []
    for constraint in _constraints(parts):
        if isinstance(constraint, exp.PrimaryKey | exp.UniqueColumnConstraint):
            keys.append(_names(constraint))
        unique = isinstance(constraint, exp.UniqueColumnConstraint)
        names = _names(constraint) if unique else []
        if unique and any(name.lower() in nullable for name in names):
            by_name = {one.name.lower(): one for one in columns}
            indexes.append(_unique_index(place, f"uq_{'_'.join(names)}", [by_name[name.lower()] for name in names]))
        else:
            lines.append(_constraint(constraint, database))
    return Definition([f"CREATE TABLE {_quoted(place)} ({', '.join(lines)})", *indexes], place, columns, keys=keys)


def _constraints(parts: list[exp.Expr]) -> Iterator[exp.Expr]:
    for part in parts:
        if isinstance(part, exp.Constraint):
            yield from part.expressions
        elif isinstance(part, exp.ColumnDef):
            for one in part.args.get("constraints", ()):
                if isinstance(one.kind, exp.PrimaryKeyColumnConstraint | exp.UniqueColumnConstraint):
                    yield (
                        exp.PrimaryKey(expressions=[part.this])
                        if isinstance(one.kind, exp.PrimaryKeyColumnConstraint)
                        else exp.UniqueColumnConstraint(this=exp.Schema(expressions=[part.this]))
                    )
        else:
            yield part


def _names(constraint: exp.Expr) -> list[str]:
    inside = constraint.this if isinstance(constraint.this, exp.Schema) else constraint
    return [one.name for one in inside.expressions]


def _constraint(constraint: exp.Expr, database: str) -> str:
    names = ", ".join(f'"{name}"' for name in _names(constraint))
    if isinstance(constraint, exp.PrimaryKey):
        return f"PRIMARY KEY ({names})"
    if isinstance(constraint, exp.UniqueColumnConstraint):
        return f"UNIQUE ({names})"
    if isinstance(constraint, exp.ForeignKey):
        reference = constraint.args["reference"].this
        others = ", ".join(f'"{one.name}"' for one in reference.expressions)
        return f"FOREIGN KEY ({names}) REFERENCES {_quoted(_place(reference.this, database))} ({others})"
    if isinstance(constraint, exp.CheckColumnConstraint):
        return f"CHECK ({constraint.this.sql(dialect='sqlite').replace(chr(78) + chr(39), chr(39))})"
    raise Fault(SYNTAX, f"This server does not take {constraint.sql(dialect='tsql')[:80]}")


def _column(part: exp.ColumnDef) -> Column:
    nullable, collation, counted, default = True, USUAL_COLLATION, False, ""
    for one in part.args.get("constraints", ()):
        match one.kind:
            case exp.NotNullColumnConstraint():
                nullable = bool(one.kind.args.get("allow_null"))
            case exp.CollateColumnConstraint():
                collation = one.kind.this.name
            case exp.GeneratedAsIdentityColumnConstraint():
                counted = True
            case exp.PrimaryKeyColumnConstraint():
                nullable = False
            case exp.DefaultColumnConstraint():
                given = one.kind.this
                given = exp.Literal.string(given.name) if isinstance(given, exp.National) else given
                default = given.sql(dialect="sqlite")
    return Column(part.name, kind_of(part.args["kind"].sql(dialect="tsql")), nullable, collation, counted, default)


def _written(column: Column) -> str:
    """The column for SQLite: a type that leaves values as they are, and a collation that compares as it should."""
    if column.kind.name in INTEGERS or column.kind.name == "BIT":
        kept = "INTEGER"
    elif column.kind.name == "DECIMAL":
        kept = f"TEXT COLLATE {DECIMAL}"
    elif column.kind.is_text:
        kept = f"TEXT COLLATE {sqlite_collation(column.collation)}"
    else:
        kept = {"FLOAT": "REAL", "VARBINARY": "BLOB"}.get(column.kind.name, "TEXT")
    null = "" if column.nullable else " NOT NULL"
    default = f" DEFAULT ({column.default})" if column.default else ""
    return f'"{column.name}" {kept}{null}{default}'


def _index(statement: exp.Create, database: str) -> Definition:
    index = statement.this
    table = index.args["table"]
    place = _place(table, database)
    parameters = index.args["params"]
    columns = ", ".join(f'"{one.this.name}"{" DESC" if one.args["desc"] else ""}' for one in parameters.args["columns"])
    where = parameters.args.get("where")
    unique = "UNIQUE " if statement.args.get("unique") else ""
    condition = f" {where.sql(dialect='sqlite')}" if where is not None else ""
    if not columns:
        raise Fault(NO_COLUMN, "An index needs columns.")
    key = [one.this.name for one in parameters.args["columns"]]
    if unique and where is None:
        return Definition(place=place, unique=(index.name, key), keys=[key])
    name = f'"{".".join(place)}.{index.name}"'
    made = f"CREATE {unique}INDEX {name} ON {_quoted(place)} ({columns}){condition}"
    return Definition([made], place, keys=[key])


def _known_columns(connection: sqlite3.Connection, place: Place) -> Iterator[Column]:
    rows = connection.execute(
        'SELECT "column", kind, nullable, collation FROM server_column'
        ' WHERE "database" = ? AND "schema" = ? AND "table" = ?',
        place,
    )
    for name, kind, nullable, collation in rows.fetchall():
        yield Column(name, kind_of(kind), bool(nullable), collation or USUAL_COLLATION)


def _unique_index(place: Place, name: str, columns: list[Column]) -> str:
    """SQL Server takes one NULL only where SQLite takes any number of them: an index that counts NULL as a value."""
    parts = []
    for one in columns:
        collation = DECIMAL if one.kind.name == "DECIMAL" else sqlite_collation(one.collation)
        suffix = f" COLLATE {collation}" if one.kind.is_text else ""
        parts.append(f"ifnull(\"{one.name}\", x'00'){suffix}" if one.nullable else f'"{one.name}"')
    return f'CREATE UNIQUE INDEX "{".".join(place)}.{name}" ON {_quoted(place)} ({", ".join(parts)})'
