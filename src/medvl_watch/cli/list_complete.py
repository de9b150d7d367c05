"""`medvl-watch list complete`: add newly known facts to the entries of a list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.list_files import (
    OutputOptions,
    delivery_options,
    file_type,
)
from medvl_watch.cli.options import examples, json_option
from medvl_watch.cli.output import say_json, warn
from medvl_watch.errors import ExitCode
from medvl_watch.lists.editing.completing import CompletionResult
from medvl_watch.lists.editing.completing import complete as complete_entries
from medvl_watch.publish.render import terminal
from medvl_watch.records import Record
from medvl_watch.storage.json_lines import papers_file
from medvl_watch.storage.user_files import read_list


@click.command(
    short_help="Add newly known code links and venues to entries.",
    epilog=examples(
        "medvl-watch list complete README.md --papers papers.jsonl         say what would be done",
        "medvl-watch list complete README.md --papers papers.jsonl --diff",
        "medvl-watch list complete README.md --papers papers.jsonl --in-place",
    ),
)
@click.argument("file", type=file_type)
@click.option("--papers", required=True, type=file_type, help="JSON lines: one record per line.")
@delivery_options
@json_option
def complete(*, file: Path, papers: Path, delivery: OutputOptions, as_json: bool) -> ExitCode:
    """Add newly known facts to entries of the list FILE: code links and venues.

    A code link is added; an entry that says arXiv gets the venue in the list's own words, with
    the venue's link if the list uses such links. Where the list files papers by the year of
    their venue, the entry moves to its new year. Nothing else changes.

    Nothing is written without --diff, --output or --in-place.
    """
    text = read_list(file)
    records, problems = papers_file(papers)
    result = complete_entries(text, records)
    if as_json:
        _report_json(file, result, records, delivery)
    else:
        _report(file, result, records, delivery)
    warn(problems)
    return ExitCode.PARTLY if problems or result.refused else ExitCode.DONE


def _report(
    file: Path, result: CompletionResult, records: Sequence[Record], delivery: OutputOptions
) -> None:
    titles = {record.id: terminal(record.title, 70) for record in records}
    written = delivery.deliver(file, result.before, result.after)
    lines = [
        f"completed  {titles[done.paper_id]}\n           line {done.line}: {', '.join(done.added)}"
        for done in result.done
    ]
    lines += [
        f"complete   {titles[entry.paper_id]}\n           line {entry.line} has all known facts"
        for entry in result.complete
    ]
    lines += [
        f"refused    {titles[each.paper_id]}\n           {terminal(each.reason)}"
        for each in result.refused
    ]
    for line in lines:
        delivery.say(line)
    sizes = (len(result.done), len(result.complete), len(result.refused))
    counts = dict(zip(("completed", "complete", "refused"), sizes, strict=True))
    delivery.say_summary(file, counts, written)


def _report_json(
    file: Path, result: CompletionResult, records: Sequence[Record], delivery: OutputOptions
) -> None:
    titles = {record.id: record.title for record in records}
    papers: list[dict[str, Any]] = [
        {
            "id": done.paper_id,
            "title": titles[done.paper_id],
            "result": "completed",
            "line": done.line,
            "section": done.section,
            "added": done.added,
            "lines": done.lines,
            "reason": "",
        }
        for done in result.done
    ]
    papers += [
        _bare(entry.paper_id, titles, "complete", entry.line, "") for entry in result.complete
    ]
    papers += [_bare(r.paper_id, titles, "refused", None, r.reason) for r in result.refused]
    delivered = delivery.as_json(file, result.before, result.after)
    say_json({"file": str(file), "papers": papers, **delivered})


def _bare(
    paper_id: str, titles: dict[str, str], result: str, line: int | None, reason: str
) -> dict[str, Any]:
    return {
        "id": paper_id,
        "title": titles[paper_id],
        "result": result,
        "line": line,
        "section": None,
        "added": [],
        "lines": None,
        "reason": reason,
    }
