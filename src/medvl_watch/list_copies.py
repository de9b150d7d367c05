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

from pydantic import TypeAdapter, ValidationError

from medvl_watch.changes import PullRequest, Snapshot, Target
from medvl_watch.classify.neighbours import ListedNeighbour, Neighbours
from medvl_watch.classify.sections.map_and_model import matches_path
from medvl_watch.classify.taxonomy import ListMap, MappedSection, Taxonomy
from medvl_watch.config import ListSettings, Settings
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.section_examples import examples_of
from medvl_watch.records import Headings, Paper
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
