"""Place, propose: from verdicts in the ledger to pull requests on the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from medvl_watch import proposals, turns
from medvl_watch.attention import ASKING, Ask, Share, share, waiting_since, week_of
from medvl_watch.changes import Change, Edit, Published, Target
from medvl_watch.errors import WatchError
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.decoding import encode
from medvl_watch.pipeline.completions import completed_text, completions
from medvl_watch.pipeline.parts import Parts, Tell, in_words, record
from medvl_watch.pipeline.readings import Reading, desk_of, read_list
from medvl_watch.proposals import Desk, Judged
from medvl_watch.publish import lifecycle, messages
from medvl_watch.publish.messages import CompletedItem, ReferredItem
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
    reports = []
    for target in parts.targets:
        tell(f"looking at {target.id}")
        try:
            reports.append(_publish_list(parts, target, now))
        except Exception as error:  # noqa: BLE001 - one list's trouble is not another's
            problem = in_words(error, target.id)
            reports.append(ListReport(list_id=target.id, problem=problem))
    return tuple(reports)


def _publish_list(parts: Parts, target: Target, now: datetime) -> ListReport:
    reading = read_list(parts, target)
    desk, decided = desk_of(parts, reading, now)
    judged = _judged(parts)
    offer = proposals.candidates(judged.values(), desk)
    edit = insert(reading.text, offer.additions, templates=target.templates)
    ends = (*offer.ends, *proposals.ends_of_edit(edit, desk))
    placed = tuple(dict.fromkeys(placement.paper_id for placement in edit.placed))
    since = waiting_since(parts.ledger.history(list_id=target.id, states={State.DEFERRED}))
    given = _share(parts, reading, turns.asks(placed, ends, judged, desk, since), now)
    ends = turns.put_off(ends, given.waiting, desk)
    completed = completions(parts, reading) if placed else ()  # they never come alone
    intent = _intent(parts, reading, turns.in_turn(placed, given, desk), completed, now)
    completed = tuple(each for each in completed if each.entry_id in intent.papers)
    if completed or not set(placed) <= set(intent.papers):
        chosen = [each for each in offer.additions if each.paper.id in intent.papers]
        edit = insert(completed_text(reading, completed), chosen, templates=target.templates)
    beside = (proposals.referred_of(ends, judged, offer.doubts), completed)
    published = _carried_out(
        parts, reading, intent, lambda: _change(reading, desk, judged, edit, beside)
    )
    number = published.number if published else intent.pull.number if intent.pull else None
    told = proposals.ends_of_intent(intent, edit, desk, number)
    news = proposals.news(proposals.one_each(ends, told, desk, intent.step), desk)
    record(parts, news, now)
    return ListReport(
        list_id=target.id,
        states=_counts((*decided, *news)),
        step=intent.step.value,
        reason=intent.reason,
        published=published,
        waiting=len(given.waiting),
        problem=proposals.missing_sections(target, parts.taxonomy, reading.document),
    )


def _intent(
    parts: Parts,
    reading: Reading,
    wanted: Sequence[str],
    completed: Sequence[CompletedItem],
    now: datetime,
) -> lifecycle.Intent:
    return lifecycle.plan(
        reading.pulls,
        wanted,
        reading.snapshot.content,
        parts.papers_per_pull_request,
        also=[each.entry_id for each in completed],
        listed=reading.is_held,
        paused=lifecycle.paused_until(reading.pulls, parts.pause, now),
    )


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


def _share(parts: Parts, reading: Reading, asks: Sequence[Ask], now: datetime) -> Share:
    """The papers for which this week's reviewer of the list has time, and the others."""
    told = parts.ledger.history(list_id=reading.target.id, states=ASKING)
    spent = parts.minutes.spent(each for each in told if each.at >= week_of(now))
    paused = lifecycle.paused_until(reading.pulls, parts.pause, now)
    room = 0 if paused else lifecycle.room(reading.pulls, parts.papers_per_pull_request)
    return share(asks, parts.minutes, spent, room, now)


def _judged(parts: Parts) -> dict[str, Judged]:
    """Every paper that may concern a list: all but those rejected for all of them."""
    open_ids = {
        outcome.paper_id
        for outcome in parts.ledger.standing(list_id="", states=frozenset(State) - {State.REJECTED})
    }
    verdicts = parts.ledger.verdicts(open_ids)
    return {
        paper.id: Judged(paper=paper, verdict=verdicts[paper.id])
        for paper in parts.ledger.papers(verdicts)
    }


def _change(
    reading: Reading,
    desk: Desk,
    judged: Mapping[str, Judged],
    edit: Edit,
    beside: tuple[Sequence[ReferredItem], Sequence[CompletedItem]],
) -> Change:
    referred, completed = beside
    message = messages.pull_request_message(
        reading.target,
        proposals.items_of(edit, judged),
        before=reading.snapshot.content,
        referred=referred,
        refused=reading.taken_out(),
        completed=completed,
        chosen=proposals.unfinished(desk),
    )
    return Change(
        target=reading.target,
        branch=lifecycle.branch_of(reading.target.id),
        base=reading.snapshot.revision,
        content=encode(edit.after),
        message=message.commit,
        title=message.title,
        body=message.body,
    )


def _counts(ends: Iterable[Outcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for end in ends:
        counts[end.state.value] = counts.get(end.state.value, 0) + 1
    return counts
