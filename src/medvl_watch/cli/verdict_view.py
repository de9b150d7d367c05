"""A verdict as a person likes to read it: what, how sure, where, why, and what would be done."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from medvl_watch.classify.neighbours import Neighbour
from medvl_watch.classify.routing import Route
from medvl_watch.cli.output import bar
from medvl_watch.outcomes import IN_PEOPLES_HANDS
from medvl_watch.papers.venues import venue_of, year_of
from medvl_watch.publish.render import terminal
from medvl_watch.records import Decision, Headings, Outcome, Paper, State, Verdict

WIDTH = 100
"""Columns, where the terminal has as many."""
_SECTIONS, _WORDS, _AUTHORS = 3, 5, 3
_LABEL = 11
_NO_ABSTRACT = "no abstract: its title alone was judged"
_FLAGS = {"no-abstract": _NO_ABSTRACT}
_THINGS = {"together": "the three together"}
_COLOURS = {Decision.PROPOSE: "green", Decision.REFER: "yellow", Decision.REJECT: "red"}
_ENDS = {
    State.ACCEPTED: "it is in the list",
    State.REFUSED: "nothing: it was refused",
    State.DUPLICATE: "nothing: the list has it",
    State.PROPOSED: "it is proposed",
}


def show_verdict(
    paper: Paper,
    verdict: Verdict,
    plans: Sequence[tuple[str, str]],
    *,
    near: Sequence[Neighbour] = (),
) -> None:
    """Print one paper's verdict. `plans` are each list's name and what would be done there;
    `near` the listed papers most like it."""
    click.echo(click.style(terminal(paper.facts.title), bold=True))
    click.echo(click.style(terminal(imprint(paper)), dim=True))
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    for label, rows in _blocks(paper, verdict, plans, near).items():
        for number, row in enumerate(rows):
            click.echo("\n".join(_lines("" if number else label, row, width)))
    click.echo()


def imprint(paper: Paper) -> str:
    """Who, where and when, and the id."""
    facts = paper.facts
    more = " et al." if len(facts.authors) > _AUTHORS else ""
    names = ", ".join(facts.authors[:_AUTHORS]) + more
    venue, year = venue_of(facts), year_of(facts)
    where = str(venue) if venue else str(year or "")
    return " · ".join(filter(None, (names, where, f"[{paper.id}]")))


class _Row(NamedTuple):
    """A text, behind a bar for its share where it has one."""

    text: str
    share: float | None = None
    colour: str = "cyan"


def _blocks(
    paper: Paper, verdict: Verdict, plans: Sequence[tuple[str, str]], near: Sequence[Neighbour]
) -> dict[str, list[_Row]]:
    reason = f": {verdict.reason}" if verdict.reason else ""
    said = _Row(f"{verdict.decision.value}{reason}", verdict.relevance, _COLOURS[verdict.decision])
    flags = [_FLAGS.get(flag, flag) for flag in verdict.flags]
    if not paper.facts.abstract.strip() and _NO_ABSTRACT not in flags:
        flags.append(_NO_ABSTRACT)
    return {
        "relevance": [said],
        "flagged": [_Row(flag) for flag in flags],
        "section": [_Row(_path(each.path), each.score) for each in verdict.sections[:_SECTIONS]],
        "because": [_Row(words) for words in _because(verdict)],
        "nearest": [_Row(_near(each), each.likeness) for each in near],
        "lists": [_Row(f"{names}: {plan}") for plan, names in _by_plan(plans).items()],
    }


def _by_plan(plans: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The lists of which the same is to be said, together."""
    names: dict[str, list[str]] = {}
    for name, plan in plans:
        names.setdefault(plan, []).append(name)
    everywhere = len(names) == 1 < len(plans)
    return {plan: "every list" if everywhere else ", ".join(each) for plan, each in names.items()}


def _lines(label: str, row: _Row, width: int) -> list[str]:
    lead = f"  {label:<{_LABEL}}"
    shown = click.style(lead, dim=True)
    if row.share is not None:
        share = f"{bar(row.share)} {row.share:.2f}  "
        lead += share
        shown += click.style(share, fg=row.colour)
    words = textwrap.wrap(
        terminal(row.text), max(30, width - len(lead)), break_on_hyphens=False
    ) or [""]
    return [(shown + words[0]).rstrip(), *(" " * len(lead) + more for more in words[1:])]


def _because(verdict: Verdict) -> list[str]:
    """The words that decided, each once with all that it speaks for."""
    said: dict[tuple[str, str, bool], list[str]] = {}
    for each in verdict.evidence:
        key = (terminal(each.quote, 80), each.field, each.weight >= 0)
        said.setdefault(key, []).append(_THINGS.get(each.speaks_for, each.speaks_for))
    return [
        f"“{quote}” in the {field} speaks {'for' if speaks else 'against'} {_listed(things)}"
        for (quote, field, speaks), things in list(said.items())[:_WORDS]
    ]


def _listed(things: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    names = list(dict.fromkeys(things))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _near(each: Neighbour) -> str:
    return f"{terminal(each.title, 80)} ({each.list_id}, line {each.line}: {_path(each.path[-1:])})"


def _path(path: Headings) -> str:
    return terminal(" > ".join(path))


# --- what would be done ---------------------------------------------------------------


def plans_for(
    verdict: Verdict, routes: Mapping[str, Route], known: Mapping[str, Outcome]
) -> list[tuple[str, str]]:
    """For each list, by its name, what the bot would do there. `known` is the paper's latest
    outcome on each list, if it was seen before."""
    return [(name, _plan(verdict, route, known.get(name))) for name, route in routes.items()]


def near_in(routes: Mapping[str, Route]) -> Sequence[Neighbour]:
    """The entries of each list's likeliest section that are most like the paper."""
    return [
        Neighbour(
            title=each.title,
            list_id=name,
            path=guess.path,
            line=each.line,
            likeness=each.likeness,
        )
        for name, route in routes.items()
        for guess in route.ranked[:1]
        for each in guess.neighbours
    ]


def _plan(verdict: Verdict, route: Route, before: Outcome | None) -> str:
    if before is not None and before.state in IN_PEOPLES_HANDS:
        return f"{_ENDS[before.state]} ({before.reason})"
    if verdict.decision is Decision.REJECT:
        return "nothing"
    if not route.sections:
        return f"nothing: {route.reason}"
    if verdict.decision is Decision.REFER:
        return f"a person is asked first; it might go under {_places(route)}"
    if not route.sure:
        return f"a person is asked which section: {_places(route, others=2)}"
    return f"it would be proposed under {_places(route)}"


def _places(route: Route, others: int = 0) -> str:
    chosen = (*route.sections, *route.others[:others])
    places = (
        route.in_words(each) + (" (a section to open)" if each.opens else "") for each in chosen
    )
    return (" or " if others else " and ").join(places)
