"""Which classifier judges papers for which list, and whether it knows the list."""

from __future__ import annotations

from dataclasses import dataclass

from medvl_watch.changes import Target
from medvl_watch.classify.register import OpenClassifier
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ListError
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers.own_entries import (
    EntryCheck,
    check_own_entries,
    learn_subject,
    paper_titles,
)
from medvl_watch.ports import Classifier
from medvl_watch.storage.model_files import bundled_background, bundled_word_vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClassifier:
    """Who judges papers for one list.

    `own` is None where the verdicts of the shared classifier hold. With a `problem`, nothing is
    proposed to the list. `check` is how the classifier judged the list's own entries; None where
    they were not judged.
    """

    own: Classifier | None = None
    check: EntryCheck | None = None
    problem: ListError | None = None


def use_shared_verdicts(target: Target, document: Document) -> ListClassifier:
    """The classifier of every list that has none of its own, unchecked."""
    del target, document
    return ListClassifier()


class ListClassifiers:
    """Finds the classifier of each list and lets it judge the list's own entries."""

    def __init__(self, taxonomy: Taxonomy, shared: OpenClassifier) -> None:
        """`shared` is the classifier of lists that name none; it asks no language model."""
        self._taxonomy = taxonomy
        self._shared = shared

    def of(self, target: Target, document: Document) -> ListClassifier:
        """The classifier that the configuration gives the list, checked on its entries."""
        if SubjectClassifier.name in {target.classifier, self._shared.classifier.name}:
            return self.by_subject(target, document)
        check = self._check_shared(target, document)
        return ListClassifier(check=check, problem=check.problem(target))

    def of_unconfigured(self, target: Target, document: Document) -> ListClassifier:
        """The shared classifier if it knows the list, else one that learns the list's subject."""
        if self.shared_problem(target, document) is None:
            return ListClassifier()
        return self.by_subject(target, document)

    def shared_problem(self, target: Target, document: Document) -> ListError | None:
        """Why the shared classifier must not propose papers to this list."""
        return self._check_shared(target, document).problem(target)

    def _check_shared(self, target: Target, document: Document) -> EntryCheck:
        titles = paper_titles(document, self._taxonomy.lists.get(target.map_id))
        return check_own_entries(self._shared.classifier, titles)

    def by_subject(self, target: Target, document: Document) -> ListClassifier:
        """A classifier that has learned the subject of the list from its entries."""
        titles = paper_titles(document, self._taxonomy.lists.get(target.map_id))
        try:
            profile = learn_subject(titles, bundled_background(), bundled_word_vectors(), target.id)
        except ListError as error:
            return ListClassifier(problem=error)
        own = SubjectClassifier(self._taxonomy, profile)
        check = check_own_entries(own, titles)
        return ListClassifier(own=own, check=check, problem=check.problem(target))
