"""`medvl-watch list insert`: put papers into a list as its maintainer would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from medvl_watch.changes import Addition, Edit, Target
from medvl_watch.classify.register import LLM_CLASSIFIERS
from medvl_watch.cli.list_files import (
    OutputOptions,
    configured_templates,
    delivery_options,
    file_type,
    list_option,
    read_papers,
)
from medvl_watch.cli.list_routing import router_for, target_of
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import say, say_json, warn
from medvl_watch.cli.session import judge_of, now, read_settings, read_taxonomy
from medvl_watch.errors import ExitCode
from medvl_watch.lists.editing.holdings import holdings
from medvl_watch.lists.editing.inserting import insert as insert_additions
from medvl_watch.lists.parsing.document import Document, parse, paths_meant
from medvl_watch.offers.candidates import JudgedPaper, ListContext, candidates
from medvl_watch.papers.linking import link
from medvl_watch.publish.render import terminal
from medvl_watch.records import Decision, Headings, Outcome, Paper, Record, State, Verdict
from medvl_watch.storage.user_files import read_list

SECTION = "section"


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of one paper: `placed`, `duplicate` or `refused`, where, and why; and the
    `draft` of an entry for which its record is `lacking` something."""

    paper: Record
    result: str
    line: int | None = None
    section: Headings | None = None
    reason: str = ""
    lacking: tuple[str, ...] = ()
    draft: str = ""


@click.command(
    epilog=examples(
        "medvl-watch list insert README.md --papers papers.jsonl           say what would be done",
        "medvl-watch list insert README.md --papers papers.jsonl --diff",
        "medvl-watch list insert README.md --papers papers.jsonl --in-place",
        'a line of papers.jsonl: {"title": "…", "section": ["Papers", "2024"]}',
    )
)
@click.argument("file", type=file_type)
@click.option(
    "--papers",
    required=True,
    type=file_type,
    help="JSON lines: one record each, which may carry `section`, its path.",
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
    """Put papers into the list FILE, in its own order and style.

    A paper goes into the section that it names. For one that names none the section is
    learned from the list's own entries and headings; it is refused, with the likeliest
    sections, where that is not sure. A list of the configuration is asked more: the paper is
    judged, too, and the list's map counts. Says for each paper whether it was placed, stands
    there already, or was refused and why. Inserting again changes nothing.

    Without --diff, --output or --in-place nothing is written (a dry run).
    """
    text = read_list(file)
    records, problems = read_papers(papers)
    document = parse(text)
    additions, results = _addressed(records, document)
    routed, refused = _routed(records, document, file, list_id, config, may_ask=delivery.writes)
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


# --- where papers go ------------------------------------------------------------------


def _addressed(
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


def _routed(  # noqa: PLR0913  all that says where a paper goes
    records: Iterable[Record],
    document: Document,
    file: Path,
    list_id: str | None,
    config: Path | None,
    *,
    may_ask: bool,
) -> tuple[list[Addition], list[_Result]]:
    """Papers without a section, sent where the list's entries, and its map, would put them.

    Unless it `may_ask`, no language model judges: what writes nothing spends nothing.
    """
    bare = [record for record in records if record.extra.get(SECTION) is None]
    if not bare:
        return [], []
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    target = target_of(settings, file, list_id)
    moment = now()
    context = ListContext(
        target=target or Target(id=file.name, title=file.name, repository=""),
        router=router_for(document, target, taxonomy),
        document=document,
        holdings=holdings(document),
        standing={},
        now=moment,
    )
    papers = [link([record], {}, ()).papers[0] for record in bare]
    if target is None:
        verdicts: Sequence[Verdict] = [_wanted(paper) for paper in papers]
    else:
        with judge_of(settings, taxonomy, moment, may_ask=may_ask) as judge:
            verdicts = judge.classifier.judge(papers)
        if settings.classifier.name in LLM_CLASSIFIERS and not may_ask:
            say(
                f"Nothing is written, so no model was asked: {judge.classifier.name} judged.",
                err=True,
            )
        warn(judge.problems)
    return _placed(bare, papers, verdicts, context)


def _wanted(paper: Paper) -> Verdict:
    """What a person puts into a list that is not configured is wanted there; only the list
    itself says where."""
    return Verdict(paper_id=paper.id, relevance=1.0, decision=Decision.PROPOSE)


def _placed(
    records: Sequence[Record],
    papers: Sequence[Paper],
    verdicts: Sequence[Verdict],
    context: ListContext,
) -> tuple[list[Addition], list[_Result]]:
    additions: list[Addition] = []
    results: list[_Result] = []
    for record, paper, verdict in zip(records, papers, verdicts, strict=True):
        if verdict.decision is not Decision.PROPOSE:
            reason = f"the classifier would {verdict.decision.value} it: {verdict.reason}"
            results.append(_Result(record, "refused", reason=reason.removesuffix(": ")))
            continue
        found = candidates([JudgedPaper(paper=paper, verdict=verdict)], context)
        additions += [replace(each, paper=record) for each in found.additions]
        results += [_ended(record, outcome) for outcome in found.ends]
    return additions, results


def _ended(record: Record, outcome: Outcome) -> _Result:
    result = "duplicate" if outcome.state is State.DUPLICATE else "refused"
    return _Result(record, result, outcome.line, reason=outcome.reason)


def _results(edit: Edit, records: Sequence[Record]) -> list[_Result]:
    """What the editor did with each paper."""
    by_id: dict[str, Record] = {record.id: record for record in reversed(records)}
    placed = [_Result(by_id[p.paper_id], "placed", p.line, p.section) for p in edit.placed]
    held = [_Result(by_id[h.paper_id], "duplicate", h.line, reason=h.proof) for h in edit.held]
    refused = [
        _Result(by_id[r.paper_id], "refused", reason=r.reason, lacking=r.lacking, draft=r.draft)
        for r in edit.refused
    ]
    return [*placed, *held, *refused]


# --- what is said ---------------------------------------------------------------------


def _report(file: Path, edit: Edit, results: Sequence[_Result], delivery: OutputOptions) -> None:
    written = delivery.deliver(file, edit.before, edit.after)
    for each in results:
        delivery.say(_line(each))
    counts = {
        name: sum(each.result == name for each in results)
        for name in ("placed", "duplicate", "refused")
    }
    delivery.told(file, counts, written)


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
