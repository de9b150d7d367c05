"""Finds the entries of all available lists that are most similar to a paper.

They are shown to people together with a verdict, and to a language model as examples. Similarity
is the cosine of TF-IDF vectors (`sections.titles`). It compares the paper's title with the titles
of the entries, and with a smaller weight those words of the abstract that occur in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.titles import TitleIndex
from medvl_watch.classify.sections.topics import Topics
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings, Paper

_ABSTRACT_WEIGHT = 0.3
_LEAST_SIMILARITY = 0.05
_LONGEST_TITLE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNeighbour:
    """An entry of a list: its 1-based `line` and its section's `path`.

    `nodes` are the ids of the taxonomy's nodes whose papers go to that section, if the taxonomy
    maps the list. `similarity` ranges from 0 to 1.
    """

    title: str
    list_id: str
    path: Headings
    line: int
    nodes: tuple[str, ...] = ()
    similarity: float = 0.0


class Neighbours:
    """Finds the entries nearest to a paper. Satisfies `llm.protocols.NearestPapers`."""

    def __init__(
        self, entries: Iterable[ListedNeighbour], taxonomy: Taxonomy | None = None
    ) -> None:
        """Entries with the same title are merged into the first, with the nodes of all."""
        self._topics = Topics(taxonomy)
        self._entries = _merge_duplicates(entries)
        self._keys = [title_key(each.title) for each in self._entries]
        self._titles = TitleIndex([self._topics.terms(each.title) for each in self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def nearest(self, paper: Paper, count: int) -> tuple[ListedNeighbour, ...]:
        """At most `count` entries, the nearest first; never the paper itself."""
        title = paper.facts.title[:_LONGEST_TITLE]
        own_key = title_key(title)
        similarities = self._similarities(title, paper.facts.abstract)
        ranked = sorted(similarities.items(), key=lambda each: (-each[1], each[0]))
        neighbours = (
            replace(self._entries[index], similarity=min(1.0, similarity))
            for index, similarity in ranked
            if similarity >= _LEAST_SIMILARITY and self._keys[index] != own_key
        )
        return tuple(each for each, _ in zip(neighbours, range(count), strict=False))

    def _similarities(self, title: str, abstract: str) -> dict[int, float]:
        """The similarity of each entry that shares a term with the paper, by its index."""
        similarities = {
            index: (1 - _ABSTRACT_WEIGHT) * cosine
            for index, cosine in self._titles.similar(
                self._titles.vector(self._topics.terms(title))
            )
        }
        abstract_vector = self._titles.vector(self._titles.shared_terms(abstract))
        for index, cosine in self._titles.similar(abstract_vector):
            similarities[index] = similarities.get(index, 0.0) + _ABSTRACT_WEIGHT * cosine
        return similarities


def _merge_duplicates(entries: Iterable[ListedNeighbour]) -> list[ListedNeighbour]:
    by_key: dict[str, ListedNeighbour] = {}
    for entry in entries:
        key = title_key(entry.title)
        if not key:
            continue
        first = by_key.setdefault(key, entry)
        nodes = tuple(dict.fromkeys((*first.nodes, *entry.nodes)))
        by_key[key] = replace(first, nodes=nodes)
    return list(by_key.values())
