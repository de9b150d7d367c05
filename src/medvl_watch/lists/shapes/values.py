"""A paper's fields, written as a shape's entries write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from medvl_watch.lists.fields.dates_and_venues import ET_AL, find_date
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.searches import write_query
from medvl_watch.lists.shapes.learning import Shape
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part, PartKind
from medvl_watch.lists.shapes.servers import address_after, host_of, letters_of, site_of
from medvl_watch.lists.shapes.stamps import write_stamp
from medvl_watch.lists.shapes.style import WritingStyle, names_arxiv
from medvl_watch.lists.style.encoding import encode_html, encode_text
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.writing import (
    author_manner,
    manner_of_names,
    shows_all_initials,
    write_authors,
    write_date,
    write_year,
)
from medvl_watch.papers.schemes import normal_arxiv_id, normal_doi

_PAIR = 2
_ANY_PAGE = re.compile(r"(?:project|web|home|page|site|link|url|here|info|more)", re.IGNORECASE)
"""Labels that suit any page about a paper."""

_EMPHASISED = re.compile(r"([*_]{1,3})et\.? ?al\b\.?\1", re.IGNORECASE)
_RAW = frozenset({*LINK_SLOTS, Slot.ARXIV, Slot.REPOSITORY, Slot.SCHOLAR, Slot.IDENTIFIER,
                  Slot.NUMBER, Slot.YEAR, Slot.STAMP, Slot.QUERY})  # fmt: skip

NAMES: Mapping[Slot, str] = {
    Slot.NUMBER: "number",
    Slot.TITLE: "title",
    Slot.NAME: "short name",
    Slot.AUTHORS: "authors",
    Slot.VENUE: "venue",
    Slot.YEAR: "year",
    Slot.DATE: "date",
    Slot.STAMP: "date",
    Slot.PAPER: "link to the paper",
    Slot.CODE: "link to code",
    Slot.PAGE: "project page",
    Slot.ARXIV: "arXiv id",
    Slot.REPOSITORY: "repository",
    Slot.REPOSITORY_NAME: "repository",
    Slot.SCHOLAR: "Semantic Scholar id",
    Slot.IDENTIFIER: "identifier",
    Slot.QUERY: "title",
    Slot.SERVER: "label for this address",
}
"""What messages call each field."""


class Lacking(Exception):
    """What the record lacks for one part of a shape: a field's name in plain words."""


def value_of(
    shape: Shape, number: int, paper: Facts, style: WritingStyle, running: int | None
) -> str:
    """The text for the part `number` of a shape. Raises Lacking."""
    part = shape.parts[number]
    slot = part.slot
    if slot is None:
        raise ValueError("only fields have values")
    text = _raw(shape, part, paper, style, running)
    if not text:
        raise Lacking(NAMES.get(slot, slot.value))
    if slot in _RAW:
        return text
    encoded = _encoded(shape, number, text)
    return _with_emphasis(encoded, part.text) if slot is Slot.AUTHORS else encoded


def _raw(shape: Shape, part: Part, paper: Facts, style: WritingStyle, running: int | None) -> str:
    known: dict[Slot, Callable[[], str]] = {
        Slot.TITLE: lambda: _title(shape, paper),
        Slot.NAME: lambda: (
            paper.name or (_repository(paper) if style.names_are_repositories else "")
        ),
        Slot.AUTHORS: lambda: _authors(part, paper, style),
        Slot.VENUE: lambda: _venue(shape, paper, style),
        Slot.YEAR: lambda: write_year(paper.year, part.text) if paper.year else "",
        Slot.DATE: lambda: _date(paper, style),
        Slot.STAMP: lambda: _stamp(part, paper),
        Slot.PAPER: lambda: _paper_address(shape, paper, style),
        Slot.CODE: lambda: paper.code or (paper.page if style.code_takes_pages else "") or "",
        Slot.PAGE: lambda: paper.page or "",
        Slot.ARXIV: lambda: paper.arxiv_id or "",
        Slot.REPOSITORY: lambda: repository_of(paper.code),
        Slot.REPOSITORY_NAME: lambda: _repository(paper),
        Slot.SCHOLAR: lambda: paper.scholar_id,
        Slot.QUERY: lambda: write_query(paper.title, part.text),
        Slot.IDENTIFIER: lambda: _identifier(shape, part, paper),
        Slot.SERVER: lambda: style.servers.get(site_of(_paper_address(shape, paper, style)), ""),
        Slot.NUMBER: lambda: _number(shape, part, running),
    }
    return known[part.slot]() if part.slot in known else ""


def _paper_address(shape: Shape, paper: Facts, style: WritingStyle) -> str:
    """The paper's address; that of its DOI, where the entry's label is the DOI."""
    if paper.doi and _is_doi(text_of(shape.parts, Slot.IDENTIFIER)):
        return f"https://doi.org/{paper.doi}"
    return style.paper_url(paper.url, paper.arxiv_id) if paper.url else ""


def _identifier(shape: Shape, part: Part, paper: Facts) -> str:
    """An identifier of the kind that the example is: a DOI, an arXiv id, or the end of an address
    at the same server."""
    if _is_doi(part.text):
        return paper.doi
    if normal_arxiv_id(part.text):
        return paper.arxiv_id or ""
    example = text_of(shape.parts, Slot.PAPER)
    own = paper.url or ""
    if host_of(example) != host_of(own) or _end_of(example) != part.text:
        return ""
    return _end_of(own)


def _end_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+/(?:abs/|pdf/)?", "", address)


def _is_doi(text: str) -> bool:
    return text.startswith("10.") and normal_doi(text) is not None


def _number(shape: Shape, part: Part, running: int | None) -> str:
    """The entry's number; in a numbered list its own, which is exchanged for the right one."""
    if running is not None:
        return str(running)
    return part.text if shape.sample.entry.unit.is_numbered else ""


def _repository(paper: Facts) -> str:
    return repository_of(paper.code).rpartition("/")[2]


def _title(shape: Shape, paper: Facts) -> str:
    """The title; what follows its colon, where the list writes the name apart from it."""
    name = paper.name
    if not name or Slot.NAME not in shape.slots or not paper.title.startswith(name + ":"):
        return paper.title
    pairs = [(text_of(parts, Slot.NAME), text_of(parts, Slot.TITLE)) for parts in shape.examples]
    whole = sum(title.casefold().startswith(name.casefold()) for name, title in pairs)
    if 3 * whole >= len(pairs) or not _introduces(shape):
        return paper.title
    return paper.title[len(name) + 1 :].lstrip()


def _introduces(shape: Shape) -> bool:
    """Whether the short name stands before the title, with a colon or a dash between."""
    text = "".join(part.slot.value if part.slot else part.text for part in shape.parts)
    return bool(re.search(r"name[^:]{0,40}?(?::|\s[-\u2013\u2014]\s).{0,8}?title", text, re.DOTALL))


def text_of(parts: Sequence[Part], slot: Slot) -> str:
    return next((part.text for part in parts if part.slot is slot), "")


def _authors(part: Part, paper: Facts, style: WritingStyle) -> str:
    form = part.text
    if paper.authors and "](" in form:
        raise Lacking("pages of the authors")
    if not paper.authors or not style.authors:
        return ""
    if style.only_first_author:
        return write_authors(paper.authors[:1], form)
    same = manner_of_names(form) == manner_of_names(style.authors)
    if not same or shows_all_initials(style.authors):
        form = style.authors
    if style.pair and len(paper.authors) == _PAIR and author_manner(form)[0] == "et al":
        form = style.pair
    return write_authors(paper.authors, form)


def _with_emphasis(authors: str, example: str) -> str:
    """The authors with `et al.` emphasised as in the example."""
    marked = _EMPHASISED.search(example)
    return ET_AL.sub(marked[0], authors, count=1) if marked else authors


def _venue(shape: Shape, paper: Facts, style: WritingStyle) -> str:
    if not paper.venue:
        return ""
    if paper.preprint and names_arxiv(paper.venue):
        shown = [text_of(parts, Slot.VENUE) for parts in shape.examples]
        own = next((venue for venue in shown if names_arxiv(venue)), "")
        return own or style.preprint or paper.venue
    return style.words.venue(paper.venue)


def _date(paper: Facts, style: WritingStyle) -> str:
    """The date in the list's usual form, or in another one of it that is only as exact as the
    date is known. Raises Lacking where none is."""
    missing = NAMES[Slot.DATE]
    for form in style.dates:
        text = write_date(paper.date, form, style.words.months) or ""
        found = find_date(text)
        if not found:
            continue
        if has_day(form) <= has_day(text):
            return text
        missing = "day of publication"
    raise Lacking(missing)


def _stamp(part: Part, paper: Facts) -> str:
    text = write_stamp(paper.date, part.form)
    if not text:
        tells_day = "%d" in part.form and paper.date[1]
        raise Lacking("day of publication" if tells_day else NAMES[Slot.DATE])
    return text


def has_day(date: str) -> bool:
    """Whether a written date tells the day."""
    found = find_date(date)
    groups = found.groupdict() if found else {}
    return bool(groups.get("day") or groups.get("late"))


def _encoded(shape: Shape, number: int, text: str) -> str:
    unit = shape.sample.entry.unit
    if unit.is_html:
        return encode_html(text)
    before = "".join(part.text for part in shape.parts[:number])
    encoded = encode_text(text, cell=unit.has_cells, line_start=not before.strip())
    if re.search(r"\((?:https?://)[^\s)]*$", before):  # in a badge's address
        return re.sub(r"[ ()\[\]]", "_", text.replace("-", "--"))
    return encoded


def label_fits(shape: Shape, number: int, address: str, shapes: Sequence[Shape]) -> bool:
    """Whether a fixed label before an address suits it: one that names a host (`arXiv`) or a kind
    of page (`video`) is not written on an address elsewhere."""
    slot = shape.parts[number].slot
    labels = [
        word
        for at, part in enumerate(shape.parts[:number])
        if part.kind is PartKind.LABEL and address_after(shape.parts, at) == number
        if (word := letters_of(part.text))
    ]
    if slot is None or not labels:
        return True
    known = _addresses_of_labels(slot, shapes)
    return all(_suits(word, known, address, is_page=slot is Slot.PAGE) for word in labels)


def _suits(word: str, known: Mapping[str, Sequence[str]], own: str, *, is_page: bool) -> bool:
    seen = known.get(word, ())
    named = sum(word in letters_of(host_of(address)) for address in seen)
    if seen and 2 * named > len(seen):
        return word in letters_of(host_of(own))
    is_general = not is_page or bool(_ANY_PAGE.match(word))
    return is_general or not seen or site_of(own) in map(site_of, seen)


def _addresses_of_labels(slot: Slot, shapes: Sequence[Shape]) -> Mapping[str, Sequence[str]]:
    """The addresses that each label leads to."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for shape in shapes:
        for parts in shape.examples:
            for at, part in enumerate(parts):
                to = address_after(parts, at) if part.kind is PartKind.LABEL else None
                if to is not None and parts[to].slot is slot:
                    found[letters_of(part.text)].append(parts[to].text)
    return found
