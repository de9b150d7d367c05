"""Papers after a person moved records between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medvl_watch.errors import ConfigError
from medvl_watch.papers.groups import FIRST, Membership, RecordGroup, new_id, source_of
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.link_decisions import name_of_record
from medvl_watch.papers.linking import BY_PERSON
from medvl_watch.papers.paper_events import with_more_events
from medvl_watch.records import LinkChoice, LinkDecision, Paper, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """Two papers after a person joined or separated them, and the decisions to remember."""

    first: Paper
    second: Paper
    decisions: tuple[LinkDecision, ...]


def records_named(paper: Paper, text: str, keys: Collection[str]) -> tuple[Record, ...]:
    """The records of a paper that a person means by an id, an identifier or an address."""
    return tuple(
        each
        for each in paper.records
        if text in {each.id, name_of_record(each)} or not keys_of(each).isdisjoint(keys)
    )


def split_paper(paper: Paper, leaving: Sequence[Record], now: datetime) -> Regrouping:
    """Separate records from a paper. Raises ConfigError if nothing would be left on one side, or
    if both sides have one identifier, which cannot be of two papers."""
    moved = [each for each in paper.records if each in leaving]
    rest = [each for each in paper.records if each not in leaving]
    if not moved or not rest:
        raise ConfigError(
            f"{len(moved)} of its {len(paper.records)} records would be separated",
            where=paper.id, remedy="name some of its records, not all",
        )  # fmt: skip
    pairs = {(name_of_record(one), name_of_record(other)) for one in rest for other in moved}
    if shared := sorted(one for one, other in pairs if one == other):
        raise ConfigError(
            f"records on both sides have the identifier {shared[0]}",
            where=paper.id, remedy="separate all records with that identifier together",
        )  # fmt: skip
    return Regrouping(
        first=_paper(paper, paper.id, rest, {}),
        second=_paper(paper, new_id(moved, {paper.id}), moved, {}),
        decisions=tuple(
            LinkDecision(one=one, other=other, choice=LinkChoice.APART, at=now)
            for one, other in sorted(pairs)
        ),
    )


def join_papers(first: Paper, second: Paper, now: datetime) -> Regrouping:
    """Move all records of the second paper to the first one."""
    if first.id == second.id:
        raise ConfigError("the two are one paper already", where=first.id)
    names = [
        sorted({name_of_record(each) for each in paper.records or (paper.facts,)})
        for paper in (first, second)
    ]
    added = {
        (each.id, source_of(each)): Membership(
            each, BY_PERSON, (f"a person joined it with {names[0][0]}",)
        )
        for each in second.records or (second.facts,)
    }
    records = [*(first.records or (first.facts,)), *(each.record for each in added.values())]
    return Regrouping(
        first=_paper(first, first.id, records, added),
        second=second,
        decisions=tuple(
            LinkDecision(one=one, other=other, choice=LinkChoice.TOGETHER, at=now)
            for one in names[0]
            for other in names[1]
            if one != other
        ),
    )


def _paper(
    old: Paper,
    paper_id: str,
    records: Sequence[Record],
    added: dict[tuple[str, str], Membership],
) -> Paper:
    links = {(each.record_id, each.source): each for each in old.links}
    group = RecordGroup(paper_id=paper_id)
    for record in records:
        place = (record.id, source_of(record))
        link = links.get(place)
        before = Membership(record, link.proof, link.evidence) if link else Membership(record)
        group.add(added.get(place, before))
    if group.members and group.members[0].proof != FIRST:
        group.members[0] = Membership(group.members[0].record)
    return with_more_events(replace(group.paper(), events=()), old.events)
