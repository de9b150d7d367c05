"""What an entry says, as spans of its own text: the raw material of templates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from medvl_watch.lists.entries import Unit
from medvl_watch.lists.markup import LINK, Link, links_in, plain
from medvl_watch.lists.phrases import find_date, imprint, is_authors


class Slot(StrEnum):
    """A field of an entry that differs from paper to paper."""

    NUMBER = "number"
    TITLE = "title"
    NAME = "name"
    VENUE = "venue"
    YEAR = "year"
    DATE = "date"
    AUTHORS = "authors"
    PAPER = "paper"
    CODE = "code"
    PAGE = "page"
    ARXIV = "arxiv id"
    REPOSITORY = "repository"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Claim:
    """A field's span, and the span that goes with it when it is left out (`outer`)."""

    start: int
    end: int
    slot: Slot
    outer: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fields:
    """An entry's text with its claims in order; claims never overlap."""

    text: str
    claims: tuple[Claim, ...]

    def first(self, slot: Slot) -> str | None:
        return next((self.text[c.start : c.end] for c in self.claims if c.slot is slot), None)

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset(claim.slot for claim in self.claims)


MASK = "\ue000"
_START = re.compile(r"^(?:[ \t]*(?:#{1,6}[ \t]+|[-*+•](?:[ \t]+|(?=\[|\*\*))|(?P<number>\d{1,4})[.)][ \t]*))?[ \t]*")
_CODE_HOST = re.compile(r"github\.com|gitlab|bitbucket|huggingface\.co/(?!papers)|codeberg", re.I)
_PAGE_HOST = re.compile(r"github\.io|sites\.google|youtube|youtu\.be|\.notion\.|zenodo|drive\.google", re.I)
_PAPER_WORD = re.compile(
    r"^\W*(?:papers?|pdf|arxiv|paper\s*link|link|doi|html|abs|abstract|openreview|acl|cvf|publication"
    r"|论文|full\s?text|preprint|paepr|article|manuscript)\W*$", re.I)
_CODE_WORD = re.compile(
    r"^\W*(?:(?:official |unofficial )?(?:codes?|github|git|repo(?:sitory)?|implementation|pytorch|tensorflow"
    r"|tf|torch|jax|source|hugging\s?face|hf|models?|weights?|toolbox|code.?(?:available|link)|代码)"
    r"(?:[ /&+-]*(?:codes?|pytorch|models?|data(?:set)?|tensorflow|torch|\d))*)\W*$", re.I)
_PAGE_WORD = re.compile(
    r"^\W*(?:project(?: ?page)?|page|web(?:site|page| ?page)?|home ?page|demo|blog|video|dataset|data|slides"
    r"|poster|supp\w*|appendix|bibtex|news|talk|tutorial|media|api)s?\W*$", re.I)
_PAIRS = {"[": "]", "(": ")", "*": "*", "`": "`", "_": "_", "【": "】", "{": "}", "（": "）"}
_DIVIDER = re.compile(rf"{MASK}+|[\[\]()|{{}}【】（）\n]|\*+|`+|(?<!\w)_+|_+(?!\w)|<[^<>]*>|[\"“”]|\\")
_HARD_BREAK = re.compile(rf"{MASK}|\||\\\n|[ ]{{2,}}\n|<br|\n[ \t]*(?:[-*+_\[({MASK}]|\d+[.)]|\S*\s*{MASK})|\n[ \t]*\n")
_LEADING = re.compile(
    r"(?:\*\*)?[\[(（【`](?:\*\*)?(?P<text>[^\[\](){}|`*\n\ue000]{1,70}(?:\([^()\n]{1,30}\))?)(?:\*\*)?[\])）】`](?:\*\*)?[ \t]*(?:[:：|–—-][ \t]+)?"
    r"|\*\*(?P<bold>[^*\n\ue000]{1,40})\*\*[ \t]*(?:[:：|–—-][ \t]+)"
)
_CUT = re.compile(r"[.?!][\"”]?[\s]+|,\s+|\s[-–—]+\s|;\s+|:\s+|[.,;:]?\s*[\[(*_`{（]+")
_STOP_WORDS = 3


@dataclass(slots=True)
class _Reading:
    text: str
    masked: str
    claims: list[Claim] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        return not any(c.start < end and start < c.end for c in self.claims)

    def claim(self, start: int, end: int, slot: Slot, outer: tuple[int, int] | None = None) -> None:
        if self.free(start, end):
            self.claims.append(Claim(start, end, slot, outer or wrapped(self.text, start, end)))

    def has(self, slot: Slot) -> bool:
        return any(c.slot is slot for c in self.claims)

    def hide(self, start: int, end: int) -> None:
        self.masked = self.masked[:start] + MASK * (end - start) + self.masked[end:]


def wrapped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span grown over the brackets and emphasis that hold nothing else."""
    while start > 0 and end < len(text):
        if start > 1 and text[start - 2 : start] == "\\[" and text[end] == "]":
            start, end = start - 2, end + 1
        elif _PAIRS.get(text[start - 1]) == text[end]:
            start, end = start - 1, end + 1
        else:
            break
    return start, end


def link_kind(link: Link) -> Slot | None:
    """What a link leads to, by its label first, then by its host. None: nothing known."""
    label = plain(link.label)
    if _PAPER_WORD.match(label):
        return Slot.PAPER
    if _CODE_WORD.match(label):
        return Slot.CODE
    if _PAGE_WORD.match(label):
        return Slot.PAGE
    if _CODE_HOST.search(link.url):
        return Slot.CODE
    if _PAGE_HOST.search(link.url):
        return Slot.PAGE
    return Slot.PAPER


def is_label(text: str) -> bool:
    """A link's label that names a kind of link, not a work."""
    label = plain(text)
    return bool(_PAPER_WORD.match(label) or _CODE_WORD.match(label) or _PAGE_WORD.match(label))


def read_fields(text: str, unit: Unit, columns: tuple[str, ...] = ()) -> Fields:
    """Find an entry's fields. What is not recognised stays literal."""
    reading = _Reading(text, text)
    start = _START.match(text)
    begin = start.end() if start and unit is not Unit.ROW else 0
    if start and start["number"] and unit is Unit.NUMBERED:
        reading.claims.append(Claim(*start.span("number"), Slot.NUMBER, start.span("number")))
    _read_links(reading)
    if unit is Unit.ROW:
        from medvl_watch.lists.rows import read_cells

        read_cells(reading, columns)
    if not reading.has(Slot.TITLE):
        _read_title(reading, begin, unit)
    _read_authors(reading, begin)
    _read_imprints(reading, begin)
    _read_name(reading, begin)
    _read_echoes(reading)
    return Fields(text, tuple(sorted(reading.claims, key=lambda c: c.start)))


def _read_links(reading: _Reading) -> None:
    links = list(links_in(reading.text))
    title = _title_link(reading, links)
    for link in links:
        if link is title:
            reading.claim(link.label_start + _lead(link.label), link.label_start + _tail(link.label),
                          Slot.TITLE, (link.start, link.end))
            if not reading.has(Slot.PAPER):
                reading.claim(link.url_start, link.url_end, Slot.PAPER, (link.start, link.end))
            reading.hide(link.start, link.label_start)
            reading.hide(link.label_start + len(link.label), link.end)
            continue
        kind = link_kind(link)
        outer = wrapped(reading.text, link.start, link.end)
        if reading.text[link.end : link.end + 2].lstrip().startswith(":") and not is_label(link.label):
            reading.claim(link.label_start, link.label_start + len(link.label), Slot.NAME, outer)
        if not link.url or not re.match(r"https?://|www\.|\w[\w.-]+\.\w{2,}/", link.url):
            pass
        elif kind is None or (reading.has(kind) or (kind is Slot.PAPER and title and is_label(title.label))):
            reading.claim(link.start, link.end, Slot.TEXT, outer)
        else:
            reading.claim(link.url_start, link.url_end, kind, outer)
        reading.hide(link.start, link.end)
    for match in LINK.finditer(reading.text):
        if match["image"] or match["img"]:
            reading.hide(*match.span())


def _title_link(reading: _Reading, links: list[Link]) -> Link | None:
    """The link whose label is the work's title: the first long one that names no people."""
    for link in links:
        label = plain(link.label)
        if len(label.split()) >= 4 and not is_label(label) and not label.startswith("!"):
            return link
    first = links[0] if links else None
    if first and plain(first.label) and not is_label(first.label):
        before = plain(re.sub(r"\[[^\[\]]*\]", "", reading.text[: first.start]))
        before = "".join(c for c in before if c.isalpha())
        words = [w for w in plain(LINK.sub(" ", reading.text)).split() if w[:1].isalpha()]
        if not before and len(words) < 8 and "|" not in reading.text:
            return first
    return None


def _lead(label: str) -> int:
    match = re.match(r"[\s*_`\"“]*", label)
    return match.end() if match else 0


def _tail(label: str) -> int:
    kept = label.rstrip(" \t\n*_`\"”.,;:")
    return max(len(kept), _lead(label))


# --- the title ------------------------------------------------------------------------


def _read_title(reading: _Reading, begin: int, unit: Unit) -> None:
    for pattern in (r"\*\*(?P<t>[^*]+?)\*\*", r"(?<!\w)__(?P<t>[^_].*?)__(?!\w)", r"[\"“](?P<t>[^\"”]{15,}?)[\"”]"):
        for match in re.compile(pattern, re.DOTALL).finditer(reading.masked, begin):
            text = match["t"]
            if len(text.split()) >= 4 and MASK not in text and not _is_imprint(text) and "|" not in text:
                start = match.start("t") + _lead(text)
                reading.claim(start, match.start("t") + _tail(text), Slot.TITLE)
                return
    span = plain_title(reading.masked, begin, len(reading.masked))
    if span:
        reading.claim(*span, Slot.TITLE, span)


def plain_title(masked: str, begin: int, end: int) -> tuple[int, int] | None:
    """The span of a title that stands as plain text between other fields."""
    at = begin
    while True:
        at += len(masked[at:end]) - len(masked[at:end].lstrip(" \t"))
        leading = _LEADING.match(masked, at, end)
        if not leading or not _is_lead_field(leading):
            break
        at = leading.end()
    at += len(re.match(r"[^\w$\"'“(\\\n|<]*", masked[at:end])[0])  # type: ignore[index]
    stop = _HARD_BREAK.search(masked, at, end)
    zone_end = stop.start() if stop else end
    zone = masked[at:zone_end]
    if len(zone.split()) < 2 and len(zone) < 12:
        return None
    for cut in _CUT.finditer(zone):
        people = "," not in cut[0]
        if len(zone[: cut.start()].split()) >= _STOP_WORDS and is_imprint_ahead(
            zone[cut.end() :], people=people
        ):
            keep = 1 if zone[cut.start()] in "?!" else 0
            zone = zone[: cut.start() + keep]
            break
    kept = zone.rstrip(" \t\n.,;:-–—([{*_`\"“（|\\")
    return (at, at + len(kept)) if len(kept) > 2 else None


def _is_lead_field(match: re.Match[str]) -> bool:
    text = match["text"] or match["bold"]
    return len(text.split()) <= 8


def _is_imprint(text: str) -> bool:
    found = imprint(text)
    return bool(found and found.venue and len(text.split()) <= 8)


def is_imprint_ahead(tail: str, *, people: bool = True) -> bool:
    """Whether what follows a possible end of the title is venue, year, date or authors."""
    piece = re.split(r"[\])}）*`\n]|[.;]\s|\s[-–—]\s", tail.lstrip(" *_[({（"), maxsplit=1)[0].strip(" .,_")
    if not piece:
        return not tail.strip(" .*_[](){}`")
    date = find_date(piece)
    if date and date.start() < 3:
        return True
    found = imprint(piece)
    if found and (found.venue or (found.year and found.year[0] < 3)):
        return len(piece.split()) <= 9 and (piece[:1].isupper() or piece[:1].isdigit() or piece[:2] in {"in", "ar", "np", "me", "bi"})
    return (people or "et al" in piece) and is_authors(piece)


# --- the rest -------------------------------------------------------------------------


def _read_authors(reading: _Reading, begin: int) -> None:
    if reading.has(Slot.AUTHORS):
        return
    for start, end in [
        *_zones(reading, begin, re.compile(rf"{MASK}+|\||<[^<>]*>|\*+|(?<!\w)_+|_+(?!\w)|\n")),
        *_zones(reading, begin, re.compile(rf"{MASK}+|\||\n|<[^<>]*>|[\[\]()]|\s[-–—]\s|(?<![A-Z])\.\s|\*+|(?<!\w)_+|_+(?!\w)|\\")),
    ]:
        zone = reading.masked[start:end]
        date_or_venue = imprint(zone)
        if date_or_venue and date_or_venue.year:
            cut = re.search(r"\bet\.? ?al\b\.?", zone)
            if not cut:
                continue
            end = start + cut.end()
            zone = reading.masked[start:end]
        if is_authors(zone):
            kept = zone.strip(" \t\n*_,;|")
            at = start + zone.index(kept)
            kept = kept if kept.endswith("al.") else kept.rstrip(".")
            reading.claim(at, at + len(kept), Slot.AUTHORS)
            return


def _zones(reading: _Reading, begin: int, divider: re.Pattern[str]) -> list[tuple[int, int]]:
    """Unclaimed spans between dividers."""
    edges = [begin]
    for match in divider.finditer(reading.masked, begin):
        edges += [match.start(), match.end()]
    edges.append(len(reading.masked))
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for free_start, free_end in _free_parts(reading, start, end):
            if reading.masked[free_start:free_end].strip(" \t\n.,;:-–—"):
                found.append((free_start, free_end))
    return found


def _free_parts(reading: _Reading, start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    for claim in sorted(reading.claims, key=lambda c: c.start):
        if claim.end <= start or claim.start >= end:
            continue
        parts.append((start, claim.start))
        start = claim.end
    parts.append((start, end))
    return [(a, b) for a, b in parts if b > a]


_PHRASE = re.compile(_DIVIDER.pattern + r"|\.\s|\s[-–—]\s|;\s")


def _read_imprints(reading: _Reading, begin: int) -> None:
    """Dates, venues and years; the first of each is the paper's."""
    for start, end in _zones(reading, begin, _PHRASE):
        zone = reading.masked[start:end]
        outer = wrapped(reading.text, start, end)
        date = find_date(zone)
        if date:
            if not reading.has(Slot.DATE):
                reading.claim(start + date.start(), start + date.end(), Slot.DATE, _outer(date.span(), zone, start, outer))
            continue
        found = imprint(zone)
        if not found:
            continue
        if found.venue and reading.has(Slot.VENUE):
            found = type(found)(None, found.year, found.rest)
        whole = _outer(_span_of(found), zone, start, outer)
        if found.venue:
            reading.claim(start + found.venue[0], start + found.venue[1], Slot.VENUE, whole)
        if found.year and not (reading.has(Slot.YEAR) and not found.venue):
            reading.claim(start + found.year[0], start + found.year[1], Slot.YEAR, whole)
        if found.rest and found.venue and not reading.has(Slot.NAME):
            rest = reading.text[start + found.rest[0] : start + found.rest[1]]
            slot = Slot.NAME if outer != (start, end) and len(rest.split()) <= 4 and not rest[:1].islower() else Slot.TEXT
            reading.claim(start + found.rest[0], start + found.rest[1], slot, (start + _back(zone, found.rest[0]), start + found.rest[1]))


def _span_of(found: object) -> tuple[int, int]:
    spans = [s for s in (found.venue, found.year) if s]  # type: ignore[attr-defined]
    return min(s[0] for s in spans) if spans else 0, max(s[1] for s in spans) if spans else 0


def _back(zone: str, at: int) -> int:
    while at > 0 and zone[at - 1] in " -–—,:|":
        at -= 1
    return at


def _outer(span: tuple[int, int], zone: str, start: int, outer: tuple[int, int]) -> tuple[int, int]:
    """The wrapper if the span is all that the zone holds, else the span itself."""
    rest = zone[: span[0]] + zone[span[1] :]
    if rest.strip(" .,;:'’"):
        return start + span[0], start + span[1]
    return outer


def _read_name(reading: _Reading, begin: int) -> None:
    """A short name in brackets or bold before the title: `[**GLoRIA**]`, `**SAM**: …`."""
    if reading.has(Slot.NAME):
        return
    title = next((c.start for c in reading.claims if c.slot is Slot.TITLE), None)
    at = begin
    while title is not None and at < title:
        match = _LEADING.match(reading.masked, at)
        if not match or match.start() >= title:
            break
        group = "text" if match["text"] is not None else "bold"
        start, end = match.span(group)
        if reading.free(start, end) and len(match[group].split()) <= 4:
            reading.claim(start, end, Slot.NAME)
            return
        at = match.end()


_ARXIV_ID = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_REPO = re.compile(r"github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?=[/?#)\s]|$)")


def _read_echoes(reading: _Reading) -> None:
    """The paper's arXiv id and the code's repository where they occur again (badges)."""
    paper = next((c for c in reading.claims if c.slot is Slot.PAPER), None)
    code = next((c for c in reading.claims if c.slot is Slot.CODE), None)
    for claim, pattern, group, slot in ((paper, _ARXIV_ID, 0, Slot.ARXIV), (code, _REPO, 1, Slot.REPOSITORY)):
        match = pattern.search(reading.text[claim.start : claim.end]) if claim else None
        if not match:
            continue
        for again in re.finditer(re.escape(match[group]), reading.text):
            image = next((m.span() for m in LINK.finditer(reading.text) if m.start() <= again.start() < m.end()), again.span())
            reading.claim(*again.span(), slot, image)
