"""The inputs of `classify` as records: ids, addresses, files, standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from medvl_watch.cli.ledger_place import request_turns
from medvl_watch.cli.output import progress
from medvl_watch.cli.session import existing_ledger
from medvl_watch.cli.source_opening import iterate_sources
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.bibtexfile import looks_like_bibtex, read_bibtex
from medvl_watch.papers.identifiers import parse_identifier, search_keys
from medvl_watch.papers.pdffile import looks_like_pdf, read_pdf
from medvl_watch.papers.textfile import records_in_text
from medvl_watch.records import Record
from medvl_watch.sources.lookup import PaperLookup
from medvl_watch.storage.user_files import not_utf8_error, read_bytes

STANDARD_INPUT = "standard input"
_BEGINNINGS = ("/", "./", "../", "~/")
_ENDINGS = (".pdf", ".bib", ".bibtex", ".json", ".jsonl", ".gz", ".txt", ".md")
"""Of the names of files."""

_Input: TypeAlias = Record | WatchError


def read_inputs(
    inputs: Sequence[str], settings: Settings, *, quiet: bool = False
) -> Iterator[_Input]:
    """The records of each input, in order; what cannot be read is an error in its place. Whom
    it asks for a paper is told on standard error, unless `quiet`."""
    with _open_lookup(settings, quiet=quiet) as lookup:
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


@contextmanager
def _open_lookup(settings: Settings, *, quiet: bool) -> Iterator[PaperLookup]:
    """A lookup, whose ledger is closed in the end."""
    with ExitStack() as opened:

        @cache
        def begun() -> Callable[[str], None]:
            return opened.enter_context(progress())

        def report_step(words: str) -> None:
            """Progress begins when something is asked: before, the person may be typing."""
            begun()(words)

        yield PaperLookup(
            open_ledger=lambda: opened.enter_context(existing_ledger(settings)),
            open_sources=partial(iterate_sources, settings),
            recorded=settings.recordings is not None,
            turns=request_turns(settings),
            report_step=None if quiet else report_step,
        )


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


def _in_bytes(data: bytes, where: str, lookup: PaperLookup) -> Iterator[_Input]:
    """A file is what its content says that it is; its name decides where that says nothing."""
    if looks_like_pdf(data) or where.lower().endswith(".pdf"):
        yield read_pdf(data, where)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8_error(where, error) from error
    if where.lower().endswith((".bib", ".bibtex")) or looks_like_bibtex(text):
        yield from _with_abstracts(read_bibtex(text, where), lookup)
    else:
        yield from records_in_text(text, where)


def _with_abstracts(found: Iterable[_Input], lookup: PaperLookup) -> Iterator[_Input]:
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
