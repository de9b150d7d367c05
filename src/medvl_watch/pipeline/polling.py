"""Poll, link, judge: from what the sources say to verdicts in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from medvl_watch import outcomes
from medvl_watch.attention import Ask, share, waiting_since, week_of
from medvl_watch.errors import WatchError
from medvl_watch.papers.identifiers import search_keys
from medvl_watch.papers.linking import link
from medvl_watch.pipeline.parts import Parts, Tell, in_words
from medvl_watch.ports import Window
from medvl_watch.records import Decision, Outcome, Paper, Receipt, Record, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
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


OVERLAP = timedelta(days=7)
"""Looked back before a source's last good poll: moderation and indexing take days."""

LONGEST = timedelta(days=90)
"""The longest outage that is caught up by itself."""


def window(parts: Parts, days: int, now: datetime) -> Window:
    """The usual days, or back to before the outage of whichever source was out longest."""
    since = now - timedelta(days=days)
    names = {source.name for source in parts.sources}
    last = [
        health.last_good
        for health in parts.ledger.receipts()
        if health.last_good and health.receipt.source in names
    ]
    if last:
        since = min(since, max(min(last) - OVERLAP, now - LONGEST))
    return Window(since=since, until=now)


def poll(
    parts: Parts, window: Window, now: datetime, tell: Tell, *, rejudge: bool = False
) -> Polled:
    """Read every source, link the records into papers, judge what is new.

    With `rejudge`, judge also again what another classifier, or another version of this one,
    referred or rejected, and what still waits.

    A run that breaks off is made good by the next one: new papers are kept before they are
    judged; what an old paper became, or who it may be, is kept with the verdict on it; and
    that a source was read is kept last, so that its window is not passed over.
    """
    read = _read(parts, window, now, tell)
    known = parts.ledger.paper_ids(key for record in read.records for key in search_keys(record))
    linked = link(read.records, known, parts.ledger.papers(set(known.values())))
    doubts = {doubt.paper_id: f"{doubt.reason} ({doubt.other_id})" for doubt in linked.doubts}
    early = [p for p in linked.papers if p.id not in linked.changed and p.id not in doubts]
    parts.ledger.save_papers(early, now)
    parts.ledger.record(outcomes.fetched(paper, now) for paper in early if paper.id in linked.new)
    late = [p for p in linked.papers if p.id in linked.changed or p.id in doubts]
    again = _to_judge_again(parts) if rejudge else ()
    judgement = _judge(parts, _Linked(late, doubts), again, now, tell)
    for receipt, problem in read.receipts:
        parts.ledger.save_receipt(receipt, problem)
    return Polled(
        receipts=tuple(receipt for receipt, problem in read.receipts if not problem),
        records=len(read.records),
        fresh=len(linked.new),
        decisions=judgement.decisions,
        waiting=judgement.waiting,
        rejudged=judgement.rejudged,
        changed=judgement.changed,
        problems=(*read.problems, *judgement.problems),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the sources gave; a receipt's second part is what went wrong, or empty."""

    records: Sequence[Record]
    receipts: Sequence[tuple[Receipt, str]]
    problems: Sequence[WatchError]


def _read(parts: Parts, window: Window, now: datetime, tell: Tell) -> _Read:
    records: list[Record] = []
    receipts: list[tuple[Receipt, str]] = []
    problems: list[WatchError] = []
    for source in parts.sources:
        tell(f"reading {source.name}")
        try:
            answer = source.poll(window)
        except Exception as error:  # noqa: BLE001 - one source's trouble is not another's
            problem = in_words(error, source.name)
            problems.append(problem)
            receipts.append((Receipt(source=source.name, fetched_at=now, received=0), str(problem)))
        else:
            records.extend(answer.records)
            receipts.append((answer.receipt, ""))
    return _Read(records=records, receipts=receipts, problems=problems)


class _Linked(NamedTuple):
    """Papers whose new facts are kept with the verdict on them, and why some may be others."""

    late: Sequence[Paper]
    doubts: Mapping[str, str]


class _Judgement(NamedTuple):
    """How many were judged how, how many papers in doubt wait for a person's time, and why
    some could not be judged."""

    decisions: Mapping[str, int]
    waiting: int
    rejudged: int
    changed: int
    problems: Sequence[WatchError]


def _to_judge_again(parts: Parts) -> Sequence[Paper]:
    """The papers on which the classifier has the word: not those in people's hands, and not
    those that may be another paper under a second name, which no classifier can tell."""
    states = {State.REFERRED, State.REJECTED, State.DEFERRED}
    ids = {each.paper_id for each in parts.ledger.standing(list_id="", states=states)}
    verdicts = parts.ledger.verdicts(ids)
    return parts.ledger.papers(
        paper_id
        for paper_id, verdict in verdicts.items()
        if outcomes.IDENTITY_IN_DOUBT not in verdict.flags
    )


def _judge(
    parts: Parts, linked: _Linked, again: Sequence[Paper], now: datetime, tell: Tell
) -> _Judgement:
    """Judge what has no verdict, what is late and what is to be judged again, and keep it all
    in one transaction."""
    late, doubts = linked
    settled = {
        outcome.paper_id
        for outcome in parts.ledger.standing(states=outcomes.IN_PEOPLES_HANDS)
        if outcome.list_id
    }
    waiting = {paper.id: paper for paper in parts.ledger.unjudged()}
    waiting |= {paper.id: paper for paper in late if paper.id not in settled}
    once_more = {paper.id: paper for paper in again if paper.id not in waiting}
    waiting |= once_more
    if waiting:
        tell(f"judging {len(waiting)} papers with {parts.classifier.name}")
    raw, problems = _verdicts(parts, list(waiting.values()))
    verdicts = [outcomes.doubted(each, doubts.get(each.paper_id, "")) for each in raw]
    old = parts.ledger.verdicts(once_more)
    same = {each.paper_id for each in verdicts
            if each.paper_id in old and old[each.paper_id].decision is each.decision}  # fmt: skip
    kept = {verdict.paper_id for verdict in verdicts} | settled
    news = [each for each in verdicts if each.paper_id not in same]
    before = _put_off(parts, {each.paper_id for each in news})
    late_again = _waiting(parts, [*news, *before], now)
    parts.ledger.save_verdicts(
        verdicts,
        now,
        papers=[paper for paper in late if paper.id in kept],
        outcomes=_outcomes(parts, [*news, *before], late_again, now),
    )
    counts = [each.decision.value for each in verdicts if each.paper_id not in once_more]
    decisions = {each.value: counts.count(each.value) for each in Decision if counts}
    judged_again = sum(each.paper_id in once_more for each in verdicts)
    changed = judged_again - len(same)
    return _Judgement(decisions, len(late_again), judged_again, changed, problems)


def _put_off(parts: Parts, besides: Collection[str]) -> list[Verdict]:
    """The verdicts on papers that wait for a week in which a person has time to judge them."""
    ids = {
        each.paper_id
        for each in parts.ledger.standing(list_id="", states={State.DEFERRED})
        if each.reason == outcomes.WAITS_FOR_TIME
    }
    found = parts.ledger.verdicts(ids.difference(besides))
    return [each for each in found.values() if each.decision is Decision.REFER]


def _waiting(parts: Parts, verdicts: Sequence[Verdict], now: datetime) -> frozenset[str]:
    """The papers in doubt that this week's reader of the digest has no time left for.

    What a list's own reviewer is asked about a section does not count here.
    """
    known = parts.ledger.standing(list_id="", states={State.REFERRED})
    asked = {each.paper_id for each in known}
    new = {each.paper_id: each for each in verdicts
           if each.decision is Decision.REFER and each.paper_id not in asked}  # fmt: skip
    if not new:  # nothing to share out: the ledger's whole history need not be read
        return frozenset()
    told = [each for each in parts.ledger.history(states={State.REFERRED})
            if each.at >= week_of(now)]  # fmt: skip
    by_lists = {each.paper_id for each in told if each.list_id}
    put_off = parts.ledger.history(list_id="", states={State.DEFERRED})
    since = waiting_since(each for each in put_off if each.reason == outcomes.WAITS_FOR_TIME)
    asks = [
        Ask(paper_id=key, state=State.REFERRED, relevance=verdict.relevance,
            since=since.get(key, now))
        for key, verdict in new.items()
    ]  # fmt: skip
    spent = parts.minutes.spent(each for each in told if each.paper_id not in by_lists)
    return frozenset(share(asks, parts.minutes, spent, 0, now).waiting)


def _verdicts(parts: Parts, papers: Sequence[Paper]) -> tuple[Sequence[Verdict], list[WatchError]]:
    """The classifier's verdicts; where it fails, of each paper that it can judge alone."""
    if not papers:
        return (), []
    try:
        return parts.classifier.judge(papers), []
    except WatchError as error:
        return (), [error]
    except Exception as error:  # noqa: BLE001 - one paper's trouble is not another's
        if len(papers) == 1:
            return (), [in_words(error, papers[0].id)]
    found = [_verdicts(parts, [paper]) for paper in papers]
    return (
        [verdict for verdicts, _ in found for verdict in verdicts],
        [problem for _, problems in found for problem in problems],
    )


def _outcomes(
    parts: Parts, verdicts: Sequence[Verdict], waiting: Collection[str], now: datetime
) -> Iterator[Outcome]:
    """What follows from the verdicts, on each list and over all of them."""
    standing = outcomes.by_paper(
        parts.ledger.standing(papers=[verdict.paper_id for verdict in verdicts])
    )
    for verdict in verdicts:
        before = standing.get(verdict.paper_id, {})
        ends = outcomes.judged(verdict, [target.id for target in parts.targets], before, now)
        yield from (outcomes.put_off(end) if end.paper_id in waiting else end for end in ends)
        if verdict.decision is Decision.PROPOSE:
            after = {**before, **{end.list_id: end for end in ends}}
            yield outcomes.overall(verdict.paper_id, after, now)
