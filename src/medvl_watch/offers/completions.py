"""Entries that the list has already and that can be completed along with its pull request."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from medvl_watch.changes import PullState
from medvl_watch.lists.editing.completing import CompletionResult, complete
from medvl_watch.lists.paper_matching import sections_of
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.offers.list_context import ListFacts
from medvl_watch.offers.maintainer_decisions import (
    COMPLETING,
    OwnPull,
    is_paper,
    refused_completions,
)
from medvl_watch.offers.reviewer_time import week_of
from medvl_watch.papers.addresses import is_code_address
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.paper_events import former_titles
from medvl_watch.papers.preprint_names import is_preprint_name, mentions_preprint
from medvl_watch.papers.venues import venue_of
from medvl_watch.records import Paper, Record

MOST_TRIED = 50
"""Entries tried in one run: reading the list again for each takes time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCompletion:
    """An entry that the list has and the pull request completes: `added` says by what, `line`
    is how it reads then."""

    paper: Paper
    added: tuple[str, ...]
    line: str

    @property
    def entry_id(self) -> str:
        """How the pull request's state and its checkbox name it."""
        return f"{COMPLETING}{self.paper.id}"


def completions(
    papers: Iterable[Paper], facts: ListFacts, most: int
) -> tuple[EntryCompletion, ...]:
    """The entries of these papers, which the list holds, that can be completed, at most `most`;
    none for a list that does not want it."""
    if not facts.target.completes:
        return ()
    found: list[EntryCompletion] = []
    candidates = _incomplete(papers, facts, refused_completions(facts.pulls))
    for paper in islice(candidates, MOST_TRIED):
        if len(found) == most:
            break
        tried = _completed(facts, [*(each.paper for each in found), paper])
        done = next((each for each in tried.done if each.paper_id == paper.id), None)
        if done is not None:
            found.append(EntryCompletion(paper=paper, added=done.added, line=done.lines[0]))
    return tuple(found)


def room_this_week(pulls: Iterable[OwnPull], most: int, now: datetime) -> int:
    """How many entries may still be completed in this week, of at most `most`: a list that merges
    at once is not asked to look at more of its entries than one that waits."""
    merged = (
        pull
        for pull in pulls
        if pull.state is PullState.MERGED
        and pull.pull.closed_at is not None
        and week_of(pull.pull.closed_at) == week_of(now)
    )
    done = sum(not is_paper(each) for pull in merged for each in pull.entries)
    return max(0, most - done)


def completed_text(facts: ListFacts, completed: Sequence[EntryCompletion]) -> str:
    """The list with these entries completed."""
    if not completed:
        return facts.text
    return _completed(facts, [each.paper for each in completed]).after


def _completed(facts: ListFacts, papers: Sequence[Paper]) -> CompletionResult:
    former = {each.id: former_titles(each) for each in papers}
    return complete(facts.text, [each.facts for each in papers], former)


def _incomplete(
    papers: Iterable[Paper], facts: ListFacts, unwanted: Container[str]
) -> Iterator[Paper]:
    """The papers of which we know a venue or code that their entries seem to lack."""
    if facts.document is None:
        return
    texts = {
        identity.line: facts.document.text(entry)
        for identity, entry in zip(facts.identities, facts.document.entries, strict=True)
    }
    for paper in papers:
        former = former_titles(paper)
        has_news = _is_published(paper.facts) or paper.facts.code_urls or former
        if paper.id in unwanted or paper.withdrawn or not has_news:
            continue
        named = [paper.facts, *(replace(paper.facts, title=title) for title in former)]
        own = [each for each in facts.identities if any(sections_of(x, [each]) for x in named)]
        old = set(map(title_key, former))
        if any(each.title_key in old or _lacks(paper.facts, texts[each.line]) for each in own):
            yield paper


def _is_published(record: Record) -> bool:
    venue = venue_of(record)
    return venue is not None and not is_preprint_name(venue.name)


def _lacks(record: Record, text: str) -> bool:
    return (_is_published(record) and mentions_preprint(text)) or (
        bool(record.code_urls) and not _mentions_code(text)
    )


def _mentions_code(text: str) -> bool:
    return "code" in text.casefold() or any(is_code_address(x.url) for x in links_in(text))
