"""The papers of the configured lists, to find those that are like another.

Lists and our pull requests on them are read from the copies of the last run (`save_copy`), else
from the seeds. Nothing is fetched, so no token and no network are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from medvl_watch.changes import PullRequest, Snapshot, Target
from medvl_watch.classify.llm.protocols import ListCandidates
from medvl_watch.classify.neighbours import ListedNeighbour, Neighbours
from medvl_watch.classify.section_choices import subject_of
from medvl_watch.classify.sections.map_and_model import matches_path
from medvl_watch.classify.taxonomy import ListMap, MappedSection, Taxonomy
from medvl_watch.config import ListSettings, Settings
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.section_candidates import LearnedList, LearnedLists, fields_of_list
from medvl_watch.offers.section_examples import examples_of, router_of
from medvl_watch.records import Headings, Paper, Verdict
from medvl_watch.storage.whole_files import write_whole

FOLDER = "lists"
"""The subfolder of `state` with each list as the last run read it."""


class ListedPapers:
    """The papers of the configured lists, which are read on first use.

    Satisfies `classify.llm.protocols.NearestPapers`.
    """

    def __init__(self, settings: Settings, taxonomy: Taxonomy) -> None:
        self._settings = settings
        self._taxonomy = taxonomy
        self._lock = Lock()
        self._found: Neighbours | None = None

    def nearest(self, paper: Paper, count: int) -> Sequence[ListedNeighbour]:
        with self._lock:
            if self._found is None:
                self._found = Neighbours(_entries(self._settings, self._taxonomy), self._taxonomy)
        return self._found.nearest(paper, count)


class ListedSections:
    """The sections of the configured lists, learned on first use.

    Satisfies `classify.llm.protocols.CandidateLists`. `documents` replaces the configured lists
    by those with these ids, titles, maps and texts.
    """

    def __init__(
        self, settings: Settings, taxonomy: Taxonomy, documents: Sequence[NamedList] | None = None
    ) -> None:
        self._settings = settings
        self._taxonomy = taxonomy
        self._documents = documents
        self._lock = Lock()
        self._learned: list[LearnedList] | None = None

    def candidates(self, paper: Paper, verdict: Verdict) -> Sequence[ListCandidates]:
        return LearnedLists(self._lists()).candidates(paper, verdict)

    def candidates_in(self, list_id: str, paper: Paper, verdict: Verdict) -> ListCandidates | None:
        """The candidates in one list; None if there is none of this name, or nothing to choose."""
        for each in self._lists():
            if each.router.list_id == list_id:
                return each.candidates(paper, verdict)
        return None

    def first_section(self, list_id: str, paper: Paper, verdict: Verdict) -> Headings:
        """The best target for a paper in one list, by the list's own entries; empty if there is
        none."""
        for each in self._lists():
            if each.router.list_id == list_id:
                return next(map(subject_of, each.router.route(verdict, paper.facts).ranked), ())
        return ()

    def _lists(self) -> Sequence[LearnedList]:
        with self._lock:
            if self._learned is None:
                lists = self._configured() if self._documents is None else self._documents
                self._learned = [_learn(each, self._taxonomy) for each in lists]
        return self._learned

    def _configured(self) -> Sequence[NamedList]:
        return [
            NamedList(each.id, each.title, each.target().map_id, document)
            for each in self._settings.lists
            if not each.classifier  # such a list is judged by its own entries
            and (document := listed_document(self._settings.state, each)) is not None
        ]


class NamedList(NamedTuple):
    """A list as it was read: its id, title, the name of its map, and its text."""

    id: str
    title: str
    map_id: str
    document: Document


def _learn(named: NamedList, taxonomy: Taxonomy) -> LearnedList:
    list_map = taxonomy.lists.get(named.map_id)
    router = router_of(named.document, taxonomy, list_map, named.id)
    return LearnedList(router=router, title=named.title, fields=fields_of_list(named.document))


def save_copy(
    state: Path, target: Target, snapshot: Snapshot, pulls: Sequence[PullRequest]
) -> None:
    """Save a copy of a list and of our pull requests on it. Errors of the disk are ignored: it is
    only a copy."""
    with suppress(OSError):
        path = _copy(state, target.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, snapshot.content)
        write_whole(_pulls_file(state, target.id), _PULLS.dump_json(tuple(pulls)))


def last_read_list(state: Path, target: Target) -> bytes | None:
    """A list as the last run read it; None without a copy."""
    try:
        return _copy(state, target.id).read_bytes()
    except OSError:
        return None


def last_read_pulls(state: Path, list_id: str) -> Sequence[PullRequest]:
    """Our pull requests on a list, as the last run read or left them; none where that cannot
    be read."""
    try:
        return _PULLS.validate_json(_pulls_file(state, list_id).read_bytes())
    except (OSError, ValidationError):
        return ()


def _entries(settings: Settings, taxonomy: Taxonomy) -> Iterator[ListedNeighbour]:
    for each in settings.lists:
        list_map = taxonomy.lists.get(each.target().map_id)
        document = listed_document(settings.state, each)
        for entry in examples_of(document) if document else ():
            section = _mapped(entry.path, list_map)
            if section is None or not section.closed:
                yield ListedNeighbour(
                    title=entry.title,
                    list_id=each.id,
                    path=entry.path,
                    line=entry.line,
                    nodes=section.nodes if section else (),
                )


def listed_document(state: Path, entry: ListSettings) -> Document | None:
    """The list; None if it cannot be read, which a run reports."""
    for path in filter(None, (_copy(state, entry.id), entry.seed)):
        try:
            return parsed(decode(path.read_bytes(), where=str(path)))
        except (OSError, WatchError):
            continue
    return None


@lru_cache(maxsize=16)
def parsed(text: str) -> Document:
    """Cached, since sections and neighbours are learned from the same lists."""
    return parse(text)


def _mapped(path: Headings, list_map: ListMap | None) -> MappedSection | None:
    """The section of the map that stands for a path of the list."""
    sections = list_map.sections if list_map else ()
    return next((each for each in sections if matches_path(each.path, path)), None)


def _copy(state: Path, list_id: str) -> Path:
    return state / FOLDER / f"{list_id}.md"


def _pulls_file(state: Path, list_id: str) -> Path:
    return state / FOLDER / f"{list_id}.pulls.json"


_PULLS = TypeAdapter(tuple[PullRequest, ...])
