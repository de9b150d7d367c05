"""From a stream of papers and what people said of some of them to examples for training.

What is chosen depends on each paper alone, never on chance or on the order of the stream, so
the same papers give the same model, and a paper once held back is held back every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum

from medvl_watch.records import Paper, Record
from medvl_watch.training.fitting.graded_papers import GradedPaper
from medvl_watch.training.fitting.model_fit import TrainingExample
from medvl_watch.training.fitting.thresholds import SourceShares

HELD_BACK = 0.2
"""Share of the labelled papers and of the stream that is kept for comparing models."""
OUTSIDE_WEIGHT = 0.1
"""What a listed paper counts of which the stream has no record: mostly a bare title."""
_ROOM_PROPOSED, _ROOM_SHOWN = 1.5, 3.0  # papers for each listed one of the stream
_MOST_SHOWN = 0.9  # of a stream, however many of its papers are listed
_FAR_OFF_SHARE = 0.25  # of papers whose words name nothing of the subject


class PaperLabel(Enum):
    """What people said of a paper."""

    LISTED = True
    """A curated list holds it, or a maintainer took it."""
    REFUSED = False
    """Known not to belong, though it looks so."""
    PLAUSIBLE = None
    """It may belong; nobody judged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What people said, by `key_of` a paper. Whoever listed a paper outvotes all others.
    `listed` may grow while a stream is read that knows listed papers by other keys. `judged` are
    the papers that somebody read, whatever lists hold."""

    listed: AbstractSet[str]
    refused: frozenset[str] = frozenset()
    plausible: frozenset[str] = frozenset()
    judged: Mapping[str, GradedPaper] = field(default_factory=dict)

    def label_of(self, key: str) -> PaperLabel | None:
        if key in self.listed:
            return PaperLabel.LISTED
        if key in self.plausible:
            return PaperLabel.PLAUSIBLE
        return PaperLabel.REFUSED if key in self.refused else None


def key_of(facts: Record) -> str:
    """By what labels and stream know the same paper."""
    return facts.arxiv_id or facts.doi or facts.id


def is_held_back(key: str) -> bool:
    """Whether the paper is never trained on where no other set is given to compare with."""
    return _fraction("held back", key) < HELD_BACK


def examples_of(
    stream: Iterable[Paper], labels: Labels, looks_near: Callable[[Paper], bool]
) -> Iterator[TrainingExample]:
    """The papers of a stream to train on.

    Nobody said anything of most: those that look near count as refused, and so does every
    fourth of the others, standing for four.
    """
    for paper in stream:
        key = key_of(paper.facts)
        said = labels.label_of(key)
        if said is not None or key in labels.judged:
            relevant = said.value if said else False
            yield TrainingExample(paper=paper, relevant=relevant, judged=labels.judged.get(key))
        elif looks_near(paper):
            yield TrainingExample(paper=paper, relevant=False)
        elif _fraction("far off", key) < _FAR_OFF_SHARE:
            yield TrainingExample(paper=paper, relevant=False, stands_for=1 / _FAR_OFF_SHARE)


def shares_for(examples: Iterable[TrainingExample]) -> SourceShares:
    """What to propose and show of a stream like this one: what fits all that arXiv announces,
    or more where the stream was sought out, so that its listed papers have room."""
    belong = everything = 0.0
    for each in examples:
        everything += each.stands_for
        belong += each.stands_for if each.relevant else 0.0
    density = belong / everything if everything else 0.0
    usual = SourceShares()
    return SourceShares(
        proposed=min(max(usual.proposed, _ROOM_PROPOSED * density), _MOST_SHOWN),
        shown=min(max(usual.shown, _ROOM_SHOWN * density), _MOST_SHOWN),
    )


def outside_examples(papers: Iterable[Paper]) -> Iterator[TrainingExample]:
    """Listed papers that no stream announced: they teach words and stand for no share."""
    for paper in papers:
        yield TrainingExample(paper=paper, relevant=True, weight=OUTSIDE_WEIGHT, stands_for=0)


def decision_examples(papers: Iterable[Paper], *, taken: bool) -> Iterator[TrainingExample]:
    """Papers that a maintainer took into a list, or refused for all of them."""
    for paper in papers:
        yield TrainingExample(paper=paper, relevant=taken, stands_for=0)


def _fraction(purpose: str, key: str) -> float:
    """A number in [0, 1) that is the paper's own."""
    digest = hashlib.sha256(f"{purpose}\0{key}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
