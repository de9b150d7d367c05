"""The record format: papers as JSON, one object a line.

Keys: id, arxiv_id, doi, title, abstract, authors, categories, published, updated, venue,
comment, journal_ref, url, code_urls; beside them version and origin, which we write when we
know them. Only `title` must be there; the rest may be absent or null. Unknown keys are kept
and written back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from sys import intern
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.identifiers import derived_id
from medvl_watch.papers.schemes import normal_arxiv_id, normal_doi, version_of
from medvl_watch.papers.surrogates import without_surrogates
from medvl_watch.records import Origin, Record
from medvl_watch.validation import first_fault

_ARXIV = re.compile(r"^arxiv:\s*", re.IGNORECASE)
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ].{1,40})?)?)?")


def _clean(value: object) -> object:
    return without_surrogates(value) if isinstance(value, str) else value


def _text(value: object) -> object:
    return "" if value is None else _clean(value)


def _text_or_none(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # `"published": 2021`, `"id": 7`
    return None if isinstance(value, str) and not value.strip() else _clean(value)


def _date_or_none(value: object) -> object:
    value = _text_or_none(value)
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("should be a date like 2024, 2024-03 or 2024-03-26")
    return value


def _texts(value: object) -> object:
    if value is None:
        return ()
    if isinstance(value, str):
        separator = ";" if ";" in value else " and " if " and " in value else ","
        value = value.split(separator)
    if isinstance(value, list):
        return tuple(_clean(one.strip()) if isinstance(one, str) else one for one in value)
    return value


_Text = Annotated[str, BeforeValidator(_text)]
_Optional = Annotated[str | None, BeforeValidator(_text_or_none)]
_Date = Annotated[str | None, BeforeValidator(_date_or_none)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class _OriginModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    fetched_at: datetime
    raw_ids: tuple[str, ...] = ()
    address: str = ""


class _RecordModel(BaseModel):
    """One record as JSON has it. Extra keys are the point of the format, hence `allow`."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    id: _Optional = None
    arxiv_id: _Optional = None
    doi: _Optional = None
    title: Annotated[str, BeforeValidator(_text), Field(min_length=1, pattern=r"\S")]
    abstract: _Text = ""
    authors: _Texts = ()
    categories: _Texts = ()
    published: _Date = None
    updated: _Date = None
    venue: _Optional = None
    comment: _Optional = None
    journal_ref: _Optional = None
    url: _Optional = None
    code_urls: _Texts = ()


_ALWAYS_WRITTEN = tuple(_RecordModel.model_fields)
_ONE_TEXT = ("id", "arxiv_id", "doi", "venue", "comment", "journal_ref", "url")
_ONE_DATE = ("published", "updated")
_SOME_TEXTS = ("authors", "categories", "code_urls")


def read_records(lines: Iterable[str], where: str) -> Iterator[Record | WatchError]:
    """The records of a JSON Lines text. A bad line is yielded as an error that names
    `where` and the line's number; the others go on. Empty lines do not count."""
    for number, line in enumerate(lines, start=1):
        text = line.lstrip("\ufeff").strip()
        if not text:
            continue
        try:
            yield record_from_line(text, f"{where}:{number}")
        except WatchError as error:
            yield error


def record_from_line(text: str, where: str) -> Record:
    """The record in a line of JSON. Raises ConfigError that names `where`."""
    return record_from_json(parse_json(text, where, "write one JSON object on the line"), where)


def parse_json(text: str, where: str, remedy: str) -> object:
    """The value of a JSON text. Raises ConfigError that names `where`, line and column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if "\n" not in text else f"line {error.lineno}"
        raise ConfigError(
            f"this is not JSON ({error.msg} at {place})", where=where, remedy=remedy
        ) from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(
            "this JSON is nested too deeply, or holds a number of too many digits", where=where
        ) from error


def record_from_json(value: object, where: str) -> Record:
    """A record from a parsed JSON object. A missing `id` is derived from the identifiers.

    Raises ConfigError that names `where`, the key and what is wrong with it.
    """
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"a record is a JSON object, and this is a {_kind(value)}", where=where,
            remedy='write {"title": …, "abstract": …}',
        )  # fmt: skip
    known: dict[str, Any] = dict(value)
    extra: dict[str, object] = {}
    origin, known = _take_origin(known, extra)
    version, known = _take_version(known, extra)
    values = _as_it_stands(known) or _validated(known, where)
    extra = {key: known[key] for key in known if key not in values} | extra
    return _record(values, where, origin, version, extra)


def _validated(known: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values of our keys. Raises ConfigError."""
    try:
        line = _RecordModel.model_validate(known)
    except ValidationError as error:
        raise ConfigError(
            first_fault(error, _RecordModel).clause,
            where=where,
            remedy="see the record format in the documents",
        ) from error
    return {key: getattr(line, key) for key in _ALWAYS_WRITTEN}


def _as_it_stands(known: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `_RecordModel` would make of a line that needs no second look, as nearly all do, in a
    fourth of the time; None for one that `_RecordModel` has to correct or to refuse."""
    title, abstract = known.get("title"), known.get("abstract")
    if type(title) is not str or not title or title.isspace():
        return None
    if abstract is not None and type(abstract) is not str:
        return None
    values: dict[str, Any] = {
        "title": without_surrogates(title),
        "abstract": without_surrogates(abstract or ""),
    }
    for key in (*_ONE_TEXT, *_ONE_DATE):
        value = known.get(key)
        if value is not None:
            if type(value) is not str or not value or value.isspace():
                return None
            value = intern(without_surrogates(value))
        values[key] = value
    for key in _SOME_TEXTS:
        several = known.get(key)
        if several is None:
            several = []
        elif type(several) is not list or not all(type(one) is str for one in several):
            return None
        # A large file has the same names and categories over and over: each is kept once.
        values[key] = tuple([intern(without_surrogates(one.strip())) for one in several])
    dates = (values[key] for key in _ONE_DATE if values[key])
    return values if all(map(_DATE.fullmatch, dates)) else None


def _record(
    values: Mapping[str, Any],
    where: str,
    origin: Origin | None,
    version: int | None,
    extra: dict[str, object],
) -> Record:
    given_id, given_doi = values["arxiv_id"] or "", values["doi"]
    arxiv_id = normal_arxiv_id(_ARXIV.sub("", given_id)) if given_id else None
    if given_id and not arxiv_id:
        raise ConfigError(
            f"arxiv_id {given_id!r} is not a valid arXiv id", where=where, remedy="write 2403.17834"
        )
    doi = normal_doi(given_doi) if given_doi else None
    if given_doi and not doi:
        raise ConfigError(
            f"doi {given_doi!r} is not a valid DOI", where=where, remedy="write 10.1007/…"
        )
    record = Record(
        id=values["id"] or "",
        title=values["title"],
        abstract=values["abstract"],
        authors=tuple(filter(None, values["authors"])),
        categories=values["categories"],
        arxiv_id=arxiv_id,
        version=version or version_of(given_id),
        doi=doi,
        published=values["published"],
        updated=values["updated"],
        venue=values["venue"],
        comment=values["comment"],
        journal_ref=values["journal_ref"],
        url=values["url"],
        code_urls=values["code_urls"],
        origin=origin,
        extra=extra,
    )
    return record if record.id else replace(record, id=derived_id(record))


def _take_origin(
    known: dict[str, Any], extra: dict[str, object]
) -> tuple[Origin | None, dict[str, Any]]:
    """Our own `origin`; another program's key of that name is kept as it came."""
    if "origin" not in known:
        return None, known
    value = known.pop("origin")
    try:
        read = _OriginModel.model_validate(value)
    except ValidationError:
        extra["origin"] = value
        return None, known
    return Origin(**dict(read)), known


def _take_version(
    known: dict[str, Any], extra: dict[str, object]
) -> tuple[int | None, dict[str, Any]]:
    value = known.pop("version", None)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value, known
    if value is not None:
        extra["version"] = value
    return None, known


def _kind(value: object) -> str:
    names = {list: "list", str: "text", bool: "truth value", int: "number", float: "number"}
    return names.get(type(value), "null")


def record_to_json(record: Record) -> dict[str, object]:
    """The record as a JSON object: every key of the format, then ours, then the unknown ones."""
    written: dict[str, object] = {}
    for key in _ALWAYS_WRITTEN:
        value = getattr(record, key)
        written[key] = list(value) if isinstance(value, tuple) else value
    if record.version is not None:
        written["version"] = record.version
    if record.origin is not None:
        written["origin"] = {
            "source": record.origin.source,
            "fetched_at": record.origin.fetched_at.isoformat(),
            "raw_ids": list(record.origin.raw_ids),
            "address": record.origin.address,
        }
    return written | {key: value for key, value in record.extra.items() if key not in written}
