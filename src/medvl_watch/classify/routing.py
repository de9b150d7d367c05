"""Finds the sections of one list for a paper that was judged.

There are two sources: a section model, learned from the list's own entries and headings
(`sections.model`), and the list's map in the taxonomy, if a curator wrote one, which says to
which section the nodes of a verdict belong. Either is enough. If there are both, their odds are
multiplied, each with an exponent that was fitted (`sections.weights`).

Scores that the map assigns to no section count as outside of the list. So a paper that fits the
taxonomy well but the list badly is not proposed there, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.scope_match import is_in_scope
from medvl_watch.classify.section_choices import apply_choices, is_placed_by, reason_against
from medvl_watch.classify.sections.map_and_model import combine_scores, matches_path
from medvl_watch.classify.sections.model import (
    SectionExample,
    SectionGuess,
    SectionModel,
    choose_sections,
)
from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.classify.sections.weights import MAP_WEIGHTS
from medvl_watch.classify.taxonomy import (
    YEAR,
    ListMap,
    MappedSection,
    Taxonomy,
    ancestry,
)
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.records import Decision, Headings, Paper, Record, SectionScore, Verdict

_MOST_CANDIDATES = 3
_KINDS_OF_A_PAPER = 2  # its likeliest category, and the one in which it could stand as well
_HALF = 0.5
_NO_YEAR = "its year is unknown, and the sections of the list go by year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The sections of one list for a paper.

    `sections` has one section, or several where the list puts papers into several, or none.
    `alternatives` are the next best, for a person to choose from. Both are best first. `reason`
    says why there is no section, or why a person should check it. Unless `is_sure`, a person
    should check the section.
    """

    sections: tuple[SectionGuess, ...] = ()
    alternatives: tuple[SectionGuess, ...] = ()
    is_sure: bool = False
    reason: str = ""

    @property
    def ranked(self) -> tuple[SectionGuess, ...]:
        return (*self.sections, *self.alternatives)

    @property
    def doubt(self) -> str:
        """Why nothing should be written before a person has checked it, with the candidates;
        empty if it may be written."""
        if self.is_sure or not self.sections:
            return self.reason
        scores: dict[str, float] = {}
        for guess in self.candidates:
            scores.setdefault(self.section_text(guess), guess.score)
        texts = [f"{text} ({score:.2f})" for text, score in scores.items() if text]
        return f"{self.short_doubt}: {' or '.join(texts)}" if texts else self.short_doubt

    @property
    def short_doubt(self) -> str:
        """The doubt without the candidates."""
        return self.reason or "its section is uncertain"

    @property
    def candidates(self) -> tuple[SectionGuess, ...]:
        """The sections for a person to choose from, best first."""
        return self.ranked[: max(_MOST_CANDIDATES, len(self.sections))]

    def display_path(self, section: SectionGuess) -> Headings:
        """A section's headings, without the title of the list if it is the outermost of all."""
        has_list_title = len({each.path[0] for each in self.ranked}) == 1 < len(self.ranked)
        return section.path[has_list_title:] or section.path

    def section_text(self, section: SectionGuess) -> str:
        """A section as text: `Segmentation > 2024`.

        If the year of the paper is unknown, the year is left out, since that of the section is
        only the newest; the text is empty for a section that is only a year.
        """
        headings = self.display_path(section)
        if self.reason == _NO_YEAR:
            headings = tuple(each for each in headings if years_of_title(each) is None)
        return " > ".join(headings)


@dataclass(frozen=True, slots=True)
class Router:
    """Finds sections in one list, by its section `model`, by its map in the taxonomy, or both.

    `map_odds` has for each path of the map the ratio of the section's entries in the list to
    the entries that the map would give it. `list_id` is the list that a language model's choices
    (`Verdict.list_sections`) name.
    """

    taxonomy: Taxonomy
    list_map: ListMap | None = None
    model: SectionModel | None = None
    map_odds: Mapping[Headings, float] = field(default_factory=dict)
    list_id: str = ""

    @classmethod
    def learn(
        cls,
        taxonomy: Taxonomy,
        list_map: ListMap | None,
        examples: Sequence[SectionExample],
        headings: Sequence[Headings],
        list_id: str = "",
    ) -> Router:
        """Learn the section model from a list's entries and headings, and the odds of its map."""
        model = SectionModel.learn(examples, headings, taxonomy)
        router = cls(taxonomy, list_map, model, list_id=list_id)
        return replace(router, map_odds=router._learn_odds(examples)) if list_map else router

    def _learn_odds(self, examples: Sequence[SectionExample]) -> Mapping[Headings, float]:
        """Compare the entries of each section with the entries that the map would give it, as
        `rules` judges their titles."""
        sections = self.list_map.sections if self.list_map else ()
        actual = {
            section.path: sum(matches_path(section.path, example.path) for example in examples)
            for section in sections
        }
        expected = dict.fromkeys(actual, 0.0)
        papers = [_paper_of_title(example) for example in examples]
        for verdict in RulesClassifier(self.taxonomy).judge(papers):
            map_scores = self._map_scores(verdict)
            for section, score in map_scores.items():
                expected[section.path] += score / sum(map_scores.values())
        prior = MAP_WEIGHTS.prior_count
        return {path: (actual[path] + prior) / (expected[path] + prior) for path in actual}

    def route(self, verdict: Verdict, facts: Record) -> Route:
        """The sections for a judged paper with these facts; its year is taken from them."""
        year = filing_year(facts)
        map_scores = self._map_scores(verdict)
        choices = [each for each in verdict.list_sections if each.list_id == self.list_id]
        guesses = apply_choices(self._guess_sections(map_scores, facts, year), choices)
        is_placed = is_placed_by(choices)
        reason = self.reason_out_of_scope(facts) or reason_against(choices)
        if not reason and not is_placed:
            reason = self._reason_outside_map(verdict)
        if not reason and not guesses:
            reason = "the list has no sections"
        if not reason and year is None and _has_year_placeholder(guesses[0].path):
            reason = _NO_YEAR
        if reason:
            return Route(alternatives=guesses, reason=reason)
        fitting = {} if is_placed else map_scores
        return self._choose(guesses, self._reason_to_check(fitting, guesses[0], year))

    def _reason_to_check(
        self, map_scores: Mapping[MappedSection, float], best: SectionGuess, year: int | None
    ) -> str:
        """Why a person should check the best section, whatever its score; empty if there is no
        reason."""
        if year is None and any(years_of_title(heading) is not None for heading in best.path):
            return _NO_YEAR
        # Without entries to learn from, the score itself says how sure the section is.
        enough = self.taxonomy.placing.at_least if self.model is None else _HALF
        is_mostly_outside = 0 < sum(map_scores.values()) < enough
        return "it may not fit any section of this list" if is_mostly_outside else ""

    def reason_out_of_scope(self, facts: Record) -> str:
        """Why the list's scope excludes the paper; empty if it does not."""
        for name in self.list_map.requires if self.list_map else ():
            if not is_in_scope(self.taxonomy.scopes[name], facts):
                return f"it is not about {name}, which the list requires"
        return ""

    def _reason_outside_map(self, verdict: Verdict) -> str:
        """Why the paper is outside of the list as its map describes it; empty if it is not.

        A paper of which one of the two likeliest categories has a section may belong there,
        however low the score: a person decides.
        """
        if self.list_map is None or not self.list_map.sections:
            return ""
        mapped = {node_id for section in self.list_map.sections for node_id in section.nodes}
        likeliest = verdict.sections[:_KINDS_OF_A_PAPER]
        if any(not mapped.isdisjoint(ancestry(each.node)) for each in likeliest):
            return ""
        return "no section of the list takes papers of its kind"

    def _map_scores(self, verdict: Verdict) -> Mapping[MappedSection, float]:
        """The score of each section by the map, best first; what they lack to one belongs to no
        section.

        The score of a node counts for the section that names the node or its nearest ancestor,
        times the odds that the map gives the section.
        """
        sections = self.list_map.sections if self.list_map else ()
        section_of = {node_id: section for section in sections for node_id in section.nodes}
        scores: dict[MappedSection, float] = {}
        outside = max(0.0, 1.0 - sum(each.score for each in verdict.sections))
        for each in verdict.sections:
            mapped = (
                section_of[node_id] for node_id in ancestry(each.node) if node_id in section_of
            )
            if (section := next(mapped, None)) is None:
                outside += each.score
            else:
                scores[section] = scores.get(section, 0.0) + each.score * section.odds
        total = outside + sum(scores.values())
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        return {section: score / total for section, score in ranked if score > 0}

    def _guess_sections(
        self, map_scores: Mapping[MappedSection, float], facts: Record, year: int | None
    ) -> tuple[SectionGuess, ...]:
        """Every section of the list, best first, except those that the map closes."""
        if self.model is None:
            return tuple(
                SectionGuess(path=_fill_in_year(section.path, year), score=score)
                for section, score in map_scores.items()
            )
        sections = self.list_map.sections if self.list_map else ()
        closed = [section.path for section in sections if section.closed]
        learned = self.model.rank_sections(facts, year)
        total_score = min(1.0, sum(guess.score for guess in learned))
        guesses = tuple(
            guess for guess in learned if not any(matches_path(path, guess.path) for path in closed)
        )
        scores = [self._map_score(guess, map_scores) for guess in guesses]
        return combine_scores(guesses, scores, total_score) if any(scores) else guesses

    @property
    def _threshold(self) -> float:
        placing = self.taxonomy.placing
        return placing.sure if self.list_map and self.list_map.sections else placing.sure_unmapped

    def _map_score(self, guess: SectionGuess, map_scores: Mapping[MappedSection, float]) -> float:
        return sum(
            score * self.map_odds.get(section.path, 1.0)
            for section, score in map_scores.items()
            if matches_path(section.path, guess.path)
        )

    def _choose(self, guesses: Sequence[SectionGuess], reason_to_check: str) -> Route:
        several = bool(
            (self.list_map and self.list_map.several) or (self.model and self.model.several)
        )
        sections = choose_sections(guesses, several=several)
        score = sum(each.score for each in sections)
        return Route(
            sections=sections,
            alternatives=tuple(guess for guess in guesses if guess not in sections),
            is_sure=not reason_to_check and score >= self._threshold,
            reason=reason_to_check,
        )


def verdict_for_list(verdict: Verdict, route: Route, *, is_placed: bool = False) -> Verdict:
    """The verdict for one list: with the sections of that list, and referred to a person if these
    are in doubt. `is_placed` says that a person has chosen a section, so that doubt does not
    count. `SectionScore.node` is empty, since a list's section is not a node."""
    sections = tuple(
        SectionScore(node="", path=each.path, score=min(1.0, each.score)) for each in route.ranked
    )
    for_list = replace(verdict, sections=sections)
    if verdict.decision is not Decision.PROPOSE or is_placed or not route.doubt:
        return for_list
    decision = Decision.REFER if route.sections else Decision.REJECT
    return replace(for_list, decision=decision, reason=route.doubt)


def required_sections(list_map: ListMap) -> tuple[Headings, ...]:
    """The paths of the map that must exist in the list: those without a year."""
    return tuple(
        section.path for section in list_map.sections if not _has_year_placeholder(section.path)
    )


def _paper_of_title(example: SectionExample) -> Paper:
    return Paper(id=example.title, facts=Record(id=example.title, title=example.title))


def _has_year_placeholder(path: Headings) -> bool:
    return any(YEAR in heading for heading in path)


def _fill_in_year(path: Headings, year: int | None) -> Headings:
    return tuple(heading.replace(YEAR, str(year or YEAR)) for heading in path)
