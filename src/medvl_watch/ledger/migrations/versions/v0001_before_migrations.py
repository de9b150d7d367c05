"""The ledger of 0.1.0, before there were migrations: its tables, and whatever of them a run
that was killed while it made them has left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "about",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("paper", sa.Text, nullable=False),
        sa.Column("first_seen", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "identities",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("paper_id", sa.String, sa.ForeignKey("papers.id"), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "verdicts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("paper_id", sa.String, sa.ForeignKey("papers.id"), nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "outcomes",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("paper_id", sa.String, sa.ForeignKey("papers.id"), nullable=False),
        sa.Column("list_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("latest", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "receipts",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("last_good", sa.String, nullable=False),
        if_not_exists=True,
    )
    for name, table, columns in (
        ("ix_identities_paper_id", "identities", ["paper_id"]),
        ("ix_verdicts_paper_id", "verdicts", ["paper_id"]),
        ("standing", "outcomes", ["list_id", "state", "latest"]),
        ("history", "outcomes", ["paper_id", "list_id"]),
    ):
        op.create_index(name, table, columns, if_not_exists=True)
    # Versions before migrations read a ledger of version 1 only.
    op.execute("INSERT OR REPLACE INTO about (name, value) VALUES ('version', '2')")
