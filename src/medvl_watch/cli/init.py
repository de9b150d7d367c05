"""`medvl-watch init`: look at a list and write the files with which it is kept up to date."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.changes import Target
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.classify.sections.kinds import takes_no_papers
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.init_preview import MOST_SHOWN, Preview, poll_recent, preview
from medvl_watch.cli.init_source import ListAtHand, read_list_at_hand
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import dry_run_option, examples, json_option
from medvl_watch.cli.output import plural, progress, say, say_json, warn
from medvl_watch.cli.session import judge_of, now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import FILE_NAME
from medvl_watch.errors import ConfigError, ExitCode, WatchError
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.own_entries import paper_titles
from medvl_watch.offers.section_examples import examples_of, open_headings
from medvl_watch.onboarding import files, queries
from medvl_watch.onboarding.taxonomy_text import taxonomy_text
from medvl_watch.papers.identifiers import title_key
from medvl_watch.pipeline.list_classifiers import ListClassifier, ListClassifiers
from medvl_watch.ports import Fetcher
from medvl_watch.sources.catalogue import Catalogue, load_catalogue
from medvl_watch.storage.json_lines import papers_file
from medvl_watch.storage.model_files import bundled_background
from medvl_watch.storage.user_files import read_text, write_text

_REMEDY = "install medvl-watch again"


@click.command(
    epilog=examples(
        "medvl-watch init README.md              a file on this machine",
        "medvl-watch init ../my-list             a clone",
        "medvl-watch init owner/name             a repository on GitHub",
        "medvl-watch init README.md --dry-run    show what would be written and proposed",
        "medvl-watch init README.md --papers papers.jsonl    with papers at hand, not from arXiv",
    )
)
@click.argument("source", default=".", metavar="[REPO | FILE]")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Write the files into this folder. Default: the working folder.",
)
@click.option(
    "--papers",
    type=file_type,
    help="Show what would be proposed of the papers in this file, instead of asking arXiv.",
)
@click.option("--offline", is_flag=True, help="Do not ask arXiv.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@dry_run_option
@json_option
def command(  # noqa: PLR0913  one parameter per option
    source: str,
    output: Path,
    papers: Path | None,
    *,
    offline: bool,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> ExitCode:
    """Look at a list and write what is needed to keep it up to date.

    The list is the README of a folder or of a repository on GitHub, or a Markdown file. Its
    sections and its subject are learned from its entries. Written are medvl-watch.toml with every
    key explained, a workflow for GitHub Actions, and, if the list is on another subject than ours,
    sources.yaml with a query derived from its entries and taxonomy.yaml made from its headings.

    Then the papers of the last two weeks are judged, and what would be proposed is shown. Nothing
    is written if one of the files exists already, unless --force is given.
    """
    start = _look_at(source, output)
    if not (dry_run or force):
        _refuse_existing(start, output)
    shown, problems = _preview(start, papers, offline=offline, quiet=as_json)
    problems = [*start.problems, *problems]
    if not dry_run:
        for name, text in start.files.items():
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
    if as_json:
        say_json(_as_json(start, shown, problems, output, dry_run=dry_run))
    else:
        _report(start, shown, output, dry_run=dry_run)
    warn(problems)
    return ExitCode.PARTLY if problems else ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """What was learned of a list, and the files for it by their names."""

    at_hand: ListAtHand
    document: Document
    target: Target
    judge: ListClassifier
    shared: OpenClassifier
    taxonomy: Taxonomy
    titles: tuple[str, ...]
    files: dict[str, str]
    catalogue: Catalogue
    found: int
    asked: int
    are_recent: bool
    now: datetime

    @property
    def problems(self) -> list[WatchError]:
        return [self.judge.problem] if self.judge.problem else []

    @property
    def is_of_own_subject(self) -> bool:
        return bool(self.target.classifier)


def _look_at(source: str, output: Path) -> _Start:
    at_hand = read_list_at_hand(source, _fetcher)
    document = parse(at_hand.text)
    if not document.entries:
        raise ConfigError(
            "no entries of papers were found in it",
            where=source,
            remedy="name the file that holds the list, or see `medvl-watch list inspect`",
        )
    settings, _ = read_settings(bundled_folder("seeds") / "demo" / FILE_NAME)
    taxonomy = read_taxonomy(settings)
    moment = now()
    shared = judge_of(settings, taxonomy, moment, may_ask=False)
    classifiers = ListClassifiers(taxonomy, shared)
    new = _new_list(at_hand, document, output)
    target = Target(id=new.id, title=new.title, repository=new.repository, path=new.path)
    judge = classifiers.of_unconfigured(target, document)
    is_ours = judge.own is None and judge.problem is None
    classifier = "" if is_ours else SubjectClassifier.name
    new = files.NewList(**(asdict(new) | {"classifier": classifier}))
    titles = paper_titles(document)
    query = "" if is_ours else queries.derive_query(titles, bundled_background())
    written = _files(new, query, document, judge, taxonomy)
    catalogue = _catalogue(written)
    recent = _recent(document, titles, moment)
    searches = [str(getattr(entry, "query", "")) for entry in catalogue.enabled()]
    asked = recent or titles
    found = max((queries.found_by(each, asked) for each in searches if each), default=0)
    return _Start(
        at_hand=at_hand,
        document=document,
        target=Target(
            id=new.id,
            title=new.title,
            repository=new.repository,
            path=new.path,
            classifier=classifier,
        ),
        judge=judge,
        shared=shared,
        taxonomy=taxonomy,
        titles=titles,
        files=written,
        catalogue=catalogue,
        found=found,
        asked=len(asked),
        are_recent=bool(recent),
        now=moment,
    )


def _new_list(at_hand: ListAtHand, document: Document, output: Path) -> files.NewList:
    list_id = files.list_id(at_hand.name)
    headings = [section.path[:1] for section in document.sections if section.path]
    titles = [heading[0] for heading in headings if not takes_no_papers(heading)]
    title = titles[0] if titles and headings[0][0] == titles[0] else at_hand.name
    seed = ""
    if at_hand.file is not None:
        seed = os.path.relpath(at_hand.file, output)
    return files.NewList(
        id=list_id,
        title=" ".join(title.split()) or list_id,
        repository=at_hand.repository or f"local/{list_id}",
        path=at_hand.path,
        seed=seed,
        on_github=bool(at_hand.repository),
    )


def _files(
    new: files.NewList, query: str, document: Document, judge: ListClassifier, taxonomy: Taxonomy
) -> dict[str, str]:
    seeds = bundled_folder("seeds")
    written: dict[str, str] = {}
    if query:
        contact = load_catalogue(_seed("sources.yaml"), str(seeds / "sources.yaml")).contact
        written[files.SOURCES_NAME] = files.sources_text(query, contact)
    if isinstance(judge.own, SubjectClassifier):
        words = judge.own.profile.strongest_words(60)
        written[files.TAXONOMY_NAME] = taxonomy_text(new.title, document, words, taxonomy)
    config = files.config_text(
        _seed("medvl-watch.example.toml"),
        new,
        has_sources=files.SOURCES_NAME in written,
        has_taxonomy=files.TAXONOMY_NAME in written,
    )
    workflow = {files.WORKFLOW_NAME: _seed("workflow.example.yml")}
    return {FILE_NAME: config, **written, **(workflow if new.on_github else {})}


def _seed(name: str) -> str:
    return read_text(bundled_folder("seeds") / name, _REMEDY)


def _catalogue(written: dict[str, str]) -> Catalogue:
    name = files.SOURCES_NAME
    return load_catalogue(written.get(name) or _seed(name), name)


def _recent(document: Document, titles: tuple[str, ...], moment: datetime) -> tuple[str, ...]:
    years = {title_key(example.title): example.year for example in examples_of(document)}
    dated = {title: years.get(title_key(title)) for title in titles}
    return queries.recent_titles(dated, moment.year)


def _refuse_existing(start: _Start, output: Path) -> None:
    existing = [name for name in start.files if (output / name).exists()]
    if existing:
        raise ConfigError(
            f"{' and '.join(existing)} {'exists' if len(existing) == 1 else 'exist'} already, so"
            " nothing was written",
            where=str(output),
            remedy="name another folder with --output, or replace with --force",
        )


def _preview(
    start: _Start, papers: Path | None, *, offline: bool, quiet: bool
) -> tuple[Preview | None, list[WatchError]]:
    if papers is None and offline:
        return None, []
    if papers is not None:
        records, problems = papers_file(papers)
    elif quiet:
        records, problems = poll_recent(start.catalogue, _fetcher(), start.now)
    else:
        with progress() as report_step:
            report_step("asking arXiv for the papers of the last two weeks")
            records, problems = poll_recent(start.catalogue, _fetcher(), start.now)
    if not records:
        return None, problems
    shown = preview(
        records,
        start.target,
        start.document,
        start.judge,
        start.shared.classifier,
        start.taxonomy,
        start.now,
    )
    return shown, problems


def _fetcher() -> Fetcher:
    from medvl_watch.sources.live import LiveFetcher

    return LiveFetcher(load_catalogue(_seed("sources.yaml"), "sources.yaml").contact)


# --- what a person reads ------------------------------------------------------------------


def _report(start: _Start, shown: Preview | None, output: Path, *, dry_run: bool) -> None:
    say(f"{start.target.title}: {plural(len(start.document.entries), 'entry')} in "
        f"{plural(_sections(start), 'section')}.".replace("entrys", "entries"))  # fmt: skip
    if isinstance(start.judge.own, SubjectClassifier):
        words = ", ".join(start.judge.own.profile.strongest_words(8))
        say(f"Its subject is not ours, so its own entries judge: {words}.")
    elif not start.problems:
        say("Its subject is ours: the trained model judges.")
    which = " of the last two years" if start.are_recent else ""
    say(f"By titles alone the search finds {start.found} of {start.asked} of the list's own papers"
        f"{which}; abstracts are searched, too.")  # fmt: skip
    if shown is not None:
        _say_preview(shown)
    verb = "Would write" if dry_run else "Wrote"
    say(f"{verb} {', '.join(str(output / name) for name in start.files)}.")
    if not dry_run:
        config = output / FILE_NAME
        say(f"Next: `medvl-watch config check --config {config}`, then "
            f"`medvl-watch run --dry-run --config {config}`.")  # fmt: skip


def _say_preview(shown: Preview) -> None:
    say(f"Of {plural(shown.read, 'paper')}, {len(shown.proposed)} would be proposed and "
        f"{shown.referred} referred to a person:")  # fmt: skip
    for paper in shown.proposed[:MOST_SHOWN]:
        say(f"  {paper.relevance:.2f} {paper.title}")
        say(f"       {paper.in_words}")
    if len(shown.proposed) > MOST_SHOWN:
        say(f"  and {len(shown.proposed) - MOST_SHOWN} more")


def _sections(start: _Start) -> int:
    return len(open_headings(start.document))


def _as_json(
    start: _Start, shown: Preview | None, problems: list[WatchError], output: Path, *, dry_run: bool
) -> dict[str, Any]:
    own = start.judge.own
    return {
        "list": start.target.id,
        "title": start.target.title,
        "repository": start.target.repository,
        "entries": len(start.document.entries),
        "sections": _sections(start),
        "classifier": start.target.classifier or start.shared.classifier.name,
        "subject": own.profile.strongest_words(20) if isinstance(own, SubjectClassifier) else (),
        "search": {"finds": start.found, "of": start.asked, "recent": start.are_recent},
        "files": {str(output / name): text for name, text in start.files.items()},
        "written": not dry_run,
        "preview": asdict(shown) if shown else None,
        "problems": [str(problem) for problem in problems],
    }
