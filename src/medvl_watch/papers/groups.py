"""A paper in the making: the records that were brought together so far, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from medvl_watch.papers.identifiers import derived_id, is_weak, weak_key
from medvl_watch.papers.merging import facts_of, is_withdrawn, newer
from medvl_watch.records import Link, Paper, Record

FIRST = "first record"
_STRENGTH = ("arxiv", "doi")


@dataclass(slots=True, eq=False)
class RecordGroup:
    """A paper in the making: its records, each with the proof that brought it here."""

    known: Paper | None = None
    members: list[tuple[Record, str]] = field(default_factory=list)
    touched: bool = False
    absorbed_by: RecordGroup | None = None
    paper_id: str = ""

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(record for record, _ in self.members)

    def add(self, record: Record, proof: str) -> None:
        """Take a record in, or take it for a new reading of one that is here."""
        self.touched = True
        for place, (member, old_proof) in enumerate(self.members):
            if (member.id, source_of(member)) == (record.id, source_of(record)):
                self.members[place] = (newer(member, record), old_proof)
                return
        self.members.append((record, proof if self.members else FIRST))

    def paper(self) -> Paper:
        records = self.records
        links = tuple(
            Link(paper_id=self.paper_id, record_id=one.id, source=source_of(one), proof=proof)
            for one, proof in self.members
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
    candidates = sorted((derived_id(one) for one in records), key=by_strength)
    candidates += [weak_key(one) for one in records]
    free = (one for one in candidates if one not in taken)
    return next(free, None) or next(
        one for number in range(2, 10_000) if (one := f"{candidates[-1]}-{number}") not in taken
    )


def by_strength(key: str) -> tuple[int, str]:
    scheme = key.partition(":")[0]
    if is_weak(key):
        return (len(_STRENGTH) + 1, key)
    return (_STRENGTH.index(scheme) if scheme in _STRENGTH else len(_STRENGTH), key)


def final(group: RecordGroup) -> RecordGroup:
    while group.absorbed_by is not None:
        group = group.absorbed_by
    return group


def source_of(record: Record) -> str:
    return record.origin.source if record.origin else ""
