"""`medvl-watch train`: make the model of the classifier `local`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from medvl_watch import __version__
from medvl_watch.classify.examples import shares_for
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import Card, Model, dump_model, load_model
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.training import libraries, train_model
from medvl_watch.cli import labelled
from medvl_watch.cli.incumbent import check_output, incumbent
from medvl_watch.cli.list_files import file_type, write_list
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, progress, say, say_json, warn
from medvl_watch.cli.session import read_settings, read_taxonomy
from medvl_watch.cli.streams import first_of
from medvl_watch.cli.trainset import TestPapers, TrainingInputs, TrainingSet, digests, gather
from medvl_watch.config import Settings
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.evaluate.triage import TriageFigures, losses

FEWEST_HELD = 10
"""Listed papers below which a comparison says nothing."""

_FILES: dict[str, Any] = {"type": file_type, "multiple": True}


@click.command(
    epilog=examples(
        "medvl-watch train --papers stream.jsonl.gz --labels listed.jsonl --output model.json",
        "medvl-watch train --decisions --list README.md --output model.json",
    )
)
@click.option("--papers", **_FILES, help="The stream: every paper of some months, one a line.")
@click.option("--labels", **_FILES, help="Papers of it, or others, that curated lists hold.")
@click.option("--negatives", **_FILES, help="Papers that look as if they belonged, and do not.")
@click.option("--silver", **_FILES, help="Papers that may belong; never trained on.")
@click.option("--list", "lists", **_FILES, help="A Markdown list: its entries belong.")
@click.option("--decisions", is_flag=True, help="Use what people took and refused so far.")
@click.option(
    "--evaluate-on",
    nargs=4,
    type=file_type,
    metavar="STREAM LABELS NEGATIVES SILVER",
    help="Compare on these, and train on none of them. Default: one in five of the papers given.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _option, day: day.date().isoformat() if day else "",
    help="Leave out what was announced later: to see what age does to a model.",
)
@click.option("--output", required=True, type=file_type, help="Write the model here.")
@click.option(
    "--replace", "anyway", is_flag=True, help="Replace a better model, or a file of another kind."
)
@config_option
@json_option
def command(
    output: Path, config: Path | None, *, anyway: bool, as_json: bool, **named: Any
) -> ExitCode:
    """Train the classifier `local` on papers that lists hold and papers that they do not.

    The model is JSON: words and weights, no text. It is written only if it is not worse, on
    papers that it was not trained on, than the one at --output, or where there is none that
    can be read, the one that comes with medvl-watch. To tell, it takes ten listed papers to
    compare on: some fifty in the stream, by --labels, --list or --decisions. The stream is
    --papers, or with --decisions alone what the bot has seen. Needs the extra `train`.
    """
    made_with = libraries()
    settings, named_by = read_settings(config)
    material = TrainingInputs(**named)
    check_output(output, [*material.named, ("--config", named_by), ("taxonomy", settings.taxonomy)])
    old = incumbent(output, anyway=anyway)
    warn([old.note] if old.note else [])
    files = digests(material.files)
    problems: list[WatchError] = []
    with progress() as tell:
        trial = _trained(material, settings, old.model, problems, tell)
    worse = () if anyway else _worse(trial.figures, trial.before)
    if not worse:
        card = _card(material, trial, files, made_with)
        write_list(output, dump_model(replace(trial.model, card=card)))
    warn(first_of(problems, remedy="mend them"))
    _report(output, trial, old.name, worse, as_json=as_json)
    return ExitCode.PARTLY if worse or problems else ExitCode.DONE


class _ModelTest(NamedTuple):
    """A new model, and how it did beside the old one on papers that it was not trained on;
    None where none of them is listed, or where there is no old one."""

    model: Model
    gathered: TrainingSet
    figures: TriageFigures | None
    before: TriageFigures | None


def _trained(
    material: TrainingInputs,
    settings: Settings,
    old: Model | None,
    problems: list[WatchError],
    tell: Callable[[str], None],
) -> _ModelTest:
    taxonomy = read_taxonomy(settings)
    tell("reading the papers")
    gathered = gather(material, settings, taxonomy, problems)
    tell(f"training on {len(gathered.examples)} papers")
    shares = shares_for(gathered.examples)
    model = train_model(gathered.examples, taxonomy, trained_on=gathered.summary, shares=shares)
    model = load_model(dump_model(model), "the new model")  # as it will be read, rounded
    gathered.examples.clear()
    bench = gathered.bench
    if not bench.listed:
        return _ModelTest(model, gathered, None, None)
    tell("comparing with the old model")
    return _ModelTest(
        model,
        gathered,
        _measured(model, bench, taxonomy),
        _measured(old, bench, taxonomy) if old else None,
    )


def _measured(model: Model, bench: TestPapers, taxonomy: Taxonomy) -> TriageFigures:
    verdicts = list(labelled.judged(LocalClassifier(taxonomy, model), bench.papers))
    return labelled.figures_of(verdicts, bench.labels, bench.where)


def _worse(new: TriageFigures | None, old: TriageFigures | None) -> tuple[str, ...]:
    """Why the new model is not to be written; empty if it is."""
    positives = new.positives if new else 0
    if positives < FEWEST_HELD:
        there = "is" if positives == 1 else "are"
        return (f"only {plural(positives, 'listed paper')} {there} there to compare on",)
    return losses(new, old) if new and old else ()


def _card(
    material: TrainingInputs, trial: _ModelTest, files: dict[str, str], made_with: str
) -> Card:
    """What went in, how, and what came out: enough to make the same model again."""
    return {
        "made by": f"medvl-watch {__version__} with {made_with}",
        "command": material.command,
        "files": files,
        "counts": dict(trial.gathered.counts),
        "dates": trial.gathered.dates,
        "measured on": material.evaluate_on[0].name
        if material.evaluate_on
        else "one in five of the papers, held back",
        "figures": _shown(trial.figures),
        "holds": "words with their rarity and weight, counted over many papers; no text",
    }


def _report(
    output: Path, trial: _ModelTest, old: str, worse: Sequence[str], *, as_json: bool
) -> None:
    if as_json:
        say_json(
            {
                "written": None if worse else str(output),
                "worse": list(worse),
                "figures": _shown(trial.figures) or None,
                "figures_before": _shown(trial.before) or None,
                "compared_with": old if trial.before else None,
            }
        )
        return
    before = _shown(trial.before)
    if trial.figures:
        say(f"{'':34}{'new':>8}{'before' if before else '':>8}")
    for name, value in _shown(trial.figures).items():
        say(f"  {name.replace('_', ' '):32}{value:>8}{before.get(name, ''):>8}")
    if before:
        say(f"before: {old}")
    if worse:
        say(f"Nothing is written: {', '.join(worse)} (--replace takes the new one all the same).")
    else:
        say(f"Written to {output}; name it as `classifier.model` to use it.")


def _shown(figures: TriageFigures | None) -> dict[str, int | float]:
    return labelled.rounded(figures) if figures else {}
