"""`medvl-watch classify`: judge papers by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from medvl_watch.classify.register import CLASSIFIERS, OpenClassifier
from medvl_watch.classify.routing import verdict_for_list
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.verdictfile import verdict_fields
from medvl_watch.cli.classify_file import judge_file
from medvl_watch.cli.forecast_view import Forecast, near_entries
from medvl_watch.cli.inputs import read_inputs
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.list_routing import Forecasts, open_forecasts
from medvl_watch.cli.model_view import model_as_json
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import say, say_json, warn
from medvl_watch.cli.session import judge_of, now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.cli.verdict_view import (
    NEIGHBOURS,
    neighbours_as_json,
    sections_in,
    sections_of,
    show_verdict,
)
from medvl_watch.config import Settings
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.list_copies import ListedPapers
from medvl_watch.papers.linking import link
from medvl_watch.papers.recordfile import record_to_json
from medvl_watch.records import Paper, Record, Verdict
from medvl_watch.state import locked_folder
from medvl_watch.storage.user_files import refuse_overwriting


@click.command(
    epilog=examples(
        "medvl-watch classify 2403.17834",
        "medvl-watch classify https://arxiv.org/abs/2403.17834 --json",
        "medvl-watch classify paper.json          one record, or JSON lines (.jsonl)",
        "medvl-watch classify paper.pdf           needs the extra `pdf`",
        "medvl-watch classify references.bib      every entry",
        "printf 'A title\\n\\nAn abstract.' | medvl-watch classify -",
        "medvl-watch classify references.bib --records > papers.jsonl",
        "medvl-watch classify paper.pdf --list README.md       the sections of that list",
        "medvl-watch classify --input papers.jsonl.gz --output verdicts.jsonl",
        "medvl-watch classify --input papers.jsonl --classifier cascade --batch",
    )
)
@click.argument("inputs", nargs=-1, metavar="X...")
@click.option(
    "--classifier",
    default="",
    help=f"Use this one instead of the configuration's: {', '.join(CLASSIFIERS)}.",
)
@click.option(
    "--list",
    "list_file",
    type=file_type,
    metavar="FILE",
    help="Name the sections of the list in this file, learned from its own entries.",
)
@click.option("--input", "source", type=file_type, help="Judge every line of this file instead.")
@click.option("--output", type=file_type, help="Write its verdicts here. Default: print them.")
@click.option(
    "--batch", is_flag=True, help="Use the Batch API: half the price, answers within a day."
)
@click.option(
    "--yes", is_flag=True, help="Do not stop for confirmation, however many model calls are needed."
)
@click.option("--records", is_flag=True, help="Print what was read as JSON lines; judge nothing.")
@config_option
@json_option
def command(  # noqa: PLR0913, PLR0917  one parameter per option
    inputs: tuple[str, ...],
    classifier: str,
    list_file: Path | None,
    source: Path | None,
    output: Path | None,
    config: Path | None,
    *,
    batch: bool,
    yes: bool,
    records: bool,
    as_json: bool,
) -> ExitCode:
    """Judge each paper X: an arXiv id, a DOI, an address, a file, or - for standard input.

    A file, or standard input, contains one or more records as JSON or BibTeX, a PDF, or plain
    text (the first paragraph is the title, the rest the abstract). A paper given by its id is
    taken from the ledger, else fetched from the sources within 15 seconds.

    The report says how relevant the paper is, where it belongs in the taxonomy, which sentences
    decided, what the bot would do on each configured list, and which classifier judged. With
    --json, there is one line per paper, in the order of the input.

    With --list, the sections are those of that list, which need not be configured.

    With --input, a file of any size (JSON lines, plain or gzipped) is judged: one line of output
    per line of input, in the same order. Invalid lines are reported and get the decision `refer`
    with the flag `unreadable`. --output must not be one of the input files.

    If a language model may be asked, the estimated cost is shown first; from 100 calls on, --yes
    is required. With --batch, the questions are submitted as a batch; the same command, run
    again, collects the answers and judges the file.
    """
    _check_usage(inputs, source, output, records=records)
    if (batch or yes) and source is None:
        raise click.UsageError("--batch and --yes go with --input.")
    if output is not None:
        refuse_overwriting(output, {"--input": source, "--list": list_file, "--config": config})
    settings, _ = read_settings(config)
    if records:
        return _print_records(inputs, settings)
    if source is not None:
        taxonomy = read_taxonomy(settings)
        with (
            _forecasts_for(list_file, settings, taxonomy, classifier) as forecasts,
            judge_of(
                settings,
                taxonomy,
                now(),
                name=classifier,
                lists=forecasts.learned_lists if forecasts else None,
            ) as judge,
        ):
            waits = _ask_first(source, judge, settings.state, batch=batch, yes=yes, as_json=as_json)
            if waits is not None:
                return waits
            return judge_file(source, output or Path("-"), judge, forecasts, as_json=as_json)
    return _judge_by_hand(inputs, settings, classifier, list_file, as_json=as_json)


@contextmanager
def _forecasts_for(
    list_file: Path | None, settings: Settings, taxonomy: Taxonomy, classifier: str
) -> Iterator[Forecasts | None]:
    """Forecasts for the list in a file, if one is given."""
    if list_file is None:
        yield None
        return
    with open_forecasts(
        settings, taxonomy, now(), file=list_file, classifier=classifier
    ) as forecasts:
        _say_who_judges(forecasts)
        yield forecasts


def _say_who_judges(forecasts: Forecasts) -> None:
    """Say on standard error that a list's own entries judge, where nobody configured it."""
    for known in forecasts.lists:
        if known.judge.own is not None and not known.facts.target.classifier:
            say(
                f"{known.name} is not about what the classifier knows: its own entries judge.",
                err=True,
            )


def _ask_first(  # noqa: PLR0913  the options of the command
    source: Path, judge: OpenClassifier, state: Path, *, batch: bool, yes: bool, as_json: bool
) -> ExitCode | None:
    """What has to happen before a model is asked about a file: submit or collect batches, or
    confirm the cost. Returns an exit code while answers are still missing. Batches take the lock
    of the state folder, since two runs at once would pay for the same questions."""
    if not batch and judge.llm is None:
        return None
    from medvl_watch.cli.llm_cost_check import (  # only where a model is asked
        check_cost,
        run_batches,
    )

    if batch:
        with locked_folder(state):
            return run_batches(source, judge, yes=yes, as_json=as_json)
    check_cost(source, judge, yes=yes)
    return None


def _judge_by_hand(
    inputs: Sequence[str],
    settings: Settings,
    classifier: str,
    list_file: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    taxonomy = read_taxonomy(settings)
    with open_forecasts(
        settings, taxonomy, now(), file=list_file, classifier=classifier
    ) as forecasts:
        if list_file is not None:
            _say_who_judges(forecasts)
        records, problems = _split(read_inputs(inputs, settings, quiet=as_json))
        papers = [_paper(record) for record in records]
        with judge_of(
            settings,
            taxonomy,
            now(),
            name=classifier,
            lists=forecasts.learned_lists,
            asks_canaries=False,
        ) as judge:
            verdicts = judge.classifier.judge(papers)
        problems += [*judge.problems, *(forecasts.problems if list_file else ())]
        listed = ListedPapers(settings, taxonomy)
        for record, paper, verdict in zip(records, papers, verdicts, strict=True):
            if list_file is not None:
                known = forecasts.lists[0]
                verdict = known.verdict(paper, verdict)  # noqa: PLW2901
                found: tuple[Forecast, ...] = (forecasts.of_judged(known, record, verdict),)
                route = known.context.router.route(verdict, paper.facts)
                local = verdict_for_list(verdict, route, is_placed=found[0].is_placed)
                sections, near = sections_in(route), near_entries(known, route)
            else:
                found = forecasts.of(record, verdict)
                local, sections, near = (
                    verdict,
                    sections_of(verdict),
                    listed.nearest(paper, NEIGHBOURS),
                )
            if as_json:
                lists = {"lists": [each.as_json() for each in found]}
                near_json = {"neighbours": neighbours_as_json(near)}
                say_json(_line(record, local) | model_as_json(verdict) | lists | near_json)
            else:
                show_verdict(paper, local, found, sections=sections, near=near)
    if judge.usage_summary and not as_json:
        say(judge.usage_summary)
    warn(problems)
    return _exit_code(records, problems)


def _print_records(inputs: Sequence[str], settings: Settings) -> ExitCode:
    records, problems = _split(read_inputs(inputs, settings, quiet=True))
    for record in records:
        say_json(record_to_json(record))
    warn(problems)
    return _exit_code(records, problems)


def _check_usage(
    inputs: tuple[str, ...], source: Path | None, output: Path | None, *, records: bool
) -> None:
    if bool(inputs) == (source is not None):
        raise click.UsageError("Give papers X..., or a file of them with --input.")
    if output is not None and source is None:
        raise click.UsageError("--output goes with --input.")
    if records and source is not None:
        raise click.UsageError("--records goes with papers X...")


def _line(record: Record, verdict: Verdict) -> dict[str, object]:
    """The verdict with the id of the input record, and the other keys of that record."""
    fields = verdict_fields(verdict, record.arxiv_id) | {"id": record.id}
    return fields | {key: value for key, value in record.extra.items() if key not in fields}


def _exit_code(records: Sequence[Record], problems: Sequence[WatchError]) -> ExitCode:
    """`PARTLY` where some inputs were read; where none was, the code of their error."""
    return combined_exit_code(problems, something_done=bool(records))


def _split(
    found: Iterable[Record | WatchError],
) -> tuple[list[Record], list[WatchError]]:
    records: list[Record] = []
    problems: list[WatchError] = []
    for each in found:
        if isinstance(each, WatchError):
            problems.append(each)
        else:
            records.append(each)
    return records, problems


def _paper(record: Record) -> Paper:
    return link([record], {}, ()).papers[0]
