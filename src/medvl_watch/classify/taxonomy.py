"""The tree of categories, the rules of relevance, and the map of each list's sections.

All of it comes from seeds/taxonomy.yaml, which curators edit; `taxonomyfile` reads and checks
it. The id of a node that is not in the tree is refused, wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from medvl_watch.classify.sections.word_vectors import WordVectors
from medvl_watch.errors import ConfigError
from medvl_watch.records import Headings

YEAR = "{year}"
"""The placeholder for the paper's year in the path of a section."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase with its points, `weight`. One point doubles the odds of the target, such
    as a facet or a node. `words` are the word patterns of the term (`lexicon.term_words`)."""

    text: str
    words: tuple[str, ...]
    weight: float


Lexicon: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A category. `path` has the titles from the top of the tree down to this node."""

    id: str
    title: str
    definition: str
    lexicon: Lexicon
    parent: str | None
    path: Headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A subject that every relevant paper must have, such as medicine or language."""

    name: str
    definition: str
    lexicon: Lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """The lexicons and thresholds that decide whether a paper is relevant.

    The points of `together` are added to every facet, those of `against` are subtracted from
    every facet; a term of `withdrawn` says that the paper was withdrawn. `title_counts` is the
    factor for terms in the title. A paper with a relevance of at least `propose` is proposed,
    one of at least `refer` referred.
    """

    title_counts: float
    facets: tuple[Facet, ...]
    together: Lexicon
    against: Lexicon
    withdrawn: Lexicon
    propose: float
    refer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A subject that a list may require; a paper is in scope with at least `at_least` points."""

    name: str
    definition: str
    lexicon: Lexicon
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedSection:
    """A section of a list, and the nodes whose papers go there (including all nodes below them).

    `odds` is the factor by which the list prefers this section over others that fit as well. A
    `closed` section takes no new papers.
    """

    path: Headings
    nodes: tuple[str, ...]
    odds: float
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMap:
    """The map of a list's sections. `requires` names the scopes in which a paper must be;
    `several` says that the list puts a paper into more than one section."""

    id: str
    requires: tuple[str, ...]
    several: bool
    sections: tuple[MappedSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The thresholds for section scores, from 0 to 1.

    If all scores by the map add up to less than `at_least`, a person decides about the paper. A
    section with a score of at least `sure` (`sure_unmapped` if the list has no map) needs no
    check by a person. `points_to_double` is the number of points that double the odds of a node
    among its siblings.
    """

    points_to_double: float
    at_least: float
    sure: float
    sure_unmapped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """The checked content of taxonomy.yaml. `digest` is a hash of its text. `word_vectors` come
    from another file, if there is one; they are used to choose sections. So are `synonyms`, the
    nodes of a larger taxonomy, if this one has too few words of its own."""

    nodes: Mapping[str, Node]
    relevance: Relevance
    scopes: Mapping[str, Scope]
    placing: Placing
    lists: Mapping[str, ListMap]
    digest: str
    word_vectors: WordVectors | None = None
    synonyms: Mapping[str, Node] | None = None

    @property
    def section_nodes(self) -> Mapping[str, Node]:
        """The nodes whose lexicons say which words of headings and titles mean the same."""
        return self.nodes if self.synonyms is None else self.synonyms

    def node(self, node_id: str) -> Node:
        """The node with this id. Raises ConfigError if there is none."""
        if node_id not in self.nodes:
            raise ConfigError(
                f"the taxonomy has no node {node_id!r}",
                remedy=f"use one of {', '.join(self.nodes)}",
            )
        return self.nodes[node_id]

    def node_at(self, path: Headings) -> Node:
        """The node with this path of titles. Raises ConfigError if there is none."""
        for node in self.nodes.values():
            if node.path == path:
                return node
        raise ConfigError(f"the taxonomy has no node with the path {' > '.join(path)!r}")

    def children(self, node_id: str | None) -> tuple[Node, ...]:
        """The nodes directly below this one, in the order of the file; the top nodes for None."""
        return tuple(node for node in self.nodes.values() if node.parent == node_id)

    def list_map(self, map_id: str) -> ListMap:
        """The map with this id. Raises ConfigError if there is none."""
        if map_id not in self.lists:
            raise ConfigError(
                f"the taxonomy has no map of a list {map_id!r}",
                remedy=f"use one of {', '.join(self.lists)} or add its sections there",
            )
        return self.lists[map_id]


def ancestry(node_id: str) -> tuple[str, ...]:
    """The ids of a node and its ancestors, nearest first: `a/b/c`, `a/b`, `a`."""
    parts = node_id.split("/")
    return tuple("/".join(parts[:length]) for length in range(len(parts), 0, -1))
