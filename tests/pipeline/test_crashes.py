"""Runs that break off: whatever was reached, the next run completes, and does nothing twice."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.changes import PullState
from medvl_watch.errors import ExitCode
from medvl_watch.ledger.files import open_ledger
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import Decision, State
from tests.fakes import FakeClassifier, FakeSource, World, paper_id, record, verdict, world
from tests.pipeline.test_choices import OUTLINES, choose
from tests.pipeline.test_manners import untick
from tests.publish.examples import tree

ONE, TWO, THREE, FOUR = (paper_id(number) for number in (1, 2, 3, 4))


class Crash(BaseException):
    """The process ended here."""


DOING = {
    *("save_papers", "save_verdicts", "record", "save_receipt", "judge"),
    *("ensure_pull_request", "close_pull_request"),
}


@dataclass
class Steps:
    """Counts what the chain asks of the outside world, and ends it at one step."""

    last: int = 10_000
    end: Callable[[], None] = lambda: None
    done: int = 0

    def __call__(self, parts: PipelineParts) -> PipelineParts:
        return replace(
            parts,
            ledger=_Watched(parts.ledger, self),
            forge=_Watched(parts.forge, self),
            classifier=_Watched(parts.classifier, self),
        )

    def step(self) -> None:
        self.done += 1
        if self.done > self.last:
            self.end()


class _Watched:
    """Any of the chain's parts; a step comes before and after whatever it writes or judges."""

    def __init__(self, part: Any, steps: Steps) -> None:
        self._part, self._steps = part, steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in DOING:
            return found

        @wraps(found)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._steps.step()
            answer = found(*args, **kwargs)
            self._steps.step()
            return answer

        return watched


def raises() -> None:
    raise Crash


def is_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def first_run(folder: Path) -> World:
    """Four papers come in: to propose, to refer, to reject, to propose."""
    made = world(folder, 1, 2, 3, 4, ids=("first",))
    made.classifier = decided()
    return made


def decided() -> FakeClassifier:
    return FakeClassifier(
        {
            TWO: verdict(TWO, Decision.REFER, reason="hard to tell"),
            THREE: verdict(THREE, Decision.REJECT, reason="another subject"),
        }
    )


def second_run(folder: Path) -> World:
    """Paper 1 is in people's hands; 2 has a version that makes it clear, 4 a namesake."""
    made = first_run(folder)
    made.run()
    made.classifier = FakeClassifier()
    newer = record(2, version=2, abstract="It is clear now.", updated="2026-11-17T09:00:00Z")
    namesake = record(5, title=record(4).title, authors=(), abstract="")
    made.sources = [FakeSource([record(1), newer, record(3), record(4), namesake, record(6)])]
    return made


def after_a_merge(folder: Path) -> World:
    """People have merged; one paper more has come in."""
    made = first_run(folder)
    made.run()
    made.forge.merge(made.target(), 1)
    made.sources = [FakeSource([record(6)])]
    return made


def after_unticking(folder: Path) -> World:
    """People have emptied the pull request, and nothing new has come in."""
    made = first_run(folder)
    made.run()
    untick(made, ONE, FOUR)
    return made


def short_of_time(folder: Path) -> World:
    """The second week of a reviewer who has time for one paper, or two questions."""
    made = first_run(folder)
    made.minutes = ReviewBudget(per_week=2)
    made.run()
    made.now += timedelta(weeks=1)
    return made


def after_choosing(folder: Path) -> World:
    """People have ticked the section of a paper that was not sure, and one paper has come in."""
    made = world(folder, 1, 2, ids=("first",))
    made.classifier = FakeClassifier({TWO: verdict(TWO, words=0.4, outlines=0.55)})
    made.run()
    choose(made.page(), TWO, OUTLINES)
    made.sources = [FakeSource([record(6)])]
    return made


SITUATIONS = [
    first_run, second_run, after_a_merge, after_unticking, after_choosing, short_of_time,
]  # fmt: skip


def seen(world: World) -> tuple[Any, ...]:
    """All that matters after a run."""
    open_now = any(state is PullState.OPEN for _, state, _ in world.pulls())
    return (
        world.latest_outcomes(),
        world.overall(),
        world.pulls(),
        world.proposed() if open_now else "",
    )


def wanted(made: World) -> tuple[int, tuple[Any, ...]]:
    """How many steps an undisturbed run takes, and what it comes to."""
    whole, steps = copied(made, "whole"), Steps()
    assert whole.run(steps).code is ExitCode.DONE
    assert steps.done >= 10
    return steps.done, seen(whole)


def copied(world: World, name: str) -> World:
    folder = world.folder.with_name(name)
    shutil.copytree(world.folder, folder)
    return replace(world, folder=folder)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_run_that_breaks_off_at_any_step_is_completed(
    tmp_path: Path, situation: Callable[[Path], World]
) -> None:
    start = situation(tmp_path / "start")
    steps, end = wanted(start)
    for last in range(steps):
        made = copied(start, str(last))
        with pytest.raises(Crash):
            made.run(Steps(last, raises))
        assert made.run().code is ExitCode.DONE
        assert seen(made) == end, f"after a crash at step {last}"
    before = tree(made.state)
    made.run()
    assert tree(made.state) == before


def test_a_killed_process_leaves_what_the_next_run_completes(tmp_path: Path) -> None:
    start = first_run(tmp_path / "start")
    steps, end = wanted(start)
    for last in range(1, steps, 3):
        made = copied(start, str(last))
        child = os.fork()
        if child == 0:
            made.run(Steps(last, is_killed))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert made.run().code is ExitCode.DONE
        assert seen(made) == end, f"after a kill at step {last}"


def test_the_window_of_a_broken_run_is_not_passed_over(three: World) -> None:
    """A source counts as read only when its papers are kept."""
    steps = Steps(0, raises)
    with pytest.raises(Crash):
        three.run(steps)
    source = three.sources[0]
    assert isinstance(source, FakeSource)
    three.run()
    opened = open_ledger(three.ledger_file, three.now)
    assert [one.problem for one in opened.ledger.receipts()] == [""]
    opened.ledger.close()
    assert three.latest_outcomes() == dict.fromkeys((ONE, TWO, THREE), State.PROPOSED)
