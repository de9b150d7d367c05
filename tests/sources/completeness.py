"""Whether no paper is lost: weeks of arXiv, replayed as daily polls of a service that fails, with
days on which nobody polls and processes that are killed, into a real ledger.

    python -m tests.sources.completeness [SEEDS] [PAPERS.jsonl.gz]

Every paper has to be in the ledger at the end, once. Without a file the papers are made up.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from medvl_watch.changes import Target
from medvl_watch.ledger.files import open_ledger
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.polling import poll, window
from medvl_watch.ports import SourceRhythm
from medvl_watch.sources.arxiv import ArxivSource
from tests.fakes import FakeClassifier, taxonomy
from tests.sources.arxiv_service import ArxivService, Killed, Preprint

MOST = 600
"""Papers of a recorded month that one replay has."""
BEGIN = datetime(2026, 1, 5, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Replay:
    """What a replay came to: ids of papers that are not in the ledger, and of those that are in it
    more than once."""

    papers: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    polls: int
    kills: int
    requests: int
    spoilt: Counter[str]

    @property
    def is_complete(self) -> bool:
        return not (self.lost or self.twice)


def made_up(count: int, days: int, chance: random.Random) -> list[Preprint]:
    """Papers submitted over these days, found one to five days later."""
    papers = []
    for number in range(count):
        submitted = BEGIN + timedelta(minutes=chance.randrange(days * 1_440))
        papers.append(
            _preprint(f"2601.{number + 1:05}", f"Study {number} of reports", submitted, chance)
        )
    return papers


def recorded(path: Path, month: str, chance: random.Random) -> list[Preprint]:
    """The papers of a stream with ids of this month (`2510`)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [
            row
            for row in map(json.loads, lines)
            if str(row["arxiv_id"]).startswith(month) and row.get("published")
        ]
    first = min(str(row["published"])[:10] for row in rows)
    last = datetime.fromisoformat(first) + timedelta(days=30)
    rows = [row for row in rows if str(row["published"])[:10] <= last.date().isoformat()]
    rows = chance.sample(rows, min(MOST, len(rows)))
    shift = BEGIN - datetime.fromisoformat(first).replace(tzinfo=UTC)
    return [
        _preprint(
            row["arxiv_id"],
            row["title"],
            datetime.fromisoformat(str(row["published"])[:10]).replace(tzinfo=UTC)
            + shift
            + timedelta(minutes=chance.randrange(1_440)),
            chance,
        )
        for row in rows
    ]


def _preprint(arxiv_id: str, title: str, submitted: datetime, chance: random.Random) -> Preprint:
    delay = timedelta(hours=6 + 24 * chance.choice([0, 0, 0, 1, 1, 2, 4]))
    return Preprint(arxiv_id=arxiv_id, title=title, submitted=submitted, shown=submitted + delay)


def replay(
    papers: Sequence[Preprint],
    folder: Path,
    chance: random.Random,
    *,
    faults: float = 0.3,
    missed: float = 0.25,
    kills: float = 0.03,
    page_size: int = 50,
) -> Replay:
    """Poll every day until two weeks after the last paper; the last polls are undisturbed."""
    service = ArxivService(papers, chance, BEGIN, faults, kills)
    end = max(one.shown for one in papers) + timedelta(days=1)
    killed = polls = 0
    service.faults = service.kills = 0.0
    _poll(folder, service, page_size)  # what came before the first poll is not looked for
    service.faults, service.kills = faults, kills
    while service.now < end:
        service.now += timedelta(days=1)
        if chance.random() >= missed:
            polls += 1
            killed += _poll(folder, service, page_size)
        if chance.random() < 0.05:
            service.now += timedelta(days=chance.randrange(5, 25))  # an outage
    service.faults = service.kills = 0.0
    service.now += timedelta(hours=6)
    killed += _poll(folder, service, page_size)
    return _result(papers, folder, service, polls + 1, killed)


def _poll(folder: Path, service: ArxivService, page_size: int) -> bool:
    """One run; whether it was killed."""
    opened = open_ledger(folder / "ledger.sqlite", service.now)
    source = ArxivSource("arxiv", "cat:cs.CV", service, page_size=page_size)
    with closing(opened.ledger) as ledger:
        parts = PipelineParts(
            sources=[source],
            classifier=FakeClassifier(),
            forge=None,  # type: ignore[arg-type]  # nothing is published
            ledger=ledger,
            taxonomy=taxonomy(),
            targets=(Target(id="first", title="First", repository="a/first", map_id="first"),),
            rhythms={"arxiv": SourceRhythm(slice_days=7)},
        )
        try:
            poll(parts, window(5, service.now), service.now, lambda _: None)
        except Killed:
            return True
    return False


def _result(
    papers: Sequence[Preprint], folder: Path, service: ArxivService, polls: int, kills: int
) -> Replay:
    opened = open_ledger(folder / "ledger.sqlite", service.now)
    with closing(opened.ledger) as ledger:
        known = Counter(paper.facts.arxiv_id or paper.id for paper in ledger.papers())
    return Replay(
        papers=len(papers),
        lost=tuple(one.arxiv_id for one in papers if not known[one.arxiv_id]),
        twice=tuple(one for one, count in known.items() if count > 1),
        polls=polls,
        kills=kills,
        requests=service.requests,
        spoilt=Counter(service.spoilt),
    )


def main(arguments: Sequence[str]) -> int:
    seeds = int(arguments[0]) if arguments else 50
    complete = 0
    for seed in range(seeds):
        chance = random.Random(seed)
        papers = (
            recorded(Path(arguments[1]), "2510", chance)
            if len(arguments) > 1
            else made_up(600, 30, chance)
        )
        with TemporaryDirectory() as folder:
            done = replay(papers, Path(folder), chance)
        complete += done.is_complete
        sys.stdout.write(
            f"seed {seed}: {done.papers - len(done.lost)} of {done.papers} papers, "
            f"{len(done.twice)} twice; {done.polls} polls, {done.kills} killed, "
            f"{done.requests} requests, {done.spoilt.total()} spoilt\n"
        )
        sys.stdout.flush()
    sys.stdout.write(f"{complete} of {seeds} replays complete\n")
    return 0 if complete == seeds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
