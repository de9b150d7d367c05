"""The sections of a list that may take a paper, to ask a language model about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from medvl_watch.classify.llm.list_labels import MOST_SECTIONS, MOST_WITH_ENTRIES
from medvl_watch.classify.llm.protocols import CandidateSection, ListCandidates
from medvl_watch.classify.routing import Router
from medvl_watch.classify.section_choices import subject_of
from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.lists.parsing.document import Document
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings, Paper, Record, Verdict

_EXAMPLES = 3
_FEWEST = 2
_SUMMARY = "summary"
_FIELD_OF_COLUMN = (
    ("task", re.compile(r"\b(?:tasks?|applications?)\b", re.IGNORECASE)),
    ("modality", re.compile(r"\b(?:modalit(?:y|ies)|image types?)\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedList:
    """A list whose sections have been learned, with the described fields that it needs."""

    router: Router
    title: str
    fields: tuple[str, ...] = (_SUMMARY,)

    def candidates(self, paper: Paper, verdict: Verdict) -> ListCandidates | None:
        return candidates_of(
            self.router, paper.facts, verdict, title=self.title, fields=self.fields
        )


@dataclass(frozen=True, slots=True)
class LearnedLists:
    """Several such lists. Satisfies `classify.llm.protocols.CandidateLists`."""

    lists: Sequence[LearnedList]

    def candidates(self, paper: Paper, verdict: Verdict) -> Sequence[ListCandidates]:
        found = (each.candidates(paper, verdict) for each in self.lists)
        return [each for each in found if each is not None]


def candidates_of(
    router: Router,
    facts: Record,
    verdict: Verdict,
    *,
    title: str,
    fields: tuple[str, ...] = (_SUMMARY,),
) -> ListCandidates | None:
    """The likeliest subjects of the list's sections, in the order of the file, and the entries of
    the very likeliest; None if the list's scope excludes the paper or there is nothing to choose
    between."""
    if router.reason_out_of_scope(facts):
        return None
    route = router.route(verdict, facts)
    guesses: dict[Headings, list[SectionGuess]] = {}
    for guess in route.ranked:
        guesses.setdefault(subject_of(guess), []).append(guess)
    by_score = sorted(guesses, key=lambda path: -sum(each.score for each in guesses[path]))
    likeliest = set(by_score[:MOST_SECTIONS])
    with_entries = set(by_score[:MOST_WITH_ENTRIES])
    if len(likeliest) < _FEWEST:
        return None
    in_file = [*(router.model.target_paths if router.model else ()), *by_score]
    return ListCandidates(
        list_id=router.list_id,
        title=title,
        sections=tuple(
            CandidateSection(
                path=path,
                examples=_examples(router, path, guesses[path], facts)
                if path in with_entries
                else (),
            )
            for path in dict.fromkeys(in_file)
            if path in likeliest
        ),
        in_doubt=not route.is_sure,
        fields=fields,
    )


def fields_of_list(document: Document | None) -> tuple[str, ...]:
    """The described fields that a list needs: a summary, which people read beside the paper,
    and those for which its tables have a column."""
    columns = {name for entry in (document.entries if document else ()) for name in entry.columns}
    named = (
        field
        for field, pattern in _FIELD_OF_COLUMN
        if any(pattern.search(column) for column in columns)
    )
    return (*named, _SUMMARY)


def _examples(
    router: Router, path: Headings, guesses: Iterable[SectionGuess], facts: Record
) -> tuple[str, ...]:
    """Titles of entries of the section: the nearest to the paper, then the newest; never the
    paper itself."""
    own = title_key(facts.title)
    titles = dict.fromkeys(_titles(router, path, guesses))
    return tuple(each for each in titles if title_key(each) != own)[:_EXAMPLES]


def _titles(router: Router, path: Headings, guesses: Iterable[SectionGuess]) -> Iterator[str]:
    for guess in guesses:
        yield from (each.title for each in guess.neighbours)
    if router.model is not None:
        yield from router.model.examples_of_target(path, _EXAMPLES + 1)
