"""The ledger's tables. Values are stored as JSON texts of the dataclasses in `records`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)

from medvl_watch.storage.migration import DatabaseSchema

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""For versions of medvl-watch without migrations, which refuse a ledger whose version is not 1."""


@event.listens_for(about, "after_create")
def _refuse_older_programs(_: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(about.insert().values(name="version", value="2"))


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
    Column("memory", Text, nullable=False, server_default=""),
)
"""Each source's latest poll, and what the source wants to know at its next one."""

receipt_history = Table(
    "receipt_history",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("at", String, nullable=False),
    Column("new", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Index("receipts_of_source", "source", "number"),
)
"""Every poll of every source; `new` counts the papers that were not known before."""

blocks = Table(
    "blocks",
    metadata,
    Column("block", Integer, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""The blocks of each paper (see `papers/blocking.py`): papers in one block are compared."""

link_decisions = Table(
    "link_decisions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("one", String, nullable=False),
    Column("other", String, nullable=False),
    Column("choice", String, nullable=False),
    Column("at", String, nullable=False),
)
"""What people decided about two records: that they are of one paper, or not."""

SCHEMA = DatabaseSchema(
    name="the ledger",
    tables=metadata,
    migrations=Path(__file__).with_name("migrations"),
    revisions=("0001", "0002", "0003"),
)
