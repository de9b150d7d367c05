"""The forge on GitHub when GitHub, the network or another person gets in its way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from medvl_watch.changes import Action, Target
from medvl_watch.errors import ConfigError, ForgeDenied, ForgeError, ForgeLimited, ListError
from medvl_watch.publish import marker
from medvl_watch.publish.github.forge import GitHubForge
from tests.publish.examples import change, grown, paper
from tests.publish.github_fake import (
    BRANCH,
    DIGEST,
    HURRIED,
    TOKEN,
    Answer,
    FakeGitHub,
    Fault,
    forge_on,
    propose,
)
from tests.publish.github_fake import ON_GITHUB as TARGET

ONE, TWO = paper(1), paper(2)


@pytest.mark.parametrize("what", ["git/refs$", "pulls$", "issues$"])
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done all the same"])
def test_a_502_makes_neither_two_of_a_thing_nor_none(
    what: str, *, done: bool, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fault = Fault("POST", what, 502, done=done)
    fake.faults.append(fault)
    for _ in range(2):
        try:
            propose(forge, ONE)
            forge.ensure_issue(DIGEST)
        except ForgeError:
            continue
    assert fault.times == 0
    assert (len(fake.pulls), len(fake.issues)) == (1, 1)
    assert propose(forge, ONE) is Action.NONE
    assert forge.ensure_issue(DIGEST).action is Action.NONE


@pytest.mark.parametrize("what", ["git/blobs", "git/trees", "git/commits", "git/refs", "pulls"])
def test_a_run_that_breaks_off_is_completed_by_the_next(
    what: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.faults.append(Fault("POST", f"{what}$", 500, times=2))
    # One that looks and tries again needs both failures to break off.
    with pytest.raises(ForgeError):
        propose(forge, ONE)
    fake.faults.clear()
    assert propose(forge, ONE) is Action.CREATED
    assert len(fake.pulls) == 1


@pytest.mark.parametrize("what", ["pulls/1$", "git/refs/"])
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done all the same"])
def test_an_update_that_breaks_off_is_not_taken_for_a_persons(
    what: str, *, done: bool, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.faults.append(Fault("PATCH", what, 500, times=2, done=done))
    try:
        propose(forge, ONE, TWO)
    except ForgeError as error:
        assert "500" in str(error)  # noqa: PT017  # the other outcome is right too
    fake.faults.clear()
    propose(forge, ONE, TWO)
    (pull,) = forge.pull_requests(TARGET)
    assert fake.git.read(pull.head, "README.md") == grown([ONE, TWO])
    assert propose(forge, ONE, TWO) is Action.NONE


def test_a_pull_request_that_another_run_opened_is_adopted(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(forge, ONE)
    listed, calls = fake._list_pulls, []

    def nothing_at_first(query: dict[str, list[str]]) -> Answer:
        calls.append(query)
        return replace(listed(query), body=[]) if len(calls) == 1 else listed(query)

    monkeypatch.setattr(fake, "_list_pulls", nothing_at_first)
    assert propose(forge, ONE) is Action.CREATED
    assert len(fake.pulls) == 1
    assert propose(forge, ONE) is Action.NONE


def test_a_branch_that_another_run_makes_at_the_same_moment_is_no_reason_for_a_second_one(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = fake._create_ref
    made: list[Answer] = []

    def another_is_faster(data: dict[str, str]) -> Answer:
        if not made:
            made.append(create(data))
        return create(data)

    monkeypatch.setattr(fake, "_create_ref", another_is_faster)
    with pytest.raises(ForgeError, match="another run is opening a pull request"):
        propose(forge, ONE)
    assert propose(forge, ONE) is Action.CREATED
    assert [pull["ref"] for pull in fake.pulls] == [BRANCH]


def test_a_description_edited_meanwhile_is_not_overwritten(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(forge, ONE)
    create = fake._create_commit

    def while_a_person_edits(data: object) -> Answer:
        fake.pulls[0]["body"] = "Wait!\n\n" + fake.pulls[0]["body"]
        return create(data)

    monkeypatch.setattr(fake, "_create_commit", while_a_person_edits)
    assert propose(forge, ONE, TWO) is Action.UPDATED
    assert fake.pulls[0]["body"].startswith("Wait!\n")
    assert marker.ticked(fake.pulls[0]["body"]) == {ONE.id, TWO.id}


def test_a_branch_that_moves_meanwhile_is_not_overwritten(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(forge, ONE)
    create = fake._create_commit

    def while_a_person_pushes(data: object) -> Answer:
        fake.push(BRANCH, b"# Theirs\n")
        return create(data)

    monkeypatch.setattr(fake, "_create_commit", while_a_person_pushes)
    with pytest.raises(ForgeError, match="moved while we looked at it"):
        propose(forge, ONE, TWO)
    head = fake.git.branch_head(BRANCH)
    assert head
    assert fake.git.read(head, "README.md") == b"# Theirs\n"
    assert TWO.id not in fake.pulls[0]["body"], "what is said and what is on the branch differ"


def test_a_repository_that_moved_is_found_under_its_new_name(
    fake: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    fake.former_names.add("old/place")
    forge = GitHubForge(TOKEN, issues_repository="old/place", base_url=fake.url, limits=HURRIED)
    assert propose(forge, ONE, target=replace(TARGET, repository="old/place")) is Action.CREATED
    assert forge.ensure_issue(DIGEST).number == 100
    assert "old/place has moved to acme/list" in caplog.text
    assert all("acme/list" in path for path in fake.writes())


def test_a_post_that_is_redirected_is_not_taken_for_done(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.faults.append(Fault("POST", "/pulls$", 307, {"message": "Moved"}, times=9))
    with pytest.raises(ForgeError, match=r"no number|makes no sense"):
        propose(forge, ONE)
    fake.faults[:] = [Fault("POST", "/issues$", 307, {"message": "Moved"}, times=9)]
    with pytest.raises(ForgeError, match=r"no number|makes no sense"):
        forge.ensure_issue(DIGEST)


PRIMARY = {"message": "API rate limit exceeded for installation ID 1."}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
NO_RIGHT = {"message": "Resource not accessible by integration"}
FAR = {"X-RateLimit-Reset": "4102444800", "X-RateLimit-Remaining": "0"}


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault("GET", "/repos", 403, PRIMARY, FAR, times=9), ForgeLimited, "was deferred"),
        (Fault("POST", "git/blobs", 403, SECONDARY, times=9), ForgeLimited, "was deferred"),
        (
            Fault("POST", "git/blobs", 429, {"message": "Slow down"}, times=9),
            ForgeLimited,
            "was deferred",
        ),
        (
            Fault("GET", "/repos", 429, {"message": ""}, {"Retry-After": "0"}, times=9),
            ForgeLimited,
            "was deferred",
        ),
        (
            Fault("POST", "git/blobs", 403, NO_RIGHT),
            ForgeDenied,
            "Resource not accessible by integration); give it the permission contents: write",
        ),
        (Fault("POST", "/pulls$", 403, NO_RIGHT), ForgeDenied, "pull_requests: write"),
        (Fault("GET", "/repos", 404, {"message": "Not Found"}), ForgeDenied, "may not see it"),
        (Fault("GET", "/repos", 503, times=9), ForgeError, "errors of its own"),
        (Fault("GET", "/repos", 200, "<html>oops</html>"), ForgeError, "makes no sense"),
        (Fault("GET", "/repos", 200, "<html>", times=9), ForgeError, "makes no sense"),
        (Fault("GET", "git/commits", 200, "{half of a"), ForgeError, "makes no sense"),
        (Fault("GET", "git/blobs", 200, {"content": "", "encoding": "none"}), ForgeError, "as it"),
        (
            Fault("GET", "git/blobs", 200, {"content": "b3RoZXI=", "encoding": "base64"}),
            ForgeError,
            "did not arrive as it is stored",
        ),
        (
            Fault("POST", "/pulls$", 422, {"message": "Validation Failed"}),
            ForgeError,
            "answered 422",
        ),
        (
            Fault("GET", "/branches/", 409, {"message": "Git is empty."}),
            ForgeError,
            "409",
        ),
    ],
    ids=lambda value: (
        f"{value.status} on {value.method} {value.path}" if isinstance(value, Fault) else ""
    ),
)
def test_every_refusal_is_one_sentence_of_its_kind(
    fault: Fault, kind: type[ForgeError], words: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.faults.append(replace(fault))
    with pytest.raises(ForgeError) as told:
        propose(forge, ONE)
    said = str(told.value)
    assert type(told.value).exit_code == kind.exit_code, said
    assert words in said
    assert said.startswith("acme/list: ")
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("fact", ["archived", "disabled"])
def test_a_repository_that_takes_nothing_is_told_before_any_write(
    fact: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.facts[fact] = True
    with pytest.raises(ForgeError, match=f"is {fact}, so nothing can be proposed"):
        forge.read(TARGET)
    with pytest.raises(ForgeError, match=f"is {fact}"):
        forge.ensure_issue(DIGEST)
    assert fake.writes() == []


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    forge = GitHubForge(TOKEN, base_url="http://127.0.0.1:9", limits=HURRIED)
    with pytest.raises(ForgeError, match="GitHub did not answer"):
        forge.read(TARGET)


@pytest.mark.parametrize(
    ("token", "words"),
    [("ghp_wrong", "does not accept the token"), ("  ", "token for GitHub is missing")],
    ids=["wrong", "blank"],
)
def test_a_wrong_token_is_told_without_showing_it(token: str, words: str, fake: FakeGitHub) -> None:
    with pytest.raises(ForgeDenied, match=words) as told:
        forge_on(fake, token).read(TARGET)
    assert "ghp_wrong" not in str(told.value)


def test_the_token_appears_nowhere(
    fake: FakeGitHub, forge: GitHubForge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    wanted = change(forge.read(TARGET), [ONE], TARGET)
    body = wanted.body.replace(marker.BEGIN, f"{TOKEN}\n\n{marker.BEGIN}")
    forge.ensure_pull_request(replace(wanted, body=body, title=f"Add {TOKEN}"))
    forge.ensure_issue(replace(DIGEST, body=f"{TOKEN}\n"))
    fake.faults.append(Fault("GET", "/repos", 403, {"message": f"no {TOKEN} here"}))
    with pytest.raises(ForgeDenied) as told:
        forge.read(TARGET)
    seen = [str(told.value), caplog.text, repr(forge), str(fake.pulls), str(fake.issues)]
    assert not [text for text in seen if TOKEN in text]


@pytest.mark.parametrize(
    "path",
    [".github/workflows/ci.yml", ".GitHub/x.md", "../x.md", "/etc/x.md", "a//b.md", ".git/x"],
)
def test_paths_that_are_no_lists_are_refused(
    path: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    with pytest.raises(ConfigError, match="give the path of a Markdown file"):
        forge.read(replace(TARGET, path=path))
    assert fake.writes() == []


def test_only_our_own_branch_is_ever_written(fake: FakeGitHub, forge: GitHubForge) -> None:
    repository = forge._repository(TARGET)
    for branch in ("main", "medvl-watch/another-list", "medvl-watch/medical-clip+99"):
        with pytest.raises(ForgeError, match=re.escape(f"{branch!r} is not our branch")):
            repository.create_branch(branch, "a" * 40)
    assert not any("refs" in path for path in fake.writes())


@pytest.mark.parametrize(
    ("target", "prepare"),
    [
        (replace(TARGET, path="gone.md"), None),
        (replace(TARGET, branch="gone"), None),
        (replace(TARGET, path="README.md/x.md"), None),
    ],
    ids=["no such file", "no such branch", "a file for a folder"],
)
def test_a_list_that_is_not_there(
    target: Target, prepare: Callable[[], None] | None, forge: GitHubForge
) -> None:
    with pytest.raises(ListError, match="correct the list's path or branch"):
        forge.read(target)
