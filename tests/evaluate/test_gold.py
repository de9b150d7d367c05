from __future__ import annotations

from collections.abc import Sequence

import pytest

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.evaluate import curves, gold
from medvl_watch.evaluate.gold import GoldAnswer, GoldPaper
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests.classify.taxonomies import small_taxonomy

A, B, C = ("One", "A"), ("One", "B"), ("Two", "C")


def answer(*ranked: tuple[tuple[str, ...], float], correct: tuple[str, ...] = A) -> GoldAnswer:
    return GoldAnswer(ranked, (correct,))


FOUR_ANSWERS = [
    answer((A, 0.9), (B, 0.1)),
    answer((B, 0.6), (A, 0.3)),
    answer((C, 0.4), (A, 0.3), (B, 0.3)),
    answer(),
]


def test_figures_of_four_answers() -> None:
    figures = gold.gold_figures(FOUR_ANSWERS)
    assert (figures.papers, figures.answered, figures.top1, figures.top2) == (4, 0.75, 0.25, 0.75)
    assert figures.top_level == 0.75, "two headings of one parent outweigh one of another"
    assert figures.top1_low < 0.25 < figures.top1_high
    assert figures.errors_in_30 == pytest.approx(1 / 3)


def test_figures_of_no_answers_are_an_error() -> None:
    with pytest.raises(ValueError, match="no paper"):
        gold.gold_figures([])


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [(0, 10, 0.0, 0.28), (5, 10, 0.24, 0.76), (10, 10, 0.72, 1.0)],
)
def test_wilson_interval(correct: int, count: int, low: float, high: float) -> None:
    assert gold.wilson_interval(correct, count) == pytest.approx((low, high), abs=0.005)


PAPERS = [
    GoldPaper(
        Record(id=f"p{number}", title=f"{words} of medical images {number}"),
        (("Papers", heading),),
    )
    for number in range(30)
    for words, heading in (("Contrastive learning", "Training"), ("Report generation", "Words"))
]


def verdicts_of(gold_papers: Sequence[GoldPaper]) -> Sequence[Verdict]:
    papers = [Paper(id=each.record.id, facts=each.record) for each in gold_papers]
    return RulesClassifier(small_taxonomy()).judge(papers)


def test_sections_are_learned_from_the_other_folds_only() -> None:
    """A section that only one paper has cannot be learned for that paper."""
    minerals = GoldPaper(Record(id="alone", title="Quartz"), (("Papers", "Minerals"),))
    papers = [*PAPERS, minerals]
    answers = list(gold.answers_by_folds(papers, verdicts_of(papers), small_taxonomy()))
    assert len(answers) == len(papers)
    assert (
        gold.gold_figures([each for each in answers if each.correct != minerals.sections]).top1
        > 0.95
    )
    [only] = [each for each in answers if each.correct == minerals.sections]
    assert not only.is_correct()


def test_every_fold_has_papers_and_never_changes() -> None:
    folds = [gold.fold_of(paper.record) for paper in PAPERS]
    assert set(folds) == set(range(gold.FOLDS))
    assert folds == [gold.fold_of(paper.record) for paper in PAPERS]


def test_sections_by_the_map_of_the_list() -> None:
    list_map = gold.find_list_map(PAPERS, small_taxonomy())
    assert list_map is not None
    assert list_map.id == "tasks"
    by_map = list(gold.answers_by_map(PAPERS, verdicts_of(PAPERS), list_map, small_taxonomy()))
    assert all(each.is_correct() for each in by_map)
    joined = list(gold.answers_by_folds(PAPERS, verdicts_of(PAPERS), small_taxonomy(), list_map))
    assert all(each.is_correct() for each in joined)


def test_papers_of_an_unknown_list_have_no_map() -> None:
    unknown = GoldPaper(Record(id="x", title="X"), (("Nowhere",),))
    assert gold.find_list_map([unknown], small_taxonomy()) is None


# --- curves ---------------------------------------------------------------------------------


def test_precision_and_recall_after_each_positive() -> None:
    verdicts = [
        Verdict(paper_id=name, relevance=relevance, decision=Decision.REJECT)
        for name, relevance in (("a", 0.9), ("maybe", 0.8), ("b", 0.7), ("c", 0.6))
    ]
    curve = curves.precision_recall(verdicts, {"a", "c"}, {"maybe"})
    assert curve == [(0.5, 1.0), (1.0, pytest.approx(2 / 3))]


def test_operating_points_for_proposing_and_for_referring() -> None:
    rows = (
        ("a", 0.9, Decision.PROPOSE, ()),
        ("maybe", 0.8, Decision.PROPOSE, ()),
        ("x", 0.7, Decision.PROPOSE, ()),
        ("c", 0.4, Decision.REFER, ()),
        ("flagged", 0.1, Decision.REFER, ("suspicious-text",)),
        ("y", 0.2, Decision.REJECT, ()),
    )
    verdicts = [
        Verdict(paper_id=name, relevance=relevance, decision=decision, flags=flags)
        for name, relevance, decision, flags in rows
    ]
    first, second = curves.operating_points(verdicts, {"a", "c"}, {"maybe"})
    assert first == ("proposed", 0.5, 0.5, 0.7)
    assert second == ("proposed or referred", 1.0, 0.5, 0.4)
    assert curves.operating_points(verdicts[-1:], {"a"}, set()) == []


def test_every_answer_is_in_one_bin() -> None:
    bins = curves.reliability([(0.0, False), (0.05, True), (0.95, True), (1.0, True)])
    assert [each.papers for each in bins] == [2, 2]
    assert [each.correct_share for each in bins] == [0.5, 1.0]


def test_error_curve_begins_with_the_lowest_scores() -> None:
    answers = [(0.1, False), (0.9, True), (0.2, True), (0.3, False)]
    assert curves.error_curve(answers)[1:] == [(0.25, 0.5), (0.5, 0.5), (0.75, 1.0), (1.0, 1.0)]
    assert curves.error_curve([(0.5, True)]) == []


def test_a_paper_of_two_kinds_counts_for_the_first() -> None:
    verdicts = [
        Verdict(paper_id=name, relevance=0.5, decision=decision)
        for name, decision in (("a", Decision.PROPOSE), ("b", Decision.REFER))
    ]
    table = curves.decisions_by_kind(verdicts, {"listed": {"a"}, "hard": {"a"}})
    assert table["listed"] == {"propose": 1, "refer": 0, "reject": 0}
    assert sum(table["hard"].values()) == 0
    assert table["other"]["refer"] == 1
