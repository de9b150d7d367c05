"""Where an entry's title stands: in bold, in quotes, or plain between other fields."""

from __future__ import annotations

import re
from dataclasses import replace

from medvl_watch.lists.fields.dates_and_venues import (
    find_date,
    imprint,
    is_authors,
    without_imprint_behind,
)
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.slots import MASK, FieldReader, Slot, without_emphasis
from medvl_watch.papers.preprint_names import is_preprint_name

_DRESSED = (
    re.compile(r"\*\*(?P<t>[^*]+?)\*\*"),
    re.compile(r"(?<!\w)__(?P<t>[^_].*?)__(?!\w)", re.DOTALL),
    re.compile(r"[\"\u201c](?P<t>[^\"\u201d]{15,}?)[\"\u201d]"),
    *(
        re.compile(rf"{a}(?P<t>[^{a}{b}]{{15,}}?){b}")
        for a, b in ("\u00ab\u00bb", "\u300a\u300b", "\u300c\u300d", "\u300e\u300f")
    ),
)
_OPENING = re.compile(
    r"[ \t]*\*\*(?P<t>[^\W\d_][^*\n|\ue000]{2,}?)\*\*(?!\s*[:\uff1a|\u2013\u2014-])"
)
_HARD_BREAK = re.compile(
    rf"{MASK}|\||\t|[\uff3b\u3010]|\\\n|(?<! )[ ]{{2,}}\r?\n|<br"
    rf"|\n[ \t]*(?:[-*+_\[({MASK}]|\d+[.)]|\S*\s*{MASK})|\n[ \t]*\n"
)
LEADING = re.compile(
    r"(?:\*\*)?[\[(\uff08\u3010`](?:\*\*)?"
    r"(?P<text>[^\[\](){}|`*\n\ue000]{1,70}(?:\([^()\n]{1,30}\))?)"
    r"(?:\*\*)?[\])\uff09\u3011`](?:\*\*)?[ \t]*(?:[:\uff1a|\u2013\u2014-][ \t]+)?"
    r"|\*\*(?P<bold>[^*\n\ue000]{1,40})\*\*[ \t]*(?:[:\uff1a|\u2013\u2014-][ \t]+)"
)
_CUT = re.compile(
    r"[.?!][\"\u201d]?[\s]+|,\s+|\s[-\u2013\u2014]+\s|;\s+|:\s+|[ \t]*\n[ \t]*"
    r"|[.,;:]?\s{0,3}[\[(*_`{\uff08]+"
)
_SYMBOL = re.compile(
    r"[^\w\s\[\](){}<>|*_`\"\u201c\u3010\uff08$'\\!-]+[ \t]+(?=[\[(*`\u3010\uff08])"
)
_OPENS = re.compile(r"[^\w$\"'\u201c(\\\n|<]*")
_PIECE_END = re.compile(r"[\])}\uff09*`\n]|[.;]\s|\s[-\u2013\u2014]\s")
_SENTENCE = re.compile(r"[.:]\s+(?=[A-Z])")
_RUN = re.compile(rf"[^{MASK}|\n]+")
_LONGEST_PEOPLE = 1500
_DRESSED_LEAD = re.compile(r"[(\[]?\*{1,2}[^*\n]{1,60}\*{1,2}[)\]]?\s+")
_DRESSED_TAIL = re.compile(r"\s*[(\[]\*{1,2}[^*\n]*(?:\*{1,2}[)\]]?)?$")
_BARE_LABEL = re.compile(r"\[([^\[\]\n]{1,20})\]")
_BARE_LABELS = re.compile(r"[.,;:]?\s*(?:\[{1,2}[^\[\]\n]{1,20}\]{1,2}[\s,/|]*)+$")
_BOLD_LEAD = re.compile(r"(?P<m>\*{1,2}|__?)(?P<t>[^*\n\ue000]{1,40}?)(?P=m)[ \t]+")
_LIGHT = re.compile(r"[ \t]*(?P<m>[*_])(?P<t>[^*_\n|\ue000]{15,}?)(?P=m)(?!\w)")
"""A title in light emphasis, which opens the entry."""

_CITED = re.compile(
    r"(?P<people>[^\n\ue000]{3,200}?\bet\.? ?al\.?[*_]{0,2})\s*[(\[]?(?:19|20)\d\d[)\]]?[.,:]\s+"
)
"""Authors and year before the title, as in a list of references."""
_BEFORE_ET_AL = re.compile(r"[*_]+(?=et\.? al\b)")
_SHORTEST = 3
_LONGEST_NAME = 4
_LOWER_VENUES = ("in ", "npj", "elife", "iscience")


def read_title(reading: FieldReader, begin: int) -> None:
    """Claim the title, dressed or plain."""
    opening = _OPENING.match(reading.masked, begin)
    if opening and not _is_imprint(opening["t"]):
        start, end = without_emphasis(opening["t"])
        at = opening.start("t")
        if not _is_name(opening["t"]):
            reading.claim(at + start, at + end, Slot.TITLE)
            return
        if not reading.has(Slot.NAME):  # `**GLoRIA:** "A Global-Local …"`
            reading.claim(at + start, at + end, Slot.NAME)
            begin = opening.end()
    light = _LIGHT.match(reading.masked, begin)
    if light and _may_be_title(light["t"]):
        start, end = without_emphasis(light["t"])
        reading.claim(light.start("t") + start, light.start("t") + end, Slot.TITLE)
        return
    for pattern in _DRESSED:
        for match in pattern.finditer(reading.masked, begin):
            text = match["t"]
            if len(text.split()) >= 4 and not set(text) & {MASK, "|"} and not _is_imprint(text):
                start, end = without_emphasis(text)
                at = match.start("t")
                reading.claim(at + start, at + end, Slot.TITLE)
                return
    span = plain_title(reading.masked, begin, len(reading.masked)) or _long_run(reading, begin)
    if span:
        reading.claim(*span, Slot.TITLE, span)


def _may_be_title(text: str) -> bool:
    """Whether words in light emphasis are a title, and not who wrote it, where or when."""
    says_else = is_authors(text) or _is_imprint(text) or find_date(text)
    return len(text.split()) >= _SHORTEST and not says_else


def trim_title(reading: FieldReader) -> None:
    """Leave out of the title what stands before or behind it in emphasis of its own
    (`(*arXiv 2024.06*) Title`, `Title (**CVPR'24**)`), and labels of links that have no address
    yet (`Title. [Paper][Code]`)."""
    number = next((n for n, c in enumerate(reading.claims) if c.slot is Slot.TITLE), None)
    if number is None:
        return
    claim = reading.claims[number]
    text = reading.text[claim.start : claim.end]
    if "*" not in text and not text.endswith("]"):
        return
    lead = _DRESSED_LEAD.match(text)
    start = lead.end() if lead else 0
    tail = _DRESSED_TAIL.search(text, start)
    end = tail.start() if tail else len(text)
    labels = _BARE_LABELS.search(text, start, end)
    if labels and all(map(is_label, _BARE_LABEL.findall(labels[0]))):
        end = labels.start()
    if len(text[start:end].split()) >= 2:
        span = claim.start + start, claim.start + end
        outer = claim.outer if claim.outer != (claim.start, claim.end) else span
        reading.claims[number] = replace(claim, start=span[0], end=span[1], outer=outer)


def _long_run(reading: FieldReader, begin: int) -> tuple[int, int] | None:
    """The first run of words between markup that can be a title (cells of HTML tables)."""
    for run in _RUN.finditer(reading.masked, begin):
        text = run[0]
        if len(text.split()) >= 4 and not _is_imprint(text) and not is_authors(text):
            start, end = without_emphasis(text)
            return run.start() + start, run.start() + end
    return None


def plain_title(masked: str, begin: int, end: int) -> tuple[int, int] | None:
    """The span of a title that stands as plain text between other fields."""
    at = begin
    while True:
        at += len(masked[at:end]) - len(masked[at:end].lstrip(" \t"))
        symbol = _SYMBOL.match(masked, at, end)
        at = symbol.end() if symbol else at
        cited = _CITED.match(masked, at, end)
        if cited and is_authors(cited["people"]):
            at = cited.end()
            continue
        bold = _BOLD_LEAD.match(masked, at, end)
        if bold and (_is_imprint(bold["t"]) or find_date(bold["t"])):
            at = bold.end()
            continue
        leading = LEADING.match(masked, at, end)
        if not leading or len((leading["text"] or leading["bold"]).split()) > 8:
            break
        at = leading.end()
    opening = _OPENS.match(masked, at, end)
    at = opening.end() if opening else at
    stop = _HARD_BREAK.search(masked, at, end)
    zone = masked[at : stop.start() if stop else end]
    if len(zone.split()) < 2 and len(zone) < 12:
        return None
    people = _authors_length(zone)
    at, zone = at + people, _without_imprint(zone[people:])
    kept = zone.rstrip(' \t\r\n.,;:-\u2013\u2014([{*_`"\u201c\uff08|\\')
    return (at, at + len(kept)) if len(kept) > 2 else None


def _authors_length(zone: str) -> int:
    """How much of the zone is a list of authors before the title (`Silva A, Wei L. Title`)."""
    length = 0
    for stop in _SENTENCE.finditer(zone[:_LONGEST_PEOPLE]):
        people = zone[: stop.start()]
        rest = len(zone[stop.end() :].split(maxsplit=_SHORTEST))
        whole = " " in people.partition(",")[0].strip()  # `Attention, Layers and Data:` is none
        if whole and "," in people and rest >= _SHORTEST and is_authors(people):
            length = stop.end()
    return length


def _without_imprint(zone: str) -> str:
    """The zone up to where venue, date or authors begin."""
    for cut in _CUT.finditer(zone):
        if len(zone[: cut.start()].split(maxsplit=_SHORTEST)) >= _SHORTEST and is_imprint_ahead(
            zone[cut.end() :], people="," not in cut[0]
        ):
            return zone[: cut.start() + (zone[cut.start()] in "?!")]
    return zone


def _is_name(text: str) -> bool:
    """Whether what opens an entry in bold is a short name, with its colon inside."""
    return text.rstrip().endswith((":", "\uff1a")) and len(text.split()) <= _LONGEST_NAME


def _is_imprint(text: str) -> bool:
    found = imprint(text)
    return bool(found and found.venue and len(text.split()) <= 8)


def is_imprint_ahead(tail: str, *, people: bool = True) -> bool:
    """Whether what follows a possible end of the title is venue, year, date or authors.

    Without `people` a list of names does not count: titles are lists of things, too.
    """
    opened = _BEFORE_ET_AL.sub("", tail.lstrip(" *_[({\uff08"), count=1)
    piece = _PIECE_END.split(opened, maxsplit=1)[0].strip(" .,_")
    if not piece:
        return not tail.strip(" .*_[](){}`")
    date = find_date(piece)
    if date and date.start() < 3:
        return True
    found = imprint(piece)
    if found and (found.venue or (found.year and found.year[0] < 3)):
        opens = piece[:1].isupper() or piece[:1].isdigit()
        lower = piece.casefold().startswith(_LOWER_VENUES) or is_preprint_name(piece)
        return len(piece.split()) <= 9 and (opens or lower)
    return (people or "et al" in piece) and is_authors(without_imprint_behind(piece))
