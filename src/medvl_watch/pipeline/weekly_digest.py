"""The week's digest: from the ledger to an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medvl_watch.changes import Published
from medvl_watch.errors import WatchError
from medvl_watch.offers.digest_papers import (
    outcomes_shown,
    papers_first_under_review,
    waiting_for_time,
)
from medvl_watch.offers.next_step import paused_until
from medvl_watch.offers.reviewer_time import UNDER_REVIEW
from medvl_watch.pipeline.list_state import pulls_of
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.digest import DigestItem, digest_message
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Paper, State


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """The result of a digest: `published` is None if no paper was fetched in the week."""

    published: Published | None = None
    problems: tuple[WatchError, ...] = ()


def digest(parts: PipelineParts, week: Week, now: datetime) -> DigestReport:
    """Create or update the digest of this week, unless no paper was fetched in it.

    A list whose pull requests cannot be read is shown without them.
    """
    seen = _papers_of(parts, week)
    if not seen:
        return DigestReport()
    pulls, problems = pulls_of(parts.forge, parts.targets)
    items = _items(parts, seen)
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
    )
    return DigestReport(published=parts.forge.ensure_issue(issue), problems=tuple(problems))


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
