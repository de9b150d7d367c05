"""Measures record linkage on known pairs of a preprint and its published record.

    zcat pairs.jsonl.gz | python -m medvl_watch.evaluate.links

Each line is {"preprint": record, "published": record}; other keys are ignored. All records are
linked in one batch, so every record is also compared with those of all other pairs.
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
    """The numbers of correct, missed and false links.

    Of the known `pairs`, `linked_pairs` became one paper each. `false_merges` is the number of
    merges of records of two works, and `doubts` the number of links that are left to a person.
    `proofs` counts the links by their proof. `missed_titles` and `false_merge_titles` have up to
    20 examples each.
    """

    pairs: int
    linked_pairs: int
    false_merges: int
    doubts: int
    proofs: Counter[str] = field(default_factory=Counter)
    missed_titles: tuple[str, ...] = ()
    false_merge_titles: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        merges = self.linked_pairs + self.false_merges
        return self.linked_pairs / merges if merges else 1.0

    @property
    def recall(self) -> float:
        return self.linked_pairs / self.pairs if self.pairs else 1.0


def parse_pairs(lines: Iterable[str]) -> list[tuple[Record, Record]]:
    """The pairs of a JSON Lines text. The records get new ids, so that all ids differ."""
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


def measure_links(pairs: Sequence[tuple[Record, Record]]) -> LinkFigures:
    """Link all records at once and compare the result with the known pairs.

    Two records with the same arXiv id or DOI are one work, even if they come from different
    pairs. Every other merge of records from different pairs is a false merge.
    """
    pair_numbers = {record.id: number for number, pair in enumerate(pairs) for record in pair}
    records = [record for pair in pairs for record in pair]
    result = link(records, {}, [])
    paper_ids = {record.id: paper.id for paper in result.papers for record in paper.records}
    missed = [one.title for one, other in pairs if paper_ids[one.id] != paper_ids[other.id]]
    false_merges = [
        f"{one.title} <> {other.title}"
        for paper in result.papers
        for one, other in combinations(paper.records, 2)
        if pair_numbers[one.id] != pair_numbers[other.id] and not _is_same_work(one, other)
    ]
    return LinkFigures(
        pairs=len(pairs),
        linked_pairs=len(pairs) - len(missed),
        false_merges=len(false_merges),
        doubts=len(result.doubts),
        proofs=Counter(each.proof for paper in result.papers for each in paper.links),
        missed_titles=tuple(missed[:20]),
        false_merge_titles=tuple(false_merges[:20]),
    )


def _is_same_work(one: Record, other: Record) -> bool:
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
                f"recall {figures.recall:.4f}, false merges {figures.false_merges}, "
                f"doubts {figures.doubts}"
            ),
            f"by proof: {proofs}",
            *(f"missed: {title}" for title in figures.missed_titles),
            *(f"false: {titles}" for titles in figures.false_merge_titles),
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(report(measure_links(parse_pairs(sys.stdin))) + "\n")
