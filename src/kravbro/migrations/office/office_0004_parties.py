"""Parties over creditors: cards of one person go together by number; what is known of each, and roles on cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from kravbro.core.fingerprints import fingerprint
from kravbro.core.parties import Party, PartyKind

revision = "office_0004_0.1"
down_revision = "office_0003_0.1"
branch_labels = None
depends_on = None


PORTION = 1000


def _written() -> tuple[sa.ColumnClause[Any], ...]:
    return sa.column("actor", sa.String), sa.column("written_at", sa.DateTime)


_PARTY = sa.table("party", sa.column("id", sa.Integer), *_written())
_NUMBER = sa.table(
    "party_number",
    sa.column("number", sa.Integer),
    sa.column("digits", sa.String),
    sa.column("party", sa.Integer),
    sa.column("fingerprint", sa.String),
    *_written(),
)
_MEMBER = sa.table(
    "party_member",
    sa.column("number", sa.Integer),
    sa.column("debtor", sa.Integer),
    sa.column("party", sa.Integer),
    sa.column("how", sa.String),
    sa.column("because", sa.String),
    sa.column("set_on", sa.Date),
    sa.column("fingerprint", sa.String),
    *_written(),
)
_COUNTER = sa.table(
    "counter", sa.column("scope", sa.String), sa.column("name", sa.String), sa.column("last", sa.BigInteger)
)


def _group_cards() -> None:
    """Give every card its party: cards with one valid number together, each of the others alone."""
    connection = op.get_bind()
    parties: dict[str, int] = {}
    last = {"party": 0, "party_number": 0, "party_member": 0}
    for cards in _portions(connection):
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in last}
        for card in cards:
            written = {"actor": card.actor, "written_at": card.written_at}
            kind = PartyKind.PERSON if card.kind == PartyKind.PERSON else PartyKind.BUSINESS
            digits = Party(0, kind, "", card.identity_number, card.organisation_number).number
            party = parties.get(digits) if digits else None
            if party is None:
                party = last["party"] = last["party"] + 1
                rows["party"].append({"id": party, **written})
                if digits:
                    parties[digits] = party
                    last["party_number"] += 1
                    number = (last["party_number"], digits, party)
                    rows["party_number"].append(_row(_NUMBER, number, card.actor) | written)
            last["party_member"] += 1
            said = (last["party_member"], card.id, party, "number" if digits else "alone", "", card.written_at.date())
            rows["party_member"].append(_row(_MEMBER, said, card.actor) | written)
        for table in (_PARTY, _NUMBER, _MEMBER):
            if rows[table.name]:
                connection.execute(sa.insert(table), rows[table.name])
    if last["party"]:
        connection.execute(
            sa.insert(_COUNTER), [{"scope": "", "name": name, "last": number} for name, number in last.items()]
        )


def _row(table: sa.TableClause, said: tuple[Any, ...], actor: str) -> dict[str, Any]:
    """A row with its fingerprint over everything that it says, and who said it."""
    names = [column.name for column in table.columns][: len(said)]
    return dict(zip(names, said, strict=True)) | {"fingerprint": fingerprint(*said, actor)}


def _portions(connection: sa.Connection) -> Iterator[list[Any]]:
    """The cards by number, some at a time."""
    card = sa.table(
        "debtor",
        sa.column("id", sa.Integer),
        sa.column("kind", sa.String),
        sa.column("identity_number", sa.String),
        sa.column("organisation_number", sa.String),
        *_written(),
    )
    after = 0
    while rows := list(connection.execute(sa.select(card).where(card.c.id > after).order_by(card.c.id).limit(PORTION))):
        yield rows
        after = rows[-1].id


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_table(
        "party_access",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False, comment="why somebody read the address"),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name=op.f("fk_party_access_party")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_party_access")),
    )
    op.create_index(op.f("ix_party_access_party"), "party_access", ["party"], unique=False)

    op.create_table(
        "party_fact",
        sa.Column(
            "number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="of a party and sort the highest counts",
        ),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False, comment="protection, language or joined_into"),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.Column("told_by", sa.String(length=10), nullable=False, comment="ledger or person"),
        sa.Column("because", sa.String(length=200), nullable=False, comment="empty where a ledger told it"),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name=op.f("fk_party_fact_party")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_party_fact")),
    )
    op.create_index(op.f("ix_party_fact_party"), "party_fact", ["party"], unique=False)

    op.create_table(
        "party_number",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digits", sa.String(length=11), nullable=False, comment="an identity, D- or organisation number"),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name=op.f("fk_party_number_party")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_party_number")),
        sa.UniqueConstraint("digits", name=op.f("uq_party_number_digits")),
    )
    op.create_index(op.f("ix_party_number_party"), "party_number", ["party"], unique=False)

    op.create_table(
        "party_member",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of a card's the highest counts"
        ),
        sa.Column("debtor", sa.Integer(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False, comment="number, alone, join or split"),
        sa.Column("because", sa.String(length=200), nullable=False, comment="empty where no person decided"),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["debtor"], ["debtor.id"], name=op.f("fk_party_member_debtor")),
        sa.ForeignKeyConstraint(["party"], ["party.id"], name=op.f("fk_party_member_party")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_party_member")),
    )
    op.create_index(op.f("ix_party_member_debtor"), "party_member", ["debtor"], unique=False)
    op.create_index(op.f("ix_party_member_party"), "party_member", ["party"], unique=False)

    op.create_table(
        "case_party",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of a case, card and role the highest"
        ),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("debtor", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("stands_for", sa.Integer(), nullable=False, comment="who of those that owe"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True, comment="included; none: until further notice"),
        sa.Column("told_by", sa.String(length=10), nullable=False, comment="ledger or person"),
        sa.Column("because", sa.String(length=200), nullable=False, comment="empty where a ledger told it"),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_case_party_case")),
        sa.ForeignKeyConstraint(["debtor"], ["debtor.id"], name=op.f("fk_case_party_debtor")),
        sa.ForeignKeyConstraint(["stands_for"], ["debtor.id"], name=op.f("fk_case_party_stands_for")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_party")),
    )
    op.create_index(op.f("ix_case_party_case"), "case_party", ["case"], unique=False)
    op.create_index(op.f("ix_case_party_debtor"), "case_party", ["debtor"], unique=False)

    op.add_column(
        "debtor",
        sa.Column(
            "protection",
            sa.String(length=25),
            nullable=False,
            server_default="none",
            comment="as the ledger told it last",
        ),
    )
    op.add_column(
        "debtor",
        sa.Column(
            "language",
            sa.String(length=2),
            nullable=False,
            server_default="",
            comment="nb, nn or en, as the ledger told it last",
        ),
    )
    _group_cards()


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("debtor", "language")
    op.drop_column("debtor", "protection")
    op.drop_index(op.f("ix_case_party_debtor"), table_name="case_party")
    op.drop_index(op.f("ix_case_party_case"), table_name="case_party")

    op.drop_table("case_party")
    op.drop_index(op.f("ix_party_member_party"), table_name="party_member")
    op.drop_index(op.f("ix_party_member_debtor"), table_name="party_member")

    op.drop_table("party_member")
    op.drop_index(op.f("ix_party_number_party"), table_name="party_number")

    op.drop_table("party_number")
    op.drop_index(op.f("ix_party_fact_party"), table_name="party_fact")

    op.drop_table("party_fact")
    op.drop_index(op.f("ix_party_access_party"), table_name="party_access")

    op.drop_table("party_access")
    op.drop_table("party")
