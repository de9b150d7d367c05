"""`medvl-watch train`: make the model of the classifier `local`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from medvl_watch import __version__
from medvl_watch.classify.examples import Labels
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import Card, Model, dump_model, load_model
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.training import Shares, libraries, train_model
from medvl_watch.cli import labelled
from medvl_watch.cli.list_files import file_type, write_list
from medvl_watch.cli.models import read_model, shipped_model
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import progress, say, say_json, warn
from medvl_watch.cli.session import read_settings, read_taxonomy
from medvl_watch.cli.streams import first_of
from medvl_watch.cli.trainset import Material, TrainingSet, digests, gather
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode, WatchError
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
@click.option("--list", "lists", **_FILES, help="A Markdown list whose entries belong.")
@click.option("--decisions", is_flag=True, help="Use what people took and refused so far.")
@click.option(
    "--evaluate-on",
    nargs=4,
    type=file_type,
    metavar="STREAM LABELS NEGATIVES SILVER",
    help="Compare on these. Default: one in five of the papers given, never trained on.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _option, day: day.date().isoformat() if day else "",
    help="Leave out what was announced later: to see what age does to a model.",
)
@click.option("--output", required=True, type=file_type, help="Write the model here.")
@click.option("--replace", "anyway", is_flag=True, help="Replace a better model, too.")
@config_option
@json_option
def command(
    output: Path, config: Path | None, *, anyway: bool, as_json: bool, **named: Any
) -> ExitCode:
    """Train the classifier `local` on papers that lists hold and papers that they do not.

    The model is JSON: words and weights, no text. It is written only if it is not worse, on
    papers that it was not trained on, than the one at --output, or where there is none, the
    one that comes with medvl-watch. Needs the extra `train`.
    """
    made_with = libraries()
    settings, _ = read_settings(config)
    material = Material(**named)
    problems: list[WatchError] = []
    with progress() as tell:
        trial = _trained(material, settings, output, problems, tell)
    worse = () if anyway else _worse(trial.figures, trial.before)
    if not worse:
        card = _card(material, trial.gathered, trial.figures, made_with)
        write_list(output, dump_model(replace(trial.model, card=card)))
    warn(first_of(problems, remedy="mend them"))
    _report(output, trial.figures, trial.before, worse, as_json=as_json)
    return ExitCode.PARTLY if worse or problems else ExitCode.DONE


class _Trial(NamedTuple):
    """A new model, and how it did beside the one in use, on papers that neither was trained on."""

    model: Model
    gathered: TrainingSet
    figures: TriageFigures
    before: TriageFigures | None


def _trained(
    material: Material,
    settings: Settings,
    output: Path,
    problems: list[WatchError],
    tell: Callable[[str], None],
) -> _Trial:
    taxonomy = read_taxonomy(settings)
    tell("reading the papers")
    gathered = gather(material, settings, taxonomy, problems)
    tell(f"training on {len(gathered.examples)} papers")
    model = train_model(gathered.examples, taxonomy, trained_on=gathered.summary, shares=Shares())
    model = load_model(dump_model(model), str(output))  # as it will be read, rounded
    gathered.examples.clear()
    tell("comparing with the model in use")
    measured = _measure(material, gathered, taxonomy, problems)
    old = _old_model(output, problems)
    return _Trial(model, gathered, measured(model), measured(old) if old else None)


def _old_model(output: Path, problems: list[WatchError]) -> Model | None:
    """The model that the new one must match; one that cannot be read is told and replaced."""
    path = output if output.exists() else shipped_model()
    if not path.exists():
        return None
    try:
        return read_model(path)
    except ConfigError as error:
        problems.append(error)
        return None


def _measure(
    material: Material, gathered: TrainingSet, taxonomy: Taxonomy, problems: list[WatchError]
) -> Callable[[Model], TriageFigures]:
    """Gives the figures of a model on papers that it was not trained on."""
    labels, held, where = gathered.labels, gathered.held, "the papers held back"
    if material.evaluate_on is not None:
        stream, *said = material.evaluate_on
        listed, refused, plausible = (labelled.keys_in([path], problems) for path in said)
        labels = Labels(listed=listed, refused=refused, plausible=plausible)
        held, where = list(labelled.stream([stream], problems)), str(stream)

    def measured(model: Model) -> TriageFigures:
        verdicts = list(labelled.judged(LocalClassifier(taxonomy, model), held))
        return labelled.figures_of(verdicts, labels, where)

    return measured


def _worse(new: TriageFigures, old: TriageFigures | None) -> tuple[str, ...]:
    """Why the old model stays; empty if it need not."""
    if old is None:
        return ()
    if old.positives < FEWEST_HELD:
        return (f"only {old.positives} listed papers are there to compare on",)
    return losses(new, old)


def _card(
    material: Material, gathered: TrainingSet, figures: TriageFigures, made_with: str
) -> Card:
    """What went in, how, and what came out: enough to make the same model again."""
    return {
        "made by": f"medvl-watch {__version__} with {made_with}",
        "command": material.command,
        "files": digests(material.files),
        "counts": dict(gathered.counts),
        "dates": gathered.dates,
        "measured on": material.evaluate_on[0].name
        if material.evaluate_on
        else "one in five of the papers, held back",
        "figures": labelled.rounded(figures),
        "holds": "words with their rarity and weight, counted over many papers; no text",
    }


def _report(
    output: Path,
    new: TriageFigures,
    old: TriageFigures | None,
    worse: Sequence[str],
    *,
    as_json: bool,
) -> None:
    if as_json:
        say_json(
            {
                "written": None if worse else str(output),
                "worse": list(worse),
                "figures": labelled.rounded(new),
                "figures_before": labelled.rounded(old) if old else None,
            }
        )
        return
    say(f"{'':34}{'new':>8}{'before' if old else '':>8}")
    before = labelled.rounded(old) if old else {}
    for name, value in labelled.rounded(new).items():
        say(f"  {name.replace('_', ' '):32}{value:>8}{before.get(name, ''):>8}")
    if worse:
        say(f"The model in use stays, nothing is written: {', '.join(worse)} "
            "(--replace takes the new one all the same).")  # fmt: skip
    else:
        say(f"Written to {output}; name it as `classifier.model` to use it.")
