from __future__ import annotations

from collections.abc import Sequence

import pytest

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.evaluate import curves, gold
from medvl_watch.evaluate.gold import GoldAnswer, GoldPaper
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests.classify.small import small

A, B, C = ("One", "A"), ("One", "B"), ("Two", "C")


def filed(*ranked: tuple[tuple[str, ...], float], wanted: tuple[str, ...] = A) -> GoldAnswer:
    return GoldAnswer(ranked, (wanted,))


FOUR = [
    filed((A, 0.9), (B, 0.1)),
    filed((B, 0.6), (A, 0.3)),
    filed((C, 0.4), (A, 0.3), (B, 0.3)),
    filed(),
]


def test_shares_are_those_of_a_count_by_hand() -> None:
    figures = gold.figures(FOUR)
    assert (figures.papers, figures.answered, figures.top1, figures.top2) == (4, 0.75, 0.25, 0.75)
    assert figures.top_level == 0.75, "two headings of one parent outweigh one of another"
    assert figures.top1_low < 0.25 < figures.top1_high
    assert figures.errors_in_30 == pytest.approx(1 / 3)


def test_no_paper_has_no_figures() -> None:
    with pytest.raises(ValueError, match="no paper"):
        gold.figures([])


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(0, 10, 0.0, 0.28), (5, 10, 0.24, 0.76), (10, 10, 0.72, 1.0)],
)
def test_intervals_are_wilsons(right: int, count: int, low: float, high: float) -> None:
    assert gold.interval(right, count) == pytest.approx((low, high), abs=0.005)


PAPERS = [
    GoldPaper(
        Record(id=f"p{number}", title=f"{words} of medical images {number}"),
        (("Papers", heading),),
    )
    for number in range(30)
    for words, heading in (("Contrastive learning", "Training"), ("Report generation", "Words"))
]


def judged(papers: Sequence[GoldPaper]) -> Sequence[Verdict]:
    given = [Paper(id=each.record.id, facts=each.record) for each in papers]
    return RulesClassifier(small()).judge(given)


def test_sections_are_learned_from_the_other_folds_only() -> None:
    """A section that only one paper has cannot be learned for that paper."""
    alone = GoldPaper(Record(id="alone", title="Quartz"), (("Papers", "Minerals"),))
    found = list(gold.by_folds([*PAPERS, alone], judged([*PAPERS, alone]), small()))
    assert len(found) == len(PAPERS) + 1
    assert gold.figures([each for each in found if each.wanted != alone.wanted]).top1 > 0.95
    [only] = [each for each in found if each.wanted == alone.wanted]
    assert not only.right()


def test_every_fold_has_papers_and_stays_the_same() -> None:
    folds = [gold.fold_of(paper.record) for paper in PAPERS]
    assert set(folds) == set(range(gold.FOLDS))
    assert folds == [gold.fold_of(paper.record) for paper in PAPERS]


def test_verdicts_go_through_the_lists_map() -> None:
    list_map = gold.map_of(PAPERS, small())
    assert list_map is not None
    assert list_map.id == "tasks"
    found = list(gold.by_map(PAPERS, judged(PAPERS), list_map, small()))
    assert all(each.right() for each in found)
    both = list(gold.by_folds(PAPERS, judged(PAPERS), small(), list_map))
    assert all(each.right() for each in both)


def test_papers_of_an_unknown_list_have_no_map() -> None:
    stranger = GoldPaper(Record(id="x", title="X"), (("Nowhere",),))
    assert gold.map_of([stranger], small()) is None


# --- curves ---------------------------------------------------------------------------------


def test_precision_and_recall_after_each_positive() -> None:
    verdicts = [
        Verdict(paper_id=name, relevance=relevance, decision=Decision.REJECT)
        for name, relevance in (("a", 0.9), ("maybe", 0.8), ("b", 0.7), ("c", 0.6))
    ]
    curve = curves.precision_recall(verdicts, {"a", "c"}, {"maybe"})
    assert curve == [(0.5, 1.0), (1.0, pytest.approx(2 / 3))]


def test_the_bot_stands_on_the_curve_where_it_proposes_and_where_it_refers() -> None:
    given = (
        ("a", 0.9, Decision.PROPOSE, ()),
        ("maybe", 0.8, Decision.PROPOSE, ()),
        ("x", 0.7, Decision.PROPOSE, ()),
        ("c", 0.4, Decision.REFER, ()),
        ("flagged", 0.1, Decision.REFER, ("suspicious-text",)),
        ("y", 0.2, Decision.REJECT, ()),
    )
    verdicts = [
        Verdict(paper_id=name, relevance=relevance, decision=decision, flags=flags)
        for name, relevance, decision, flags in given
    ]
    first, second = curves.operating_points(verdicts, {"a", "c"}, {"maybe"})
    assert first == ("proposed", 0.5, 0.5, 0.7)
    assert second == ("proposed or referred", 1.0, 0.5, 0.4)
    assert curves.operating_points(verdicts[-1:], {"a"}, set()) == []


def test_bins_hold_every_answer_once() -> None:
    bins = curves.reliability([(0.0, False), (0.05, True), (0.95, True), (1.0, True)])
    assert [each.papers for each in bins] == [2, 2]
    assert [each.right for each in bins] == [0.5, 1.0]


def test_errors_are_caught_from_the_least_sure_on() -> None:
    answers = [(0.1, False), (0.9, True), (0.2, True), (0.3, False)]
    assert curves.errors_caught(answers)[1:] == [(0.25, 0.5), (0.5, 0.5), (0.75, 1.0), (1.0, 1.0)]
    assert curves.errors_caught([(0.5, True)]) == []


def test_decisions_are_counted_by_the_first_kind_that_has_the_paper() -> None:
    verdicts = [
        Verdict(paper_id=name, relevance=0.5, decision=decision)
        for name, decision in (("a", Decision.PROPOSE), ("b", Decision.REFER))
    ]
    table = curves.decisions_by_kind(verdicts, {"listed": {"a"}, "hard": {"a"}})
    assert table["listed"] == {"propose": 1, "refer": 0, "reject": 0}
    assert sum(table["hard"].values()) == 0
    assert table["other"]["refer"] == 1
