"""The first thing that pydantic finds wrong, as a clause for the person who has to mend it."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

Key: TypeAlias = Sequence[str | int]
"""Where a value stands in a document: names of keys, and places in lists counted from 0."""
_LONGEST_PART = 60
"""Characters of a key that are shown; it may come from anywhere."""
_LONGEST_REASON = 200
_UNIONS = (Union, types.UnionType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`clause` names the key and what is wrong with it; `remedy` is empty where the clause says
    it all."""

    key: tuple[str | int, ...]
    clause: str
    remedy: str = ""


def first_fault(
    error: ValidationError,
    model: type[BaseModel] | None = None,
    *,
    whole: str = "the file",
    names_unknown: bool = True,
) -> Fault:
    """The first fault. With the `model` that was validated, an unknown key comes with those
    that are known beside it. `whole` is what the document is called where a fault concerns all
    of it. Without `names_unknown`, a key that nobody declared is not repeated: for documents
    that strangers write."""
    first = error.errors(include_url=False, include_input=False)[0]
    key, beside = _in_document(model, first["loc"])
    name = dotted(key, whole)
    clause, remedy = f"{name}: {_reason(first['msg'])}", ""
    match first["type"]:
        case "missing":
            clause, remedy = f"{name} is missing", "add it"
        case "extra_forbidden" if names_unknown:
            known = f" (known here: {', '.join(sorted(beside))})" if beside else ""
            clause, remedy = (
                f"{name} is not a known key{known}",
                "correct its spelling or remove it",
            )
        case "extra_forbidden":
            key = key[:-1]
            clause = f"{dotted(key, whole)} has a key that is not known"
        case "union_tag_not_found":
            key = (*key, first["ctx"]["discriminator"].strip("'"))
            clause, remedy = f"{dotted(key)} is missing", "add it"
        case "union_tag_invalid":
            key = (*key, first["ctx"]["discriminator"].strip("'"))
            tag = f" {first['ctx']['tag'][:_LONGEST_PART]!r}" if names_unknown else ""
            clause = f"{dotted(key)}: unknown kind{tag}"
            remedy = f"write one of {first['ctx']['expected_tags']}"
        case "too_short" | "string_too_short" if first["ctx"]["min_length"] == 1:
            clause = f"{name} is empty"
        case "literal_error" if len(first["msg"]) > _LONGEST_REASON:
            clause = f"{name} is not one of the allowed values"
    return Fault(key=key, clause=clause, remedy=remedy)


def dotted(key: Key, whole: str = "the file") -> str:
    """`("nodes", 3, "id")` as a person writes it: `nodes[4].id`, counted from 1."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{_shown(part)}"
    return text or whole


def _shown(part: str) -> str:
    return part[:_LONGEST_PART] if part.isprintable() else repr(part)[:_LONGEST_PART]


def _reason(message: str) -> str:
    text = message.removeprefix("Value error, ")[:_LONGEST_REASON]
    return f"{text[:1].lower()}{text[1:]}"


def _in_document(
    model: type[BaseModel] | None, location: Key
) -> tuple[tuple[str | int, ...], Iterable[str]]:
    """The key in the document that pydantic's `location` means, and the keys that the model
    knows beside it. Pydantic's own marks are left out: `[key]`, and the kind that chose a
    member of a union."""
    annotations: Sequence[Any] = [model] if model else []
    beside: Mapping[str, Any] = {}
    key: list[str | int] = []
    for part in location:
        members = list(_members(annotations))
        chosen = _chosen(members, part)
        if part == "[key]" or chosen:
            annotations = annotations if part == "[key]" else chosen
            continue
        beside = {name: each for member in members for name, each in _fields(member).items()}
        annotations = list(_below(members, part))
        key.append(part)
    return tuple(key), beside


def _members(annotations: Iterable[Any]) -> Iterator[Any]:
    """The annotations with unions taken apart and metadata left off."""
    for each in annotations:
        if get_origin(each) is Annotated:
            yield from _members(get_args(each)[:1])
        elif get_origin(each) in _UNIONS:
            yield from _members(get_args(each))
        else:
            yield each


def _fields(annotation: Any) -> dict[str, Any]:
    """The fields of a model; empty for any other type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {name: each.annotation for name, each in annotation.model_fields.items()}
    return {}


def _chosen(members: Sequence[Any], part: str | int) -> list[Any]:
    """The members of a tagged union that `part` is the tag of; empty if it is a key."""
    if any(part in _fields(member) for member in members):
        return []
    return [
        member
        for member in members
        for field in _fields(member).values()
        if get_origin(field) is Literal and part in get_args(field)
    ]


def _below(members: Sequence[Any], part: str | int) -> Iterator[Any]:
    """What stands under a key or at a place."""
    for member in members:
        fields, inner = _fields(member), get_args(member)
        if part in fields:
            yield fields[str(part)]
        elif get_origin(member) is dict or get_origin(member) is Mapping:
            yield inner[1]
        elif isinstance(part, int) and inner:
            yield inner[0]
