"""`medvl-watch eval`: measure on cases whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.eval_classify import triage
from medvl_watch.cli.eval_sections import sections
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.list_routing import chooser
from medvl_watch.cli.options import examples, json_option
from medvl_watch.cli.output import plural, progress, say, say_json
from medvl_watch.errors import ConfigError, ExitCode, WatchError
from medvl_watch.evaluate.list_replay import Choose, parse_case, replay
from medvl_watch.publish.render import terminal
from medvl_watch.storage.json_lines import lines_of
from medvl_watch.storage.user_files import read_list, write_text

_EVERY = 25


@click.group(
    epilog=examples(
        "medvl-watch eval lists cases.jsonl folder --output results.jsonl --report",
        "medvl-watch eval links pairs.jsonl.gz",
        "medvl-watch eval triage stream.jsonl.gz listed.jsonl hard.jsonl",
        "medvl-watch eval sections gold.jsonl --output plots",
    )
)
def command() -> None:
    """Measure medvl-watch on cases with known answers."""


command.add_command(triage)
command.add_command(sections)


@command.command(
    short_help="Measure insertion: replay what maintainers added.",
    epilog=examples("medvl-watch eval lists cases.jsonl folder --output results.jsonl"),
)
@click.argument("cases", type=file_type)
@click.argument("root", type=click.Path(path_type=Path, file_okay=False))
@click.option("--output", required=True, type=file_type, help="Write one JSON line per case here.")
@click.option(
    "--at-least",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Leave out a paper whose likeliest section is less sure.",
)
@click.option("--report", is_flag=True, help="Then compare with the cases' truth, list by list.")
@click.option("--worst", type=click.IntRange(0), default=10, show_default=True,
              help="How many of the worst papers the report shows.")  # fmt: skip
def lists(  # noqa: PLR0913  one parameter per option
    cases: Path, root: Path, output: Path, at_least: float, worst: int, *, report: bool
) -> ExitCode:
    """Insert the papers of each case into its list and write the new texts.

    CASES has one case per line: `id`, `before_file` (inside ROOT) and `papers`, with or without
    their `section`; a missing section is learned from the list. What the maintainer did
    (`truth`, `after_file`) is not read until all results are written; then --report compares
    with it, list by list, and shows the worst papers with the reason.
    """
    found = list(_cases(cases))
    results: list[dict[str, Any]] = []
    choose = chooser(at_least)
    with progress() as report_step:
        for number, case in enumerate(found, start=1):
            if number % _EVERY == 0 or number == len(found):
                placed = sum(len(result["placed"]) for result in results)
                report_step(f"{number} of {plural(len(found), 'case')}, {placed} papers placed")
            results.append(_replayed(case, root, choose))
    lines = (json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    write_text(output, "".join(lines))
    placed = sum(len(result.get("placed", ())) for result in results)
    refused = [result for result in results if "refused" in result]
    say(f"{plural(len(results), 'case')}: {plural(placed, 'paper')} placed, "
        f"{plural(len(refused), 'case')} refused; written to {output}.")  # fmt: skip
    if report:
        _say_report(found, results, root, worst)
    return ExitCode.DONE


def _say_report(
    cases: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    root: Path,
    worst: int,
) -> None:
    from medvl_watch.evaluate.replay_report import compare_case, report_rows, worst_papers

    pairs = zip(cases, results, strict=True)
    judged = [
        each
        for case, result in pairs
        if case.get("truth") and case.get("after_file")
        for each in compare_case(case, result, read_list(root / str(case["after_file"])))
    ]
    if not judged:
        say("No case has a `truth` to compare with.")
        return
    say(f"\n{'list':<44}{'papers':>8}{'placed':>8}{'edge':>8}{'alike':>8}{'same':>8}")
    for row in report_rows(judged):
        name = terminal(row.name.removesuffix(":README.md"), 42)
        say(f"{name:<44}{row.papers:>8}{row.placed:>8.3f}{row.same_edge:>8.3f}"
            f"{row.similarity:>8.3f}{row.same_text:>8.3f}")  # fmt: skip
    if worst:
        say("\nThe worst")
    for each in worst_papers(judged, worst):
        how = f"alike {each.similarity:.2f}" if each.placed else "not placed"
        say(f"  {terminal(each.case, 70)} {each.paper}: {how}\n      {terminal(each.reason, 150)}")


@command.command(
    short_help="Measure linkage of preprints and published records.",
    epilog=examples("medvl-watch eval links pairs.jsonl.gz --json"),
)
@click.argument("pairs", type=file_type)
@json_option
def links(pairs: Path, *, as_json: bool) -> ExitCode:
    """Link known pairs of preprint and published record; report how many were found.

    PAIRS has one {"preprint": record, "published": record} per line, plain or gzipped.
    """
    from medvl_watch.evaluate.links import measure_links, parse_pairs, report

    try:
        figures = measure_links(parse_pairs(line for line, _ in _lines(pairs)))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"a line is not a valid pair ({type(error).__name__}: {error})",
            where=str(pairs),
            remedy="write {preprint, published} on each line",
        ) from error
    if as_json:
        say_json(
            {
                "pairs": figures.pairs,
                "precision": figures.precision,
                "recall": figures.recall,
                "false": figures.false_merges,
                "doubts": figures.doubts,
                "proofs": dict(figures.proofs),
            }
        )
    else:
        say(report(figures))
    return ExitCode.DONE


def _cases(path: Path) -> Iterator[Mapping[str, Any]]:
    """The cases of a JSON Lines file. Raises ConfigError for a line that is not a valid case."""
    return (parse_case(line, where) for line, where in _lines(path))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not empty, with its place. Raises WatchError if it is not text."""
    for number, line in lines_of(path):
        if isinstance(line, WatchError):
            raise line
        yield line, f"{path}:{number}"


def _replayed(case: Mapping[str, Any], root: Path, choose: Choose) -> dict[str, Any]:
    """The result of one case. A case with a list or a record that cannot be read is refused, its
    text stays as it was, and the others go on."""

    def read(name: str) -> str:
        return read_list(root / name)

    try:
        return next(replay([case], read, choose))
    except WatchError as error:
        before = ""
        with suppress(WatchError):
            before = read(str(case["before_file"]))
        return {"id": case["id"], "after": before, "refused": str(error), "placed": []}
