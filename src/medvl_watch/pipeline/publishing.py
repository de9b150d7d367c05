"""Place, propose: from verdicts in the ledger to pull requests on the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from medvl_watch import proposals
from medvl_watch.attention import ASKING, Ask, share, week_of
from medvl_watch.errors import WatchError
from medvl_watch.lists.document import Document, parse
from medvl_watch.lists.editing import insert
from medvl_watch.lists.holdings import held, holdings
from medvl_watch.lists.reading import decode, encode
from medvl_watch.pipeline.parts import Parts, Tell, in_words, record
from medvl_watch.proposals import Desk, Judged
from medvl_watch.publish import lifecycle, marker, messages
from medvl_watch.records import (
    Change,
    Edit,
    Held,
    Outcome,
    Published,
    PullRequest,
    Record,
    Snapshot,
    State,
    Target,
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A list and our pull requests on it, as they were read at the start."""

    target: Target
    snapshot: Snapshot
    text: str
    document: Document
    pulls: Sequence[PullRequest]


def _publish_list(parts: Parts, target: Target, now: datetime) -> ListReport:
    reading = _read_list(parts, target)
    desk, decided = _desk(parts, reading, now)
    judged = _judged(parts)
    offer = proposals.candidates(judged.values(), desk)
    edit = insert(reading.text, offer.additions, templates=target.templates)
    ends = (*offer.ends, *proposals.ends_of_edit(edit, desk))
    placed = tuple(dict.fromkeys(placement.paper_id for placement in edit.placed))
    waiting = _waiting(parts, reading, proposals.asks(placed, ends, judged, desk), now)
    ends = proposals.put_off(ends, waiting, desk)
    wanted = [each for each in placed if each not in waiting]
    intent = lifecycle.plan(
        reading.pulls, wanted, reading.snapshot.content, parts.papers_per_pull_request
    )
    if len(intent.papers) < len(placed):
        chosen = [each for each in offer.additions if each.paper.id in intent.papers]
        edit = insert(reading.text, chosen, templates=target.templates)
    published = None
    if intent.step in {lifecycle.Step.CREATE, lifecycle.Step.UPDATE}:
        published = parts.forge.ensure_pull_request(_change(reading, edit, ends, judged))
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
        waiting=len(waiting),
        problem=proposals.missing_sections(target, parts.taxonomy, reading.document),
    )


def _waiting(
    parts: Parts, reading: _Reading, asks: Sequence[Ask], now: datetime
) -> tuple[str, ...]:
    """The papers for which this week's reviewer of the list has no time left."""
    told = parts.ledger.history(list_id=reading.target.id, states=ASKING)
    spent = parts.minutes.spent(each for each in told if each.at >= week_of(now))
    room = lifecycle.room(reading.pulls, parts.papers_per_pull_request)
    return share(asks, parts.minutes, spent, room, now).waiting


def _read_list(parts: Parts, target: Target) -> _Reading:
    snapshot = parts.forge.read(target)
    text = decode(snapshot.content, where=target.id)
    parts.keep_list(target, snapshot)
    return _Reading(
        target=target,
        snapshot=snapshot,
        text=text,
        document=parse(text),
        pulls=parts.forge.pull_requests(target),
    )


def _desk(parts: Parts, reading: _Reading, now: datetime) -> tuple[Desk, tuple[Outcome, ...]]:
    """The list before us, and what people decided in our pull requests since the last run."""
    listed = holdings(reading.document)
    facts = _named(parts, reading.pulls)

    def is_held(paper_id: str) -> bool:
        return paper_id in facts and isinstance(held(facts[paper_id], listed), Held)

    settled = lifecycle.settle(reading.pulls, is_held)
    # what an unknown paper's fate was is read again once a source brings the paper
    known = (
        replace(each, paper_id=facts[each.paper_id].id)
        for each in settled
        if each.paper_id in facts
    )
    standing = parts.ledger.standing(list_id=reading.target.id)
    desk = Desk(
        target=reading.target,
        taxonomy=parts.taxonomy,
        document=reading.document,
        holdings=listed,
        standing={each.paper_id: each for each in standing},
        now=now,
    )
    decided = proposals.news(proposals.ends_of_settled(known, reading.target, now), desk)
    record(parts, decided, now)
    return desk.after(decided), decided


def _named(parts: Parts, pulls: Sequence[PullRequest]) -> dict[str, Record]:
    """The papers that the pull requests speak of, by the ids that they have there.

    A new ledger may have met a paper in another record first and call it otherwise; its
    facts say how.
    """
    states = [state for pull in pulls if (state := marker.read(pull.body))]
    ids = {paper_id for state in states for paper_id in (*state.papers, *state.refused)}
    names = {
        **parts.ledger.paper_ids(ids),
        **{each.id: each.id for each in parts.ledger.papers(ids)},
    }
    facts = {paper.id: paper.facts for paper in parts.ledger.papers(names.values())}
    return {paper_id: facts[name] for paper_id, name in names.items()}


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
    reading: _Reading, edit: Edit, ends: Sequence[Outcome], judged: Mapping[str, Judged]
) -> Change:
    message = messages.pull_request_message(
        reading.target,
        proposals.items_of(edit, judged),
        before=reading.snapshot.content,
        referred=proposals.referred_of(ends, judged),
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
