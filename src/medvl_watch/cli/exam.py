"""`medvl-watch exam`: find out how far the configured language model can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from medvl_watch.classify.exam.result import ExamResult
from medvl_watch.classify.exam.scores import ExamScores, score
from medvl_watch.classify.exam.weight import ModelWeight, weigh
from medvl_watch.cli import plots
from medvl_watch.cli.exam_taking import ExamSession, every_tenth
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import bar, progress, say, say_json, warn
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.evaluate.calibration import calibration_error
from medvl_watch.evaluate.curves import reliability
from medvl_watch.exam_results import save_result
from medvl_watch.state import locked_folder

LARGE_USD = 1.0
"""The estimated cost in US dollars from which --yes is required."""


@click.command(
    epilog=examples(
        "medvl-watch exam",
        "medvl-watch exam --output exam.json      a copy to keep in git (classifier.exam_result)",
        "medvl-watch exam --again --plots plots",
    )
)
@click.option("--again", is_flag=True, help="Take the exam even if there is a valid result.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write the result to this file, too."
)
@click.option(
    "--plots", "folder", type=click.Path(path_type=Path), help="Draw the calibration here."
)
@click.option("--yes", is_flag=True, help="Do not stop for confirmation, whatever it may cost.")
@config_option
@json_option
def command(  # noqa: PLR0913  one parameter per option
    *, config: Path | None, again: bool, output: Path | None, folder: Path | None, yes: bool,
    as_json: bool,
) -> ExitCode:  # fmt: skip
    """Ask the language model about papers with known verdicts, and show how well it does.

    How much the model's answers count in `run` and `classify` follows from the result. It is
    kept in the state folder and is valid for this model, prompt and taxonomy. An exam that was
    cut off goes on where it stopped.
    """
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    name = settings.classifier.name if settings.classifier.name in {"llm", "cascade"} else "llm"
    moment = now()
    with locked_folder(settings.state), judge_of(settings, taxonomy, moment, name=name) as judge:
        session = ExamSession(settings, taxonomy, judge, moment)
        result = None if again else session.result
        is_new = result is None
        if result is None:
            _confirm(session, yes=yes)
            with progress() as tell:
                result = session.take(every_tenth(tell))
        problems = [*judge.problems] if is_new else []
    if output is not None:
        save_result(result, output)
    scores, weight = score(result.answers), weigh(result.answers)
    drawn = _draw(result, folder) if folder else []
    if as_json:
        say_json(_as_json(result, scores, weight, is_new=is_new))
    else:
        _show(result, scores, weight, is_new=is_new)
        for path in drawn:
            say(f"Drawn: {path}")
    warn(problems)
    return ExitCode.DONE


def _confirm(session: ExamSession, *, yes: bool) -> None:
    estimate = session.estimate()
    say(f"Estimate: {estimate}", err=True)
    if not yes and (estimate.usd or 0.0) >= LARGE_USD:
        raise ConfigError(
            "the exam may cost much", where="exam", remedy="give --yes to take it all the same"
        )


def _show(result: ExamResult, scores: ExamScores, weight: ModelWeight, *, is_new: bool) -> None:
    source = "" if is_new else f", taken {result.taken_at}"
    say(f"{result.key.model}: {scores.answered} of {scores.papers} papers answered{source}")
    say(f"{'':22}{'model':>18}{'local':>18}")
    for name, model, local in (
        ("relevance, AUC", f"{scores.auc:.3f}", f"{scores.local_auc:.3f}"),
        ("relevance, Brier", f"{scores.brier:.3f}", f"{scores.local_brier:.3f}"),
        ("category", scores.leaf, scores.local_leaf),
        ("section of a list", scores.section, scores.local_section),
        ("same answer twice", scores.repeats, ""),
    ):
        say(f"{name:22}{model!s:>18}{local!s:>18}")
    answered = [(each.opinion, each.belongs) for each in result.answers]
    say(f"calibration error      {calibration_error(answered):.3f}")
    for each in reliability(answered):
        share = each.correct_share
        say(f"  says {each.mean_score:.2f} {bar(share)} {share:.2f} belong ({each.papers})")
    money = "price unknown" if result.usd is None else f"{result.usd:.4f} USD"
    say(
        f"{result.calls} calls, {result.input_tokens} + {result.output_tokens} tokens, {money}, "
        f"{result.seconds:.0f} s"
    )
    say(conclusion(weight))


def conclusion(weight: ModelWeight) -> str:
    """What follows from the exam, in a sentence or two."""
    if weight.ignored:
        return f"The model is not asked: {weight.ignored}."
    power = (
        "It does better than `local`, so it decides over any number of steps."
        if weight.better_than_local
        else "It does not do better than `local`, so it moves a decision by at most one step."
    )
    return (
        f"{power} Its answers count {weight.leaf_trust:.0%} in the choice of a category and "
        f"{weight.section_trust:.0%} in that of a list's section."
    )


def _draw(result: ExamResult, folder: Path) -> list[Path]:
    answers = [(each.opinion, each.belongs) for each in result.answers]
    title = f"Exam of {result.key.model}"
    return plots.draw(folder, {"exam-calibration": plots.calibration(reliability(answers), title)})


def _as_json(
    result: ExamResult, scores: ExamScores, weight: ModelWeight, *, is_new: bool
) -> dict[str, Any]:
    return {
        "model": result.key.model,
        "taken_at": result.taken_at,
        "is_new": is_new,
        "papers": scores.papers,
        "answered": scores.answered,
        "auc": round(scores.auc, 4),
        "local_auc": round(scores.local_auc, 4),
        "brier": round(scores.brier, 4),
        "local_brier": round(scores.local_brier, 4),
        "leaf": [scores.leaf.right, scores.leaf.count],
        "section": [scores.section.right, scores.section.count],
        "repeats": [scores.repeats.right, scores.repeats.count],
        "usd": result.usd,
        "seconds": result.seconds,
        "conclusion": conclusion(weight),
    }
