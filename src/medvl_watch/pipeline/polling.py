"""Poll the sources, link the records into papers, and have the new ones judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from medvl_watch.errors import WatchError
from medvl_watch.offers import outcomes
from medvl_watch.papers.identifiers import search_keys
from medvl_watch.papers.linking import LinkResult, link
from medvl_watch.pipeline.judging import judge
from medvl_watch.pipeline.parts import (
    PipelineParts,
    ReportStep,
    as_watch_error,
    run_skipping_failures,
)
from medvl_watch.ports import Ledger, Window
from medvl_watch.records import Paper, Receipt, Record
from medvl_watch.sources.poll_window import poll_window


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """The result of a poll. `fresh` counts papers never seen before, `decisions` the judged
    ones, and `waiting` the doubtful ones that wait for review time. `changed` counts the papers
    among the `rejudged` whose decision is now another."""

    receipts: tuple[Receipt, ...] = ()
    records: int = 0
    fresh: int = 0
    decisions: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    rejudged: int = 0
    changed: int = 0
    problems: tuple[WatchError, ...] = ()


def window(parts: PipelineParts, days: int, now: datetime) -> Window:
    """The window to poll now: the last `days`, or more where a source had an outage."""
    names = {source.name for source in parts.sources}
    return poll_window(parts.ledger.receipts(), names, days, now)


def poll(
    parts: PipelineParts,
    window: Window,
    now: datetime,
    report_step: ReportStep,
    *,
    rejudge: bool = False,
) -> PollReport:
    """Read every source, link the records into papers, judge what is new.

    With `rejudge`, papers that another classifier, or another version of this one, referred or
    rejected are judged again, and so are deferred ones.

    The next run completes a run that was interrupted: new papers are saved before they are
    judged, changed papers together with their new verdict, and the receipt of a source last, so
    that its window is read again. If a record could not be linked, or a changed paper not
    judged, its source does not count as read.
    """
    read = _read(parts, window, now, report_step)
    linked, broken = run_skipping_failures(
        partial(_linked, parts), read.records, lambda each: each.id
    )
    doubts = {doubt.paper_id: f"{doubt.reason} ({doubt.other_id})" for doubt in linked.doubts}
    with_verdict = [p for p in linked.papers if p.id in linked.changed or p.id in doubts]
    at_once = [p for p in linked.papers if p.id not in linked.changed and p.id not in doubts]
    parts.ledger.save_papers(at_once, now)
    parts.ledger.record(
        outcomes.fetch_outcome(paper, now) for paper in at_once if paper.id in linked.new
    )
    judged = judge(parts, with_verdict, doubts, now, report_step, rejudge=rejudge)
    lost = [record for record, _ in broken]
    lost += [record for paper in judged.not_kept for record in paper.records]
    sources = {record.origin.source for record in lost if record.origin}
    for receipt, problem in read.receipts:
        not_all = "not all of it could be kept" if receipt.source in sources else ""
        parts.ledger.save_receipt(receipt, problem or not_all)
    return PollReport(
        receipts=tuple(receipt for receipt, problem in read.receipts if not problem),
        records=len(read.records),
        fresh=len(linked.new),
        decisions=judged.decisions,
        waiting=judged.waiting,
        rejudged=judged.rejudged,
        changed=judged.changed,
        problems=(*read.problems, *(problem for _, problem in broken), *judged.problems),
    )


def _linked(parts: PipelineParts, records: Sequence[Record]) -> LinkResult:
    """The papers that these records belong to, linked with those in the ledger."""
    return link(records, *known_papers(parts.ledger, records))


def known_papers(
    ledger: Ledger, records: Sequence[Record]
) -> tuple[Mapping[str, str], Sequence[Paper]]:
    """The known papers that these records may belong to: their ids by identity key, and the
    papers themselves."""
    known = ledger.paper_ids(key for record in records for key in search_keys(record))
    return known, ledger.papers(set(known.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceAnswers:
    """The answers of all sources; each receipt with its error, which is empty on success."""

    records: Sequence[Record]
    receipts: Sequence[tuple[Receipt, str]]
    problems: Sequence[WatchError]


def _read(
    parts: PipelineParts, window: Window, now: datetime, report_step: ReportStep
) -> _SourceAnswers:
    records: list[Record] = []
    receipts: list[tuple[Receipt, str]] = []
    problems: list[WatchError] = []
    for source in parts.sources:
        report_step(f"reading {source.name}")
        try:
            answer = source.poll(window)
        except Exception as error:  # noqa: BLE001 - one source's trouble is not another's
            problem = as_watch_error(error, source.name)
            problems.append(problem)
            receipts.append((Receipt(source=source.name, fetched_at=now, received=0), str(problem)))
        else:
            records.extend(answer.records)
            receipts.append((answer.receipt, ""))
    return _SourceAnswers(records=records, receipts=receipts, problems=problems)
