"""The dashboard: one issue that shows how the lists stand and what needs a person.

It is written anew from recorded facts and shows no times, so the same facts always give the
same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.changes import Issue, Target
from medvl_watch.offers.kept_entries import KeptShare
from medvl_watch.publish import citation, dashboard_boxes, marker, render
from medvl_watch.publish.budget import fitted
from medvl_watch.records import Paper

KEY = "dashboard"
"""The key of the issue, by which it is found again."""

MOST_REFUSED = 20
"""Refused papers with a box for each list, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullStanding:
    """An open pull request of ours, and why nothing new is added to it ("" if it takes more)."""

    number: int
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPaper:
    """A paper that a list refused: where (`number` of the pull request, 0 for a digest) and why."""

    paper: Paper
    list_id: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStanding:
    """How one list stands: its open pull requests, how many papers wait or are to be decided, how
    many it took and refused, and of the latest merged ones how many stay as proposed. `problem`
    is a sentence with what to do, empty if there is none."""

    target: Target
    open_pulls: tuple[PullStanding, ...] = ()
    proposed: int = 0
    to_decide: int = 0
    waiting: int = 0
    accepted: int = 0
    refused: int = 0
    kept: KeptShare
    problem: str = ""


def dashboard_message(
    standings: Sequence[ListStanding],
    *,
    refused: Sequence[RefusedPaper] = (),
    undone: Sequence[RefusedPaper] = (),
    problems: Sequence[str] = (),
    title: str,
) -> Issue:
    """The issue. `refused` are the papers whose refusal can be taken back, the latest first,
    `undone` those of which a person has done so; `problems` are sentences that concern no single
    list, such as a source that cannot be read."""
    template = render.templates().get_template("dashboard.md.j2")
    titles = {each.target.id: each.target.title for each in standings}

    def make(_: int, shown: int) -> str:
        text = template.render(
            standings=standings,
            problems=problems,
            refused=[_row(each, titles) for each in refused[:shown]],
            dropped=len(refused[shown:]),
            undone=[_row(each, titles) for each in undone],
            begin=render.Encoded(marker.BEGIN),
            end=render.Encoded(marker.END),
        )
        return marker.with_issue_key(text, KEY)

    return Issue(
        key=KEY,
        title=render.title(title),
        body=fitted(make, len(refused)),
        labels=(marker.LABEL,),
    )


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused paper as the template shows it."""

    cite: citation.Citation
    list_title: str
    reason: str
    box: render.Encoded


def _row(each: RefusedPaper, titles: dict[str, str]) -> RefusedRow:
    return RefusedRow(
        cite=citation.cite(each.paper),
        list_title=titles.get(each.list_id, each.list_id),
        reason=each.reason,
        box=dashboard_boxes.comment(each.paper.id, each.list_id, each.number),
    )
