"""Every poll of every source, and what a source wants to know at its next poll."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("receipts") as receipts:
        receipts.add_column(sa.Column("memory", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "receipt_history",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
    )
    # The history begins with the latest poll of each source.
    op.execute(
        "INSERT INTO receipt_history (source, at, new, problem, receipt)"
        " SELECT source, json_extract(receipt, '$.fetched_at'), 0, problem, receipt FROM receipts"
    )
    op.create_index("receipts_of_source", "receipt_history", ["source", "number"])
