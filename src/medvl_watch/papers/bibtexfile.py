"""Records out of BibTeX: one for each entry, with LaTeX's accents and commands as plain text.

Fields are read as reference managers write them: `eprint` or a journal `arXiv preprint
arXiv:…` names the preprint, `journal` and `booktitle` the venue, `date` or `year` with `month`
the day. An entry that cannot be read is an error that names it; the others are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.preprint_names import is_preprint_name, preprint_server
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.schemes import normal_arxiv_id, normal_doi
from medvl_watch.papers.silenced_logger import quiet
from medvl_watch.papers.years import YEAR_PATTERN
from medvl_watch.records import Record

if TYPE_CHECKING:
    from bibtexparser.model import Entry

# The library takes a tenth of a second to load, and few commands read BibTeX.
# ruff: noqa: PLC0415

_ENTRY = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
_MISSING_COMMA = re.compile(r"([}\"])([ \t]*\r?\n[ \t]*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d])")
_INITIALS_LAST = re.compile(r"[^\W\d_][^\W\d_,]*(?:[ '\u2019-][^\W\d_]+)* [A-Z]{1,4}")
"""`Brook KA`, as Vancouver style writes a name."""
_BARE_PERCENT = re.compile(r"(?<!\\)%")
_ARXIV = re.compile(
    r"arxiv[\s:.]*(?:(?:preprint|org/abs/)[\s:]*)*(?:arxiv:\s*)?(\S+)", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


def looks_like_bibtex(text: str) -> bool:
    """Whether the first thing in a text, comments apart, is a BibTeX entry."""
    found = _ENTRY.search(text)
    before = text[: found.start()] if found else text
    lines = (line.strip() for line in before.splitlines())
    return found is not None and all(not line or line.startswith("%") for line in lines)


def read_bibtex(text: str, where: str) -> Iterator[Record | WatchError]:
    """The papers of a BibTeX text, in its order; what is none is yielded as an error.

    A record's id is the entry's key. `where` names the file in the errors.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry, ParsingFailedBlock

    with quiet("bibtexparser"):
        library = parse_string(_MISSING_COMMA.sub(r"\1,\2", text))
    found = False
    for block in library.blocks:
        place = f"{where}:{(block.start_line or 0) + 1}"
        if isinstance(block, Entry):
            found = True
            yield _record(block, place)
        elif isinstance(block, ParsingFailedBlock):
            found = True
            entry = _usable(block)
            yield _record(entry, place) if entry else _broken(block, place)
    if not found:
        yield ConfigError(
            "it contains no BibTeX entry",
            where=where,
            remedy="give a file of @article{…} entries",
        )


def _record(entry: Entry, where: str) -> Record | WatchError:
    fields = {field.key.lower(): str(field.value).strip() for field in entry.fields}
    where = f"{where} ({entry.key})" if entry.key else where
    known = {
        "id": entry.key,
        "title": plain_text(fields.get("title", "")),
        "abstract": plain_text(fields.get("abstract", "")),
        "authors": _authors(fields.get("author", "")),
        "arxiv_id": _arxiv_id(fields),
        "doi": normal_doi(fields.get("doi", "")),
        "published": _published(fields),
        "venue": _venue(fields),
        "comment": plain_text(fields.get("note", "")),
        "url": fields.get("url") or None,
    }
    try:
        return record_from_json(known, where)
    except WatchError as error:
        return error


def _usable(block: object) -> Entry | None:
    """The entry that the library refused for a fault that does not hinder reading it: it has no
    key, like another entry, or a field twice with one value."""
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

    if not isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
        return None
    entry = block.ignore_error_block
    if not isinstance(entry, Entry):
        return None
    if isinstance(block, DuplicateBlockKeyBlock):
        return None if block.key else entry
    values: dict[str, set[str]] = {}
    for field in entry.fields:
        values.setdefault(field.key.lower(), set()).add(" ".join(str(field.value).split()))
    return entry if all(len(each) == 1 for each in values.values()) else None


def _broken(block: object, where: str) -> WatchError:
    """An entry that the library could not read, in a sentence of ours."""
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock

    if isinstance(block, DuplicateBlockKeyBlock):
        return ConfigError(
            f"a second entry is called {block.key}", where=where, remedy="give each its own key"
        )
    if isinstance(block, DuplicateFieldKeyBlock):
        twice = ", ".join(sorted(block.duplicate_keys))
        return ConfigError(
            f"this entry has a field twice ({twice})", where=where, remedy="keep one of them"
        )
    raw = str(getattr(block, "raw", "") or "").strip()
    first = " ".join(raw.partition("\n")[0].split())[:60]
    return ConfigError(
        f"this entry does not end as it should ({first})", where=where,
        remedy="close its braces and quotation marks",
    )  # fmt: skip


def plain_text(latex: str) -> str:
    """LaTeX as a reader sees it: accents as letters, commands and braces gone, on one line.

    A percent sign is one, as reference managers write it, and begins no comment.
    """
    if not re.search(r"[\\{}$~%`]|''|--", latex):
        return " ".join(latex.split())
    from pylatexenc.latex2text import LatexNodes2Text

    escaped = _BARE_PERCENT.sub(r"\\%", latex)
    with quiet("pylatexenc"):
        try:
            text = LatexNodes2Text(math_mode="text").latex_to_text(escaped)
        except (ValueError, TypeError, IndexError, RecursionError):
            text = re.sub(r"[{}]", "", latex)  # whatever it is, its words still count
    return " ".join(str(text).split())


def _authors(field: str) -> list[str]:
    """Names with the first name first; `and others` is nobody."""
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    people = [part.strip() for part in field.split(",")]
    if len(people) > 1 and " and " not in field and all(map(_INITIALS_LAST.fullmatch, people)):
        return [" ".join(part.rpartition(" ")[::-2]) for part in people]
    names = []
    for each in split_multiple_persons_names(field) if field else []:
        person = parse_single_name_into_parts(each, strict=False)
        names.append(plain_text(person.merge_first_name_first))
    return [name for name in names if name and name != "others"]


def _arxiv_id(fields: Mapping[str, str]) -> str | None:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    if archive == "arxiv" and (found := normal_arxiv_id(_bare(fields.get("eprint", "")))):
        return found
    for key in ("journal", "url", "note", "howpublished", "doi"):
        found = normal_arxiv_id(_bare(fields.get(key, "")))
        if found:
            return found
    return None


def _bare(text: str) -> str:
    """`arXiv preprint arXiv:2403.17834 [cs.CV]` and the like -> `2403.17834`."""
    found = _ARXIV.search(text)
    return (found[1] if found else text).strip("[](){}.,;")


def _published(fields: Mapping[str, str]) -> str | None:
    if _DATE.fullmatch(fields.get("date", "")):
        return fields["date"]
    year = YEAR_PATTERN.search(fields.get("year", "") or fields.get("date", ""))
    if year is None:
        return None
    month = fields.get("month", "").lower()
    number = int(month) if re.fullmatch(r"0?[1-9]|1[0-2]", month) else 0
    number = number or next((at for at, name in enumerate(_MONTHS, 1) if month.startswith(name)), 0)
    return f"{year[0]}-{number:02}" if number else year[0]


def _venue(fields: Mapping[str, str]) -> str | None:
    """Where it appeared, with its year."""
    given = (fields.get(key, "") for key in ("booktitle", "journal", "journaltitle"))
    name = plain_text(next(filter(None, given), ""))
    if not name:
        return None
    if is_preprint_name(name):
        return preprint_server(name) or name
    year = YEAR_PATTERN.search(fields.get("year", "") or fields.get("date", ""))
    return f"{name} {year[0]}" if year and not YEAR_PATTERN.search(name) else name
