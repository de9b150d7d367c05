"""`medvl-watch eval sections`: how often papers find their own sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli import plots
from medvl_watch.cli.eval_classify import classifier_option, draw_plots, folder_option, say_if
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import first_of, progress, say, say_json, warn
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.errors import ConfigError, ExitCode, WatchError, combined_exit_code
from medvl_watch.evaluate import curves, gold
from medvl_watch.evaluate.section_methods import (
    ALL_LISTS,
    AnswersByMethod,
    answers_by_method,
    confusion,
    over_all_lists,
    papers_by_list,
)
from medvl_watch.training.label_files import records_in


@click.command(
    short_help="Measure sections: how often they are predicted right.",
    epilog=examples(
        "medvl-watch eval sections gold.jsonl",
        "medvl-watch eval sections gold.jsonl --classifier rules --output plots",
    ),
)
@click.argument("papers", type=file_type, metavar="GOLD")
@classifier_option
@folder_option
@config_option
@json_option
def sections(
    papers: Path, classifier: str, output: Path | None, config: Path | None, *, as_json: bool
) -> ExitCode:
    """Predict the sections of papers whose lists and sections are known.

    GOLD has one paper per line, with `labels`: [{"list": …, "section_path": […]}]. Each list is
    measured `learned`, from the other papers of the list in five folds; and, if the taxonomy has
    a map of the list, `mapped`, by the classifier and that map (whose words were chosen with such
    papers in sight), and `joined`, by both, as the bot does. Intervals are 95 %.
    """
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    problems: list[WatchError] = []
    lists = _gold(papers, problems)
    answers_of: AnswersByMethod = {}
    with judge_of(settings, taxonomy, now(), name=classifier) as judge, progress() as report_step:
        for name, gold_papers in lists.items():
            report_step(f"{name}: {len(gold_papers)} papers")
            for way, each in answers_by_method(gold_papers, judge.classifier, taxonomy):
                answers_of[name, way] = each
    answers_of |= over_all_lists(answers_of)
    figures = {key: gold.gold_figures(each) for key, each in answers_of.items()}
    written = draw_plots(output, _section_plots(answers_of, taxonomy.placing.sure), problems)
    if as_json:
        lines = [
            {"list": name, "way": way, **_rounded(asdict(each))}
            for (name, way), each in figures.items()
        ]
        say_json({"classifier": judge.classifier.name, "lists": lines, "plots": written})
    else:
        _print_sections(figures)
        say_if(judge.usage_summary, *written)
    problems = [*first_of(problems, remedy="correct them"), *judge.problems]
    warn(problems)
    return combined_exit_code(problems)


def _gold(path: Path, problems: list[WatchError]) -> Mapping[str, Sequence[gold.GoldPaper]]:
    """The papers of each list. Raises ConfigError where no line has a label."""
    lists = papers_by_list(records_in([path], problems))
    if not lists:
        raise ConfigError(
            "no paper has a section",
            where=str(path),
            remedy='write "labels": [{"list": "name", "section_path": ["Heading"]}] on each line',
        )
    return lists


def _print_sections(found: Mapping[tuple[str, str], gold.GoldFigures]) -> None:
    say(f"{'list':26}{'way':9}{'papers':>7}{'top1':>6}  {'95 %':10}{'top2':>5}{'top level':>11}"
        f"{'calibration error':>19}{'(by chance)':>13}{'errors in 30 %':>16}")  # fmt: skip
    for (name, way), each in found.items():
        span = f"{each.top1_low:.2f}-{each.top1_high:.2f}"
        say(f"{name[:25]:26}{way:9}{each.papers:7}{each.top1:6.2f}  {span:10}{each.top2:5.2f}"
            f"{each.top_level:11.2f}{each.calibration_error:19.2f}{each.expected_error:13.2f}"
            f"{each.errors_in_30:16.2f}")  # fmt: skip
    say("by chance: the calibration error of perfect scores with so few papers; errors in 30 %: "
        "the share of the errors that is among the 30 % least sure")  # fmt: skip


def _section_plots(
    answers_of: Mapping[tuple[str, str], Sequence[gold.GoldAnswer]], sure: float
) -> dict[str, plots.Draw]:
    """For each list: calibration and confusion of the way that the bot goes, and how many of
    the errors a person sees, for every way."""
    found: dict[str, plots.Draw] = {}
    for name in dict.fromkeys(name for name, _ in answers_of):
        ways = {way: each for (other, way), each in answers_of.items() if other == name}
        way, used = list(ways.items())[-1]  # `joined` where there is a map, else `learned`
        key, title = _file_name(name), f"{name.removesuffix('.txt')}, {way}"
        answers = {way: gold.scored_answers(each) for way, each in ways.items()}
        found[f"{key}-calibration"] = plots.calibration(curves.reliability(answers[way]), title)
        found[f"{key}-errors"] = plots.lines(
            {way: curves.error_curve(each) for way, each in answers.items()},
            "share shown to a person, the least sure first",
            "share of the errors seen",
            name.removesuffix(".txt"),
            mark=sum(score < sure for score, _ in answers[way]) / len(answers[way]),
        )
        if name != ALL_LISTS:
            found[f"{key}-confusion"] = plots.table(confusion(used), "named", "right", title)
    return found


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:40]


def _rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in figures.items()}
