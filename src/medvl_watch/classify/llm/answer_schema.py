"""Reads what a model wrote: a checked answer, or the reason why it is not usable.

Nothing is guessed. A wrong type, a category that is not in the tree, the id of another paper or
a duplicate key make an answer unusable. Quotes that do not occur in the paper are dropped.
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
_MOST_STARTS = 20  # opening braces at which a JSON object is tried
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_NOT_SENT = frozenset({"title", "minimum", "maximum", "minLength", "maxLength", "description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A part of the text of a field, letter for letter."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer.

    `sections` are pairs of (node id, score), best first, each node once. `dropped` is the number
    of quotes that do not occur in the paper.
    """

    relevance: float
    sections: tuple[tuple[str, float], ...]
    quotes: tuple[Quote, ...]
    suspicious: bool
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class UnusableAnswer:
    """Why an answer is not usable, as a clause that the model can act on."""

    reason: str


class _StrictModel(BaseModel):
    # Strict: the text "0.9" is not accepted as a number, nor "false" as a truth value.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AnswerSchema:
    """The JSON schema of an answer for one taxonomy, and the reader of such answers."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        if not taxonomy.nodes:
            raise ConfigError("the taxonomy has no nodes", remedy="add the categories")
        self._model = _answer_model(tuple(taxonomy.nodes))
        self.schema: Schema = _schema_to_send(self._model.model_json_schema())

    def read(self, completion: ChatCompletion, question: Question) -> Answer | UnusableAnswer:
        """The answer to this question in a completion."""
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
        for candidate in _json_objects(text):
            if isinstance(candidate, str):
                faults.append(candidate)
                continue
            try:
                answer: Any = self._model.model_validate(candidate)
            except ValidationError as error:
                fault = first_fault(error, self._model, whole="the object", names_unknown=False)
                faults.append(fault.clause)
                continue
            if answer.id != question.prompt_id:
                faults.append(f"its id is not {question.prompt_id}")
            elif answer not in answers:
                answers.append(answer)
        if len(answers) > 1:
            return UnusableAnswer("it contained several different objects for this id")
        if not answers:
            return UnusableAnswer(faults[0] if faults else "it contained no JSON object")
        return _check_quotes(answers[0], question)


def _answer_model(node_ids: tuple[str, ...]) -> type[BaseModel]:
    node_id: Any = Literal[node_ids]
    share = Field(ge=0, le=1, allow_inf_nan=False)
    section = create_model(
        "Section", __base__=_StrictModel, node=(node_id, ...), score=(float, share)
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


def _schema_to_send(schema: Any) -> Any:
    """The schema as it is sent to servers.

    Limits that some servers refuse and texts that cost tokens are left out
    (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas). The answer is
    checked against the full schema in any case.
    """
    if isinstance(schema, dict):
        sent = {key: value for key, value in schema.items() if key not in _NOT_SENT}
        return {
            key: {"maxItems": _MOST_QUOTES}.get(key, _schema_to_send(value))
            for key, value in sent.items()
        }
    return [_schema_to_send(each) for each in schema] if isinstance(schema, list) else schema


class _NotStrictError(ValueError):
    """JSON that Python's decoder accepts by default, but not this one."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise _NotStrictError("it has a duplicate key")
    return keys


def _refuse_constant(name: str) -> NoReturn:
    raise _NotStrictError(f"{name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)


def _json_objects(text: str) -> Iterator[dict[str, Any] | str]:
    """The outermost JSON objects in a text that may contain other text around them, too. For an
    object that is not valid, the reason as a string."""
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, start)
            yield value
        except _NotStrictError as error:
            yield str(error)
            return
        except (ValueError, RecursionError):
            yield "its JSON is not valid or was cut off"
            end = start + 1
        start = text.find("{", end)


def _check_quotes(answer: Any, question: Question) -> Answer:
    scores: dict[str, float] = {}
    for each in answer.sections:
        if each.score > 0:
            scores[each.node] = max(each.score, scores.get(each.node, 0.0))
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:_MOST_SECTIONS]
    quotes = [find_quote(each, question.fields) for each in answer.evidence[:_MOST_QUOTES]]
    return Answer(
        relevance=float(answer.relevance),
        sections=tuple(ranked),
        quotes=tuple(dict.fromkeys(each for each in quotes if each is not None)),
        suspicious=answer.suspicious,
        dropped=sum(each is None for each in quotes),
    )


def find_quote(quote: str, fields: Mapping[str, str]) -> Quote | None:
    """The quote in the first field in which it occurs, with white space folded; None if it
    occurs in none."""
    folded = " ".join(quote.split())[:_LONGEST_QUOTE].strip()
    if len(folded) < _SHORTEST_QUOTE:
        return None
    for name, text in fields.items():
        if folded in text:
            return Quote(text=folded, field=name)
    return None
