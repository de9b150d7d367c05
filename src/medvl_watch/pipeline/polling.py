"""Poll the sources, link the records into papers, and have the new ones judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from medvl_watch.errors import WatchError
from medvl_watch.offers import outcomes
from medvl_watch.papers.blocking import blocks_of
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.link_decisions import LinkDecisions
from medvl_watch.papers.linking import LinkResult, link
from medvl_watch.papers.notices import keys_of_notices, read_notice, with_notices
from medvl_watch.pipeline import source_reading
from medvl_watch.pipeline.judging import judge
from medvl_watch.pipeline.parts import (
    PipelineParts,
    ReportStep,
    run_skipping_failures,
)
from medvl_watch.pipeline.source_reading import SourceAnswer
from medvl_watch.pipeline.workers import POLLING
from medvl_watch.ports import Ledger, SourceHealth, Window
from medvl_watch.records import Paper, Receipt, Record


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

    @classmethod
    def joined(cls, reports: Sequence[PollReport]) -> PollReport:
        """The report on several rounds; of each source the latest receipt."""
        receipts = {one.source: one for report in reports for one in report.receipts}
        decisions = sum((Counter(one.decisions) for one in reports), Counter[str]())
        return cls(
            receipts=tuple(receipts.values()),
            records=sum(one.records for one in reports),
            fresh=sum(one.fresh for one in reports),
            decisions=decisions if len(reports) > 1 else reports[0].decisions,
            waiting=reports[-1].waiting,
            rejudged=sum(one.rejudged for one in reports),
            changed=sum(one.changed for one in reports),
            problems=tuple(problem for one in reports for problem in one.problems),
        )


def window(days: int, now: datetime) -> Window:
    """The usual window to poll now: the last `days`. A source that had an outage is polled for
    more."""
    return Window(since=now - timedelta(days=days), until=now)


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
    judged, its source does not count as read. A long outage is caught up in rounds, each of which
    is complete in itself. While another worker is polling, nothing is done.
    """
    with parts.locks.hold(POLLING) as is_ours:
        if is_ours:
            return _poll(parts, window, now, report_step, rejudge=rejudge)
    report_step("another worker is reading the sources")
    return PollReport()


def _poll(
    parts: PipelineParts, window: Window, now: datetime, report_step: ReportStep, *, rejudge: bool
) -> PollReport:
    health = _health(parts.ledger)
    reports: list[PollReport] = []
    failed: set[str] = set()
    plan = list(source_reading.rounds(parts.sources, parts.rhythms, health, window))
    for tasks in plan or [[]]:
        is_last = len(reports) == len(plan) - 1
        # A source that failed on the way goes on at the next run, from where it stopped.
        health = _health(parts.ledger) if reports else health
        left = [
            task.after(health.get(task.source.name))
            for task in tasks
            if task.source.name not in failed
        ]
        answers = source_reading.read(left, now, report_step)
        failed.update(one.receipt.source for one in answers if one.problem)
        reports.append(_keep(parts, answers, health, now, report_step, rejudge=rejudge and is_last))
    return PollReport.joined(reports)


def _keep(  # noqa: PLR0913 - a round, and what it is compared with
    parts: PipelineParts,
    answers: Sequence[SourceAnswer],
    health: Mapping[str, SourceHealth],
    now: datetime,
    report_step: ReportStep,
    *,
    rejudge: bool,
) -> PollReport:
    """Link, save and judge what a round brought, then save its receipts."""
    records = [record for answer in answers for record in answer.records]
    linked, broken = run_skipping_failures(partial(_linked, parts), records, lambda each: each.id)
    doubts = {doubt.paper_id: f"{doubt.reason} ({doubt.other_id})" for doubt in linked.doubts}
    with_verdict = [p for p in linked.papers if p.id in linked.changed or p.id in doubts]
    at_once = [p for p in linked.papers if p.id not in linked.changed and p.id not in doubts]
    parts.ledger.save_papers(at_once, now)
    parts.ledger.record(
        outcomes.fetch_outcome(paper, now) for paper in at_once if paper.id in linked.new
    )
    judged = judge(parts, with_verdict, doubts, now, report_step, rejudge=rejudge)
    noticed = [notice for answer in answers for notice in answer.notices]
    parts.ledger.save_papers(_noticed(parts.ledger, noticed), now)
    lost = [record for record, _ in broken]
    lost += [record for paper in judged.not_kept for record in paper.records]
    saved = source_reading.save_receipts(
        parts,
        answers,
        health,
        linked,
        incomplete={record.origin.source for record in lost if record.origin},
        now=now,
    )
    return PollReport(
        receipts=tuple(one.receipt for one in saved if not one.problem or one.records),
        records=len(records),
        fresh=len(linked.new),
        decisions=judged.decisions,
        waiting=judged.waiting,
        rejudged=judged.rejudged,
        changed=judged.changed,
        problems=(
            *source_reading.problems_of(saved),
            *(problem for _, problem in broken),
            *judged.problems,
        ),
    )


def _health(ledger: Ledger) -> Mapping[str, SourceHealth]:
    return {one.receipt.source: one for one in ledger.receipts()}


def _linked(parts: PipelineParts, records: Sequence[Record]) -> LinkResult:
    """The papers that these records belong to, linked with those in the ledger."""
    decisions = LinkDecisions(parts.ledger.link_decisions())
    return link(records, *known_papers(parts.ledger, records), decisions)


def _noticed(ledger: Ledger, notices: Sequence[Record]) -> Sequence[Paper]:
    """The known papers that these notices are about, with what they say. A notice is read again
    with its feed, so one that comes before its paper is not lost."""
    if not notices:
        return ()
    known = ledger.paper_ids(keys_of_notices(notices))
    titles = [read.title for each in notices if (read := read_notice(each))]
    similar = ledger.similar_papers(block for title in titles for block in blocks_of(title, ""))
    return with_notices(notices, known, ledger.papers({*known.values(), *similar}))


def known_papers(
    ledger: Ledger, records: Sequence[Record]
) -> tuple[Mapping[str, str], Sequence[Paper]]:
    """The known papers that these records may belong to: their ids by identity key, and the
    papers themselves."""
    known = ledger.paper_ids(key for record in records for key in keys_of(record))
    similar = ledger.similar_papers(
        block for each in records for block in blocks_of(each.title, each.abstract)
    )
    return known, ledger.papers({*known.values(), *similar})
