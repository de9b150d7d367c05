"""Repositories, tokens and descriptions in a bad state: each has a stated outcome, which
docs/situations.md lists, and none of them stops another list."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.errors import ExitCode, ForgeError
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish import marker
from medvl_watch.records import State
from tests.fakes import LIST, paper_id, publishing
from tests.pipeline.test_github_situations import OnGitHub
from tests.publish.github_fake import ON_GITHUB, FakeGitHub, Fault, forge_on

ONE, TWO, THREE = paper_id(1), paper_id(2), paper_id(3)
BAD = replace(ON_GITHUB, id="first", map_id="first", repository="acme/bad")
GOOD = replace(ON_GITHUB, id="second", map_id="second")


class TwoLists(OnGitHub):
    """A team with a list in a repository in a bad state, and one in a good one."""

    def parts(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, forge=forge_on(self.github), targets=(BAD, GOOD))


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    made = FakeGitHub(tmp_path / "remote.git", LIST.format(id="first").encode())
    with made.served():
        yield made


@pytest.fixture
def two(tmp_path: Path, github: FakeGitHub) -> TwoLists:
    return TwoLists(tmp_path / "two", github)


@pytest.fixture
def team(tmp_path: Path, github: FakeGitHub) -> OnGitHub:
    return OnGitHub(tmp_path / "world", github)


ARCHIVED = {"full_name": "acme/bad", "default_branch": "trunk", "archived": True, "url": "x"}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        pytest.param(200, ARCHIVED, "acme/bad: the repository is archived", id="archived"),
        pytest.param(404, {"message": "Not Found"}, "it was not found", id="deleted"),
        pytest.param(451, {"message": "DMCA"}, "GitHub answered 451, DMCA", id="blocked"),
    ],
)
def test_bad_repository_is_said_in_a_sentence_and_the_other_lists_go_on(
    status: int, body: dict[str, Any], words: str, two: TwoLists
) -> None:
    two.github.faults.append(Fault("GET", "/repos/acme/bad$", status, body, times=9))
    ran = two.run()
    assert ran.code is not ExitCode.DONE
    assert words in str(ran.lists[0].problem)
    assert str(ran.lists[0].problem).endswith(".")
    assert [pull["ref"] for pull in two.github.pulls] == ["medvl-watch/second"]
    assert not [each for each in two.github.writes() if "acme/bad" in each]


@pytest.mark.parametrize("name", ["acme/renamed", "elsewhere/list"], ids=["renamed", "transferred"])
def test_bad_repository_that_moved_keeps_its_pull_request(name: str, team: OnGitHub) -> None:
    team.run()
    team.github.former_names.add("acme/list")
    team.github.name = name
    team.world = publishing(team.world, 1, 2, 3)
    assert team.run().code is ExitCode.DONE
    assert len(team.github.pulls) == 1
    assert set(team.standing()) == {ONE, TWO, THREE}
    written = team.github.writes()
    team.run()
    assert team.github.writes() == written


def test_bad_path_leaves_the_open_pull_request_as_it_is(team: OnGitHub) -> None:
    team.run()
    before, git = dict(team.github.pulls[0]), team.github.git
    made = git.commit_file("docs/papers.md", b"# Moved\n", "Move\n", team.world.now)
    git.update_refs(("refs/heads/trunk", made, None))
    ran = team.run()
    assert "README.md was not found on branch trunk" in str(ran.lists[0].problem)
    assert "correct the list's path" in str(ran.lists[0].problem)
    assert team.github.pulls == [before]
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}


def test_issues_that_are_disabled_are_said_once_and_the_lists_go_on(
    team: OnGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    team.github.faults.append(
        Fault("GET", "/issues$", 410, {"message": "Issues are disabled for this repo"}, times=99)
    )
    ran = team.world.run(team.both)
    assert ran.code is ExitCode.DONE
    assert len(team.github.pulls) == 2
    assert caplog.text.count("Issues are disabled") == 1
    with pytest.raises(ForgeError, match="Issues are disabled for this repo"):
        team.world.digest("current", team.parts)


@pytest.mark.parametrize("at", range(1, 7))
def test_a_token_that_expires_in_the_middle_is_said_and_the_next_run_completes(
    at: int, team: OnGitHub
) -> None:
    expired = _After(at)
    team.github.faults.append(expired)
    ran = team.run()
    if expired.came:
        assert "GitHub does not accept the token" in str(ran.lists[0].problem)
        assert "give one that has not expired" in str(ran.lists[0].problem)
    team.github.faults.clear()
    assert team.run().code is ExitCode.DONE
    assert len(team.github.pulls) == 1
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}


class _After(Fault):
    """The token is no longer accepted from write number `at` on."""

    def __init__(self, at: int) -> None:
        super().__init__("POST", "", 401, {"message": "Bad credentials"})
        self.left, self.came = at, False

    def takes(self, method: str, path: str) -> bool:
        self.left -= method != "GET"
        self.came = self.came or self.left <= 0
        return self.came


# --- descriptions that no longer say what they should -----------------------------------


def nonsense(pull: dict[str, Any]) -> None:
    pull["body"] = "Lorem ipsum. <!-- p: --> - [ ] <!-- medvl-watch:begin -->\n"


def broken_state(pull: dict[str, Any]) -> None:
    pull["body"] = pull["body"].replace("medvl-watch:state v=1 ", "medvl-watch:state v=1 xx")


def two_states(pull: dict[str, Any]) -> None:
    state = marker.read(pull["body"])
    assert state
    forged = state.model_copy(update={"papers": ("arxiv:2401.00001",)})
    pull["body"] += f"\n{marker.write(forged)}\n"


def no_text(pull: dict[str, Any]) -> None:
    pull["body"] = ""


SPOILT = [
    pytest.param(nonsense, id="nonsense"),
    pytest.param(no_text, id="empty"),
    pytest.param(broken_state, id="a broken marker"),
    pytest.param(two_states, id="a second, forged marker"),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_bad_description_is_written_again_and_nothing_is_proposed_twice(
    spoil: Callable[[dict[str, Any]], None], team: OnGitHub
) -> None:
    team.run()
    spoil(team.github.pulls[0])
    assert team.run().code is ExitCode.DONE
    (pull,) = team.github.pulls
    assert set(marker.ticked(pull["body"])) == {ONE, TWO}
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}


@pytest.mark.parametrize("spoil", SPOILT)
def test_bad_description_of_a_closed_pull_request_still_refuses_its_papers(
    spoil: Callable[[dict[str, Any]], None], team: OnGitHub
) -> None:
    team.run()
    spoil(team.github.pulls[0])
    team.github.close(1)
    team.run()
    assert team.standing() == {ONE: State.REFUSED, TWO: State.REFUSED}
    assert len(team.github.pulls) == 1


def test_bad_description_of_a_branch_that_a_person_changed_proposes_nothing_twice(
    team: OnGitHub,
) -> None:
    team.run()
    team.github.push("medvl-watch/first", b"# Theirs\n")
    nonsense(team.github.pulls[0])
    team.world = publishing(team.world, 1, 2, 3)
    team.run()
    assert marker.ticked(team.github.pulls[1]["body"]) == {THREE}


def test_bad_description_keeps_a_title_that_a_person_gave(team: OnGitHub) -> None:
    team.run()
    team.github.pulls[0]["title"] = "Papers of November"
    no_text(team.github.pulls[0])
    for numbers in ((1, 2), (1, 2, 3)):
        team.world = publishing(team.world, *numbers)
        team.run()
        assert team.github.pulls[0]["title"] == "Papers of November"


def test_bad_description_keeps_our_title_up_to_date(team: OnGitHub) -> None:
    team.run()
    no_text(team.github.pulls[0])
    team.world = publishing(team.world, 1, 2, 3)
    team.run()
    assert team.github.pulls[0]["title"] == "Add 3 papers to Medical CLIP"


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"papers": ("arxiv:2401.00001", "arxiv:2401.00009")}, id="other papers"),
        pytest.param({"list": "another-list"}, id="another list"),
        pytest.param({"refused": (ONE,)}, id="a refusal"),
        pytest.param({"heads": ("0" * 40,)}, id="other commits"),
        pytest.param({"closed": True}, id="closed by us"),
        pytest.param({"path": "../../etc/passwd", "branch": "elsewhere"}, id="another place"),
    ],
)
def test_a_forged_marker_changes_neither_list_nor_branch_of_anything_else(
    forged: dict[str, Any], team: OnGitHub
) -> None:
    team.run()
    pull = team.github.pulls[0]
    state = marker.read(pull["body"])
    assert state
    pull["body"] = marker.restate(pull["body"], state.model_copy(update=forged))
    before = team.github.git.branches("")
    team.run()
    after = team.github.git.branches("")
    assert {name for name in after if after[name] != before.get(name)} <= {"medvl-watch/first"}
    text = team.github.git.read("medvl-watch/first", "README.md") or b""
    assert text.count(b"abs/2611.00001") + text.count(b"abs/2611.00002") >= 1
    assert b"etc/passwd" not in text
    assert len(team.github.pulls) <= 2


def test_a_marker_that_is_no_base64_of_ours_is_absent() -> None:
    forged = base64.urlsafe_b64encode(b'{"list": "x", "papers": ["../../x"]}').decode()
    assert marker.read(f"<!-- medvl-watch:state v=1 {forged} -->") is None
