"""From a paper to what a model is asked, as a value: the same paper, the same question."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.llm.cleaning import cleaned, shortened
from medvl_watch.classify.llm.protocols import CachedAnswer
from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.prompt import ChatMessage, Prompt, fence, taxonomy_outline
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import Paper

PROMPT_NAME = "classify"
VARIABLES = ("taxonomy", "scope", "examples", "paper_id", "paper")
"""What the prompt of this name is filled with; `Prompt.check` says whether one can be."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]{0,99}")
_LONGEST_EXAMPLE = 200
_MOST_CATEGORIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about one paper.

    `asked_id` is the id that the answer must repeat; `fields` are the texts that the model
    reads, in which its quotes must occur; `shown` are the titles of the listed papers beside
    it. `key` changes with text, prompt, taxonomy and model, but not with the examples: a list
    that took a paper in is no reason to pay for every answer again.
    """

    paper_id: str
    asked_id: str
    messages: tuple[ChatMessage, ...]
    fields: Mapping[str, str]
    key: str
    version: str
    shown: tuple[str, ...] = ()
    cut: bool = False

    def kept(self, kept: CachedAnswer) -> CachedAnswer:
        """The answer with what it answers."""
        return replace(kept, paper_id=self.paper_id, version=self.version, shown=self.shown)

    def again(self, why: str) -> tuple[ChatMessage, ...]:
        """The messages for a second try, saying what was wrong with the first.

        In the same message, since some servers refuse two messages of one role in a row.
        """
        *before, last = self.messages
        note = (
            f"Your last answer could not be used: {why}. "
            f"Answer again, with nothing but the JSON object for {self.asked_id}."
        )
        return (*before, ChatMessage(last.role, f"{last.content}\n\n{note}"))


class Questions:
    """Asks about papers with one prompt, taxonomy and model."""

    def __init__(self, prompt: Prompt, taxonomy: Taxonomy, model: str) -> None:
        self._prompt = prompt
        self._model = model
        self._outline = taxonomy_outline(taxonomy)
        self._scope = scope(taxonomy)
        self._secret = f"{prompt.sha} {taxonomy.digest}"
        self.version = f"{prompt.name}@{prompt.sha} taxonomy@{taxonomy.digest} {model}"

    def about(self, paper: Paper, examples: Sequence[ListedNeighbour]) -> Question:
        """The question about a paper. Raises ConfigError for a prompt that was not checked."""
        facts = paper.facts
        fields, cut = shortened(facts.title, facts.abstract, facts.comment or "")
        asked_id = asked(paper.id)
        text = "\n".join(f"{name.capitalize()}: {fields[name]}" for name in fields if fields[name])
        shown = _presentable(examples)
        messages = self._prompt.messages(
            taxonomy=self._outline,
            scope=self._scope,
            examples=self._examples(shown),
            paper_id=asked_id,
            paper=fence(text, self._secret),
        )
        return Question(
            paper_id=paper.id,
            asked_id=asked_id,
            messages=messages,
            fields=fields,
            key=self._key(asked_id, text),
            version=self.version,
            shown=tuple(shown),
            cut=cut,
        )

    def _examples(self, shown: Mapping[str, ListedNeighbour]) -> str:
        """Titles come from lists that strangers edit, so they are fenced too."""
        if not shown:
            return "none"
        lines = [f"- {title} -> {_categories(each.nodes)}" for title, each in shown.items()]
        return fence("\n".join(lines), self._secret)

    def _key(self, asked_id: str, text: str) -> str:
        said = [self._secret, self._model, asked_id, text]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _presentable(examples: Sequence[ListedNeighbour]) -> dict[str, ListedNeighbour]:
    """By the title as a model may see it. One that speaks to a model is left out."""
    found = {cleaned(each.title)[:_LONGEST_EXAMPLE]: each for each in examples}
    return {
        title: each
        for title, each in found.items()
        if title and not detection.suspicious_spans(each.title, thorough=True)
    }


def _categories(nodes: Sequence[str]) -> str:
    return ", ".join(nodes[:_MOST_CATEGORIES]) or "listed"


def scope(taxonomy: Taxonomy) -> str:
    """Which papers belong, in the words of the taxonomy's facets."""
    facets = "; ".join(f"{each.name}: {each.definition}" for each in taxonomy.relevance.facets)
    return f"those that are about all of these at once. {facets}"


def asked(paper_id: str) -> str:
    """The id as it may stand in a prompt: itself where it is plain, else a hash of it."""
    if _PLAIN_ID.fullmatch(paper_id):
        return paper_id
    return "paper-" + hashlib.sha256(paper_id.encode("utf-8", "replace")).hexdigest()[:12]


def is_exempt(paper: Paper) -> bool:
    """Whether no model may or need be asked about the paper."""
    return paper.withdrawn or is_suspicious(paper)


def is_suspicious(paper: Paper) -> bool:
    """Whether a text of the paper speaks to a model or hides characters."""
    facts = paper.facts
    texts = (facts.title, facts.abstract[:20_000], facts.comment or "")
    return any(detection.suspicious_spans(text, thorough=True) for text in texts)
