"""What happened to papers that a list holds: which of it the maintainer hears of, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from medvl_watch.papers.paper_events import GONE
from medvl_watch.records import EventKind, Paper, PaperEvent

MOST_A_WEEK = 5
"""News that a pull request gains in one week. More would be read by nobody."""
WEEKS_SHOWN = 4
"""How many weeks one piece of news stays in the list's pull requests."""

FOR_THE_MAINTAINER = frozenset(
    {EventKind.WITHDRAWN, EventKind.RETRACTED, EventKind.CONCERN, EventKind.CORRECTED,
     EventKind.RENAMED}
)  # fmt: skip
"""What no completed entry tells, or not in every list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperNews:
    """An event of a paper that a list holds."""

    paper: Paper
    event: PaperEvent


def news_of(papers: Iterable[Paper], kinds: Collection[EventKind]) -> tuple[PaperNews, ...]:
    """The events of these kinds, oldest first; of a paper that was retracted, not also that it
    was withdrawn."""
    found = []
    for paper in papers:
        told = {each.kind for each in paper.events}
        left_out = GONE - {EventKind.RETRACTED} if EventKind.RETRACTED in told else frozenset()
        found += [
            PaperNews(paper=paper, event=each)
            for each in paper.events
            if each.kind in kinds and each.kind not in left_out
        ]
    return tuple(sorted(found, key=_order))


def news_of_week(news: Sequence[PaperNews], now: datetime) -> tuple[PaperNews, ...]:
    """The news that a pull request has now, the latest first.

    Each piece is first shown in the week in which we read of it, or in the next that has room
    for it, and then for some weeks, since pull requests do not come every week. It follows from
    the events alone, so it is the same in every run.
    """
    shown: dict[int, list[PaperNews]] = {}
    week = 0
    for each in sorted(news, key=_order):
        week = max(week, _week_of(each.event.at))
        if len(shown.get(week, ())) >= MOST_A_WEEK:
            week += 1
        shown.setdefault(week, []).append(each)
    last = _week_of(now)
    weeks = range(last, last - WEEKS_SHOWN, -1)
    return tuple(each for week in weeks for each in reversed(shown.get(week, ())))


def _week_of(moment: datetime) -> int:
    """A number that each week, Monday to Sunday, has for itself."""
    return (moment.astimezone(UTC).toordinal() - 1) // 7  # the first day of all was a Monday


def _order(news: PaperNews) -> tuple[datetime, str, str]:
    return news.event.at, news.paper.id, news.event.kind.value
