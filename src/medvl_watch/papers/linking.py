"""Record linkage: which records describe one paper, and by what proof.

The principle: a false merge is worse than a missed duplicate. Merging two works hides one
of them from every list for good; a duplicate is met again by the next proof that turns up.
So a shared identifier is not enough where title, authors and abstract all differ, a title
is never enough by itself, and what cannot be decided is a doubt that a person sees.

1. A shared arXiv id, DOI or other assigned identifier, if the records agree otherwise.
2. The same title with the same first author and years at most one apart; or with the same
   abstract, where authors are missing or the print came years later.
3. Anything else stays apart. `Preface` is nobody's title.

Each merge is a line of the paper's `links`, with its proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.papers.evidence import agree, conflict, strong_keys, title_proof
from medvl_watch.papers.groups import FIRST, RecordGroup, by_strength, final, new_id, source_of
from medvl_watch.papers.identifiers import (
    is_generic_title,
    is_weak,
    title_key,
)
from medvl_watch.records import Paper, Record

_PROOFS = {"arxiv": "arxiv_id"}
"""What the proof is called where it is not the key's own scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Two things that may be one paper and were kept apart, for a person to decide.

    `paper_id` is where `record` went; `other_id` the paper that it may belong to.
    """

    record: Record
    paper_id: str
    other_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """The papers that the records belong to, in the order of their first record.

    `new` holds the ids of those nobody knew, `changed` of those whose facts or records are
    not what they were; a paper in neither was only met again.
    """

    papers: tuple[Paper, ...]
    new: frozenset[str]
    changed: frozenset[str]
    doubts: tuple[Doubt, ...] = ()


def link(
    records: Sequence[Record],
    known: Mapping[str, str],
    known_papers: Sequence[Paper],
) -> LinkResult:
    """Bring records together into papers, new ones and known ones.

    `known` gives the paper's id for identity keys that the ledger has; `known_papers` are
    the papers it names and any that may share a title with a record. A known paper keeps
    its id. Linking the same records again changes nothing. Raises ValueError when an identifier in
    `known` names a paper that is not among `known_papers`: its records would be lost.
    """
    desk = _GroupIndex(frozenset(known.values()))
    for paper in known_papers:
        desk.open(paper)
    for key, paper_id in known.items():
        if is_weak(key):
            continue
        if paper_id not in desk.by_paper:
            raise ValueError(f"{key} is known as {paper_id}, which was not handed over")
        desk.by_key.setdefault(key, desk.by_paper[paper_id])
    for record in records:
        desk.file(record)
    return desk.result()


def identify(
    record: Record, known: Mapping[str, str], known_papers: Sequence[Paper]
) -> tuple[Paper, str]:
    """The paper that a person means by a record, and why it may be another one, or nothing.

    `known` and `known_papers` are as for `link`. What a person types seldom has authors or an
    identifier, so the only known paper of its title is taken for it.
    """
    linked = link([record], known, known_papers)
    (paper,) = linked.papers
    if paper.id in linked.new and len(known_papers) == 1 and not strong_keys(record):
        (other,) = known_papers
        if title_key(other.facts.title) == title_key(record.title):
            return other, ""
    doubts = [f"{each.reason} ({each.other_id})" for each in linked.doubts]
    return paper, doubts[-1] if doubts else ""


class _GroupIndex:
    """The groups on the table while records are filed, with their two indexes."""

    def __init__(self, taken: frozenset[str]) -> None:
        self.taken = taken
        self.groups: list[RecordGroup] = []
        self.by_paper: dict[str, RecordGroup] = {}
        self.by_reading: dict[tuple[str, str], RecordGroup] = {}
        self.by_key: dict[str, RecordGroup] = {}
        self.by_title: defaultdict[str, list[RecordGroup]] = defaultdict(list)
        self.doubts: list[tuple[Record, RecordGroup, RecordGroup, str]] = []

    def open(self, paper: Paper) -> None:
        """Lay a known paper on the table."""
        proofs = {(one.record_id, one.source): one.proof for one in paper.links}
        records = paper.records or (paper.facts,)
        members = [(one, proofs.get((one.id, source_of(one)), FIRST)) for one in records]
        group = RecordGroup(known=paper, members=members, paper_id=paper.id)
        self.groups.append(group)
        self.by_paper[paper.id] = group
        for record in (*records, paper.facts):
            self._index(record, group)

    def file(self, record: Record) -> None:
        """Put a record where it belongs, opening a group where there is none."""
        doubts: list[tuple[RecordGroup, str]] = []
        home = self._home_as_before(record)
        home = self._home_by_key(record, home, doubts) or self._home_by_title(record, doubts)
        if home is None:
            home = RecordGroup()
            home.add(record, FIRST)
            self.groups.append(home)
        self._index(record, home)
        self.doubts += [(record, home, other, reason) for other, reason in doubts]

    def _home_as_before(self, record: Record) -> RecordGroup | None:
        """Where an earlier reading of this very record lies: a doubt must not open a new
        paper at every poll."""
        group = self.by_reading.get((source_of(record), record.id))
        if group is None or not any(agree(record, one) for one in group.records):
            return None
        group = final(group)
        group.add(record, FIRST)
        return group

    def _home_by_key(
        self, record: Record, home: RecordGroup | None, doubts: list[tuple[RecordGroup, str]]
    ) -> RecordGroup | None:
        for key in sorted(strong_keys(record), key=by_strength):
            group = self._current(key)
            if group is None or group is home:
                continue
            if against := _against_sharing(key, record, group):
                doubts.append((group, f"{key} is shared, but {against}"))
                continue
            if home is None:
                home = group
                home.add(record, _proof(key))
            elif home.known and group.known:
                doubts.append((group, f"{key} is the other paper's, which is known by itself"))
            else:
                home = self._absorb(home, group, _proof(key))
        return home

    def _home_by_title(
        self, record: Record, doubts: list[tuple[RecordGroup, str]]
    ) -> RecordGroup | None:
        if is_generic_title(record.title):
            return None
        for group in self._candidates(record):
            if group.absorbed_by:
                continue
            proof = next(filter(None, (title_proof(record, one) for one in group.records)), "")
            against = next(filter(None, (conflict(record, one) for one in group.records)), "")
            if proof and not against:
                group.add(record, proof)
                return group
            if proof:
                doubts.append((group, f"the same title and author, but two {against}"))
            elif not against and _cannot_tell(record, group):
                doubts.append((group, "the same title, and no authors or abstract to compare"))
        return None

    def _candidates(self, record: Record) -> Iterator[RecordGroup]:
        yield from dict.fromkeys(self.by_title[title_key(record.title)])

    def _current(self, key: str) -> RecordGroup | None:
        group = self.by_key.get(key)
        while group is not None and group.absorbed_by is not None:
            group = group.absorbed_by
        return group

    def _absorb(self, one: RecordGroup, other: RecordGroup, proof: str) -> RecordGroup:
        """Make one group of two that an identifier joins; the known one stays."""
        keeper, leaver = (other, one) if other.known and not one.known else (one, other)
        for member, old_proof in leaver.members:
            keeper.add(member, proof if old_proof == FIRST else old_proof)
            self._index(member, keeper)
        leaver.absorbed_by = keeper
        return keeper

    def _index(self, record: Record, group: RecordGroup) -> None:
        self.by_reading.setdefault((source_of(record), record.id), group)
        for key in strong_keys(record):
            # The first holder of a key keeps it: the second is a doubt, or absorbed.
            if self._current(key) is None:
                self.by_key[key] = group
        if (key := title_key(record.title)) and group not in self.by_title[key]:
            self.by_title[key].append(group)

    def result(self) -> LinkResult:
        live = [one for one in self.groups if one.touched and one.absorbed_by is None]
        taken = {*self.taken, *self.by_paper}
        for group in live:
            group.paper_id = group.paper_id or new_id(group.records, taken)
            taken.add(group.paper_id)
        papers = tuple(group.paper() for group in live)
        pairs = list(zip(live, papers, strict=True))
        return LinkResult(
            papers=papers,
            new=frozenset(paper.id for group, paper in pairs if group.known is None),
            changed=frozenset(
                paper.id for group, paper in pairs if group.known and group.known != paper
            ),
            doubts=tuple(
                Doubt(record=record, paper_id=final(home).paper_id,
                      other_id=final(other).paper_id, reason=reason)
                for record, home, other, reason in self.doubts
                if final(home) is not final(other)
            ),
        )  # fmt: skip


def _against_sharing(key: str, record: Record, group: RecordGroup) -> str:
    """Why a record with this key does not belong to its holder, or an empty text."""
    if not any(agree(record, member) for member in group.records):
        return "title, authors and text differ"
    arxiv_ids = {one.arxiv_id for one in (record, *group.records) if one.arxiv_id}
    if len(arxiv_ids) > 1 and not key.startswith("arxiv:"):
        return f"the arXiv ids {' and '.join(sorted(arxiv_ids))} differ"
    return ""


def _cannot_tell(record: Record, group: RecordGroup) -> bool:
    return not record.authors or not any(one.authors for one in group.records)


def _proof(key: str) -> str:
    scheme = key.partition(":")[0]
    return _PROOFS.get(scheme, scheme)
