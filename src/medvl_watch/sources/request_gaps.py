"""Keeps the gap between two requests to a service: in this process, and where the service counts
all our machines' requests together, between all processes that share a folder.

arXiv: "no more than one request every three seconds, and limit requests to a single connection at
a time", over all its services (https://info.arxiv.org/help/api/tou.html).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from medvl_watch.storage.locks import lock_file

LONGEST_QUEUE = 300.0
"""Seconds for which a process waits for its turn among others."""


@dataclass(slots=True)
class OwnTurns:
    """Satisfies `ports.RequestTurns` within this process. `clock` counts its seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def turn(self, service: str, gap: float, *, wait: float = 0) -> Iterator[None]:  # noqa: ARG002
        if service in self._last:
            _sleep_if(self._last[service] + gap - self.clock(), self.sleep)
        self._last[service] = self.clock()
        yield


@dataclass(slots=True)
class FolderTurns:
    """Satisfies `ports.RequestTurns` over all processes that use this folder, and within this
    process where there is no such folder. `wall_clock` is the time of day in seconds, which other
    processes have, too."""

    folder: Path
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    own: OwnTurns = field(default_factory=OwnTurns)

    @contextmanager
    def turn(self, service: str, gap: float, *, wait: float) -> Iterator[None]:
        if not self.folder.is_dir():
            with self.own.turn(service, gap):
                yield
            return
        lock = self.folder / f".requests-{service}.lock"
        with lock_file(lock, self.folder, wait=min(wait, LONGEST_QUEUE)):
            stamp = self.folder / f".requests-{service}"
            ago = self.wall_clock() - _read(stamp)
            # A time ahead of the clock is that of a clock that was set back.
            _sleep_if(gap - ago if ago >= 0 else gap, self.sleep)
            stamp.write_text(repr(self.wall_clock()), encoding="ascii")
            yield


def _sleep_if(seconds: float, sleep: Callable[[float], None]) -> None:
    """Sleep, unless the time is over."""
    if seconds > 0:
        sleep(seconds)


def _read(stamp: Path) -> float:
    """The time in the file; 0 if there is none that can be read."""
    with suppress(OSError, ValueError):
        return float(stamp.read_text(encoding="ascii"))
    return 0.0
