"""The rows of a digest: what is shown of a paper, a list, a pull request, a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from medvl_watch.changes import PullRequest, PullState, Target
from medvl_watch.ports import SourceHealth
from medvl_watch.publish import citation, digest_boxes, render
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.messages import notes_on
from medvl_watch.publish.summaries import what_it_is
from medvl_watch.records import Headings, Outcome, Paper, State, Verdict

_ON_A_LIST = (State.PROPOSED, State.ACCEPTED, State.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOption:
    """A section of a list: its path there, and its headings as they are shown."""

    list_id: str
    list_title: str
    path: Headings
    shown: Headings


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """A paper of the week with the latest outcome for each list (or one for all lists), and the
    sections of lists that a person may choose for it."""

    paper: Paper
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    options: tuple[ListOption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A paper that a person has decided on in this digest, and the actions of the boxes."""

    paper: Paper
    actions: tuple[str, ...]


class WeekShare(NamedTuple):
    """How many papers of one week came to each outermost section of the taxonomy."""

    week: str
    by_section: Mapping[str, int]


class OutcomeOnList(NamedTuple):
    """What became of a paper on one list."""

    list_title: str
    state: State
    section: Headings
    number: int | None
    address: str


class DigestRow(NamedTuple):
    """One paper of the digest."""

    cite: citation.Citation
    verdict: Verdict
    quotes: Sequence[object]
    notes: tuple[str, ...]
    topic: Headings
    places: tuple[OutcomeOnList, ...]
    reason: str
    what: str
    boxes: tuple[tuple[render.Encoded, ListOption], ...]
    refuse: render.Encoded
    off_subject: render.Encoded


class OpenPull(NamedTuple):
    list_title: str
    number: int
    address: str
    papers: int


class SourceRow(NamedTuple):
    """One source's latest poll. `problem` is empty while all is well; `silence` says why nothing
    is new."""

    source: str
    last_read: date
    received: int
    claimed: int | None
    problem: str
    silence: str


def digest_row(
    item: DigestItem, targets: Mapping[str, Target], pulls: Mapping[str, Sequence[PullRequest]]
) -> DigestRow:
    what = what_it_is(item.paper, item.verdict)
    topic = item.verdict.sections[0].path if item.verdict.sections else ()
    reasons = [outcome.reason for outcome in item.outcomes if outcome.state is State.REFERRED]
    return DigestRow(
        cite=citation.cite(item.paper),
        verdict=item.verdict,
        quotes=citation.quotes(item.verdict, summary=what),
        notes=notes_on(item.paper, item.verdict),
        topic=topic,
        places=tuple(
            _place(outcome, targets[outcome.list_id], pulls.get(outcome.list_id, ()))
            for outcome in sorted(item.outcomes, key=lambda outcome: outcome.list_id)
            if outcome.list_id in targets and outcome.state in _ON_A_LIST
        ),
        reason=(reasons[0] or "neither clearly in nor clearly out") if reasons else "",
        what=what,
        boxes=tuple(
            (
                digest_boxes.comment(item.paper.id, digest_boxes.addition(each.list_id, each.path)),
                each,
            )
            for each in item.options
        ),
        refuse=digest_boxes.comment(item.paper.id, digest_boxes.REFUSE),
        off_subject=digest_boxes.comment(item.paper.id, digest_boxes.OFF_SUBJECT),
    )


class AnsweredRow(NamedTuple):
    """A decided paper: its boxes, which stay ticked, with the words beside them."""

    cite: citation.Citation
    boxes: tuple[tuple[render.Encoded, str], ...]


def answered_row(answer: Answered, targets: Mapping[str, Target]) -> AnsweredRow:
    def words(action: str) -> str:
        kind, _, rest = action.partition(":")
        if kind == digest_boxes.REFUSE:
            return "on no list"
        if kind == digest_boxes.OFF_SUBJECT:
            return "not our subject"
        list_id = rest.partition(":")[0]
        return f"add to {targets[list_id].title if list_id in targets else list_id}"

    boxes = tuple(
        (digest_boxes.comment(answer.paper.id, action), words(action)) for action in answer.actions
    )
    return AnsweredRow(citation.cite(answer.paper), boxes)


class SettledRow(NamedTuple):
    """What became of earlier proposals to a list in the week, and the minutes asked for."""

    list_title: str
    accepted: int
    refused: int
    minutes: int


def settled_rows(
    settled: Mapping[str, Mapping[State, int]],
    minutes: Mapping[str, int],
    targets: Mapping[str, Target],
) -> list[SettledRow]:
    return [
        SettledRow(
            target.title,
            settled.get(key, {}).get(State.ACCEPTED, 0),
            settled.get(key, {}).get(State.REFUSED, 0),
            minutes.get(key, 0),
        )
        for key, target in targets.items()
        if key in settled or minutes.get(key)
    ]


def _place(outcome: Outcome, target: Target, pulls: Sequence[PullRequest]) -> OutcomeOnList:
    number = outcome.pull_request
    address = next((pull.address for pull in pulls if pull.number == number), "")
    return OutcomeOnList(target.title, outcome.state, outcome.section or (), number, address)


def source_row(health: SourceHealth) -> SourceRow:
    receipt = health.receipt
    incomplete = "" if receipt.complete else receipt.incomplete or "not all of it arrived"
    return SourceRow(
        source=receipt.source,
        last_read=receipt.fetched_at.date(),
        received=receipt.received,
        claimed=receipt.claimed,
        problem=health.problem or incomplete or receipt.alarm,
        silence=receipt.silence,
    )


def open_pulls(
    targets: Sequence[Target], pulls: Mapping[str, Sequence[PullRequest]]
) -> list[OpenPull]:
    return [
        OpenPull(target.title, pull.number, pull.address, len(own_pull(pull).papers))
        for target in targets
        for pull in pulls.get(target.id, ())
        if pull.state is PullState.OPEN
    ]
