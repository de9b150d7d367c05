"""A paper that is being put together: its records so far, and why each belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from medvl_watch.papers.identifiers import derived_id, is_weak, weak_key
from medvl_watch.papers.merging import facts_of, is_withdrawn, newer
from medvl_watch.records import Link, Paper, Record

FIRST = "first record"
_STRENGTH = ("arxiv", "doi")


@dataclass(frozen=True, slots=True)
class Membership:
    """A record of a group, with the proof that it belongs there (see `Link`)."""

    record: Record
    proof: str = FIRST
    evidence: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class RecordGroup:
    """The records of one paper. `known` is the paper as the ledger has it. A group that was
    `absorbed_by` another one is no longer used."""

    known: Paper | None = None
    members: list[Membership] = field(default_factory=list)
    touched: bool = False
    absorbed_by: RecordGroup | None = None
    paper_id: str = ""

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(each.record for each in self.members)

    def add(self, new: Membership) -> None:
        """Add a record, or replace an older version of it from the same source."""
        self.touched = True
        record = new.record
        for place, each in enumerate(self.members):
            member = each.record
            if (member.id, source_of(member)) == (record.id, source_of(record)):
                self.members[place] = replace(each, record=newer(member, record))
                return
        self.members.append(new if self.members else Membership(record))

    def paper(self) -> Paper:
        records = self.records
        links = tuple(
            Link(
                paper_id=self.paper_id,
                record_id=each.record.id,
                source=source_of(each.record),
                proof=each.proof,
                evidence=each.evidence,
            )
            for each in self.members
        )
        return Paper(
            id=self.paper_id,
            facts=facts_of(self.paper_id, records),
            records=records,
            links=links,
            withdrawn=is_withdrawn(records),
        )


def new_id(records: Sequence[Record], taken: Collection[str]) -> str:
    """The strongest identifier that any of the records carries and no paper has yet."""
    strongest = sorted((derived_id(one) for one in records), key=by_strength)
    candidates = chain(strongest, map(weak_key, records))
    free = (one for one in candidates if one not in taken)
    return next(free, None) or next(
        one for number in range(2, 10_000)
        if (one := f"{weak_key(records[-1])}-{number}") not in taken
    )  # fmt: skip


def by_strength(key: str) -> tuple[int, str]:
    scheme = key.partition(":")[0]
    if is_weak(key):
        return (len(_STRENGTH) + 1, key)
    return (_STRENGTH.index(scheme) if scheme in _STRENGTH else len(_STRENGTH), key)


def final(group: RecordGroup) -> RecordGroup:
    """The group that a group has become part of, or itself."""
    while group.absorbed_by is not None:
        group = group.absorbed_by
    return group


def source_of(record: Record) -> str:
    return record.origin.source if record.origin else ""
