"""The week's digest: from the ledger to an issue."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, time, timedelta

from medvl_watch import outcomes
from medvl_watch.errors import ConfigError
from medvl_watch.pipeline.parts import Parts
from medvl_watch.publish.digest import DigestItem, Week, digest_message
from medvl_watch.records import Published

_NAMED = re.compile(r"(\d{4})-W(\d{2})")


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


def digest(parts: Parts, week: Week) -> Published | None:
    """Make the digest of this week exist; None, without a digest, if nothing was seen in it."""
    start = datetime.combine(week.first, time(), tzinfo=UTC)
    seen = [paper for paper, _ in parts.ledger.first_seen(start, start + timedelta(days=7))]
    if not seen:
        return None
    verdicts = parts.ledger.verdicts(paper.id for paper in seen)
    on_lists = outcomes.by_paper(parts.ledger.standing())
    for_all = {each.paper_id: each for each in parts.ledger.standing(list_id="")}
    items = [
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
    issue = digest_message(
        week,
        items,
        targets=parts.targets,
        receipts=[(health.receipt, health.problem) for health in parts.ledger.receipts()],
        pulls={target.id: parts.forge.pull_requests(target) for target in parts.targets},
    )
    return parts.forge.ensure_issue(issue)
