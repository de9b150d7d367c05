"""Have the classifier judge what came in, and record what follows from its verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medvl_watch.errors import WatchError
from medvl_watch.offers import judgements, outcomes
from medvl_watch.pipeline.list_state import reader_time
from medvl_watch.pipeline.parts import PipelineParts, Tell, as_watch_error
from medvl_watch.records import Paper, State, Verdict


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
    parts: PipelineParts,
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
    decided_or_proposed = judgements.papers_decided_or_proposed(
        parts.ledger.standing(states=outcomes.DECIDED_OR_PROPOSED)
    )
    again = _open_to_rejudging(parts) if rejudge else ()
    first_time, rejudged = judgements.papers_to_judge(
        parts.ledger.unjudged(), with_verdict, again, decided_or_proposed
    )
    again_ids = {paper.id for paper in rejudged}
    wanted = [*first_time, *rejudged]
    if wanted:
        tell(f"judging {len(wanted)} papers with {parts.classifier.name}")
    raw, problems = _verdicts(parts, wanted)
    verdicts = [outcomes.refer_if_doubtful(each, doubts.get(each.paper_id, "")) for each in raw]
    same = judgements.same_decisions(verdicts, parts.ledger.verdicts(again_ids))
    kept = {verdict.paper_id for verdict in verdicts} | decided_or_proposed
    papers = [paper for paper in with_verdict if paper.id in kept]
    news = [each for each in verdicts if each.paper_id not in same]
    waiting = _keep(parts, verdicts, news, papers, now)
    count = sum(each.paper_id in again_ids for each in verdicts)
    return Judgement(
        decisions=judgements.counts_of(each for each in verdicts if each.paper_id not in again_ids),
        waiting=waiting,
        rejudged=count,
        changed=count - len(same),
        not_kept=[paper for paper in with_verdict if paper.id not in kept],
        problems=problems,
    )


def _keep(
    parts: PipelineParts,
    verdicts: Sequence[Verdict],
    news: Sequence[Verdict],
    papers: Sequence[Paper],
    now: datetime,
) -> int:
    """Keep the verdicts, these papers as they were judged, and what follows from the `news`
    among them; how many papers in doubt wait for a person's time, old ones included."""
    effective = [*news, *_deferred(parts, {each.paper_id for each in news})]
    waiting = _without_time(parts, effective, now)
    new = judgements.outcomes_of_verdicts(
        effective,
        [target.id for target in parts.targets],
        outcomes.by_paper(parts.ledger.standing(papers=[each.paper_id for each in effective])),
        waiting,
        now,
    )
    parts.ledger.save_verdicts(verdicts, now, papers=papers, outcomes=new)
    return len(waiting)


def _open_to_rejudging(parts: PipelineParts) -> Sequence[Paper]:
    """The papers on which the classifier still has the word."""
    standing = parts.ledger.standing(list_id="", states=judgements.OPEN_TO_REJUDGING)
    verdicts = parts.ledger.verdicts(each.paper_id for each in standing)
    return parts.ledger.papers(
        each.paper_id for each in verdicts.values() if judgements.may_be_rejudged(each)
    )


def _deferred(parts: PipelineParts, besides: Collection[str]) -> Sequence[Verdict]:
    """The verdicts on papers that wait for a week in which a person has time to judge them."""
    standing = parts.ledger.standing(list_id="", states={State.DEFERRED})
    ids = {each.paper_id for each in standing if judgements.waits_for_time(each)}
    found = parts.ledger.verdicts(ids.difference(besides))
    return judgements.new_doubts(found.values(), ())


def _without_time(
    parts: PipelineParts, verdicts: Sequence[Verdict], now: datetime
) -> Collection[str]:
    """The papers in doubt that this week's reader of the digest has no time left for."""
    in_digest = parts.ledger.standing(list_id="", states={State.REFERRED})
    doubts = judgements.new_doubts(verdicts, {each.paper_id for each in in_digest})
    if not doubts:  # the ledger's whole history need not be read
        return ()
    time = reader_time(parts.ledger, parts.limits.time, now)
    return judgements.without_time(doubts, time, now)


def _verdicts(
    parts: PipelineParts, papers: Sequence[Paper]
) -> tuple[Sequence[Verdict], list[WatchError]]:
    """The classifier's verdicts; where it fails, of each paper that it can judge alone."""
    if not papers:
        return (), []
    try:
        return parts.classifier.judge(papers), []
    except WatchError as error:
        return (), [error]
    except Exception as error:  # noqa: BLE001 - one paper's failure is not another's
        if len(papers) == 1:
            return (), [as_watch_error(error, papers[0].id)]
    found = [_verdicts(parts, [paper]) for paper in papers]
    return (
        [verdict for verdicts, _ in found for verdict in verdicts],
        [problem for _, problems in found for problem in problems],
    )
