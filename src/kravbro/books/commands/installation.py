"""The installation's own database: its identity and its companies."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.tables import company, installation
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written


def open_installation(connection: sa.Connection, installation_id: str, act: Act) -> None:
    """Give the installation its identity, once and for good.

    Raises DataFault `books.other_installation` when the database belongs to another installation already.
    """
    known = connection.execute(sa.select(installation.c.id)).scalar()
    if known is None:
        connection.execute(sa.insert(installation).values(id=installation_id, **written(act)))
    elif known != installation_id:
        raise DataFault("books.other_installation", wanted=installation_id, found=known)


def add_company(connection: sa.Connection, number: int, name: str, organisation_number: str, act: Act) -> None:
    """List a company. Its own database is made by the migrations.

    Raises DataFault `books.other_company` when the number is taken by another.
    """
    here = sa.select(company.c.name, company.c.organisation_number).where(company.c.number == number)
    known = connection.execute(here).one_or_none()
    if known is None:
        row = {"number": number, "name": name, "organisation_number": organisation_number, **written(act)}
        connection.execute(sa.insert(company).values(row))
    elif tuple(known) != (name, organisation_number):
        raise DataFault("books.other_company", company=number, found=known.name)
