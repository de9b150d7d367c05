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
class RequestGaps:
    """The times of the latest requests, by group of hosts. `clock` counts seconds in this process;
    `wall_clock` is the time of day in seconds, which other processes have, too.

    With a `folder` that exists, groups that are shared have one request at a time over all
    processes that use it.
    """

    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    folder: Path | None = None
    _last: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def turn(self, group: str, gap: float, *, shared: bool, wait: float) -> Iterator[None]:
        """Wait until a request may be made, and make it within. Raises Busy if it is not this
        process's turn within `wait` seconds, OSError if the folder cannot be used."""
        if not (shared and self.folder and self.folder.is_dir()):
            self._keep_own_gap(group, gap)
            yield
            return
        lock = self.folder / f".requests-{group}.lock"
        with lock_file(lock, self.folder, wait=min(wait, LONGEST_QUEUE)):
            stamp = self.folder / f".requests-{group}"
            ago = self.wall_clock() - _read(stamp)
            # A time ahead of the clock is that of a clock that was set back.
            self.sleep_if(gap - ago if ago >= 0 else gap)
            stamp.write_text(repr(self.wall_clock()), encoding="ascii")
            yield

    def _keep_own_gap(self, group: str, gap: float) -> None:
        if group in self._last:
            self.sleep_if(self._last[group] + gap - self.clock())
        self._last[group] = self.clock()

    def sleep_if(self, seconds: float) -> None:
        """Sleep, unless the time is over."""
        if seconds > 0:
            self.sleep(seconds)


def _read(stamp: Path) -> float:
    """The time in the file; 0 if there is none that can be read."""
    with suppress(OSError, ValueError):
        return float(stamp.read_text(encoding="ascii"))
    return 0.0
