"""One request to GitHub at a time over all workers that share a token.

GitHub asks integrators for requests one after the other, with pauses
(https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api). PyGithub
keeps the pauses within a process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from medvl_watch.errors import Busy, ForgeLimited
from medvl_watch.ports import RequestTurns

LONGEST_QUEUE = 300.0
"""Seconds for which a worker waits for its turn; a request may itself wait for a rate limit."""


@dataclass(slots=True)
class GitHubTurns:
    """The turns at GitHub; without `shared` ones this process has no others beside it."""

    shared: RequestTurns | None = None
    _is_taken: bool = False

    @contextmanager
    def turn(self, gap: float) -> Iterator[None]:
        """Make requests within the block, `gap` seconds after other workers' last one. A block
        within a block is of the same turn. Raises ForgeLimited if the turn does not come."""
        if self.shared is None or self._is_taken:
            yield
            return
        try:
            with self.shared.turn("github", gap, wait=LONGEST_QUEUE):
                self._is_taken = True
                try:
                    yield
                finally:
                    self._is_taken = False
        except Busy as error:
            raise ForgeLimited(
                "other workers are asking GitHub", remedy="it is tried again next time"
            ) from error
