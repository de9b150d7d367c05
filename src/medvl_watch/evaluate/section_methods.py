"""Each way to file papers of known sections, measured side by side: `learned`, `mapped`, `joined`
(see `gold`)."""

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
"""By a list's name and the method."""


def papers_by_list(records: Iterable[Record]) -> dict[str, list[GoldPaper]]:
    """The papers of each list, by what `labels` of the records say; empty if none does."""
    lists: dict[str, list[GoldPaper]] = defaultdict(list)
    for record in records:
        wanted: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        labels = record.extra.get("labels")
        for label in labels if isinstance(labels, list) else ():
            place = label.get("section_path") if isinstance(label, dict) else None
            if isinstance(place, list) and place:
                wanted[str(label.get("list"))].append(tuple(map(str, place)))
        for name, paths in wanted.items():
            lists[name].append(GoldPaper(record, tuple(paths)))
    return dict(sorted(lists.items()))


def answers_by_method(
    papers: Sequence[GoldPaper], classifier: Classifier, taxonomy: Taxonomy
) -> Iterator[tuple[str, list[GoldAnswer]]]:
    """Each method with its answers for one list's papers; the last is the one the bot uses."""
    verdicts = classifier.judge([paper_of(paper.record) for paper in papers])
    yield "learned", list(gold.by_folds(papers, verdicts, taxonomy))
    list_map = gold.map_of(papers, taxonomy)
    if list_map is not None:
        yield "mapped", list(gold.by_map(papers, verdicts, list_map, taxonomy))
        yield "joined", list(gold.by_folds(papers, verdicts, taxonomy, list_map))


def over_all_lists(answers: Mapping[tuple[str, str], Sequence[GoldAnswer]]) -> AnswersByMethod:
    """Each method over all lists, where there are several."""
    together: AnswersByMethod = {}
    if len({name for name, _ in answers}) > 1:
        for (_, method), each in answers.items():
            together.setdefault((ALL_LISTS, method), []).extend(each)
    return together


def confusion(answers: Sequence[GoldAnswer]) -> dict[str, dict[str, int]]:
    """Innermost headings, right against named; a paper that was named rightly counts for the
    section that was meant."""
    pairs = [
        (each.ranked[0][0] if each.right() else each.wanted[0],
         each.ranked[0][0] if each.ranked else ("none",))
        for each in answers
    ]  # fmt: skip
    names = sorted({path[-1] for pair in pairs for path in pair})
    counts = {name: dict.fromkeys(names, 0) for name in names}
    for right, named in pairs:
        counts[right[-1]][named[-1]] += 1
    return counts
