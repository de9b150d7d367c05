"""Nobody's work is lost: what people do to our branches, against a GitHub over a real git."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from medvl_watch.changes import Action, PullState
from medvl_watch.errors import ForgeDenied, ForgeError
from medvl_watch.publish import marker
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.publish.messages import frozen_comment
from tests.publish.examples import LIST, change, grown, paper
from tests.publish.github_fake import BRANCH, DIGEST, WHEN, Answer, FakeGitHub, Fault, propose
from tests.publish.github_fake import ON_GITHUB as TARGET

ONE, TWO, THREE = paper(1), paper(2), paper(3)
THEIRS = LIST.encode() + b"- arxiv:2411.00001, better said\n"
NEXT = f"{BRANCH}+2"


def forget_description(fake: FakeGitHub) -> None:
    fake.pulls[0]["body"] = "All of this is rewritten.\n"


def nothing_more(_: FakeGitHub) -> None:
    pass


def close(fake: FakeGitHub) -> None:
    fake.close(1)


def merge(fake: FakeGitHub) -> None:
    fake.close(1, merge=True)


@pytest.mark.parametrize(
    ("change_branch", "afterwards"),
    [
        pytest.param(FakeGitHub.push, nothing_more, id="open"),
        pytest.param(FakeGitHub.push, merge, id="merged"),
        pytest.param(FakeGitHub.push, close, id="closed"),
        pytest.param(FakeGitHub.amend, close, id="amended and closed"),
        pytest.param(FakeGitHub.amend, forget_description, id="amended, description rewritten"),
    ],
)
def test_situation_08_a_branch_whose_head_a_person_made_is_never_overwritten(
    afterwards: Callable[[FakeGitHub], None],
    change_branch: Callable[[FakeGitHub, str, bytes], str],
    fake: FakeGitHub,
    forge: GitHubForge,
) -> None:
    propose(forge, ONE)
    theirs = change_branch(fake, BRANCH, THEIRS)
    afterwards(fake)
    assert propose(forge, TWO) is Action.CREATED
    assert fake.git.branch_head(BRANCH) == theirs
    assert fake.pulls[1]["ref"] == NEXT
    assert propose(forge, TWO, THREE) is Action.UPDATED
    assert fake.git.branch_head(BRANCH) == theirs
    assert [pull["state"] for pull in fake.pulls].count("open") <= 2


def test_situation_08_our_own_branch_is_known_without_its_description(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    forget_description(fake)
    assert propose(forge, ONE, TWO) is Action.UPDATED
    assert len(fake.pulls) == 1
    assert "All of this is rewritten." in fake.pulls[0]["body"]


def test_situation_10_update_branch_is_not_a_persons_work(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    for _ in range(2):
        text = fake.git.read("refs/heads/trunk", "README.md") or b""
        fake.push("trunk", b"# A title\n\n" + text)
        fake.update_branch(BRANCH)
    (pull,) = forge.pull_requests(TARGET)
    assert not own_pull(pull).frozen_because
    assert propose(forge, ONE, TWO) is Action.UPDATED
    assert len(fake.pulls) == 1
    assert len(fake.git._text("rev-list", f"trunk..{BRANCH}").split()) == 1


def test_situation_10_an_update_in_which_a_person_changed_something_is_theirs(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.push("trunk", b"MIT\n", "LICENSE")
    merged = fake.git.facts(fake.update_branch(BRANCH))
    ours = fake.git.commit_file(
        "README.md", THEIRS, "Merge\n", WHEN, parent=merged.parents[1],
        parents=merged.parents,
    )  # fmt: skip
    fake.git.update_refs((f"refs/heads/{BRANCH}", ours, None))
    assert propose(forge, TWO) is Action.CREATED
    assert fake.git.branch_head(BRANCH) == ours


# --- whose word counts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("association", "right", "frozen"),
    [
        pytest.param("MEMBER", "read", True, id="a member"),
        pytest.param("NONE", "read", False, id="a stranger"),
        pytest.param("CONTRIBUTOR", "write", True, id="a member who hides it"),
    ],
)
def test_situation_04_only_people_with_a_say_freeze_a_pull_request(
    association: str, right: str, frozen: bool, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.rights["ada"] = right
    fake.review(1, author_association=association)
    (pull,) = forge.pull_requests(TARGET)
    assert pull.reviewed is frozen
    assert propose(forge, ONE, TWO) is (Action.CREATED if frozen else Action.UPDATED)


def test_situation_04_a_review_counts_after_the_reviewers_own_tick(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.review(1)
    wanted = change(forge.read(TARGET), [ONE, TWO], TARGET)
    assert forge.ensure_pull_request(replace(wanted, number=1)).action is Action.UPDATED
    (pull,) = forge.pull_requests(TARGET)
    assert pull.reviewed


def test_a_frozen_pull_request_says_so_in_one_comment(fake: FakeGitHub, forge: GitHubForge) -> None:
    propose(forge, ONE)
    fake.push(BRANCH, THEIRS)
    (pull,) = forge.pull_requests(TARGET)
    said = frozen_comment(own_pull(pull))
    fake.comment(1, f"{said.body}\n<!-- medvl-watch:comment key=frozen -->", "mallory")
    fake.faults.append(Fault("POST", "comments", 502, done=True))
    assert forge.ensure_comment(TARGET, said).action is Action.CREATED
    assert forge.ensure_comment(TARGET, said).action is Action.NONE
    ours = [each for each in fake.comments if each["user"]["login"] == "watch"]
    assert len(ours) == 1
    assert "pushed to the branch of pull request 1" in ours[0]["body"]


# --- at the same moment -----------------------------------------------------------------


def test_situation_15_a_box_ticked_between_our_look_and_our_write_is_kept(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(forge, ONE, TWO)
    before = fake.pulls[0]["body"]
    theirs = before.replace(f"[x] <!-- p:{ONE.id}", f"[ ] <!-- p:{ONE.id}") + "\nWhy the first?\n"
    edit = fake._edit_pull
    edits: list[object] = []

    def and_then_a_person_saves(number: str, data: object) -> Answer:
        answer = edit(number, data)
        if not edits:  # their editor held the text that they had opened before
            fake.pulls[0]["body"] = theirs
        edits.append(data)
        return answer

    monkeypatch.setattr(fake, "_edit_pull", and_then_a_person_saves)
    assert propose(forge, ONE, TWO, THREE) is Action.UPDATED
    body = fake.pulls[0]["body"]
    assert marker.unticked(body) == {ONE.id}
    assert "Why the first?" in body
    assert THREE.id in marker.ticked(body)
    assert len(edits) == 2


def test_situation_53_two_digests_at_once_end_as_one(
    fake: FakeGitHub, forge: GitHubForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = fake._create_issue

    def while_another_run_does(data: object) -> Answer:
        create(data)
        return create(data)

    monkeypatch.setattr(fake, "_create_issue", while_another_run_does)
    done = forge.ensure_issue(DIGEST)
    assert (done.action, done.number) == (Action.CREATED, 100)
    assert [issue["state"] for issue in fake.issues] == ["open", "closed"]
    assert fake.issues[0]["html_url"] in fake.issues[1]["body"]
    assert forge.ensure_issue(DIGEST).action is Action.NONE


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR"])
def test_situation_52_our_digest_is_known_whatever_role_the_bot_has(
    association: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.association = association
    assert forge.ensure_issue(DIGEST).action is Action.CREATED
    assert forge.ensure_issue(DIGEST).action is Action.NONE
    assert len(fake.issues) == 1


# --- rules and names --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["rule", "protection"])
def test_situation_39_where_force_pushes_are_forbidden_a_commit_follows_ours(
    how: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    first = fake.git.branch_head(BRANCH)
    if how == "rule":
        fake.rules.append({"type": "non_fast_forward"})
    else:
        fake.protected.add(BRANCH)
    assert propose(forge, ONE, TWO) is Action.UPDATED
    head = fake.git.branch_head(BRANCH)
    assert head
    assert fake.git.facts(head).parents[0] == first
    assert fake.git.read(head, "README.md") == grown([ONE, TWO])
    assert propose(forge, ONE, TWO) is Action.NONE


@pytest.mark.parametrize("kind", ["update", "creation"])
def test_situation_39_a_write_that_a_rule_forbids_is_found_out_before_any(
    kind: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    if kind == "update":
        propose(forge, ONE)
    fake.rules.append({"type": kind})
    written, before = fake.writes(), [dict(pull) for pull in fake.pulls]
    for _ in range(2):
        with pytest.raises(ForgeDenied, match="a rule of the repository forbids to write"):
            propose(forge, ONE, TWO)
    assert fake.writes() == written
    assert fake.pulls == before


def test_a_move_that_is_refused_changes_no_description(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    before = fake.pulls[0]["body"]
    fake.faults.append(Fault("PATCH", "git/refs", 422, {"message": "Forbidden"}, times=9))
    with pytest.raises(ForgeError, match="Forbidden"):
        propose(forge, ONE, TWO)
    assert fake.pulls[0]["body"] == before


def test_situation_25_a_branch_name_that_cannot_be_used_falls_back(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.push("trunk", LIST.encode())
    fake.git.update_refs(("refs/heads/medvl-watch", fake.git.branch_head("trunk"), None))
    assert propose(forge, ONE) is Action.CREATED
    assert fake.pulls[0]["ref"] == "medvl-watch-medical-clip"
    assert propose(forge, ONE) is Action.NONE
    assert propose(forge, ONE, TWO) is Action.UPDATED
    assert len(fake.pulls) == 1


# --- another base -----------------------------------------------------------------------


def test_situation_42_a_switched_default_branch_retargets_ours(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.push("trunk", LIST.encode())
    fake.git.update_refs(("refs/heads/main", fake.git.branch_head("trunk"), None))
    fake.default = "main"
    assert propose(forge, ONE, TWO) is Action.UPDATED
    (pull,) = forge.pull_requests(TARGET)
    assert (pull.base, own_pull(pull).made_into) == ("main", "main")
    assert propose(forge, ONE, TWO) is Action.NONE


def test_situation_42_a_base_that_a_person_chose_is_theirs(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.git.update_refs(("refs/heads/dev", fake.git.branch_head("trunk"), None))
    fake.pulls[0]["base"] = "dev"
    assert propose(forge, TWO) is Action.CREATED
    assert [pull["base"] for pull in fake.pulls] == ["dev", "trunk"]


# --- answers that are none --------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    ["/repos/acme/list$", "matching-refs", "/pulls$", "/git/trees/", "/git/blobs/",
     "/timeline$", "/issues$"],
)  # fmt: skip
def test_an_answer_of_nothing_is_an_error_in_a_sentence(
    where: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.faults.append(Fault("GET", where, 200, {}, times=99))
    written = fake.writes()
    with pytest.raises(ForgeError, match=r"makes no sense|no number|did not arrive") as told:
        _ = forge.read(TARGET), forge.pull_requests(TARGET), forge.ensure_issue(DIGEST)
    assert str(told.value).startswith("acme/list: ")
    assert fake.writes() == written


@pytest.mark.parametrize("what", ["git/trees", "git/refs", "pulls"])
def test_a_write_answered_with_nothing_is_completed_by_the_next_run(
    what: str, fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.faults.append(Fault("POST", f"{what}$", 200, {}, done=True))
    try:
        propose(forge, ONE)
    except ForgeError as error:
        assert str(error).endswith(".")  # noqa: PT017  # done all the same is right too
    propose(forge, ONE)
    (pull,) = forge.pull_requests(TARGET)
    assert (pull.state, fake.git.read(pull.head, "README.md")) == (PullState.OPEN, grown([ONE]))


def test_a_second_run_without_news_sends_eight_requests(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.log.clear()
    forge.read(TARGET)
    forge.pull_requests(TARGET)
    assert [method for method, _, _ in fake.log] == ["GET"] * 8, fake.log


# --- what a pull request comes with, and what goes with it ------------------------------


def test_situation_45_a_label_puts_a_pull_request_on_hold(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.pulls[0]["label_names"] = ["medvl-watch:hold"]
    written = fake.git.branch_head(BRANCH)
    assert propose(forge, TWO) is Action.CREATED
    assert fake.git.branch_head(BRANCH) == written
    (first, _) = forge.pull_requests(TARGET)
    assert own_pull(first).frozen_because == "a person has put pull request 1 on hold"


def test_situation_27_labels_reviewers_and_draft_are_set_once_and_fail_no_run(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    target = replace(
        TARGET, labels=("papers",), reviewers=("ada",), assignees=("mary",), draft=True
    )
    assert propose(forge, ONE, target=target) is Action.CREATED
    assert fake.pulls[0]["draft"]
    assert fake.pulls[0]["named"] == {
        "labels": ["papers"],
        "assignees": ["mary"],
        "requested_reviewers": ["ada"],
    }
    fake.close(1)
    fake.faults.append(Fault("POST", "labels$", 403))
    assert propose(forge, TWO, target=target) is Action.CREATED
    assert propose(forge, TWO, target=target) is Action.NONE


@pytest.mark.parametrize("how", [merge, close])
def test_situation_20_the_branch_of_an_ended_pull_request_is_deleted_if_it_is_ours(
    how: Callable[[FakeGitHub], None], fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    how(fake)
    (ended,) = forge.pull_requests(TARGET)
    assert own_pull(ended).has_spent_branch
    forge.delete_branch(TARGET, ended)
    assert fake.git.branch_head(BRANCH) is None
    assert not own_pull(forge.pull_requests(TARGET)[0]).has_spent_branch


def test_situation_20_a_branch_with_a_persons_commit_stays(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    fake.close(1)
    theirs = fake.push(BRANCH, THEIRS)
    (ended,) = forge.pull_requests(TARGET)
    assert not own_pull(ended).has_spent_branch
    forge.delete_branch(TARGET, ended)
    assert fake.git.branch_head(BRANCH) == theirs


def test_situation_12_a_persons_prose_up_to_the_limit_stays_whole(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    propose(forge, ONE)
    prose = "Our own words. " * 4_200
    fake.pulls[0]["body"] = f"{prose}\n\n{fake.pulls[0]['body']}"
    assert propose(forge, ONE, TWO) is Action.UPDATED
    body = fake.pulls[0]["body"]
    assert body.startswith(prose)
    assert len(body) < 65_536
    assert "no room here beside what people wrote" in body
    assert propose(forge, ONE, TWO) is Action.NONE


# --- lists of other people --------------------------------------------------------------


FORKED = replace(TARGET, fork="watch/list")


def test_situation_43_without_the_right_to_write_a_fork_is_used(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.may_fork = {"watch/list"}
    assert propose(forge, ONE, target=FORKED) is Action.CREATED
    assert fake.forks == ["watch/list"]
    assert (fake.pulls[0]["owner"], fake.pulls[0]["ref"]) == ("watch", BRANCH)
    assert fake.git.branch_head(BRANCH) is None, "nothing is written to the list's repository"
    written = fake.writes()
    assert propose(forge, ONE, target=FORKED) is Action.NONE
    assert fake.writes() == written
    assert propose(forge, ONE, TWO, target=FORKED) is Action.UPDATED
    (pull,) = forge.pull_requests(FORKED)
    assert fake.git.read(pull.head, "README.md") == grown([ONE, TWO])
    assert "https://github.com/watch/list/blob/medvl-watch/medical-clip/README.md" in pull.body


def test_situation_43_a_deleted_branch_of_a_fork_is_made_again(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    fake.may_fork = {"watch/list"}
    propose(forge, ONE, target=FORKED)
    fake.close(1)
    fake.git.update_refs((fake.pulls[0]["git_ref"], None, None))
    assert propose(forge, TWO, target=FORKED) is Action.CREATED
    assert [pull.state for pull in forge.pull_requests(FORKED)] == [
        PullState.CLOSED,
        PullState.OPEN,
    ]


def test_situation_43_a_repository_of_the_forks_name_that_is_none_is_refused(
    fake: FakeGitHub, forge: GitHubForge
) -> None:
    with pytest.raises(ForgeError, match="acme/list is not a fork of acme/list"):
        propose(forge, ONE, target=replace(TARGET, fork="acme/list"))
    assert fake.writes() == []
