"""What a person hands to `classify`, as records: ids, addresses, files, standard input."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from medvl_watch.cli.lookup import Lookup, open_lookup
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.bibtexfile import looks_like_bibtex, read_bibtex
from medvl_watch.papers.identifiers import parse_identifier, search_keys
from medvl_watch.papers.pdffile import looks_like_pdf, read_pdf
from medvl_watch.papers.recordfile import parse_json, read_records, record_from_json
from medvl_watch.records import Record
from medvl_watch.storage.user_files import no_text, read_bytes

STANDARD_INPUT = "standard input"
_LONGEST_TITLE = 400
"""Characters; a longer first paragraph is a title with the abstract on the next line."""
_BEGINNINGS = ("/", "./", "../", "~/")
_ENDINGS = (".pdf", ".bib", ".bibtex", ".json", ".jsonl", ".gz", ".txt", ".md")
"""Of the names of files."""
_PREFIX = re.compile(r"(?:title|abstract)\s*[:.\u2014-]\s*", re.IGNORECASE)

Given = Record | WatchError


def records_given(
    inputs: Sequence[str], settings: Settings, *, quiet: bool = False
) -> Iterator[Given]:
    """The records of each input, in order; what cannot be read is an error in its place. Whom
    it asks for a paper is told on standard error, unless `quiet`."""
    with open_lookup(settings, quiet=quiet) as lookup:
        for each in inputs:
            try:
                if each == "-":
                    yield from _in_bytes(sys.stdin.buffer.read(), STANDARD_INPUT, lookup)
                elif _is_file(each):
                    data = read_bytes(Path(each), "name another file")
                    yield from _in_bytes(data, each, lookup)
                else:
                    yield lookup.record(_no_path(each))
            except WatchError as error:
                yield error


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False


def _no_path(text: str) -> str:
    """The text, where it does not look like a path. Raises ConfigError for one that does: there
    is no file, or we would have read it."""
    try:
        is_folder = bool(text) and Path(text).is_dir()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        is_folder = False
    if is_folder:
        raise ConfigError("this is a folder", where=text, remedy="name a file in it")
    looks_like_one = text.startswith(_BEGINNINGS) or text.lower().endswith(_ENDINGS)
    if looks_like_one and "://" not in text and parse_identifier(text) is None:
        raise ConfigError("there is no such file", where=text, remedy="see that its name is right")
    return text


def _in_bytes(data: bytes, where: str, lookup: Lookup) -> Iterator[Given]:
    """A file is what its content says that it is; its name decides where that says nothing."""
    if looks_like_pdf(data) or where.lower().endswith(".pdf"):
        yield read_pdf(data, where)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise no_text(where, error) from error
    if where.lower().endswith((".bib", ".bibtex")) or looks_like_bibtex(text):
        yield from _with_abstracts(read_bibtex(text, where), lookup)
    else:
        yield from _in_text(text, where)


def _in_text(text: str, where: str) -> Iterator[Given]:
    """Records out of one JSON object, JSON lines, or a title and an abstract in plain text."""
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


def _in_list(values: Sequence[object], where: str) -> Iterator[Given]:
    for number, value in enumerate(values, start=1):
        try:
            yield record_from_json(value, f"{where}[{number}]")
        except WatchError as error:
            yield error


def _is_one_value(text: str) -> bool:
    first = text.split("\n", 1)[0].strip()
    return text.startswith("[") or "\n" not in text or not first.endswith("}")


def _with_abstracts(found: Iterable[Given], lookup: Lookup) -> Iterator[Given]:
    """BibTeX seldom has abstracts; those of papers that the ledger knows are taken from there."""
    given = list(found)
    bare = [each for each in given if isinstance(each, Record) and not each.abstract]
    seen = lookup.seen(key for each in bare for key in search_keys(each)) if bare else {}
    for each in given:
        if isinstance(each, Record) and not each.abstract:
            known = {seen[key].id: seen[key] for key in search_keys(each) if key in seen}
            if len(known) == 1:
                (facts,) = known.values()
                yield replace(each, abstract=facts.abstract)
                continue
        yield each
