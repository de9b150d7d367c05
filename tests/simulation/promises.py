"""What the bot promises a maintainer, checked after a run against what they remember."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from medvl_watch.config import Limits
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.next_step import MOST_AT_ONCE
from medvl_watch.records import State
from tests.simulation.github import CalendarGitHub, lines_lost
from tests.simulation.memory import Memory, number_of, ticked, twice

BUDGET = Limits().offers().time
"""The default of the configuration."""
_IN_DIGEST = re.compile(r"\[[ xX]\] <!-- d:(\S+) ")
_ASKED = re.compile(r"\[[ xX]\] <!-- (?:n:(\S+)|s:(\S+) [0-9a-f]{12}) -->")


class ReviewerWeeks:
    """The minutes that a list's reviewer is asked for, by week, as the descriptions show: every
    paper that is proposed in a pull request where it was not, and every first question."""

    def __init__(self) -> None:
        self._shown: set[tuple[int, str, str]] = set()
        self.minutes: dict[str, float] = defaultdict(float)

    def look(self, github: CalendarGitHub, memory: Memory, now: datetime) -> None:
        asked: set[tuple[str, str]] = set()
        for pull in github.open_pulls():
            rows = {(each, "proposed") for each in ticked(pull["body"])}
            new = {row for row in rows if (pull["number"], *row) not in self._shown}
            self._shown |= {(pull["number"], *row) for row in rows}
            doubts = {(0, a or b, "referred") for a, b in _ASKED.findall(pull["body"])}
            new |= {(paper, kind) for _, paper, kind in doubts - self._shown}
            self._shown |= doubts  # a question that stays open is asked once
            asked |= {row for row in new if row[0] not in memory.wanted}
        for issue in github.issues:  # who reads the digest has minutes of their own
            self._shown |= {(0, each, "referred") for each in _IN_DIGEST.findall(issue["body"])}
        spent = sum(BUDGET.minutes_for(State(kind)) for _, kind in asked)
        self.minutes[f"{now:%G-W%V}"] += spent


def broken_promises(
    github: CalendarGitHub, memory: Memory, opened: list[dict[str, Any]]
) -> Iterator[str]:
    """One sentence per promise that does not hold; `opened` are the pull requests of this run."""
    yield from _of_the_list(github, memory)
    yield from _of_what_people_did(github, memory)
    untouched = [each for each in github.open_pulls() if each["number"] not in memory.touched]
    if len([each for each in untouched if each.get("reopened") is None]) > 1:
        yield f"open at once: {[each['number'] for each in untouched]}"
    if opened and len(github.open_pulls()) > len(opened) + 1:
        yield f"opened {opened[0]['number']} besides two others"
    for pull in untouched:
        yield from _of_a_proposal(github, memory, pull)


def _of_the_list(github: CalendarGitHub, memory: Memory) -> Iterator[str]:
    text = github.base_text()
    try:
        parse(decode(text.encode(), where="the list"))
    except WatchError as error:
        yield f"the list does not parse: {error}"
    if twice(text):
        yield f"twice on the list: {twice(text)}"
    for line in memory.own_lines:
        if line not in text:
            yield f"a person's line is gone from the list: {line}"
    for paper in memory.refused:
        if number_of(paper) in text:
            yield f"refused, and on the list: {paper}"


def _of_what_people_did(github: CalendarGitHub, memory: Memory) -> Iterator[str]:
    for number, notes in memory.notes.items():
        pull = github.pulls[number - 1]
        yield from (f"gone from {number}: {each}" for each in notes if each not in pull["body"])
    for number, title in memory.titles.items():
        if github.pulls[number - 1]["title"] != title:
            yield f"another title of {number}: {github.pulls[number - 1]['title']}"
    for branch, head in memory.commits.items():
        if github.git.branch_head(branch) != head:
            yield f"a person's commit is no longer the head of {branch}"


def _of_a_proposal(github: CalendarGitHub, memory: Memory, pull: dict[str, Any]) -> Iterator[str]:
    """An open pull request that nobody has changed but by boxes and words."""
    number, head, base = pull["number"], github.head_of(pull), f"refs/heads/{github.default}"
    if pull["base"] != github.default:
        yield f"{number} is to be merged into {pull['base']}"
        return
    merged = github.merged_text(pull)
    if not merged:
        yield f"{number} conflicts with the list"
        return
    if twice(merged):
        yield f"merging {number} would have twice: {twice(merged)}"
    for line in lines_lost(github.git, pull, head, base, github.path):
        yield f"{number} would take away: {line}"
    refused = [each for each in memory.refused if number_of(each) in merged]
    yield from (f"refused, and again in {number}: {each}" for each in refused)
    absent = [each for each in ticked(pull["body"]) if number_of(each) not in merged]
    yield from (f"{number} says that it adds {each}, and does not" for each in absent)
    yield from _of_choices(github, memory)


def _of_choices(github: CalendarGitHub, memory: Memory) -> Iterator[str]:
    pulls = github.open_pulls()
    shown = "".join(github.text_of(each) for each in pulls) + github.base_text()
    held = set[str]().union(*(ticked(each["body"]) for each in pulls))
    if any(len(ticked(each["body"])) >= MOST_AT_ONCE for each in pulls):
        return  # they come with the next one
    for paper in memory.chosen - memory.refused.keys() - held:
        if number_of(paper) not in shown:
            yield f"somebody chose a section for {paper}, and it is nowhere"
