"""Stand-ins by the real interfaces (`ports`), and a small world to run the chain in.

The forge and the ledger of the world are the real ones, in a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from medvl_watch.changes import PullState, Target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.cli.ledger_place import locks_at
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.ledger.files import LedgerPlace, open_ledger
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.pipeline.dashboard import update_dashboard
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.polling import PollReport, poll, window
from medvl_watch.pipeline.publishing import publish
from medvl_watch.pipeline.weekly_digest import DigestReport, digest
from medvl_watch.ports import Source, Window
from medvl_watch.publish import marker
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.publish.weeks import week_named
from medvl_watch.records import (
    Decision,
    Origin,
    Paper,
    Poll,
    Receipt,
    Record,
    SectionScore,
    State,
    Verdict,
)

NOW = datetime(2026, 11, 18, 6, 17, tzinfo=UTC)

TAXONOMY = """\
version: 1
nodes:
  - id: words
    title: Words
    definition: Writes reports or answers questions.
    lexicon: {4: "report generation, question answering"}
  - id: outlines
    title: Outlines
    definition: Draws the outline of something.
    lexicon: {4: segment*}
relevance:
  title_counts: 2
  facets:
    medicine: {definition: Medicine., lexicon: {4: "medical, clinical*, radiolog*"}}
    image: {definition: Images., lexicon: {4: "image*, vision, radiolog*"}}
    language: {definition: Language., lexicon: {4: "language, text*, report*, question*"}}
  together:
    4: medical vision language, old radiograph, a scan says, around a lesson, rim of a lung
  against: {6: autonomous driving}
  withdrawn: {1: has been withdrawn}
  thresholds: {propose: 0.9, refer: 0.4}
scopes: {}
placing: {points_to_double: 2, at_least: 0.3, sure: 0.6}
lists:
  first:
    sections:
      - {path: [Reports], nodes: [words]}
      - {path: [Outlines], nodes: [outlines]}
  second:
    sections:
      - {path: [Reports], nodes: [words]}
"""
LIST = """\
# The {id} list

What we read.

## Reports

- Reading an old radiograph aloud. [[paper](https://arxiv.org/abs/2401.00001)]
- Telling what a scan says. [[paper](https://arxiv.org/abs/2401.00002)]

## Outlines

- Drawing around a lesson. [[paper](https://arxiv.org/abs/2401.00003)]
- Finding the rim of a lung. [[paper](https://arxiv.org/abs/2401.00004)]
"""


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy(TAXONOMY, "taxonomy.yaml")


_WORDS = (
    "amber",
    "birch",
    "cedar",
    "dune",
    "ember",
    "fjord",
    "glade",
    "heath",
    "islet",
    "jetty",
    "knoll",
    "larch",
    "meadow",
    "north",
    "oasis",
    "plain",
    "quarry",
    "ridge",
    "shore",
    "tundra",
    "upland",
    "valley",
    "willow",
    "yarrow",
    "zephyr",
)


def record(number: int, **facts: Any) -> Record:
    """The record of paper `number`, as arXiv gives it; every title is its own."""
    arxiv_id = f"2611.{number:05}"
    word, other = _WORDS[number % len(_WORDS)], _WORDS[(number * 7 + 3) % len(_WORDS)]
    known: dict[str, Any] = {
        "id": f"arxiv:{arxiv_id}",
        "title": f"{word.title()} and {other} in medical images, study {number}",
        "abstract": f"Report generation for medical images of kind {number}.",
        "authors": (f"Ada {word.title()}", "Mary Somerville"),
        "categories": ("cs.CV",),
        "arxiv_id": arxiv_id,
        "version": 1,
        "published": "2026-11-16T09:00:00Z",
        "updated": "2026-11-16T09:00:00Z",
        "url": f"https://arxiv.org/abs/{arxiv_id}",
        "origin": Origin(source="arxiv", fetched_at=NOW, raw_ids=(f"{arxiv_id}v1",)),
    }
    return Record(**(known | facts))


def paper_id(number: int) -> str:
    return f"arxiv:2611.{number:05}"


@dataclass
class FakeSource:
    """`ports.Source` that has these records, or fails. A live one answers at the moment of
    asking, another always with the same recording."""

    records: Sequence[Record] = ()
    name: str = "arxiv"
    error: Exception | None = None
    live: bool = False
    notices: Sequence[Record] = ()
    windows: list[Window] = field(default_factory=list)

    def poll(self, window: Window) -> Poll:
        self.windows.append(window)
        if self.error:
            raise self.error
        count = len(self.records)
        moment = window.until if self.live else NOW
        receipt = Receipt(source=self.name, fetched_at=moment, received=count, claimed=count)
        return Poll(records=tuple(self.records), receipt=receipt, notices=tuple(self.notices))

    def lookup(self, identifier: str) -> Record | None:
        found = (one for one in self.records if parse_identifier(one.id) == identifier)
        return next(found, None)


@dataclass
class FakeClassifier:
    """`ports.Classifier` that proposes everything as `words`, but for what `says` says."""

    says: Mapping[str, Verdict] = field(default_factory=dict)
    name: str = "fake"
    broken: frozenset[str] = frozenset()
    judged: list[str] = field(default_factory=list)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        for paper in papers:
            if paper.id in self.broken:
                raise ZeroDivisionError(paper.id)
        self.judged += [paper.id for paper in papers]
        return [self.says.get(paper.id) or verdict(paper.id) for paper in papers]


def verdict(
    about: str, decision: Decision = Decision.PROPOSE, *, reason: str = "", **scores: float
) -> Verdict:
    """A verdict on the paper with this id; `scores` are shares of the taxonomy's nodes."""
    return Verdict(
        paper_id=about,
        relevance=0.95 if decision is Decision.PROPOSE else 0.5,
        decision=decision,
        sections=tuple(
            SectionScore(node=node, path=taxonomy().nodes[node].path, score=score)
            for node, score in sorted((scores or {"words": 0.9}).items(), key=lambda one: -one[1])
        ),
        classifier="fake",
        version="1",
        reason=reason,
    )


@dataclass(frozen=True)
class Ran:
    """What one run of the chain gave."""

    polled: PollReport
    lists: tuple[ListReport, ...]
    problem: WatchError | None

    @property
    def problems(self) -> list[WatchError]:
        found = [self.problem, *self.polled.problems, *(one.problem for one in self.lists)]
        return [one for one in found if one]

    @property
    def code(self) -> ExitCode:
        return combined_exit_code(self.problems)


Wrap = Callable[[PipelineParts], PipelineParts]


@dataclass
class World:
    """Two lists, a source and a classifier, over a real forge and a real ledger."""

    folder: Path
    sources: list[Source] = field(default_factory=list)
    classifier: FakeClassifier = field(default_factory=FakeClassifier)
    ids: tuple[str, ...] = ("first", "second")
    limit: int = 15
    minutes: ReviewBudget = field(default_factory=ReviewBudget)
    completes: bool = False
    completions: int = 5
    dashboard: str = ""
    """The title of the dashboard; without one there is none."""
    now: datetime = NOW
    place: LedgerPlace | None = None
    """The ledger; by default a file in `state`."""

    def __post_init__(self) -> None:
        for list_id in self.ids:
            seed = self.seed(list_id)
            if not seed.exists():
                seed.parent.mkdir(parents=True, exist_ok=True)
                seed.write_text(LIST.format(id=list_id), encoding="utf-8")

    def seed(self, list_id: str) -> Path:
        return self.folder / "seeds" / f"{list_id}.md"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def ledger_file(self) -> Path:
        return self.state / "ledger.sqlite"

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(
            Target(
                id=one,
                title=f"The {one} list",
                repository=f"a/{one}",
                map_id=one,
                completes=self.completes,
            )
            for one in self.ids
        )

    def target(self, list_id: str = "first") -> Target:
        return next(one for one in self.targets if one.id == list_id)

    @property
    def forge(self) -> LocalForge:
        seeds = {one: self.seed(one) for one in self.ids}
        return LocalForge(self.state / "forge", seeds, self.now)

    def run(
        self, wrap: Wrap = lambda parts: parts, *, days: int = 14, rejudge: bool = False
    ) -> Ran:
        """Poll and publish once, an hour after the last time."""
        self.now += timedelta(hours=1)
        with self.opened() as (whole, problem):
            parts = wrap(whole)
            polled = poll(parts, window(days, self.now), self.now, _quiet, rejudge=rejudge)
            lists = publish(parts, self.now, _quiet)
            _, unwritten = update_dashboard(parts, lists)
            return Ran(polled, lists, problem or unwritten)

    def digest(self, week: str, wrap: Wrap = lambda parts: parts) -> DigestReport:
        """Post the digest of this week."""
        with self.opened() as (parts, _):
            return digest(wrap(parts), week_named(week, self.now), self.now)

    @contextmanager
    def opened(self) -> Iterator[tuple[PipelineParts, WatchError | None]]:
        """The parts of the chain, and what had to be said of the ledger."""
        self.state.mkdir(parents=True, exist_ok=True)
        place = self.place or self.ledger_file
        opened = open_ledger(place, self.now)
        with closing(opened.ledger) as ledger:
            yield (
                PipelineParts(
                    locks=locks_at(place, opened.engine),
                    sources=self.sources,
                    classifier=self.classifier,
                    forge=self.forge,
                    ledger=ledger,
                    taxonomy=taxonomy(),
                    targets=self.targets,
                    dashboard_title=self.dashboard,
                    limits=OfferLimits(
                        papers=self.limit, time=self.minutes, completions=self.completions
                    ),
                ),
                opened.problem,
            )

    # --- looking ---

    def latest_outcomes(self, list_id: str = "first") -> dict[str, State]:
        opened = open_ledger(self.place or self.ledger_file, self.now)
        try:
            latest = opened.ledger.latest_outcomes(list_id=list_id)
            return {one.paper_id: one.state for one in latest}
        finally:
            opened.ledger.close()

    def overall(self) -> dict[str, State]:
        return self.latest_outcomes("")

    def pulls(self, list_id: str = "first") -> list[tuple[int, PullState, tuple[str, ...]]]:
        """Number, state and papers of each pull request."""
        found = []
        for pull in self.forge.pull_requests(self.target(list_id)):
            state = marker.read(pull.body)
            found.append((pull.number, pull.state, state.papers if state else ()))
        return found

    def proposed(self, list_id: str = "first") -> str:
        """The list as the open pull request would make it."""
        target = self.target(list_id)
        repository = self.forge._existing(target)
        pull = next(one for one in self.forge.pull_requests(target) if one.state is PullState.OPEN)
        content = repository.content(pull.head)
        assert content is not None
        return content.decode()

    def page(self, list_id: str = "first", number: int = 1) -> Path:
        """The file in which a person edits a pull request's description."""
        return self.state / "forge" / "pulls" / list_id / f"{number:04}.md"

    def commit(self, text: str, *, list_id: str = "first", branch: str = "main") -> None:
        """What a person does who pushes to the list or to the bot's branch."""
        git = self.forge._git(self.target(list_id))
        head = git.branch_head(branch)
        made = git.commit_file("README.md", text.encode(), "By hand\n", self.now, parent=head)
        git.update_refs((f"refs/heads/{branch}", made, head))

    def forget(self) -> None:
        """Delete the ledger."""
        self.ledger_file.unlink()


def world(folder: Path, *numbers: int, **more: Any) -> World:
    """A world whose only source has the papers with these numbers."""
    return World(folder, sources=[FakeSource([record(one) for one in numbers])], **more)


def publishing(world: World, *numbers: int) -> World:
    """The same world, whose source now has the papers with these numbers."""
    return replace(world, sources=[FakeSource([record(one) for one in numbers])])


def _quiet(_: str) -> None:
    pass
