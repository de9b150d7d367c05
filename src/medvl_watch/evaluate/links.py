"""Backtest of record linkage on known pairs of preprint and published record.

    zcat pairs.jsonl.gz | python -m medvl_watch.evaluate.links

Each line is {"preprint": record, "published": record, "proof": how we know}. All records
are linked in one batch, so every pair is also tried against every other.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from medvl_watch.papers.linking import link
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFigures:
    """`found` of `pairs` known pairs became one paper; `false` merges joined two works.

    `missed` and `wrong` hold examples, as titles; `proofs` counts by what the merges were
    proved; `doubts` were left to a person.
    """

    pairs: int
    found: int
    false: int
    doubts: int
    proofs: Counter[str] = field(default_factory=Counter)
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.pairs if self.pairs else 1.0


def pairs_from(lines: Iterable[str]) -> list[tuple[Record, Record]]:
    """The pairs of a JSON Lines text. Ids are made to tell the two sides apart."""
    pairs = []
    for number, line in enumerate(lines, start=1):
        pair = json.loads(line)
        sides = [record_from_json(pair[side], f"pair {number}") for side in _SIDES]
        preprint, published = (
            replace(record, id=f"{side}-{number}")
            for record, side in zip(sides, _SIDES, strict=True)
        )
        pairs.append((preprint, published))
    return pairs


_SIDES = ("preprint", "published")


def measure(pairs: Sequence[tuple[Record, Record]]) -> LinkFigures:
    """Link all the records at once and compare with what is known.

    Two records that carry the same arXiv id or DOI are one work, whatever pair they came
    from; any other two records of different pairs are a false merge.
    """
    truth = {record.id: place for place, pair in enumerate(pairs) for record in pair}
    records = [record for pair in pairs for record in pair]
    linked = link(records, {}, [])
    home = {record.id: paper.id for paper in linked.papers for record in paper.records}
    missed = [one.title for one, other in pairs if home[one.id] != home[other.id]]
    wrong = [
        f"{one.title} <> {other.title}"
        for paper in linked.papers
        for one, other in combinations(paper.records, 2)
        if truth[one.id] != truth[other.id] and not _one_work(one, other)
    ]
    return LinkFigures(
        pairs=len(pairs),
        found=len(pairs) - len(missed),
        false=len(wrong),
        doubts=len(linked.doubts),
        proofs=Counter(one.proof for paper in linked.papers for one in paper.links),
        missed=tuple(missed[:20]),
        wrong=tuple(wrong[:20]),
    )


def _one_work(one: Record, other: Record) -> bool:
    return bool(
        (one.arxiv_id and one.arxiv_id == other.arxiv_id) or (one.doi and one.doi == other.doi)
    )


def report(figures: LinkFigures) -> str:
    """The figures as lines of text."""
    proofs = ", ".join(f"{name} {count}" for name, count in figures.proofs.most_common())
    return "\n".join(
        [
            (
                f"pairs {figures.pairs}, precision {figures.precision:.4f}, "
                f"recall {figures.recall:.4f}, false merges {figures.false}, "
                f"doubts {figures.doubts}"
            ),
            f"by proof: {proofs}",
            *(f"missed: {title}" for title in figures.missed),
            *(f"false: {titles}" for titles in figures.wrong),
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(report(measure(pairs_from(sys.stdin))) + "\n")
