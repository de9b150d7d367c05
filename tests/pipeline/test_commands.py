"""What people write to the bot in comments is done by the next run, and acknowledged once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from medvl_watch.changes import PullState
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.records import State
from tests.fakes import LIST, paper_id
from tests.pipeline.test_github_situations import TARGETS, OnGitHub
from tests.publish.github_fake import FakeGitHub, forge_on

ONE, TWO = paper_id(1), paper_id(2)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[OnGitHub]:
    """A pull request with two papers; ada may write in the repository."""
    github = FakeGitHub(tmp_path / "remote.git", LIST.format(id="first").encode())
    github.rights["ada"] = "write"
    with github.served():
        made = OnGitHub(tmp_path / "world", github)
        made.run()
        assert made.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}
        yield made


def reactions(team: OnGitHub) -> list[list[str]]:
    return [sorted(each.get("reactions", {})) for each in team.github.comments]


def test_a_rejected_paper_leaves_the_pull_request_once(team: OnGitHub) -> None:
    team.github.comment(1, f"Not ours.\n\n/medvl reject {TWO} about cats", "ada")
    team.run()
    assert team.standing()[TWO] is State.REFUSED
    assert reactions(team) == [["+1"]]
    (pull,) = forge_on(team.github).pull_requests(TARGETS[0])
    assert own_pull(pull).papers == (ONE,)
    written = team.github.writes()
    team.run()
    assert team.github.writes() == written


def test_a_stranger_has_no_say(team: OnGitHub) -> None:
    team.github.comment(1, f"/medvl reject {TWO}\n/medvl hold", "mallory")
    written = team.github.writes()
    team.run()
    assert team.standing()[TWO] is State.PROPOSED
    assert reactions(team) == [[]]
    assert team.github.writes() == written


def test_what_cannot_be_understood_is_said_once(team: OnGitHub) -> None:
    team.github.comment(1, "/medvl delete everything", "ada")
    team.github.comment(1, '/medvl section 9911.00001 "Nowhere"', "ada")
    written = team.github.writes()
    team.run()
    assert reactions(team) == [["confused"], ["confused"]]
    team.run()
    assert team.github.writes()[len(written) :] == [
        f"POST /repos/acme/list/issues/comments/{number}/reactions" for number in (1, 2)
    ]
    assert team.standing() == {ONE: State.PROPOSED, TWO: State.PROPOSED}


def test_a_pull_request_on_hold_is_left_alone_until_it_is_resumed(team: OnGitHub) -> None:
    team.github.comment(1, "/medvl hold", "ada")
    team.run()
    assert any("on hold" in each["body"] for each in team.github.comments)
    team.github.comment(1, "/medvl resume", "ada")
    team.run()
    (pull,) = forge_on(team.github).pull_requests(TARGETS[0])
    assert pull.state is PullState.OPEN
    assert not own_pull(pull).frozen_because


def test_a_section_that_was_named_takes_the_paper(team: OnGitHub) -> None:
    sections = [line[3:] for line in LIST.format(id="first").splitlines() if line[:3] == "## "]
    (other,) = [each for each in sections if each not in team.github.pulls[0]["body"]][:1]
    team.github.comment(1, f'/medvl section {ONE} "{other}"', "ada")
    team.run()
    assert reactions(team) == [["+1"]]
    assert other in team.github.pulls[0]["body"]
    written = team.github.writes()
    team.run()
    assert team.github.writes() == written
