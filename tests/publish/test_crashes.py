"""The local forge, cut short at every step: the next run completes what was begun."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from medvl_watch.changes import Change
from medvl_watch.publish.git import Git
from medvl_watch.publish.local import files
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.publish.local.pulls import LocalRepository
from tests.publish.examples import LIST, NOW, TARGET, change, paper, tree

ONE, TWO, THREE = paper(1), paper(2), paper(3)


class Crash(BaseException):
    """The process ended here."""


STEPS = [
    (Git, "init", 1),
    (Git, "commit_file", 1),
    (LocalRepository, "create_branch", 1),
    (LocalRepository, "move_branch", 1),
    (LocalRepository, "edit_pull", 1),
    (LocalRepository, "_save", 1),
    (Git, "update_refs", 2),
    (Git, "diff", 1),
    (files, "write", 2),
    (files, "write", 3),
]


def three_runs(
    folder: Path, seed: Path, cut_short: Callable[[LocalForge, Change], None] | None = None
) -> tuple[object, ...]:
    """Open, grow, and open again after a close; returns all that there is to see then."""
    forge = LocalForge(folder, {TARGET.id: seed}, NOW)
    snapshot = forge.read(TARGET)
    for papers in ([ONE], [ONE, TWO], [THREE]):
        if papers == [THREE]:
            forge.close(TARGET, 1)
        if cut_short:
            cut_short(forge, change(snapshot, papers))
        forge.ensure_pull_request(change(snapshot, papers))
    done = tree(folder)
    forge.ensure_pull_request(change(snapshot, [THREE]))
    assert tree(folder) == done, "a further run writes again"
    pages = sorted((folder / "pulls").rglob("*"))
    return (
        [(path.name, path.read_bytes()) for path in pages if path.is_file()],
        [(pull.number, pull.title, pull.state) for pull in forge.pull_requests(TARGET)],
        forge.read(TARGET),
    )


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """Where three runs end that nothing cuts short."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "seed.md").write_bytes(LIST.encode())
    return three_runs(folder / "forge", folder / "seed.md")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("owner", "name", "nth"), STEPS, ids=[f"{name} {nth}" for _, name, nth in STEPS]
)
def test_the_next_run_completes_what_a_crash_left(
    owner: object,
    name: str,
    nth: int,
    *,
    when: str,
    tmp_path: Path,
    seed: Path,
    monkeypatch: pytest.MonkeyPatch,
    calm: tuple[object, ...],
) -> None:
    def cut_short(local: LocalForge, wanted: Change) -> None:
        real, calls = getattr(owner, name), []

        def breaking(*arguments: object, **named: object) -> object:
            calls.append(name)
            if len(calls) == nth and when == "before":
                raise Crash
            result = real(*arguments, **named)
            if len(calls) == nth:
                raise Crash
            return result

        with monkeypatch.context() as patched, contextlib.suppress(Crash):
            patched.setattr(owner, name, breaking)
            local.ensure_pull_request(wanted)

    assert three_runs(tmp_path / "forge", seed, cut_short) == calm
