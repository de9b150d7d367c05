"""How many requests runs send, and how long they take at the pace that GitHub asks for, by a
simulated clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import github.Requester
import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish.github.client import RequestLimits
from medvl_watch.publish.github.forge import GitHubForge
from tests.fakes import LIST, World, world
from tests.publish.github_fake import ON_GITHUB, TOKEN, Answer, FakeGitHub

ANSWER = 0.1
"""Seconds that an answer takes."""
LISTS = tuple(f"list-{number}" for number in range(1, 6))
TARGETS = tuple(
    replace(ON_GITHUB, id=each, map_id="first", path=f"{each}.md", title=each) for each in LISTS
)


@dataclass
class Clock:
    """The time as PyGithub sees it."""

    seconds: float = 1_800_000_000

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self, zone: tzinfo) -> datetime:
        return datetime.fromtimestamp(self.seconds, zone)


class TimedGitHub(FakeGitHub):
    clock: Clock

    def answer(self, method: str, target: str, authorization: str, data: Any) -> Answer:
        self.clock.sleep(ANSWER)
        return super().answer(method, target, authorization, data)


class Five:
    """A team with five lists in one repository, which waits between requests as GitHub asks."""

    def __init__(self, folder: Path, github_: TimedGitHub) -> None:
        self.github = github_
        self.world: World = world(folder, 1, 2, 3, ids=LISTS, dashboard="How they stand")

    def parts(self, parts: PipelineParts) -> PipelineParts:
        forge = GitHubForge(
            TOKEN,
            issues_repository="acme/list",
            base_url=self.github.url,
            limits=RequestLimits(retries=0),
        )
        return replace(parts, forge=forge, targets=TARGETS)

    def run(self) -> float:
        """The seconds that a run takes."""
        begun = self.github.clock.seconds
        assert self.world.run(self.parts).code is ExitCode.DONE
        return self.github.clock.seconds - begun

    def digest(self) -> float:
        begun = self.github.clock.seconds
        self.world.digest("current", self.parts)
        return self.github.clock.seconds - begun


@pytest.fixture
def five(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Five]:
    made = TimedGitHub(tmp_path / "remote.git", b"# Nothing\n")
    made.clock = Clock()
    for each in LISTS:
        made.push("trunk", LIST.format(id=each).encode(), f"{each}.md")
    monkeypatch.setattr(github.Requester, "time", SimpleNamespace(sleep=made.clock.sleep))
    monkeypatch.setattr(github.Requester, "datetime", SimpleNamespace(now=made.clock.now))
    with made.served():
        yield Five(tmp_path / "world", made)


def test_a_first_run_on_five_lists_takes_less_than_a_minute(five: Five) -> None:
    assert five.run() < 60
    assert len(five.github.pulls) == len(LISTS)


def test_second_runs_write_nothing_and_send_eight_requests_a_list(five: Five) -> None:
    five.run()
    five.digest()
    five.github.log.clear()
    five.run()
    of_the_run = [method for method, _, _ in five.github.log]
    five.digest()
    of_both = [method for method, _, _ in five.github.log]
    assert set(of_both) == {"GET"}
    assert len(of_the_run) <= 8 * len(LISTS) + 2
    assert len(of_both) - len(of_the_run) <= 5 * len(LISTS) + 2
