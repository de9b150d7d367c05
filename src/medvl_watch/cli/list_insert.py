"""`medvl-watch list insert`: put papers into a list as its maintainer would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from medvl_watch.changes import Addition, Edit
from medvl_watch.classify.register import LLM_CLASSIFIERS
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.list_files import (
    OutputOptions,
    configured_templates,
    delivery_options,
    file_type,
    list_option,
)
from medvl_watch.cli.list_routing import entry_of, open_forecasts
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import say, say_json, warn
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import Settings
from medvl_watch.errors import ExitCode
from medvl_watch.lists.editing.inserting import insert as insert_additions
from medvl_watch.lists.parsing.document import Document, parse, paths_meant
from medvl_watch.offers.consideration import (
    Consideration,
    JudgedPaper,
    OfferAction,
    consider,
)
from medvl_watch.papers.linking import link
from medvl_watch.pipeline.forecaster import KnownList
from medvl_watch.publish.render import terminal
from medvl_watch.records import Decision, Headings, Paper, Record, Verdict
from medvl_watch.storage.json_lines import papers_file
from medvl_watch.storage.user_files import read_list

SECTION = "section"


@dataclass(frozen=True, slots=True)
class _Result:
    """The result for one paper: `placed`, `duplicate` or `refused`, where, and why. A refused
    paper may have a `draft` of its entry; `lacking` names the fields that its record lacks."""

    paper: Record
    result: str
    line: int | None = None
    section: Headings | None = None
    reason: str = ""
    lacking: tuple[str, ...] = ()
    draft: str = ""


@click.command(
    short_help="Insert papers into a list, in its own order and style.",
    epilog=examples(
        "medvl-watch list insert README.md --papers papers.jsonl           say what would be done",
        "medvl-watch list insert README.md --papers papers.jsonl --diff",
        "medvl-watch list insert README.md --papers papers.jsonl --in-place",
        'a line of papers.jsonl: {"title": "…", "section": ["Papers", "2024"]}',
    ),
)
@click.argument("file", type=file_type)
@click.option(
    "--papers",
    required=True,
    type=file_type,
    help="JSON lines: one record per line, with or without `section`, its path.",
)
@list_option
@delivery_options
@config_option
@json_option
def insert(  # noqa: PLR0913 - click gives every option by its name
    *,
    file: Path,
    papers: Path,
    list_id: str | None,
    delivery: OutputOptions,
    config: Path | None,
    as_json: bool,
) -> ExitCode:
    """Insert papers into the list FILE, in its own order and style.

    A paper goes into the section that its record names. If it names none, the section is
    learned from the list's entries and headings; where that is not sure, the paper is refused
    with the likeliest sections.

    With --list, a paper without a section is treated as `medvl-watch run` would treat it now: it
    is judged, the map of the list and the decisions in its pull requests count, and a paper that
    would have to wait is refused. To insert such a paper all the same, name its section.

    The report says for each paper whether it was inserted, is already on the list, or was
    refused and why. A second call changes nothing.

    Nothing is written without --diff, --output or --in-place.
    """
    text = read_list(file)
    records, problems = papers_file(papers)
    document = parse(text)
    additions, results = _with_section(records, document)
    routed, refused = _without_section(records, file, list_id, config, may_ask=delivery.writes)
    templates = configured_templates(list_id, config)
    edit = insert_additions(text, [*additions, *routed], templates=templates)
    results = [*results, *refused, *_results(edit, records)]
    order = {id(record): number for number, record in enumerate(records)}
    results.sort(key=lambda each: order[id(each.paper)])
    if as_json:
        _report_json(file, edit, results, delivery)
    else:
        _report(file, edit, results, delivery)
    warn(problems)
    is_partly = problems or any(each.result == "refused" for each in results)
    return ExitCode.PARTLY if is_partly else ExitCode.DONE


# --- choose the sections ------------------------------------------------------------------


def _with_section(
    records: Iterable[Record], document: Document
) -> tuple[list[Addition], list[_Result]]:
    """Papers that name their section."""
    additions: list[Addition] = []
    refused: list[_Result] = []
    for record in records:
        if SECTION not in record.extra or record.extra[SECTION] is None:
            continue
        path = _path(record.extra[SECTION])
        if path is None:
            reason = '"section" must be a list of headings, the outermost first'
            refused.append(_Result(record, "refused", reason=reason))
            continue
        found = paths_meant(document, path)
        if len(found) > 1:
            places = " or ".join(" > ".join(each) for each in found[:3])
            reason = f'"section" fits more than one: {places}'
            refused.append(_Result(record, "refused", reason=reason))
        else:
            additions.append(Addition(paper=record, section=found[0]))
    return additions, refused


def _path(value: object) -> Headings | None:
    if isinstance(value, str) and value.strip():
        return (value,)
    if isinstance(value, list) and value and all(isinstance(each, str) and each for each in value):
        return tuple(value)
    return None


def _without_section(
    records: Iterable[Record],
    file: Path,
    list_id: str | None,
    config: Path | None,
    *,
    may_ask: bool,
) -> tuple[list[Addition], list[_Result]]:
    """Papers whose record names no section: on a configured list they go where a run would put
    them, on another list where its own entries suggest.

    Without `may_ask`, no language model is called: a command that writes nothing costs nothing.
    """
    bare = [record for record in records if record.extra.get(SECTION) is None]
    if not bare:
        return [], []
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    papers = [link([record], {}, ()).papers[0] for record in bare]
    with open_forecasts(settings, taxonomy, now(), file=file, list_id=list_id) as forecasts:
        (known,) = forecasts.lists
        if entry_of(settings, file, list_id) is None:
            judged = [JudgedPaper.on_request(paper) for paper in papers]
        else:
            verdicts = _verdicts(papers, settings, taxonomy, may_ask=may_ask)
            warn(forecasts.problems)
            judged = [
                forecasts.forecaster.judged(record, known.verdict(paper, verdict))
                for record, paper, verdict in zip(bare, papers, verdicts, strict=True)
            ]
    return _considered(bare, judged, known)


def _verdicts(
    papers: Sequence[Paper], settings: Settings, taxonomy: Taxonomy, *, may_ask: bool
) -> Sequence[Verdict]:
    with judge_of(settings, taxonomy, now(), may_ask=may_ask, asks_canaries=False) as judge:
        verdicts = judge.classifier.judge(papers)
    if settings.classifier.name in LLM_CLASSIFIERS and not may_ask:
        say(f"Nothing is written, so no model was asked: {judge.classifier.name} judged.", err=True)
    warn(judge.problems)
    return verdicts


def _considered(
    records: Sequence[Record], judged: Sequence[JudgedPaper], known: KnownList
) -> tuple[list[Addition], list[_Result]]:
    additions: list[Addition] = []
    results: list[_Result] = []
    for record, each in zip(records, judged, strict=True):
        found = consider(each, known.context)
        if found.action is OfferAction.PROPOSE and not found.waits_for:
            additions += [replace(addition, paper=record) for addition in found.additions]
        else:
            results.append(_not_inserted(record, each.verdict, found))
    return additions, results


def _not_inserted(record: Record, verdict: Verdict, found: Consideration) -> _Result:
    if found.proof:
        return _Result(record, "duplicate", found.line, reason=found.proof)
    reason = found.outcome.reason if found.outcome else found.reason
    if verdict.decision is not Decision.PROPOSE and reason in {"", verdict.reason}:
        reason = f"the classifier would {verdict.decision.value} it: {verdict.reason}"
    reasons = (reason.removesuffix(": "), found.waits_for)
    return _Result(record, "refused", found.line, reason="; ".join(filter(None, reasons)))


def _results(edit: Edit, records: Sequence[Record]) -> list[_Result]:
    """What the editor did with each paper."""
    by_id: dict[str, Record] = {record.id: record for record in reversed(records)}
    placed = [_Result(by_id[p.paper_id], "placed", p.line, p.section) for p in edit.placed]
    duplicates = [
        _Result(by_id[each.paper_id], "duplicate", each.line, reason=each.proof)
        for each in edit.already_listed
    ]
    refused = [
        _Result(by_id[r.paper_id], "refused", reason=r.reason, lacking=r.lacking, draft=r.draft)
        for r in edit.refused
    ]
    return [*placed, *duplicates, *refused]


# --- print the report ---------------------------------------------------------------------


def _report(file: Path, edit: Edit, results: Sequence[_Result], delivery: OutputOptions) -> None:
    written = delivery.deliver(file, edit.before, edit.after)
    for each in results:
        delivery.say(_line(each))
    counts = {
        name: sum(each.result == name for each in results)
        for name in ("placed", "duplicate", "refused")
    }
    delivery.say_summary(file, counts, written)


def _line(each: _Result) -> str:
    title = terminal(each.paper.title, 70)
    if each.result == "placed":
        return f"placed     {title}\n           line {each.line}, {_shown(each.section)}"
    if each.result == "duplicate":
        return f"duplicate  {title}\n           stands at line {each.line} ({each.reason})"
    shown = f"refused    {title}\n           {terminal(each.reason)}"
    if not each.draft:
        return shown
    lines = "".join(f"\n             {terminal(line)}" for line in each.draft.splitlines())
    return f"{shown}\n           a draft, \u2026 for what is missing:{lines}"


def _shown(section: Headings | None) -> str:
    return terminal(" > ".join(section or ()))


def _report_json(
    file: Path, edit: Edit, results: Sequence[_Result], delivery: OutputOptions
) -> None:
    lines = {placement.paper_id: placement.lines for placement in edit.placed}
    papers = [
        {
            "id": each.paper.id,
            "title": each.paper.title,
            "result": each.result,
            "line": each.line,
            "section": each.section,
            "lines": lines.get(each.paper.id) if each.result == "placed" else None,
            "reason": each.reason,
            "lacking": list(each.lacking),
            "draft": each.draft,
        }
        for each in results
    ]
    delivered = delivery.as_json(file, edit.before, edit.after)
    say_json({"file": str(file), "papers": papers, **delivered})
