"""The ledger's tables. Values are kept as JSON texts of the frozen words in `records`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = 1
"""Raised by every change that an older medvl-watch could not read."""

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

papers = Table(
    "papers",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("paper", Text, nullable=False),
    Column("first_seen", String, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("key", String, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, index=True),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("at", String, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False),
    Column("list_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("latest", Boolean, nullable=False),
    Index("standing", "list_id", "state", "latest"),
    Index("history", "paper_id", "list_id"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("source", String, primary_key=True),
    Column("receipt", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("last_good", String, nullable=False),
)
