"""Which worker had which work when, as the workers themselves note it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from medvl_watch.ports import WorkLocks


@dataclass(frozen=True)
class NotingLocks:
    """Locks that add a line to a file when a work is taken and before it is released."""

    inner: WorkLocks
    notes: Path
    are_shared: ClassVar[bool] = True

    @contextmanager
    def hold(self, work: str, *, wait: float = 0) -> Iterator[bool]:
        with self.inner.hold(work, wait=wait) as is_ours:
            if is_ours:
                self._note("began", work)
            try:
                yield is_ours
            finally:
                if is_ours:
                    self._note("ended", work)

    def _note(self, what: str, work: str) -> None:
        line = f"{time.monotonic()}\t{what}\t{os.getpid()}\t{work}\n"
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(line)  # shorter than a buffer, so at once


def visits(notes: Path, killed: Mapping[int, float]) -> dict[str, list[tuple[float, float, int]]]:
    """By work: from when to when which process had it. One that was killed had it until then."""
    found: dict[str, list[tuple[float, float, int]]] = {}
    begun: dict[tuple[str, int], float] = {}
    for line in notes.read_text(encoding="utf-8").splitlines():
        moment, what, number, work = line.split("\t")
        key = (work, int(number))
        if what == "began":
            begun[key] = float(moment)
        else:
            found.setdefault(work, []).append((begun.pop(key), float(moment), key[1]))
    for (name, process), began in begun.items():
        until = killed.get(process, float("inf"))
        found.setdefault(name, []).append((began, until, process))
    return found


def overlaps(had: Mapping[str, list[tuple[float, float, int]]]) -> list[str]:
    """Works that two workers had at once."""
    found = []
    for work, times in had.items():
        for (_, until, one), (began, _, other) in pairwise(sorted(times)):
            if began < until:
                found.append(f"{work} was that of {one} and {other} at once")
    return found
