"""`medvl-watch classify`: judge papers by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from medvl_watch.classify.register import CLASSIFIERS, OpenClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.classify_by_hand import judge_by_hand, print_records, say_who_judges
from medvl_watch.cli.classify_file import judge_file
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.list_routing import Forecasts, open_forecasts
from medvl_watch.cli.options import config_option, examples, json_option, with_options
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import Settings
from medvl_watch.errors import ExitCode
from medvl_watch.state import locked_folder
from medvl_watch.storage.user_files import refuse_overwriting

_EXAMPLES = examples(
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
_OPTIONS = (
    click.argument("inputs", nargs=-1, metavar="X..."),
    click.option(
        "--classifier",
        default="",
        help=f"Use this one instead of the configuration's: {', '.join(CLASSIFIERS)}.",
    ),
    click.option(
        "--list",
        "list_file",
        type=file_type,
        metavar="FILE",
        help="Name the sections of the list in this file, learned from its own entries.",
    ),
    click.option(
        "--input", "source", type=file_type, help="Judge every line of this file instead."
    ),
    click.option("--output", type=file_type, help="Write its verdicts here. Default: print them."),
    click.option(
        "--batch", is_flag=True, help="Use the Batch API: half the price, answers within a day."
    ),
    click.option(
        "--yes",
        is_flag=True,
        help="Do not stop for confirmation, however many model calls are needed.",
    ),
    click.option(
        "--records", is_flag=True, help="Print what was read as JSON lines; judge nothing."
    ),
)


@click.command(epilog=_EXAMPLES)
@with_options(*_OPTIONS)
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
    _check_usage(inputs, source, output, records=records, asks=batch or yes)
    if output is not None:
        refuse_overwriting(output, {"--input": source, "--list": list_file, "--config": config})
    settings, _ = read_settings(config)
    if records:
        return print_records(inputs, settings)
    if source is None:
        return judge_by_hand(inputs, settings, classifier, list_file, as_json=as_json)
    asking = _Asking(batch=batch, yes=yes, as_json=as_json)
    return _judge_source(source, output or Path("-"), settings, classifier, list_file, asking)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """How a language model is asked about a file, and how the result is shown."""

    batch: bool
    yes: bool
    as_json: bool


def _judge_source(  # noqa: PLR0913, PLR0917  the options of the command
    source: Path,
    output: Path,
    settings: Settings,
    classifier: str,
    list_file: Path | None,
    asking: _Asking,
) -> ExitCode:
    """Judge every line of a file, once the model calls that this needs are made or allowed."""
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
        waits = _ask_first(source, judge, settings.state, asking)
        if waits is not None:
            return waits
        return judge_file(source, output, judge, forecasts, as_json=asking.as_json)


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
        say_who_judges(forecasts)
        yield forecasts


def _ask_first(
    source: Path, judge: OpenClassifier, state: Path, asking: _Asking
) -> ExitCode | None:
    """What has to happen before a model is asked about a file: submit or collect batches, or
    confirm the cost. Returns an exit code while answers are still missing. Batches take the lock
    of the state folder, since two runs at once would pay for the same questions."""
    if not asking.batch and judge.llm is None:
        return None
    from medvl_watch.cli.llm_cost_check import (  # only where a model is asked
        check_cost,
        run_batches,
    )

    if asking.batch:
        with locked_folder(state):
            return run_batches(source, judge, yes=asking.yes, as_json=asking.as_json)
    check_cost(source, judge, yes=asking.yes)
    return None


def _check_usage(
    inputs: tuple[str, ...],
    source: Path | None,
    output: Path | None,
    *,
    records: bool,
    asks: bool,
) -> None:
    if bool(inputs) == (source is not None):
        raise click.UsageError("Give papers X..., or a file of them with --input.")
    if output is not None and source is None:
        raise click.UsageError("--output goes with --input.")
    if records and source is not None:
        raise click.UsageError("--records goes with papers X...")
    if asks and source is None:
        raise click.UsageError("--batch and --yes go with --input.")
