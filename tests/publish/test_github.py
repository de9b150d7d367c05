"""The forge on GitHub against a loopback GitHub that fails in the ways the real one does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medvl_watch.changes import Action, PullState
from medvl_watch.errors import ConfigError, ForgeError
from medvl_watch.publish import marker
from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.publish.messages import closing_body
from tests.publish.examples import LIST, grown, paper
from tests.publish.github_fake import (
    BRANCH,
    DIGEST,
    HURRIED,
    TOKEN,
    FakeGitHub,
    propose,
)
from tests.publish.github_fake import ON_GITHUB as TARGET

ONE, TWO = paper(1), paper(2)

# --- the good days --------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf# BOM\r\n\r\nno end", b"x" * 1_500_000, "Ä\u2028\n".encode()],
    ids=["empty", "BOM, CRLF and no last line end", "more than a megabyte", "odd line ends"],
)
def test_a_list_arrives_byte_for_byte(content: bytes, fake: FakeGitHub, forge: GitHubForge) -> None:
    head = fake.push("trunk", content)
    snapshot = forge.read(TARGET)
    assert (snapshot.content, snapshot.revision, snapshot.branch) == (content, head, "trunk")
    assert not any("/contents/" in path for _, path, _ in fake.log)


def test_the_default_branch_is_read_every_time_and_a_given_one_is_kept(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.push("next", b"# Next\n")
    assert forge.read(replace(TARGET, branch="next")).content == b"# Next\n"
    assert forge.read(TARGET).content == LIST.encode()


def test_a_file_in_a_folder_is_read_and_written(fake: FakeGitHub, forge: GitHubForge) -> None:
    fake.push("trunk", b"# Deep\n", "docs/en/list.md")
    target = replace(TARGET, path="docs/en/list.md")
    assert propose(forge, ONE, target=target) is Action.CREATED
    head = fake.git.branch_head(BRANCH)
    assert head
    assert fake.git.read(head, "docs/en/list.md") == b"# Deep\n- arxiv:2411.00001\n"
    assert fake.git.read(head, "README.md") == LIST.encode()


def test_a_pull_request_is_opened_once_and_then_kept_up_to_date(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    assert propose(forge, ONE) is Action.CREATED
    written = fake.writes()
    assert written == [
        f"POST /repos/acme/list/{what}"
        for what in ("git/blobs", "git/trees", "git/commits", "git/refs", "pulls")
    ]
    assert propose(forge, ONE) is Action.NONE
    assert fake.writes() == written, "a second run writes nothing"
    assert propose(forge, ONE, TWO) is Action.UPDATED
    (pull,) = forge.pull_requests(TARGET)
    assert (pull.number, pull.state) == (1, PullState.OPEN)
    state = marker.read(pull.body)
    assert state is not None
    assert state.papers == (ONE.id, TWO.id)
    assert state.heads[0] == pull.head == fake.git.branch_head(BRANCH)
    assert fake.git.read(pull.head, "README.md") == grown([ONE, TWO])
    assert len(fake.git._text("rev-list", f"trunk..{BRANCH}").split()) == 1


def test_what_people_decide_is_seen(fake: FakeGitHub, forge: GitHubForge) -> None:
    propose(forge, ONE)
    fake.close(1, merge=True)
    propose(forge, TWO)
    fake.close(2)
    states = [(pull.number, pull.state) for pull in forge.pull_requests(TARGET)]
    assert states == [(1, PullState.MERGED), (2, PullState.CLOSED)]
    assert forge.read(TARGET).content == grown([ONE])


def test_a_fork_with_a_branch_of_our_name_is_not_ours(fake: FakeGitHub, forge: GitHubForge) -> None:
    propose(forge, ONE)
    fake.pulls[0]["home"] = {**fake._repository(), "full_name": "mallory/list"}
    assert forge.pull_requests(TARGET) == []
    fake.pulls[0]["home"] = None
    assert forge.pull_requests(TARGET) == []


def test_line_ends_of_the_web_editor_are_no_change(fake: FakeGitHub, forge: GitHubForge) -> None:
    propose(forge, ONE)
    fake.pulls[0]["body"] = fake.pulls[0]["body"].replace("\n", "\r\n")
    written = fake.writes()
    assert propose(forge, ONE) is Action.NONE
    assert fake.writes() == written
    assert propose(forge, ONE, TWO) is Action.UPDATED


# --- reviews, and closing -------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "facts", "reviewed"),
    [
        ("APPROVED", {}, True),
        ("CHANGES_REQUESTED", {}, True),
        ("COMMENTED", {}, True),
        ("DISMISSED", {}, False),
        ("APPROVED", {"commit_id": "0" * 40}, False),
        ("COMMENTED", {"user": {"login": "ci[bot]", "type": "Bot", "url": "x"}}, False),
    ],
    ids=["approved", "changes wanted", "comments", "dismissed", "of an older state", "a bot's"],
)
def test_a_review_of_what_it_holds_now_is_seen(
    said: str, facts: dict[str, object], reviewed: bool, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.review(1, said, **facts)
    (pull,) = forge.pull_requests(TARGET)
    assert pull.reviewed is reviewed


def test_a_pull_request_is_closed_once_with_its_last_word(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.pulls[0]["body"] = fake.pulls[0]["body"].replace("[x]", "[ ]") + "\nThanks, no.\n"
    (pull,) = forge.pull_requests(TARGET)
    written = fake.writes()
    done = forge.close_pull_request(TARGET, pull, closing_body(pull))

    assert (done.action, done.number) == (Action.CLOSED, 1)
    assert fake.writes() == [*written, "PATCH /repos/acme/list/pulls/1"], "one call, all or nothing"
    (closed,) = forge.pull_requests(TARGET)
    assert (closed.state, closed.closed_at is None) == (PullState.CLOSED, False)
    assert "Closed by medvl-watch" in closed.body
    assert "Thanks, no." in closed.body
    assert forge.close_pull_request(TARGET, pull, closing_body(pull)).action is Action.NONE
    assert fake.git.branch_head(BRANCH), "its branch stays, and the next pull request takes it"
    assert propose(forge, TWO) is Action.CREATED


@pytest.mark.parametrize("what", ["body", "branch"])
def test_a_pull_request_that_changed_meanwhile_is_not_closed(
    what: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    (pull,) = forge.pull_requests(TARGET)
    if what == "body":
        fake.pulls[0]["body"] += "\nWait!\n"
    else:
        fake.push(BRANCH, b"# Mine\n")
    with pytest.raises(ForgeError, match="changed while we looked"):
        forge.close_pull_request(TARGET, pull, closing_body(pull))
    assert fake.pulls[0]["state"] == "open"


# --- issues ---------------------------------------------------------------------------


def test_a_digest_is_posted_once_and_edited_only_when_it_differs(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    assert forge.ensure_issue(DIGEST).action is Action.CREATED
    fake.issues[0]["label_names"] = []
    assert forge.ensure_issue(DIGEST).action is Action.NONE
    assert forge.ensure_issue(replace(DIGEST, body="Two.\n")).action is Action.UPDATED
    assert forge.ensure_issue(replace(DIGEST, key="digest/2026-W48")).action is Action.CREATED
    assert [marker.issue_key(issue["body"]) for issue in fake.issues] == [
        "digest/2026-W47",
        "digest/2026-W48",
    ]


def test_an_issue_of_a_stranger_with_our_marker_is_not_ours(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.association, fake.author = "NONE", "mallory"
    forge.ensure_issue(replace(DIGEST, body="Spam.\n"))
    fake.association, fake.author = "OWNER", "watch"
    done = forge.ensure_issue(DIGEST)
    assert (done.action, done.number) == (Action.CREATED, 101)
    assert "Spam" in fake.issues[0]["body"]


def test_without_a_repository_for_digests_the_configuration_is_named(fake: FakeGitHub) -> None:
    forge = GitHubForge(TOKEN, base_url=fake.url, limits=HURRIED)
    with pytest.raises(ConfigError, match="no repository for digests"):
        forge.ensure_issue(DIGEST)
