"""A loopback GitHub on which one write goes wrong, in every way that a write can."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from medvl_watch.publish.github.client import RequestLimits
from medvl_watch.publish.github.forge import GitHubForge
from tests.publish.github_fake import TOKEN, Answer, FakeGitHub

LIMITS = RequestLimits(
    between_reads=0, between_writes=0, longest_wait=0, timeout=1, retries=2, backoff=0
)


class Mishap(StrEnum):
    """What happens to a write."""

    KILLED = "the process is killed"
    BAD_GATEWAY = "answered 502"
    DOWN = "answered 502, and so is all that follows"
    TIMEOUT = "no answer in time"
    CUT = "the connection is cut"


@dataclass
class Plan:
    """Write number `at` (from 1) goes wrong, before or after it was done. `kill` ends the process
    that asks."""

    at: int
    mishap: Mishap
    done: bool
    kill: Callable[[], None] = lambda: None
    writes: int = 0
    came: bool = False


class Cut(ConnectionError):
    """The connection ends without an answer."""


class CrashingGitHub(FakeGitHub):
    """A `FakeGitHub` that does one thing at a time, with at most one mishap."""

    def __init__(self, folder: Path, content: bytes) -> None:
        super().__init__(folder, content)
        self.plan: Plan | None = None
        self.delay: Callable[[], float] | None = None
        """Seconds before each answer, so that two runners meet in many ways."""
        self._lock = threading.Lock()

    def _needs_write(self, rest: str) -> bool:  # we may write here and fork besides
        return False

    def answer(self, method: str, target: str, authorization: str, data: Any) -> Answer:
        if self.delay:
            time.sleep(self.delay())
        with self._lock:
            plan = self.plan
            if plan is None or not self._is_hit(plan, method):
                return super().answer(method, target, authorization, data)
            if plan.done and plan.at == plan.writes and method != "GET":
                super().answer(method, target, authorization, data)
        return self._go_wrong(plan)

    def _is_hit(self, plan: Plan, method: str) -> bool:
        if plan.came:
            return plan.mishap is Mishap.DOWN
        plan.writes += method != "GET"
        plan.came = method != "GET" and plan.writes == plan.at
        return plan.came

    def _go_wrong(self, plan: Plan) -> Answer:
        if plan.mishap is Mishap.KILLED:
            plan.kill()
            raise Cut
        if plan.mishap is Mishap.CUT:
            raise Cut
        if plan.mishap is Mishap.TIMEOUT:
            time.sleep(LIMITS.timeout + 0.3)
            raise Cut
        plan.done = False  # what follows is not done
        return Answer(502, {"message": "Bad gateway"})

    def forge(self) -> GitHubForge:
        return GitHubForge(TOKEN, issues_repository=self.name, base_url=self.url, limits=LIMITS)


def in_a_process(work: Callable[[], object]) -> tuple[int, Callable[[], None]]:
    """Start `work` in a process of its own; its id, and what kills it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child, lambda: os.kill(child, signal.SIGKILL)


@dataclass
class Tally:
    """How many combinations were tried, and what went wrong in them."""

    tried: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def count(self, kind: str) -> None:
        self.tried[kind] = self.tried.get(kind, 0) + 1
