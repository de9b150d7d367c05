"""Whether a classifier knows the subject of a list: it judges the list's own entries.

Here `lists` and `classify` meet. A classifier that would reject a fifth of what the list holds
knows another subject, and what it proposes would be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from medvl_watch.changes import Target
from medvl_watch.classify.sections.kinds import takes_no_papers
from medvl_watch.classify.sections.map_and_model import matches_path
from medvl_watch.classify.sections.word_vectors import WordVectors
from medvl_watch.classify.subject.background import Background
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.subject.profile import LEAST_ENTRIES, SubjectProfile, usable_titles
from medvl_watch.classify.taxonomy import ListMap
from medvl_watch.errors import ListError
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers.section_examples import examples_of
from medvl_watch.ports import Classifier
from medvl_watch.records import Decision, Paper, Record

MOST_JUDGED = 150
"""Entries of a long list that are judged, spread evenly over it."""
_MOST_REJECTED = 0.2
_LEAST_KNOWN_WORDS = 0.5
HELP = "name a language model as `classifier.name`, or add entries with titles"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCheck:
    """How many of a list's own entries were judged, and how many of them would be rejected."""

    classifier: str
    judged: int
    rejected: int

    @property
    def knows_the_list(self) -> bool:
        """Whether the classifier would reject less than a fifth; true for a list of no entries,
        which says nothing."""
        return not self.judged or self.rejected < _MOST_REJECTED * self.judged

    def problem(self, target: Target) -> ListError | None:
        """Why the list gets no pull request until somebody settles it; None if it may get one."""
        if self.knows_the_list:
            return None
        remedy = (
            f"name another `classifier` for lists.{target.id}, or divide the list"
            if self.classifier == SubjectClassifier.name
            else f'set `classifier = "{SubjectClassifier.name}"` for the list {target.id}, so that'
            " its own entries say what belongs on it"
        )
        return ListError(
            f"the classifier `{self.classifier}` would reject {self.rejected} of {self.judged} of"
            " this list's own entries, so it gets no pull request",
            where=target.id,
            remedy=remedy,
        )


def check_own_entries(classifier: Classifier, titles: tuple[str, ...]) -> EntryCheck:
    """Let the classifier judge a list's own titles."""
    sample = titles[:: 1 + len(titles) // MOST_JUDGED]
    papers = [Paper(id=title, facts=Record(id=title, title=title)) for title in sample]
    rejected = sum(each.decision is Decision.REJECT for each in classifier.judge(papers))
    return EntryCheck(classifier=classifier.name, judged=len(sample), rejected=rejected)


def paper_titles(document: Document, list_map: ListMap | None = None) -> tuple[str, ...]:
    """The titles of the list's entries that are papers, each once: without sections of tools,
    courses and the like, and without those that the list's map closes to new papers."""
    closed = [section.path for section in (list_map.sections if list_map else ()) if section.closed]
    return usable_titles(
        [
            example.title
            for example in examples_of(document)
            if not (example.path and takes_no_papers(example.path))
            and not any(matches_path(path, example.path) for path in closed)
        ]
    )


def learn_subject(
    titles: tuple[str, ...], background: Background, vectors: WordVectors, where: str
) -> SubjectProfile:
    """The subject that the titles have in common. Raises ListError if they are too few, or in a
    language that the background does not know."""
    if len(titles) < LEAST_ENTRIES:
        entries = "1 entry" if len(titles) == 1 else f"{len(titles)} entries"
        raise ListError(
            f"its subject cannot be learned yet from {entries} with a title of three words or more;"
            f" {LEAST_ENTRIES} are needed",
            where=where,
            remedy=HELP,
        )
    profile = SubjectProfile(titles, background, vectors)
    if profile.share_of_known_words < _LEAST_KNOWN_WORDS:
        raise ListError(
            "its subject cannot be learned, as most of its titles do not seem to be in English",
            where=where,
            remedy="name a language model as `classifier.name`",
        )
    return profile
