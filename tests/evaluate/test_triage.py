from __future__ import annotations

import pytest

from medvl_watch.evaluate.triage import triage_figures
from medvl_watch.records import Decision, Verdict

PROPOSE, REFER, REJECT = Decision.PROPOSE, Decision.REFER, Decision.REJECT


def stream(*rows: tuple[str, float, Decision]) -> list[Verdict]:
    return [
        Verdict(paper_id=paper_id, relevance=relevance, decision=decision)
        for paper_id, relevance, decision in rows
    ]


TEN = stream(
    ("good1", 0.99, PROPOSE),
    ("maybe", 0.98, PROPOSE),
    ("hard", 0.90, PROPOSE),
    ("good2", 0.50, REFER),
    *((f"far{number}", 0.01, REJECT) for number in range(5)),
    ("good3", 0.0, REJECT),
)


def test_figures_of_ten_papers() -> None:
    figures = triage_figures(TEN, {"good1", "good2", "good3"}, {"hard"})
    assert (figures.papers, figures.positives, figures.hard) == (10, 3, 1)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.recall_proposed == pytest.approx(1 / 3)
    assert figures.average_precision == pytest.approx((1 / 1 + 2 / 4 + 3 / 10) / 3)
    assert (figures.read95, figures.hard_proposed) == (1.0, 1.0)
    assert (figures.proposed, figures.referred) == (0.3, 0.1)


def test_excluded_papers_do_not_count_in_the_ranking() -> None:
    figures = triage_figures(TEN, {"good1", "good2"}, {"hard"}, {"maybe"})
    assert figures.average_precision == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert figures.read99 == pytest.approx(3 / 9)


def test_a_paper_without_a_verdict_counts_as_missed() -> None:
    figures = triage_figures(TEN, {"good1", "lost"})
    assert figures.recall == 0.5
    assert figures.read95 == 1.0


def test_a_positive_is_never_a_hard_negative() -> None:
    assert triage_figures(TEN, {"hard"}, {"hard"}).hard == 0


def test_figures_without_positives_are_an_error() -> None:
    with pytest.raises(ValueError, match="no paper"):
        triage_figures(TEN, set())
