"""The parts of the pipeline, how outcomes are recorded, and how single failures are skipped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from medvl_watch.changes import PullRequest, Snapshot, Target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers import outcomes
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.pipeline.list_classifiers import ListClassifier, use_shared_verdicts
from medvl_watch.pipeline.workers import OneWorker, recording
from medvl_watch.ports import Classifier, Forge, Ledger, Source, SourceRhythm, WorkLocks
from medvl_watch.records import Outcome

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

log = logging.getLogger(__name__)

ReportStep = Callable[[str], None]
"""Reports progress to the user, in a short clause."""

SaveCopy = Callable[[Target, Snapshot, Sequence[PullRequest]], None]
"""Saves a copy of a list and of our pull requests on it, for commands that do not contact the
forge."""


def save_no_copy(target: Target, snapshot: Snapshot, pulls: Sequence[PullRequest]) -> None:
    """Save nothing, as in a dry run."""


ClassifierOfList = Callable[[Target, Document], ListClassifier]
"""Finds who judges papers for a list, and whether that classifier knows the list."""
LastCopy = Callable[[Target], bytes | None]
"""A list as the last run read it; None where no copy is there."""


def no_copy(target: Target) -> bytes | None:
    """Where no copies are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineParts:
    """Everything that the pipeline works with; the command line builds it."""

    sources: Sequence[Source]
    classifier: Classifier
    forge: Forge
    ledger: Ledger
    taxonomy: Taxonomy
    targets: Sequence[Target]
    rhythms: Mapping[str, SourceRhythm] = field(default_factory=dict)
    limits: OfferLimits = field(default_factory=OfferLimits)
    save_copy: SaveCopy = save_no_copy
    classifier_of: ClassifierOfList = use_shared_verdicts
    last_copy: LastCopy = no_copy
    locks: WorkLocks = field(default_factory=OneWorker)
    digest_title: str = "Medical vision-language papers"
    dashboard_title: str = ""
    """The title of the dashboard; empty where none is wanted."""


def record(parts: PipelineParts, new: Sequence[Outcome], now: datetime) -> None:
    """Record these outcomes of papers on lists and, in the same transaction, each paper's overall
    outcome."""
    if not new:
        return
    ids = sorted({each.paper_id for each in new})
    with recording(parts.locks, "outcomes"):
        latest = outcomes.by_paper(parts.ledger.latest_outcomes(papers=ids))
        for each in new:
            latest.setdefault(each.paper_id, {})[each.list_id] = each
        parts.ledger.record(
            [*new, *(outcomes.overall_outcome(each, latest[each], now) for each in ids)]
        )


def run_skipping_failures(
    work: Callable[[Sequence[_Item]], _Result],
    items: Sequence[_Item],
    where: Callable[[_Item], str],
) -> tuple[_Result, list[tuple[_Item, WatchError]]]:
    """Run `work` on all items. If it fails unexpectedly, find the items on which it fails alone,
    run it again without them, and return the result with these items and their errors; `where`
    names an item.

    Raises a WatchError as it is, and the failure itself if no single item reproduces it.
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
            except Exception as error:  # noqa: BLE001 - one item's failure is not another's
                broken.append((item, as_watch_error(error, where(item))))
            else:
                sound.append(item)
        if not broken:
            raise
        return work(sound), broken


def as_watch_error(error: Exception, where: str) -> WatchError:
    """The error as a value. Anything but a WatchError is an internal error, which is logged
    with its traceback and never ends the run."""
    if isinstance(error, WatchError):
        return error
    log.error("%s: unexpected error", where, exc_info=error)
    return WatchError(
        f"unexpected {type(error).__name__}, an internal error",
        where=where,
        remedy="report it with the lines above; it was left for the next run",
    )
