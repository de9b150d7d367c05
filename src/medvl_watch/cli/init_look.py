"""What `init` learns of a list, and the files that it makes for it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.changes import Target
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.classify.sections.kinds import takes_no_papers
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.init_preview import Preview, poll_recent, preview
from medvl_watch.cli.init_source import ListAtHand, read_list_at_hand
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.output import progress
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import FILE_NAME
from medvl_watch.errors import ConfigError, WatchError
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
from medvl_watch.storage.user_files import read_text

_REMEDY = "install medvl-watch again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStart:
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
    def sections(self) -> int:
        """How many sections take papers."""
        return len(open_headings(self.document))

    @property
    def strongest_words(self) -> tuple[str, ...]:
        """The words of the list's subject, the strongest first; empty if the model judges."""
        own = self.judge.own
        return tuple(own.profile.strongest_words(20)) if isinstance(own, SubjectClassifier) else ()


def look_at(source: str, output: Path) -> ListStart:
    """Learn the list that `source` names, and make the files, whose paths are relative to
    `output`. Raises a WatchError, in one sentence, for what is no list."""
    at_hand = read_list_at_hand(source, live_fetcher)
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
    new, target = replace(new, classifier=classifier), replace(target, classifier=classifier)
    titles = paper_titles(document)
    query = "" if is_ours else queries.derive_query(titles, bundled_background())
    written = _files(new, query, document, judge, taxonomy)
    catalogue = _catalogue(written)
    recent = _recent(document, titles, moment)
    searches = [str(getattr(entry, "query", "")) for entry in catalogue.enabled()]
    asked = recent or titles
    found = max((queries.found_by(each, asked) for each in searches if each), default=0)
    return ListStart(
        at_hand=at_hand,
        document=document,
        target=target,
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


def preview_of(
    start: ListStart, papers: Path | None, *, offline: bool, quiet: bool
) -> tuple[Preview | None, list[WatchError]]:
    """What would be proposed of these papers, or of those that arXiv has; None without any."""
    if papers is None and offline:
        return None, []
    if papers is not None:
        records, problems = papers_file(papers)
    elif quiet:
        records, problems = poll_recent(start.catalogue, live_fetcher(), start.now)
    else:
        with progress() as report_step:
            report_step("asking arXiv for the papers of the last two weeks")
            records, problems = poll_recent(start.catalogue, live_fetcher(), start.now)
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


def live_fetcher() -> Fetcher:
    """A fetcher for the network, with the contact of the shipped sources."""
    from medvl_watch.sources.live import LiveFetcher

    return LiveFetcher(load_catalogue(_seed("sources.yaml"), "sources.yaml").contact)
