"""How long a pull request's description takes to read: its words at a documented speed, and a
moment for each decision."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS_PER_MINUTE = 220
"""A careful reader's; many studies together give 238 for English prose
(https://doi.org/10.1016/j.jml.2019.104047)."""
LINE = 3.0
"""Seconds to look over the exact line, whose words were read above it."""
LEAVE = 4.0
"""Seconds to decide that a box stays ticked."""
CHOOSE = 12.0
"""Seconds to choose one of the sections, or “not for this list”."""
HEAD = 15.0
"""Seconds for what stands above the papers."""

_WORD = re.compile(r"\w[\w'-]*")
_NOT_READ = re.compile(r"<!--.*?-->|\[[x ]\]|\]\([^)\s]*\)|https?://\S+")
_PAPER = re.compile(r"^- (?:\[[x ]\] <!-- p:\S+ --> )?\*\*\[", re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """The words of each paper that is added, and of each that is openly asked about."""

    proposed: tuple[int, ...]
    referred: tuple[int, ...]

    @property
    def minutes(self) -> float:
        seconds = HEAD
        seconds += sum(seconds_of(words, LINE + LEAVE) for words in self.proposed)
        seconds += sum(seconds_of(words, CHOOSE) for words in self.referred)
        return seconds / 60


def seconds_of(words: int, deciding: float) -> float:
    return 60 * words / WORDS_PER_MINUTE + deciding


def read(body: str) -> Reading:
    """What a maintainer reads of a description: all but what is folded away."""
    openly = re.sub(r"<details>.*?</details>", "", body, flags=re.DOTALL)
    starts = [found.start() for found in _PAPER.finditer(openly)]
    proposed: list[int] = []
    referred: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(openly)], strict=True):
        lines = openly[start:end].split("\n\n### ")[0].splitlines()
        words = sum(_words(line) for line in lines if not line.strip().startswith("`"))
        (proposed if "<!-- p:" in lines[0] else referred).append(words)
    return Reading(tuple(proposed), tuple(referred))


def _words(line: str) -> int:
    return len(_WORD.findall(_NOT_READ.sub(" ", line)))
