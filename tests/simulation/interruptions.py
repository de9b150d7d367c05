"""Runs that break off at every write, in every way; and two runs at the same moment.

    python -m tests.simulation.interruptions [MEETINGS]

After a mishap comes one clean run; then there is exactly one pull request a list, one digest, and
every paper once, as if nothing had happened. MEETINGS is how often two runners are started
together (100).
"""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from medvl_watch.errors import ExitCode
from tests.simulation.crashing_github import CrashingGitHub, Mishap, Plan, Tally, in_a_process
from tests.simulation.team_of_two import SITUATIONS, TEXT, Runner, kept

Situation = Callable[[Path, CrashingGitHub], Runner]


@contextmanager
def github_in(folder: Path) -> Iterator[CrashingGitHub]:
    github = CrashingGitHub(folder / "remote.git", TEXT.encode())
    with github.served():
        yield github


# --- one run that breaks off ------------------------------------------------------------


def interrupt(situation: Situation, folder: Path, tally: Tally, every: int = 1) -> None:
    """Try every mishap, before and after the write was done, at every write (or every n-th)."""
    with github_in(folder) as github:
        start = kept(situation(folder / "begin", github))
        whole = start(folder / "whole")
        assert whole.run() is ExitCode.DONE
        wanted, writes = whole.seen(), whole.github.writes()
        tally.failed += [f"undisturbed: {each}" for each in whole.faults()]
        cases = list(product(range(1, len(writes) + 1), Mishap, (False, True)))
        for number, (at, mishap, done) in enumerate(cases):
            if number % every:
                continue
            tally.count(f"{situation.__name__}: {mishap}, {'done' if done else 'not done'}")
            broken = start(folder / f"case-{number}")
            _run_with(broken, Plan(at, mishap, done=done))
            where = f"{situation.__name__}, write {at} ({writes[at - 1]}), {mishap}, done: {done}"
            tally.failed += [f"{where}: {each}" for each in _after(broken, wanted)]


def _run_with(runner: Runner, plan: Plan) -> None:
    runner.github.plan = plan
    if plan.mishap is Mishap.KILLED:
        ready = threading.Event()

        def kill() -> None:
            ready.wait()
            end()

        plan.kill = kill
        child, end = in_a_process(runner.run)
        ready.set()
        os.waitpid(child, 0)
    else:
        runner.run()
    runner.github.plan = None


def _after(runner: Runner, wanted: object) -> list[str]:
    """What is wrong after one clean run, and after one more, which must write nothing."""
    found = []
    code = runner.run()
    if code is not ExitCode.DONE:
        found.append(f"the next run ended with {code.name}")
    found += runner.faults()
    if not found and runner.seen() != wanted:
        found.append("it is not as after an undisturbed run")
    written = runner.github.writes()
    runner.run()
    if runner.github.writes() != written:
        found.append(f"a further run wrote {runner.github.writes()[len(written) :]}")
    return found


# --- two at once ------------------------------------------------------------------------


def meet(situation: Situation, times: int, folder: Path, tally: Tally, seed: int = 0) -> None:
    """Start two runners together, each with a memory of its own; then let one run again."""
    chance = random.Random(seed)
    with github_in(folder) as github:
        start = kept(situation(folder / "begin", github))
        for number in range(times):
            tally.count(f"{situation.__name__}: two runners")
            one = start(folder / f"meeting-{number}")
            two = one.beside(folder / f"meeting-{number}" / "other")
            longest = chance.choice((0, 0.002, 0.01))
            github.delay = lambda longest=longest: chance.uniform(0, longest)
            both = [threading.Thread(target=each.run) for each in (one, two)]
            for each in both:
                each.start()
                time.sleep(chance.uniform(0, 0.05))
            for each in both:
                each.join()
            github.delay = None
            one.run()
            two.run()
            found = one.faults()
            written = github.writes()
            one.run()
            if github.writes() != written:
                found.append(f"a further run wrote {github.writes()[len(written) :]}")
            tally.failed += [f"{situation.__name__}, meeting {number}: {each}" for each in found]


def main(arguments: Sequence[str]) -> int:
    meetings = int(arguments[0]) if arguments else 100
    logging.disable(logging.WARNING)
    tally = Tally()
    for situation in SITUATIONS:
        with TemporaryDirectory(prefix="medvl-watch-") as folder:
            interrupt(situation, Path(folder), tally)
        with TemporaryDirectory(prefix="medvl-watch-") as folder:
            meet(situation, meetings // len(SITUATIONS), Path(folder), tally)
        sys.stderr.write(f"{situation.__name__}: {sum(tally.tried.values())} tried so far\n")
    for kind, count in tally.tried.items():
        sys.stdout.write(f"{count:5} {kind}\n")
    for each in tally.failed:
        sys.stdout.write(f"{each}\n")
    sys.stdout.write(f"{sum(tally.tried.values())} tried, {len(tally.failed)} faults\n")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
