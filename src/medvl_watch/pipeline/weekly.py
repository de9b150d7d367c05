"""The week's digest: from the ledger to an issue."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from medvl_watch.changes import Published
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.offers import outcomes
from medvl_watch.offers.reviewer_time import ASKING
from medvl_watch.pipeline.parts import Parts
from medvl_watch.pipeline.readings import pulls_of
from medvl_watch.publish import lifecycle
from medvl_watch.publish.digest import DigestItem, Week, digest_message
from medvl_watch.records import Paper, State

_NAMED = re.compile(r"(20\d{2})-W(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """What became of a week's digest: `published` is None where nothing was seen."""

    published: Published | None = None
    problems: tuple[WatchError, ...] = ()


def week_named(name: str, now: datetime) -> Week:
    """The week that a person means: `current`, `last`, or one such as `2026-W47`.

    Weeks begin on Monday 00:00 UTC, whatever the time zone. Raises ConfigError.
    """
    if name == "current":
        return Week.of(now.date())
    if name == "last":
        return Week.of(now.date() - timedelta(days=7))
    found = _NAMED.fullmatch(name)
    if found is not None:
        week = Week(int(found[1]), int(found[2]))
        with contextlib.suppress(ValueError):  # 2025 has no week 53
            return Week.of(week.first)
    raise ConfigError(
        "there is no such week", where=name, remedy="use `current`, `last` or 2026-W47"
    )


def digest(parts: Parts, week: Week, now: datetime) -> Digested:
    """Make the digest of this week exist, unless nothing was seen in it.

    A list whose pull requests cannot be read is told of without them.
    """
    start = datetime.combine(week.first, time(), tzinfo=UTC)
    seen = [paper for paper, _ in parts.ledger.first_seen(start, start + timedelta(days=7))]
    seen += _brought_forward(parts, start, {paper.id for paper in seen})
    if not seen:
        return Digested()
    pulls, problems = pulls_of(parts.forge, parts.targets)
    items = _items(parts, seen)
    late = parts.ledger.standing(states={State.DEFERRED})
    issue = digest_message(
        week,
        items,
        targets=parts.targets,
        unjudged=len(seen) - len(items),
        health=parts.ledger.receipts(),
        pulls=pulls,
        put_off=Counter(each.list_id for each in late if each.reason == outcomes.WAITS_FOR_TIME),
        pauses={
            list_id: until.date()
            for list_id, each in pulls.items()
            if (until := lifecycle.paused_until(each, parts.pause, now))
        },
    )
    return Digested(published=parts.forge.ensure_issue(issue), problems=tuple(problems))


def _items(parts: Parts, seen: Sequence[Paper]) -> list[DigestItem]:
    """Those of the papers that were judged, with what became of them on the lists that we keep,
    or for all lists."""
    verdicts = parts.ledger.verdicts(paper.id for paper in seen)
    ours = {target.id for target in parts.targets}
    standing = parts.ledger.standing(papers=verdicts)
    on_lists = outcomes.by_paper(each for each in standing if each.list_id in ours)
    for_all = {each.paper_id: each for each in standing if not each.list_id}
    return [
        DigestItem(
            paper=paper,
            verdict=verdicts[paper.id],
            outcomes=tuple(on_lists[paper.id].values())
            if paper.id in on_lists
            else (for_all[paper.id],),
        )
        for paper in seen
        if paper.id in verdicts
    ]


def _brought_forward(parts: Parts, start: datetime, besides: Collection[str]) -> Sequence[Paper]:
    """Papers that an earlier week saw and that came before a person in this one."""
    told = parts.ledger.history(states=ASKING)
    end = start + timedelta(days=7)
    ids = {each.paper_id for each in told if start <= each.at < end}
    before = {each.paper_id for each in told if each.at < start}
    return parts.ledger.papers(ids.difference(before, besides))
