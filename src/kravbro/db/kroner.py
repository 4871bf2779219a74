"""Amounts in kroner with decimals, as ledgers that Kravbro did not write keep them: read and written exactly.

Our own tables hold whole øre (`db/columns.py`); this type is for the tables of others.
"""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

_SQLITE = "sqlite"


class Kroner(sa.TypeDecorator[Decimal]):
    """NUMERIC(28, 6) as `decimal.Decimal`.

    SQLite has no decimals: it keeps the nearest binary fraction, whose shortest writing is what was stored as long as
    that has at most 15 digits, that is below ten billion kroner with five decimals and ten trillion with two.
    """

    impl = sa.Numeric(28, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Decimal]:
        """On SQLite a type that changes nothing on the way."""
        return dialect.type_descriptor(_SqliteNumeric() if dialect.name == _SQLITE else sa.Numeric(28, 6))

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Decimal | str | None:
        """SQLite is given the digits."""
        return str(value) if dialect.name == _SQLITE and value is not None else value

    def process_result_value(self, value: object, dialect: sa.Dialect) -> Decimal | None:
        """What the driver answered, exactly."""
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(str(value))


class _SqliteNumeric(sa.types.UserDefinedType[Decimal]):
    """A column of SQLite's affinity NUMERIC."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "NUMERIC(28, 6)"


MOST = Decimal(10**13)
"""What nobody owes, in kroner; as øre it can be added up many times."""


def rounded_ore(amount: sa.ColumnElement[Decimal]) -> sa.ColumnElement[int]:
    """An amount in whole øre within a statement, for sums: whole numbers add up exactly on every database.

    What is beyond `MOST` counts as nothing: one impossible row must not keep the others from being added up.
    """
    ore = sa.cast(sa.func.round(amount * 100, 0), sa.BigInteger)
    return sa.case((amount.between(-MOST, MOST), ore), else_=0)
