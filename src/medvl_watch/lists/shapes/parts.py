"""An entry as a sequence of parts: mark-up, words, addresses, and fields of its paper.

Joined in order, the parts are the entry's text again. A part with a `slot` is explained by a
field of the paper; whether words are a fixed text of the list or speak of this one paper,
the other entries decide (see `constancy`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from medvl_watch.lists.fields.dates_and_venues import (
    ET_AL,
    SHORT_YEAR,
    YEAR,
    imprint,
    is_authors,
    is_venue,
)
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.parsing.markup import LINK, WIDE_STOPS
from medvl_watch.lists.style.samples import venue_key
from medvl_watch.papers.addresses import is_code_address
from medvl_watch.papers.preprint_names import is_preprint_name

LINK_SLOTS = frozenset({Slot.PAPER, Slot.CODE, Slot.PAGE})


class PartKind(StrEnum):
    """What a part of an entry is."""

    MARK = "mark"
    WORD = "word"
    LABEL = "label"
    ADDRESS = "address"
    FIELD = "field"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an entry's text; `slot` is set for fields only, and `form` for a date whose
    form the entries of its place prove (see `stamps`)."""

    kind: PartKind
    text: str
    slot: Slot | None = None
    form: str = ""


_TOKEN = re.compile(
    rf"(?P<address>(?:https?://|www\.)[^\s()<>\[\]\"'|{WIDE_STOPS}]+"
    rf"(?:\([^()\s]*\)[^\s()<>\[\]\"'|{WIDE_STOPS}]*)*)"
    r"|(?P<mark>:[a-z0-9_+-]+:|</?[A-Za-z][A-Za-z0-9]*\s*/?>)"
    r"|(?P<symbol>(?:[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?)+)"
    r"|(?P<words>[^\W_](?:[^\W_]|['\u2019.+&/%-](?=[^\W_])|[ ,](?=[^\W_]))*)"
    r"|(?P<other>[^\w]|_)",
    re.DOTALL,
)
_JOINT = re.compile(r"\. | & | / |/|&")
_LONGEST_JOINT = 3
_TARGET = re.compile(r"(?<=\]\()\s*(?P<target>[^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)(?=[\s)>])")
_WHOLE_TARGET = re.compile(
    r"(?:\]\(|(?:src|href)=[\"'])((?:https?://|\.{0,2}/)[^()\s\"']*(?:\([^()\s]*\)[^()\s\"']*)*)"
)
_DIVIDED = re.compile(r"\*\*|\]\(|<br", re.IGNORECASE)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(([^()\s]*)")
_BADGE_OF_ID = re.compile(r"/badge/[^\s]*\d{4}\.\d{4,5}")
_QUERY = re.compile(r"[?#].*")
_BADGE_PIECE = re.compile(r"%[0-9A-Fa-f]{2}|[^-_/?=&%:()\s]+")
_BADGE = re.compile(r"/badge/[^)\s\">?]*")


_SURNAME_AND_VENUE = re.compile(r"(?P<name>[A-Z][\w\u2019'-]+),\s+(?P<rest>\S.*)")

_Known = tuple[int, int, Slot]

_REMEMBERED = 20_000
"""Entries whose parts are cached: each is an example for many places of its list."""


@lru_cache(maxsize=_REMEMBERED)
def segment(fields: Fields, *, venue_labels: bool = False) -> tuple[Part, ...]:
    """The parts of an entry. With `venue_labels` a link's label such as `arXiv` is a venue,
    since at this place of the list labels are venues."""
    text = fields.text
    known: list[_Known] = [
        (c.start, c.end, c.slot)
        for c in fields.claims
        if c.slot is not Slot.TEXT and not _is_misread(text[c.start : c.end], c.slot)
    ]
    labels = _labels(text)
    told = next((text[start:end] for start, end, slot in known if slot is Slot.VENUE), "")
    for start, end, address in labels:
        if not any(a < end and start < b for a, b, _ in known):
            found = _label_fields(text, start, end, address, venue_labels=venue_labels)
            known += [each for each in found if not _is_server(text[each[0] : each[1]], each, told)]
    known += _badge_fields(text, known)
    known.sort()
    kinds = [(start, end, PartKind.LABEL) for start, end, _ in labels]
    kinds += [(*match.span(1), PartKind.ADDRESS) for match in _WHOLE_TARGET.finditer(text)]
    parts: list[Part] = []
    at = 0
    for start, end, slot in known:
        if start < at:
            continue
        parts += _literals(text, at, start, kinds)
        parts.append(Part(PartKind.FIELD, text[start:end], slot))
        at = end
    parts += _literals(text, at, len(text), kinds)
    return tuple(_with_whole_phrases(parts))


def _with_whole_phrases(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, where words on both sides of a full stop, a slash or an ampersand (`Hospital of
    St. Ives`) are one phrase: they vary together."""
    at = 0
    while at < len(parts):
        end = at + 1
        while parts[at].kind is PartKind.WORD:
            joint = "".join(part.text for part in parts[end : end + _LONGEST_JOINT])
            found = _JOINT.match(joint)
            behind = end + found.end() if found else len(parts)
            if behind >= len(parts) or parts[behind].kind is not PartKind.WORD:
                break
            if any(part.kind is not PartKind.MARK for part in parts[end:behind]):
                break
            end = behind + 1
        text = "".join(part.text for part in parts[at:end])
        yield replace(parts[at], text=text) if end > at + 1 else parts[at]
        at = end


def _is_server(label: str, field: _Known, told: str) -> bool:
    """Whether a label is the name of a server (`arXiv`, `Springer`) and no venue: the entry tells
    another one (`told`) beside its links."""
    return field[2] is Slot.VENUE and bool(told) and venue_key(label) != venue_key(told)


def _is_misread(text: str, slot: Slot) -> bool:
    """Whether a title or a name holds mark-up that divides it: it is more than one thing."""
    if slot is Slot.NAME and not any(map(str.isalpha, text)):
        return True
    return slot in {Slot.TITLE, Slot.NAME} and bool(_DIVIDED.search(text))


def _labels(text: str) -> list[tuple[int, int, str]]:
    """Spans of the labels and alternative texts of links and images, with their addresses."""
    found = []
    for match in LINK.finditer(text):
        for label, address in (("label", "url"), ("text", "href")):
            if match[label]:
                found.append((*match.span(label), match[address]))
    found += [(*image.span(1), image[2]) for image in _IMAGE.finditer(text)]
    return [(start, end, address) for start, end, address in found if end > start]


def _label_fields(
    text: str, start: int, end: int, address: str, *, venue_labels: bool
) -> Iterator[_Known]:
    """The fields that a link's label tells: venue and year, authors, the repository's name."""
    label = text[start:end]
    bare = label.strip(" []*_`")
    if not bare or "](" in label or "<" in label:
        return
    at = start + label.index(bare)
    repository = _QUERY.sub("", address).rstrip("/").rpartition("/")[2]
    is_named = repository.casefold() == bare.casefold() and "." not in repository
    if is_named and is_code_address(address):
        yield at, at + len(bare), Slot.REPOSITORY_NAME
        return
    people = list(_people_in_label(bare, at))
    if people:
        yield from people
        return
    found = imprint(bare)
    if not found or found.rest or not (found.venue or found.year):
        return
    venue = bare[slice(*found.venue)] if found.venue else ""
    if not found.year and not _is_venue_label(venue, address, venue_labels=venue_labels):
        return
    for span, slot in ((found.venue, Slot.VENUE), (found.year, Slot.YEAR)):
        if span:
            yield at + span[0], at + span[1], slot


def _people_in_label(bare: str, at: int) -> Iterator[_Known]:
    """The fields of a label that begins with who wrote the paper: `Silva et al., 2024`, `Silva,
    CVPR 2024`."""
    cited = _SURNAME_AND_VENUE.fullmatch(bare)
    told = imprint(cited["rest"]) if cited else None
    if cited and told and told.venue and told.year and not told.rest:
        begin = at + cited.start("rest")
        yield at, at + cited.end("name"), Slot.AUTHORS
        yield begin + told.venue[0], begin + told.venue[1], Slot.VENUE
        yield begin + told.year[0], begin + told.year[1], Slot.YEAR
        return
    people = ET_AL.search(bare)
    if people and is_authors(bare[: people.end()]):
        yield at, at + people.end(), Slot.AUTHORS
        year = YEAR.search(bare, people.end())
        if year:
            yield at + year.start(), at + year.end(), Slot.YEAR


def _is_venue_label(label: str, address: str, *, venue_labels: bool) -> bool:
    """Whether a label without a year is a venue: that of a badge with the paper's arXiv id says
    what the badge is."""
    if is_preprint_name(label):
        return venue_labels and not _BADGE_OF_ID.search(address)
    return not label or is_venue(label)


def _badge_fields(text: str, known: list[_Known]) -> Iterator[_Known]:
    """Venue and year in the address of a badge (`…/badge/CVPR-2024-blue`)."""
    for badge in _BADGE.finditer(text):
        found = _BADGE_PIECE.finditer(text, badge.start() + 7, badge.end())
        pieces = [piece for piece in found if not piece[0].startswith("%")]
        for number, piece in enumerate(pieces):
            if any(a < piece.end() and piece.start() < b for a, b, _ in known):
                continue
            after = pieces[number + 1][0] if number + 1 < len(pieces) else ""
            if YEAR.fullmatch(piece[0]):
                yield (*piece.span(), Slot.YEAR)
            elif is_venue(piece[0]) and (not is_preprint_name(piece[0]) or YEAR.fullmatch(after)):
                yield (*piece.span(), Slot.VENUE)
            elif (short := SHORT_YEAR.search(piece[0])) and is_venue(piece[0][: short.start()]):
                yield piece.start(), piece.start() + short.start(), Slot.VENUE
                yield piece.start() + short.start("year"), piece.end(), Slot.YEAR


_Kinds = list[tuple[int, int, PartKind]]


def _literals(text: str, start: int, end: int, kinds: _Kinds) -> Iterator[Part]:
    at = start
    while at < end:
        target = _TARGET.match(text, at)
        if target and target["target"] and target.end("target") <= end:
            if target.start("target") > at:
                yield Part(PartKind.MARK, text[at : target.start("target")])
            yield Part(PartKind.ADDRESS, target["target"])
            at = target.end("target")
            continue
        token = _TOKEN.match(text, at, end)
        if token is None:  # never: a mark is any character
            yield Part(PartKind.MARK, text[at])
            at += 1
            continue
        if token["address"]:
            kind = PartKind.ADDRESS
        elif token["words"] or token["symbol"]:
            inside = (k for a, b, k in kinds if a <= token.start() and token.end() <= b)
            kind = next(inside, PartKind.WORD)
        else:
            kind = PartKind.MARK
        yield Part(kind, token[0])
        at = token.end()
