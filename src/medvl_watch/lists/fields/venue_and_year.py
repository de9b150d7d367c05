"""Authors, venues, years, dates and short names in what an entry says beside its title."""

from __future__ import annotations

import re
from itertools import pairwise

from medvl_watch.lists.fields.dates_and_venues import (
    VenueAndYear,
    find_date,
    imprint,
    is_authors,
    is_venue,
    month_number,
    without_imprint_behind,
)
from medvl_watch.lists.fields.slots import MASK, FieldReader, Slot, with_enclosing_marks
from medvl_watch.lists.fields.titles import LEADING
from medvl_watch.papers.years import YEAR_PATTERN

_EMPHASIS = (
    r"(?<!\*et al\.)(?<!\*et al)\*+(?!et\b)"
    r"|(?<!\w)_+(?!et\b)|(?<!_et al\.)(?<!_et al)_+(?!\w)"
)
"""What begins or ends emphasis, but for that of `et al.` within a list of names."""
_WIDE_MARKS = "[\u3001\uff0c\u3002\uff1a\uff1b]"
"""Commas, stops and colons of East Asian text, behind which no blank stands."""

_WIDE = re.compile(rf"{MASK}+|\||<[^<>]*>|{_EMPHASIS}|\n")
_NARROW = re.compile(
    rf"{MASK}+|\||\n|<[^<>]*>|[\[\]()]|\s[-\u2013\u2014]\s|(?<![A-Z])\.\s|{_EMPHASIS}|\\"
)
_PHRASE = re.compile(
    rf"{MASK}+|[\[\]()|{{}}\u3010\u3011\uff08\uff09\n]|`+|{_EMPHASIS}|<[^<>]*>|[\"\u201c\u201d]|\\"
    rf"|\.\s|\s[-\u2013\u2014]\s|;\s|{_WIDE_MARKS}"
)
_ABBREVIATED = re.compile(
    rf"[(\[](?P<venue>(?:[A-Z][\w&]*[.:]? ){{2,8}})(?P<year>{YEAR_PATTERN.pattern})[)\]]"
)
_LEAD_WORDS = re.compile(
    r"(?:\b(?:accepted|published|presented|to appear)\s+)?\b(?:in|at|by|to)\s+$", re.IGNORECASE
)
_ID_MONTH = re.compile(r"[Aa]r[Xx]iv[ :]{1,2}(?P<date>[12]\d(?:0[1-9]|1[0-2]))(?<!20[0-4]\d)")
_OPENED = re.compile(r"[*_]et\.? ?al\.?$", re.IGNORECASE)
_CLOSING = re.compile(r"\.?[*_]+")
_SEVERAL = re.compile(r"[,;&]| and |\bet\.? ?al\b", re.IGNORECASE)
"""What every list of names has."""

_PEOPLE_LABEL = re.compile(r"\W*(?:authors?|by|\u4f5c\u8005)\b\s*[:\uff1a]?\s*", re.IGNORECASE)
"""What may stand before names: `Authors:`, `by`."""

_AROUND_PEOPLE = ' >\t\r\n*_,;:|"\\\u201c\u201d\u2013\u2014\u00bb\u300b\u300d\u300f\uff0c-'
"""Dividers, quotation marks and line breaks that stand before and behind names."""

_DIVIDER_BEFORE = re.compile(r"\s*[,;|\u00b7\u2022]\s")
_DIVIDER_AFTER = re.compile(r"\s*[,;|\u00b7\u2022]\s*$")


def _zones(reading: FieldReader, begin: int, divider: re.Pattern[str]) -> list[tuple[int, int]]:
    """Unclaimed spans between dividers."""
    edges = [begin]
    for match in divider.finditer(reading.masked, begin):
        edges += match.span()
    edges.append(len(reading.masked))
    found = []
    for start, end in list(pairwise(edges))[::2]:
        parts = reading.free_parts(start, end)
        found += [p for p in parts if reading.masked[p[0] : p[1]].strip(" \t\n.,;:-\u2013\u2014")]
    return found


def read_authors(reading: FieldReader, begin: int) -> None:
    """Claim the first list of names: a whole line or emphasis first, then any phrase."""
    if reading.has(Slot.AUTHORS):
        return
    for start, stop in [*_zones(reading, begin, _WIDE), *_zones(reading, begin, _NARROW)]:
        zone = reading.masked[start:stop]
        if not _SEVERAL.search(zone):
            continue
        zone = without_imprint_behind(zone)
        label = _PEOPLE_LABEL.match(zone)
        kept = zone[label.end() if label else 0 :].strip(_AROUND_PEOPLE)
        if is_authors(kept):
            kept = kept.rstrip(" [({").lstrip(" ])}")  # of the links around them
            at = start + zone.rindex(kept)
            kept = kept if kept.endswith("al.") else kept.rstrip(".")
            if _are_key_words(reading.text, at, at + len(kept)):
                continue
            closing = _CLOSING.match(reading.text, at + len(kept)) if _OPENED.search(kept) else None
            end = closing.end() if closing else at + len(kept)
            reading.claim(at, end, Slot.AUTHORS)
            return


def _are_key_words(text: str, start: int, end: int) -> bool:
    """Whether single words in square brackets, which may be key words as well as families."""
    is_bracketed = text[start - 1 : start] == "[" and text[end : end + 1] == "]"
    return is_bracketed and not any(" " in part.strip() for part in text[start:end].split(","))


def read_imprints(reading: FieldReader, begin: int) -> None:
    """Claim dates, venues and years; the first of each is the paper's."""
    _read_abbreviated(reading, begin)
    for start, end in _zones(reading, begin, _PHRASE):
        zone = reading.masked[start:end]
        date = find_date(zone)
        if date:
            if not reading.has(Slot.DATE):
                outer = _outer(reading, start, zone, date.span())
                reading.claim(start + date.start(), start + date.end(), Slot.DATE, outer)
            _claim_venue_in(reading, start, zone[: date.start()])
            _claim_venue_in(reading, start + date.end(), zone[date.end() :])
            continue
        month = _ID_MONTH.fullmatch(zone.strip())
        if month and not reading.has(Slot.DATE):  # `arXiv 2405`, as in the paper's id
            at = start + zone.index(month["date"])
            reading.claim(at, at + len(month["date"]), Slot.DATE)
            _claim_venue_in(reading, start, zone[: at - start])
            continue
        found = imprint(zone)
        if found:
            _claim_imprint(reading, start, zone, found)


def _read_abbreviated(reading: FieldReader, begin: int) -> None:
    """Claim an abbreviated venue with its year in brackets (`(Med. Image Anal. 2024)`), whose
    full stops divide nothing."""
    for match in _ABBREVIATED.finditer(reading.masked, begin):
        found = imprint(match["venue"] + match["year"])
        is_one = "." in match["venue"] and found and found.venue and not found.rest
        if is_one and reading.free(*match.span()):
            start, venue = match.start("venue"), match["venue"].rstrip()
            if not reading.has(Slot.VENUE) and not reading.has(Slot.YEAR):
                reading.claim(start, start + len(venue), Slot.VENUE, match.span())
                reading.claim(*match.span("year"), Slot.YEAR, match.span())


def _claim_venue_in(reading: FieldReader, start: int, text: str) -> None:
    """A venue in the same phrase as a date, before or behind it (`arXiv 2024.06`)."""
    bare = text.strip(" ,.:")
    if bare and is_venue(bare) and not reading.has(Slot.VENUE):
        at = start + text.index(bare)
        reading.claim(at, at + len(bare), Slot.VENUE)


def _claim_imprint(reading: FieldReader, start: int, zone: str, found: VenueAndYear) -> None:
    venue = None if reading.has(Slot.VENUE) else found.venue
    spans = [span for span in (venue, found.year) if span]
    if not spans:
        return
    whole = (min(span[0] for span in spans), max(span[1] for span in spans))
    outer = _outer(reading, start, zone, whole)
    if venue:
        reading.claim(start + venue[0], start + venue[1], Slot.VENUE, outer)
    if found.year and (venue or not reading.has(Slot.YEAR)):
        reading.claim(start + found.year[0], start + found.year[1], Slot.YEAR, outer)
    if found.rest and venue:
        _claim_rest(reading, start, zone, found.rest)


def _claim_rest(reading: FieldReader, start: int, zone: str, rest: tuple[int, int]) -> None:
    """What follows venue and year in the same brackets: a short name, or a remark."""
    text = zone[rest[0] : rest[1]]
    whole = (start, start + len(zone))
    bracketed = with_enclosing_marks(reading.text, *whole) != whole
    named = bracketed and len(text.split()) <= 4 and not text[:1].islower()
    slot = Slot.NAME if named and not reading.has(Slot.NAME) else Slot.TEXT
    back = rest[0]
    while back > 0 and zone[back - 1] in " -\u2013\u2014,:|":
        back -= 1
    reading.claim(start + rest[0], start + rest[1], slot, (start + back, start + rest[1]))


def _outer(reading: FieldReader, start: int, zone: str, span: tuple[int, int]) -> tuple[int, int]:
    """The wrapper if the span is all that the zone holds, else the span itself."""
    lead = _LEAD_WORDS.search(zone, 0, span[0])
    span = (lead.start() if lead else span[0], span[1])
    rest = zone[: span[0]] + zone[span[1] :]
    if any(char.isalnum() for char in rest):
        return start + span[0], start + span[1]
    divided = _DIVIDER_AFTER.search(zone) if _DIVIDER_BEFORE.match(zone) else None
    end = divided.start() if divided else len(zone)  # one of two dividers stays
    return with_enclosing_marks(reading.text, start, start + end)


def _is_day(text: str) -> bool:
    """Whether what stands where a name could is a date without its year (`18 Jun`)."""
    words = re.findall(r"[^\W\d]+", text)
    return any(map(str.isdigit, text)) and len(words) == 1 and bool(month_number(words[0]))


def read_name(reading: FieldReader, begin: int) -> None:
    """Claim a short name in brackets or bold before the title: `[**GLoRIA**]`, `**SAM**: ...`."""
    title = next((c.start for c in reading.claims if c.slot is Slot.TITLE), None)
    if reading.has(Slot.NAME) or title is None:
        return
    at = begin
    while at < title:
        match = LEADING.match(reading.masked, at)
        if not match:
            return
        group = "text" if match["text"] is not None else "bold"
        start, end = match.span(group)
        if _is_day(match[group]):
            return
        if reading.free(start, end) and len(match[group].split()) <= 4:
            reading.claim(start, end, Slot.NAME, match.span())
            return
        at = match.end()
