"""`medvl-watch eval triage`: how well papers are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from medvl_watch.classify.register import CLASSIFIERS, OpenClassifier
from medvl_watch.cli import plots
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import first_of, progress, say, say_json, warn
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.errors import ConfigError, ExitCode, WatchError, combined_exit_code
from medvl_watch.evaluate import curves
from medvl_watch.evaluate.triage import TriageFigures
from medvl_watch.records import Verdict
from medvl_watch.training.comparison import figures_of, verdicts_on
from medvl_watch.training.examples import Labels
from medvl_watch.training.label_files import keys_in, papers_in

classifier_option = click.option(
    "--classifier",
    default="",
    help=f"Measure this one instead of the configuration's: {', '.join(CLASSIFIERS)}.",
)
folder_option = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw plots into this folder (needs the extra `plots`).",
)


@click.command(
    short_help="Measure relevance: what became of listed papers.",
    epilog=examples(
        "medvl-watch eval triage stream.jsonl.gz listed.jsonl hard.jsonl silver.jsonl",
        "medvl-watch eval triage stream.jsonl listed.jsonl hard.jsonl --classifier rules --json",
    ),
)
@click.argument("stream", type=file_type)
@click.argument("labels", type=file_type)
@click.argument("negatives", type=file_type)
@click.argument("silver", type=file_type, required=False)
@classifier_option
@folder_option
@config_option
@json_option
def triage(  # noqa: PLR0913, PLR0917  one parameter per option
    stream: Path,
    labels: Path,
    negatives: Path,
    silver: Path | None,
    classifier: str,
    output: Path | None,
    config: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Judge a stream; report what became of the papers that are on lists.

    LABELS are those papers, NEGATIVES look relevant and are not, SILVER may be relevant and is
    left out of the ranking. A paper that is on no list may still be relevant, so the average
    precision is a lower bound.
    """
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    problems: list[WatchError] = []
    known = _labels(labels, negatives, silver, problems)
    with judge_of(settings, taxonomy, now(), name=classifier) as judge, progress() as report_step:
        report_step(f"judging with {judge.classifier.name}")
        papers = papers_in([stream], problems)
        verdicts = list(verdicts_on(papers, judge.classifier))
    found = figures_of(verdicts, known, str(labels))
    kinds = {"listed": known.listed, "hard negative": known.refused, "silver": known.plausible}
    table = curves.decisions_by_kind(verdicts, kinds)
    written = draw_plots(output, _triage_plots(judge, verdicts, known, found, table), problems)
    print_triage = _triage_as_json if as_json else _print_triage
    print_triage(judge, found, table, written)
    problems = [*first_of(problems, remedy="correct them"), *judge.problems]
    warn(problems)
    return combined_exit_code(problems)


def _labels(
    listed: Path, negatives: Path, silver: Path | None, problems: list[WatchError]
) -> Labels:
    return Labels(
        listed=keys_in([listed], problems),
        refused=keys_in([negatives], problems),
        plausible=keys_in([silver], problems) if silver else frozenset(),
    )


_Table = Mapping[str, Mapping[str, int]]


def _triage_as_json(
    judge: OpenClassifier, found: TriageFigures, table: _Table, plots_drawn: Sequence[str]
) -> None:
    spent = {"spent": judge.usage_summary} if judge.usage_summary else {}
    about = {"classifier": judge.classifier.name, "decisions": table, "plots": plots_drawn}
    say_json(found.rounded() | about | spent)


def _print_triage(
    judge: OpenClassifier, found: TriageFigures, table: _Table, plots_drawn: Sequence[str]
) -> None:
    say(f"{judge.classifier.name} on {found.papers} papers, {found.positives} of them listed, "
        f"{found.hard} hard negatives")  # fmt: skip
    for key, value in found.rounded().items():
        if isinstance(value, float):
            say(f"  {key.replace('_', ' '):20}{value:8.4f}")
    say(f"  {'':20}{'propose':>9}{'refer':>9}{'reject':>9}")
    for kind, counts in table.items():
        say(f"  {kind:20}" + "".join(f"{count:9}" for count in counts.values()))
    say_if(judge.usage_summary, *plots_drawn)


def _triage_plots(
    judge: OpenClassifier,
    verdicts: Sequence[Verdict],
    known: Labels,
    found: TriageFigures,
    table: _Table,
) -> dict[str, plots.Draw]:
    there = known.listed & {verdict.paper_id for verdict in verdicts}
    curve = curves.precision_recall(verdicts, there, known.plausible)
    marked = curves.operating_points(verdicts, there, known.plausible)
    answers = [
        (verdict.relevance, verdict.paper_id in (known.listed | known.plausible))
        for verdict in verdicts
    ]
    name = judge.classifier.name
    precision = f"average precision {found.average_precision:.3f}"
    return {
        "precision-recall": plots.precision_recall(curve, marked, f"Triage by {name}: {precision}"),
        "calibration": plots.calibration(
            curves.reliability(answers),
            f"Relevance by {name}: listed or plausible papers",
            {each.action: each.threshold for each in marked},
        ),
        "confusion": plots.table(table, "decision", "known as", f"Decisions of {name}"),
    }


def draw_plots(
    folder: Path | None, found: Mapping[str, plots.Draw], problems: list[WatchError]
) -> list[str]:
    """Draw the plots; returns their files. An error is added to `problems`."""
    if folder is None:
        return []
    try:
        return [str(path) for path in plots.draw(folder, found)]
    except ConfigError as error:
        problems.append(error)
        return []


def say_if(*words: str) -> None:
    for each in words:
        if each:
            say(each)
