"""What a maintainer remembers of what they did, and how the boxes of a description are found."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

TICKED = re.compile(r"\[[xX]\] <!-- p:(\S+) -->")
UNTICKED = re.compile(r"\[ \] <!-- p:(\S+) -->")
NUMBER = re.compile(r"abs/(2611\.\d{5})")
SECTION = re.compile(r"\[ \] <!-- s:(\S+) [0-9a-f]{12} -->")
TICKED_SECTION = re.compile(r"\[x\] <!-- s:(\S+) ")
TICKED_DECLINE = re.compile(r"\[x\] <!-- n:(\S+) -->")
DECLINE = re.compile(r"\[ \] <!-- n:(\S+) -->")
IN_DIGEST = re.compile(r"\[ \] <!-- d:(\S+) (refuse|off-subject|add:\S+) -->")


def number_of(paper_id: str) -> str:
    return paper_id.removeprefix("arxiv:")


def twice(text: str) -> list[str]:
    """The papers that a list holds more than once."""
    return [each for each, times in Counter(NUMBER.findall(text)).items() if times > 1]


def ticked(body: str) -> set[str]:
    return set(TICKED.findall(body))


def unticked(body: str) -> set[str]:
    return set(UNTICKED.findall(body))


@dataclass
class Memory:
    """What a maintainer did, as far as the bot has to respect it.

    `refused` has papers by the pull request in which they were refused last (0: elsewhere);
    `wanted` those that they ticked, `chosen` those whose section they ticked, `seen` those that
    the bot has seen on the list. `notes` are the lines that they wrote into descriptions and
    `titles` those that they gave, by pull request; `touched` are the numbers of those that they
    changed or reviewed; `commits` the heads that they made, by branch; `own_lines` what they wrote
    into the list.
    """

    refused: dict[str, int] = field(default_factory=dict)
    notes: dict[int, list[str]] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    commits: dict[str, str] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    own_lines: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)

    def see(self, text: str) -> None:
        """The bot has now seen the list with these papers."""
        self.seen = set(NUMBER.findall(text))
