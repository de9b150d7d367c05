"""The tables of the cache of answers."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import REAL, Column, Index, Integer, MetaData, Table, Text

from medvl_watch.storage.migration import DatabaseSchema

metadata = MetaData()

answers = Table(
    "answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("raw", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("usd", REAL, nullable=False),
    Column("at", Text, nullable=False),
    Column("paper_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Index("answers_by_paper", "paper_id", "version", "at"),
    sqlite_with_rowid=False,
)
"""Usable answers by the key of their question; `shown` is a JSON list of titles."""

unusable = Table(
    "unusable",
    metadata,
    Column("paper_id", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("usd", REAL, nullable=False),
    Column("shown", Text, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The latest unusable answer on each paper; `why` is the reason."""

payments = Table(
    "payments",
    metadata,
    Column("at", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("usd", REAL, nullable=False),
)
"""One row per call that a server processed, with its cost."""

reservations = Table(
    "reservations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("usd", REAL, nullable=False),
)
"""One row per call that is being made, with its highest possible cost. The row of a run that was
killed during a call stays, since the call may have cost money."""

batches = Table(
    "batches",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("usd_at_most", REAL, nullable=False),
    Column("is_over", Integer, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Batches of questions; `keys` is a JSON list."""

SCHEMA = DatabaseSchema(
    name="the file of the language model's answers",
    tables=metadata,
    migrations=Path(__file__).with_name("migrations"),
    revisions=("0001", "0002"),
)
