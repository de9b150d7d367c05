"""Bring every list's pull request up to date: read, ask `offers`, act, record."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

from medvl_watch.changes import Action, Change, Published, PullState, Snapshot, Target
from medvl_watch.errors import ForgeLimited, WatchError
from medvl_watch.lists.parsing.decoding import encode
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.offers import outcomes
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.digest_answers import DigestAnswers
from medvl_watch.offers.drafts import draft_entries
from medvl_watch.offers.list_context import ListContext, ListFacts, context_of
from medvl_watch.offers.list_plan import (
    ListPlan,
    Trial,
    outcomes_of_plan,
    plan_list,
    try_papers,
    unfinished_choices,
)
from medvl_watch.offers.maintainer_decisions import OwnPull, frozen_pulls
from medvl_watch.offers.next_step import Intent, Step
from medvl_watch.offers.reviewer_time import first_requests, week_of
from medvl_watch.offers.section_examples import missing_sections
from medvl_watch.pipeline.kept import with_how_kept
from medvl_watch.pipeline.list_classifiers import ListClassifier
from medvl_watch.pipeline.list_reports import ListReport, open_pulls_after
from medvl_watch.pipeline.list_state import facts_of
from medvl_watch.pipeline.listed_papers import completions_of_week, news_for_maintainer
from medvl_watch.pipeline.own_judging import judge_for_list, with_shared_verdicts
from medvl_watch.pipeline.parts import (
    PipelineParts,
    ReportStep,
    as_watch_error,
    record,
    run_skipping_failures,
)
from medvl_watch.pipeline.workers import work_on
from medvl_watch.publish import commands, dashboard_boxes, digest_boxes, message_rows, messages
from medvl_watch.publish.dashboard import KEY as DASHBOARD_KEY
from medvl_watch.publish.weeks import DIGEST_KEY
from medvl_watch.records import Outcome, State

log = logging.getLogger(__name__)

_WRITTEN = frozenset({Action.CREATED, Action.UPDATED, Action.CLOSED})


def publish(parts: PipelineParts, now: datetime, report_step: ReportStep) -> tuple[ListReport, ...]:
    """Bring every list's pull request up to date; one list's failure is not another's."""
    read = partial(_judged, parts)
    judged = read if parts.locks.are_shared else cache(read)  # the same for every list
    answers, limit = _answers(parts)
    reports: list[ListReport] = []
    for target in parts.targets:
        if limit is not None:
            reports.append(ListReport(list_id=target.id, problem=_not_asked(target, limit)))
            continue
        report_step(f"looking at {target.id}")
        try:
            with parts.locks.hold(work_on(target.id)) as is_ours:
                reports.append(
                    _publish_list(parts, target, judged(), answers, now)
                    if is_ours
                    else _left_to_another(target)
                )
        except Exception as error:  # noqa: BLE001 - one list's failure is not another's
            problem = as_watch_error(error, target.id)
            limit = problem if isinstance(problem, ForgeLimited) else None
            reports.append(ListReport(list_id=target.id, problem=problem))
    return tuple(reports)


def _left_to_another(target: Target) -> ListReport:
    return ListReport(
        list_id=target.id, step="elsewhere", reason="another worker is at work on this list"
    )


def _answers(parts: PipelineParts) -> tuple[DigestAnswers, ForgeLimited | None]:
    """What people ticked in digests and in the dashboard. Where these cannot be read, such as in
    a repository without issues, the lists are brought up to date without them."""
    try:
        ticked = digest_boxes.answers(each.body for each in parts.forge.issues(DIGEST_KEY))
        boards = [each.body for each in parts.forge.issues(DASHBOARD_KEY)]
        return replace(ticked, undone=dashboard_boxes.undone(boards[0]) if boards else {}), None
    except ForgeLimited as error:
        return DigestAnswers(), error
    except WatchError as error:
        log.warning("the digests cannot be read: %s", error)
        return DigestAnswers(), None


def _not_asked(target: Target, limit: ForgeLimited) -> ForgeLimited:
    """A server that asks us to wait means all requests, not those about one list."""
    return ForgeLimited(
        "deferred: the server asked us to wait before more requests",
        where=target.id,
        remedy=limit.remedy,
    )


def _publish_list(
    parts: PipelineParts,
    target: Target,
    judged: Mapping[str, JudgedPaper],
    answers: DigestAnswers,
    now: datetime,
) -> ListReport:
    snapshot, pulls = parts.forge.read(target), parts.forge.pull_requests(target)
    facts = facts_of(target, snapshot, pulls, parts.ledger, answers)
    parts.save_copy(target, snapshot, pulls)
    context, decided = context_of(facts, parts.taxonomy, parts.limits, now)
    decided = with_how_kept(parts.forge, facts, decided)
    record(parts, decided, now)
    judge = parts.classifier_of(target, facts.document) if facts.document else ListClassifier()
    if judge.problem is not None:
        return _unsettled(target, decided, judge.problem)
    if judge.own is not None:
        judged = judge_for_list(parts, judge.own, facts, now)
        context = replace(context, has_own_classifier=True)
    trial, problems = _try_papers(tuple(judged.values()), facts, context)
    plan = plan_list(trial, completions_of_week(parts, facts, trial, now), judged, facts, context)
    change = partial(_change, parts, snapshot, facts, context, plan, judged)
    published = _carry_out(parts, target, plan.intent, change)
    number = published.number if published else plan.intent.pull_number
    news = outcomes_of_plan(plan, context, number)
    record(parts, news, now)
    _keep_changed(parts, target, snapshot, published)
    if published is None or published.action is not Action.CREATED:
        _delete_spent_branches(parts, target, facts.pulls)
    for each in frozen_pulls(facts.pulls):
        parts.forge.ensure_comment(target, messages.frozen_comment(each))
    for each in facts.pulls:
        _answer(parts, facts, each)
    missing = missing_sections(target, parts.taxonomy, facts.document)
    return ListReport(
        list_id=target.id,
        states=_counts((*decided, *news)),
        step=plan.intent.step.value,
        reason=plan.intent.reason,
        published=published,
        open_pulls=open_pulls_after(facts.pulls, published),
        waiting=plan.waiting,
        problem=next(iter(problems), missing),
    )


def _answer(parts: PipelineParts, facts: ListFacts, pull: OwnPull) -> None:
    """Show the people who wrote commands that these were read, and whether they were understood."""
    paths = [path_key(each.path) for each in facts.document.sections] if facts.document else []
    for remark in pull.pull.remarks:
        if not remark.is_answered:
            is_understood = all(
                command is not None and commands.can_be_done(command, pull, paths)
                for command in commands.read_commands(remark.body)
            )
            parts.forge.acknowledge(facts.target, remark, is_understood=is_understood)


def _delete_spent_branches(parts: PipelineParts, target: Target, pulls: Sequence[OwnPull]) -> None:
    """Delete the branches of ended pull requests that are as we left them; a new pull request
    would have used them again."""
    in_use = {each.pull.branch for each in pulls if each.state is PullState.OPEN}
    spent = {each.pull.branch: each.pull for each in pulls if each.has_spent_branch}
    for branch, pull in spent.items():
        if branch not in in_use:
            parts.forge.delete_branch(target, pull)


def _unsettled(target: Target, decided: Sequence[Outcome], problem: WatchError) -> ListReport:
    """The report on a list to which nothing is proposed until a person has settled the problem."""
    return ListReport(
        list_id=target.id,
        states=_counts(decided),
        step="unsettled",
        reason="no pull request, as the classifier does not know this list",
        problem=problem,
    )


def _try_papers(
    papers: Sequence[JudgedPaper], facts: ListFacts, context: ListContext
) -> tuple[Trial, list[WatchError]]:
    """A trial edit with the papers, and the errors of papers that could not be tried."""
    trial, broken = run_skipping_failures(
        lambda some: try_papers(some, facts, context),
        papers,
        lambda each: f"{facts.target.id}, {each.paper.id}",
    )
    return trial, [problem for _, problem in broken]


def _carry_out(
    parts: PipelineParts, target: Target, intent: Intent, change: Callable[[], Change]
) -> Published | None:
    """Carry out the intent; None if it needs no write."""
    if intent.step in {Step.CREATE, Step.UPDATE}:
        return parts.forge.ensure_pull_request(change())
    if intent.step is Step.CLOSE and intent.pull:
        body = messages.closing_body(intent.pull)
        closed = parts.forge.close_pull_request(target, intent.pull, body)
        parts.forge.delete_branch(target, intent.pull)
        return closed
    return None


def _keep_changed(
    parts: PipelineParts, target: Target, snapshot: Snapshot, published: Published | None
) -> None:
    """Save a copy of the pull requests after the write. An error is ignored: it is only a copy."""
    if published is not None and published.action in _WRITTEN:
        with contextlib.suppress(WatchError):
            parts.save_copy(target, snapshot, parts.forge.pull_requests(target))


def _judged(parts: PipelineParts) -> dict[str, JudgedPaper]:
    """Every paper that a list without a classifier of its own may be offered."""
    latest_outcomes = parts.ledger.latest_outcomes(list_id="", states=outcomes.MAY_CONCERN_A_LIST)
    verdicts = parts.ledger.verdicts(each.paper_id for each in latest_outcomes)
    judged = {
        paper.id: JudgedPaper(paper=paper, verdict=verdicts[paper.id])
        for paper in parts.ledger.papers(verdicts)
    }
    return with_shared_verdicts(parts, judged)


def _change(  # noqa: PLR0913, PLR0917  # all that a pull request is made of
    parts: PipelineParts,
    snapshot: Snapshot,
    facts: ListFacts,
    context: ListContext,
    plan: ListPlan,
    judged: Mapping[str, JudgedPaper],
) -> Change:
    drafts = draft_entries(plan, judged, facts)
    asked = {
        each.paper_id: week_of(each.at).date()
        for each in first_requests(facts.history)
        if each.state is State.REFERRED
    }
    referred = message_rows.referred_items(plan.outcomes, judged, plan.unsure, drafts, asked)
    time, shown = parts.limits.time, min(len(referred), messages.MOST_TO_DECIDE)
    minutes = time.minutes(len(plan.edit.placed), shown)
    message = messages.pull_request_message(
        facts.target,
        message_rows.proposal_items(plan.edit, judged),
        before=snapshot.content,
        referred=referred,
        refused=facts.papers_taken_out(plan.intent.pull_number),
        completed=plan.completed,
        news=news_for_maintainer(parts, facts, context, plan),
        chosen=unfinished_choices(context),
        minutes=math.ceil(minutes),
    )
    return Change(
        target=facts.target,
        base=snapshot.revision,
        content=encode(plan.edit.after),
        message=message.commit,
        title=message.title,
        body=message.body,
        into=snapshot.branch,
        number=plan.intent.pull_number,
    )


def _counts(recorded: Iterable[Outcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for outcome in recorded:
        counts[outcome.state.value] = counts.get(outcome.state.value, 0) + 1
    return counts
