"""From a verdict to the sections of one list.

Two things tell where a paper goes. The list's own entries and headings, from which sections
are learned (`sections.model`); and, where a curator wrote one, the list's map in the taxonomy,
which says what the classifier's verdict means there. Either is enough; where there are both,
their odds are multiplied, each with the weight that a fit gave it (`sections.weights`).

With a map, what falls to no section counts as outside the list. So a paper that fits the tree
well but this list badly stays out, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.sections.map_and_model import is_meant, joined
from medvl_watch.classify.sections.model import SectionExample, SectionGuess, SectionModel, chosen
from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.classify.sections.targets import years_of
from medvl_watch.classify.sections.weights import JOINING
from medvl_watch.classify.taxonomy import (
    YEAR,
    ListMap,
    MappedSection,
    Scope,
    Taxonomy,
    ancestry,
)
from medvl_watch.records import Decision, Headings, Paper, Record, SectionScore, Verdict

_SHOWN = 3
_HALF = 0.5
_NO_YEAR = "its year is unknown, and the list goes by year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a paper goes in one list. `sections` holds one section, or several where the
    list does so, or none; `reason` says why none, or why it is not sure. `others` are the next
    best, for a person to choose from; both are best first. Unless it is `sure`, a person
    should look."""

    sections: tuple[SectionGuess, ...] = ()
    others: tuple[SectionGuess, ...] = ()
    sure: bool = False
    reason: str = ""

    @property
    def ranked(self) -> tuple[SectionGuess, ...]:
        return (*self.sections, *self.others)

    @property
    def doubt(self) -> str:
        """Why nothing should be written without a person's look; empty where it may be."""
        if self.sure or not self.sections:
            return self.reason
        scores: dict[str, float] = {}
        for each in self.likeliest:
            scores.setdefault(self.in_words(each), each.score)
        words = [f"{words} ({score:.2f})" for words, score in scores.items() if words]
        return f"{self.why}: {' or '.join(words)}" if words else self.why

    @property
    def why(self) -> str:
        """The doubt without the sections that it is between."""
        return self.reason or "its section is not sure"

    @property
    def likeliest(self) -> tuple[SectionGuess, ...]:
        """The sections for a person to choose from."""
        return self.ranked[: max(_SHOWN, len(self.sections))]

    def shown(self, section: SectionGuess) -> Headings:
        """A section's headings, without the list's own title where that stands on top of all."""
        has_title = len({each.path[0] for each in self.ranked}) == 1 < len(self.ranked)
        return section.path[has_title:] or section.path

    def in_words(self, section: SectionGuess) -> str:
        """A section as a sentence names it, without the year where nobody knows the paper's:
        that of the section is only the newest. Empty for a section that is a year alone."""
        headings = self.shown(section)
        if self.reason == _NO_YEAR:
            headings = tuple(each for each in headings if years_of(each) is None)
        return " > ".join(headings)


@dataclass(frozen=True, slots=True)
class Router:
    """One list's sections: `learned` from the list as it is, mapped by the taxonomy, or both."""

    taxonomy: Taxonomy
    list_map: ListMap | None = None
    learned: SectionModel | None = None
    odds: Mapping[Headings, float] = field(default_factory=dict)
    """By the paths of the map: how much more the list uses the section than the map would."""

    @classmethod
    def taught(
        cls,
        taxonomy: Taxonomy,
        list_map: ListMap | None,
        examples: Sequence[SectionExample],
        headings: Sequence[Headings],
    ) -> Router:
        """Learn a list from its entries and headings, and how far its map can be believed."""
        learned = SectionModel.learn(examples, headings, taxonomy)
        router = cls(taxonomy, list_map, learned)
        return replace(router, odds=router._odds(examples)) if list_map else router

    def _odds(self, examples: Sequence[SectionExample]) -> Mapping[Headings, float]:
        """What entries each section holds against what the map makes of their titles."""
        sections = self.list_map.sections if self.list_map else ()
        held = {
            section.path: sum(is_meant(section.path, example.path) for example in examples)
            for section in sections
        }
        given = dict.fromkeys(held, 0.0)
        titles = [_titled(example) for example in examples]
        for verdict in RulesClassifier(self.taxonomy).judge(titles):
            mapped = self._mapped(verdict)
            for section, share in mapped.items():
                given[section.path] += share / sum(mapped.values())
        belief = JOINING.belief
        return {path: (held[path] + belief) / (given[path] + belief) for path in held}

    def route(self, verdict: Verdict, facts: Record) -> Route:
        """The sections for a judged paper; its year is read from what is known of it."""
        year = filing_year(facts)
        mapped = self._mapped(verdict)
        guesses = self._guesses(mapped, facts, year)
        reason = self._outside(mapped, facts, year)
        if not reason and not guesses:
            reason = "the list has no sections"
        if not reason and year is None and _has_year(guesses[0].path):
            reason = _NO_YEAR
        if reason:
            return Route(others=guesses, reason=reason)
        return self._chosen(guesses, self._doubt(mapped, guesses[0], year))

    def _doubt(
        self, mapped: Mapping[MappedSection, float], best: SectionGuess, year: int | None
    ) -> str:
        """Why a person should look, however well the best section fits; else empty."""
        if year is None and any(years_of(heading) is not None for heading in best.path):
            return _NO_YEAR
        outside = self.learned is not None and 0 < sum(mapped.values()) < _HALF
        return "much of it is of no section of the list" if outside else ""

    def _outside(
        self, mapped: Mapping[MappedSection, float], facts: Record, year: int | None
    ) -> str:
        """Why the list, as its map describes it, does not take the paper; else empty."""
        if self.list_map is None:
            return ""
        for name in self.list_map.requires:
            if not has_scope(self.taxonomy.scopes[name], facts):
                return f"it does not speak of {name}, which the list asks for"
        if not self.list_map.sections:
            return ""
        if not mapped:
            return "no section of the list takes papers of its kind"
        if sum(mapped.values()) < self.taxonomy.placing.at_least:
            path = _dated(next(iter(mapped)).path, year)
            best = " > ".join(each for each in path if YEAR not in each)
            return f"its best section, {best}, fits too weakly" if best else "it fits too weakly"
        return ""

    def _mapped(self, verdict: Verdict) -> Mapping[MappedSection, float]:
        """Each section's share of the verdict's scores, best first; what is left of one falls
        to no section.

        A node counts for the section that names it or its nearest ancestor, times the
        section's odds.
        """
        sections = self.list_map.sections if self.list_map else ()
        takes = {label: section for section in sections for label in section.nodes}
        scores: dict[MappedSection, float] = {}
        outside = max(0.0, 1.0 - sum(each.score for each in verdict.sections))
        for each in verdict.sections:
            section = next((takes[label] for label in ancestry(each.node) if label in takes), None)
            if section is None:
                outside += each.score
            else:
                scores[section] = scores.get(section, 0.0) + each.score * section.odds
        total = outside + sum(scores.values())
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        return {section: score / total for section, score in ranked if score > 0}

    def _guesses(
        self, mapped: Mapping[MappedSection, float], facts: Record, year: int | None
    ) -> tuple[SectionGuess, ...]:
        """Every section of the list, best first; those that its map closes are left out."""
        if self.learned is None:
            return tuple(
                SectionGuess(path=_dated(section.path, year), score=share)
                for section, share in mapped.items()
            )
        sections = self.list_map.sections if self.list_map else ()
        closed = [section.path for section in sections if section.closed]
        learned = self.learned.sections(facts, year)
        known = min(1.0, sum(guess.score for guess in learned))
        guesses = tuple(
            guess for guess in learned if not any(is_meant(path, guess.path) for path in closed)
        )
        shares = [self._share_of(guess, mapped) for guess in guesses]
        return joined(guesses, shares, known) if any(shares) else guesses

    @property
    def _sure(self) -> float:
        placing = self.taxonomy.placing
        return placing.sure if self.list_map and self.list_map.sections else placing.sure_unmapped

    def _share_of(self, guess: SectionGuess, mapped: Mapping[MappedSection, float]) -> float:
        return sum(
            share * self.odds.get(section.path, 1.0)
            for section, share in mapped.items()
            if is_meant(section.path, guess.path)
        )

    def _chosen(self, guesses: Sequence[SectionGuess], doubt: str) -> Route:
        several = bool(
            (self.list_map and self.list_map.several) or (self.learned and self.learned.several)
        )
        taken = chosen(guesses, several=several)
        score = sum(each.score for each in taken)
        return Route(
            sections=taken,
            others=tuple(guess for guess in guesses if guess not in taken),
            sure=not doubt and score >= self._sure,
            reason=doubt,
        )


def in_list(verdict: Verdict, route: Route) -> Verdict:
    """The verdict as it holds for one list: with that list's sections, and with a person's
    look where the sections are in doubt. `node` is empty there: a list's section is none."""
    sections = tuple(
        SectionScore(node="", path=each.path, score=min(1.0, each.score)) for each in route.ranked
    )
    found = replace(verdict, sections=sections)
    if verdict.decision is not Decision.PROPOSE or not route.doubt:
        return found
    decision = Decision.REFER if route.sections else Decision.REJECT
    return replace(found, decision=decision, reason=route.doubt)


def required_sections(list_map: ListMap) -> tuple[Headings, ...]:
    """The paths that must be in the list for the map to be right: those without a year."""
    return tuple(section.path for section in list_map.sections if not _has_year(section.path))


def has_scope(scope: Scope, facts: Record) -> bool:
    """Whether title and abstract speak of the scope's subject."""
    matcher = _matcher(scope)
    terms = matcher.terms(facts.title) | matcher.terms(facts.abstract[:20_000])
    return sum(scope.lexicon[term].weight for term in terms) >= scope.at_least


@lru_cache(maxsize=64)
def _matcher(scope: Scope) -> Matcher:
    return Matcher(tuple(term.words for term in scope.lexicon))


def _titled(example: SectionExample) -> Paper:
    title = example.title
    return Paper(id=title, facts=Record(id=title, title=title))


def _has_year(path: Headings) -> bool:
    return any(YEAR in heading for heading in path)


def _dated(path: Headings, year: int | None) -> Headings:
    return tuple(heading.replace(YEAR, str(year or YEAR)) for heading in path)
