"""Opens the classifiers that the settings name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, partial

from medvl_watch.classify.llm.protocols import CandidateLists
from medvl_watch.classify.register import (
    LLM_CLASSIFIERS,
    ClassifierInputs,
    LlmInputs,
    OpenClassifier,
    open_classifier,
)
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.subject.profile import SubjectProfile
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.settings_files import read_prompt
from medvl_watch.config import Settings
from medvl_watch.errors import ListError
from medvl_watch.list_copies import ListedPapers, ListedSections, listed_document
from medvl_watch.offers.own_entries import learn_subject, paper_titles
from medvl_watch.pipeline.list_classifiers import ListClassifiers
from medvl_watch.storage.model_files import (
    bundled_background,
    bundled_model,
    bundled_word_vectors,
    read_model,
)


def list_classifiers(
    settings: Settings, taxonomy: Taxonomy, moment: datetime, *, name: str = ""
) -> ListClassifiers:
    """Who judges papers for each list: the classifier of this name or of the settings, or the
    list's own. No language model is asked about the entries of lists."""
    shared = judge_of(settings, taxonomy, moment, name=name, may_ask=False)
    return ListClassifiers(taxonomy, shared)


def _profiles(settings: Settings, taxonomy: Taxonomy) -> Sequence[SubjectProfile]:
    """The subjects of the lists that are judged by their own entries, as they were last read;
    lists that were not read yet, or that show no subject, have none."""
    is_for_all = settings.classifier.name == SubjectClassifier.name
    profiles = []
    for entry in settings.lists:
        document = listed_document(settings.state, entry)
        if document is None or not (is_for_all or entry.classifier):
            continue
        titles = paper_titles(document, taxonomy.lists.get(entry.target().map_id))
        with suppress(ListError):
            profiles.append(
                learn_subject(titles, bundled_background(), bundled_word_vectors(), entry.id)
            )
    return profiles


def session_judge(
    settings: Settings, taxonomy: Taxonomy, moment: datetime, without_llm: OpenClassifier
) -> OpenClassifier:
    """The classifier of a session. One with a language model is opened only now, under the
    lock: it writes its answers into the state folder."""
    uses_llm = settings.classifier.name in LLM_CLASSIFIERS
    return judge_of(settings, taxonomy, moment) if uses_llm else without_llm


def judge_of(  # noqa: PLR0913  one parameter per choice of a command
    settings: Settings,
    taxonomy: Taxonomy,
    moment: datetime,
    *,
    name: str = "",
    may_ask: bool = True,
    lists: CandidateLists | None = None,
    asks_canaries: bool = True,
) -> OpenClassifier:
    """The classifier of this name, by default that of the settings; close it after use.

    Without `may_ask`, no language model is called and nothing is written. `lists` replaces the
    configured lists, about whose sections a model is asked. `asks_canaries` says whether known
    papers are asked among the others.
    """
    chosen = settings.classifier
    service = LlmInputs(
        settings=chosen.llm,
        prompt=partial(read_prompt, settings),
        environment=os.environ,
        state=settings.state,
        now=moment,
        examples=ListedPapers(settings, taxonomy),
        lists=lists or ListedSections(settings, taxonomy),
        exam=chosen.exam,
        exam_result=chosen.exam_result,
        asks_canaries=asks_canaries,
    )
    name = name or settings.shared_classifier
    return open_classifier(
        name,
        taxonomy,
        ClassifierInputs(
            profiles=partial(_profiles, settings, taxonomy),
            model=cache(partial(read_model, chosen.model or bundled_model())),
            llm=service if may_ask and name in LLM_CLASSIFIERS else None,
        ),
    )
