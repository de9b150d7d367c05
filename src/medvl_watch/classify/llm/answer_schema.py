"""Reads what a model wrote: a checked answer, or the reason why it is not usable.

Nothing is guessed. A wrong type, a category that is not in the tree, the id of another paper or
a duplicate key make an answer unusable. Quotes that do not occur in the paper are dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from medvl_watch.classify.llm.cleaning import clean_text
from medvl_watch.classify.llm.invented_words import says_more
from medvl_watch.classify.llm.protocols import ChatCompletion, Schema
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.injection import detection
from medvl_watch.records import DescribedField
from medvl_watch.validation import first_fault

_MOST_SECTIONS = 3
_MOST_QUOTES = 4
_LONGEST_QUOTE = 200
_SHORTEST_QUOTE = 3
_LONGEST_ANSWER = 20_000
_LENIENCE = 3  # times as many items of a list as asked for are accepted
_MOST_STARTS = 20  # opening braces at which a JSON object is tried
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_LISTS, _DESCRIBED = "list_sections", "described"
_LONGEST_LABEL = 10
_LONGEST_TEXT = {"task": 60, "modality": 60, "summary": 200}  # characters
_NOT_PLAIN = re.compile(r"://|www\.|[<>\[\]`|]")
_NOT_SENT = frozenset(
    {"title", "default", "minimum", "maximum", "minLength", "maxLength", "description"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A part of the text of a field, letter for letter."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer.

    `sections` are pairs of (node id, score), best first, each node once. `list_sections` are
    pairs of (label, score), where the label is one of the question's. `dropped` is the number of
    quotes that do not occur in the paper.
    """

    relevance: float
    sections: tuple[tuple[str, float], ...]
    quotes: tuple[Quote, ...]
    suspicious: bool
    dropped: int = 0
    list_sections: tuple[tuple[str, float], ...] = ()
    descriptions: tuple[DescribedField, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusableAnswer:
    """Why an answer is not usable, as a clause that the model can act on."""

    reason: str


class _StrictModel(BaseModel):
    # Strict: the text "0.9" is not accepted as a number, nor "false" as a truth value.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _LabelledScore(_StrictModel):
    label: str
    score: float = Field(ge=0, le=1, allow_inf_nan=False)


class _Description(_StrictModel):
    field: Literal["task", "modality", "summary"]
    text: str
    quote: str


class AnswerSchema:
    """The JSON schema of an answer for one taxonomy, and the reader of such answers.

    The schema is the same for all questions of a prompt, so that servers compile it once. It has
    sections of lists and described fields if the prompt asks for them; an answer without them is
    accepted.
    """

    def __init__(
        self, taxonomy: Taxonomy, *, asks_lists: bool = False, asks_fields: bool = False
    ) -> None:
        if not taxonomy.nodes:
            raise ConfigError("the taxonomy has no nodes", remedy="add the categories")
        self._model = _answer_model(tuple(taxonomy.nodes))
        sent = {_LISTS: asks_lists, _DESCRIBED: asks_fields}
        left_out = {name for name, is_asked in sent.items() if not is_asked}
        self.schema: Schema = _schema_to_send(_without(self._model.model_json_schema(), left_out))

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
            elif (label := _unknown_label(answer, question)) is not None:
                faults.append(f"there is no section {label!r}")
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
        list_sections=(list[_LabelledScore], Field(default=[], max_length=48)),
        described=(list[_Description], Field(default=[], max_length=12)),
    )


def _without(schema: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The schema of an object without these properties; the others are required."""
    properties = {key: value for key, value in schema["properties"].items() if key not in names}
    return {**schema, "properties": properties, "required": list(properties)}


def _unknown_label(answer: Any, question: Question) -> str | None:
    """The first label that the question did not offer; None if there is none."""
    labels = (each.label for each in answer.list_sections)
    unknown = (label[:_LONGEST_LABEL] for label in labels if label not in question.sections.targets)
    return next(unknown, None)


def _schema_to_send(schema: Any) -> Any:
    """The schema as it is sent to servers.

    Limits that some servers refuse and texts that cost tokens are left out
    (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas). The answer is
    checked against the full schema in any case.
    """
    if isinstance(schema, dict):
        sent = {key: value for key, value in schema.items() if key not in _NOT_SENT}
        return {
            key: value // _LENIENCE if key == "maxItems" else _schema_to_send(value)
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
        list_sections=_best_labels(answer.list_sections),
        descriptions=read_descriptions(
            [(each.field, each.text, each.quote) for each in answer.described], question.fields
        ),
    )


def _best_labels(choices: Sequence[_LabelledScore]) -> tuple[tuple[str, float], ...]:
    scores: dict[str, float] = {}
    for each in choices:
        scores[each.label] = max(each.score, scores.get(each.label, 0.0))
    return tuple(sorted(scores.items(), key=lambda item: -item[1]))


def read_descriptions(
    described: Iterable[tuple[str, str, str]], fields: Mapping[str, str]
) -> tuple[DescribedField, ...]:
    """The described fields (field, text, quote), each once.

    One whose quote does not occur in the paper is dropped, and so is one whose text is long, says
    more than the paper, addresses a model or contains an address or markup: people read it in a
    pull request.
    """
    found: dict[str, DescribedField] = {}
    for field, text, quote in described:
        clean = clean_text(text)
        supporting = find_quote(quote, fields)
        if supporting is None or not 0 < len(clean) <= _LONGEST_TEXT[field]:
            continue
        if says_more(clean, fields.values()) or _NOT_PLAIN.search(clean):
            continue
        if detection.suspicious_spans(clean, thorough=True):
            continue
        found.setdefault(field, DescribedField(field=field, text=clean, quote=supporting.text))
    return tuple(found.values())


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
