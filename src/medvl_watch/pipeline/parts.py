"""What the chain is made of, and what every part of it records."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from medvl_watch.changes import Snapshot, Target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import WatchError
from medvl_watch.offers import outcomes
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.ports import Classifier, Forge, Ledger, Source
from medvl_watch.records import Outcome

UNLIMITED = ReviewBudget()

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

log = logging.getLogger(__name__)

Tell = Callable[[str], None]
"""Says in a clause what is being done, for whoever watches."""

Keep = Callable[[Target, Snapshot], None]
"""Keeps a list as it was read, for those who look for papers that are like another."""


def keep_none(target: Target, snapshot: Snapshot) -> None:
    """Where nothing is to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the chain is made of; the command line puts it together."""

    sources: Sequence[Source]
    classifier: Classifier
    forge: Forge
    ledger: Ledger
    taxonomy: Taxonomy
    targets: Sequence[Target]
    papers_per_pull_request: int
    completions: int = 5
    minutes: ReviewBudget = UNLIMITED
    pause: timedelta = timedelta(weeks=4)
    keep_list: Keep = keep_none


def record(parts: Parts, ends: Sequence[Outcome], now: datetime) -> None:
    """Record these papers' outcomes on lists and, in the same transaction, what each paper
    comes to over all lists."""
    if not ends:
        return
    ids = sorted({end.paper_id for end in ends})
    latest = outcomes.by_paper(parts.ledger.standing(papers=ids))
    for end in ends:
        latest.setdefault(end.paper_id, {})[end.list_id] = end
    parts.ledger.record([*ends, *(outcomes.overall(each, latest[each], now) for each in ids)])


def sparing(
    work: Callable[[Sequence[_Item]], _Result],
    items: Sequence[_Item],
    where: Callable[[_Item], str],
) -> tuple[_Result, list[tuple[_Item, WatchError]]]:
    """What `work` makes of the items, without those over which something of ours breaks: these
    come with what went wrong, told of `where` they are, and the others go on.

    Raises what is a WatchError, and what breaks though no item breaks by itself.
    """
    try:
        return work(items), []
    except WatchError:
        raise
    except Exception:
        sound: list[_Item] = []
        broken: list[tuple[_Item, WatchError]] = []
        for item in items:
            try:
                work([item])
            except Exception as error:  # noqa: BLE001 - one item's trouble is not another's
                broken.append((item, in_words(error, where(item))))
            else:
                sound.append(item)
        if not broken:
            raise
        return work(sound), broken


def in_words(error: Exception, where: str) -> WatchError:
    """What went wrong, as a value. What is no WatchError is a bug of ours, which is logged
    with all that is needed to mend it, and never ends the run."""
    if isinstance(error, WatchError):
        return error
    log.error("%s: unexpected error", where, exc_info=error)
    return WatchError(
        f"unexpected {type(error).__name__}, a bug of ours",
        where=where,
        remedy="report it with the lines above; it was left for the next run",
    )
