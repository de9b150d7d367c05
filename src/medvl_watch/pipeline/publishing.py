"""Place, propose: from verdicts in the ledger to pull requests on the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import NamedTuple

from medvl_watch.changes import Change, Edit, Published, Target
from medvl_watch.classify.routing import Route
from medvl_watch.errors import WatchError
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.decoding import encode
from medvl_watch.offers import candidates, turns
from medvl_watch.offers.candidates import JudgedPaper, ListContext
from medvl_watch.offers.list_sections import missing_sections
from medvl_watch.offers.reviewer_time import (
    ASKING,
    ReviewRequest,
    ReviewShare,
    share,
    waiting_since,
    week_of,
)
from medvl_watch.pipeline.completions import completed_text, completions
from medvl_watch.pipeline.parts import Parts, Tell, in_words, record, sparing
from medvl_watch.pipeline.readings import Reading, context_of, read_list
from medvl_watch.publish import lifecycle, messages
from medvl_watch.publish.messages import CompletedItem
from medvl_watch.records import Outcome, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """What became of one list: how many papers ended in each state, how many wait for a week
    in which its reviewer has time, and the pull request."""

    list_id: str
    states: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    step: str = ""
    reason: str = ""
    published: Published | None = None
    problem: WatchError | None = None


def publish(parts: Parts, now: datetime, tell: Tell) -> tuple[ListReport, ...]:
    """Bring every list's pull request up to date; one list's trouble is not another's."""
    judged = cache(partial(_judged, parts))  # the same for every list
    reports = []
    for target in parts.targets:
        tell(f"looking at {target.id}")
        try:
            reports.append(_publish_list(parts, target, judged(), now))
        except Exception as error:  # noqa: BLE001 - one list's trouble is not another's
            problem = in_words(error, target.id)
            reports.append(ListReport(list_id=target.id, problem=problem))
    return tuple(reports)


def _publish_list(
    parts: Parts, target: Target, judged: Mapping[str, JudgedPaper], now: datetime
) -> ListReport:
    reading = read_list(parts, target)
    context, decided = context_of(parts, reading, now)
    plan = _plan(parts, reading, context, judged)
    intent = plan.intent
    published = _carried_out(
        parts, reading, intent, lambda: _change(reading, context, plan, judged)
    )
    number = published.number if published else intent.pull.number if intent.pull else None
    told = candidates.ends_of_intent(intent, plan.edit, context, number)
    news = candidates.news(candidates.one_each(plan.ends, told, context, intent.step), context)
    record(parts, news, now)
    missing = missing_sections(target, parts.taxonomy, reading.document)
    return ListReport(
        list_id=target.id,
        states=_counts((*decided, *news)),
        step=intent.step.value,
        reason=intent.reason,
        published=published,
        waiting=plan.waiting,
        problem=next(iter(plan.problems), missing),
    )


class _Plan(NamedTuple):
    """What shall become of a list: the step, the text with what it adds and completes, what
    becomes of the papers beside that (of some only the section is in doubt), how many wait for
    a reviewer's time, and which could not be tried."""

    intent: lifecycle.Intent
    edit: Edit
    completed: Sequence[CompletedItem]
    ends: Sequence[Outcome]
    doubts: Mapping[str, Route]
    waiting: int
    problems: Sequence[WatchError]


def _plan(
    parts: Parts, reading: Reading, context: ListContext, judged: Mapping[str, JudgedPaper]
) -> _Plan:
    """Try all that the list may take, then what a pull request and its reviewer have room for."""
    limit, templates = parts.papers_per_pull_request, reading.target.templates

    def tried(papers: Sequence[JudgedPaper]) -> tuple[candidates.Candidates, Edit]:
        offer = candidates.candidates(papers, context)
        return offer, insert(reading.text, offer.additions, templates=templates)

    (offer, edit), broken = sparing(
        tried, tuple(judged.values()), lambda each: f"{context.target.id}, {each.paper.id}"
    )
    ends = (*offer.ends, *candidates.ends_of_edit(edit, context))
    placed = tuple(dict.fromkeys(placement.paper_id for placement in edit.placed))
    paused = lifecycle.paused_until(reading.pulls, parts.pause, context.now)
    since = waiting_since(parts.ledger.history(list_id=context.target.id, states={State.DEFERRED}))
    asks = turns.asks(placed, ends, judged, context, since)
    given = _share(parts, context, asks, 0 if paused else lifecycle.room(reading.pulls, limit))
    completed = completions(parts, reading) if placed else ()  # they never come alone
    intent = lifecycle.plan(
        reading.pulls,
        turns.in_turn(placed, given, context),
        reading.snapshot.content,
        limit,
        also=[each.entry_id for each in completed],
        listed=reading.is_held,
        unknown=reading.unknown(),
        paused=paused,
    )
    completed = tuple(each for each in completed if each.entry_id in intent.papers)
    if completed or not set(placed) <= set(intent.papers):
        chosen = [each for each in offer.additions if each.paper.id in intent.papers]
        edit = insert(completed_text(reading, completed), chosen, templates=templates)
    ends = turns.put_off(ends, given.waiting, context)
    problems = [problem for _, problem in broken]
    return _Plan(intent, edit, completed, ends, offer.doubts, len(given.waiting), problems)


def _carried_out(
    parts: Parts, reading: Reading, intent: lifecycle.Intent, change: Callable[[], Change]
) -> Published | None:
    """What the forge did, or None where it was not asked."""
    if intent.step in {lifecycle.Step.CREATE, lifecycle.Step.UPDATE}:
        return parts.forge.ensure_pull_request(change())
    if intent.step is lifecycle.Step.CLOSE and intent.pull:
        body = messages.closing_body(intent.pull)
        return parts.forge.close_pull_request(reading.target, intent.pull, body)
    return None


def _share(
    parts: Parts, context: ListContext, asks: Sequence[ReviewRequest], room: int
) -> ReviewShare:
    """The papers for which this week's reviewer of the list has time, and the others."""
    told = parts.ledger.history(list_id=context.target.id, states=ASKING)
    this_week = [each for each in told if each.at >= week_of(context.now)]
    spent = parts.minutes.spent([*this_week, *turns.unrecorded(context)])
    return share(asks, parts.minutes, spent, room, context.now)


def _judged(parts: Parts) -> dict[str, JudgedPaper]:
    """Every paper that may concern a list: all but those rejected for all of them."""
    open_ids = {
        outcome.paper_id
        for outcome in parts.ledger.standing(list_id="", states=frozenset(State) - {State.REJECTED})
    }
    verdicts = parts.ledger.verdicts(open_ids)
    return {
        paper.id: JudgedPaper(paper=paper, verdict=verdicts[paper.id])
        for paper in parts.ledger.papers(verdicts)
    }


def _change(
    reading: Reading, context: ListContext, plan: _Plan, judged: Mapping[str, JudgedPaper]
) -> Change:
    message = messages.pull_request_message(
        reading.target,
        candidates.items_of(plan.edit, judged),
        before=reading.snapshot.content,
        referred=candidates.referred_of(plan.ends, judged, plan.doubts),
        refused=reading.taken_out(),
        completed=plan.completed,
        chosen=candidates.unfinished(context),
    )
    return Change(
        target=reading.target,
        branch=lifecycle.branch_of(reading.target.id),
        base=reading.snapshot.revision,
        content=encode(plan.edit.after),
        message=message.commit,
        title=message.title,
        body=message.body,
    )


def _counts(ends: Iterable[Outcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for end in ends:
        counts[end.state.value] = counts.get(end.state.value, 0) + 1
    return counts
