"""Blocks, by which papers are found that may be the same, and what people decided about links.

Blocks and identity keys are worked out from the papers as the present version does: versions of
one DOI have one key since then.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from medvl_watch.ledger.paper_rows import PAPER, save_keys

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("block", sa.Integer, primary_key=True),
        sa.Column("paper_id", sa.String, sa.ForeignKey("papers.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_blocks_paper_id", "blocks", ["paper_id"])
    op.create_table(
        "link_decisions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("one", sa.String, nullable=False),
        sa.Column("other", sa.String, nullable=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    connection = op.get_bind()
    texts = connection.execute(sa.text("SELECT paper FROM papers")).scalars().all()
    for text in texts:
        save_keys(connection, PAPER.validate_json(text))
