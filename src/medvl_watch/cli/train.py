"""`medvl-watch train`: make the model of the classifier `local`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from medvl_watch.classify.model import dump_model
from medvl_watch.cli.ledger_place import ledger_place
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option, with_options
from medvl_watch.cli.output import first_of, progress, say, say_json, warn
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import Settings
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.evaluate.judged import JudgedFigures
from medvl_watch.evaluate.triage import TriageFigures
from medvl_watch.ledger.files import ledger_to_read
from medvl_watch.storage.user_files import write_text
from medvl_watch.training.comparison import ModelComparison, data_card, train_and_compare
from medvl_watch.training.decisions import PaperDecisions, decisions_in
from medvl_watch.training.fitting.feature_matrix import libraries
from medvl_watch.training.material import TrainingInputs, digests, gather
from medvl_watch.training.model_output import check_output, model_to_match

_FILES: dict[str, Any] = {"type": file_type, "multiple": True}

_EXAMPLES = examples(
    "medvl-watch train --papers stream.jsonl.gz --labels listed.jsonl --output model.json",
    "medvl-watch train --decisions --list README.md --output model.json",
)
_OPTIONS = (
    click.option(
        "--papers", **_FILES, help="The stream: every paper of some months, one per line."
    ),
    click.option(
        "--labels", **_FILES, help="Papers, of the stream or not, that are on curated lists."
    ),
    click.option(
        "--negatives", **_FILES, help="Hard negatives: papers that look relevant and are not."
    ),
    click.option("--silver", **_FILES, help="Papers that may be relevant; not used for training."),
    click.option(
        "--list", "lists", **_FILES, help="A Markdown list; its entries count as relevant."
    ),
    click.option(
        "--judged",
        **_FILES,
        help="A table of papers that a person judged by reading (docs/models.md).",
    ),
    click.option("--decisions", is_flag=True, help="Use what people accepted and refused so far."),
    click.option(
        "--evaluate-on",
        nargs=4,
        type=file_type,
        metavar="STREAM LABELS NEGATIVES SILVER",
        help="Compare models on these papers; none is used for training."
        " Default: one in five papers.",
    ),
    click.option("--evaluate-judged", **_FILES, help="Judged papers among those of --evaluate-on."),
    click.option(
        "--until",
        type=click.DateTime(["%Y-%m-%d"]),
        callback=lambda _context, _option, day: day.date().isoformat() if day else "",
        help="Leave out papers announced later, to measure how a model ages.",
    ),
    click.option("--output", required=True, type=file_type, help="Write the model here."),
    click.option(
        "--replace",
        "anyway",
        is_flag=True,
        help="Overwrite a better model, or a file of another kind.",
    ),
)


@click.command(epilog=_EXAMPLES)
@with_options(*_OPTIONS)
@config_option
@json_option
def command(
    output: Path, config: Path | None, *, anyway: bool, as_json: bool, **named: Any
) -> ExitCode:
    """Train the classifier `local` on papers that are on lists and papers that are not.

    The model is JSON: words and weights, no text. It is compared with the one at --output (or
    with the one that comes with medvl-watch) on papers that neither was trained on, and is
    written only if it is not worse. The comparison needs ten listed papers, which takes about
    fifty in the stream, from --labels, --list or --decisions. The stream is --papers; with
    --decisions alone it is what the bot has fetched. Needs the extra `train`.
    """
    made_with = libraries()
    settings, named_by = read_settings(config)
    material = TrainingInputs(**named)
    check_output(output, [*material.named, ("--config", named_by), ("taxonomy", settings.taxonomy)])
    old = model_to_match(output, anyway=anyway)
    warn([old.note] if old.note else [])
    files = digests(material.files)
    problems: list[WatchError] = []
    with progress() as report_step:
        taxonomy = read_taxonomy(settings)
        report_step("reading the papers")
        gathered = gather(material, _decisions(settings, material), taxonomy, problems)
        trial = train_and_compare(gathered, taxonomy, old.model, report_step)
    worse = () if anyway else trial.objections
    if not worse:
        card = data_card(material, trial, files, made_with)
        write_text(output, dump_model(replace(trial.model, card=card)))
    warn(first_of(problems, remedy="correct them"))
    _report(output, trial, old.name, worse, as_json=as_json)
    return ExitCode.PARTLY if worse or problems else ExitCode.DONE


def _decisions(settings: Settings, material: TrainingInputs) -> PaperDecisions:
    if not material.decisions:
        return PaperDecisions()
    with closing(ledger_to_read(ledger_place(settings))) as ledger:
        return decisions_in(ledger)


def _report(
    output: Path, trial: ModelComparison, old: str, worse: Sequence[str], *, as_json: bool
) -> None:
    if as_json:
        say_json(_as_json(output, trial, old, worse))
        return
    _say_figures(trial)
    if trial.before:
        say(f"before: {old}")
    if worse:
        say(f"Nothing is written: {', '.join(worse)} (--replace takes the new one all the same).")
    else:
        say(f"Written to {output}; name it as `classifier.model` to use it.")


def _as_json(
    output: Path, trial: ModelComparison, old: str, worse: Sequence[str]
) -> dict[str, Any]:
    return {
        "written": None if worse else str(output),
        "worse": list(worse),
        "figures": _shown(trial.figures) or None,
        "figures_before": _shown(trial.before) or None,
        "judged": _shown(trial.judged) or None,
        "judged_before": _shown(trial.judged_before) or None,
        "compared_with": old if trial.before else None,
    }


def _say_figures(trial: ModelComparison) -> None:
    """A table of the new model's figures, beside those of the old one."""
    if trial.figures:
        say(f"{'':34}{'new':>8}{'before' if trial.before else '':>8}")
    pairs = ((trial.figures, trial.before), (trial.judged, trial.judged_before))
    for figures, figures_before in pairs:
        before = _shown(figures_before)
        for name, value in _shown(figures).items():
            say(f"  {name.replace('_', ' '):32}{value:>8}{before.get(name, ''):>8}")


def _shown(figures: TriageFigures | JudgedFigures | None) -> dict[str, int | float]:
    return figures.rounded() if figures else {}
