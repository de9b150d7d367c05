"""Finds the groups of records that a record may belong to: by source, key, name or block."""

from __future__ import annotations

from collections.abc import Iterator

from medvl_watch.papers.blocking import LARGEST_BLOCK, blocks_of, is_sample_of_abstract
from medvl_watch.papers.groups import RecordGroup, final, source_of
from medvl_watch.papers.identifiers import is_generic_title
from medvl_watch.papers.link_decisions import name_of_record
from medvl_watch.records import Record

_MOST_OF_A_TITLE = 200
"""Groups with one title that are compared; more is a title like `Preface` that we do not know."""


class GroupIndex:
    """Groups by what their records have; `with_names` also by what a person calls a record."""

    def __init__(self, *, with_names: bool) -> None:
        self._with_names = with_names
        self._by_source: dict[tuple[str, str], RecordGroup] = {}
        self._by_key: dict[str, RecordGroup] = {}
        self._by_name: dict[str, RecordGroup] = {}
        self._by_block: dict[int, RecordGroup | list[RecordGroup]] = {}

    def add(
        self, record: Record, keys: frozenset[str], blocks: tuple[int, ...], group: RecordGroup
    ) -> None:
        """Let the group be found by a record of it."""
        self._by_source.setdefault((source_of(record), record.id), group)
        if self._with_names:
            self._by_name.setdefault(name_of_record(record), group)
        for key in keys:
            self.add_key(key, group)
        for block in blocks:
            groups = self._by_block.setdefault(block, group)
            if groups is group:
                continue
            if not isinstance(groups, list):
                self._by_block[block] = [groups, group]
            elif group not in groups and len(groups) <= _MOST_OF_A_TITLE:
                groups.append(group)

    def add_key(self, key: str, group: RecordGroup) -> None:
        """The first group with a key keeps it: the second is a doubt, or absorbed."""
        self._by_key.setdefault(key, group)

    def of_last_time(self, record: Record) -> RecordGroup | None:
        """The group to which this very record was added, perhaps absorbed since."""
        return self._by_source.get((source_of(record), record.id))

    def named(self, name: str) -> RecordGroup | None:
        """The group with the record of this name, perhaps absorbed since."""
        return self._by_name.get(name)

    def holder(self, key: str) -> RecordGroup | None:
        """The group that has the identity key now."""
        group = self._by_key.get(key)
        return None if group is None else final(group)

    def candidates(self, blocks: tuple[int, ...]) -> Iterator[RecordGroup]:
        """The groups that share enough blocks to be compared."""
        found: dict[RecordGroup, None] = {}
        sampled: set[RecordGroup] = set()
        for at, block in enumerate(blocks):
            groups = self._by_block.get(block)
            if groups is None:
                continue
            some = groups if isinstance(groups, list) else (groups,)
            if at and len(some) > LARGEST_BLOCK:
                continue
            for each in map(final, some):
                if each in sampled or not is_sample_of_abstract(block):
                    found[each] = None
                else:
                    sampled.add(each)
        yield from found


def blocks_of_record(record: Record) -> tuple[int, ...]:
    """The blocks by which a record is compared; none where its title is nobody's."""
    if is_generic_title(record.title):
        return ()
    return blocks_of(record.title, record.abstract)
