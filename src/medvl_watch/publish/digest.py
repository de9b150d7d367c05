"""The weekly digest: what a team reads instead of five pull requests.

It is written from the recorded facts. It shows days and never times of day, so the same facts
always give the same text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import TypeVar

from medvl_watch.changes import Issue, PullRequest, Target
from medvl_watch.offers.kept_entries import KeptShare
from medvl_watch.offers.list_news import PaperNews
from medvl_watch.offers.outcomes import WAITS_FOR_TIME
from medvl_watch.ports import SourceHealth
from medvl_watch.publish import marker, render
from medvl_watch.publish.budget import fitted
from medvl_watch.publish.digest_rows import (
    Answered,
    DigestItem,
    DigestRow,
    WeekShare,
    answered_row,
    digest_row,
    open_pulls,
    settled_rows,
    source_row,
)
from medvl_watch.publish.news_rows import MOST_NEWS_SHOWN, news_row
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Headings, State

_T = TypeVar("_T")
NOTHING_MERGED = KeptShare(kept=0, merged=0)
TITLE = "Medical vision-language papers"


def digest_message(  # noqa: PLR0913  # the parts of a digest
    week: Week,
    items: Sequence[DigestItem],
    *,
    targets: Sequence[Target],
    unjudged: int = 0,
    health: Iterable[SourceHealth] = (),
    pulls: Mapping[str, Sequence[PullRequest]] = MappingProxyType({}),
    waiting_for_review: Mapping[str, int] = MappingProxyType({}),
    pauses: Mapping[str, date] = MappingProxyType({}),
    answered: Sequence[Answered] = (),
    news: Sequence[tuple[PaperNews, Sequence[str]]] = (),
    settled: Mapping[str, Mapping[State, int]] = MappingProxyType({}),
    weeks: Sequence[WeekShare] = (),
    minutes: Mapping[str, int] = MappingProxyType({}),
    kept: KeptShare = NOTHING_MERGED,
    title: str = TITLE,
) -> Issue:
    """The issue for a week's papers.

    `unjudged` counts the papers of the week that the classifier has not judged yet; `health`
    is how each source's latest poll went; `pulls` are the pull requests by list id;
    `waiting_for_review` counts the papers of any week that wait for a reviewer's time, by
    list id ("" stands for the reader of the digest); `pauses` has, by list id, the day until
    which nothing is proposed to the list; `answered` are papers that people decided on in this
    digest; `news` are the week's events of papers that lists hold, each with the ids of these
    lists; `settled` counts, by list id, what was accepted and refused in the week; `weeks` are
    the latest weeks, this one last; `minutes` are those that a list's reviewer was asked for;
    `kept` says how many of the latest merged papers stand as they were proposed.
    """
    by_id = {target.id: target for target in targets}
    decided = {each.paper.id for each in answered}
    rows = [digest_row(item, by_id, pulls) for item in items if item.paper.id not in decided]
    chosen = sorted((row for row in rows if _is_on_a_list(row)), key=_by_topic)
    referred = sorted((row for row in rows if _is_referred(row)), key=_by_relevance)
    values = {
        "week": week,
        "total": len(chosen),
        "referred_total": len(referred),
        "left_out": sum(_is_left_out(item) for item in items),
        "unjudged": unjudged,
        "waiting": _waiting(items, by_id),
        "waiting_for_review": _by_title(waiting_for_review, by_id),
        "pauses": _by_title(pauses, by_id),
        "health": [source_row(each) for each in health],
        "open_pulls": open_pulls(targets, pulls),
        "answered": [answered_row(each, by_id) for each in answered],
        "news": [
            news_row(each, [by_id[one].title for one in lists if one in by_id])
            for each, lists in news[:MOST_NEWS_SHOWN]
        ],
        "news_total": len(news),
        "settled": settled_rows(settled, minutes, by_id),
        "kept": kept,
        "weeks": weeks,
        "sections": sorted({name for each in weeks for name in each.by_section}),
    }
    return Issue(
        key=week.key,
        title=render.title(f"{title}, week {week}"),
        body=_body(week, chosen, referred, values),
        labels=(marker.LABEL,),
    )


def _body(
    week: Week,
    chosen: Sequence[DigestRow],
    referred: Sequence[DigestRow],
    values: Mapping[str, object],
) -> str:
    """The text with these template `values` and as many papers as an issue has room for."""
    template = render.templates().get_template("digest.md.j2")

    def make(full: int, shown: int) -> str:
        text = template.render(
            **values,
            topics=_by_heading(chosen[:shown]),
            dropped=len(chosen[shown:]),
            referred=referred[:shown],
            full=full,
            begin=render.Encoded(marker.BEGIN),
            end=render.Encoded(marker.END),
        )
        return marker.with_issue_key(text, week.key)

    return fitted(make, max(len(chosen), len(referred)))


def _is_on_a_list(row: DigestRow) -> bool:
    return bool(row.places)


def _is_referred(row: DigestRow) -> bool:
    return bool(row.reason) and not row.places


def _is_left_out(item: DigestItem) -> bool:
    return all(outcome.state in {State.REJECTED, State.DUPLICATE} for outcome in item.outcomes)


def _by_topic(row: DigestRow) -> tuple[bool, Headings, float, str]:
    """By the taxonomy's sections, papers without one last; the surest first in each."""
    return not row.topic, row.topic, -row.verdict.relevance, row.cite.paper_id


def _by_relevance(row: DigestRow) -> tuple[float, str]:
    return -row.verdict.relevance, row.cite.paper_id


def _by_heading(rows: Sequence[DigestRow]) -> list[tuple[Headings, list[tuple[int, DigestRow]]]]:
    return [
        (topic, list(group))
        for topic, group in groupby(enumerate(rows), key=lambda pair: pair[1].topic)
    ]


def _waiting(items: Iterable[DigestItem], targets: Mapping[str, Target]) -> list[tuple[str, int]]:
    """How many papers wait for a list's next pull request, by its title."""
    counted = Counter(
        targets[outcome.list_id].title
        for item in items
        for outcome in item.outcomes
        if outcome.list_id in targets
        and outcome.state is State.DEFERRED
        and outcome.reason != WAITS_FOR_TIME
    )
    return sorted(counted.items())


def _by_title(by_list: Mapping[str, _T], targets: Mapping[str, Target]) -> list[tuple[str, _T]]:
    """The values of the configured lists, and the one under "" (no list), sorted by title."""
    titles = {"": "", **{key: target.title for key, target in targets.items()}}
    named = sorted((titles[key], key) for key in by_list if key in titles)
    return [(title, by_list[key]) for title, key in named]
