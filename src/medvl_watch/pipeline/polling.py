"""Poll, link, judge: from what the sources say to verdicts in the ledger."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from medvl_watch import outcomes
from medvl_watch.errors import WatchError
from medvl_watch.papers.identifiers import search_keys
from medvl_watch.papers.linking import Doubt, link
from medvl_watch.pipeline.parts import Parts, Tell, record_overall
from medvl_watch.ports import Window
from medvl_watch.records import Decision, Paper, Receipt, Record, State

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came in: `fresh` papers were never seen before, `decisions` count the judged."""

    receipts: tuple[Receipt, ...] = ()
    records: int = 0
    fresh: int = 0
    decisions: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[WatchError, ...] = ()


OVERLAP = timedelta(days=7)
"""Looked back before a source's last good poll: moderation and indexing take days."""

LONGEST = timedelta(days=90)
"""The longest outage that is caught up by itself."""


def window(parts: Parts, days: int, now: datetime) -> Window:
    """The usual days, or back to before the outage of whichever source was out longest."""
    since = now - timedelta(days=days)
    last = [health.last_good for health in parts.ledger.receipts() if health.last_good]
    if last:
        since = min(since, min(last) - OVERLAP)
    return Window(since=max(since, now - LONGEST), until=now)


def poll(parts: Parts, window: Window, now: datetime, tell: Tell) -> Polled:
    """Read every source, link the records into papers, judge what is new."""
    records, receipts, problems = _read(parts, window, now, tell)
    known = parts.ledger.paper_ids(key for record in records for key in search_keys(record))
    linked = link(records, known, parts.ledger.papers(set(known.values())))
    fresh = [paper for paper in linked.papers if paper.id in linked.new]
    parts.ledger.save_papers(linked.papers, now)
    parts.ledger.record(outcomes.fetched(paper, now) for paper in fresh)
    changed = [paper for paper in linked.papers if paper.id in linked.changed]
    decisions = _judge(parts, changed, linked.doubts, now, tell)
    return Polled(
        receipts=tuple(receipts),
        records=len(records),
        fresh=len(fresh),
        decisions=decisions,
        problems=tuple(problems),
    )


def _read(
    parts: Parts, window: Window, now: datetime, tell: Tell
) -> tuple[list[Record], list[Receipt], list[WatchError]]:
    records: list[Record] = []
    receipts: list[Receipt] = []
    problems: list[WatchError] = []
    for source in parts.sources:
        tell(f"reading {source.name}")
        try:
            answer = source.poll(window)
        except WatchError as error:
            problems.append(error)
            receipt = Receipt(source=source.name, fetched_at=now, received=0)
            parts.ledger.save_receipt(receipt, problem=str(error))
            continue
        parts.ledger.save_receipt(answer.receipt)
        records.extend(answer.records)
        receipts.append(answer.receipt)
    return records, receipts, problems


def _judge(
    parts: Parts, changed: Sequence[Paper], doubts: Sequence[Doubt], now: datetime, tell: Tell
) -> dict[str, int]:
    waiting = {paper.id: paper for paper in parts.ledger.unjudged()}
    in_people_hands = {
        outcome.paper_id
        for outcome in parts.ledger.standing(states=outcomes.SETTLED | {State.PROPOSED})
        if outcome.list_id
    }
    waiting |= {paper.id: paper for paper in changed if paper.id not in in_people_hands}
    if not waiting:
        return {}
    tell(f"judging {len(waiting)} papers with {parts.classifier.name}")
    doubted = {doubt.paper_id: f"{doubt.reason} ({doubt.other_id})" for doubt in doubts}
    verdicts = [
        outcomes.doubted(verdict, doubted.get(verdict.paper_id, ""))
        for verdict in parts.classifier.judge(list(waiting.values()))
    ]
    parts.ledger.save_verdicts(verdicts, now)
    open_on = outcomes.by_paper(parts.ledger.standing(states={State.DEFERRED, State.REFERRED}))
    targets = [target.id for target in parts.targets]
    parts.ledger.record(
        outcome
        for verdict in verdicts
        for outcome in outcomes.judged(verdict, targets, open_on.get(verdict.paper_id, {}), now)
    )
    record_overall(
        parts, [each.paper_id for each in verdicts if each.decision is Decision.PROPOSE], now
    )
    counts = [verdict.decision.value for verdict in verdicts]
    return {decision.value: counts.count(decision.value) for decision in Decision}
