"""Judge what came in, and share out the time of whoever reads the digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medvl_watch.errors import WatchError
from medvl_watch.offers import outcomes
from medvl_watch.offers.reviewer_time import ReviewRequest, share, waiting_since, week_of
from medvl_watch.pipeline.parts import Parts, Tell, in_words
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How many papers were judged how, how many in doubt wait for a person's time, and why some
    could not be judged. Of the `rejudged` ones the classifier now decides otherwise on
    `changed`; `not_kept` are those of which new facts had to wait for a verdict in vain."""

    decisions: Mapping[str, int]
    waiting: int
    rejudged: int
    changed: int
    not_kept: Sequence[Paper]
    problems: Sequence[WatchError]


def judge(  # noqa: PLR0913 - what came in, and how
    parts: Parts,
    with_verdict: Sequence[Paper],
    doubts: Mapping[str, str],
    now: datetime,
    tell: Tell,
    *,
    rejudge: bool,
) -> Judgement:
    """Judge what the ledger has no verdict on and the papers `with_verdict`, whose new facts
    are kept together with it, in one transaction. `doubts` tells why some of them may be other
    papers. With `rejudge`, also those on which the classifier still has the word.
    """
    in_hands = {
        outcome.paper_id
        for outcome in parts.ledger.standing(states=outcomes.IN_PEOPLES_HANDS)
        if outcome.list_id
    }
    first_time = {paper.id: paper for paper in parts.ledger.unjudged()}
    first_time |= {paper.id: paper for paper in with_verdict if paper.id not in in_hands}
    again = _still_the_classifiers(parts) if rejudge else ()
    once_more = {paper.id: paper for paper in again if paper.id not in first_time}
    wanted = [*first_time.values(), *once_more.values()]
    if wanted:
        tell(f"judging {len(wanted)} papers with {parts.classifier.name}")
    raw, problems = _verdicts(parts, wanted)
    verdicts = [outcomes.doubted(each, doubts.get(each.paper_id, "")) for each in raw]
    same = _as_before(verdicts, parts.ledger.verdicts(once_more))
    kept = {verdict.paper_id for verdict in verdicts} | in_hands
    papers = [paper for paper in with_verdict if paper.id in kept]
    waiting = _keep(parts, verdicts, [each for each in verdicts if each.paper_id not in same],
                    papers, now)  # fmt: skip
    rejudged = sum(each.paper_id in once_more for each in verdicts)
    return Judgement(
        decisions=_counts(each for each in verdicts if each.paper_id not in once_more),
        waiting=waiting,
        rejudged=rejudged,
        changed=rejudged - len(same),
        not_kept=[paper for paper in with_verdict if paper.id not in kept],
        problems=problems,
    )


def _as_before(verdicts: Iterable[Verdict], old: Mapping[str, Verdict]) -> frozenset[str]:
    """The papers on which the decision is still the old one."""
    return frozenset(
        each.paper_id
        for each in verdicts
        if each.paper_id in old and old[each.paper_id].decision is each.decision
    )


def _keep(
    parts: Parts,
    verdicts: Sequence[Verdict],
    news: Sequence[Verdict],
    papers: Sequence[Paper],
    now: datetime,
) -> int:
    """Keep the verdicts, these papers as they were judged, and what follows from the `news`
    among them; how many papers in doubt wait for a person's time, old ones included."""
    put_off = _put_off(parts, {each.paper_id for each in news})
    waiting = _without_time(parts, [*news, *put_off], now)
    ends = _outcomes(parts, [*news, *put_off], waiting, now)
    parts.ledger.save_verdicts(verdicts, now, papers=papers, outcomes=ends)
    return len(waiting)


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many there are of each decision, of all three where there is any."""
    counted = Counter(each.decision for each in verdicts)
    return {each.value: counted[each] for each in Decision} if counted else {}


def _still_the_classifiers(parts: Parts) -> Sequence[Paper]:
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


def _put_off(parts: Parts, besides: Collection[str]) -> list[Verdict]:
    """The verdicts on papers that wait for a week in which a person has time to judge them."""
    ids = {
        each.paper_id
        for each in parts.ledger.standing(list_id="", states={State.DEFERRED})
        if each.reason == outcomes.WAITS_FOR_TIME
    }
    found = parts.ledger.verdicts(ids.difference(besides))
    return [each for each in found.values() if each.decision is Decision.REFER]


def _without_time(parts: Parts, verdicts: Sequence[Verdict], now: datetime) -> frozenset[str]:
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
        ReviewRequest(paper_id=key, state=State.REFERRED, relevance=verdict.relevance,
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
