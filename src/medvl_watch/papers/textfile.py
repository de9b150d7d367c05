"""Records out of a text as a person has it at hand: one JSON object, a JSON list, JSON lines, or
a title and an abstract in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.recordfile import parse_json, read_records, record_from_json
from medvl_watch.records import Record

_LONGEST_TITLE = 400
"""Characters; a longer first paragraph is a title with the abstract on the next line."""
_PREFIX = re.compile(r"(?:title|abstract)\s*[:.\u2014-]\s*", re.IGNORECASE)


def records_in_text(text: str, where: str) -> Iterator[Record | WatchError]:
    """The records, in order; what cannot be read is an error in its place. Raises ConfigError
    where it holds nothing, or cannot be read at all."""
    stripped = text.strip()
    if not stripped:
        raise ConfigError("there is nothing in it", where=where, remedy="give a title at least")
    if not stripped.startswith(("{", "[")):
        yield record_from_json(_title_and_abstract(stripped), where)
    elif _is_one_value(stripped):
        remedy = "give one record, a list of records, or one record a line"
        value = parse_json(stripped, where, remedy)
        if isinstance(value, list):
            yield from _in_list(value, where)
        else:
            yield record_from_json(value, where)
    else:
        yield from read_records(stripped.split("\n"), where)


def _title_and_abstract(text: str) -> dict[str, str]:
    """The first paragraph and the rest; the first line, where that paragraph is too long for
    a title or all there is. A heading `Title:` or `Abstract:` before either is no part of it."""
    title, *rest = re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n"), maxsplit=1)
    if not rest or len(title) > _LONGEST_TITLE:
        title, _, body = text.partition("\n")
        rest = [body]
    words = {"title": title, "abstract": rest[0]}
    return {key: " ".join(_bare(value).split()) for key, value in words.items()}


def _bare(text: str) -> str:
    text = text.strip()
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _in_list(values: Sequence[object], where: str) -> Iterator[Record | WatchError]:
    for number, value in enumerate(values, start=1):
        try:
            yield record_from_json(value, f"{where}[{number}]")
        except WatchError as error:
            yield error


def _is_one_value(text: str) -> bool:
    first = text.split("\n", 1)[0].strip()
    return text.startswith("[") or "\n" not in text or not first.endswith("}")
