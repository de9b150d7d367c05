"""The ledger's tables. Values are stored as JSON texts of the dataclasses in `records`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
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

# PostgreSQL sorts and compares by the rules of a language, unless told to go by the bytes, as
# SQLite does; and its integers have 32 bits, which are too few for blocks.
NAME = String().with_variant(String(collation="C"), "postgresql")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = Integer().with_variant(BigInteger(), "postgresql")

about = Table(
    "about",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("value", NAME, nullable=False),
)
"""For versions of medvl-watch without migrations, which refuse a ledger whose version is not 1."""


@event.listens_for(about, "after_create")
def _refuse_older_programs(_: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(about.insert().values(name="version", value="2"))


papers = Table(
    "papers",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("title", TEXT, nullable=False),
    Column("paper", TEXT, nullable=False),
    Column("first_seen", NAME, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("key", NAME, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, index=True),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, index=True),
    Column("verdict", TEXT, nullable=False),
    Column("at", NAME, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False),
    Column("list_id", NAME, nullable=False),
    Column("state", NAME, nullable=False),
    Column("outcome", TEXT, nullable=False),
    Column("latest", Boolean, nullable=False),
    Index("standing", "list_id", "state", "latest"),
    Index("history", "paper_id", "list_id"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("source", NAME, primary_key=True),
    Column("receipt", TEXT, nullable=False),
    Column("problem", TEXT, nullable=False),
    Column("last_good", NAME, nullable=False),
    Column("memory", TEXT, nullable=False, server_default=""),
)
"""Each source's latest poll, and what the source wants to know at its next one."""

receipt_history = Table(
    "receipt_history",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("source", NAME, nullable=False),
    Column("at", NAME, nullable=False),
    Column("new", NUMBER, nullable=False),
    Column("problem", TEXT, nullable=False),
    Column("receipt", TEXT, nullable=False),
    Index("receipts_of_source", "source", "number"),
)
"""Every poll of every source; `new` counts the papers that were not known before."""

blocks = Table(
    "blocks",
    metadata,
    Column("block", NUMBER, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""The blocks of each paper (see `papers/blocking.py`): papers in one block are compared."""

link_decisions = Table(
    "link_decisions",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("one", NAME, nullable=False),
    Column("other", NAME, nullable=False),
    Column("choice", NAME, nullable=False),
    Column("at", NAME, nullable=False),
)
"""What people decided about two records: that they are of one paper, or not."""

request_times = Table(
    "request_times",
    metadata,
    Column("service", NAME, primary_key=True),
    Column("at", Float, nullable=False),
)
"""When a service was last asked, in seconds since 1970 by the server's clock, for workers that
share the ledger (`ledger/request_turns.py`)."""

SCHEMA = DatabaseSchema(
    name="the ledger",
    tables=metadata,
    migrations=Path(__file__).with_name("migrations"),
    revisions=("0001", "0002", "0003", "0004"),
)
