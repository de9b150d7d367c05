"""Whether a paper is in a scope that a list requires, by the words of the scope's lexicon."""

from __future__ import annotations

from functools import lru_cache

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.taxonomy import Scope
from medvl_watch.records import Record


def is_in_scope(scope: Scope, facts: Record) -> bool:
    """Whether title and abstract have enough points for the scope."""
    matcher = _matcher(scope)
    terms = matcher.term_numbers(facts.title) | matcher.term_numbers(facts.abstract[:20_000])
    return sum(scope.lexicon[term].weight for term in terms) >= scope.at_least


@lru_cache(maxsize=64)
def _matcher(scope: Scope) -> Matcher:
    return Matcher(tuple(term.words for term in scope.lexicon))
