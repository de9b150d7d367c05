"""The whole chain on GitHub, cut short at every write: nothing is lost, nothing comes twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.errors import ExitCode, ForgeError
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish import marker
from medvl_watch.publish.git import Git
from tests.fakes import LIST, FakeSource, World, record, world
from tests.publish.github_fake import ON_GITHUB, FakeGitHub, Fault, forge_on

TARGET = replace(ON_GITHUB, map_id="first")


@dataclass
class Interrupted(Fault):
    """GitHub answers write number `at` (from 1) with an error, and with `stays_down` all that
    is asked of it from then on. With `done` that write was done all the same."""

    at: int = 0
    stays_down: bool = False
    writes: int = 0
    came: bool = False

    def takes(self, method: str, path: str) -> bool:
        if self.came:
            self.done = False
            return self.stays_down
        self.writes += method != "GET"
        self.came = method != "GET" and self.writes == self.at
        return self.came


@dataclass
class Place:
    """A team's machine, and the GitHub that it works on."""

    world: World
    github: FakeGitHub

    def run(self) -> ExitCode:
        """Poll, publish, and post the digest of the week."""
        ran = self.world.run(self._on_github)
        try:
            self.world.digest("current", self._on_github)
        except ForgeError as error:
            return error.exit_code
        return ran.code

    def _on_github(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, forge=forge_on(self.github), targets=(TARGET,))

    def kept(self) -> Callable[[Path], Place]:
        """Keep everything as it is now; what is given brings it back, in another folder."""
        pulls, issues, remote = self.github.pulls, self.github.issues, self.github.git.folder

        def brought_back(folder: Path) -> Place:
            shutil.copytree(self.world.folder, folder / "world")
            shutil.copytree(remote, folder / "remote.git")
            self.github.git = Git(folder / "remote.git")
            self.github.pulls, self.github.issues = deepcopy(pulls), deepcopy(issues)
            self.github.faults, self.github.log = [], []
            return Place(replace(self.world, folder=folder / "world"), self.github)

        return brought_back

    def seen(self) -> Any:
        """All that matters: what people see on GitHub, and what we have recorded."""
        pulls = [
            (pull["state"], pull["title"], marker.body_hash(pull["body"]), _told(pull["body"]),
             self.github.git.read(self.github.head_of(pull), "README.md"))
            for pull in self.github.pulls
        ]  # fmt: skip
        issues = [(issue["title"], issue["body"]) for issue in self.github.issues]
        return pulls, issues, self.world.latest_outcomes(TARGET.id), self.world.overall()


def _told(body: str) -> Any:
    """What a body tells the next run, but for which commit was made when."""
    state = marker.read(body)
    return state and state.model_copy(update={"heads": (), "base": None})


def first_run(place: Place) -> None:
    place.world.sources = [FakeSource([record(1), record(2)])]


def a_newcomer(place: Place) -> None:
    first_run(place)
    place.run()
    place.world.sources = [FakeSource([record(1), record(2), record(3)])]


def one_unticked(place: Place) -> None:
    a_newcomer(place)
    untick(place, 2)


def all_unticked(place: Place) -> None:
    first_run(place)
    place.run()
    untick(place, 1, 2)


def after_a_merge(place: Place) -> None:
    a_newcomer(place)
    place.github.close(1, merge=True)


def untick(place: Place, *numbers: int) -> None:
    (pull,) = place.github.pulls
    for number in numbers:
        box = f"<!-- p:{record(number).id} -->"
        assert f"[x] {box}" in pull["body"]
        pull["body"] = pull["body"].replace(f"[x] {box}", f"[ ] {box}")


SITUATIONS = [first_run, one_unticked, all_unticked, after_a_merge]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    github = FakeGitHub(tmp_path / "remote.git", LIST.format(id="first").encode())
    with github.served():
        yield Place(world(tmp_path / "world", ids=("first",)), github)


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done all the same"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_a_run_that_github_leaves_in_the_middle_has_begun_the_next_completes(
    situation: Callable[[Place], None], *, done: bool, place: Place, tmp_path: Path
) -> None:
    situation(place)
    start = place.kept()
    whole = start(tmp_path / "whole")
    assert whole.run() is ExitCode.DONE
    wanted, writes = whole.seen(), len(whole.github.writes())
    assert writes >= 2
    for at in range(1, writes + 1):
        made = start(tmp_path / str(at))
        made.github.faults = [Interrupted("", "", 503, at=at, stays_down=True, done=done)]
        assert made.run() is not ExitCode.DONE
        made.github.faults = []
        assert made.run() is ExitCode.DONE
        assert made.seen() == wanted, f"after {whole.github.writes()[at - 1]}"
    made.github.log = []
    made.run()
    assert made.github.writes() == [], "a further run writes again"
