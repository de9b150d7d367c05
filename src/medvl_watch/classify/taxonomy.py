"""The tree of categories, what is relevant, and how each list's sections map to the tree.

All of it comes from seeds/taxonomy.yaml, which curators edit; `taxonomyfile` reads and checks
it. A label that is not in the tree is refused, wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from medvl_watch.classify.sections.word_vectors import WordVectors
from medvl_watch.errors import ConfigError
from medvl_watch.records import Headings

YEAR = "{year}"
"""Stands in a section's path for the paper's year."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase and its points. One point doubles the odds of what it speaks for."""

    text: str
    words: tuple[str, ...]
    weight: float


Lexicon: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A category. `path` holds the titles from the top of the tree down to this node."""

    id: str
    title: str
    definition: str
    lexicon: Lexicon
    parent: str | None
    path: Headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Something that every relevant paper must speak of, such as medicine or language."""

    name: str
    definition: str
    lexicon: Lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """What makes a paper relevant. `together` counts for every facet at once, `against`
    for none; `title_counts` is what a word in the title weighs beside one in the abstract.
    Relevance at or above `propose` is proposed, at or above `refer` referred."""

    title_counts: float
    facets: tuple[Facet, ...]
    together: Lexicon
    against: Lexicon
    withdrawn: Lexicon
    propose: float
    refer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A subject that a list may ask for; a paper has it from `at_least` points on."""

    name: str
    definition: str
    lexicon: Lexicon
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedSection:
    """One section of a list and the nodes (with all below them) whose papers go there.

    `odds` says how much the list prefers this section where two fit. A section that is
    `closed` takes no new papers.
    """

    path: Headings
    nodes: tuple[str, ...]
    odds: float
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMap:
    """A list's sections. `requires` names scopes that a paper must have; `several` says
    that the list puts one paper into more than one section."""

    id: str
    requires: tuple[str, ...]
    several: bool
    sections: tuple[MappedSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """When a section is good enough: below `at_least` a paper is outside the list; at or
    above `sure`, or `sure_unmapped` where the list has no map, a person need not look. Shares
    of one, like section scores. So many points as `points_to_double` say double the odds of
    one node beside its siblings."""

    points_to_double: float
    at_least: float
    sure: float
    sure_unmapped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """What taxonomy.yaml says, checked. `digest` changes whenever its text does. `senses` is
    no part of it: what words mean, where that is known, for the sections of lists."""

    nodes: Mapping[str, Node]
    relevance: Relevance
    scopes: Mapping[str, Scope]
    placing: Placing
    lists: Mapping[str, ListMap]
    digest: str
    senses: WordVectors | None = None

    def node(self, label: str) -> Node:
        """The node with this id. Raises ConfigError for a label that is not in the tree."""
        if label not in self.nodes:
            raise ConfigError(
                f"the taxonomy has no node {label!r}",
                remedy=f"use one of {', '.join(self.nodes)}",
            )
        return self.nodes[label]

    def at(self, path: Headings) -> Node:
        """The node with these titles. Raises ConfigError if there is none."""
        for node in self.nodes.values():
            if node.path == path:
                return node
        raise ConfigError(f"the taxonomy has no node with the path {' > '.join(path)!r}")

    def children(self, label: str | None) -> tuple[Node, ...]:
        """The nodes directly below this one, in the file's order; None for the top ones."""
        return tuple(node for node in self.nodes.values() if node.parent == label)

    def list_map(self, map_id: str) -> ListMap:
        """The map of one list. Raises ConfigError if the taxonomy has none."""
        if map_id not in self.lists:
            raise ConfigError(
                f"the taxonomy maps no list {map_id!r}",
                remedy=f"use one of {', '.join(self.lists)} or add its sections there",
            )
        return self.lists[map_id]


def ancestry(label: str) -> tuple[str, ...]:
    """A node's id and those above it, nearest first: `a/b/c`, `a/b`, `a`."""
    parts = label.split("/")
    return tuple("/".join(parts[:length]) for length in range(len(parts), 0, -1))
