"""A verdict as a person likes to read it: what, how sure, where, why, what would be done, and
who judged."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import click

from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.routing import Route
from medvl_watch.cli.forecast_view import Forecast
from medvl_watch.cli.model_view import model_in_words
from medvl_watch.cli.output import bar
from medvl_watch.papers.venues import venue_of, year_of
from medvl_watch.publish.citation import quotes
from medvl_watch.publish.render import terminal
from medvl_watch.publish.wording import (
    FLAGS,
    NO_ABSTRACT,
    flag_in_words,
    set_aside_in_words,
)
from medvl_watch.records import Decision, Paper, Verdict

WIDTH = 100
"""Columns, where the terminal has as many."""
_SECTIONS, _AUTHORS = 3, 3
_LONGEST_SHOWN = 400  # characters of a quote
NEIGHBOURS = 3
"""Listed papers like this one that a person is shown."""
_LABEL = 11
_COLOURS = {Decision.PROPOSE: "green", Decision.REFER: "yellow", Decision.REJECT: "red"}
_LEAST_SCORE = 0.005
"""Below it a score reads as nothing."""
_LONGEST_NAME = 40
"""Characters of a list's name; a file may have any."""

Sections = Sequence[tuple[str, float]]
"""The likeliest sections as they are called, best first, and how likely each is (0..1)."""


def show_verdict(  # all that a person is shown
    paper: Paper,
    verdict: Verdict,
    forecasts: Sequence[Forecast],
    *,
    sections: Sections,
    near: Sequence[ListedNeighbour] = (),
) -> None:
    """Print one paper's verdict. `forecasts` say what would be done on each list, `near` are the
    listed papers most like it."""
    click.echo(click.style(terminal(paper.facts.title), bold=True))
    click.echo(click.style(terminal(imprint(paper)), dim=True))
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    blocks = {
        "relevance": _judgement(verdict),
        "flagged": [_VerdictRow(words) for words in flags_in_words(paper, verdict)],
        "section": [_VerdictRow(name, score) for name, score in sections[:_SECTIONS]],
        "because": [_VerdictRow(words) for words in because(verdict)],
        "model": [_VerdictRow(words) for words in model_in_words(verdict)],
        "nearest": [_VerdictRow(_near(each), each.similarity) for each in near],
        "lists": [
            _VerdictRow(f"{names}: {words}") for words, names in _by_forecast(forecasts).items()
        ],
        "judged by": [_VerdictRow(judge_of(verdict))],
    }
    for label, rows in blocks.items():
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


class _VerdictRow(NamedTuple):
    """A text, behind a bar for its share where it has one."""

    text: str
    share: float | None = None
    colour: str = "cyan"


def _judgement(verdict: Verdict) -> list[_VerdictRow]:
    reason = f": {verdict.reason}" if verdict.reason else ""
    words = f"{verdict.decision.value}{reason}"
    return [_VerdictRow(words, verdict.relevance, _COLOURS[verdict.decision])]


def flags_in_words(paper: Paper, verdict: Verdict) -> list[str]:
    """What a person should know beside the verdict."""
    words = [str(terminal(flag_in_words(flag))) for flag in verdict.flags]
    if not paper.facts.abstract.strip() and NO_ABSTRACT not in verdict.flags:
        words.append(FLAGS[NO_ABSTRACT])
    return [*words, *map(terminal, set_aside_in_words(verdict))]


def judge_of(verdict: Verdict) -> str:
    """Who judged: the classifier and its version."""
    return terminal(f"{verdict.classifier} {verdict.version}".strip())


def sections_of(verdict: Verdict) -> Sections:
    """The taxonomy's sections."""
    return [(" > ".join(each.path), each.score) for each in verdict.sections]


def sections_in(route: Route) -> Sections:
    """A list's own sections, without the title of the list."""
    scores: dict[str, float] = {}
    for each in route.ranked:
        scores.setdefault(route.section_text(each), each.score)
    return [(name, score) for name, score in scores.items() if name and score >= _LEAST_SCORE]


def _by_forecast(forecasts: Sequence[Forecast]) -> dict[str, str]:
    """The lists of which the same is to be said, together."""
    names: dict[str, list[str]] = {}
    for each in forecasts:
        names.setdefault(each.in_words, []).append(_name(each.list_name))
    everywhere = len(names) == 1 < len(forecasts)
    return {words: "every list" if everywhere else ", ".join(each) for words, each in names.items()}


def _lines(label: str, row: _VerdictRow, width: int) -> list[str]:
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


def because(verdict: Verdict) -> list[str]:
    """What the paper itself says that decided, one quote per line."""
    return [f"“{terminal(each.quote, _LONGEST_SHOWN)}”" for each in quotes(verdict)]


def _near(each: ListedNeighbour) -> str:
    where = f"{_name(each.list_id)}, line {each.line}"
    section = terminal(" > ".join(each.path[-1:]))
    return f"{terminal(each.title, 80)} ({where}{': ' if section else ''}{section})"


def _name(list_name: str) -> str:
    return terminal(list_name, _LONGEST_NAME)


def neighbours_as_json(found: Sequence[ListedNeighbour]) -> list[dict[str, object]]:
    return [
        {
            "title": each.title,
            "list": each.list_id,
            "section": list(each.path),
            "line": each.line,
            "likeness": round(each.similarity, 4),
        }
        for each in found
    ]
