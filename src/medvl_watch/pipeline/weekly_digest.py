"""The week's digest: from the ledger to an issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from medvl_watch.changes import Published
from medvl_watch.errors import WatchError
from medvl_watch.offers.digest_papers import (
    outcomes_shown,
    papers_first_under_review,
    waiting_for_time,
)
from medvl_watch.offers.kept_entries import kept_share
from medvl_watch.offers.list_news import PaperNews, news_of
from medvl_watch.offers.next_step import paused_until
from medvl_watch.offers.outcomes import ON_THE_LIST
from medvl_watch.offers.reviewer_time import UNDER_REVIEW, first_requests
from medvl_watch.pipeline.digest_options import with_options
from medvl_watch.pipeline.list_state import pulls_of
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.workers import recording
from medvl_watch.publish import digest_boxes
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.digest import digest_message
from medvl_watch.publish.digest_rows import Answered, DigestItem, WeekShare
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Decision, EventKind, Paper, State


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """The result of a digest: `published` is None if no paper was fetched in the week."""

    published: Published | None = None
    problems: tuple[WatchError, ...] = ()


def digest(parts: PipelineParts, week: Week, now: datetime) -> DigestReport:
    """Create or update the digest of this week, unless no paper was fetched in it.

    A list whose pull requests cannot be read is shown without them.
    """
    with recording(parts.locks, "the digest"):
        return _digest(parts, week, now)


def _digest(parts: PipelineParts, week: Week, now: datetime) -> DigestReport:
    seen = _papers_of(parts, week)
    if not seen:
        return DigestReport()
    pulls, problems = pulls_of(parts.forge, parts.targets)
    items = _items(parts, seen)
    items = with_options(parts, items)
    own_pulls = {key: [own_pull(each) for each in found] for key, found in pulls.items()}
    issue = digest_message(
        week,
        items,
        targets=parts.targets,
        unjudged=len(seen) - len(items),
        health=parts.ledger.receipts(),
        pulls=pulls,
        waiting_for_review=waiting_for_time(parts.ledger.latest_outcomes(states={State.DEFERRED})),
        pauses={
            list_id: until.date()
            for list_id, found in own_pulls.items()
            if (until := paused_until(found, parts.limits.pause, now))
        },
        answered=_answered(parts, week),
        news=_news(parts, week),
        settled=_settled(parts, week),
        weeks=_weeks(parts, week),
        minutes=_minutes(parts, week),
        kept=kept_share(parts.ledger.history(states={State.ACCEPTED, State.REFUSED})),
        title=parts.digest_title,
    )
    return DigestReport(published=parts.forge.ensure_issue(issue), problems=tuple(problems))


def _answered(parts: PipelineParts, week: Week) -> Sequence[Answered]:
    """The papers that people decided on in this digest, as it is now."""
    bodies = [each.body for each in parts.forge.issues(week.key)][:1]
    ticked = {key: actions for body in bodies for key, actions in digest_boxes.ticked(body).items()}
    papers = {paper.id: paper for paper in parts.ledger.papers(ticked)}
    return [
        Answered(paper=papers[key], actions=tuple(dict.fromkeys(actions)))
        for key, actions in sorted(ticked.items())
        if key in papers
    ]


def _news(parts: PipelineParts, week: Week) -> Sequence[tuple[PaperNews, Sequence[str]]]:
    """What we read in the week of papers that lists hold, the gravest first, with the lists."""
    lists: dict[str, list[str]] = {}
    for target in parts.targets:
        for each in parts.ledger.latest_outcomes(list_id=target.id, states=ON_THE_LIST):
            lists.setdefault(each.paper_id, []).append(target.id)
    news = [
        each
        for each in news_of(parts.ledger.papers(lists), frozenset(EventKind))
        if week.start <= each.event.at < week.start + _WEEK
    ]
    order = {kind: place for place, kind in enumerate(_GRAVEST_FIRST)}
    news.sort(key=lambda each: order.get(each.event.kind, len(order)))
    return [(each, lists[each.paper.id]) for each in news]


def _settled(parts: PipelineParts, week: Week) -> Mapping[str, Mapping[State, int]]:
    """By list: how many papers were accepted and refused in the week."""
    found: dict[str, Counter[State]] = {}
    for each in parts.ledger.history(states={State.ACCEPTED, State.REFUSED}):
        if each.list_id and week.start <= each.at < week.start + _WEEK:
            found.setdefault(each.list_id, Counter())[each.state] += 1
    return found


def _minutes(parts: PipelineParts, week: Week) -> Mapping[str, int]:
    """By list: the minutes that its reviewer was asked for in the week."""
    minutes = {}
    for target in parts.targets:
        asked = first_requests(parts.ledger.history(list_id=target.id, states=UNDER_REVIEW))
        in_week = (each for each in asked if week.start <= each.at < week.start + _WEEK)
        minutes[target.id] = ceil(parts.limits.time.spent(in_week))
    return minutes


def _weeks(parts: PipelineParts, week: Week) -> Sequence[WeekShare]:
    """The latest weeks with the papers that were for a list, by the taxonomy's outermost
    sections."""
    found = []
    for back in range(WEEKS_SHOWN - 1, -1, -1):
        start = week.start - back * _WEEK
        papers = [paper.id for paper, _ in parts.ledger.first_seen(start, start + _WEEK)]
        verdicts = parts.ledger.verdicts(papers).values()
        tops = (
            each.sections[0].path[0] if each.sections else "without a section"
            for each in verdicts
            if each.decision is Decision.PROPOSE
        )
        found.append(WeekShare(str(Week.of(start.date())), Counter(tops)))
    first = next((at for at, each in enumerate(found) if each.by_section), len(found))
    return found[first:]


def _papers_of(parts: PipelineParts, week: Week) -> Sequence[Paper]:
    """The papers first fetched in the week, and earlier ones that were first shown to a person
    in it."""
    seen = [paper for paper, _ in parts.ledger.first_seen(week.start, week.start + _WEEK)]
    earlier = papers_first_under_review(parts.ledger.history(states=UNDER_REVIEW), week.start)
    return [*seen, *parts.ledger.papers(earlier.difference(paper.id for paper in seen))]


def _items(parts: PipelineParts, seen: Sequence[Paper]) -> list[DigestItem]:
    """The papers that were judged, with their outcomes."""
    verdicts = parts.ledger.verdicts(paper.id for paper in seen)
    latest_outcomes = parts.ledger.latest_outcomes(papers=verdicts)
    outcomes = outcomes_shown(latest_outcomes, {target.id for target in parts.targets})
    return [
        DigestItem(paper=paper, verdict=verdicts[paper.id], outcomes=outcomes[paper.id])
        for paper in seen
        if paper.id in verdicts
    ]


_WEEK = timedelta(days=7)
WEEKS_SHOWN = 6
_GRAVEST_FIRST = (
    EventKind.RETRACTED,
    EventKind.WITHDRAWN,
    EventKind.CONCERN,
    EventKind.CORRECTED,
    EventKind.RENAMED,
)
