"""What maintainers and servers do between two runs, on a GitHub over a real git."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import PullState
from medvl_watch.errors import ExitCode
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import State
from tests.fakes import LIST, Ran, World, paper_id, publishing, world
from tests.publish.github_fake import ON_GITHUB, FakeGitHub, Fault, forge_on

ONE, TWO = paper_id(1), paper_id(2)
TARGETS = tuple(replace(ON_GITHUB, id=each, map_id=each) for each in ("first", "second"))


class OnGitHub:
    """A team's machine with two lists in one repository."""

    def __init__(self, folder: Path, github: FakeGitHub) -> None:
        self.github = github
        self.world: World = world(folder, 1, 2, ids=("first", "second"))

    def parts(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, forge=forge_on(self.github), targets=TARGETS[:1])

    def both(self, parts: PipelineParts) -> PipelineParts:
        return replace(self.parts(parts), targets=TARGETS)

    def run(self) -> Ran:
        return self.world.run(self.parts)

    def standing(self) -> dict[str, State]:
        return self.world.latest_outcomes("first")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[OnGitHub]:
    github = FakeGitHub(tmp_path / "remote.git", LIST.format(id="first").encode())
    with github.served():
        yield OnGitHub(tmp_path / "world", github)


def test_situation_32_a_rate_limit_defers_all_lists(team: OnGitHub) -> None:
    message = {"message": "You have exceeded a secondary rate limit."}
    team.github.faults.append(
        Fault("GET", "/matching-refs", 403, message, headers={"Retry-After": "9999"}, times=9)
    )
    ran = team.world.run(team.both)
    assert ran.code is ExitCode.LATER
    assert [each.problem.exit_code for each in ran.lists if each.problem] == [ExitCode.LATER] * 2
    asked = [path for _, path, _ in team.github.log]
    team.github.log.clear()
    assert not [path for path in asked if "second" in path]
    assert "asked us to wait" in str(ran.lists[1].problem)
    team.github.faults.clear()
    assert team.run().code is ExitCode.DONE
    assert len(team.github.pulls) == 1


def test_situation_50_a_reopened_pull_request_is_open_again(team: OnGitHub) -> None:
    team.run()
    team.github.close(1)
    team.github.pulls[0].pop("final_head")
    team.github.pulls[0].update(state="open", closed_at=None)
    team.run()
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}
    assert len(team.github.pulls) == 1


def test_situation_65_what_was_accepted_and_removed_is_refused(team: OnGitHub) -> None:
    team.run()
    team.github.close(1, merge=True)
    team.run()
    assert set(team.standing().values()) == {State.ACCEPTED}
    team.github.push("trunk", LIST.format(id="first").encode())
    team.run()
    assert set(team.standing().values()) == {State.REFUSED}
    assert len(team.github.pulls) == 1


def test_situation_20_a_merged_branch_is_deleted_and_a_second_run_writes_nothing(
    team: OnGitHub,
) -> None:
    team.run()
    team.github.close(1, merge=True)
    team.run()
    assert team.github.git.branches("medvl-watch") == {}
    written = team.github.writes()
    team.run()
    assert team.github.writes() == written


def test_situation_56_without_issues_the_lists_are_brought_up_to_date(team: OnGitHub) -> None:
    team.github.faults.append(
        Fault("GET", "/issues$", 410, {"message": "Issues are disabled for this repo"}, times=99)
    )
    assert team.run().code is ExitCode.DONE
    assert len(team.github.pulls) == 1


def test_situation_42_a_merge_into_an_old_default_branch_refuses_nothing(team: OnGitHub) -> None:
    team.run()
    first = team.github.git.branch_head("trunk")
    team.github.git.update_refs(("refs/heads/main", first, None))
    team.github.default = "main"
    team.github.close(1, merge=True)
    team.run()
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}
    assert [pull["base"] for pull in team.github.pulls] == ["trunk", "main"]


def test_situation_08_newer_papers_come_beside_a_frozen_pull_request(team: OnGitHub) -> None:
    team.run()
    team.github.push("medvl-watch/first", b"# Theirs\n")
    team.world = publishing(team.world, 1, 2, 3)
    team.run()
    assert [pull["state"] for pull in team.github.pulls] == ["open", "open"]
    assert team.standing()[paper_id(3)] is State.PROPOSED
    assert len(team.github.comments) == 1
    written = team.github.writes()
    team.run()
    assert team.github.writes() == written
    assert team.github.pulls[1]["state"] == PullState.OPEN


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        pytest.param(
            lambda text: text.replace("2611.00002", "2611.00002v2"),
            "1 of the last 2",
            id="reworded",
        ),
        pytest.param(
            lambda text: "".join(
                line for line in text.splitlines(keepends=True) if "2611.00002" not in line
            ),
            "1 of the last 2",
            id="dropped",
        ),
    ],
)
def test_situation_21_what_was_kept_as_proposed_is_counted(
    edit: Callable[[str], str], kept: str, team: OnGitHub
) -> None:
    team.run()
    text = team.github.git.read("medvl-watch/first", "README.md") or b""
    team.github.push("medvl-watch/first", edit(text.decode()).encode())
    merged = team.github.git.branch_head("medvl-watch/first")
    team.github.pulls[0]["final_head"] = merged
    team.github.git.update_refs(("refs/heads/trunk", merged, None))
    team.github.pulls[0].update(
        state="closed", merged_at="2026-11-21T00:00:00Z", closed_at="2026-11-21T00:00:00Z"
    )
    team.run()
    team.world.digest("current", team.parts)
    assert f"**Kept as proposed:** {kept}" in team.github.issues[0]["body"]
