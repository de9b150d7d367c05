"""Judge new papers with the classifier, and record the outcomes of its verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medvl_watch.errors import WatchError
from medvl_watch.offers import judgements, outcomes
from medvl_watch.pipeline.list_state import reader_time
from medvl_watch.pipeline.parts import PipelineParts, ReportStep, as_watch_error
from medvl_watch.records import Paper, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The number of papers by decision; how many doubtful ones wait for review time; and the
    errors. `changed` counts the papers among the `rejudged` whose decision is now another.
    `not_kept` are papers whose new facts were not saved, because they got no verdict."""

    decisions: Mapping[str, int]
    waiting: int
    rejudged: int
    changed: int
    not_kept: Sequence[Paper]
    problems: Sequence[WatchError]


def judge(  # noqa: PLR0913 - the inputs of a run
    parts: PipelineParts,
    with_verdict: Sequence[Paper],
    doubts: Mapping[str, str],
    now: datetime,
    report_step: ReportStep,
    *,
    rejudge: bool,
) -> Judgement:
    """Judge the papers that have no verdict yet, and those `with_verdict`: their new facts are
    saved in one transaction with the new verdict. `doubts` says why some of them may be the same
    as another paper. With `rejudge`, also papers that no person has decided on.
    """
    decided_or_proposed = judgements.papers_decided_or_proposed(
        parts.ledger.latest_outcomes(states=outcomes.DECIDED_OR_PROPOSED)
    )
    again = _open_to_rejudging(parts) if rejudge else ()
    first_time, rejudged = judgements.papers_to_judge(
        parts.ledger.unjudged(), with_verdict, again, decided_or_proposed
    )
    again_ids = {paper.id for paper in rejudged}
    wanted = [*first_time, *rejudged]
    if wanted:
        report_step(f"judging {len(wanted)} papers with {parts.classifier.name}")
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
    """Save the verdicts, the papers as they were judged, and the outcomes of the `news` among
    the verdicts. Returns how many doubtful papers, old ones included, wait for review time."""
    effective = [*news, *_deferred(parts, {each.paper_id for each in news})]
    waiting = _without_time(parts, effective, now)
    new = judgements.outcomes_of_verdicts(
        effective,
        [target.id for target in parts.targets],
        outcomes.by_paper(
            parts.ledger.latest_outcomes(papers=[each.paper_id for each in effective])
        ),
        waiting,
        now,
    )
    parts.ledger.save_verdicts(verdicts, now, papers=papers, outcomes=new)
    return len(waiting)


def _open_to_rejudging(parts: PipelineParts) -> Sequence[Paper]:
    """The papers that no person has decided on, which may be judged again."""
    latest_outcomes = parts.ledger.latest_outcomes(list_id="", states=judgements.OPEN_TO_REJUDGING)
    verdicts = parts.ledger.verdicts(each.paper_id for each in latest_outcomes)
    return parts.ledger.papers(
        each.paper_id for each in verdicts.values() if judgements.may_be_rejudged(each)
    )


def _deferred(parts: PipelineParts, besides: Collection[str]) -> Sequence[Verdict]:
    """The verdicts on papers that wait for review time, except those `besides`."""
    latest_outcomes = parts.ledger.latest_outcomes(list_id="", states={State.DEFERRED})
    ids = {each.paper_id for each in latest_outcomes if judgements.waits_for_time(each)}
    found = parts.ledger.verdicts(ids.difference(besides))
    return judgements.new_doubts(found.values(), ())


def _without_time(
    parts: PipelineParts, verdicts: Sequence[Verdict], now: datetime
) -> Collection[str]:
    """The doubtful papers for which this week's review time of the digest is used up."""
    in_digest = parts.ledger.latest_outcomes(list_id="", states={State.REFERRED})
    doubts = judgements.new_doubts(verdicts, {each.paper_id for each in in_digest})
    if not doubts:  # the ledger's whole history need not be read
        return ()
    time = reader_time(parts.ledger, parts.limits.time, now)
    return judgements.without_time(doubts, time, now)


def _verdicts(
    parts: PipelineParts, papers: Sequence[Paper]
) -> tuple[Sequence[Verdict], list[WatchError]]:
    """The classifier's verdicts. If it fails on all together, each paper is judged on its own."""
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
