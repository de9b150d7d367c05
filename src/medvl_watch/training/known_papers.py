"""Papers that labels or lists hold, found again in a stream that may know them by other keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.paper_matching import EntryIdentity, identify_entries, match_paper
from medvl_watch.lists.parsing.document import parse
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.papers.identifiers import is_generic_title, title_key
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.records import Record
from medvl_watch.storage.user_files import read_list
from medvl_watch.training.examples import key_of


class KnownPapers:
    """Labelled papers and the entries of lists. `keys` are those of the papers that `matches` has
    found among them; what was found so, `unmatched` leaves out."""

    def __init__(self, labelled: Iterable[Record], lists: Iterable[Path]) -> None:
        """Raises WatchError where a list cannot be read."""
        self._known: list[Record | _KnownEntry] = [*labelled, *_entries(lists)]
        self.keys: set[str] = set()
        self._matched: set[int] = set()
        self._by_key: dict[str, list[int]] = {}
        for number, each in enumerate(self._known):
            keys = each.identity.keys if isinstance(each, _KnownEntry) else _keys(each)
            for key in {*keys, *_title(each.title)}:
                self._by_key.setdefault(key, []).append(number)

    def matches(self, paper: Record) -> bool:
        """Whether it is one of them: by its id, an address or a DOI, or by its title alone."""
        if not self._by_key:
            return False
        found = {
            number
            for key in (*_keys(paper), *_title(paper.title))
            for number in self._by_key.get(key, ())
            if _is_same(paper, self._known[number])
        }
        self._matched |= found
        if found:
            self.keys.add(key_of(paper))
        return bool(found)

    def unmatched(self) -> Iterator[Record]:
        """What was not met; an entry only where no other paper here has its title."""
        titles = {
            title_key(each.title)
            for number, each in enumerate(self._known)
            if number in self._matched or isinstance(each, Record)
        }
        for number, each in enumerate(self._known):
            if isinstance(each, Record):
                if number not in self._matched:
                    yield each
            elif each.title.strip() and title_key(each.title) not in titles:
                titles.add(title_key(each.title))
                yield record_from_json({"title": each.title}, each.where)


class _KnownEntry(NamedTuple):
    """An entry of a list: a paper of which little more than the title is known."""

    title: str
    identity: EntryIdentity
    where: str


def _entries(lists: Iterable[Path]) -> Iterator[_KnownEntry]:
    for path in lists:
        for each in identify_entries(parse(read_list(path))):
            yield _KnownEntry(each.title, each, f"{path}:{each.line}")


def _is_same(paper: Record, known: Record | _KnownEntry) -> bool:
    """Whether a known paper that shares a key or the title is this one."""
    if isinstance(known, _KnownEntry):
        return isinstance(match_paper(paper, [known.identity]), AlreadyListed)
    return not (paper.arxiv_id and known.arxiv_id) or paper.arxiv_id == known.arxiv_id


def _keys(record: Record) -> frozenset[str]:
    return strong_keys(record) | {key_of(record)}


def _title(title: str) -> tuple[str, ...]:
    """The key of a title that can tell works apart."""
    return () if is_generic_title(title) else (title_key(title),)
