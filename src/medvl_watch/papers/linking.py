"""Record linkage: which records describe one paper, and by what proof.

The principle: a false merge is worse than a missed duplicate. Merging two works hides one
of them from every list for good; a duplicate is met again by the next proof that turns up.

1. What a person decided (`link join`, `link split`) goes before everything else.
2. A shared arXiv id, DOI or other assigned identifier links two records if title, authors or
   abstract agree as well. An identifier alone does not suffice: sources copy them wrongly.
3. Without a shared identifier, two kinds of evidence have to agree, and identifiers and venues
   must not contradict (`evidence.py`, `group_evidence.py`). A title alone does not suffice, nor
   does a team of authors; `Preface` is nobody's title.
4. What cannot be decided is a doubt for a person.

Only records that share a block are compared (`blocking.py`, `group_index.py`). Each link keeps
its evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.papers.evidence import SAME_TITLE, conflict, strong_keys
from medvl_watch.papers.group_evidence import (
    against_shared_key,
    best_evidence,
    proof_of,
    supports,
    words_of_best,
)
from medvl_watch.papers.group_index import GroupIndex, blocks_of_record
from medvl_watch.papers.groups import (
    FIRST,
    Membership,
    RecordGroup,
    by_strength,
    final,
    new_id,
    source_of,
)
from medvl_watch.papers.identifiers import is_weak, title_key
from medvl_watch.papers.link_decisions import LinkDecisions
from medvl_watch.papers.paper_events import with_events
from medvl_watch.records import Paper, Record

BY_PERSON = "joined by a person"
NO_DECISIONS = LinkDecisions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Two things that may be one paper and were left apart, for a person to decide.

    `paper_id` is the paper of `record`; `other_id` the paper that it may belong to.
    """

    record: Record
    paper_id: str
    other_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """The papers that the records belong to, in the order of their first record.

    `new` has the ids of papers that were not known, `changed` of those whose facts or records
    have changed; a paper in neither is as it was.
    """

    papers: tuple[Paper, ...]
    new: frozenset[str]
    changed: frozenset[str]
    doubts: tuple[Doubt, ...] = ()


def link(
    records: Sequence[Record],
    known: Mapping[str, str],
    known_papers: Sequence[Paper],
    decisions: LinkDecisions = NO_DECISIONS,
) -> LinkResult:
    """Bring records together into papers, new ones and known ones.

    `known` gives the paper's id for identity keys that the ledger has; `known_papers` are
    the papers it names and any that share a block with a record. A known paper keeps its id.
    Linking the same records again changes nothing. Raises ValueError when an identifier in
    `known` names a paper that is not among `known_papers`: its records would be lost.
    """
    linker = _Linker(frozenset(known.values()), decisions)
    for paper in known_papers:
        linker.add_known(paper)
    for key, paper_id in known.items():
        if is_weak(key):
            continue
        if paper_id not in linker.by_paper:
            raise ValueError(f"{key} is known as {paper_id}, which is not among the known papers")
        linker.index.add_key(key, linker.by_paper[paper_id])
    for record in records:
        linker.add(record)
    return linker.result()


def identify(
    record: Record,
    known: Mapping[str, str],
    known_papers: Sequence[Paper],
    decisions: LinkDecisions = NO_DECISIONS,
) -> tuple[Paper, str]:
    """The paper that a person means by a record, and why it may be another one, or nothing.

    The arguments are those of `link`. What a person types seldom has authors or an identifier,
    so the only known paper of its title is taken for it.
    """
    linked = link([record], known, known_papers, decisions)
    (paper,) = linked.papers
    if paper.id in linked.new and not strong_keys(record):
        key = title_key(record.title)
        same = [each for each in known_papers if title_key(each.facts.title) == key]
        if len(same) == 1:
            return same[0], ""
    doubts = [f"{each.reason} ({each.other_id})" for each in linked.doubts]
    return paper, doubts[-1] if doubts else ""


class _Linker:
    """The groups of records found so far, with their index."""

    def __init__(self, taken: frozenset[str], decisions: LinkDecisions) -> None:
        self.taken = taken
        self.decisions = decisions
        self.groups: list[RecordGroup] = []
        self.by_paper: dict[str, RecordGroup] = {}
        self.index = GroupIndex(with_names=bool(decisions))
        self.doubts: list[tuple[Record, RecordGroup, RecordGroup, str]] = []

    def add_known(self, paper: Paper) -> None:
        """Add a paper that the ledger knows."""
        links = {(one.record_id, one.source): one for one in paper.links}
        group = RecordGroup(known=paper, paper_id=paper.id)
        for record in paper.records or (paper.facts,):
            one = links.get((record.id, source_of(record)))
            proof, evidence = (one.proof, one.evidence) if one else (FIRST, ())
            group.members.append(Membership(record, proof, evidence))
        self.groups.append(group)
        self.by_paper[paper.id] = group
        done: set[tuple[str, str]] = set()
        for record in (*group.records, paper.facts):
            text = (record.title, record.abstract)
            blocks = () if text in done else blocks_of_record(record)
            done.add(text)
            self.index.add(record, strong_keys(record), blocks, group)

    def add(self, record: Record) -> None:
        """Add a record to the group where it belongs, or to a new one."""
        doubts: list[tuple[RecordGroup, str]] = []
        keys, blocks = strong_keys(record), blocks_of_record(record)
        home = self._group_of_last_time(record)
        home = self._joined_by_person(record, home)
        home = self._group_by_key(record, keys, home, doubts)
        home = self._group_by_evidence(record, blocks, home, doubts)
        if home is None:
            home = RecordGroup()
            home.add(Membership(record))
            self.groups.append(home)
        self.index.add(record, keys, blocks, home)
        self.doubts += [(record, home, other, reason) for other, reason in doubts]

    def _group_of_last_time(self, record: Record) -> RecordGroup | None:
        """The group with an earlier version of this very record: a doubt must not make a new
        paper at every poll."""
        group = self.index.of_last_time(record)
        if group is None or not supports(record, group):
            return None
        group = final(group)
        group.add(Membership(record))
        return group

    def _joined_by_person(self, record: Record, home: RecordGroup | None) -> RecordGroup | None:
        for name in self.decisions.partners(record):
            group = self.index.named(name)
            if group is not None:
                evidence = (f"a person joined it with {name}",)
                home = self._join(record, home, final(group), BY_PERSON, evidence) or home
        return home

    def _group_by_key(
        self,
        record: Record,
        keys: frozenset[str],
        home: RecordGroup | None,
        doubts: list[tuple[RecordGroup, str]],
    ) -> RecordGroup | None:
        for key in sorted(keys, key=by_strength):
            group = self.index.holder(key)
            if group is None or group is home or self._are_apart(record, home, group):
                continue
            if against := against_shared_key(key, record, group):
                doubts.append((group, f"{key} is shared, but {against}"))
                continue
            evidence = (f"same {key}", *words_of_best(record, group))
            joined = self._join(record, home, group, proof_of(key), evidence)
            if joined is None:
                doubts.append((group, f"{key} belongs to the other paper, also a known one"))
            home = joined or home
        return home

    def _group_by_evidence(
        self,
        record: Record,
        blocks: tuple[int, ...],
        home: RecordGroup | None,
        doubts: list[tuple[RecordGroup, str]],
    ) -> RecordGroup | None:
        for group in self.index.candidates(blocks):
            if group is home or group.absorbed_by or self._are_apart(record, home, group):
                continue
            proof, words, doubt = best_evidence(record, group)
            if not proof and not doubt:
                continue
            members = home.records if home else (record,)
            against = next(
                filter(None, (conflict(a, b) for a in members for b in group.records)), ""
            )
            if proof and not against:
                joined = self._join(record, home, group, proof, words)
                if joined is None:
                    doubts.append((group, f"{', '.join(words)}; both papers are known"))
                home = joined or home
            elif proof and words[0] == SAME_TITLE:
                doubts.append((group, f"{words[0]}, {words[1]}, but two {against}"))
            elif not proof and not against:
                doubts.append((group, doubt))
        return home

    def _join(
        self,
        record: Record,
        home: RecordGroup | None,
        group: RecordGroup,
        proof: str,
        evidence: tuple[str, ...],
    ) -> RecordGroup | None:
        """The group that both are now in; None where both are known papers, which only a person
        may join."""
        if home is None:
            group.add(Membership(record, proof, evidence))
            return group
        if home is group:
            return home
        if home.known and group.known:
            return None
        stays, goes = (group, home) if group.known and not home.known else (home, group)
        for each in goes.members:
            moved = Membership(each.record, proof, evidence) if each.proof == FIRST else each
            stays.add(moved)
            self.index.add(each.record, strong_keys(each.record), (), stays)
        goes.absorbed_by = stays
        return stays

    def _are_apart(self, record: Record, home: RecordGroup | None, group: RecordGroup) -> bool:
        if not self.decisions:
            return False
        members = home.records if home else (record,)
        return any(self.decisions.are_apart(a, b) for a in members for b in group.records)

    def result(self) -> LinkResult:
        """The papers of all groups to which a record was added. Nothing can be added then."""
        self.index = GroupIndex(with_names=False)  # the old one is as large as all the papers
        live = [one for one in self.groups if one.touched and one.absorbed_by is None]
        taken = {*self.taken, *self.by_paper}
        for group in live:
            group.paper_id = group.paper_id or new_id(group.records, taken)
            taken.add(group.paper_id)
        papers = tuple(with_events(group.known, group.paper()) for group in live)
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
