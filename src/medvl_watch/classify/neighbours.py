"""The listed papers that are most like a paper, over all lists that are at hand.

They are shown to people beside a verdict and to a language model as examples. Likeness is the
cosine of TF-IDF vectors (`sections.titles`): a paper's title and, for a smaller part, what its
abstract says in the words of listed titles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.titles import Titles
from medvl_watch.classify.sections.topics import Topics
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings, Paper

_ABSTRACT_SHARE = 0.3
_LEAST_LIKENESS = 0.05
_LONGEST_TITLE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNeighbour:
    """An entry of a list: its 1-based `line`, its section `path`, and the ids of the taxonomy's
    nodes whose papers go there, if the list is mapped. `likeness` is 0..1."""

    title: str
    list_id: str
    path: Headings
    line: int
    nodes: tuple[str, ...] = ()
    likeness: float = 0.0


class Neighbours:
    """Finds the nearest of some entries. Satisfies `llm.exchange.Examples`."""

    def __init__(
        self, entries: Iterable[ListedNeighbour], taxonomy: Taxonomy | None = None
    ) -> None:
        """A paper that stands in several lists is kept once, under the nodes of all."""
        self._topics = Topics(taxonomy)
        self._entries = _once(entries)
        self._keys = [title_key(each.title) for each in self._entries]
        self._titles = Titles([self._topics.terms(each.title) for each in self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def near(self, paper: Paper, count: int) -> tuple[ListedNeighbour, ...]:
        """At most so many entries, the nearest first; never the paper itself."""
        title = paper.facts.title[:_LONGEST_TITLE]
        own = title_key(title)
        likeness = self._likeness(title, paper.facts.abstract)
        ranked = sorted(likeness.items(), key=lambda each: (-each[1], each[0]))
        found = (
            replace(self._entries[number], likeness=min(1.0, share))
            for number, share in ranked
            if share >= _LEAST_LIKENESS and self._keys[number] != own
        )
        return tuple(each for each, _ in zip(found, range(count), strict=False))

    def _likeness(self, title: str, abstract: str) -> dict[int, float]:
        likeness = {
            number: (1 - _ABSTRACT_SHARE) * share
            for number, share in self._titles.alike(self._titles.vector(self._topics.terms(title)))
        }
        said = self._titles.vector(self._titles.known(abstract))
        for number, share in self._titles.alike(said):
            likeness[number] = likeness.get(number, 0.0) + _ABSTRACT_SHARE * share
        return likeness


def _once(entries: Iterable[ListedNeighbour]) -> list[ListedNeighbour]:
    kept: dict[str, ListedNeighbour] = {}
    for each in entries:
        key = title_key(each.title)
        if not key:
            continue
        first = kept.setdefault(key, each)
        nodes = tuple(dict.fromkeys((*first.nodes, *each.nodes)))
        kept[key] = replace(first, nodes=nodes)
    return list(kept.values())
