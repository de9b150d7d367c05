"""Checks the cost before a language model judges a file, one by one or by batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medvl_watch.classify.cascade import CascadeClassifier
from medvl_watch.classify.llm.batch import Batches
from medvl_watch.classify.llm.batch_runner import BatchProgress, BatchRunner
from medvl_watch.classify.llm.setup import OpenLlm
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.errors import ConfigError, ExitCode, ModelDenied
from medvl_watch.papers.merging import paper_of
from medvl_watch.records import Paper, Record
from medvl_watch.storage.json_lines import records_of

LARGE = 100
"""From this number of calls on, --yes is required."""


def check_cost(source: Path, judge: OpenClassifier, *, yes: bool) -> None:
    """Print the estimated cost. Raises ConfigError for a large run without --yes."""
    if judge.llm is None:
        return
    if str(source) == "-":
        _require_yes(yes, "standard input cannot be read twice, so the cost cannot be estimated")
        return
    estimate = judge.llm.classifier.estimate(_to_ask(source, judge))
    if judge.llm.classifier.obstacle or not estimate.calls:
        return
    if estimate.calls >= LARGE:
        _require_yes(yes, f"this may need many calls of a language model ({estimate})")
    say(f"Estimate: {estimate}", err=True)


def _require_yes(yes: bool, what: str) -> None:  # noqa: FBT001  the option itself
    if not yes:
        raise ConfigError(
            what, where="classify", remedy="give --yes, or --batch for half the price"
        )


def run_batches(
    source: Path, judge: OpenClassifier, *, yes: bool, as_json: bool
) -> ExitCode | None:
    """Collect the answers of finished batches and submit the questions that are left. None when
    the file can be judged. Raises ConfigError, ModelError or LedgerError; then nothing was
    submitted."""
    if judge.llm is None:
        raise ConfigError(
            f"the classifier {judge.classifier.name!r} does not use a language model",
            where="--batch",
            remedy="name llm or cascade as --classifier",
        )
    if str(source) == "-":
        raise ConfigError("standard input cannot be read again later", where="--batch")
    runner = _batch_runner(judge.llm)
    obstacle = judge.llm.classifier.obstacle
    if isinstance(obstacle, ModelDenied) or (obstacle and not runner.has_open_batch):
        raise obstacle  # answers that are paid for are collected even without budget
    progress = runner.collect(_to_ask(source, judge))
    if progress.collected:
        say(f"{plural(progress.collected, 'answer')} collected from a batch.", err=True)
    if progress.is_done:
        return None
    if progress.waiting:
        if len(progress.waiting) >= LARGE:
            _require_yes(yes, f"this would submit {_shown(progress)}")
        batch = runner.submit(progress)
        _print_batch("submitted", batch.id, f"{_shown(progress)}, within a day", as_json=as_json)
    for batch in progress.running:
        done = f"{batch.done} done, {batch.failed} failed so far"
        _print_batch(batch.status.replace("_", " "), batch.id, done, as_json=as_json)
    return ExitCode.LATER


def _print_batch(state: str, batch_id: str, words: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"batch": batch_id, "state": state, "detail": words})
    else:
        say(f"Batch {batch_id} is {state}: {words}. Run the same command again to collect it.")


def _shown(progress: BatchProgress) -> str:
    count = plural(len(progress.waiting), "question")
    return f"{count} at no more than {progress.max_usd:.4f} USD"


def _batch_runner(llm: OpenLlm) -> BatchRunner:
    return BatchRunner(llm.classifier, Batches(llm.server), llm.cache)


def _to_ask(source: Path, judge: OpenClassifier) -> Sequence[Paper]:
    """The papers of the file that the model would be asked about."""
    papers = [paper_of(each) for each in records_of(source) if isinstance(each, Record)]
    if isinstance(judge.classifier, CascadeClassifier):
        return judge.classifier.unclear_papers(papers)
    return papers
