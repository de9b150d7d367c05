"""Poll and link: read the sources, link their records into papers, have these judged."""

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
from medvl_watch.pipeline.parts import PipelineParts, Tell, as_watch_error, run_skipping_failures
from medvl_watch.ports import Ledger, Window
from medvl_watch.records import Paper, Receipt, Record
from medvl_watch.sources.poll_window import poll_window


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What came in: `fresh` papers were never seen before, `decisions` count the judged, and
    `waiting` are those in doubt for which nobody has time this week. Of the `rejudged` ones
    the classifier now decides otherwise on `changed`."""

    receipts: tuple[Receipt, ...] = ()
    records: int = 0
    fresh: int = 0
    decisions: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    rejudged: int = 0
    changed: int = 0
    problems: tuple[WatchError, ...] = ()


def window(parts: PipelineParts, days: int, now: datetime) -> Window:
    """The window to poll now: these days, or more if a source was out of order."""
    names = {source.name for source in parts.sources}
    return poll_window(parts.ledger.receipts(), names, days, now)


def poll(
    parts: PipelineParts, window: Window, now: datetime, tell: Tell, *, rejudge: bool = False
) -> PollReport:
    """Read every source, link the records into papers, judge what is new.

    With `rejudge`, judge also again what another classifier, or another version of this one,
    referred or rejected, and what still waits.

    A run that breaks off is made good by the next one: new papers are kept before they are
    judged; what an old paper became, or who it may be, is kept with the verdict on it; and
    that a source was read is kept last, so that its window is not passed over. Where a record
    could not be linked, or such a paper not judged, its source does not count as read.
    """
    read = _read(parts, window, now, tell)
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
    judged = judge(parts, with_verdict, doubts, now, tell, rejudge=rejudge)
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
    """The papers of the ledger to which these records may belong: ids by identity keys, and the
    papers with these ids."""
    known = ledger.paper_ids(key for record in records for key in search_keys(record))
    return known, ledger.papers(set(known.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceAnswers:
    """The records and receipts of the sources; with each receipt comes its problem, or ""."""

    records: Sequence[Record]
    receipts: Sequence[tuple[Receipt, str]]
    problems: Sequence[WatchError]


def _read(parts: PipelineParts, window: Window, now: datetime, tell: Tell) -> _SourceAnswers:
    records: list[Record] = []
    receipts: list[tuple[Receipt, str]] = []
    problems: list[WatchError] = []
    for source in parts.sources:
        tell(f"reading {source.name}")
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
