"""A recorded stream of preprints, week by week, on the five lists of the demonstration.

    python -m tests.simulation.dev_stream FOLDER [PAGES]

FOLDER has `stream-dev.jsonl.gz` and `judged-dev.tsv`. Every Monday the papers of the week before
are read and judged by the shipped model, and pull requests are opened; on Friday each list's
maintainer merges theirs and answers nothing. What is counted: the minutes that each list's reviewer
is asked for, and how long the papers that a reader judged to be of the subject's core (grade 3)
wait until they are shown to anybody. PAGES is a folder for the descriptions of the pull requests.
"""

from __future__ import annotations

import csv
import gzip
import json
import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

from medvl_watch.changes import PullState
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.ledger.files import open_ledger
from medvl_watch.offers.reviewer_time import UNDER_REVIEW, first_requests
from medvl_watch.pipeline.list_classifiers import ListClassifiers
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.polling import poll, window
from medvl_watch.pipeline.publishing import publish
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.records import Origin, Record, State
from tests.fakes import FakeSource
from tests.simulation.reading import CHOOSE, LEAVE, LINE, Reading, read, seconds_of

DEMO = Path(__file__).parents[2] / "seeds" / "demo" / "medvl-watch.toml"
FIRST = datetime(2025, 10, 6, 6, tzinfo=UTC)
"""The Monday of the first run, which reads what came in the days before."""
WEEKS = 13
_IN_MONTH = {"2510": date(2025, 10, 15), "2511": date(2025, 11, 15), "2512": date(2025, 12, 15)}


@dataclass
class Replayed:
    """By week and list the minutes asked; by paper the weeks from its first reading until it was
    shown, or proposed; and of those that were not shown, how long and why."""

    minutes: dict[tuple[int, str], float] = field(default_factory=dict)
    waited: dict[str, int] = field(default_factory=dict)
    proposed: dict[str, int] = field(default_factory=dict)
    decisions: Counter[str] = field(default_factory=Counter)
    hidden: dict[str, tuple[int, str]] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)

    @property
    def late(self) -> list[str]:
        """The papers that waited for more than two weeks, or have waited for so long by now."""
        waits = {**{paper: weeks for paper, (weeks, _) in self.hidden.items()}, **self.waited}
        return sorted(paper for paper, weeks in waits.items() if weeks > 2)


def weeks_of(path: Path) -> Mapping[int, Sequence[Record]]:
    """The papers by the number of the run that reads them first, 0 to 12."""
    found: dict[int, list[Record]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            day = _day(row)
            number = (day - FIRST.date()).days // 7 + 1
            found[min(max(number, 0), WEEKS - 1)].append(_record(row))
    return found


def _day(row: Mapping[str, Any]) -> date:
    """When it came: the day of its first version, or for want of one the middle of the month that
    its id names."""
    month = _IN_MONTH[str(row["arxiv_id"])[:4]]
    try:
        day = date.fromisoformat(str(row.get("published"))[:10])
    except ValueError:
        return month
    return day if abs(day - month) < timedelta(days=25) else month


def _record(row: Mapping[str, Any]) -> Record:
    arxiv_id = str(row["arxiv_id"])
    url = f"https://arxiv.org/abs/{arxiv_id}"
    return Record(
        id=f"arxiv:{arxiv_id}",
        title=row["title"],
        abstract=row.get("abstract") or "",
        authors=tuple(row.get("authors") or ()),
        categories=tuple(row.get("categories") or ()),
        arxiv_id=arxiv_id,
        published=_day(row).isoformat(),
        url=url,
        origin=Origin(source="arxiv", fetched_at=FIRST, raw_ids=(arxiv_id,), address=url),
    )


def core_papers(path: Path) -> frozenset[str]:
    with path.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return frozenset(f"arxiv:{row['arxiv_id']}" for row in rows if row["grade"] == "3")


def replay(weeks: Mapping[int, Sequence[Record]], core: frozenset[str], folder: Path,
           pages: Path | None = None) -> Replayed:  # fmt: skip
    settings, _ = read_settings(DEMO)
    taxonomy, done = read_taxonomy(settings), Replayed()
    judge = judge_of(settings, taxonomy, FIRST, may_ask=False)
    targets = tuple(entry.target() for entry in settings.lists)
    seeds = {entry.id: entry.seed for entry in settings.lists if entry.seed}
    read_in: dict[str, int] = {}
    for week in range(WEEKS):
        now = FIRST + timedelta(weeks=week)
        read_in |= {each.id: week for each in weeks[week] if each.id in core}
        forge = LocalForge(folder / "forge", seeds, now)
        opened = open_ledger(folder / "ledger.sqlite", now)
        with closing(opened.ledger) as ledger:
            parts = PipelineParts(
                sources=[FakeSource(weeks[week])],
                classifier=judge.classifier,
                forge=forge,
                ledger=ledger,
                taxonomy=taxonomy,
                targets=targets,
                limits=settings.limits.offers(),
                classifier_of=ListClassifiers(taxonomy, judge).of,
            )
            polled = poll(parts, window(14, now), now, lambda _: None)
            publish(parts, now, lambda _: None)
            done.decisions.update(polled.decisions)
            _count(done, parts, week, now, read_in)
        for target in targets:
            for pull in forge.pull_requests(target):
                if pull.state is PullState.OPEN:
                    _keep(pages, f"{week + 1:02}-{target.id}", pull.body)
                    done.readings.append(read(pull.body))
                    LocalForge(folder / "forge", seeds, now + timedelta(days=4)).merge(
                        target, pull.number
                    )
        sys.stderr.write(f"week {week + 1} of {WEEKS}\n")
    return done


def _count(done: Replayed, parts: PipelineParts, week: int, now: datetime,
           read_in: Mapping[str, int]) -> None:  # fmt: skip
    time = parts.limits.time
    for target in parts.targets:
        history = first_requests(parts.ledger.history(list_id=target.id, states=UNDER_REVIEW))
        done.minutes[week, target.id] = time.spent(each for each in history if each.at >= now)
    for each in parts.ledger.history(states=UNDER_REVIEW):
        if each.paper_id not in read_in:
            continue
        waited = (each.at - FIRST).days // 7 - read_in[each.paper_id]
        done.waited.setdefault(each.paper_id, waited)
        if each.state is State.PROPOSED:
            done.proposed.setdefault(each.paper_id, waited)
    latest = {each.paper_id: each for each in parts.ledger.latest_outcomes(list_id="")}
    done.hidden = {
        paper: (week - read_in[paper], f"{latest[paper].state}: {latest[paper].reason}")
        for paper in read_in
        if paper not in done.waited
    }


def _keep(pages: Path | None, name: str, body: str) -> None:
    if pages is not None:
        pages.mkdir(parents=True, exist_ok=True)
        (pages / f"{name}.md").write_text(body, encoding="utf-8")


def _told(done: Replayed, core: frozenset[str], known: int) -> Iterator[str]:
    lists = sorted({name for _, name in done.minutes})
    yield f"{done.decisions.total()} papers judged: {dict(done.decisions)}"
    yield f"{len(done.readings)} pull requests merged"
    for name in lists:
        row = [done.minutes[week, name] for week in range(WEEKS)]
        yield f"{name:35} {' '.join(f'{each:5.2f}' for each in row)}   most {max(row):g}"
    waits = Counter(done.waited.values())
    yield f"{known} core papers; weeks until shown: {dict(sorted(waits.items()))}"
    yield f"until proposed: {dict(sorted(Counter(done.proposed.values()).items()))}"
    yield f"after more than two weeks: {len(done.late)} {done.late}"
    proposed = [words for each in done.readings for words in each.proposed]
    referred = [words for each in done.readings for words in each.referred]
    yield (
        f"to read: {mean(proposed):.0f} words per paper that is added "
        f"({mean(seconds_of(words, LINE + LEAVE) for words in proposed):.0f} s), "
        f"{mean(referred):.0f} per paper to decide on "
        f"({mean(seconds_of(words, CHOOSE) for words in referred):.0f} s); "
        f"at most {max(each.minutes for each in done.readings):.1f} minutes per pull request"
    )
    yield f"not shown at the end: {len(done.hidden)}"
    for paper, (weeks, why) in sorted(done.hidden.items()):
        yield f"  {paper}, for {weeks} weeks so far, {why}"


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0])
    logging.disable(logging.WARNING)
    weeks, core = weeks_of(folder / "stream-dev.jsonl.gz"), core_papers(folder / "judged-dev.tsv")
    known = len(core & {each.id for papers in weeks.values() for each in papers})
    with TemporaryDirectory(prefix="medvl-watch-") as scratch:
        pages = Path(arguments[1]) if len(arguments) > 1 else None
        done = replay(weeks, core, Path(scratch), pages)
    sys.stdout.write("".join(f"{line}\n" for line in _told(done, core, known)))
    return 1 if done.late or max(done.minutes.values()) > 10 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
