"""A team with two lists, one in a fork, that is run again and again from the same beginning."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medvl_watch.errors import ExitCode, ForgeError
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish import marker
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.git import Git
from medvl_watch.records import Record
from tests.fakes import FakeSource, World, record, world
from tests.publish.github_fake import ON_GITHUB
from tests.simulation.crashing_github import CrashingGitHub

FORK = "watch/list"
_NUMBERED = re.compile(r"(pull/|#|no\. |pull request )(\d+)")


def _entry(number: int, code: str = "") -> str:
    one = record(number)
    link = f" [[code]({code})]" if code else ""
    return f"- {one.title}. [[paper]({one.url})]{link}\n"


TEXT = f"""\
# The list

## Reports

{_entry(21, "https://github.com/a/one")}{_entry(7)}{_entry(22, "https://github.com/b/two")}\
{_entry(23, "https://github.com/c/three")}
## Outlines

- Drawing around a lesson. [[paper](https://arxiv.org/abs/2401.00003)]
- Finding the rim of a lung. [[paper](https://arxiv.org/abs/2401.00004)]
"""
"""A list whose entry of paper 7 lacks the code that its record has."""

_TARGET = replace(ON_GITHUB, completes=True)
TARGETS = (
    replace(_TARGET, id="first", title="First", map_id="first"),
    replace(
        _TARGET,
        id="second",
        title="Second",
        map_id="second",
        path="second.md",
        fork=FORK,
        labels=(),
    ),
)


@dataclass
class Runner:
    """A machine that polls, publishes, and posts the dashboard and the week's digest."""

    world: World
    github: CrashingGitHub

    def run(self) -> ExitCode:
        ran = self.world.run(self.parts)
        try:
            self.world.digest("current", self.parts)
        except ForgeError as error:
            return error.exit_code
        return ran.code

    def parts(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, forge=self.github.forge(), targets=TARGETS)

    def beside(self, folder: Path) -> Runner:
        """Another machine with the same memory."""
        shutil.copytree(self.world.folder, folder)
        return Runner(replace(self.world, folder=folder), self.github)

    # --- what there is ----------------------------------------------------------------

    def seen(self) -> Any:
        """All that matters: what people see on GitHub, and what we have recorded."""
        pulls = [
            (pull["ref"], pull["state"], pull["title"], marker.body_hash(pull["body"]),
             self._list(pull))
            for pull in sorted(self.github.pulls, key=lambda each: str(each["ref"]))
        ]  # fmt: skip
        issues = sorted((each["title"], self._named(each["body"])) for each in self.github.issues)
        recorded = [self.world.latest_outcomes(each.id) for each in TARGETS]
        return pulls, issues, recorded, self.world.overall()

    def _named(self, body: str) -> str:
        """A body with the names of our branches in the place of pull requests' numbers: which list
        comes first depends on where the run broke off."""
        names = {each["number"]: each["ref"] for each in self.github.pulls}
        return _NUMBERED.sub(lambda found: str(names.get(int(found[2]))), body)

    def _list(self, pull: dict[str, Any]) -> bytes | None:
        path = "README.md" if pull["ref"].endswith("first") else "second.md"
        return self.github.git.read(self.github.head_of(pull), path)

    def faults(self) -> list[str]:
        """What is there twice, or is missing, or looks frozen though nobody touched it."""
        found = []
        for target in TARGETS:
            pulls = [own_pull(each) for each in self.github.forge().pull_requests(target)]
            still_open = [each for each in pulls if each.pull.state == "open"]
            if len(still_open) != 1:
                found.append(f"{len(still_open)} open pull requests on {target.id}")
            found += [each.frozen_because for each in pulls if each.frozen_because]
            for each in still_open:
                text = self._list({"ref": each.pull.branch, "final_head": each.pull.head}) or b""
                twice = [n for n in range(30) if text.count(f"abs/2611.{n:05}".encode()) > 1]
                found += [f"paper {n} twice on {target.id}" for n in twice]
        digests = [each for each in self.github.issues if each["state"] == "open"]
        keys = [marker.issue_key(each["body"]) for each in digests]
        found += [f"{keys.count(key)} issues {key}" for key in {*keys} if keys.count(key) > 1]
        if not any(str(key).startswith("digest/") for key in keys):
            found.append("no digest")
        if "dashboard" not in keys:
            found.append("no dashboard")
        return found


def kept(runner: Runner) -> Callable[[Path], Runner]:
    """Keep everything as it is now; what is given brings it back, in another folder."""
    github = runner.github
    pulls, issues, comments = github.pulls, github.issues, github.comments
    forks, remote = [*github.forks], github.git.folder

    def brought_back(folder: Path) -> Runner:
        shutil.copytree(runner.world.folder, folder / "world")
        shutil.copytree(remote, folder / "remote.git")
        github.git = Git(folder / "remote.git")
        github.pulls, github.issues = deepcopy(pulls), deepcopy(issues)
        github.comments, github.forks = deepcopy(comments), [*forks]
        github.plan, github.log = None, []
        return Runner(replace(runner.world, folder=folder / "world"), github)

    return brought_back


# --- what a run finds -------------------------------------------------------------------


def begun(folder: Path, github: CrashingGitHub) -> Runner:
    """Nothing was run yet: two pull requests, a fork and a digest are to be made."""
    github.push("trunk", TEXT.encode(), "second.md")
    github.may_fork = {FORK}
    made = world(folder, ids=("first", "second"), dashboard="How they stand")
    made.sources = [FakeSource([record(1), record(2)])]
    return Runner(made, github)


def grown(folder: Path, github: CrashingGitHub) -> Runner:
    """All is there; a paper is new, and one that the lists hold has code now."""
    runner = begun(folder, github)
    runner.run()
    runner.world.sources = [FakeSource([record(1), record(2), record(3), _with_code(7)])]
    return runner


def _with_code(number: int) -> Record:
    return record(number, code_urls=(f"https://github.com/ada/code{number}",))


SITUATIONS = (begun, grown)
