"""What a model is trained on: streams, labels, lists, and what people decided."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.merging import paper_of
from medvl_watch.records import Paper
from medvl_watch.storage.user_files import unreadable_error
from medvl_watch.training import examples
from medvl_watch.training.decisions import PaperDecisions
from medvl_watch.training.examples import Labels, PaperLabel, key_of
from medvl_watch.training.fitting.graded_papers import GradedPaper
from medvl_watch.training.fitting.model_fit import TrainingExample
from medvl_watch.training.known_papers import KnownPapers
from medvl_watch.training.label_files import (
    judged_in,
    keys_in,
    nothing_listed,
    papers_in,
    records_in,
)

_NEAR = 0.01
"""Relevance by the rules above which a paper is worth learning from in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingInputs:
    """What was named. Without `papers` the stream is what the ledger has seen; `evaluate_on`
    is a stream, its labels, hard negatives and plausible papers, of which `evaluate_judged` are
    judged; of the stream to train on nothing is read that was announced after `until` (a day, or
    empty)."""

    papers: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()
    negatives: tuple[Path, ...] = ()
    silver: tuple[Path, ...] = ()
    lists: tuple[Path, ...] = ()
    judged: tuple[Path, ...] = ()
    decisions: bool = False
    evaluate_judged: tuple[Path, ...] = ()
    evaluate_on: tuple[Path, ...] | None = None
    until: str = ""

    @property
    def named(self) -> list[tuple[str, Path]]:
        """The files with the options that name them."""
        options = {
            "--papers": self.papers,
            "--labels": self.labels,
            "--negatives": self.negatives,
            "--silver": self.silver,
            "--list": self.lists,
            "--judged": self.judged,
            "--evaluate-judged": self.evaluate_judged,
            "--evaluate-on": self.evaluate_on or (),
        }
        return [(option, path) for option, paths in options.items() for path in paths]

    @property
    def files(self) -> list[Path]:
        return [path for _, path in self.named]

    @property
    def command(self) -> str:
        """How to train so again, with the files' names only: folders are a machine's own."""
        words = [
            f"{option} {path.name}" for option, path in self.named if option != "--evaluate-on"
        ]
        words += ["--decisions"] * self.decisions
        words += [f"--until {self.until}"] * bool(self.until)
        if self.evaluate_on:
            words.append(" ".join(["--evaluate-on", *(path.name for path in self.evaluate_on)]))
        return " ".join(["medvl-watch train", *words])


@dataclass(slots=True, kw_only=True)
class TestPapers:
    """Papers that no model is trained on, to compare models on, and what people said of them."""

    labels: Labels
    papers: list[Paper] = field(default_factory=list)
    where: str = "the papers held back"

    @property
    def keys(self) -> set[str]:
        return {key_of(paper.facts) for paper in self.papers}

    @property
    def listed(self) -> int:
        """How many of the papers are listed."""
        return len(self.keys & self.labels.listed)


@dataclass(slots=True, kw_only=True)
class TrainingSet:
    """What was gathered. `labels` hold for the stream to train on, of which `seen` are the
    papers' keys; `counts` and `days` are for the data card."""

    known: KnownPapers
    labels: Labels
    bench: TestPapers
    seen: set[str] = field(default_factory=set)
    examples: list[TrainingExample] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    days: list[str] = field(default_factory=list)

    @property
    def dates(self) -> str:
        """When the stream was announced, but for the odd date that a source got wrong."""
        if not self.days:
            return "unknown dates"
        days = sorted(self.days)
        odd = len(days) // 100
        return f"{days[odd]} to {days[-1 - odd]}"

    @property
    def summary(self) -> str:
        """In a line, for whoever opens the model."""
        return (
            f"{self.counts['papers']} papers of {self.dates}, {self.counts['listed']} of them "
            f"listed and {self.counts['judged']} judged, and {self.counts['listed beside']} "
            "listed ones beside"
        )


def gather(
    material: TrainingInputs,
    people: PaperDecisions,
    taxonomy: Taxonomy,
    problems: list[WatchError],
) -> TrainingSet:
    """Everything to train on. Raises ConfigError where there is no stream of papers, or where
    nothing tells which papers of the one to compare on are listed."""
    if not material.papers and not material.decisions:
        raise ConfigError(
            "there is no stream of papers, listed and others, to train on",
            remedy="give --papers, or --decisions for what the bot has seen",
        )
    taken = {paper.facts.id: paper.facts for paper in people.taken}
    marked = records_in(material.labels, problems)
    known = KnownPapers((*marked, *taken.values()), material.lists)
    labels = Labels(
        listed=known.keys,
        refused=keys_in(material.negatives, problems) | _keys(people.refused),
        plausible=keys_in(material.silver, problems) | _keys(people.waiting),
        judged=judged_in(material.judged, taxonomy),
    )
    judged = judged_in(material.evaluate_judged, taxonomy)
    bench = _bench(material.evaluate_on, judged, problems) or TestPapers(labels=labels)
    for paper in bench.papers:
        known.matches(paper.facts)  # so that it is no example, wherever else it stands
    gathered = TrainingSet(known=known, labels=labels, bench=bench, seen=bench.keys)
    stream = papers_in(material.papers, problems) if material.papers else people.seen
    rules = RulesClassifier(taxonomy)
    gathered.examples += examples.examples_of(
        _to_train_on(stream, gathered, material),
        labels,
        lambda paper: rules.relevance(rules.scorer.score(paper).points) > _NEAR,
    )
    if not gathered.counts["papers"]:
        beside = " beside those of --evaluate-on" if material.evaluate_on else ""
        raise ConfigError(f"the stream holds no papers{beside}", remedy="give more with --papers")
    gathered.examples += _from_elsewhere(gathered, taken.keys(), people.refused)
    gathered.counts["moved by hand"] = len(people.moved)
    gathered.counts["examples"] = len(gathered.examples)
    return gathered


def _to_train_on(
    stream: Iterable[Paper], gathered: TrainingSet, material: TrainingInputs
) -> Iterator[Paper]:
    """The stream, each paper once, without what models are compared on; counts all of it."""
    names = {
        PaperLabel.LISTED: "listed",
        PaperLabel.REFUSED: "negatives",
        PaperLabel.PLAUSIBLE: "silver",
    }
    for paper in stream:
        key = key_of(paper.facts)
        if key in gathered.seen:
            continue
        gathered.seen.add(key)
        gathered.known.matches(paper.facts)
        if material.until and _day(paper) > material.until:
            continue
        gathered.counts["papers"] += 1
        said = gathered.labels.label_of(key)
        if said is not None:
            gathered.counts[names[said]] += 1
        gathered.counts["judged"] += key in gathered.labels.judged
        if paper.facts.published:
            gathered.days.append(paper.facts.published[:10])
        if material.evaluate_on is None and examples.is_held_back(key):
            gathered.bench.papers.append(paper)
        else:
            yield paper


def _from_elsewhere(
    gathered: TrainingSet, taken: AbstractSet[str], refused: Iterable[Paper]
) -> Iterator[TrainingExample]:
    """What people listed, took and refused of which the stream has no record."""
    unmatched = [paper_of(record) for record in gathered.known.unmatched()]
    beside = [paper for paper in unmatched if paper.id not in taken]
    gathered.counts["listed beside"] = len(beside)
    yield from examples.outside_examples(beside)
    yield from examples.decision_examples(
        (paper for paper in unmatched if paper.id in taken), taken=True
    )
    refused = (paper for paper in refused if key_of(paper.facts) not in gathered.seen)
    yield from examples.decision_examples(refused, taken=False)


def _bench(
    files: Sequence[Path] | None,
    judged: Mapping[str, GradedPaper],
    problems: list[WatchError],
) -> TestPapers | None:
    """The papers to compare on, where a person gives them. Raises ConfigError where none of
    them is listed."""
    if files is None:
        return None
    stream, listed, refused, plausible = files
    papers = {key_of(each.facts): each for each in papers_in([stream], problems)}
    known = KnownPapers(records_in([listed], problems), ())
    if not [paper for paper in papers.values() if known.matches(paper.facts)]:
        raise nothing_listed(str(stream))
    labels = Labels(
        listed=known.keys,
        refused=keys_in([refused], problems),
        plausible=keys_in([plausible], problems),
        judged=judged,
    )
    return TestPapers(labels=labels, papers=list(papers.values()), where=str(stream))


def digests(files: Sequence[Path]) -> dict[str, str]:
    """Each file's name and the beginning of its SHA-256, so that a rebuild can be compared."""
    found = {}
    for path in files:
        digest = hashlib.sha256()
        if str(path) == "-" or (path.exists() and not path.is_file()):
            found[path.name] = "no file"  # a pipe: reading it would take it from the training
            continue
        try:
            with path.open("rb") as file:
                while part := file.read(2**20):
                    digest.update(part)
        except OSError as error:
            raise unreadable_error(path, error) from error
        found[path.name] = digest.hexdigest()[:16]
    return found


def _day(paper: Paper) -> str:
    """When it was announced; a paper without a date counts as old."""
    return (paper.facts.published or "")[:10]


def _keys(papers: Iterable[Paper]) -> frozenset[str]:
    return frozenset(key_of(paper.facts) for paper in papers)
