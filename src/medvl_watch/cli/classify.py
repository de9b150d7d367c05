"""`medvl-watch classify`: judge papers by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import click

from medvl_watch.classify.routing import sections_for
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.verdictfile import verdict_fields
from medvl_watch.cli.classify_file import judge_file
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import bar, say, say_json, warn
from medvl_watch.cli.session import (
    LEDGER_NAME,
    judge_of,
    make_sources,
    now,
    read_settings,
    read_taxonomy,
    read_text,
)
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode, WatchError, combined_exit_code
from medvl_watch.ledger.opening import copy_of_ledger
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.papers.linking import link
from medvl_watch.papers.recordfile import read_records, record_from_json
from medvl_watch.papers.venues import year_of
from medvl_watch.publish.render import terminal
from medvl_watch.records import Paper, Record, Verdict


@click.command(
    epilog=examples(
        "medvl-watch classify 2403.17834",
        "medvl-watch classify https://arxiv.org/abs/2403.17834 --json",
        "medvl-watch classify paper.json          one record, or JSON lines (.jsonl)",
        "medvl-watch classify note.txt            first line the title, the rest the abstract",
        "printf 'A title\\n\\nAn abstract.' | medvl-watch classify -",
        "medvl-watch classify --input papers.jsonl.gz --output verdicts.jsonl",
    )
)
@click.argument("inputs", nargs=-1, metavar="X...")
@click.option("--classifier", default="", help="Use this one instead of the configuration's.")
@click.option("--input", "source", type=file_type, help="Judge every line of this file instead.")
@click.option("--output", type=file_type, help="Write its verdicts here. Default: print them.")
@config_option
@json_option
def command(  # noqa: PLR0913  one parameter an option
    inputs: tuple[str, ...],
    classifier: str,
    source: Path | None,
    output: Path | None,
    config: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Judge each paper X: an arXiv id, a DOI, an address, a file, or - for standard input.

    Says how relevant it is, where in the taxonomy it belongs, which words decided, and what
    would be done on each list. With --json, one line a paper, in the order of the input.

    With --input, a file of any size (JSON lines, plain or gzipped) is judged in portions: one
    line out for each line in, in the same order. A line that is no record is told, and its
    line in the output refers it to a person, flagged `unreadable`.
    """
    _check_usage(inputs, source, output)
    settings, _ = read_settings(config)
    taxonomy = read_taxonomy(settings)
    if source is not None:
        with judge_of(settings, taxonomy, now(), name=classifier) as judge:
            return judge_file(source, output or Path("-"), judge, as_json=as_json)
    records, problems = _split(_records(inputs, settings))
    papers = [_paper(record) for record in records]
    with judge_of(settings, taxonomy, now(), name=classifier) as judge:
        verdicts = judge.classifier.judge(papers)
    problems += judge.problems
    for record, paper, verdict in zip(records, papers, verdicts, strict=True):
        if as_json:
            say_json(_line(record, verdict))
        else:
            _tell(paper, verdict, taxonomy, settings)
    if judge.spent and not as_json:
        say(judge.spent)
    warn(problems)
    return _exit_code(records, problems)


def _check_usage(inputs: tuple[str, ...], source: Path | None, output: Path | None) -> None:
    if bool(inputs) == (source is not None):
        raise click.UsageError("Give papers X..., or a file of them with --input.")
    if output is not None and source is None:
        raise click.UsageError("--output goes with --input.")


def _line(record: Record, verdict: Verdict) -> dict[str, object]:
    """The verdict under the id that came in, with the keys that came in and are not ours."""
    said = verdict_fields(verdict, record.arxiv_id) | {"id": record.id}
    return said | {key: value for key, value in record.extra.items() if key not in said}


def _exit_code(records: Sequence[Record], problems: Sequence[WatchError]) -> ExitCode:
    """One wrong input among good ones is partly done; nothing but wrong ones keeps its code."""
    if problems and not records and len({problem.exit_code for problem in problems}) == 1:
        return problems[0].exit_code
    return combined_exit_code(problems)


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


def _records(inputs: Sequence[str], settings: Settings) -> Iterator[Record | WatchError]:
    for each in inputs:
        try:
            if each == "-":
                yield from _from_text(sys.stdin.buffer.read().decode("utf-8-sig"), "standard input")
            elif _is_file(each):
                yield from _from_text(read_text(Path(each), "name another file"), each)
            else:
                yield _looked_up(each, settings)
        except UnicodeDecodeError as error:
            yield ConfigError(
                f"is no UTF-8 (byte {error.start})", where="standard input", remedy="send UTF-8"
            )
        except WatchError as error:
            yield error


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False


def _from_text(text: str, where: str) -> Iterator[Record | WatchError]:
    """Records out of one JSON object, JSON lines, or a title and an abstract in plain text."""
    stripped = text.strip()
    if not stripped:
        raise ConfigError("there is nothing in it", where=where, remedy="give a title at least")
    if not stripped.startswith(("{", "[")):
        title, _, abstract = stripped.partition("\n")
        words = {"title": " ".join(title.split()), "abstract": " ".join(abstract.split())}
        yield record_from_json(words, where)
    elif _is_one_value(stripped):
        value = _json(stripped, where)
        if isinstance(value, list):
            yield from _from_list(value, where)
        else:
            yield record_from_json(value, where)
    else:
        yield from read_records(stripped.split("\n"), where)


def _from_list(values: Sequence[object], where: str) -> Iterator[Record | WatchError]:
    for number, value in enumerate(values, start=1):
        try:
            yield record_from_json(value, f"{where}[{number}]")
        except WatchError as error:
            yield error


def _json(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"this is not JSON ({error.msg}, line {error.lineno})",
            where=where,
            remedy="give one record, a list of records, or one record a line",
        ) from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(
            "this JSON is nested too deeply, or holds a number of too many digits", where=where
        ) from error


def _is_one_value(text: str) -> bool:
    first = text.split("\n", 1)[0].strip()
    return text.startswith("[") or "\n" not in text or not first.endswith("}")


def _looked_up(text: str, settings: Settings) -> Record:
    """A paper by its identifier: from the ledger if it was seen, else from the sources."""
    identifier = parse_identifier(text)
    if identifier is None:
        raise ConfigError(
            "this is neither a file nor an arXiv id, a DOI or a paper's address",
            where=text,
            remedy="give one of these, or - for standard input",
        )
    with closing(copy_of_ledger(settings.state / LEDGER_NAME)) as ledger:
        ids = set(ledger.paper_ids({f"arxiv:{identifier}", f"doi:{identifier}"}).values())
        for paper in ledger.papers(ids):
            return paper.facts
    problems: list[WatchError] = []
    for source in make_sources(settings):
        try:
            record = source.lookup(identifier)
        except WatchError as error:
            problems.append(error)
            continue
        if record is not None:
            return record
    if problems:
        raise problems[0]
    raise ConfigError("no source knows this paper", where=text, remedy="see that the id is right")


def _tell(paper: Paper, verdict: Verdict, taxonomy: Taxonomy, settings: Settings) -> None:
    say(f"{terminal(paper.facts.title)}  [{paper.id}]")
    say(f"  relevance {bar(verdict.relevance)} {verdict.relevance:.2f}  {verdict.decision.value}"
        f"{': ' + verdict.reason if verdict.reason else ''}")  # fmt: skip
    for flag in verdict.flags:
        say(f"  flagged   {flag}")
    for section in verdict.sections[:4]:
        say(f"  section   {bar(section.score)} {section.score:.2f}  {' > '.join(section.path)}")
    words = [
        f"“{terminal(evidence.quote)}” ({evidence.field}, {evidence.speaks_for})"
        for evidence in verdict.evidence[:6]
    ]
    if words:
        say(f"  because   {'; '.join(words)}")
    for target in settings.targets():
        route = sections_for(
            verdict,
            paper.facts,
            taxonomy.list_map(target.map_id),
            taxonomy,
            year_of(paper.facts),
        )
        place = " and ".join(" > ".join(each.path) for each in route.sections) or route.reason
        say(f"  {target.id}: {terminal(place)}")
    say()
