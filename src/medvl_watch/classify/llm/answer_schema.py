"""From what a model wrote to an answer that can be used, or a reason why it cannot.

Nothing is guessed: a wrong type, a label that is not in the tree, another paper's id or a
key that stands twice make an answer unusable. Quotes that do not occur are dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from medvl_watch.classify.llm.protocols import ChatCompletion, Schema
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.validation import first_fault

_MOST_SECTIONS = 3
_MOST_QUOTES = 4
_LONGEST_QUOTE = 200
_SHORTEST_QUOTE = 3
_LONGEST_ANSWER = 20_000
_MOST_STARTS = 20  # opening braces that are tried
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_NOT_SENT = frozenset({"title", "minimum", "maximum", "minLength", "maxLength", "description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A piece of the field's text, letter for letter."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer. `sections` are (node, score), best first, each node once; `dropped`
    counts the quotes that do not occur in the paper."""

    relevance: float
    sections: tuple[tuple[str, float], ...]
    quotes: tuple[Quote, ...]
    suspicious: bool
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class UnusableAnswer:
    """Why an answer cannot be used, in a clause that the model can act on."""

    reason: str


class _StrictModel(BaseModel):
    # Strict: "0.9" is no number and "false" no truth value.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AnswerForm:
    """The form of an answer over one taxonomy: its JSON schema, and reading it back."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        if not taxonomy.nodes:
            raise ConfigError("the taxonomy has no nodes", remedy="add the categories")
        self._labels = tuple(taxonomy.nodes)
        self._model = _answer_model(self._labels)
        self.schema: Schema = _sent(self._model.model_json_schema())

    def read(self, completion: ChatCompletion, question: Question) -> Answer | UnusableAnswer:
        """The answer to this question in what a server gave back."""
        if completion.problem:
            return UnusableAnswer(completion.problem)
        text = completion.text.strip()
        if not text:
            return UnusableAnswer("it was empty")
        if len(text) > _LONGEST_ANSWER:
            return UnusableAnswer(f"it was longer than {_LONGEST_ANSWER} characters")
        return self._read(_THOUGHTS.sub("", text), question)

    def _read(self, text: str, question: Question) -> Answer | UnusableAnswer:
        answers: list[Any] = []
        faults: list[str] = []
        for found in _objects(text):
            if isinstance(found, str):
                faults.append(found)
                continue
            try:
                answer: Any = self._model.model_validate(found)
            except ValidationError as error:
                fault = first_fault(error, self._model, whole="the object", names_unknown=False)
                faults.append(fault.clause)
                continue
            if answer.id != question.asked_id:
                faults.append(f"its id is not {question.asked_id}")
            elif answer not in answers:
                answers.append(answer)
        if len(answers) > 1:
            return UnusableAnswer("it held several different objects for this id")
        if not answers:
            return UnusableAnswer(faults[0] if faults else "there was no JSON object in it")
        return _checked(answers[0], question)


def _answer_model(labels: tuple[str, ...]) -> type[BaseModel]:
    label: Any = Literal[labels]
    share = Field(ge=0, le=1, allow_inf_nan=False)
    section = create_model(
        "Section", __base__=_StrictModel, node=(label, ...), score=(float, share)
    )
    return create_model(
        "Answer",
        __base__=_StrictModel,
        id=(str, ...),
        relevance=(float, share),
        sections=(list[section], Field(max_length=12)),  # type: ignore[valid-type]  # made above
        evidence=(list[str], Field(max_length=12)),
        suspicious=(bool, ...),
    )


def _sent(schema: Any) -> Any:
    """The schema as servers take it: bounds that some refuse, and words that cost tokens, are
    left out; what a server does not hold to is checked here in any case."""
    if isinstance(schema, dict):
        kept = {key: value for key, value in schema.items() if key not in _NOT_SENT}
        return {
            key: {"maxItems": _MOST_QUOTES}.get(key, _sent(value)) for key, value in kept.items()
        }
    return [_sent(each) for each in schema] if isinstance(schema, list) else schema


class _DuplicateKeyError(ValueError):
    """A key stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKeyError("a key stands twice in it")
    return found


def _no_number(name: str) -> NoReturn:
    raise _DuplicateKeyError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _objects(text: str) -> Iterator[dict[str, Any] | str]:
    """The outermost JSON objects in a text, past fences and prose, or why one is none."""
    place = text.find("{")
    for _ in range(_MOST_STARTS):
        if place < 0:
            return
        try:
            found, end = _DECODER.raw_decode(text, place)
            yield found
        except _DuplicateKeyError as error:
            yield str(error)
            return
        except (ValueError, RecursionError):
            yield "its JSON is broken or cut off"
            end = place + 1
        place = text.find("{", end)


def _checked(raw: Any, question: Question) -> Answer:
    best: dict[str, float] = {}
    for each in raw.sections:
        if each.score > 0:
            best[each.node] = max(each.score, best.get(each.node, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])[:_MOST_SECTIONS]
    found = [find_quote(each, question.fields) for each in raw.evidence[:_MOST_QUOTES]]
    quotes = tuple(dict.fromkeys(each for each in found if each is not None))
    return Answer(
        relevance=float(raw.relevance),
        sections=tuple(ranked),
        quotes=quotes,
        suspicious=raw.suspicious,
        dropped=sum(each is None for each in found),
    )


def find_quote(quote: str, fields: Mapping[str, str]) -> Quote | None:
    """The quote in the first field that holds it, white space aside; None if none does."""
    folded = " ".join(quote.split())[:_LONGEST_QUOTE].strip()
    if len(folded) < _SHORTEST_QUOTE:
        return None
    for name, text in fields.items():
        if folded in text:
            return Quote(text=folded, field=name)
    return None
