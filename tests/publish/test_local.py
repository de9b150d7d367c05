"""The local forge on real repositories: what a maintainer and a crash may do to it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import Action, Change, Issue, PullState, Snapshot, Target
from medvl_watch.errors import ConfigError, ForgeError, ListError
from medvl_watch.publish import marker
from medvl_watch.publish.git import Git
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.publish.revisions import revised_body
from tests.publish.examples import LIST, NOW, TARGET, change, grown, paper, tree

ONE, TWO, THREE = paper(1), paper(2), paper(3)


def git(folder: Path, *arguments: str) -> str:
    """A maintainer's own git, with their own name."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Mona",
        "GIT_AUTHOR_EMAIL": "mona@example.invalid",
        "GIT_COMMITTER_NAME": "Mona",
        "GIT_COMMITTER_EMAIL": "mona@example.invalid",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def clone(tmp_path: Path, branch: str) -> Path:
    git(tmp_path, "clone", "--quiet", "--branch", branch, "forge/medical-clip.git", "clone")
    return tmp_path / "clone"


def test_a_list_is_its_seed_until_the_first_pull_request(local: LocalForge, tmp_path: Path) -> None:
    snapshot = local.read(TARGET)
    assert (snapshot.content, snapshot.branch) == (LIST.encode(), "main")
    assert local.pull_requests(TARGET) == []
    assert not (tmp_path / "forge").exists()


@pytest.mark.parametrize("path", ["README.md", "docs/deep/list.md"])
def test_the_revision_told_without_a_repository_is_the_one_it_gets(
    path: str, tmp_path: Path, seed: Path
) -> None:
    target = Target(id="a", title="A", repository="o/a", path=path)
    seed.write_bytes(b"\xef\xbb\xbf# A\r\nno end")
    local = LocalForge(tmp_path / "forge", {"a": seed}, NOW)
    before = local.read(target)
    assert (
        local.ensure_pull_request(
            change(Snapshot(content=b"", revision=before.revision, branch="main"), [ONE], target)
        ).action
        is Action.CREATED
    )
    assert local.read(target) == before


def test_the_seed_is_not_looked_at_again(local: LocalForge, seed: Path) -> None:
    first = local.read(TARGET)
    local.ensure_pull_request(change(first, [ONE]))
    seed.write_text("# Another list\n")
    assert local.read(TARGET) == first


def test_a_pull_request_is_a_branch_with_one_commit_and_a_page(
    local: LocalForge, tmp_path: Path
) -> None:
    snapshot = local.read(TARGET)
    published = local.ensure_pull_request(change(snapshot, [ONE, TWO]))
    assert (published.action, published.number) == (Action.CREATED, 1)
    (pull,) = local.pull_requests(TARGET)
    assert pull.state is PullState.OPEN
    assert pull.head == published.head
    assert pull.title == "Add 2 papers to Medical CLIP"
    state = marker.read(pull.body)
    assert state is not None
    assert state.papers == (ONE.id, TWO.id)
    assert (state.base, state.heads) == (snapshot.revision, (pull.head,))
    work = clone(tmp_path, pull.branch)
    assert (work / "README.md").read_bytes() == grown([ONE, TWO])
    log = git(work, "log", "--format=%an %cn %cI", "origin/main..HEAD").splitlines()
    assert log == ["medvl-watch[bot] medvl-watch[bot] 2026-11-20T06:17:00+00:00"]
    patch = (tmp_path / "forge/pulls/medical-clip/0001.diff").read_text()
    assert patch == local.diff(TARGET, 1)
    assert f"+- {ONE.id}\n" in patch
    assert not [line for line in patch.splitlines() if line.startswith("-") and line[:3] != "---"]


def test_a_second_run_writes_nothing(local: LocalForge, tmp_path: Path) -> None:
    wanted = change(local.read(TARGET), [ONE])
    issue = Issue(key="digest/2026-W47", title="Week 47", body="Nothing.\n")
    first = local.ensure_pull_request(wanted), local.ensure_issue(issue)
    assert [done.action for done in first] == [Action.CREATED, Action.CREATED]
    before = tree(tmp_path)
    again = LocalForge(tmp_path / "forge", {TARGET.id: tmp_path / "seed.md"}, NOW.replace(hour=9))
    assert again.ensure_pull_request(wanted).action is Action.NONE
    assert again.ensure_issue(issue).action is Action.NONE
    assert tree(tmp_path) == before


def test_new_papers_go_into_the_open_pull_request(local: LocalForge) -> None:
    snapshot = local.read(TARGET)
    first = local.ensure_pull_request(change(snapshot, [ONE]))
    second = local.ensure_pull_request(change(snapshot, [ONE, TWO]))
    assert (second.action, second.number) == (Action.UPDATED, first.number)
    (pull,) = local.pull_requests(TARGET)
    assert pull.title == "Add 2 papers to Medical CLIP"
    assert TWO.id in local.diff(TARGET, 1)
    assert pull.head == second.head != first.head


def test_the_branch_stays_one_commit_on_a_base_that_moves(
    local: LocalForge, tmp_path: Path
) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    work = clone(tmp_path, "main")
    (work / "README.md").write_text("# Renamed by its maintainer\n")
    git(work, "commit", "--quiet", "-am", "Rename")
    git(work, "push", "--quiet")
    assert local.ensure_pull_request(change(local.read(TARGET), [ONE])).action is Action.UPDATED
    (pull,) = local.pull_requests(TARGET)
    git(work, "fetch", "--quiet")
    assert git(work, "rev-list", "--count", f"origin/main..{pull.head}").strip() == "1"


def test_a_commit_of_another_file_leaves_the_pull_request_as_it_is(
    local: LocalForge, tmp_path: Path
) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    work = clone(tmp_path, "main")
    (work / "LICENSE").write_text("MIT\n")
    git(work, "add", "LICENSE")
    git(work, "commit", "--quiet", "-m", "License")
    git(work, "push", "--quiet")
    assert local.ensure_pull_request(change(local.read(TARGET), [ONE])).action is Action.NONE
    assert local.merge(TARGET, 1).state is PullState.MERGED
    git(work, "pull", "--quiet")
    assert (work / "LICENSE").exists()
    assert (work / "README.md").read_bytes() == grown([ONE])


@pytest.mark.parametrize("how", ["adds a commit", "amends ours"])
def test_a_branch_that_a_person_touched_is_left_alone(
    local: LocalForge, tmp_path: Path, how: str
) -> None:
    snapshot = local.read(TARGET)
    local.ensure_pull_request(change(snapshot, [ONE]))
    work = clone(tmp_path, "medvl-watch/medical-clip")
    (work / "README.md").write_text(LIST + "- theirs\n")
    options = ["--amend", "--no-edit"] if how == "amends ours" else ["-m", "Better"]
    git(work, "commit", "--quiet", "-a", *options)
    git(work, "push", "--quiet", "--force")
    theirs = git(work, "rev-parse", "HEAD").strip()
    done = local.ensure_pull_request(change(snapshot, [ONE, TWO]))
    assert done.action is Action.CREATED
    first, second = local.pull_requests(TARGET)
    assert (first.head, first.own_commit) == (theirs, "")
    assert second.branch == "medvl-watch/medical-clip+2"
    assert "- theirs" in (tmp_path / "forge/pulls/medical-clip/0001.diff").read_text()


def test_what_a_person_wrote_into_the_description_stays(local: LocalForge, tmp_path: Path) -> None:
    snapshot = local.read(TARGET)
    local.ensure_pull_request(change(snapshot, [ONE, TWO]))
    page = tmp_path / "forge/pulls/medical-clip/0001.md"
    text = page.read_text().replace("# Add 2 papers to Medical CLIP", "# My own title")
    text = text.replace(marker.BEGIN, f"Seen by me.\n\n{marker.BEGIN}")
    box = f"[x] <!-- p:{ONE.id}"
    assert box in text
    page.write_bytes(text.replace(box, box.replace("x", " ", 1)).replace("\n", "\r\n").encode())
    assert local.ensure_pull_request(change(snapshot, [ONE, TWO, THREE])).action is Action.UPDATED
    (pull,) = local.pull_requests(TARGET)
    assert pull.title == "My own title"
    assert pull.body.startswith("Seen by me.\n")
    assert [tick.ticked for tick in marker.ticks(pull.body)] == [False, True, True]
    local.ensure_pull_request(change(snapshot, [TWO, THREE]))
    state = marker.read(local.pull_requests(TARGET)[0].body)
    assert state is not None
    assert (state.papers, state.refused) == ((TWO.id, THREE.id), (ONE.id,))


def test_more_refusals_than_a_state_can_hold_do_not_make_it_unreadable(local: LocalForge) -> None:
    wanted = change(local.read(TARGET), [TWO])
    local.ensure_pull_request(wanted)
    (pull,) = local.pull_requests(TARGET)
    state = marker.read(pull.body)
    assert state
    many = [f"arxiv:2410.{number:05}" for number in range(marker.MOST_PAPERS)]
    full = replace(
        pull,
        body=marker.restate(
            pull.body.replace("[x]", "[ ]", 1), state.model_copy(update={"refused": tuple(many)})
        ),
    )
    body = revised_body(change(local.read(TARGET), [THREE]), [pull.head], full)
    kept = marker.read(body)
    assert kept
    assert len(kept.refused) == marker.MOST_PAPERS


def test_merging_and_closing_by_hand(local: LocalForge, tmp_path: Path) -> None:
    snapshot = local.read(TARGET)
    local.ensure_pull_request(change(snapshot, [ONE]))
    assert local.merge(TARGET, 1).state is PullState.MERGED
    merged = local.read(TARGET)
    assert merged.content == grown([ONE])
    assert local.ensure_pull_request(change(merged, [TWO])).number == 2
    assert local.close(TARGET, 2).state is PullState.CLOSED
    assert local.read(TARGET) == merged
    states = [pull.state for pull in local.pull_requests(TARGET)]
    assert states == [PullState.MERGED, PullState.CLOSED]
    assert TWO.id in local.diff(TARGET, 2)
    assert ONE.id in local.diff(TARGET, 1)
    with pytest.raises(ForgeError, match="is closed already"):
        local.merge(TARGET, 2)
    with pytest.raises(ForgeError, match="pull request 3 was not found"):
        local.close(TARGET, 3)
    assert local.ensure_pull_request(change(merged, [THREE])).number == 3
    data = json.loads((tmp_path / "forge/pulls/medical-clip/0002.json").read_text())
    assert (data["number"], data["state"]) == (2, "closed")
    parents = Git(tmp_path / "forge/medical-clip.git")._text("rev-list", "--parents", "-1", "main")
    assert len(parents.split()) == 3, "a merge commit has two parents"


def test_a_merge_that_conflicts_changes_nothing(local: LocalForge, tmp_path: Path) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    work = clone(tmp_path, "main")
    (work / "README.md").write_text(LIST + "- in the very same place\n")
    git(work, "commit", "--quiet", "-am", "Mine")
    git(work, "push", "--quiet")
    with pytest.raises(ForgeError, match="cannot be merged as it is; run medvl-watch again"):
        local.merge(TARGET, 1)
    assert local.pull_requests(TARGET)[0].state is PullState.OPEN


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("main:medvl-watch/medical-clip", PullState.MERGED),
        (":medvl-watch/medical-clip", PullState.CLOSED),
    ],
    ids=["merged by a plain push", "closed by deleting the branch"],
)
def test_what_a_maintainer_does_with_plain_git_counts(
    local: LocalForge, tmp_path: Path, command: str, state: PullState
) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    work = clone(tmp_path, "main")
    if state is PullState.MERGED:
        git(work, "merge", "--quiet", "--no-ff", "origin/medvl-watch/medical-clip")
        git(work, "push", "--quiet", "origin", "main", ":medvl-watch/medical-clip")
    else:
        git(work, "push", "--quiet", "origin", command)
    assert [pull.state for pull in local.pull_requests(TARGET)] == [state]


def test_commits_of_a_person_without_a_pull_request_are_not_overwritten(
    local: LocalForge, tmp_path: Path
) -> None:
    snapshot = local.read(TARGET)
    local.ensure_pull_request(change(snapshot, [ONE]))
    local.close(TARGET, 1)
    work = clone(tmp_path, "main")
    (work / "README.md").write_text("# Theirs\n")
    git(work, "commit", "--quiet", "-am", "Theirs")
    git(work, "push", "--quiet", "origin", "HEAD:medvl-watch/medical-clip")
    local.ensure_pull_request(change(snapshot, [TWO]))
    assert [pull.branch for pull in local.pull_requests(TARGET)] == [
        "medvl-watch/medical-clip",
        "medvl-watch/medical-clip+2",
    ]
    assert "Theirs" in git(work, "show", "origin/medvl-watch/medical-clip:README.md")


def test_a_change_that_changes_nothing_is_refused(local: LocalForge) -> None:
    with pytest.raises(ForgeError, match="the change is empty"):
        local.ensure_pull_request(_empty(local))


def _empty(local: LocalForge) -> Change:
    snapshot = local.read(TARGET)
    return replace(change(snapshot, [ONE]), content=snapshot.content)


# --- bad input ------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_told_in_one_sentence(tmp_path: Path, seed: Path) -> None:
    (tmp_path / "forge").write_text("not a folder")
    local = LocalForge(tmp_path / "forge", {TARGET.id: seed}, NOW)
    with pytest.raises(ConfigError, match="cannot be used") as told:
        local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    assert "\n" not in str(told.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_told_in_one_sentence(tmp_path: Path, seed: Path) -> None:
    (tmp_path / "forge").mkdir(mode=0o500)
    local = LocalForge(tmp_path / "forge", {TARGET.id: seed}, NOW)
    with pytest.raises(ConfigError, match="choose another folder"):
        local.ensure_pull_request(change(local.read(TARGET), [ONE]))


def test_a_missing_seed_concerns_its_list_alone(tmp_path: Path) -> None:
    local = LocalForge(tmp_path / "forge", {TARGET.id: tmp_path / "gone.md"}, NOW)
    with pytest.raises(ListError, match=r"gone\.md: the seed list cannot be read"):
        local.read(TARGET)
    with pytest.raises(ListError, match="knows no file"):
        local.read(Target(id="other", title="", repository="a/b"))


def test_a_list_that_is_gone_from_its_repository(local: LocalForge) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    moved = Target(id=TARGET.id, title="", repository="a/b", path="docs/README.md")
    with pytest.raises(ListError, match=r"docs/README\.md was not found on branch main"):
        local.read(moved)


def test_a_symbolic_link_is_no_list(local: LocalForge, tmp_path: Path) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    here = clone(tmp_path, "main")
    (here / "README.md").rename(here / "list.md")
    (here / "README.md").symlink_to("list.md")
    git(here, "add", "--all")
    git(here, "commit", "--quiet", "--message", "Link to the list")
    git(here, "push", "--quiet")
    with pytest.raises(ListError, match=r"README\.md is a symbolic link"):
        local.read(TARGET)


@pytest.mark.parametrize("path", [".GIT/config", "../list.md", "/list.md", "docs\\list.md", ""])
def test_a_path_that_is_no_list_is_refused(local: LocalForge, path: str, tmp_path: Path) -> None:
    target = replace(TARGET, path=path)
    for step in (local.read, local.pull_requests):
        with pytest.raises(ConfigError, match="give the path of a Markdown file"):
            step(target)
    with pytest.raises(ConfigError, match="give the path of a Markdown file"):
        local.ensure_pull_request(change(local.read(TARGET), [ONE], target))
    assert not list(tmp_path.glob("forge/*.git"))


def test_a_broken_file_names_itself(local: LocalForge, tmp_path: Path) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    (tmp_path / "forge/pulls/medical-clip/0001.json").write_text('{"number": 1')
    with pytest.raises(ForgeError, match=r"0001\.json: the file is not one"):
        local.pull_requests(TARGET)


def test_a_name_cannot_leave_the_folder(local: LocalForge) -> None:
    with pytest.raises(ForgeError, match="cannot be the name of a file"):
        local.ensure_issue(Issue(key="../../etc/passwd", title="", body=""))


def test_an_issue_is_updated_in_place(local: LocalForge, tmp_path: Path) -> None:
    key = "digest/2026-W47"
    local.ensure_issue(Issue(key=key, title="Week 47", body="One.\n"))
    done = local.ensure_issue(Issue(key=key, title="Week 47", body="One, two.\n"))
    assert done.action is Action.UPDATED
    page = Path(done.address)
    assert page == tmp_path / "forge/issues/digest-2026-W47.md"
    assert page.read_text().startswith("# Week 47\n\nOne, two.\n")
    assert marker.issue_key(page.read_text()) == key
