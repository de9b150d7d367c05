"""Makes the question about a paper for a language model. The same paper makes the same question."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from medvl_watch.classify.llm.cleaning import clean_fields, clean_text
from medvl_watch.classify.llm.list_labels import LabelledSections, label_sections
from medvl_watch.classify.llm.protocols import CachedAnswer, ListCandidates
from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.prompt import ChatMessage, Prompt, fence, taxonomy_outline
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import Paper

PROMPT_NAME = "classify"
VARIABLES = ("taxonomy", "scope", "examples", "paper_id", "paper")
"""The variables that the prompt `classify` must use."""
LISTS, FIELDS = "lists", "fields"
OPTIONAL_VARIABLES = {
    LISTS: "the model is not asked about the sections of lists",
    FIELDS: "the model is not asked to describe papers",
}
"""The variables that an older prompt may lack, and what is then not done."""
SUMMARY_ONLY = ("summary",)
"""The described fields that are asked for where no list needs others."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]{0,99}")
_LONGEST_EXAMPLE = 200
_MOST_CATEGORIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question about one paper.

    `prompt_id` is the id that the answer must repeat. `fields` are the texts that the model
    reads, in which its quotes must occur. `shown` are the titles of the listed papers that are
    examples. `sections` are the sections of lists that the answer may name. `key` depends on the
    text, prompt, taxonomy, model and sections, but not on the examples: when a list accepts a
    paper, the cached answers stay valid and need not be paid for again.
    """

    paper_id: str
    prompt_id: str
    messages: tuple[ChatMessage, ...]
    fields: Mapping[str, str]
    key: str
    version: str
    shown: tuple[str, ...] = ()
    is_cut: bool = False
    sections: LabelledSections = field(default_factory=LabelledSections)

    def describe(self, answer: CachedAnswer) -> CachedAnswer:
        """The answer with the paper, version and examples of this question."""
        return replace(answer, paper_id=self.paper_id, version=self.version, shown=self.shown)

    def correction(self, reason: str) -> tuple[ChatMessage, ...]:
        """The messages for a second try, with the reason why the first answer is not usable.

        The reason is added to the last message, since some servers refuse two messages of the
        same role in a row.
        """
        *before, last = self.messages
        note = (
            f"Your last answer could not be used: {reason}. "
            f"Answer again, with nothing but the JSON object for {self.prompt_id}."
        )
        return (*before, ChatMessage(last.role, f"{last.content}\n\n{note}"))


class Questions:
    """Makes questions with one prompt, taxonomy and model."""

    def __init__(self, prompt: Prompt, taxonomy: Taxonomy, model: str) -> None:
        self._prompt = prompt
        self._model = model
        self._outline = taxonomy_outline(taxonomy)
        self._scope = scope_text(taxonomy)
        self._secret = f"{prompt.sha} {taxonomy.digest}"
        self.asks_lists = LISTS in prompt.variables
        self.asks_fields = FIELDS in prompt.variables
        self.version = f"{prompt.name}@{prompt.sha} taxonomy@{taxonomy.digest} {model}"

    def make(
        self,
        paper: Paper,
        examples: Sequence[ListedNeighbour],
        lists: Sequence[ListCandidates] = (),
        *,
        occasion: str = "",
    ) -> Question:
        """The question about a paper and the sections of these lists.

        Questions that differ only in the `occasion` are asked, and their answers stored, apart.
        Raises ConfigError if the prompt lacks a variable; see `Prompt.check`.
        """
        facts = paper.facts
        fields, is_cut = clean_fields(facts.title, facts.abstract, facts.comment or "")
        prompt_id = make_prompt_id(paper.id)
        text = "\n".join(f"{name.capitalize()}: {fields[name]}" for name in fields if fields[name])
        harmless = _harmless_examples(examples)
        sections = label_sections(lists if self.asks_lists else (), self._secret)
        values = {
            "taxonomy": self._outline,
            "scope": self._scope,
            "examples": self._examples_text(harmless),
            "paper_id": prompt_id,
            "paper": fence(text, self._secret),
        }
        if self.asks_lists:
            values[LISTS] = sections.text
        if self.asks_fields:
            values[FIELDS] = ", ".join(sections.fields or SUMMARY_ONLY)
        messages = self._prompt.messages(**values)
        return Question(
            paper_id=paper.id,
            prompt_id=prompt_id,
            messages=messages,
            fields=fields,
            key=self._key(prompt_id, text, sections, occasion),
            version=self.version,
            shown=tuple(harmless),
            is_cut=is_cut,
            sections=sections,
        )

    def _examples_text(self, examples: Mapping[str, ListedNeighbour]) -> str:
        """The examples between fences, since strangers may edit the lists from which they come."""
        if not examples:
            return "none"
        lines = [f"- {title} -> {_categories(each.nodes)}" for title, each in examples.items()]
        return fence("\n".join(lines), self._secret)

    def _key(self, prompt_id: str, text: str, sections: LabelledSections, occasion: str) -> str:
        parts = [self._secret, self._model, prompt_id, text]
        parts += [each for each in (sections.key, *sections.fields, occasion) if each]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _harmless_examples(examples: Sequence[ListedNeighbour]) -> dict[str, ListedNeighbour]:
    """The examples by their cleaned and cut titles, without those that address a model."""
    by_title = {clean_text(each.title)[:_LONGEST_EXAMPLE]: each for each in examples}
    return {
        title: each
        for title, each in by_title.items()
        if title and not detection.suspicious_spans(each.title, thorough=True)
    }


def _categories(nodes: Sequence[str]) -> str:
    return ", ".join(nodes[:_MOST_CATEGORIES]) or "listed"


def scope_text(taxonomy: Taxonomy) -> str:
    """Which papers belong on the lists, in the words of the taxonomy's facets."""
    facets = "; ".join(f"{each.name}: {each.definition}" for each in taxonomy.relevance.facets)
    return f"those that are about all of these at once. {facets}"


def make_prompt_id(paper_id: str) -> str:
    """The paper's id for use in a prompt: the id itself if it has only harmless characters, else
    a hash of it."""
    if _PLAIN_ID.fullmatch(paper_id):
        return paper_id
    return "paper-" + hashlib.sha256(paper_id.encode("utf-8", "replace")).hexdigest()[:12]


def is_exempt(paper: Paper) -> bool:
    """Whether a model must not be asked about the paper, or need not."""
    return paper.withdrawn or is_suspicious(paper)


def is_suspicious(paper: Paper) -> bool:
    """Whether a text of the paper addresses a model or hides characters."""
    facts = paper.facts
    texts = (facts.title, facts.abstract[:20_000], facts.comment or "")
    return any(detection.suspicious_spans(text, thorough=True) for text in texts)
