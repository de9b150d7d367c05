"""What `doctor` says of the exam of a model and of the own entries of lists."""

from __future__ import annotations

import pytest

from medvl_watch.classify.exam.result import ExamKey, ExamResult
from medvl_watch.diagnosis.classifier_checks import assess_exam, assess_list
from medvl_watch.diagnosis.findings import HealthStatus
from medvl_watch.errors import ListError
from medvl_watch.offers.own_entries import EntryCheck
from tests.classify.exam.models import Opinion, answers_of, guessing, knowing, usual_local

KEY = ExamKey(base_url="", model="m", prompt="", taxonomy="", exam="")


def result_of(opinion: Opinion, problem: str = "") -> ExamResult:
    answers = answers_of(opinion, usual_local)
    return ExamResult(key=KEY, taken_at="2026-03-01T09:00:00", answers=answers, problem=problem)


@pytest.mark.parametrize(
    ("result", "status", "words"),
    [
        pytest.param(None, HealthStatus.WARNING, "medvl-watch exam`", id="no exam"),
        pytest.param(
            result_of(knowing, "it answers otherwise"),
            HealthStatus.WARNING,
            "exam --again",
            id="changed since",
        ),
        pytest.param(result_of(guessing), HealthStatus.FAILED, "is not asked", id="not passed"),
        pytest.param(result_of(knowing), HealthStatus.OK, "exam of 2026-03-01", id="passed"),
    ],
)
def test_exam(result: ExamResult | None, status: HealthStatus, words: str) -> None:
    finding = assess_exam("m", result)
    assert finding.status is status
    assert words in f"{finding.detail} {finding.remedy}"
    assert bool(finding.remedy) is (status is not HealthStatus.OK)


PROBLEM = ListError("it would reject all", where="mine", remedy="name another classifier")


@pytest.mark.parametrize(
    ("own", "problem", "status", "words"),
    [
        pytest.param(
            EntryCheck(classifier="local", judged=50, rejected=2),
            None,
            HealthStatus.OK,
            "`local` accepts 48 of 50",
            id="knows the list",
        ),
        pytest.param(
            EntryCheck(classifier="local", judged=50, rejected=50),
            PROBLEM,
            HealthStatus.FAILED,
            "name another classifier",
            id="knows another subject",
        ),
        pytest.param(None, PROBLEM, HealthStatus.FAILED, "reject all", id="cannot learn"),
        pytest.param(
            EntryCheck(classifier="local", judged=0, rejected=0),
            None,
            HealthStatus.SKIPPED,
            "no entries",
            id="empty list",
        ),
    ],
)
def test_own_entries(
    own: EntryCheck | None, problem: ListError | None, status: HealthStatus, words: str
) -> None:
    finding = assess_list("mine", own, problem)
    assert finding.check == "list mine"
    assert finding.status is status
    assert words in f"{finding.detail} {finding.remedy}"
