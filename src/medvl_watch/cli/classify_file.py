"""`medvl-watch classify --input`: judge a file of papers, one line out for each line in."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from medvl_watch.classify.register import OpenClassifier
from medvl_watch.classify.routing import verdict_for_list
from medvl_watch.classify.verdictfile import verdict_line
from medvl_watch.cli.list_routing import Forecasts
from medvl_watch.cli.model_view import model_as_json
from medvl_watch.cli.output import counted, first_of, plural, progress, say, say_json, warn
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.papers.merging import paper_of
from medvl_watch.ports import Classifier
from medvl_watch.records import Decision, Record, Verdict
from medvl_watch.storage.json_lines import (
    BATCH,
    UnreadableLine,
    batches,
    records_of,
    whole_file,
)

UNREADABLE = "unreadable"
"""The flag of a line that is not a valid record."""
_EVERY = 5_000
_COLLECT_EVERY = 50_000

Judged = tuple[Record | UnreadableLine, Verdict]


def judge_file(
    source: Path,
    output: Path,
    judge: OpenClassifier,
    forecasts: Forecasts | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Judge every line of `source` and write one verdict per line, all of them or none.

    With `forecasts`, which are for one list, the verdicts are for that list and say what a run
    would do there. A line that cannot be read is referred to a person under its own id, so the
    lines of both files correspond.
    """
    counts = {decision.value: 0 for decision in Decision}
    judges: Counter[str] = Counter()
    unreadable: list[WatchError] = []
    total = 0
    with progress() as report_step, whole_file(output) as file, _less_garbage_collection():
        own = forecasts.lists[0].judge.own if forecasts else None
        for given, verdict in judge_lines(records_of(source), own or judge.classifier):
            total += 1
            more = model_as_json(verdict)
            if forecasts is not None and isinstance(given, Record):
                known = forecasts.lists[0]
                verdict = known.without_proposal(verdict)  # noqa: PLW2901
                found = forecasts.of_judged(known, given, verdict)
                more["lists"] = [found.as_json()]
                route = known.context.router.route(verdict, given)
                verdict = verdict_for_list(verdict, route, is_placed=found.is_placed)  # noqa: PLW2901
            if isinstance(given, UnreadableLine):
                unreadable.append(given.error)
            else:
                judges[verdict.classifier] += 1
                counts[verdict.decision.value] += 1
            arxiv_id = given.arxiv_id if isinstance(given, Record) else None
            file.write(verdict_line(verdict, arxiv_id, more) + "\n")
            if total % _EVERY == 0:
                report_step(f"{total} lines read")
    problems = [*first_of(unreadable, where=str(source)), *judge.problems]
    problems += forecasts.problems if forecasts else []
    warn(problems)
    if str(output) != "-":
        _report(output, counts, judges, len(unreadable), judge, as_json=as_json)
    return combined_exit_code(problems)


@contextmanager
def _less_garbage_collection() -> Iterator[None]:
    """Collect garbage less often. Judging a stream makes many objects and no reference cycles;
    searching for cycles at Python's default thresholds took a twelfth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def judge_lines(
    given: Iterable[Record | UnreadableLine], classifier: Classifier
) -> Iterator[Judged]:
    """Each line with its verdict, in the same order, unreadable ones included; a verdict has the
    id of its record."""
    for batch in batches(iter(given), BATCH):
        papers = [paper_of(each) for each in batch if isinstance(each, Record)]
        verdicts = iter(classifier.judge(papers))
        for each in batch:
            yield each, _referred(each) if isinstance(each, UnreadableLine) else next(verdicts)


def _referred(line: UnreadableLine) -> Verdict:
    return Verdict(
        paper_id=line.id,
        relevance=0.0,
        decision=Decision.REFER,
        flags=(UNREADABLE,),
        reason=str(line.error),
    )


def _report(  # noqa: PLR0913  the figures of the report
    output: Path,
    counts: Mapping[str, int],
    judges: Mapping[str, int],
    unreadable: int,
    judge: OpenClassifier,
    *,
    as_json: bool,
) -> None:
    """Print what was written. `judges` counts the papers by the classifier that judged them,
    which is the fallback where a model did not answer."""
    if as_json:
        say_json(
            {
                "written": str(output),
                "judged": sum(counts.values()),
                "decisions": counts,
                "unreadable": unreadable,
                "classifier": judge.classifier.name,
                "judged_by": judges,
                "spent": judge.usage_summary,
            }
        )
        return
    words = counted({f"to {name}": count for name, count in counts.items()})
    lost = f"; {plural(unreadable, 'line')} unreadable, for a person" if unreadable else ""
    say(f"{plural(sum(counts.values()), 'paper')} judged{_by(judges)}: "
        f"{words or 'nothing to judge'}{lost}; written to {output}.")  # fmt: skip
    if judge.usage_summary:
        say(judge.usage_summary)


def _by(judges: Mapping[str, int]) -> str:
    """` by local`, or ` by local (36) and llm (2)`; empty where no paper was judged."""
    with_counts = [f"{name} ({count})" for name, count in judges.items()]
    names = with_counts if len(judges) > 1 else list(judges)
    return f" by {' and '.join(names)}" if names else ""
