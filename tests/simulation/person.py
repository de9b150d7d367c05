"""A person before a list: what they need for whatever they do."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from tests.fakes import World
from tests.simulation.github import CalendarGitHub
from tests.simulation.memory import (
    NUMBER,
    TICKED_DECLINE,
    TICKED_SECTION,
    Memory,
    number_of,
    ticked,
    unticked,
)


class Person:
    """One person, with what they remember and what they see."""

    def __init__(self, chance: random.Random, github: CalendarGitHub, world: World) -> None:
        self.chance, self.github, self.world = chance, github, world
        self.memory = Memory()
        self.done: Counter[str] = Counter()
        self.diary: list[str] = []
        self.holiday = 0
        self.written = 0
        self._fresh: set[str] = set()
        """The papers about which they said something this week."""
        self._unsaid: set[str] = set()
        """What they closed this week without a word of ours left in the description."""
        self.moved_to = ""
        """Where the list's file is now, while the configuration still has the old path."""

    def _pull(self) -> dict[str, Any] | None:
        found = self.github.open_pulls()
        return self.chance.choice(found) if found else None

    def _edit(self, pull: dict[str, Any], old: str, new: str) -> None:
        assert old in pull["body"]
        pull["body"] = pull["body"].replace(old, new, 1)

    def _note(self, kind: str) -> str:
        self.written += 1
        return f"{kind} {self.written} of a person."

    def _touch(self, pull: dict[str, Any], commit: str = "") -> None:
        self.memory.touched.add(pull["number"])
        if commit:
            self.memory.commits[pull["ref"]] = commit

    def _refuse(self, papers: set[str], pull: int) -> None:
        self.memory.refused |= dict.fromkeys(papers, pull)
        self._fresh |= papers

    def _offered(self, pull: dict[str, Any]) -> set[str]:
        """The papers that a pull request of ours adds by its boxes, or by its lines where nothing
        is left of the description."""
        if "<!-- p:" in pull["body"]:
            offered = ticked(pull["body"])
        elif pull["base"] != self.github.default:
            return set()  # nothing says any more what it was made for
        else:
            offered = {f"arxiv:{each}" for each in NUMBER.findall(self.github.text_of(pull))}
        text = self.github.base_text()
        return {each for each in offered if number_of(each) not in text and "2611." in each}

    def _forget_fresh(self, pull: dict[str, Any]) -> None:
        """What they ticked since our last run goes with the description that they replace."""
        boxes = TICKED_SECTION.findall(pull["body"]) + TICKED_DECLINE.findall(pull["body"])
        for paper in {*boxes, *unticked(pull["body"])} & self._fresh:
            self.memory.refused.pop(paper, None)
            self.memory.chosen.discard(paper)

    def _any(self, found: list[str]) -> str | None:
        return self.chance.choice(found) if found else None
