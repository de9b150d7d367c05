"""The weekly digest: what a team reads instead of five pull requests.

It is written from the recorded facts. It shows days and never times of day, so the same facts
always give the same text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from medvl_watch.changes import Issue, PullRequest, PullState, Target
from medvl_watch.offers.outcomes import WAITS_FOR_TIME
from medvl_watch.ports import SourceHealth
from medvl_watch.publish import citation, marker, render
from medvl_watch.publish.budget import fitted
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.messages import notes_on
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Headings, Outcome, Paper, State, Verdict

_T = TypeVar("_T")
_ON_A_LIST = (State.PROPOSED, State.ACCEPTED, State.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """A paper of the week with the latest outcome for each list (or one for all lists)."""

    paper: Paper
    verdict: Verdict
    outcomes: tuple[Outcome, ...]


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


def digest_message(  # noqa: PLR0913  # the parts of a digest
    week: Week,
    items: Sequence[DigestItem],
    *,
    targets: Sequence[Target],
    unjudged: int = 0,
    health: Iterable[SourceHealth] = (),
    pulls: Mapping[str, Sequence[PullRequest]] = MappingProxyType({}),
    waiting_for_review: Mapping[str, int] = MappingProxyType({}),
    pauses: Mapping[str, date] = MappingProxyType({}),
) -> Issue:
    """The issue for a week's papers.

    `unjudged` counts the papers of the week that the classifier has not judged yet; `health`
    is how each source's latest poll went; `pulls` are the pull requests by list id;
    `waiting_for_review` counts the papers of any week that wait for a reviewer's time, by
    list id ("" stands for the reader of the digest); `pauses` has, by list id, the day until
    which nothing is proposed to the list.
    """
    by_id = {target.id: target for target in targets}
    rows = [_row(item, by_id, pulls) for item in items]
    chosen = sorted((row for row in rows if _is_on_a_list(row)), key=_by_topic)
    referred = sorted((row for row in rows if _is_referred(row)), key=_by_relevance)
    values = {
        "week": week,
        "total": len(chosen),
        "referred_total": len(referred),
        "left_out": sum(_is_left_out(item) for item in items),
        "unjudged": unjudged,
        "waiting": _waiting(items, by_id),
        "waiting_for_review": _by_title(waiting_for_review, by_id),
        "pauses": _by_title(pauses, by_id),
        "health": [_source_row(each) for each in health],
        "open_pulls": _open_pulls(targets, pulls),
    }
    return Issue(
        key=week.key,
        title=render.title(f"Medical vision-language papers, week {week}"),
        body=_body(week, chosen, referred, values),
        labels=(marker.LABEL,),
    )


def _body(
    week: Week,
    chosen: Sequence[DigestRow],
    referred: Sequence[DigestRow],
    values: Mapping[str, object],
) -> str:
    """The text with these template `values` and as many papers as an issue has room for."""
    template = render.templates().get_template("digest.md.j2")

    def make(full: int, shown: int) -> str:
        text = template.render(
            **values,
            topics=_by_heading(chosen[:shown]),
            dropped=len(chosen[shown:]),
            referred=referred[:shown],
            full=full,
            begin=render.Encoded(marker.BEGIN),
            end=render.Encoded(marker.END),
        )
        return marker.with_issue_key(text, week.key)

    return fitted(make, max(len(chosen), len(referred)))


def _row(
    item: DigestItem, targets: Mapping[str, Target], pulls: Mapping[str, Sequence[PullRequest]]
) -> DigestRow:
    topic = item.verdict.sections[0].path if item.verdict.sections else ()
    reasons = [outcome.reason for outcome in item.outcomes if outcome.state is State.REFERRED]
    return DigestRow(
        cite=citation.cite(item.paper),
        verdict=item.verdict,
        quotes=citation.quotes(item.verdict),
        notes=notes_on(item.paper, item.verdict),
        topic=topic,
        places=tuple(
            _place(outcome, targets[outcome.list_id], pulls.get(outcome.list_id, ()))
            for outcome in sorted(item.outcomes, key=lambda outcome: outcome.list_id)
            if outcome.list_id in targets and outcome.state in _ON_A_LIST
        ),
        reason=(reasons[0] or "neither clearly in nor clearly out") if reasons else "",
    )


def _place(outcome: Outcome, target: Target, pulls: Sequence[PullRequest]) -> OutcomeOnList:
    number = outcome.pull_request
    address = next((pull.address for pull in pulls if pull.number == number), "")
    return OutcomeOnList(target.title, outcome.state, outcome.section or (), number, address)


def _is_on_a_list(row: DigestRow) -> bool:
    return bool(row.places)


def _is_referred(row: DigestRow) -> bool:
    return bool(row.reason) and not row.places


def _is_left_out(item: DigestItem) -> bool:
    return all(outcome.state in {State.REJECTED, State.DUPLICATE} for outcome in item.outcomes)


def _by_topic(row: DigestRow) -> tuple[bool, Headings, float, str]:
    """By the taxonomy's sections, papers without one last; the surest first in each."""
    return not row.topic, row.topic, -row.verdict.relevance, row.cite.paper_id


def _by_relevance(row: DigestRow) -> tuple[float, str]:
    return -row.verdict.relevance, row.cite.paper_id


def _by_heading(rows: Sequence[DigestRow]) -> list[tuple[Headings, list[tuple[int, DigestRow]]]]:
    return [
        (topic, list(group))
        for topic, group in groupby(enumerate(rows), key=lambda pair: pair[1].topic)
    ]


def _waiting(items: Iterable[DigestItem], targets: Mapping[str, Target]) -> list[tuple[str, int]]:
    """How many papers wait for a list's next pull request, by its title."""
    counted = Counter(
        targets[outcome.list_id].title
        for item in items
        for outcome in item.outcomes
        if outcome.list_id in targets
        and outcome.state is State.DEFERRED
        and outcome.reason != WAITS_FOR_TIME
    )
    return sorted(counted.items())


def _by_title(by_list: Mapping[str, _T], targets: Mapping[str, Target]) -> list[tuple[str, _T]]:
    """The values of the configured lists, and the one under "" (no list), sorted by title."""
    titles = {"": "", **{key: target.title for key, target in targets.items()}}
    named = sorted((titles[key], key) for key in by_list if key in titles)
    return [(title, by_list[key]) for title, key in named]


def _source_row(health: SourceHealth) -> SourceRow:
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


def _open_pulls(
    targets: Sequence[Target], pulls: Mapping[str, Sequence[PullRequest]]
) -> list[OpenPull]:
    return [
        OpenPull(target.title, pull.number, pull.address, len(own_pull(pull).papers))
        for target in targets
        for pull in pulls.get(target.id, ())
        if pull.state is PullState.OPEN
    ]
