"""`medvl-watch link`: which records describe one paper, why, and what a person decides about it."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.explain import find_paper
from medvl_watch.cli.ledger_place import ledger_place, locks_at
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.ledger.files import ledger_to_read, open_ledger
from medvl_watch.offers.outcomes import joined_outcomes
from medvl_watch.papers.identifiers import keys_in, parse_identifier
from medvl_watch.papers.link_decisions import LinkDecisions
from medvl_watch.papers.link_explanation import LinkExplanation, explain_link
from medvl_watch.papers.linking import LinkResult, link
from medvl_watch.papers.regrouping import join_papers, records_named, split_paper
from medvl_watch.pipeline.workers import while_nobody_polls
from medvl_watch.ports import Ledger
from medvl_watch.publish.render import terminal
from medvl_watch.records import Origin, Paper, Record
from medvl_watch.state import locked_folder
from medvl_watch.storage.json_lines import papers_file, whole_file

_file = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@click.group(
    invoke_without_command=True,
    short_help="Find the records that describe one paper, and correct what was found.",
    epilog=examples(
        "medvl-watch link --input records.jsonl --output clusters.jsonl",
        "medvl-watch link explain 2403.17834 10.1007/978-3-031-72390-2_1",
        "medvl-watch link split 2403.17834 10.1109/tmi.2024.1234567",
        "medvl-watch link join 2403.17834 10.1007/978-3-031-72390-2_1",
    ),
)
@click.option("--input", "source", type=_file, help="Records as JSON lines, plain or gzipped.")
@click.option("--output", type=_file, help="The clusters, one line per record, in their order.")
@json_option
@click.pass_context
def command(
    context: click.Context, source: Path | None, output: Path | None, *, as_json: bool
) -> ExitCode:
    """Find the records of a file that describe one paper.

    For each record the output has one line: {"id", "cluster", "ids", "evidence"}, with the ids
    of all records of the same paper and why they belong together. The ledger is not used.
    """
    if context.invoked_subcommand:
        return ExitCode.DONE
    if source is None or output is None:
        raise ConfigError(
            "name the records with --input and the result with --output",
            where="medvl-watch link", remedy="or see medvl-watch link --help",
        )  # fmt: skip
    records, problems = papers_file(source)
    # A file may give one id twice: the line tells records apart.
    for number, each in enumerate(records):
        records[number] = replace(each, origin=Origin(source=str(number), fetched_at=_NEVER))
    with _paused_collector():
        linked = link(records, {}, [])
    with whole_file(output) as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in _lines(linked))
    for problem in problems:
        click.echo(f"medvl-watch: {problem}", err=True)
    joined = len(records) - len(linked.papers)
    if as_json:
        say_json({"records": len(records), "papers": len(linked.papers),
                  "doubts": len(linked.doubts), "unreadable": len(problems)})  # fmt: skip
    elif str(output) != "-":
        say(f"{plural(len(records), 'record')}, {plural(len(linked.papers), 'paper')}: "
            f"{joined} linked, {len(linked.doubts)} in doubt")  # fmt: skip
    return ExitCode.PARTLY if problems else ExitCode.DONE


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Without searches for garbage: there are no cycles among millions of records and links, and
    looking for some takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _lines(linked: LinkResult) -> Iterator[dict[str, Any]]:
    """One line for each record, in the order of the input."""
    lines: dict[int, dict[str, Any]] = {}
    for paper in linked.papers:
        ids = [each.id for each in paper.records]
        for record, each in zip(paper.records, paper.links, strict=True):
            evidence = [each.proof, *each.evidence] if each.evidence else []
            number = int(record.origin.source) if record.origin else 0
            lines[number] = {
                "id": record.id, "cluster": paper.id, "ids": ids, "evidence": evidence,
            }  # fmt: skip
    # The first record of a cluster has no proof of its own: that of the others speaks for it.
    for paper in linked.papers:
        own = [lines[int(each.origin.source)] for each in paper.records if each.origin]
        shared: list[str] = next((line["evidence"] for line in own if line["evidence"]), [])
        for line in own:
            line["evidence"] = line["evidence"] or shared
    yield from (lines[number] for number in sorted(lines))


@command.command(
    epilog=examples(
        "medvl-watch link explain 2403.17834 10.1007/978-3-031-72390-2_1",
        "medvl-watch link explain a b --input records.jsonl --json",
    )
)
@click.argument("one")
@click.argument("other")
@click.option("--input", "source", type=_file, help="A file with records of these ids.")
@config_option
@json_option
def explain(
    one: str, other: str, source: Path | None, config: Path | None, *, as_json: bool
) -> ExitCode:
    """Show why two records are of one paper, or of two.

    ONE and OTHER are arXiv ids, DOIs or addresses of papers in the ledger; with --input, ids of
    records in a file.
    """
    if source is not None:
        records, _ = papers_file(source)
        found = explain_link(_by_id(records, one), _by_id(records, other))
    else:
        settings, _ = read_settings(config)
        with closing(ledger_to_read(ledger_place(settings))) as ledger:
            papers = find_paper(ledger, one), find_paper(ledger, other)
            decisions = LinkDecisions(ledger.link_decisions())
        first, second = (
            _record_meant(p, text) for p, text in zip(papers, (one, other), strict=True)
        )
        found = explain_link(first, second, decisions, linked=papers[0].id == papers[1].id)
    if as_json:
        say_json(found.as_dict())
    else:
        _print_explanation(found)
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch link split 2403.17834 10.1109/tmi.2024.1234567"))
@click.argument("paper")
@click.argument("record")
@config_option
def split(paper: str, record: str, config: Path | None) -> ExitCode:
    """Separate a record from a paper, for good.

    PAPER and RECORD are arXiv ids, DOIs, addresses or ids. The record becomes a paper of its
    own, and the two are never linked again, unless you join them.
    """
    settings, _ = read_settings(config)
    moment = now()
    with locked_folder(settings.state), _ledger(settings, moment) as ledger:
        whole = find_paper(ledger, paper)
        result = split_paper(whole, records_named(whole, record, _keys(record)), moment)
        ledger.decide_links(result.decisions, (result.first, result.second), (), moment)
    say(f"{result.second.id} is a paper of its own now: {terminal(result.second.facts.title)}")
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch link join 2403.17834 10.1007/978-3-031-72390-2_1"))
@click.argument("paper")
@click.argument("other")
@config_option
def join(paper: str, other: str, config: Path | None) -> ExitCode:
    """Make one paper of two, for good.

    All records of OTHER become records of PAPER. What was decided about PAPER stays; OTHER is
    no longer offered to any list.
    """
    settings, _ = read_settings(config)
    moment = now()
    with locked_folder(settings.state), _ledger(settings, moment) as ledger:
        first, second = find_paper(ledger, paper), find_paper(ledger, other)
        result = join_papers(first, second, moment)
        outcomes = ledger.latest_outcomes(papers=[second.id])
        ledger.decide_links(
            result.decisions, (result.first,),
            joined_outcomes(second.id, first.id, outcomes, moment), moment,
            without_keys=(second.id,),
        )  # fmt: skip
    say(f"{second.id} is part of {first.id} now ({plural(len(result.first.records), 'record')})")
    return ExitCode.DONE


@contextmanager
def _ledger(settings: Settings, moment: datetime) -> Iterator[Ledger]:
    """The ledger for writing, while no other worker changes its papers."""
    place = ledger_place(settings)
    opened = open_ledger(place, moment)
    with closing(opened.ledger) as ledger, while_nobody_polls(locks_at(place, opened.engine)):
        yield ledger


def _by_id(records: Sequence[Record], wanted: str) -> Record:
    for each in records:
        if each.id == wanted:
            return each
    raise ConfigError("no record has this id", where=wanted, remedy="name one of the file's ids")


def _keys(text: str) -> frozenset[str]:
    found = parse_identifier(text)
    scheme = "doi" if found and found.startswith("10.") else "arxiv"
    return keys_in(text) | ({f"{scheme}:{found}"} if found else set())


def _record_meant(paper: Paper, text: str) -> Record:
    return next(iter(records_named(paper, text, _keys(text))), paper.facts)


def _print_explanation(found: LinkExplanation) -> None:
    say(f"{terminal(found.one.title)}\n{terminal(found.other.title)}\n")
    for line in found.evidence:
        say(f"  {terminal(line)}")
    say(f"\n{terminal(found.conclusion)}")
