"""A dry run says what a real one then does, and leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import Action, Issue
from medvl_watch.errors import ConfigError, ForgeDenied
from medvl_watch.ports import Forge, Workbench
from medvl_watch.publish.dry_run import DryRun
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.publish.messages import closing_body
from medvl_watch.publish.register import FORGES, ForgeInputs, make_forge
from tests.publish.examples import NOW, TARGET, change, paper, tree

ONE, TWO = paper(1), paper(2)
ISSUE = Issue(key="digest/2026-W47", title="Week 47", body="One.\n")
REALLY = {Action.WOULD_CREATE: Action.CREATED, Action.WOULD_UPDATE: Action.UPDATED}


def test_every_promise_is_kept_and_nothing_is_written_before(
    local: LocalForge, tmp_path: Path
) -> None:
    for papers, body in ([ONE], "1"), ([ONE], "1"), ([ONE, TWO], "2"), ([ONE, TWO], "2"):
        dry = DryRun(local)
        before = tree(tmp_path)
        snapshot = dry.read(TARGET)
        wanted, issue = change(snapshot, papers), replace(ISSUE, body=f"{body}\n")
        promised = dry.ensure_pull_request(wanted).action, dry.ensure_issue(issue).action
        assert tree(tmp_path) == before
        done = local.ensure_pull_request(wanted).action, local.ensure_issue(issue).action
        assert done == tuple(REALLY.get(action, action) for action in promised)
        assert len(dry.planned) == sum(action is not Action.NONE for action in promised)
        assert list(dry.pull_requests(TARGET)) == list(local.pull_requests(TARGET))


def test_a_fresh_list_is_read_without_making_its_repository(
    local: LocalForge, tmp_path: Path
) -> None:
    dry = DryRun(local)
    planned = dry.ensure_pull_request(change(dry.read(TARGET), [ONE]))
    assert (planned.action, planned.number) == (Action.WOULD_CREATE, None)
    assert dry.planned[0].wanted == change(dry.read(TARGET), [ONE])
    assert not (tmp_path / "forge").exists()


def test_a_close_is_foreseen_once(local: LocalForge, tmp_path: Path) -> None:
    local.ensure_pull_request(change(local.read(TARGET), [ONE]))
    (pull,) = local.pull_requests(TARGET)
    dry = DryRun(local)
    before = tree(tmp_path)
    assert dry.close_pull_request(TARGET, pull, closing_body(pull)).action is Action.WOULD_CLOSE
    assert tree(tmp_path) == before
    assert dry.planned[0].wanted == pull

    assert local.close_pull_request(TARGET, pull, closing_body(pull)).action is Action.CLOSED
    (closed,) = local.pull_requests(TARGET)
    assert closed.closed_at == NOW
    assert dry.close_pull_request(TARGET, closed, closed.body).action is Action.NONE
    assert local.close_pull_request(TARGET, closed, closed.body).action is Action.NONE


# --- the register ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [("local", "local"), ("github", "github"), ("dry-run", "dry run (local)")],
)
def test_forges_are_made_by_name(name: str, shown: str, tmp_path: Path) -> None:
    forge: Forge = make_forge(name, ForgeInputs(now=NOW, folder=tmp_path, token="t"))
    assert forge.name == shown


def test_a_dry_run_of_github_and_the_workbench_of_local(tmp_path: Path) -> None:
    settings = ForgeInputs(now=NOW, folder=tmp_path, token="t", dry_run_of="github")
    assert make_forge("dry-run", settings).name == "dry run (github)"
    assert "token" not in repr(settings)
    workbench: Workbench = LocalForge(tmp_path, {}, NOW)
    assert callable(workbench.merge)


def test_unknown_names_and_missing_tokens_are_told(tmp_path: Path) -> None:
    settings = ForgeInputs(now=NOW, folder=tmp_path, dry_run_of="gitlab")
    with pytest.raises(ConfigError, match="choose one of local, github, dry-run"):
        make_forge("gitlab", settings)
    with pytest.raises(ConfigError, match="dry run of 'gitlab' is not available"):
        make_forge("dry-run", settings)
    with pytest.raises(ForgeDenied, match="is missing"):
        make_forge("github", settings)
    assert list(FORGES) == ["local", "github", "dry-run"]
