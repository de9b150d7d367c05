"""From a verdict to the sections of one list.

A section's score is the sum of the verdict's scores over the nodes that it takes, each node
counted for the section that names it or its nearest ancestor, times the section's odds; what
falls to no section counts as outside the list. So a paper that fits the tree well but this
list badly stays out, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.taxonomy import (
    YEAR,
    ListMap,
    MappedSection,
    Scope,
    Taxonomy,
    ancestry,
)
from medvl_watch.records import Headings, Record, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSection:
    """A section of the list, its year filled in. `nodes` are those that spoke for it;
    `sure` is False where a person should look."""

    path: Headings
    score: float
    nodes: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a paper goes in one list. `sections` holds one section, or several where the
    list does so, or none: then `reason` says why. `others` are the next best, for a person
    to choose from; both are best first."""

    sections: tuple[ListSection, ...] = ()
    others: tuple[ListSection, ...] = ()
    reason: str = ""


def sections_for(
    verdict: Verdict, facts: Record, list_map: ListMap, taxonomy: Taxonomy, year: int | None
) -> Route:
    """The sections of a list for a judged paper. `year` is the one the list files it under."""
    for name in list_map.requires:
        if not has_scope(taxonomy.scopes[name], facts):
            return Route(reason=f"it does not speak of {name}, which the list asks for")
    scores, outside = _scores(verdict, list_map)
    total = outside + sum(score for score, _ in scores.values())
    if not scores or total <= 0:
        return Route(reason="no section of the list takes papers of its kind")
    ranked = sorted(scores.items(), key=lambda item: -item[1][0])
    placing = taxonomy.placing
    found = [
        ListSection(
            path=section.path, score=score / total, nodes=nodes, sure=score / total >= placing.sure
        )
        for section, (score, nodes) in ranked
    ]
    if found[0].score < placing.at_least:
        best = " > ".join(found[0].path)
        return Route(others=tuple(found), reason=f"its best section, {best}, fits too weakly")
    if year is None and any(YEAR in heading for heading in found[0].path):
        return Route(others=tuple(found), reason="its year is unknown, and the list goes by year")
    found = [replace(each, path=_dated(each.path, year)) for each in found]
    taken = [each for each in found if each.score >= placing.at_least]
    count = len(taken) if list_map.several else 1
    return Route(sections=tuple(found[:count]), others=tuple(found[count:]))


def required_sections(list_map: ListMap) -> tuple[Headings, ...]:
    """The paths that must be in the list for the map to be right: those without a year."""
    return tuple(
        section.path
        for section in list_map.sections
        if not any(YEAR in heading for heading in section.path)
    )


def has_scope(scope: Scope, facts: Record) -> bool:
    """Whether title and abstract speak of the scope's subject."""
    matcher = _matcher(scope)
    terms = {
        hit.term for text in (facts.title, facts.abstract[:20_000]) for hit in matcher.find(text)
    }
    return sum(scope.lexicon[term].weight for term in terms) >= scope.at_least


@lru_cache(maxsize=64)
def _matcher(scope: Scope) -> Matcher:
    return Matcher(tuple(term.words for term in scope.lexicon))


_Scores = Mapping[MappedSection, tuple[float, tuple[str, ...]]]


def _scores(verdict: Verdict, list_map: ListMap) -> tuple[_Scores, float]:
    """Each section's score and nodes, and the share that no section takes."""
    takes = {label: section for section in list_map.sections for label in section.nodes}
    scores: dict[MappedSection, tuple[float, tuple[str, ...]]] = {}
    outside = max(0.0, 1.0 - sum(each.score for each in verdict.sections))
    for each in verdict.sections:
        section = next((takes[label] for label in ancestry(each.node) if label in takes), None)
        if section is None:
            outside += each.score
            continue
        score, nodes = scores.get(section, (0.0, ()))
        scores[section] = (score + each.score * section.odds, (*nodes, each.node))
    return scores, outside


def _dated(path: Headings, year: int | None) -> Headings:
    return tuple(heading.replace(YEAR, str(year)) for heading in path)
