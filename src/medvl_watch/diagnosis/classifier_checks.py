"""Decides what the exam of a language model and the own entries of a list mean."""

from __future__ import annotations

from medvl_watch.classify.exam.result import ExamResult
from medvl_watch.classify.exam.scores import score
from medvl_watch.classify.exam.weight import weigh
from medvl_watch.diagnosis.findings import HealthFinding, failed, passed, skipped, warned
from medvl_watch.errors import ListError
from medvl_watch.offers.own_entries import EntryCheck

_TAKE = "run `medvl-watch exam`, so that its answers count"


def assess_exam(model: str, result: ExamResult | None) -> HealthFinding:
    """Whether the configured model has shown that it can judge. `result` is that of its exam with
    today's prompt and taxonomy, None if it has none."""
    check = "model"
    if result is None:
        return warned(check, f"{model} has taken no exam with this prompt and taxonomy", _TAKE)
    if result.problem:
        return warned(check, f"{model}: {result.problem}", "run `medvl-watch exam --again`")
    scores, weight = score(result.answers), weigh(result.answers)
    if weight.ignored:
        return failed(
            check,
            f"{model} is not asked: {weight.ignored}",
            'name a more capable model, or set `classifier.name = "local"`',
        )
    power = "decides" if weight.better_than_local else "moves a decision by at most one step"
    return passed(
        check,
        f"{model} {power}: AUC {scores.auc:.2f} in its exam of {result.taken_at[:10]},"
        f" `local` {scores.local_auc:.2f}",
    )


def assess_list(list_id: str, own: EntryCheck | None, problem: ListError | None) -> HealthFinding:
    """Whether the classifier of a list knows what the list holds. `own` is how it judged the
    list's own entries, None if they could not be judged; `problem` is why it gets no pull
    request."""
    check = f"list {list_id}"
    if problem is not None:
        return failed(check, problem.what, problem.remedy)
    if own is None or not own.judged:
        return skipped(check, "it has no entries whose titles say what belongs there")
    accepted = own.judged - own.rejected
    return passed(check, f"`{own.classifier}` accepts {accepted} of {own.judged} of its entries")
