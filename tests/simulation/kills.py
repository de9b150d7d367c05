"""Workers that are killed at random moments, with signal 9, against servers on the loopback.

    python -m tests.simulation.kills one [KILLS]         one worker, on SQLite and on PostgreSQL
    python -m tests.simulation.kills four [KILLS]        four workers with 40 lists on PostgreSQL

No paper may be lost and nothing written twice. Of four workers, one at a time writes a list, and
the gaps between requests are kept over all of them: the servers' logs and the workers' own notes of
what they had in hand show both.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from medvl_watch.errors import WatchError
from medvl_watch.ledger.files import LedgerPlace, open_ledger
from medvl_watch.ledger.request_turns import ServerTurns
from medvl_watch.ledger.transfer import problems_of
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.publish import marker
from medvl_watch.publish.github.client import RequestLimits
from medvl_watch.publish.github.forge import GitHubForge
from medvl_watch.records import State
from medvl_watch.sources import live
from medvl_watch.sources.arxiv import ArxivSource
from medvl_watch.sources.live import LiveFetcher
from medvl_watch.sources.transport import ExchangeLimits
from medvl_watch.storage.server_address import ServerAddress
from tests.fakes import LIST, NOW, World, paper_id
from tests.postgres import a_database, server
from tests.publish.github_fake import ON_GITHUB, TOKEN
from tests.simulation.loopback import Asked, BusyGitHub, Faults, LoopbackArxiv, Redirecting
from tests.simulation.visits import NotingLocks, overlaps, visits

ARXIV_GAP = 0.3
"""Seconds between two requests to the arXiv of the simulation; the real one asks for three."""
WRITE_GAP = 0.03
LIMITS = RequestLimits(
    between_reads=0, between_writes=WRITE_GAP, longest_wait=0, timeout=20, retries=2, backoff=0
)
_SLACK = 0.02
"""Seconds by which a busy server may note a request late."""
_PER_LIST = 15


@dataclass
class Place:
    """Where the workers are: the servers, the ledger, and a folder."""

    folder: Path
    arxiv: LoopbackArxiv
    github: BusyGitHub
    ledger: LedgerPlace | None
    lists: int

    def run(self, worker: str, number: int) -> list[str]:
        """One run of one worker; its problems. Runs are numbered, and an hour apart."""
        ids = [f"list-{each:02}" for each in range(self.lists)]
        world = World(
            self.folder / worker,
            ids=tuple(ids),
            limit=_PER_LIST,
            place=self.ledger,
            now=NOW + timedelta(minutes=number),
        )
        chance = random.Random(number // 4)  # runs that start together go the same way
        targets = [
            replace(
                ON_GITHUB,
                id=each,
                title=each,
                map_id="first",
                path=_path(at),
                repository="acme/list",
            )
            for at, each in enumerate(ids)
        ]
        chance.shuffle(targets)
        shared = ServerTurns(self.ledger) if isinstance(self.ledger, ServerAddress) else None
        vars(live)["HOST_GAPS"] = {"127.0.0.1": ARXIV_GAP}
        fetcher = LiveFetcher("x", rules=ExchangeLimits(allow_loopback=True), turns=shared)
        forge = GitHubForge(
            f"{worker}-{os.getpid()}-{TOKEN}",
            issues_repository="acme/list",
            base_url=self.github.url,
            limits=LIMITS,
            turns=shared,
        )
        world.sources = [ArxivSource("arxiv", "cat:cs.CV", Redirecting(fetcher, self.arxiv.url))]

        def parts(given: PipelineParts) -> PipelineParts:
            locks = NotingLocks(given.locks, self.folder / "visits") if shared else given.locks
            return replace(given, forge=forge, targets=tuple(targets), locks=locks)

        ran = world.run(parts)
        problems = [str(each) for each in ran.polled.problems]
        problems += [str(each.problem) for each in ran.lists if each.problem]
        try:
            world.digest("current", parts)
        except WatchError as error:
            problems.append(str(error))
        return problems

    # --- what must be so --------------------------------------------------------------

    def lost_or_twice(self, papers: int) -> list[str]:
        """After a run that nobody disturbed: what is missing, and what is there twice."""
        found = []
        for at in range(self.lists):
            name = f"medvl-watch/list-{at:02}"
            pulls = [each for each in self.github.pulls if each["ref"] == name]
            if len(pulls) != 1:
                found.append(f"{len(pulls)} pull requests on list {at}")
            for pull in pulls[:1]:
                text = self.github.git.read(self.github.head_of(pull), _path(at)) or b""
                times = {n: text.count(f"abs/2611.{n:05}".encode()) for n in range(1, papers + 1)}
                found += [f"paper {n} {c} times on list {at}" for n, c in times.items() if c != 1]
        keys = [marker.issue_key(each["body"]) for each in self.github.issues]
        if len(keys) != 1:
            found.append(f"{len(keys)} digests")
        found += [f"comment {each['body'][:60]}" for each in self.github.comments]
        return found + self._in_the_ledger(papers)

    def _in_the_ledger(self, papers: int) -> list[str]:
        place = self.ledger or self.folder / "solo" / "state" / "ledger.sqlite"
        opened = open_ledger(place, NOW)
        with closing(opened.ledger) as ledger:
            found = [str(opened.problem)] if opened.problem else []
            found += problems_of(opened.engine)
            ids = [each.id for each in ledger.papers()]
            wanted = [paper_id(number) for number in range(1, papers + 1)]
            if sorted(ids) != wanted:
                found.append(f"papers {sorted(set(ids) ^ set(wanted))} in the ledger")
            for latest in ledger.latest_outcomes():
                if latest.state is not State.PROPOSED:
                    where = latest.list_id or "all lists"
                    found.append(f"{latest.paper_id} is {latest.state} on {where}")
            for each in wanted:
                said = [
                    (one.list_id, one.state, one.reason, one.pull_request)
                    for one in ledger.outcomes(each)
                ]
                if len(said) != len(set(said)):
                    found.append(f"an outcome of {each} was recorded twice: {said}")
        return found


def _path(number: int) -> str:
    return "README.md" if number == 0 else f"list-{number:02}.md"


@contextmanager
def place(ledger: LedgerPlace | None, lists: int) -> Iterator[Place]:
    """The servers, with lists that have no pull request yet."""
    with TemporaryDirectory(prefix="medvl-watch-") as name:
        folder, arxiv = Path(name), LoopbackArxiv()
        texts = [(_path(at), LIST.format(id=f"list-{at:02}").encode()) for at in range(lists)]
        github = BusyGitHub(folder / "remote.git", texts)
        with arxiv.served(), github.served():
            yield Place(folder, arxiv, github, ledger, lists)


KILLED: dict[int, float] = {}
"""When processes were killed."""


class Run:
    """A run of a worker in a process of its own."""

    def __init__(self, where: Place, worker: str, number: int) -> None:
        self._code: int | None = None
        self._child = os.fork()
        if self._child == 0:
            status = 1
            try:
                for each in where.run(worker, number):
                    sys.stderr.write(f"{worker}: {each}\n")
                status = 0
            finally:
                os._exit(status)

    def has_ended(self) -> bool:
        if self._code is None:
            child, status = os.waitpid(self._child, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if child else None
        return self._code is not None

    def kill(self) -> bool:
        """End it with signal 9; whether it was still running."""
        if self.has_ended():
            return False
        KILLED[self._child] = time.monotonic()
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        self._code = -signal.SIGKILL
        return True

    def problems(self) -> list[str]:
        """Let it run to its end."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        return [f"an undisturbed run ended with {self._code}"] if self._code else []


# --- one worker ---------------------------------------------------------------------------


def one_worker(
    ledger: LedgerPlace | None, kills: int, seed: int, faults: Faults, *, lists: int = 2
) -> None:
    """One worker; a paper comes with every tenth kill, and then it is looked."""
    chance = random.Random(seed)
    with place(ledger, lists) as where:
        number, killed, papers, longest = 0, 0, 1, 1.0
        while killed < kills:
            where.arxiv.show(papers, NOW)
            for _ in range(min(10, kills - killed)):
                number += 1
                run = Run(where, "solo", number)
                until = time.monotonic() + chance.uniform(0, longest)
                while time.monotonic() < until and not run.has_ended():
                    time.sleep(0.002)
                killed += run.kill()
            number, began = number + 1, time.monotonic()
            found = Run(where, "solo", number).problems()
            longest = time.monotonic() - began
            found += where.lost_or_twice(papers)
            written = where.github.writes()
            found += Run(where, "solo", number).problems()
            if where.github.writes() != written:
                found.append(f"a further run wrote {where.github.writes()[len(written) :]}")
            faults.found += [f"after {killed} kills: {each}" for each in found]
            papers = min(papers + 1, _PER_LIST)
        faults.count("kills", killed)
        faults.count("runs", number)


# --- four workers -------------------------------------------------------------------------


def four_workers(
    ledger: ServerAddress,
    kills: int,
    seed: int,
    faults: Faults,
    *,
    lists: int = 40,
    every: float = 2.0,
) -> None:
    """Four workers that run on and on; about `every` so many seconds one is killed. In the end each
    runs undisturbed, one after the other."""
    chance = random.Random(seed)
    names = [f"w{number}" for number in range(4)]
    with place(ledger, lists) as where:
        number = killed = 0
        running: dict[str, Run] = {}
        while killed < kills:
            where.arxiv.show(min(1 + number // 4, _PER_LIST), NOW)
            for name in names:
                if name not in running or running[name].has_ended():
                    number += 1
                    running[name] = Run(where, name, number)
            time.sleep(chance.expovariate(1 / every))
            killed += running[chance.choice(names)].kill()
        killed += sum(each.kill() for each in running.values())
        where.arxiv.show(_PER_LIST, NOW)
        for name in (*names, names[0]):
            number += 1
            faults.found += Run(where, name, number).problems()
        faults.found += where.lost_or_twice(_PER_LIST)
        faults.count("kills", killed)
        faults.count("runs", number)
        faults.found += _out_of_turn(where.arxiv.log, ARXIV_GAP, "arXiv", faults)
        faults.found += _together(where.github.asked)
        writes = [each for each in where.github.asked if each.writes]
        faults.found += _out_of_turn(writes, WRITE_GAP, "GitHub's writes", faults)
        faults.found += _interleaved(writes, faults)
        had = visits(where.folder / "visits", KILLED)
        faults.found += overlaps(had)
        for kind in ("list/", "polling", "recording"):
            times = [each for work, found in had.items() if work.startswith(kind) for each in found]
            faults.count(f"times that a worker had: {kind}", len(times))
        faults.count("requests to GitHub", len(where.github.asked))


def _out_of_turn(log: Sequence[Asked], gap: float, what: str, faults: Faults) -> list[str]:
    """Requests that came less than the gap after the one before."""
    times = sorted(each.began for each in log)
    least = min((later - before for before, later in pairwise(times)), default=gap)
    faults.count(f"requests to {what}", len(times))
    faults.count(f"least gap between requests to {what}", least)
    return [f"{what}: a gap of {least:.3f} s"] if least < gap - _SLACK else []


def _together(log: Sequence[Asked]) -> list[str]:
    """Requests of two workers at the same time. One of a killed worker may still be answered."""
    found = []
    ordered = sorted(log, key=lambda each: each.began)
    last_of = {each.worker: each.ended for each in ordered}
    for before, later in pairwise(ordered):
        is_last = before.ended == last_of[before.worker]
        if before.worker != later.worker and later.began < before.ended and not is_last:
            found.append(f"{before.worker} and {later.worker} at once: {before.what}, {later.what}")
    return found


def _interleaved(writes: Sequence[Asked], faults: Faults) -> list[str]:
    """Lists that two runs wrote in turns. A run visits a list once: its writes stand together."""
    found = []
    by_list: dict[str, list[str]] = {}
    for each in sorted(writes, key=lambda one: one.began):
        name = each.what.rpartition("medvl-watch/")[2]
        if name.startswith("list-"):
            by_list.setdefault(name, []).append(each.worker)
    for name, workers in by_list.items():
        blocks = [one for at, one in enumerate(workers) if at == 0 or workers[at - 1] != one]
        if len(blocks) != len(set(blocks)):
            found.append(f"{name} was written by two at once: {blocks}")
        faults.count("visits of a list that wrote", len(blocks))
    return found


def main(arguments: Sequence[str]) -> int:
    kind = arguments[0] if arguments else "one"
    kills = int(arguments[1]) if len(arguments) > 1 else 500
    logging.disable(logging.ERROR)
    faults = Faults()
    began = time.monotonic()
    if kind == "one":
        one_worker(None, kills // 2, 1, faults)
        sys.stdout.write(f"SQLite: {faults.counts}, {len(faults.found)} faults\n")
    with server() as address, a_database(address) as database:
        if kind == "one":
            one_worker(database, kills - kills // 2, 2, faults)
        else:
            four_workers(database, kills, 3, faults)
    for what, count in faults.counts.items():
        sys.stdout.write(f"{count:10.3f} {what}\n")
    for each in faults.found:
        sys.stdout.write(f"{each}\n")
    seconds = time.monotonic() - began
    sys.stdout.write(f"{len(faults.found)} faults in {seconds:.0f} s\n")
    return 1 if faults.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
