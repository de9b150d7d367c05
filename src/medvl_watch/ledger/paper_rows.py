"""The rows of one paper: its facts, the identity keys and the blocks under which it is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, insert, select, update

from medvl_watch.ledger import schema
from medvl_watch.papers.blocking import LARGEST_BLOCK, blocks_of, is_title_block
from medvl_watch.papers.identifiers import is_generic_title, keys_of
from medvl_watch.records import Paper

PAPER = TypeAdapter(Paper)
_T = TypeVar("_T")
CHUNK = 500
"""Values in one IN (...): well under SQLite's limit on variables."""
_MOST_OF_A_TITLE = 200


def identity_keys(paper: Paper) -> frozenset[str]:
    """The identity keys of all records of a paper."""
    return frozenset().union(*(keys_of(record) for record in (paper.facts, *paper.records)))


def blocks_of_paper(paper: Paper) -> frozenset[int]:
    """The blocks of all records of a paper (see `papers/blocking.py`)."""
    records = (paper.facts, *paper.records)
    return frozenset(
        block
        for each in records
        if not is_generic_title(each.title)
        for block in blocks_of(each.title, each.abstract)
    )


def save_paper(connection: Connection, paper: Paper, now: datetime) -> None:
    """Insert or update a paper with its keys and blocks. `now` is when it was first seen, if it
    is new."""
    table, text = schema.papers, PAPER.dump_json(paper).decode()
    stored = connection.scalar(select(table.c.paper).where(table.c.id == paper.id))
    row = {"title": paper.facts.title, "paper": text}
    if stored is None:
        connection.execute(insert(table).values(id=paper.id, first_seen=stamp(now), **row))
    elif stored != text:
        connection.execute(update(table).where(table.c.id == paper.id).values(**row))
    if stored != text:
        save_keys(connection, paper)


def save_keys(connection: Connection, paper: Paper) -> None:
    """Save the keys and blocks of a stored paper that are not stored yet."""
    keys, identities = identity_keys(paper), schema.identities
    known = set(connection.scalars(select(identities.c.key).where(identities.c.key.in_(keys))))
    # A key that belongs to another paper stays there: an address alone proves nothing.
    if new := [{"key": key, "paper_id": paper.id} for key in sorted(keys - known)]:
        connection.execute(insert(identities), new)
    blocks = schema.blocks
    found = connection.scalars(select(blocks.c.block).where(blocks.c.paper_id == paper.id))
    missing = sorted(blocks_of_paper(paper).difference(found))
    if missing:
        rows = [{"block": block, "paper_id": paper.id} for block in missing]
        connection.execute(insert(blocks), rows)


def replace_papers(
    connection: Connection, papers: Sequence[Paper], now: datetime, without_keys: Iterable[str] = ()
) -> None:
    """Save papers between which a person moved records: their keys and blocks move along. The
    keys of the first paper go before those of the others; those of the papers `without_keys`
    are deleted."""
    ids = [*(paper.id for paper in papers), *without_keys]
    for table in (schema.identities, schema.blocks):
        connection.execute(delete(table).where(table.c.paper_id.in_(ids)))
    for paper in papers:
        save_paper(connection, paper, now)
        save_keys(connection, paper)


def similar_ids(connection: Connection, blocks: Iterable[int]) -> frozenset[str]:
    """The papers that share a block. Blocks of whole titles may be large, others may not."""
    table, found = schema.blocks, set[str]()
    for chunk in chunks(sorted(set(blocks))):
        query = (
            select(table.c.block, func.count())
            .where(table.c.block.in_(chunk))
            .group_by(table.c.block)
        )
        small = [
            block
            for block, count in connection.execute(query)
            if count <= (_MOST_OF_A_TITLE if is_title_block(block) else LARGEST_BLOCK)
        ]
        ids = select(table.c.paper_id).where(table.c.block.in_(small))
        found.update(connection.scalars(ids))
    return frozenset(found)


def stamp(moment: datetime) -> str:
    """One zone for all, so that the texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat()


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values, `CHUNK` at a time."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
