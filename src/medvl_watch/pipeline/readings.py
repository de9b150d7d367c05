"""A list and our pull requests on it, read once, and what people have decided there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medvl_watch.changes import Held, PullRequest, Snapshot, Target
from medvl_watch.errors import WatchError
from medvl_watch.lists.editing.holdings import Holding, held, holdings, sections_of
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers import candidates
from medvl_watch.offers.candidates import ListContext
from medvl_watch.offers.list_sections import router_of
from medvl_watch.offers.outcomes import accepted
from medvl_watch.pipeline.parts import Parts, in_words, record
from medvl_watch.ports import Forge
from medvl_watch.publish import choices, lifecycle, marker
from medvl_watch.records import Headings, Outcome, Paper, Record, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list and our pull requests on it, as they were read at the start.

    `papers` are those that the pull requests speak of, by the ids that they have there;
    `chosen` are the sections that people ticked in them, by the papers' ids of now.
    """

    target: Target
    snapshot: Snapshot
    text: str
    document: Document
    holdings: Sequence[Holding]
    pulls: Sequence[PullRequest]
    papers: Mapping[str, Paper]
    chosen: choices.Chosen

    def is_held(self, paper_id: str) -> bool:
        """Whether the list holds a paper that a pull request speaks of."""
        paper = self.papers.get(paper_id)
        return paper is not None and isinstance(held(paper.facts, self.holdings), Held)

    def sections_of(self, facts: Record) -> tuple[Headings, ...]:
        """Where the list has the paper now."""
        return sections_of(facts, self.holdings)

    def proposed(self) -> frozenset[str]:
        """The papers that our open pull request adds, by the ids that the ledger gives them."""
        ids = lifecycle.proposed_papers(self.pulls)
        return frozenset(self.papers[each].id for each in ids if each in self.papers)

    def unknown(self) -> tuple[str, ...]:
        """The papers of our open pull request that the ledger does not know: it is a new one."""
        ids = lifecycle.proposed_papers(self.pulls)
        return tuple(each for each in ids if each not in self.papers)

    def taken_out(self) -> list[Paper]:
        """The papers that people have unticked in our open pull request."""
        ids = lifecycle.taken_out(self.pulls)
        return [replace(self.papers[each], id=each) for each in ids if each in self.papers]


def read_list(parts: Parts, target: Target) -> Reading:
    snapshot = parts.forge.read(target)
    text = decode(snapshot.content, where=target.id)
    parts.keep_list(target, snapshot)
    document = parse(text)
    pulls = parts.forge.pull_requests(target)
    said = choices.chosen(pulls)
    papers = _named(parts, pulls, said)
    return Reading(
        target=target,
        snapshot=snapshot,
        text=text,
        document=document,
        holdings=holdings(document),
        pulls=pulls,
        papers=papers,
        chosen={papers[each].id: said[each] for each in said if each in papers},
    )


def pulls_of(
    forge: Forge, targets: Iterable[Target]
) -> tuple[dict[str, Sequence[PullRequest]], list[WatchError]]:
    """Our pull requests by list, and why those of some lists could not be read."""
    pulls: dict[str, Sequence[PullRequest]] = {}
    problems: list[WatchError] = []
    for target in targets:
        try:
            pulls[target.id] = forge.pull_requests(target)
        except Exception as error:  # noqa: BLE001 - one list's trouble is not another's
            problems.append(in_words(error, target.id))
    return pulls, problems


def context_of(
    parts: Parts, reading: Reading, now: datetime
) -> tuple[ListContext, tuple[Outcome, ...]]:
    """The list before us, and what people decided in our pull requests since the last run."""
    standing = {each.paper_id: each for each in parts.ledger.standing(list_id=reading.target.id)}
    # what an unknown paper's fate was is read again once a source brings the paper
    said = [
        replace(each, paper_id=reading.papers[each.paper_id].id)
        for each in lifecycle.latest_words(reading.pulls, reading.is_held)
        if each.paper_id in reading.papers
    ]
    context = ListContext(
        target=reading.target,
        router=router_of(
            reading.document, parts.taxonomy, parts.taxonomy.lists.get(reading.target.map_id)
        ),
        document=reading.document,
        holdings=reading.holdings,
        standing=standing,
        now=now,
        chosen=reading.chosen,
        proposed=reading.proposed(),
    )
    known = [each for each in said if candidates.is_decision(each, standing.get(each.paper_id))]
    facts = {paper.id: paper.facts for paper in reading.papers.values()}
    ends = [
        accepted(end, standing.get(end.paper_id), reading.sections_of(facts[end.paper_id]))
        if end.state is State.ACCEPTED
        else end
        for end in candidates.ends_of_words(known, reading.target, now)
    ]
    decided = candidates.news(ends, context)
    record(parts, decided, now)
    return context.after(decided), decided


def _named(parts: Parts, pulls: Sequence[PullRequest], chosen: Iterable[str]) -> dict[str, Paper]:
    """The papers that the pull requests speak of, those `chosen` too, by the ids that they
    have there.

    A new ledger may have met a paper in another record first and call it otherwise; its
    facts say how.
    """
    states = [state for pull in pulls if (state := marker.read(pull.body))]
    ids = {paper_id for state in states for paper_id in (*state.papers, *state.refused)}
    ids.update(chosen)
    names = {
        **parts.ledger.paper_ids(ids),
        **{each.id: each.id for each in parts.ledger.papers(ids)},
    }
    papers = {paper.id: paper for paper in parts.ledger.papers(names.values())}
    return {paper_id: papers[name] for paper_id, name in names.items()}
