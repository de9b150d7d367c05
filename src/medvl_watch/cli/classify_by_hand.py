"""`medvl-watch classify X...`: judge the papers that a person names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.routing import verdict_for_list
from medvl_watch.classify.verdictfile import verdict_fields
from medvl_watch.cli.forecast_view import Forecast, near_entries
from medvl_watch.cli.inputs import read_inputs
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.list_routing import Forecasts, open_forecasts
from medvl_watch.cli.model_view import model_as_json
from medvl_watch.cli.output import say, say_json, warn
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_taxonomy
from medvl_watch.cli.verdict_view import (
    NEIGHBOURS,
    Sections,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _PaperReport:
    """What is shown of one paper: its verdict for the list asked about, or for the subject, the
    likeliest sections, the most similar entries, and what a run would do on each list. `judged`
    is the verdict of the classifier."""

    judged: Verdict
    verdict: Verdict
    sections: Sections
    near: Sequence[ListedNeighbour]
    found: tuple[Forecast, ...]


def judge_by_hand(
    inputs: Sequence[str],
    settings: Settings,
    classifier: str,
    list_file: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Judge each input and print its verdict; with `list_file`, for the list in that file."""
    taxonomy = read_taxonomy(settings)
    with open_forecasts(
        settings, taxonomy, now(), file=list_file, classifier=classifier
    ) as forecasts:
        if list_file is not None:
            say_who_judges(forecasts)
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
                shown = _for_list(forecasts, record, paper, verdict)
            else:
                shown = _for_subject(forecasts, listed, record, paper, verdict)
            _print(record, paper, shown, as_json=as_json)
    if judge.usage_summary and not as_json:
        say(judge.usage_summary)
    warn(problems)
    return _exit_code(records, problems)


def _for_list(forecasts: Forecasts, record: Record, paper: Paper, verdict: Verdict) -> _PaperReport:
    """What is shown with --list: everything is about that list."""
    known = forecasts.lists[0]
    verdict = known.verdict(paper, verdict)
    found = forecasts.of_judged(known, record, verdict)
    route = known.context.router.route(verdict, paper.facts)
    return _PaperReport(
        judged=verdict,
        verdict=verdict_for_list(verdict, route, is_placed=found.is_placed),
        sections=sections_in(route),
        near=near_entries(known, route),
        found=(found,),
    )


def _for_subject(
    forecasts: Forecasts, listed: ListedPapers, record: Record, paper: Paper, verdict: Verdict
) -> _PaperReport:
    return _PaperReport(
        judged=verdict,
        verdict=verdict,
        sections=sections_of(verdict),
        near=listed.nearest(paper, NEIGHBOURS),
        found=forecasts.of(record, verdict),
    )


def _print(record: Record, paper: Paper, shown: _PaperReport, *, as_json: bool) -> None:
    if not as_json:
        show_verdict(paper, shown.verdict, shown.found, sections=shown.sections, near=shown.near)
        return
    say_json(
        _line(record, shown.verdict)
        | model_as_json(shown.judged)
        | {"lists": [each.as_json() for each in shown.found]}
        | {"neighbours": neighbours_as_json(shown.near)}
    )


def print_records(inputs: Sequence[str], settings: Settings) -> ExitCode:
    """Print what was read as JSON lines; judge nothing."""
    records, problems = _split(read_inputs(inputs, settings, quiet=True))
    for record in records:
        say_json(record_to_json(record))
    warn(problems)
    return _exit_code(records, problems)


def say_who_judges(forecasts: Forecasts) -> None:
    """Say on standard error that a list's own entries judge, where nobody configured it."""
    for known in forecasts.lists:
        if known.judge.own is not None and not known.facts.target.classifier:
            say(
                f"{known.name} is not about what the classifier knows: its own entries judge.",
                err=True,
            )


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
