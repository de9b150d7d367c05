"""`medvl-watch eval triage` and `eval sections`: how well papers are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from medvl_watch.classify.examples import Labels
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli import labelled, plots
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import progress, say, say_json, warn
from medvl_watch.cli.session import judge_of, now, read_settings, read_taxonomy
from medvl_watch.cli.streams import paper_of
from medvl_watch.errors import ConfigError, ExitCode, WatchError, combined_exit_code
from medvl_watch.evaluate import curves, gold
from medvl_watch.evaluate.triage import TriageFigures
from medvl_watch.ports import Classifier
from medvl_watch.records import Verdict

classifier_option = click.option(
    "--classifier", default="", help="Measure this one instead of the configuration's."
)
folder_option = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw plots into this folder (needs the extra `plots`).",
)


@click.command(
    epilog=examples(
        "medvl-watch eval triage stream.jsonl.gz listed.jsonl hard.jsonl silver.jsonl",
        "medvl-watch eval triage stream.jsonl listed.jsonl hard.jsonl --classifier rules --json",
    )
)
@click.argument("stream", type=file_type)
@click.argument("labels", type=file_type)
@click.argument("negatives", type=file_type)
@click.argument("silver", type=file_type, required=False)
@classifier_option
@folder_option
@config_option
@json_option
def triage(  # noqa: PLR0913, PLR0917  one parameter an option
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
    """Judge a stream, and count what became of the papers that lists hold.

    LABELS are those papers, NEGATIVES look as if they belonged and do not, SILVER may belong
    and count for no ranking. A paper that no list holds is not thereby irrelevant, so the
    average precision is a lower bound.
    """
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    problems: list[WatchError] = []
    known = _labels(labels, negatives, silver, problems)
    with judge_of(settings, taxonomy, now(), name=classifier) as judge, progress() as tell:
        tell(f"judging with {judge.classifier.name}")
        papers = labelled.stream([stream], problems)
        verdicts = list(labelled.judged(judge.classifier, papers))
    found = labelled.figures_of(verdicts, known, str(labels))
    kinds = {"listed": known.listed, "silver": known.plausible, "hard negative": known.refused}
    table = curves.decisions_by_kind(verdicts, kinds)
    written = _drawn(output, _triage_plots(verdicts, known, table), problems)
    tell_triage = _triage_as_json if as_json else _tell_triage
    tell_triage(judge, found, table, written)
    problems = [*labelled.first_of(problems), *judge.problems]
    warn(problems)
    return combined_exit_code(problems)


@click.command(
    epilog=examples(
        "medvl-watch eval sections gold.jsonl",
        "medvl-watch eval sections gold.jsonl --classifier rules --output plots",
    )
)
@click.argument("papers", type=file_type, metavar="GOLD")
@classifier_option
@folder_option
@config_option
@json_option
def sections(
    papers: Path, classifier: str, output: Path | None, config: Path | None, *, as_json: bool
) -> ExitCode:
    """Name the sections of papers whose lists and sections are known.

    GOLD has one paper a line, with `labels`: [{"list": …, "section_path": […]}]. Each list is
    measured `learned`, from the list's other papers in five folds, and, where the taxonomy
    has a map of it, `mapped`, by the classifier and that map (whose words were chosen with
    such papers in sight), and `joined`, by both, as the bot does. Intervals are 95 %.
    """
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    problems: list[WatchError] = []
    lists = _gold(papers, problems)
    filed: dict[tuple[str, str], list[gold.Filed]] = {}
    with judge_of(settings, taxonomy, now(), name=classifier) as judge, progress() as tell:
        for name, held in lists.items():
            tell(f"{name}: {len(held)} papers")
            for way, each in _ways(held, judge.classifier, taxonomy):
                filed[name, way] = list(each)
    found = {key: gold.figures(each) for key, each in filed.items()}
    written = _drawn(output, _section_plots(filed), problems)
    if as_json:
        lines = [
            {"list": name, "way": way, **_rounded(asdict(each))}
            for (name, way), each in found.items()
        ]
        say_json({"classifier": judge.classifier.name, "lists": lines, "plots": written})
    else:
        _tell_sections(found)
        _say_if(judge.spent, *written)
    problems = [*labelled.first_of(problems), *judge.problems]
    warn(problems)
    return combined_exit_code(problems)


def _labels(
    listed: Path, negatives: Path, silver: Path | None, problems: list[WatchError]
) -> Labels:
    return Labels(
        listed=labelled.keys_in([listed], problems),
        refused=labelled.keys_in([negatives], problems),
        plausible=labelled.keys_in([silver], problems) if silver else frozenset(),
    )


def _gold(path: Path, problems: list[WatchError]) -> Mapping[str, list[gold.GoldPaper]]:
    """The papers of each list. Raises ConfigError where no line has a label."""
    lists: dict[str, list[gold.GoldPaper]] = defaultdict(list)
    for record in labelled.readable([path], problems):
        wanted: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        labels = record.extra.get("labels")
        for label in labels if isinstance(labels, list) else ():
            place = label.get("section_path") if isinstance(label, dict) else None
            if isinstance(place, list) and place:
                wanted[str(label.get("list"))].append(tuple(map(str, place)))
        for name, paths in wanted.items():
            lists[name].append(gold.GoldPaper(record, tuple(paths)))
    if not lists:
        raise ConfigError(
            "no paper has a section",
            where=str(path),
            remedy='write "labels": [{"list": "name", "section_path": ["Heading"]}] on each line',
        )
    return dict(sorted(lists.items()))


def _ways(
    held: Sequence[gold.GoldPaper], classifier: Classifier, taxonomy: Taxonomy
) -> Iterator[tuple[str, Iterable[gold.Filed]]]:
    """Each way to file a list's papers."""
    verdicts = _judged(classifier, held)
    yield "learned", gold.by_folds(held, verdicts, taxonomy)
    list_map = gold.map_of(held, taxonomy)
    if list_map is not None:
        yield "mapped", gold.by_map(held, verdicts, list_map, taxonomy)
        yield "joined", gold.by_folds(held, verdicts, taxonomy, list_map)


def _judged(classifier: Classifier, held: Sequence[gold.GoldPaper]) -> Sequence[Verdict]:
    return classifier.judge([paper_of(paper.record) for paper in held])


_Table = Mapping[str, Mapping[str, int]]


def _triage_as_json(
    judge: OpenClassifier, found: TriageFigures, table: _Table, plots_drawn: Sequence[str]
) -> None:
    spent = {"spent": judge.spent} if judge.spent else {}
    about = {"classifier": judge.classifier.name, "decisions": table, "plots": plots_drawn}
    say_json(labelled.rounded(found) | about | spent)


def _tell_triage(
    judge: OpenClassifier, found: TriageFigures, table: _Table, plots_drawn: Sequence[str]
) -> None:
    say(f"{judge.classifier.name} on {found.papers} papers, {found.positives} of them listed, "
        f"{found.hard} hard negatives")  # fmt: skip
    for key, value in labelled.rounded(found).items():
        if isinstance(value, float):
            say(f"  {key.replace('_', ' '):20}{value:8.4f}")
    say(f"  {'':20}{'propose':>9}{'refer':>9}{'reject':>9}")
    for kind, counts in table.items():
        say(f"  {kind:20}" + "".join(f"{count:9}" for count in counts.values()))
    _say_if(judge.spent, *plots_drawn)


def _tell_sections(found: Mapping[tuple[str, str], gold.GoldFigures]) -> None:
    say(f"{'list':26}{'way':9}{'papers':>7}{'top1':>7}  {'95 %':11}{'top2':>6}{'top level':>11}"
        f"{'calibration error':>19}{'errors in the 30 % least sure':>31}")  # fmt: skip
    for (name, way), each in found.items():
        span = f"{each.top1_low:.2f}-{each.top1_high:.2f}"
        error, caught = each.calibration_error, each.errors_in_30
        say(f"{name[:25]:26}{way:9}{each.papers:7}{each.top1:7.2f}  {span:11}{each.top2:6.2f}"
            f"{each.top_level:11.2f}{error:19.2f}{caught:31.2f}")  # fmt: skip


def _triage_plots(
    verdicts: Sequence[Verdict], known: Labels, table: Mapping[str, Mapping[str, int]]
) -> dict[str, plots.Draw]:
    there = known.listed & {verdict.paper_id for verdict in verdicts}
    curve = curves.precision_recall(verdicts, there, known.plausible)
    answers = [
        (verdict.relevance, verdict.paper_id in (known.listed | known.plausible))
        for verdict in verdicts
    ]
    return {
        "precision-recall": plots.line(curve, "recall", "precision (lower bound)", "Triage"),
        "calibration": plots.calibration(
            curves.reliability(answers), "Relevance, listed or plausible"
        ),
        "confusion": plots.table(table, "decision", "known as", "Decisions"),
    }


def _section_plots(filed: Mapping[tuple[str, str], Sequence[gold.Filed]]) -> dict[str, plots.Draw]:
    found: dict[str, plots.Draw] = {}
    for (name, way), each in filed.items():
        key, title = f"{_file_name(name)}-{way}", f"{name}, {way}"
        answers = gold.sure(each)
        found[f"{key}-calibration"] = plots.calibration(curves.reliability(answers), title)
        found[f"{key}-errors"] = plots.line(
            curves.errors_caught(answers), "share shown to a person", "share of errors seen", title
        )
        found[f"{key}-confusion"] = plots.table(_confusion(each), "named", "right", title)
    return found


def _confusion(filed: Sequence[gold.Filed]) -> dict[str, dict[str, int]]:
    """Innermost headings, right against named; a paper that was named rightly counts for the
    section that was meant."""
    pairs = [
        (each.ranked[0][0] if each.right() else each.wanted[0],
         each.ranked[0][0] if each.ranked else ("none",))
        for each in filed
    ]  # fmt: skip
    names = sorted({path[-1] for pair in pairs for path in pair})
    counts = {name: dict.fromkeys(names, 0) for name in names}
    for right, named in pairs:
        counts[right[-1]][named[-1]] += 1
    return counts


def _drawn(
    folder: Path | None, found: Mapping[str, plots.Draw], problems: list[WatchError]
) -> list[str]:
    """The plots that were drawn; why there are none is a problem, not the end."""
    if folder is None:
        return []
    try:
        return [str(path) for path in plots.draw(folder, found)]
    except ConfigError as error:
        problems.append(error)
        return []


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:40]


def _rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in figures.items()}


def _say_if(*words: str) -> None:
    for each in words:
        if each:
            say(each)
