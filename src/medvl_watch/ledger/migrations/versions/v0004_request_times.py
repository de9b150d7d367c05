"""When services were last asked, for workers that share a ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "request_times",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
