"""The cache of answers before there were migrations (0.1.0).

There are five versions of its tables, which differ in their columns, and tables may be missing if
a run was killed while it created them. Columns that were added later are empty in older rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ANSWER = ("key", "raw", "input_tokens", "output_tokens", "usd", "at")
_UNUSABLE = ("paper_id", "version", "raw", "input_tokens", "output_tokens", "usd", "shown", "at")


def upgrade() -> None:
    if _lacks("answers", "shown"):
        op.rename_table("answers", "older_answers")
        _make_answers()
        columns = ", ".join(_ANSWER)
        op.execute(
            f"INSERT INTO answers ({columns}, paper_id, version, shown) "  # noqa: S608  constants
            f"SELECT {columns}, '', '', '[]' FROM older_answers"
        )
        op.drop_table("older_answers")
    if _lacks("unusable", "why"):
        op.rename_table("unusable", "older_unusable")
        _make_unusable()
        columns = ", ".join(_UNUSABLE)
        op.execute(
            f"INSERT INTO unusable ({columns}, why) "  # noqa: S608  constants
            f"SELECT {columns}, '' FROM older_unusable"
        )
        op.drop_table("older_unusable")
    _make_answers()
    _make_unusable()
    op.create_index(
        "answers_by_paper", "answers", ["paper_id", "version", "at"], if_not_exists=True
    )
    op.create_table(
        "payments",
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("usd", sa.REAL, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "batches",
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("usd_at_most", sa.REAL, nullable=False),
        sa.Column("is_over", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def _lacks(table: str, column: str) -> bool:
    """Whether the table exists and does not have this column."""
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table(table):
        return False
    return column not in {each["name"] for each in inspector.get_columns(table)}


def _make_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("usd", sa.REAL, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("paper_id", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def _make_unusable() -> None:
    op.create_table(
        "unusable",
        sa.Column("paper_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("usd", sa.REAL, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
