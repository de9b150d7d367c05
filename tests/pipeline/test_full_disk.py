"""A disk that takes no more, at any point of a run: a sentence, and the next run completes."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.changes import Change, Published
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.pipeline.parts import PipelineParts
from tests.fakes import World
from tests.pipeline.test_crashes import (
    after_a_merge,
    after_unticking,
    copied,
    first_run,
    second_run,
    seen,
    wanted,
)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, git's neither: the nearest to a full disk that a
    test may have."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class _FullForge:
    """A forge whose disk is full when it is asked for a pull request; the ledger's is not."""

    def __init__(self, forge: Any, size: int) -> None:
        self._forge, self._size = forge, size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._forge, name)

    def ensure_pull_request(self, change: Change) -> Published:
        with no_file_beyond(self._size):
            done: Published = self._forge.ensure_pull_request(change)
            return done


def run_on_a_full_disk(world: World, size: int) -> int:
    with no_file_beyond(size):
        return world.run().code


def run_with_a_full_forge(world: World, size: int) -> int:
    def full(parts: PipelineParts) -> PipelineParts:
        return replace(parts, forge=_FullForge(parts.forge, size))

    return world.run(full).code


def in_a_child(work: Callable[[World, int], int], world: World, size: int) -> int:
    """The exit code of a process that does this and ends; 99 for what no error of ours tells."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work(world, size)
        except WatchError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize(
    ("situation", "work", "sizes"),
    [
        (first_run, run_on_a_full_disk, (0, 3_000, 50_000, 80_000)),
        (after_unticking, run_on_a_full_disk, (0, 30_000)),
        (first_run, run_with_a_full_forge, (0, 30, 100, 300, 1_600)),
        (second_run, run_with_a_full_forge, (0, 200, 800, 3_200)),
        (after_a_merge, run_with_a_full_forge, (0, 300, 1_600)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_did_not_fit_comes_with_the_next_run(
    situation: Callable[[Path], World],
    work: Callable[[World, int], int],
    sizes: tuple[int, ...],
    tmp_path: Path,
) -> None:
    start = situation(tmp_path / "start")
    _, end = wanted(start)
    for size in sizes:
        made = copied(start, str(size))
        assert in_a_child(work, made, size) in {ExitCode.CONFIG, ExitCode.PARTLY}, size
        assert made.run().code is ExitCode.DONE
        assert seen(made) == end, f"after a disk full at {size} bytes"
