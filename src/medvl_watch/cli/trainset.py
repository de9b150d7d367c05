"""Gathers what a model is trained on: streams, labels, lists, and what people decided."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medvl_watch.classify import examples as chosen
from medvl_watch.classify.examples import Labels, Said, key_of
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.training import Example
from medvl_watch.cli import labelled
from medvl_watch.cli.files import unreadable
from medvl_watch.cli.streams import paper_of
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.records import Paper

_NEAR = 0.01
"""Relevance by the rules above which a paper is worth learning from in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was named. Without `papers` the stream is what the ledger has seen; `evaluate_on`
    is a stream, its labels, hard negatives and plausible papers; of the stream to train on
    nothing is read that was announced after `until` (a day, or empty)."""

    papers: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()
    negatives: tuple[Path, ...] = ()
    silver: tuple[Path, ...] = ()
    lists: tuple[Path, ...] = ()
    decisions: bool = False
    evaluate_on: tuple[Path, ...] | None = None
    until: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        named = (*self.papers, *self.labels, *self.negatives, *self.silver, *self.lists)
        return (*named, *(self.evaluate_on or ()))

    @property
    def command(self) -> str:
        """How to train so again, with the files' names only: folders are a machine's own."""
        options = {
            "--papers": self.papers,
            "--labels": self.labels,
            "--negatives": self.negatives,
            "--silver": self.silver,
            "--list": self.lists,
        }
        words = [f"{option} {path.name}" for option, paths in options.items() for path in paths]
        words += ["--decisions"] * self.decisions
        words += [f"--until {self.until}"] * bool(self.until)
        if self.evaluate_on:
            words.append(" ".join(["--evaluate-on", *(path.name for path in self.evaluate_on)]))
        return " ".join(["medvl-watch train", *words])


@dataclass(slots=True, kw_only=True)
class TrainingSet:
    """What was gathered. `held` are papers that no model is trained on; `counts` and
    `days` are for the data card."""

    labels: Labels
    examples: list[Example] = field(default_factory=list)
    held: list[Paper] = field(default_factory=list)
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
            f"listed, and {self.counts['listed beside']} listed ones beside"
        )


def gather(
    material: Material, settings: Settings, taxonomy: Taxonomy, problems: list[WatchError]
) -> TrainingSet:
    """Everything to train on. Raises ConfigError where there is no stream of papers."""
    if not material.papers and not material.decisions:
        raise ConfigError("there are no papers to train on", remedy="give --papers or --decisions")
    known = labelled.decided(settings) if material.decisions else labelled.Decided((), (), ())
    listed = list(labelled.stream(material.labels, problems))
    gathered = TrainingSet(
        labels=Labels(
            listed=_keys((*listed, *known.taken)),
            refused=labelled.keys_in(material.negatives, problems) | _keys(known.refused),
            plausible=labelled.keys_in(material.silver, problems),
        )
    )
    seen = labelled.stream(material.papers, problems) if material.papers else known.seen
    stream = (paper for paper in seen if not material.until or _day(paper) <= material.until)
    met: set[str] = set()
    rules = RulesClassifier(taxonomy)
    gathered.examples += chosen.examples_of(
        _to_train_on(stream, gathered, met, hold_back=material.evaluate_on is None),
        gathered.labels,
        lambda paper: rules.relevance(rules.reader.read(paper).points) > _NEAR,
    )
    beside = [each for each in listed if key_of(each.facts) not in met]
    beside += map(paper_of, labelled.entries_of(material.lists))
    gathered.counts["listed beside"] = len(beside)
    gathered.examples += chosen.outside(beside)
    for papers, taken in ((known.taken, True), (known.refused, False)):
        unmet = [each for each in papers if key_of(each.facts) not in met]
        gathered.examples += chosen.decided(unmet, taken=taken)
    gathered.counts["moved by hand"] = len(known.moved)
    gathered.counts["examples"] = len(gathered.examples)
    return gathered


def _to_train_on(
    stream: Iterable[Paper], gathered: TrainingSet, met: set[str], *, hold_back: bool
) -> Iterator[Paper]:
    """The stream without what is held back; counts all of it."""
    names = {Said.LISTED: "listed", Said.REFUSED: "negatives", Said.PLAUSIBLE: "silver"}
    for paper in stream:
        key = key_of(paper.facts)
        met.add(key)
        gathered.counts["papers"] += 1
        said = gathered.labels.said(key)
        if said is not None:
            gathered.counts[names[said]] += 1
        if paper.facts.published:
            gathered.days.append(paper.facts.published[:10])
        if hold_back and chosen.is_held_back(key):
            gathered.held.append(paper)
        else:
            yield paper


def digests(files: Sequence[Path]) -> dict[str, str]:
    """Each file's name and the beginning of its SHA-256, so that a rebuild can be compared."""
    found = {}
    for path in files:
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while part := file.read(2**20):
                    digest.update(part)
        except OSError as error:
            raise unreadable(path, error) from error
        found[path.name] = digest.hexdigest()[:16]
    return found


def _day(paper: Paper) -> str:
    """When it was announced; a paper without a date counts as old."""
    return (paper.facts.published or "")[:10]


def _keys(papers: Iterable[Paper]) -> frozenset[str]:
    return frozenset(key_of(paper.facts) for paper in papers)
