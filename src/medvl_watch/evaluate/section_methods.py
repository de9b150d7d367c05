"""Compares the methods `learned`, `mapped` and `joined` of `gold` on papers with known sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.evaluate import gold
from medvl_watch.evaluate.gold import GoldAnswer, GoldPaper
from medvl_watch.papers.merging import paper_of
from medvl_watch.ports import Classifier
from medvl_watch.records import Record

ALL_LISTS = "all lists"

AnswersByMethod: TypeAlias = dict[tuple[str, str], list[GoldAnswer]]
"""The answers by (name of the list, method)."""


def papers_by_list(records: Iterable[Record]) -> dict[str, list[GoldPaper]]:
    """The papers of each list, from the `labels` of the records; empty if there are no labels."""
    lists: dict[str, list[GoldPaper]] = defaultdict(list)
    for record in records:
        sections: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        labels = record.extra.get("labels")
        for label in labels if isinstance(labels, list) else ():
            path = label.get("section_path") if isinstance(label, dict) else None
            if isinstance(path, list) and path:
                sections[str(label.get("list"))].append(tuple(map(str, path)))
        for name, paths in sections.items():
            lists[name].append(GoldPaper(record, tuple(paths)))
    return dict(sorted(lists.items()))


def answers_by_method(
    papers: Sequence[GoldPaper], classifier: Classifier, taxonomy: Taxonomy
) -> Iterator[tuple[str, list[GoldAnswer]]]:
    """Each method with its answers for the papers of one list. The last method is the one that
    the product uses for this list."""
    verdicts = classifier.judge([paper_of(paper.record) for paper in papers])
    yield "learned", list(gold.answers_by_folds(papers, verdicts, taxonomy))
    list_map = gold.find_list_map(papers, taxonomy)
    if list_map is not None:
        yield "mapped", list(gold.answers_by_map(papers, verdicts, list_map, taxonomy))
        yield "joined", list(gold.answers_by_folds(papers, verdicts, taxonomy, list_map))


def over_all_lists(answers: Mapping[tuple[str, str], Sequence[GoldAnswer]]) -> AnswersByMethod:
    """The answers of each method for all lists together; empty if there is only one list."""
    combined: AnswersByMethod = {}
    if len({name for name, _ in answers}) > 1:
        for (_, method), each in answers.items():
            combined.setdefault((ALL_LISTS, method), []).extend(each)
    return combined


def confusion(answers: Sequence[GoldAnswer]) -> dict[str, dict[str, int]]:
    """The confusion matrix of the innermost headings: counts by correct and by ranked heading.
    If a paper has several correct sections and the ranked one is among them, that one counts."""
    pairs = [
        (
            each.ranked[0][0] if each.is_correct() else each.correct[0],
            each.ranked[0][0] if each.ranked else ("none",),
        )
        for each in answers
    ]
    names = sorted({path[-1] for pair in pairs for path in pair})
    counts = {name: dict.fromkeys(names, 0) for name in names}
    for correct, ranked in pairs:
        counts[correct[-1]][ranked[-1]] += 1
    return counts
